"""A Sudoku in a Markdown table: which of its blanks must differ from which."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from app.text.tables import cells_of, is_rule, table_around
from app.translation import tr
from engine.api import Form, FormKind, Relation, RelationKind

_SIDES = (2, 3)  # boxes of two by two digits, or of three by three

Cell = tuple[int, int]  # row and column


@dataclass(frozen=True, slots=True)
class Sudoku:
    """What the blanks of a Sudoku are to be, and how they hang together."""

    forms: tuple[Form, ...]
    relations: tuple[Relation, ...]


class SudokuError(Exception):
    """It has no solution; the text says why, for the user."""


def sudoku_of(text: str, blanks: Sequence[tuple[int, int]]) -> Sudoku | None:
    """Return what a Sudoku says of blanks, code points of a text; None if they are not all its.

    Raises:
        SudokuError: If it has a digit twice where it may stand once.
    """
    if not blanks:
        return None
    cells = _cells(text, blanks[0][0])
    side = next((side for side in _SIDES if len(cells) == side**4), 0)
    if not side:
        return None
    numbers = {
        cell: number
        for number, blank in enumerate(blanks)
        for cell, (_, start, end) in cells.items()
        if start <= blank[0] <= blank[1] <= end
    }
    digits = "123456789"[: side * side]
    given = {cell: digit for cell, (digit, *_) in cells.items() if digit}
    if len(numbers) < len(blanks) or not set(given.values()) <= set(digits):
        return None
    for unit in _units(side):
        _check(unit, given)
    relations = (_relation(unit, numbers, given) for unit in _units(side))
    form = Form(kind=FormKind.ONE_OF, values=tuple(digits))
    return Sudoku((form,) * len(blanks), tuple(one for one in relations if one.regions))


def _cells(text: str, place: int) -> dict[Cell, tuple[str, int, int]]:
    """Return the cells of the table around a place: what is in each, from where to where."""
    rows = list(_rows(text, place))
    # The heading of a table may be the Sudoku's first row, or names of the columns.
    if rows and not all(re.fullmatch(r"\d?", cell) for cell, *_ in rows[0]):
        rows = rows[1:]
    width = len(rows)
    if any(len(row) != width for row in rows):
        return {}
    return {(r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row)}


def _rows(text: str, place: int) -> Iterator[list[tuple[str, int, int]]]:
    start, end = table_around(text, place)
    for line in text[start:end].split("\n"):
        if line and not is_rule(line):
            yield [(cell, start + first, start + last) for cell, first, last in cells_of(line)]
        start += len(line) + 1


def _units(side: int) -> Iterator[list[Cell]]:
    """Yield the rows, columns and boxes."""
    width = range(side * side)
    for one in width:
        yield [(one, column) for column in width]
        yield [(row, one) for row in width]
        top, left = side * (one // side), side * (one % side)
        yield [(top + a, left + b) for a, b in product(range(side), repeat=2)]


def _check(unit: Sequence[Cell], given: Mapping[Cell, str]) -> None:
    """Look whether a row, column or box has a digit twice."""
    found: dict[str, Cell] = {}
    for cell in unit:
        digit = given.get(cell, "")
        other = found.get(digit)
        if digit and other is not None:
            text = tr(
                "This Sudoku has no solution: {digit} stands in row {row}, column {column} and in "
                "row {other_row}, column {other_column}. Change one of them."
            )
            places = {"row": other[0] + 1, "column": other[1] + 1}
            places |= {"other_row": cell[0] + 1, "other_column": cell[1] + 1}
            raise SudokuError(text.format(digit=digit, **places))
        found[digit] = cell


def _relation(
    unit: Sequence[Cell], numbers: Mapping[Cell, int], given: Mapping[Cell, str]
) -> Relation:
    return Relation(
        kind=RelationKind.DIFFERENT,
        regions=tuple(numbers[cell] for cell in unit if cell in numbers),
        known=tuple(given[cell] for cell in unit if cell in given),
    )
