"""How a text is indented is found in it, and a pasted block follows it."""

import pytest

from app.text.indentation import Indentation, detected, reindented

TWO, FOUR, EIGHT, TABS = Indentation(2), Indentation(4), Indentation(8), Indentation(uses_tabs=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\nb\n", None),
        ("if a:\n    b\n    if c:\n        d\n", FOUR),
        ("if a:\n  b\n  if c:\n    d\ne\n", TWO),
        ("a {\n        b;\n        c {\n                d;\n", EIGHT),
        ("a:\n\tb\n\t\tc\n", TABS),
        ("a:\n\tb\n\tc\n    d\n", TABS),
        ("if a:\n    b\n\n\n    c\n", FOUR),
        ("/*\n * a comment\n * of one space\n */\nf() {\n    g();\n}\n", FOUR),
        ("f(a,\n  b)\nif a:\n    b\nif c:\n    d\n", FOUR),
        ("", None),
    ],
)
def test_what_is_found(text: str, found: Indentation | None) -> None:
    assert detected(text.split("\n")) == found


@pytest.mark.parametrize(
    ("block", "wanted", "pasted"),
    [
        ("if a:\n\tb\n\tif c:\n\t\td", FOUR, "if a:\n    b\n    if c:\n        d"),
        ("if a:\n    b\n    if c:\n        d", TABS, "if a:\n\tb\n\tif c:\n\t\td"),
        ("if a:\n    b\n    if c:\n        d", TWO, "if a:\n  b\n  if c:\n    d"),
        ("if a:\n  b\n  if c:\n    d", FOUR, "if a:\n    b\n    if c:\n        d"),
        ("a\nb", TABS, "a\nb"),
        ("one line", TABS, "one line"),
        ("x = f(\n        b)", FOUR, "x = f(\n        b)"),  # two steps, or one: who knows
        ("if a:\n\n\tb\n", FOUR, "if a:\n\n    b\n"),
        ("if a:\n    b\n    c(d,\n      e)", TABS, "if a:\n\tb\n\tc(d,\n\t  e)"),
    ],
)
def test_a_pasted_block(block: str, wanted: Indentation, pasted: str) -> None:
    assert reindented(block, wanted) == pasted


@pytest.mark.parametrize(
    ("space", "columns"), [("", 0), ("    ", 4), ("\t", 4), ("  \t", 4), ("\t ", 5), ("\t\t", 8)]
)
def test_tabs_go_to_the_next_stop(space: str, columns: int) -> None:
    assert FOUR.width_of(space) == columns


def test_a_copy_that_began_within_an_indented_line_stays_as_it_is() -> None:
    """Its first line stood further to the right than it seems."""
    text = "if x:\n        return 1\n    else:\n        return 2"
    assert reindented(text, Indentation(4)) == text
    assert reindented(text, Indentation(uses_tabs=True)) == text
