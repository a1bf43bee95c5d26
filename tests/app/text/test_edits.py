"""Text goes into a document and out of it to the character, wherever a hard one stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from app.text.edits import (
    change_text,
    insert,
    length_of,
    replace_range,
    set_text,
    text_between,
    text_of,
    whole_characters,
)

# What Qt, Python or UTF-16 has a special rule for: the byte order mark and its mirror, pairs that
# share their first half, a line break that is none to Qt, a no-break space, a combining mark.
HARD = ["\ufeff", "\ufffe", "😀", "😁", "\u2028", "\u00a0", "\u0301", "\n"]
PLAIN = "ab\ncd"
TEXT = st.text(st.sampled_from([*HARD, "a", "b"]), max_size=12)


def new_document(text: str) -> QTextDocument:
    document = QTextDocument()
    set_text(document, text)
    return document


@pytest.mark.parametrize("hard", HARD)
@pytest.mark.parametrize("at", range(len(PLAIN) + 1))
def test_a_hard_character_is_read_back_from_every_position(hard: str, at: int) -> None:
    text = PLAIN[:at] + hard + PLAIN[at:]
    units = 2 if hard in "😀😁" else 1
    document = new_document(text)
    assert text_of(document) == text
    assert length_of(document) == 5 + units
    assert text_between(document, at, at + units) == hard


@pytest.mark.parametrize("hard", HARD)
@pytest.mark.parametrize("at", range(len(PLAIN) + 1))
def test_a_hard_character_is_put_in_and_taken_out_at_every_position(hard: str, at: int) -> None:
    document = new_document(PLAIN)
    replace_range(document, at, at, hard)
    assert text_of(document) == PLAIN[:at] + hard + PLAIN[at:]
    document.undo()
    assert text_of(document) == PLAIN
    assert not document.isUndoAvailable()
    document.redo()
    replace_range(document, at, at + (2 if hard in "😀😁" else 1), "")
    assert text_of(document) == PLAIN


@given(TEXT, TEXT, st.data())
def test_what_is_inserted_over_a_selection_is_there(
    text: str, piece: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    document = new_document(text)
    cursor = QTextCursor(document)
    cursor.setPosition(start + sum(c > "\uffff" for c in text[:start]))
    cursor.setPosition(end + sum(c > "\uffff" for c in text[:end]), cursor.MoveMode.KeepAnchor)
    insert(cursor, piece)
    assert text_of(document) == text[:start] + piece + text[end:]
    assert text_between(document, cursor.position(), length_of(document)) == text[end:]


@given(TEXT, TEXT)
def test_the_new_text_is_there_and_the_old_one_is_one_step_away(one: str, other: str) -> None:
    document = new_document(one)
    change_text(document, other)
    assert text_of(document) == other
    document.undo()
    assert text_of(document) == one
    assert not document.isUndoAvailable()


def test_only_what_is_new_is_changed() -> None:
    document = new_document("one 😀 two")
    document.documentLayout()  # without one, nobody is told
    told: list[tuple[int, int, int]] = []
    document.contentsChange.connect(lambda at, gone, new: told.append((at, gone, new)))
    change_text(document, "one 😁 two")
    # Both take two units, of which the first is the same.
    assert told[0][0] == 4
    assert text_between(document, 4, 6) == "😁"


@pytest.mark.parametrize(("selected", "widened"), [((2, 2), (1, 3)), ((0, 2), (0, 3))])
def test_a_selection_is_widened_to_whole_characters(
    selected: tuple[int, int], widened: tuple[int, int]
) -> None:
    document = QTextDocument()
    QTextCursor(document).insertText("a😀b")
    assert whole_characters(document, *selected) == widened
