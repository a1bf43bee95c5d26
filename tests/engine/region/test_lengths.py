"""Which lengths are tried."""

import pytest

from engine.api import Length, LengthMode
from engine.errors import BadRequestError
from engine.infill import TextCodec
from engine.region.lengths import CARET_SLOTS, Measure, Slots, lengths_to_try
from engine.region.region import Region
from tests.requests import generate
from tests.tiny import VOCAB_SIZE, byte_tokenizer

CODEC = TextCodec(byte_tokenizer(), VOCAB_SIZE)


def tried(
    length: Length, old: int, before: str = "", filler: bool = False, after: str = "goes on"
) -> list[Slots]:
    """Return the lengths that are tried."""
    region = Region.of(generate(before=before, after=after, length=length))
    measure = Measure(old=old, count=lambda text: len(CODEC.encode(text)), has_filler=filler)
    return lengths_to_try(region, measure)


def counts(mode: LengthMode, old: int, count: int = 0, before: str = "", filler: bool = False):
    """Return how many tokens they have."""
    return [slots.count for slots in tried(Length(mode=mode, count=count), old, before, filler)]


def test_a_paragraph_has_no_length_that_could_be_tried() -> None:
    with pytest.raises(BadRequestError, match="only when continuing"):
        counts(LengthMode.PARAGRAPH, 0)


def test_counted_words_get_surplus_slots_for_the_filler() -> None:
    words = Length(mode=LengthMode.WORDS, count=8)
    (slots,) = tried(words, 0, filler=True)
    assert slots.takes_filler
    assert slots.count > 8


def test_lengths_around_the_old_one_are_tried() -> None:
    found = counts(LengthMode.AUTO, 10)
    assert found == sorted(set(found))
    assert found[0] < 10 < found[-1]
    assert 10 in found


@pytest.mark.parametrize("filler", [True, False])
def test_at_a_caret_short_fills_are_tried(filler) -> None:
    found = counts(LengthMode.AUTO, 0, filler=filler)
    assert found[0] == 1
    assert found[-1] <= CARET_SLOTS


def test_a_sentence_is_as_long_as_those_before() -> None:
    before = ("x" * 38 + ". ") * 4
    found = tried(Length(), 0, before, after="")
    assert found[0].count < 40 < found[-1].count
    assert Slots(40, takes_filler=False) in found


@pytest.mark.parametrize("filler", [True, False])
def test_the_same_length_is_exactly_the_same(filler) -> None:
    found = tried(Length(mode=LengthMode.SAME), 7, filler=filler)
    assert found == [Slots(7, takes_filler=False)]


def test_shorter_is_shorter_and_longer_is_longer() -> None:
    assert max(counts(LengthMode.SHORTER, 10)) < 10 < min(counts(LengthMode.LONGER, 10))
    assert counts(LengthMode.SHORTER, 1) == [1]


def test_words_and_lines_are_as_long_as_those_before() -> None:
    before = "aaaa bbbb cccc dddd " * 5
    words = counts(LengthMode.WORDS, 0, count=4, before=before)
    assert words[0] < 4 * 5 < words[-1]
    lines = counts(LengthMode.LINES, 0, count=2, before="x" * 29 + "\n" + ("y" * 29 + "\n") * 4)
    assert lines[0] < 2 * 30 < lines[-1]
