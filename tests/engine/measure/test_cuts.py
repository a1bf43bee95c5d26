"""Gaps are where they are said to be, and nothing is lost around them."""

import random

import pytest

from engine.measure.cuts import Gap, cut_body, cut_line_end

PYTHON = '''
def greet(name):
    """Say hello."""
    text = f"Grüße, {name}"
    return text.strip()


class Box:
    def is_empty(self):
        return not self.items and self.lid
'''
JAVASCRIPT = """
function add(a, b) {
  const sum = a + b;
  return sum;
}
"""


def bodies(text: str, language: str) -> set[str]:
    found = (cut_body(text, random.Random(seed), language) for seed in range(20))
    return {text[slice(*span)] for span in found if span}


def test_the_body_of_a_function_goes_without_its_docstring() -> None:
    assert bodies(PYTHON, "python") == {
        'text = f"Grüße, {name}"\n    return text.strip()',
        "return not self.items and self.lid",
    }


def test_brackets_stay_around_a_body() -> None:
    assert bodies(JAVASCRIPT, "javascript") == {"const sum = a + b;\n  return sum;"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("def f(x):\n    return x\n", "python", id="too short"),
        pytest.param("def f(x):\n" + "    x = x + 11111\n" * 40, "python", id="too long"),
        pytest.param("def f(x:\n    return x + x + x + x\n", "python", id="broken"),
        pytest.param(PYTHON, "", id="no language"),
        pytest.param("", "python", id="empty"),
    ],
)
def test_there_may_be_no_body_to_cut(text: str, language: str) -> None:
    assert bodies(text, language) == set()


def test_a_line_end_begins_behind_a_word_or_sign_and_ends_its_line() -> None:
    text = "total = price(amount, rate)\nAnd then the rain came down on us\n"
    found = {cut_line_end(text, random.Random(seed)) for seed in range(200)}
    ends = {text[slice(*span)] for span in found if span}
    assert {"(amount, rate)", " rate)", "amount, rate)", " came down on us"} <= ends
    assert all(end.endswith(("rate)", "us")) and len(end) >= 4 for end in ends)


def test_around_a_gap_is_as_much_as_an_editor_hands_over() -> None:
    gap = Gap(document="a" * 30_000 + "gap" + "b" * 9000, start=30_000, end=30_003)
    assert (len(gap.before), gap.region, len(gap.after)) == (20_000, "gap", 4000)
