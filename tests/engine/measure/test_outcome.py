"""What counts as found, as parsing and as fitting."""

import pytest

from engine.measure.outcome import fits, judge
from engine.measure.tasks import Sort, Task
from engine.texts.document import Kind


def task(sort: Sort, text: str, kind: Kind = Kind.PROSE, language: str = "") -> Task:
    """A task whose gap stands between two «»."""
    start, end = text.index("«"), text.index("»") - 1
    return Task(
        document=text.replace("«", "").replace("»", ""),
        start=start,
        end=end,
        sort=sort,
        name="a",
        kind=kind,
        language=language,
    )


WORD = task(Sort.WORD, "The «dog» barked.")
LINE = task(Sort.LINE, "x = 1\n«y = 2»\nz = x + y\n", Kind.CODE, "python")


def test_a_word_is_found_if_it_is_the_very_word() -> None:
    assert judge(WORD, "dog").exact
    assert not judge(WORD, "dog ").exact
    assert not judge(WORD, "Dog").exact


def test_white_space_around_a_line_is_no_matter() -> None:
    assert judge(LINE, "  y = 2\n").exact
    assert judge(LINE, "y  = 2").similarity == pytest.approx(10 / 11, abs=1e-4)


def test_code_parses_as_a_whole_or_not() -> None:
    assert judge(LINE, "y = max(3, 4)").parses is True
    assert judge(LINE, "y = max(3,").parses is False
    assert judge(LINE, "").parses is False
    assert judge(WORD, "dog").parses is None


def test_a_program_that_was_broken_elsewhere_is_not_held_against_a_gap() -> None:
    broken = task(Sort.LINE, "def f(:\n    pass\n«y = 2»\nz = 1\n", Kind.CODE, "python")
    assert judge(broken, "y = 3").parses is True


@pytest.mark.parametrize(
    ("sort", "text", "is_right"),
    [
        (Sort.WORD, "cat", True),
        (Sort.WORD, "two cats", False),
        (Sort.WORD, "", False),
        (Sort.LINE_END, " came home.", True),
        (Sort.LINE_END, " came home.\nThen", False),
        (Sort.LINE, "a line\n", True),
        (Sort.LINE, "\n", False),
        (Sort.SENTENCE, "It rained all day.", True),
        (Sort.SENTENCE, "It rained. Nobody came.", False),
        (Sort.SENTENCE, "It rained", False),
        (Sort.SENTENCE, "“Who is there?”", True),
    ],
)
def test_each_sort_has_its_form(sort: Sort, text: str, is_right: bool) -> None:
    assert fits(task(sort, "Once. «A gap.» Twice."), text) is is_right


def test_a_body_stays_within_its_function() -> None:
    gap = task(Sort.BODY, "class A:\n    def f(self):\n        «pass»\n", Kind.CODE, "python")
    assert fits(gap, "x = 1\n        return x")
    assert fits(gap, "if x:\n            return 1\n\n        return 2")
    assert not fits(gap, "x = 1\n\n    def g(self):\n        pass")
