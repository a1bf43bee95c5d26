"""What a rewrite keeps of the shape of a text."""

from dataclasses import replace

import pytest

from engine.api import Constraints, Length, LengthMode, RunSettings
from engine.region.lines import lacks_sentence, stays_on_line
from tests.requests import generate

REQUEST = generate(
    job_id=0, revision=0, before="One line. ", region="Two words ", after="more.\n", seed=0
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("He went home. ", "She stayed."),
        ("He went home.\n\n", "\n\nShe stayed."),
        ("“Go home!” ", "“No.”"),
        ("(Why?) ", " Élan."),
        ("He went home. ", ""),
        ("“He went home.”", "\nShe stayed."),  # at a paragraph's end
        ("He went home.\n", "\nShe stayed."),
        ("# Home\n\n", "She stayed."),
        ("Dear Anna,\n\n", "\n\nYours, Peter"),
        ("", "She stayed."),
        ("", "# Home"),
        ("", ""),
    ],
)
def test_where_one_may_begin_and_none_goes_on_a_sentence_lacks(before, after) -> None:
    assert lacks_sentence(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("He went ", "She stayed."),  # the first has not ended
        ("He went home.", " She stayed."),  # the caret stands at its end
        ("He went home. ", "and she stayed."),
        ("He went home", ""),
        ("- ", "\n- home"),
        ("He went\n", "home."),
        ("He met Mr. ", "Smith."),
        ("He met John F. ", "Smith."),
    ],
)
def test_elsewhere_what_lacks_is_shorter(before, after) -> None:
    assert not lacks_sentence(before, after)


@pytest.mark.parametrize(
    ("before", "region", "after"),
    [
        ("\n", "A paragraph.", "\n\n"),
        ("A line ", "of words,\n", "and another."),  # what stays at its end is no part of it
        ("A line ", "", "goes on."),
        ("A line ", " ", "goes on."),
        ("A line.\n", "", "Another."),
        ("A line.\n", "", ""),
        ("", "", ""),
    ],
)
def test_words_of_a_line_of_prose_stay_on_it(before, region, after) -> None:
    request = replace(REQUEST, before=before, region=region, after=after)
    assert stays_on_line(request)
    assert stays_on_line(replace(request, language="markdown"))


@pytest.mark.parametrize(
    ("before", "region", "after", "stays"),
    [
        ("    x = ", "f(1)", "\n", True),
        ("    ", "f(1)", ".close()\n", True),
        ("    ", "f(1)", "\n", False),  # a statement may take several lines
        ("a = 1", "\nf(1)\n", "b = 2", False),
        ("if x:", "\n    f(1)", "\n", False),
        ("x = f(", "", ")", False),  # what lacks at a caret may be a dictionary
    ],
)
def test_code_beside_other_code_stays_beside_it(before, region, after, stays) -> None:
    request = replace(REQUEST, before=before, region=region, after=after, language="python")
    assert stays_on_line(request) == stays


@pytest.mark.parametrize(
    ("before", "region", "after"),
    [
        ("A line ", "of words\nand another", "."),
        ("A line.", "", "\n\nAnother."),
        ("A line ", " \n", "goes on."),
    ],
)
def test_where_lines_end_others_may_begin(before, region, after) -> None:
    assert not stays_on_line(replace(REQUEST, before=before, region=region, after=after))


@pytest.mark.parametrize(
    "wish",
    [
        {"instruction": "Make it a list."},
        {"length": Length(mode=LengthMode.LINES, count=3)},
        {"constraints": Constraints(pattern="(?s).*")},
        {"constraints": Constraints(characters="a-z\n")},
        {"soft_edge": 1},
    ],
)
def test_who_says_what_the_text_is_like_may_have_more_lines(wish) -> None:
    assert stays_on_line(REQUEST)
    assert not stays_on_line(replace(REQUEST, settings=RunSettings(**wish)))
