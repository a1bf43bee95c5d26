"""Text into a document and out of it, to the character, and edits that are one undo step each."""

import difflib

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument

from app.text import kept_ends
from app.text.hunks import minimal
from app.text.positions import to_utf16

# PySide takes either at the start of a string for a byte order mark on the way to Qt: the first is
# lost, and the second turns the bytes of all that follows around. On the way back both are text.
MISREAD = ("\ufeff", "\ufffe")
KEEP = QTextCursor.MoveMode.KeepAnchor


def text_of(document: QTextDocument) -> str:
    """Return a document's text, its lines ended by line feeds."""
    # `toPlainText` would turn no-break spaces into spaces.
    return document.toRawText().replace("\u2029", "\n")


def text_between(document: QTextDocument, start: int, end: int) -> str:
    """Return the text between two positions, UTF-16 units, its lines ended by line feeds."""
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, KEEP)
    return cursor.selectedText().replace("\u2029", "\n")


def length_of(document: QTextDocument) -> int:
    """Return the last position of a document, UTF-16 units."""
    return document.characterCount() - 1


def insert(cursor: QTextCursor, text: str, char_format: QTextCharFormat | None = None) -> None:
    """Put a text in the selection's place, whatever it begins with."""
    if text.startswith(MISREAD):
        cursor.beginEditBlock()
        start = cursor.selectionStart()
        # Behind another character it is none at a string's start; that one is removed.
        _insert(cursor, f".{text}", char_format)
        end = cursor.position() - 1
        cursor.setPosition(start)
        cursor.deleteChar()
        cursor.setPosition(end)
        cursor.endEditBlock()
    else:
        _insert(cursor, text, char_format)


def _insert(cursor: QTextCursor, text: str, char_format: QTextCharFormat | None) -> None:
    if char_format is None:
        cursor.insertText(text)
    else:
        cursor.insertText(text, char_format)


def set_text(document: QTextDocument, text: str, ends: str = "") -> None:
    """Make a text all that a document holds, with nothing to undo; `ends` as in `kept_ends`."""
    is_misread = text.startswith(MISREAD)
    document.setPlainText(f".{text}" if is_misread else text)
    if not is_misread and not ends:
        return
    can_undo = document.isUndoRedoEnabled()
    # Nothing of this is a step that the user could take back.
    document.setUndoRedoEnabled(False)
    if is_misread:
        QTextCursor(document).deleteChar()
    kept_ends.keep(document, 0, ends)
    document.setUndoRedoEnabled(can_undo)


def replace_range(
    document: QTextDocument,
    start: int,
    end: int,
    text: str,
    ends: str | None = None,
    *,
    joins: bool = False,
) -> None:
    """Replace the text between two positions, UTF-16 units, as one undo step.

    Undoing it puts the caret at `start`; no later typing joins the step. Where lines end in
    different ways, those that stay keep theirs, if `ends` does not say what the new ones have. One
    that `joins` belongs to the undo step of the edit before it.
    """
    ends = _ends_kept(document, start, end, text) if ends is None else ends
    cursor = QTextCursor(document)
    # Where the cursor stands when the step begins is where undoing it leads.
    cursor.setPosition(start)
    if joins:
        cursor.joinPreviousEditBlock()
    else:
        cursor.beginEditBlock()
    cursor.setPosition(end)
    # Put in behind the old text, which goes last: the step has to end in a removal, see below.
    insert(cursor, text)
    if start == end and text:
        # Qt joins what is typed next to a step that ends in an insertion; end in a removal.
        cursor.insertText(" ")
        cursor.deletePreviousChar()
    cursor.setPosition(start)
    cursor.setPosition(end, KEEP)
    cursor.removeSelectedText()
    kept_ends.keep(document, start, ends)
    cursor.endEditBlock()


def change_text(document: QTextDocument, text: str, ends: str = "") -> None:
    """Make `text`, lines ended by a line feed, the document's text, as one undo step.

    Only what is new in it is changed. Its lines end as `ends` says; where it is empty, they are
    all of one kind.
    """
    old = text_of(document)
    change = minimal(old, text)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    if old != text:
        start, end = to_utf16(old, change.old_start), to_utf16(old, change.old_end)
        replace_range(document, start, end, text[change.new_start : change.new_end], "")
    if not ends and kept_ends.is_kept(document):
        ends = kept_ends.NONE * text.count("\n")
    kept_ends.keep(document, 0, ends)
    cursor.endEditBlock()


def whole_characters(document: QTextDocument, start: int, end: int) -> tuple[int, int]:
    """Return a selection widened so that neither edge splits a surrogate pair."""
    if _splits_pair(document, start):
        start -= 1
    if _splits_pair(document, end):
        end += 1
    return start, end


def with_whole_characters(cursor: QTextCursor) -> QTextCursor:
    """Return a cursor none of whose ends splits a surrogate pair; a caret goes before one.

    Qt takes out both halves there, and tells of one.
    """
    document, ends = cursor.document(), (cursor.anchor(), cursor.position())
    if document is None or not any(_splits_pair(document, end) for end in ends):
        return cursor
    made = QTextCursor(cursor)
    first, last = whole_characters(document, min(ends), max(ends))
    if not cursor.hasSelection():
        last = first
    is_forwards = ends[0] <= ends[1]
    made.setPosition(first if is_forwards else last)
    made.setPosition(last if is_forwards else first, KEEP)
    return made


def _splits_pair(document: QTextDocument, position: int) -> bool:
    if not 0 < position < length_of(document):
        return False
    return text_between(document, position - 1, position + 1) > "\uffff"


def _ends_kept(document: QTextDocument, start: int, end: int, text: str) -> str:
    """Return the ends of the lines of `text`, of which some stand between two positions."""
    old_ends = kept_ends.between(document, start, end)
    if not old_ends or "\n" not in text:
        return ""
    old, new = text_between(document, start, end).split("\n"), text.split("\n")
    ends = [old_ends[0]] * (len(new) - 1)
    for match in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        count = min(match.size, len(old_ends) - match.a, len(ends) - match.b)
        ends[match.b : match.b + count] = old_ends[match.a : match.a + count]
    return "".join(ends)
