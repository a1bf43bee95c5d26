"""Code points and UTF-16 positions, over any Unicode text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

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
    if text[max(0, offset - 1) : offset + 1].isprintable():  # no pair made of two lone halves
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


@pytest.mark.parametrize(("selected", "widened"), [((2, 2), (1, 3)), ((0, 2), (0, 3))])
def test_a_selection_is_widened_to_whole_characters(
    selected: tuple[int, int], widened: tuple[int, int]
) -> None:
    document = QTextDocument()
    QTextCursor(document).insertText("a😀b")
    assert positions.whole_characters(document, *selected) == widened
