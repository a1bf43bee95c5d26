"""Several selections as one request: what is written together, and what stays between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtGui import QTextCursor, QTextDocument

from app.editor import Editor
from app.text.blanks import blanks_of
from app.text.edits import text_between, whole_characters
from app.text.positions import to_code_points, to_utf16
from app.text.whole_words import whole_words

Stretches = tuple[tuple[int, int], ...]  # code points of a region's text
Ends = tuple[int, int]  # UTF-16 units of the document

_BEHIND = 16  # tokens of the text behind that a canvas keeps room for
# Fewer than a token has in prose or code: what is taken to fit one canvas does.
_CHARACTERS_PER_TOKEN = 3
_CARET_CHARACTERS = 24  # that are expected where nothing is selected


@dataclass(frozen=True, slots=True)
class Selections:
    """Selections that are near enough to each other to be written together."""

    start: int  # of the first, UTF-16 units
    end: int  # of the last
    regions: Stretches


def selections_of(editor: Editor, canvas_length: int, *, is_exact: bool) -> list[Selections]:
    """Return an editor's selections in groups that have room on one canvas; none if there is one.

    Args:
        editor: Whose carets select something, or stand where something is to be written.
        canvas_length: Of the model, tokens; 0: it has no canvas, so each is a group of its own.
        is_exact: Whether selections are meant to the letter, and not in whole words.
    """
    document, carets = editor.document(), editor.multi_cursor.cursors
    ends = ((one.selectionStart(), one.selectionEnd()) for one in carets)
    widened = whole_characters if is_exact else whole_words
    meant = _merged(widened(document, start, end) for start, end in ends)
    return _grouped(document, meant, canvas_length) if len(meant) > 1 else []


def blanks_in(editor: Editor, canvas_length: int) -> list[Selections]:
    """Return the blanks of the selection, or of the caret's line, in groups as `selections_of`."""
    document, cursor = editor.document(), editor.textCursor()
    if not cursor.hasSelection():
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    start, end = whole_characters(document, cursor.selectionStart(), cursor.selectionEnd())
    text = text_between(document, start, end)
    found = blanks_of(text, editor.language_at(start))
    meant = [(start + to_utf16(text, a), start + to_utf16(text, b)) for a, b in found]
    return _grouped(document, _merged(meant), canvas_length) if meant else []


def _grouped(
    document: QTextDocument, meant: Sequence[Ends], canvas_length: int
) -> list[Selections]:
    room = max(0, canvas_length - _BEHIND) * _CHARACTERS_PER_TOKEN
    groups, used = [[meant[0]]], _expected(meant[0])
    for one, other in pairwise(meant):
        used += other[0] - one[1] + _expected(other)
        if used <= room:
            groups[-1].append(other)
        else:
            groups.append([other])
            used = _expected(other)
    return [_together(document, group) for group in groups]


def _merged(ends: Iterable[Ends]) -> list[Ends]:
    """Return stretches in their order, those that touch or overlap as one."""
    found: list[Ends] = []
    for start, end in sorted(ends):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _expected(ends: Ends) -> int:
    return max(ends[1] - ends[0], _CARET_CHARACTERS)


def _together(document: QTextDocument, group: Sequence[Ends]) -> Selections:
    start, end = group[0][0], group[-1][1]
    text = text_between(document, start, end)
    places = ((to_code_points(text, a - start), to_code_points(text, b - start)) for a, b in group)
    # One alone is a region like any other.
    return Selections(start, end, tuple(places) if len(group) > 1 else ())
