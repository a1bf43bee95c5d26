"""Cutting a region into pinned and free parts, and sharing slots out among them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadRequestError
from engine.region.pins import SPACE, WORD, Border, Part, SlotLayout, kind_of, layout_of, parts_of


def texts(region: str, *pinned: tuple[int, int]) -> list[str]:
    """Return the parts of a region without margins, the pinned ones in brackets."""
    parts = parts_of(region, pinned, "", "")
    return [f"[{part.text}]" if part.is_pinned else part.text for part in parts]


def layout(*parts: str, num_slots: int = 0) -> SlotLayout:
    """Return the layout of such parts, with a token for every character."""
    made = [
        Part(text=text.strip("[]"), is_pinned="[" in text, ids=tuple(map(ord, text.strip("[]"))))
        for text in parts
    ]
    return SlotLayout.of(made, num_slots)


def test_a_word_takes_the_space_before_it_along() -> None:
    assert texts("one two three", (4, 7)) == ["one", "[ two]", " three"]
    assert texts("one (two) three", (5, 8)) == ["one (", "[two]", ") three"]
    assert texts("one\n two", (5, 8)) == ["one\n", "[ two]"]


def test_neighbours_with_a_space_between_them_are_one_part() -> None:
    assert texts("one two three", (8, 13), (4, 7)) == ["one", "[ two three]"]


def test_margins_belong_to_no_part() -> None:
    parts = parts_of("  one two ", ((0, 5), (9, 10)), "  ", " ")
    assert [(part.text, part.is_pinned) for part in parts] == [("one", True), (" two", False)]
    assert parts_of("  one ", ((0, 2),), "  ", " ") == []
    assert parts_of("one", (), "", "") == []


def test_a_region_with_nothing_left_to_write_is_refused() -> None:
    with pytest.raises(BadRequestError, match="nothing to write"):
        parts_of(" one ", ((0, 5),), " ", " ")


@given(st.text(min_size=1, max_size=20), st.data())
def test_the_parts_are_the_region(region, data) -> None:
    places = st.lists(st.integers(0, len(region)), min_size=2, max_size=6, unique=True)
    cuts = sorted(data.draw(places))
    try:
        parts = parts_of(region, list(zip(cuts[::2], cuts[1::2], strict=False)), "", "")
    except BadRequestError:
        return
    assert "".join(part.text for part in parts) == region
    kinds = [part.is_pinned for part in parts]
    assert all(one != other for one, other in pairwise(kinds))


def test_as_many_slots_as_there_were_give_every_part_its_own() -> None:
    assert layout("one", "[ two]", " three", num_slots=13).counts == (3, 4, 6)


@given(st.integers(0, 60))
def test_pinned_parts_keep_their_slots_and_free_ones_have_one_at_least(total) -> None:
    found = layout("[ab]", "cd", "[ e]", "fghi", num_slots=total)
    assert found.counts[::2] == (2, 2)
    assert min(found.counts) >= 1
    assert found.num_slots == max(total, found.least) == sum(found.counts)


def test_what_is_held_and_what_was_there_stand_in_their_slots() -> None:
    found = layout("abc", "[de]", "f", num_slots=6)
    assert found.counts == (3, 2, 1)
    assert found.held == {3: ord("d"), 4: ord("e")}
    longer = layout("abc", "[de]", "f", num_slots=8)
    assert longer.old == [*map(ord, "abc"), None, None, *map(ord, "de"), ord("f")]
    shorter = layout("abc", "[de]", "f", num_slots=5)
    assert shorter.old == [*map(ord, "ab"), *map(ord, "de"), ord("f")]


def test_the_text_beside_a_pinned_word_may_not_lengthen_it() -> None:
    found = layout("x (", "[two]", ") y", "[ z]", num_slots=11)
    assert list(found.borders()) == [
        Border(slot=2, kind=WORD, is_behind=False),
        Border(slot=6, kind=WORD, is_behind=True),
        Border(slot=8, kind=SPACE, is_behind=False),
    ]


def test_a_cut_word_may_go_on() -> None:
    assert list(layout("beg", "[inning]", num_slots=9).borders()) == []


def test_too_few_slots_are_refused_if_they_are_wanted_exactly() -> None:
    parts = layout("a", "[bcd]", "e").parts
    assert layout_of(parts, 5, 5) == SlotLayout(parts, (1, 3, 1))
    with pytest.raises(BadRequestError, match="take 5 at the least"):
        layout_of(parts, 4, 4)


def test_kinds_of_characters() -> None:
    assert [kind_of(character) for character in ("a", "é", "_", " ", "\n", ",", "")] == [
        *(WORD, WORD, WORD, SPACE, SPACE, "", ""),
    ]
