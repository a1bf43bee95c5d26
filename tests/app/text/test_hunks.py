"""Accepting a draft bit by bit leads to the draft, and every bit is one that it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.hunks import Comparison, minimal

TEXT = st.lists(st.sampled_from(["one", "two", "don't", " ", "  ", "\n", ",", "三", "é"])).map(
    "".join
)


def applied_one_by_one(old: str, new: str, step: object) -> list[str]:
    assert callable(step)
    states = [old]
    while hunks := step(compared := Comparison(old=states[-1], new=new)):
        states.append(compared.with_made(hunks))
        assert len(states) <= len(old) + len(new) + 2, "it does not come to an end"
    return states


@given(TEXT, TEXT)
def test_word_by_word_leads_to_the_draft(old: str, new: str) -> None:
    states = applied_one_by_one(old, new, Comparison.first_word)
    assert states[-1] == new
    assert len(set(states)) == len(states)


@given(TEXT, TEXT)
def test_line_by_line_leads_to_the_draft(old: str, new: str) -> None:
    states = applied_one_by_one(old, new, Comparison.first_line)
    assert states[-1] == new
    assert len(states) - 1 <= new.count("\n") + 1 + old.count("\n")


def test_one_word_comes_at_a_time() -> None:
    states = applied_one_by_one("the old dog", "a young quick cat", Comparison.first_word)
    assert states == [
        "the old dog",
        "a old dog",
        "a young dog",
        "a young quick ",
        "a young quick cat",
    ]
    assert applied_one_by_one("", "one two", Comparison.first_word) == ["", "one ", "one two"]


@pytest.mark.parametrize(
    ("old", "new", "behind", "first"),
    [
        ("the old house", "the very big house", "", "the very house"),
        ("the old, house", "the very big house", "", "the very, house"),
        ("two", "zwei drei", " ", "zwei"),
        ("two", "zwei drei", "\n", "zwei"),
        ("", "zwei drei ", "x", "zwei "),  # or it would be one word with what is behind
        ("the old house", "the very\nbig house", "", "the very house"),
    ],
)
def test_a_word_brings_no_space_where_one_stands(
    old: str, new: str, behind: str, first: str
) -> None:
    compared = Comparison(old=old, new=new)
    assert compared.with_made(compared.first_word(behind)) == first


@given(TEXT, TEXT, st.sampled_from(["", " ", "x", ","]))
def test_word_by_word_leads_to_the_draft_whatever_is_behind(
    old: str, new: str, behind: str
) -> None:
    states = applied_one_by_one(old, new, lambda compared: compared.first_word(behind))
    assert states[-1] == new
    assert len(set(states)) == len(states)


def test_one_line_comes_at_a_time() -> None:
    states = applied_one_by_one("a\nb\nc", "x\ny\nz", Comparison.first_line)
    assert states == ["a\nb\nc", "x\nb\nc", "x\ny\nc", "x\ny\nz"]


def test_a_stretch_brings_only_the_changes_it_touches() -> None:
    old, new = "red apples and green pears", "ripe apples and hard pears"
    at = new.index("hard")
    compared = Comparison(old=old, new=new)
    assert compared.with_made(compared.touching(at, at + 4)) == "red apples and hard pears"
    assert compared.with_made(compared.touching(0, len(new))) == new


@given(TEXT, TEXT)
def test_the_smallest_change_is_the_change(old: str, new: str) -> None:
    assert minimal(old, new).applied(old, new) == new


@given(TEXT, TEXT)
def test_hunks_together_are_the_change(old: str, new: str) -> None:
    text = old
    for hunk in reversed(Comparison(old=old, new=new).hunks):
        text = hunk.applied(text, new)
    assert text == new
