"""Which blanks of a table must differ: counted and looked up by hand."""

import pytest

from app.text.blanks import blanks_of
from app.text.sudoku import SudokuError, sudoku_of
from app.text.tables import table_around

SMALL = """
| 1 |   |   | 4 |
|---|---|---|---|
|   | 4 | 1 |   |
|   | 1 | 4 |   |
| 4 |   |   | 1 |
"""


def relations(text: str) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    found = sudoku_of(text, blanks_of(text, ""))
    assert found is not None
    assert {form.values for form in found.forms} == {tuple("1234")}
    return sorted((one.regions, one.known) for one in found.relations)


def test_rows_columns_and_boxes_of_a_small_one() -> None:
    # Its blanks, numbered as they stand:  1 0 1 4 / 2 4 1 3 / 4 1 4 5 / 4 6 7 1
    assert relations(SMALL) == sorted(
        [
            ((0, 1), ("1", "4")),
            ((2, 3), ("4", "1")),
            ((4, 5), ("1", "4")),
            ((6, 7), ("4", "1")),
            ((2, 4), ("1", "4")),
            ((0, 6), ("4", "1")),
            ((1, 7), ("1", "4")),
            ((3, 5), ("4", "1")),
            ((0, 2), ("1", "4")),
            ((1, 3), ("4", "1")),
            ((4, 6), ("1", "4")),
            ((5, 7), ("4", "1")),
        ]
    )


def test_names_above_the_columns_and_text_around_change_nothing() -> None:
    named = "A puzzle:\n\n| a | b | c | d |\n|:-:|---|---|---|\n"
    body = SMALL.replace("|---|---|---|---|\n", "")[1:]
    assert relations(named + body + "\nAnd 🙂 more.") == relations(SMALL)


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("| 1 |   |", "| 7 |   |"),  # no digit of it
        SMALL.replace("| 1 |   |", "| x |   |", 2),
        SMALL + "|   |   |   |   |\n",  # five rows
        SMALL.replace("| 4 |   |   | 1 |", "| 4 |   |   |"),
        "| a |  |\n|---|---|\n| b |  |",
        "Dear ___,",
        "",
        SMALL + "\nand ___ too",
    ],
)
def test_what_is_none_is_not_taken_for_one(text: str) -> None:
    assert sudoku_of(text, blanks_of(text, "")) is None


def test_one_of_nine_has_twenty_seven_units() -> None:
    text = "\n".join("|" + "   |" * 9 for _ in range(9))
    found = sudoku_of(text, blanks_of(text, ""))
    assert found is not None
    assert len(found.forms) == 81
    assert len(found.relations) == 27
    assert all(len(one.regions) == 9 for one in found.relations)


@pytest.mark.parametrize(
    ("text", "place", "table"),
    [
        ("a\n| b |\n|c|\nd", 4, "| b |\n|c|"),
        ("| b |\n|c|", 8, "| b |\n|c|"),
        ("| b |", 0, "| b |"),
        ("a\n| b |\nc\n| d |", 1, ""),
        ("", 0, ""),
    ],
)
def test_the_table_around_a_place(text: str, place: int, table: str) -> None:
    start, end = table_around(text, place)
    assert text[start:end] == table


@pytest.mark.parametrize(
    ("row", "place", "digit", "told"),
    [
        (1, 2, "1", "1 stands in row 1, column 1 and in row 1, column 2"),
        (4, 3, "4", "4 stands in row 3, column 3 and in row 4, column 3"),
        (2, 1, "1", "1 stands in row 1, column 1 and in row 2, column 1"),
        (1, 3, "1", "1 stands in row 1, column 1 and in row 1, column 3"),
    ],
)
def test_a_digit_that_stands_twice_is_named_with_its_places(row, place, digit, told) -> None:
    lines = SMALL.strip("\n").split("\n")
    at = row if row > 1 else 0
    cells = lines[at].split("|")
    cells[place] = f" {digit} "
    lines[at] = "|".join(cells)
    text = "\n".join(lines)
    with pytest.raises(SudokuError, match=told):
        sudoku_of(text, blanks_of(text, ""))
