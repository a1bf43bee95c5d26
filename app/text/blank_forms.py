"""What the blanks of a text are to be, as far as the text or a schema says so."""

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from app.text.blanks import blanks_of
from app.text.json_schema import paths_of, schema_at
from app.text.tables import BORDER, is_row, is_rule
from engine.api import Form, FormKind

_ANY = Form()
_TEXT: dict[str, object] = {"type": "string", "minLength": 1}
# Of an empty value that nobody has described: anything that has no parts.
_SCALAR: dict[str, object] = {
    "anyOf": [_TEXT, *({"type": name} for name in ("number", "boolean", "null"))]
}
_FEW = 4  # texts that come again and again in a column are a list
_LONGEST_LIST = 1_000  # characters
# Something that is seen, first of all.
_CELL = Form(pattern=r"[^|\s][^|\r\n]*")
_FIELD = Form(pattern=r'[^,"\s][^,"\r\n]*')
_COMMA = re.compile(",")
_KINDS = (
    (FormKind.DATE, re.compile(r"\d{4}-\d\d-\d\d")),
    (FormKind.INTEGER, re.compile(r"-?(?:0|[1-9]\d*)")),
    (FormKind.NUMBER, re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")),
)


def forms_of(
    text: str, blanks: Sequence[tuple[int, int]], language: str, schema: object = None
) -> list[Form]:
    """Return the form of each of a text's blanks.

    Args:
        text: All of the document, of which columns and values are read.
        blanks: Code points, some of those that `blanks_of` finds in it.
        language: Such as "json".
        schema: Of a JSON document, decoded; None: there is none.
    """
    if language == "json":
        return _of_json(text, blanks, schema)
    if language and language != "markdown":
        return [_ANY] * len(blanks)
    rows = _Rows(text)
    return [rows.form_at(*blank) for blank in blanks]


def _of_json(text: str, blanks: Sequence[tuple[int, int]], schema: object) -> list[Form]:
    every = blanks_of(text, "json")
    places = dict(zip(every, paths_of(text, every), strict=True))
    forms = []
    for start, end in blanks:
        path = places.get((start, end))
        said = schema_at(schema, path) if schema is not None and path is not None else None
        default = _TEXT if text[start:end] == '""' else _SCALAR
        is_value = start == end or text[start:end] == '""'
        forms.append(_json(said or default) if is_value else _ANY)
    return forms


def _json(schema: dict[str, object]) -> Form:
    return Form(kind=FormKind.JSON, schema=json.dumps(schema))


class _Rows:
    """A text's lines as rows of tables, or of fields; columns are read once."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in self._lines), initial=0))
        self._known: dict[tuple[int, int], Form | None] = {}  # by first row, and column

    def form_at(self, start: int, end: int) -> Form:
        """Return the form of an empty cell or field by the others of its column; else any."""
        number = bisect_right(self._starts, start) - 1
        line = self._lines[number]
        is_table = is_row(line)
        if start != end or not (is_table or line.count(",") > 1):
            return _ANY
        sign = BORDER if is_table else _COMMA
        column = len(sign.findall(line[: start - self._starts[number]]))
        first, last = self._rows_around(number, sign)
        if (first, column) not in self._known:
            rows = [one for one in self._lines[first : last + 1] if not is_rule(one)]
            cells = (sign.split(row)[column].strip() for row in rows[1:])  # without the heading
            self._known[first, column] = _of_column([cell for cell in cells if cell])
        return self._known[first, column] or (_CELL if is_table else _FIELD)

    def _rows_around(self, number: int, sign: re.Pattern[str]) -> tuple[int, int]:
        """Return the first and the last of the lines side by side with as many signs."""
        count = len(sign.findall(self._lines[number]))
        first = last = number
        while first > 0 and len(sign.findall(self._lines[first - 1])) == count:
            first -= 1
        while last + 1 < len(self._lines) and len(sign.findall(self._lines[last + 1])) == count:
            last += 1
        return first, last


def _of_column(cells: Sequence[str]) -> Form | None:
    """Return what all cells of a column are; None: nothing in common that is sure."""
    if not cells:
        return None
    for kind, pattern in _KINDS:
        if all(pattern.fullmatch(cell) for cell in cells):
            return Form(kind=kind)
    values = tuple(dict.fromkeys(cells))
    # Each twice and more on average: the column knows no others, as far as one can see.
    is_list = len(cells) >= _FEW and 2 * len(values) <= len(cells)
    is_list = is_list and sum(map(len, values)) <= _LONGEST_LIST
    return Form(kind=FormKind.ONE_OF, values=values) if is_list else None
