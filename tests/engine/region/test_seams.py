"""The rule for the edges of a region."""

import pytest

from engine.region.seams import seam_errors


@pytest.mark.parametrize(
    ("before", "text", "after", "old", "errors"),
    [
        ("one ", "two", " three", "x", 0),
        ("one ", " two", " three", "x", 1),
        ("one ", "two ", " three", "x", 1),
        ("one", "two", "three", " x ", 2),
        ("on", "e tw", "o", "e x", 0),  # the cut words were cut before
        ("    ", "    x", "\n", "y", 0),  # an indentation
        ("say,", ", and", " so", "x", 1),
        ("one ", "", " three", "x", 1),
        ("", "x", "", "y", 0),
        ('f("', '"a', '")', "b", 1),
    ],
)
def test_seams(before, text, after, old, errors) -> None:
    assert seam_errors(before, text, after, old) == errors


def test_what_began_its_line_is_not_indented() -> None:
    assert seam_errors("One.\n\n", " Two.", " Three.", "Four.") == 1
    assert seam_errors("One.\n\n", "Two.", " Three.", "Four.") == 0
    assert seam_errors("if one:\n", "    two()", "\n", "") == 0
    assert seam_errors("if one:\n", "    two()", "\n", "    three()") == 0


def test_no_line_is_ended_with_a_space() -> None:
    assert seam_errors("    ", "return best ", "\n", "return it") == 1
    assert seam_errors("    ", "return best", "\n", "return it") == 0
    assert seam_errors("    ", "return best ", "\n", "return it ") == 0
    assert seam_errors("a ", "word ", "more", "word ") == 0
