"""A part of a sentence stays a part of one."""

import pytest

from engine.infill.half_sentence import goes_on, is_amid, without_capital, without_stop


@pytest.mark.parametrize(
    ("before", "amid"),
    [
        ("", False),
        ("We went. ", False),
        ("She said: ", False),
        ("“We went.” ", False),
        ("We went ", True),
        ("We went, ", True),
        ("A title\n", False),
        ("A title\nWe went ", True),
        ("- ", False),
        ("1. ", False),
    ],
)
def test_a_sentence_is_under_way(before: str, amid: bool) -> None:
    assert is_amid(before) == amid


@pytest.mark.parametrize(
    ("after", "on"),
    [
        ("", False),
        ("  ", False),
        (" to the house.", True),
        (".", True),
        ("\nA title", False),
        ("\nto the house", True),  # a wrapped line
        ("\n\nto the house", False),
    ],
)
def test_a_sentence_goes_on(after: str, on: bool) -> None:
    assert goes_on(after) == on


@pytest.mark.parametrize(
    ("text", "old", "kept"),
    [
        ("We go.", "We goes", "We go"),
        ("“We go.”", "“We goes”", "“We go”"),
        ("We go, too!?", "we go to", "We go, too"),
        ("We go.", "We goes.", "We go."),  # it was there
        ("We go", "We goes", "We go"),
    ],
)
def test_a_made_up_end_is_taken_off(text: str, old: str, kept: str) -> None:
    assert without_stop(text, old) == kept


@pytest.mark.parametrize(
    ("text", "old", "kept"),
    [
        ("The dog barks", "the dog bark", "the dog barks"),
        ("“The dog” barks", "“the dog” bark", "“The dog” barks"),  # speech begins so
        ("I bark", "i bark", "I bark"),
        ("I'm a dog", "im a dog", "I'm a dog"),
        ("Anna barks", "with Anna barking", "Anna barks"),
        ("USB is here", "usb are here", "USB is here"),
        ("The dog barks", "The dog bark", "The dog barks"),
    ],
)
def test_a_made_up_capital_is_taken_off(text: str, old: str, kept: str) -> None:
    assert without_capital(text, old) == kept
