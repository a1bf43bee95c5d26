"""What two sequences share is found in bounded work, and as well as before where they are short."""

import random
from difflib import SequenceMatcher, unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import differences
from app.text.differences import PAIRS, common_runs, unified

ITEMS = st.lists(st.sampled_from("abcde"), max_size=40)


@given(ITEMS, ITEMS)
def test_runs_are_common_and_stand_in_order(old: list[str], new: list[str]) -> None:
    a = b = 0
    for old_start, new_start, size in common_runs(old, new):
        assert old_start >= a
        assert new_start >= b
        assert size > 0
        assert old[old_start : old_start + size] == new[new_start : new_start + size]
        a, b = old_start + size, new_start + size


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("", "abc", []),
        ("abc", "abc", [(0, 0, 3)]),
        ("abcd", "abxcd", [(0, 0, 2), (2, 3, 2)]),
        ("abcdef", "axcyef", [(0, 0, 1), (2, 2, 1), (4, 4, 2)]),
        ("ab", "xy", []),
    ],
)
def test_short_ones_are_compared_item_by_item(old: str, new: str, runs: list[object]) -> None:
    assert common_runs(old, new) == runs


def test_long_ones_are_cut_where_items_stand_once() -> None:
    old = [f"{number}" for number in range(5000)]
    new = ["first", *old[:2000], "in between", *old[2010:4990], "last"]
    assert common_runs(old, new) == [(0, 1, 2000), (2010, 2002, 2980)]


@pytest.mark.parametrize(
    "items",
    [
        ["a", " "],  # nothing stands once
        ["a"] * 50 + ["b"],
        [f"{number % 700}" for number in range(1400)],
        [f"{number}" for number in range(9000)],  # everything does, in another order
    ],
)
def test_no_input_takes_more_than_its_share(
    monkeypatch: pytest.MonkeyPatch, items: list[str]
) -> None:
    compared: list[int] = []

    def matcher(*args: object, **fields: object) -> SequenceMatcher[str]:
        made = SequenceMatcher(*args, **fields)
        compared.append(len(made.a) * len(made.b))
        return made

    monkeypatch.setattr(differences, "SequenceMatcher", matcher)
    draws = random.Random(1)
    old, new = (draws.choices(items, k=9000) for _ in range(2))
    common_runs(old, new)
    assert sum(compared) <= PAIRS
    assert not compared or max(compared) <= differences.PIECE


def test_a_change_is_told_in_the_form_that_everybody_knows() -> None:
    old = "".join(f"line {number}\n" for number in range(1, 21))
    new = old.replace("line 3\n", "third\n").replace("line 20\n", "")
    assert unified(old, new, "on disk", "here").splitlines() == [
        "--- on disk",
        "+++ here",
        "@@ -1,6 +1,6 @@",
        " line 1",
        " line 2",
        "-line 3",
        "+third",
        " line 4",
        " line 5",
        " line 6",
        "@@ -17,4 +17,3 @@",
        " line 17",
        " line 18",
        " line 19",
        "-line 20",
    ]


@given(ITEMS, ITEMS)
def test_short_texts_differ_as_the_library_has_it(old: list[str], new: list[str]) -> None:
    """Where there is one way to tell it: what is inserted or deleted in one place."""
    for one, other in ((old, [*old[:7], "new", *old[7:]]), ([*new[:3], "old", *new[3:]], new)):
        expected = unified_diff(one, other, "a", "b", lineterm="")
        assert unified("\n".join(one), "\n".join(other), "a", "b") == "\n".join(expected) + "\n"
