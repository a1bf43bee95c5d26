"""Drafts of other regions in the text around one, and how far that reaches in the document."""

import pytest

from app.proposal.model.others import LaidIn, guarded_among
from app.text.rebase import Region

REGION = Region(start=100, end=110, guard_start=80, guard_end=130)  # 20 units on either side


@pytest.mark.parametrize(
    ("drafts", "guard"),
    [
        ((), (80, 130)),
        ((LaidIn(90, 92, "a" * 5),), (83, 130)),  # 8, the draft's 5, and 7 before it
        ((LaidIn(112, 114, "a" * 15),), (80, 117)),
        ((LaidIn(90, 98, ""), LaidIn(118, 119, "")), (72, 131)),
        # They end in a draft; what stands beyond it is not among them.
        ((LaidIn(82, 84, "b" * 5), LaidIn(90, 92, "a" * 15)), (90, 130)),
        ((LaidIn(112, 114, "a" * 40), LaidIn(120, 121, "b")), (80, 114)),
        # One comes in for what another one leaves out.
        ((LaidIn(74, 76, "b" * 4), LaidIn(90, 98, "")), (74, 130)),
        ((LaidIn(40, 60, "far"), LaidIn(160, 170, "far")), (80, 130)),
    ],
)
def test_surroundings_reach_less_far_the_more_drafts_say(
    drafts: tuple[LaidIn, ...], guard: tuple[int, int]
) -> None:
    found = guarded_among(REGION, drafts)
    assert (found.guard_start, found.guard_end) == guard
    assert (found.start, found.end) == (100, 110)


def test_what_reaches_to_the_ends_of_the_document_does_so_with_drafts_too() -> None:
    region = Region(start=100, end=110)
    assert guarded_among(region, [LaidIn(90, 92, "longer"), LaidIn(120, 122, "")]) == region
