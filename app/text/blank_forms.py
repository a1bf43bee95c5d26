"""What the blanks of a text are to be, as far as the text or a schema says so."""

import json
import re
from collections.abc import Iterator, Sequence

from app.text.blanks import blanks_of
from app.text.json_schema import paths_of, schema_at
from engine.api import Form, FormKind

_ANY = Form()
_TEXT: dict[str, object] = {"type": "string"}
# Of an empty value that nobody has described: anything that has no parts.
_SCALAR: dict[str, object] = {
    "anyOf": [_TEXT, *({"type": name} for name in ("number", "boolean", "null"))]
}
_FEW = 4  # texts that come again and again in a column are a list
_CELL = Form(pattern=r"[^|\r\n]+")
_FIELD = Form(pattern=r'[^,"\r\n]+')
_KINDS = (
    (FormKind.DATE, re.compile(r"\d{4}-\d\d-\d\d")),
    (FormKind.INTEGER, re.compile(r"-?(?:0|[1-9]\d*)")),
    (FormKind.NUMBER, re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")),
)
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")


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
    return [_in_row(text, *blank) for blank in blanks]


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


def _in_row(text: str, start: int, end: int) -> Form:
    """Return the form of a cell or field by the others of its column; of other blanks, any."""
    first = text.rfind("\n", 0, start) + 1
    line = text[first:].split("\n", 1)[0]
    is_table = line.lstrip().startswith("|")
    if start != end or not (is_table or line.count(",") > 1):
        return _ANY
    sign = "|" if is_table else ","
    column = text[first:start].count(sign)
    cells = [cell for cell in _column(text, first, sign, column) if cell]
    return _of_column(cells) or (_CELL if is_table else _FIELD)


def _column(text: str, first: int, sign: str, column: int) -> Iterator[str]:
    """Yield the cells of a column of the rows around one, but for their heading."""
    lines = text.split("\n")
    own = text.count("\n", 0, first)
    count = lines[own].count(sign)
    above = own
    while above > 0 and lines[above - 1].count(sign) == count:
        above -= 1
    below = own
    while below + 1 < len(lines) and lines[below + 1].count(sign) == count:
        below += 1
    rows = [line for line in lines[above : below + 1] if not _RULE.fullmatch(line)]
    for row in rows[1:]:
        yield row.split(sign)[column].strip()


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
    return Form(kind=FormKind.ONE_OF, values=values) if is_list else None
