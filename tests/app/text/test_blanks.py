"""What counts as a blank, worked out by hand: marked with brackets."""

import pytest

from app.text.blanks import blanks_of


def marked(text: str, language: str = "") -> str:
    """Return a text with its blanks in square brackets."""
    for start, end in reversed(blanks_of(text, language)):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Dear ___, thank you for ____.", "", "Dear [___], thank you for [____]."),
        ("a __ b snake__case", "", "a __ b snake__case"),
        ("It was … and then …", "", "It was […] and then […]"),
        ("Well… he said ...", "", "Well… he said [...]"),
        (
            "def f(x):\n    # TODO: sort\n    return x",
            "python",
            "def f(x):\n    # [TODO: sort]\n    return x",
        ),
        ("TODOS: no", "", "TODOS: no"),
        ('{"a": , "b": 1, "c": }', "json", '{"a": [], "b": 1, "c": []}'),
        ('{"a":,\n "b": "x:"}', "json", '{"a":[],\n "b": "x:"}'),
        ("name:\nage: 3\ncity: ", "yaml", "name:[]\nage: 3\ncity: []"),
        ("who:\n  name: \nlist:\n- a", "yaml", "who:\n  name: []\nlist:\n- a"),
        (
            "| a | b |\n|---|---|\n| 1 |   |\n|   | 2 |",
            "",
            "| a | b |\n|---|---|\n| 1 | []  |\n| []  | 2 |",
        ),
        ("a,b,c\n1,,3\n,2,", "", "a,b,c\n1,[],3\n[],2,[]"),
        ("One, two, three.\nFour.", "", "One, two, three.\nFour."),
        ("👍 ___ 👍", "", "👍 [___] 👍"),
        ('{"a": "", "b": "x"}', "json", '{"a": [""], "b": "x"}'),
        ('{"a":\n {"b": 1}}', "json", '{"a":\n {"b": 1}}'),
        ('{"a": "b\\":,"}', "json", '{"a": "b\\":,"}'),
        ("Yes, no, and,\nwell, so, but,", "", "Yes, no, and,\nwell, so, but,"),
        ("a,,b", "", "a,[],b"),
        ("", "", ""),
    ],
)
def test_blanks(text: str, language: str, found: str) -> None:
    assert marked(text, language) == found


def test_what_stands_behind_the_text_may_be_the_value_of_its_last_name() -> None:
    assert blanks_of("server:", "yaml", "\n  host: x\n") == []
    assert blanks_of("server:", "yaml", "\nclient:\n") == [(7, 7)]
    assert blanks_of('{"a":', "json", " 1}") == []
    assert blanks_of('{"a": ', "json", "}") == [(6, 6)]
