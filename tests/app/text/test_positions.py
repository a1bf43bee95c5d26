"""Code points and UTF-16 positions, over any Unicode text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

from app.text import positions
from app.text.edits import length_of, replace_range, text_between, text_of

# Lone surrogates included: a model or a file may hold anything.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
WHOLE_TEXT = st.text(max_size=40)
TRICKY = "a\u00a0b e\u0301 😀👩‍👩‍👧 \u2028 \u05d0\u05d1 \u0300\n\n𝄞"


@pytest.mark.parametrize(("text", "units"), [("", 0), ("aé", 2), ("😀", 2), ("\ud83d", 1)])
def test_length_counts_utf16_units(text: str, units: int) -> None:
    assert positions.utf16_len(text) == units


@given(ANY_TEXT, st.data())
def test_offsets_survive_the_way_there_and_back(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    assert positions.to_code_points(text, positions.to_utf16(text, offset)) == offset


def test_a_position_inside_a_pair_belongs_to_its_character() -> None:
    assert positions.to_code_points("a😀b", 2) == 1


@given(WHOLE_TEXT)
@example("\ufeff")
@example("\ufeff\ufeffa")
@example("\ufffea")
def test_a_document_holds_exactly_the_document_text(text: str) -> None:
    held = positions.as_document_text(text)
    document = QTextDocument()
    replace_range(document, 0, 0, held.text)
    assert length_of(document) == positions.utf16_len(held.text)
    assert text_between(document, 0, length_of(document)) == held.text == text_of(document)


@given(ANY_TEXT)
def test_document_text_is_stable_and_its_positions_cover_it(text: str) -> None:
    held = positions.as_document_text(text)
    assert list(held.positions) == sorted(held.positions)
    assert len(held.positions) == len(text) + 1
    assert held.positions[-1] == positions.utf16_len(held.text)


def test_tricky_text_is_read_without_loss() -> None:
    document = QTextDocument()
    document.setPlainText(TRICKY)
    end = length_of(document)
    assert text_between(document, 0, end) == TRICKY
    assert unicodedata.is_normalized("NFD", "e\u0301")


def test_line_ends_become_line_feeds() -> None:
    held = positions.as_document_text("a\r\nb\rc\u2029d")
    assert held.text == "a\nb\nc\nd"
    assert held.positions == (0, 1, 1, 2, 3, 4, 5, 6, 7)


def test_a_lone_half_of_a_pair_becomes_a_replacement_character() -> None:
    assert positions.as_document_text("a\ud83db").text == "a\ufffdb"


HARD = ["\ufeff", "\ufffe", "😀", "\u2028", "\r\n", "\ud83d", "\ude00"]


@pytest.mark.parametrize("hard", HARD)
@pytest.mark.parametrize("at", range(4))
def test_a_hard_character_is_counted_at_every_position(hard: str, at: int) -> None:
    text, units = "aéb"[:at] + hard + "aéb"[at:], 2 if hard in ("😀", "\r\n") else 1
    assert positions.utf16_len(text) == 3 + units
    assert positions.to_utf16(text, at + len(hard)) == at + units
    assert positions.to_code_points(text, at) == at
    assert positions.to_code_points(text, at + units) == at + len(hard)
    assert positions.decoded(positions.encoded(text)) == text


@given(ANY_TEXT, st.integers(0, 90))
def test_every_position_lies_in_the_character_that_counting_one_by_one_finds(
    text: str, position: int
) -> None:
    at = 0
    for offset, character in enumerate(text):  # noqa: B007  # the loop's last is what is asked
        at += 2 if character > "\uffff" else 1
        if at > position:
            break
    else:
        offset = len(text)
    assert positions.to_code_points(text, position) == offset


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize(
    ("hard", "held"), [("\r\n", "\n"), ("\ufeff", "\ufeff"), ("\u2028", "\u2028"), ("\r", "\n")]
)
def test_what_a_document_makes_of_a_hard_character_at_every_position(
    at: int, hard: str, held: str
) -> None:
    made = positions.as_document_text("abc"[:at] + hard + "abc"[at:])
    assert made.text == "abc"[:at] + held + "abc"[at:]
    at_line_feed = [at] if hard == "\r\n" else []
    assert made.positions == (*range(at + 1), *at_line_feed, *range(at + 1, 5))
