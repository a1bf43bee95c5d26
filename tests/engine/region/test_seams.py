"""The rule for the edges of a region."""

import pytest

from engine.region.seams import half_sentences, seam_errors


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


def test_there_is_one_space_between_words() -> None:
    assert seam_errors("    ", "return  None", "\n", "return 0") == 1
    assert seam_errors("    ", "return None", "\n", "return 0") == 0
    # What is set in columns goes on so, and indentations and comments are none.
    assert seam_errors("name  size\n", "lamp  12", "\n", "door  80") == 0
    assert seam_errors("x = 1\n", "y = 2  # two\n    z", "\n", "y = 3") == 0


@pytest.mark.parametrize(
    ("before", "text", "after", "old", "halves"),
    [
        ("", ", 2022,", " Nobody spoke.", "The train stopped.", 2),
        ("He left. ", "I am a baker, but", " I learned.", "The smell is good.", 1),
        ("He left. ", "and so it was.", " I learned.", "The smell is good.", 1),
        ("He left. ", "“No,” she said.", " I learned.", "“Yes,” he said.", 0),
        ("He left. ", "So it was.", " I learned.", "The smell is good.", 0),
        ("He left ", "early, and", " I learned.", "Rome, where", 0),  # amid a sentence
        ("- ", "keep it warm", "\n- write", "weigh the flour", 0),
        ("", "die Katze schläft.\n", "", "The cat sleeps.\n", 1),
        ("He left. ", "", " I learned.", "So it was.", 0),
        ("", "“It was the night.", " Nobody spoke.", "The train stopped.", 1),
        ("He left. ", "It was “late", " I learned.", "So it was “early", 0),  # open before
        ("“", "no", ",” she said.", "Yes", 0),  # the quotation mark is outside
    ],
)
def test_a_whole_sentence_stays_one(before, text, after, old, halves) -> None:
    assert half_sentences(before, text, after, old) == halves
