"""Several selections as one request: what is written together, and what stays between them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtGui import QTextCursor, QTextDocument

from app.editor import Editor
from app.text.blank_forms import forms_of
from app.text.blanks import blanks_of
from app.text.edits import length_of, text_between, whole_characters
from app.text.positions import to_code_points, to_utf16
from app.text.sudoku import sudoku_of
from app.text.tables import table_around
from app.text.whole_words import whole_words
from app.translation import tr
from engine.api import Form, Generate, Relation, RelationKind, RunSettings

Stretches = tuple[tuple[int, int], ...]  # code points of a region's text
Ends = tuple[int, int]  # UTF-16 units of the document

_FAR = 4096  # UTF-16 units that no canvas holds, however they are counted
_BEHIND = 16  # tokens of the text behind that a canvas keeps room for
# Words with the space before them, runs of one sign, and whatever else for itself. The engine
# counts exactly, and refuses what does not fit after all.
_PIECES = re.compile(r"(?P<run>(\s|[^\w\s])\2{2,})| ?[A-Za-z]+| ?[^\w\s]|.", re.DOTALL)
_LETTERS_PER_TOKEN = 3  # of words that a small vocabulary has to put together
_SIGNS_PER_TOKEN = 4
_CARET_TOKENS = 8  # that are expected where nothing is selected


@dataclass(frozen=True, slots=True)
class Places:
    """The stretches of a region's text that are written; none: all of it."""

    regions: Stretches = ()
    forms: tuple[Form, ...] = ()  # of each, what it is to be; none: any text
    relations: tuple[Relation, ...] = ()  # between them

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.regions)


ALL = Places()  # all of a region


def places_of(request: Generate) -> Places:
    """Return what a request's region is written in."""
    return Places(request.regions, request.forms, request.relations)


@dataclass(frozen=True, slots=True)
class Selections:
    """Selections that are near enough to each other to be written together."""

    start: int  # of the first, UTF-16 units
    end: int  # of the last
    places: Places


def selections_of(editor: Editor, canvas_length: int, *, is_exact: bool) -> list[Selections]:
    """Return what several carets select, in groups that have room on one canvas; none of one caret.

    Args:
        editor: Whose carets select something, or stand where something is to be written.
        canvas_length: Of the model, tokens; 0: it has no canvas, so each is a group of its own.
        is_exact: Whether selections are meant to the letter, and not in whole words.
    """
    several = len(editor.multi_cursor.cursors) > 1
    meant = _selected(editor, is_exact=is_exact)
    return _grouped(editor.document(), meant, canvas_length) if several else []


def blanks_in(editor: Editor, canvas_length: int, schema: object = None) -> list[Selections]:
    """Return the blanks of the selection, of the caret's table or its line, in groups.

    Each has the form that its surroundings or a JSON document's schema, decoded, say it has.

    Raises:
        SudokuError: If they are those of a Sudoku that has no solution.
    """
    document, cursor = editor.document(), editor.textCursor()
    text = text_between(document, 0, length_of(document))
    start, end = _where_blanks_are(document, cursor, text)
    language = editor.language_at(to_utf16(text, start))
    found = blanks_of(text[start:end], language, text[end : end + _FAR])
    places = [(start + a, start + b) for a, b in found]
    if not places:
        return []
    meant = [(to_utf16(text, a), to_utf16(text, b)) for a, b in places]
    if not canvas_length:  # no model here that could keep to a form
        return _grouped(document, _merged(meant), canvas_length)
    if sudoku := sudoku_of(text, places):
        together = _together(document, meant)
        regions = together.places.regions or ((0, 0),)
        return [replace(together, places=Places(regions, sudoku.forms, sudoku.relations))]
    formed = dict(zip(meant, forms_of(text, places, language, schema), strict=True))
    groups = _grouped(document, _merged(meant), canvas_length)
    return [_formed(one, formed, document) for one in groups]


def _where_blanks_are(document: QTextDocument, cursor: QTextCursor, text: str) -> tuple[int, int]:
    """Return the selection, the table that the caret is in, or its line; code points."""
    if not cursor.hasSelection():
        start, end = table_around(text, to_code_points(text, cursor.position()))
        if start < end:
            return start, end
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    ends = whole_characters(document, cursor.selectionStart(), cursor.selectionEnd())
    return to_code_points(text, ends[0]), to_code_points(text, ends[1])


def alike_of(editor: Editor, *, is_exact: bool) -> Selections | None:
    """Return what several carets select, to become the same text; None of fewer than two."""
    meant = _selected(editor, is_exact=is_exact)
    if len(meant) < 2:
        return None
    together = _together(editor.document(), meant)
    numbers = tuple(range(len(together.places.regions)))
    equal = Relation(kind=RelationKind.EQUAL, regions=numbers)
    return replace(together, places=replace(together.places, relations=(equal,)))


def without_wishes(settings: RunSettings) -> RunSettings:
    """Return settings without what is said of one whole text, and was meant for another run."""
    usual = RunSettings()
    return replace(
        settings,
        instruction=usual.instruction,
        length=usual.length,
        mode=usual.mode,
        soft_edge=usual.soft_edge,
        strength=usual.strength,
    )


def why_not_together(settings: RunSettings) -> str:
    """Return why several places cannot be drafted so, for the user; empty if they can."""
    of_a_whole = {
        "instruction": tr("an instruction"),
        "length": tr("a length"),
        "soft_edge": tr("a soft edge"),
        "strength": tr("a strength"),
        "pattern": tr("a pattern"),
        "mode": tr("writing from the left"),
    }
    named = ", ".join(of_a_whole[name] for name in settings.of_a_whole)
    words = tr(
        "Several places at once do not go with {wishes}. Leave that out, or select one place."
    )
    return words.format(wishes=named) if named else ""


def _selected(editor: Editor, *, is_exact: bool) -> list[Ends]:
    document = editor.document()
    ends = ((one.selectionStart(), one.selectionEnd()) for one in editor.multi_cursor.cursors)
    widened = whole_characters if is_exact else whole_words
    return _merged(widened(document, start, end) for start, end in ends)


def _grouped(
    document: QTextDocument, meant: Sequence[Ends], canvas_length: int
) -> list[Selections]:
    room = max(0, canvas_length - _BEHIND)
    groups, used = [[meant[0]]], _expected(document, meant[0])
    for one, other in pairwise(meant):
        own = _expected(document, other)
        between = (one[1], min(other[0], one[1] + _FAR))
        used += _tokens_about(text_between(document, *between)) + own
        if used <= room and other[0] - one[1] < _FAR:
            groups[-1].append(other)
        else:
            groups.append([other])
            used = own
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


def _expected(document: QTextDocument, ends: Ends) -> int:
    near = (ends[0], min(ends[1], ends[0] + _FAR))
    return max(_tokens_about(text_between(document, *near)), _CARET_TOKENS)


def _tokens_about(text: str) -> int:
    """Return about how many tokens a text has, of a small vocabulary; of a large one too many."""
    count = 0
    for found in _PIECES.finditer(text):
        piece, is_run = found[0], found["run"] is not None
        if not piece.isascii():  # a byte each, where a vocabulary does not know them
            count += len(piece.encode(errors="surrogatepass"))
        elif is_run:
            count += 1 + len(piece) // _SIGNS_PER_TOKEN
        else:
            count += 1 + (len(piece.strip()) - 1) // _LETTERS_PER_TOKEN
    return count


def _together(document: QTextDocument, group: Sequence[Ends]) -> Selections:
    start, end = group[0][0], group[-1][1]
    text = text_between(document, start, end)
    places = ((to_code_points(text, a - start), to_code_points(text, b - start)) for a, b in group)
    # One alone is a region like any other.
    return Selections(start, end, Places(tuple(places) if len(group) > 1 else ()))


def _formed(group: Selections, forms: Mapping[Ends, Form], document: QTextDocument) -> Selections:
    """Return a group with the forms of its places, if any has one."""
    text = text_between(document, group.start, group.end)
    regions = group.places.regions or ((0, len(text)),)
    ends = ((group.start + to_utf16(text, a), group.start + to_utf16(text, b)) for a, b in regions)
    # Blanks that touch have become one, which has none.
    own = tuple(forms.get(one, Form()) for one in ends)
    has_any = any(form != Form() for form in own)
    return replace(group, places=Places(regions, own)) if has_any else group
