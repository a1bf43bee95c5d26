"""A region keeps apart what was asked for, what the drafts stand for, and what the text is now."""

from dataclasses import replace

import pytest

from app.proposal.model.placement import Placement
from app.text.rebase import Region
from tests.requests import generate

BEFORE, REGION, AFTER = "one 😀 ", "two", " 😀 three"
START = 7  # UTF-16 units of BEFORE


@pytest.fixture
def place() -> Placement:
    request = generate(
        job_id=1,
        revision=1,
        before=BEFORE,
        region=REGION,
        after=AFTER,
        seed=1,
        instruction="",
        pinned=((0, 3),),
    )
    region = Region(start=START, end=START + len(REGION))
    return Placement(request=request, region=region, old_text=REGION, asked_text=REGION)


def test_it_takes_in_the_words_beside_it_whole(place: Placement) -> None:
    wide = place.widened(2, 2)
    assert (wide.old_text, wide.asked_text) == ("😀 two 😀", "😀 two 😀")
    assert wide.ends == (START - 3, START + len(REGION) + 3)
    assert wide.is_soft
    assert wide.hard_region == place.ends == place.hard_region
    assert wide.first_pins == ((2, 5),)


def test_it_can_give_them_back(place: Placement) -> None:
    assert place.widened(2, 2).widened(0, 0) == place
    assert place.widened(0, 0) is place


def test_a_part_in_the_document_makes_all_of_it_what_was_asked_for(place: Placement) -> None:
    wide = place.widened(2, 2)
    part = replace(wide, old_text="😀 TWO 😀")
    assert part.has_parts
    assert part.hard_region == part.ends
    assert part.first_pins == ()
    assert part.widened(0, 0) is part
