"""What a report says is what the figures say, in sentences that a person decides by."""

from dataclasses import replace

import pytest

from engine.api import Mode
from engine.measure.figures import Figure
from engine.measure.measurement import About, Asked, Example, Measurement
from engine.measure.report import (
    compared,
    duration,
    files_text,
    markdown,
    name_of,
    percent,
    sentences,
)
from engine.measure.subject import Seen, Subject
from engine.measure.tasks import Sort
from engine.texts.document import Kind, Reason
from tests.engine.measure.test_figures import outcomes

SMALL, TINY = Subject(model="/models/small"), Subject(model="/models/tiny")
ABOUT = About(
    files={f"/texts/{number}.py": 100 for number in range(40)},
    kinds={Kind.CODE: 40},
    languages={"python": 40},
    left_out={Reason.EMPTY: 2},
    cut_lines=3,
)
EXAMPLE = Example(
    sort=Sort.LINE,
    name="a.md",
    before="one\ntwo\n  ",
    wanted="```python",
    after="\nthree\n",
    found=("```", ""),
)


@pytest.fixture
def measurement() -> Measurement:
    first = [*outcomes("xxxxxxxx............"), *outcomes("x..", Sort.LINE)]
    second = [*outcomes("x..................."), *outcomes("...", Sort.LINE)]
    return Measurement(
        asked=Asked(places=("/texts",), subjects=(SMALL, TINY)),
        about=ABOUT,
        made="2026-11-30T06:12:13+00:00",
        subjects=(
            Seen(subject=SMALL, name="Small", device="cpu", peak_bytes=9 * 10**8),
            Seen(subject=TINY, name="Tiny"),
        ),
        outcomes=(tuple(first), tuple(second)),
        examples=(EXAMPLE,),
    )


def test_who_has_learned_the_texts_by_heart_is_told(measurement: Measurement) -> None:
    first, second = measurement.subjects
    learned = replace(measurement, subjects=(first, replace(second, taught_from=38)))
    more = [text for text in sentences(learned) if text not in sentences(measurement)]
    assert len(more) == 1
    assert more[0].startswith("Tiny was taught from a folder with 38 of these files")


def test_a_person_can_decide_by_the_sentences(measurement: Measurement) -> None:
    # 8 of 20 are 4 of 10; of 3 lines it is 1 of 3. 8 more of 23, none fewer: by Agresti and Min
    # 8 / 25 ± 1.96 · √(9 - 64 / 25) / 25.
    assert sentences(measurement) == [
        "On these 40 Python files Small finds 4 of 10 words and 1 of 3 lines.",
        "Tiny finds 0 of 10 words and 0 of 3 lines.",
        "That Small finds more than Tiny is hardly chance: 35 more of 100 gaps (12 to 52).",
    ]


def test_what_failed_is_said_last(measurement: Measurement) -> None:
    broken = replace(measurement.subjects[1], failure="There is no folder.")
    said = sentences(replace(measurement, subjects=(measurement.subjects[0], broken)))
    assert said[-1] == "Tiny could not be measured to its end: There is no folder."


@pytest.mark.parametrize(
    ("about", "says"),
    [
        (ABOUT, "these 40 Python files"),
        (replace(ABOUT, languages={"js": 40}), "these 40 JavaScript files"),
        (replace(ABOUT, languages={"python": 20, "c": 20}), "these 40 texts"),
        (replace(ABOUT, kinds={Kind.PROSE: 1}, files={"/a": 1}), "this text"),
    ],
)
def test_what_was_measured_on_has_a_name(about: About, says: str) -> None:
    assert files_text(about) == says


def test_a_subject_is_called_by_all_that_makes_it() -> None:
    subject = Subject(model="/models/small", adapter="/adapters/logbook", mode=Mode.CAUSAL)
    assert name_of(Seen(subject=subject, name="Small")) == "Small + logbook (from the left only)"
    assert name_of(Seen(subject=subject, name="")) == "small + logbook (from the left only)"
    assert name_of(Seen(subject=Subject(server="http://a"), name="")) == "http://a"


def test_figures_stand_with_their_intervals() -> None:
    assert percent(Figure(value=0.4, low=0.254, high=0.566)) == "40 % (25–57)"
    assert duration(Figure(value=1234, low=1000, high=1500)) == "1.23 s (1.00–1.50)"
    assert percent(None) == duration(None) == "–"


def test_a_report_is_whole_and_its_examples_break_no_markdown(measurement: Measurement) -> None:
    text = markdown(measurement)
    assert "# Measured on these 40 Python files" in text
    assert "| words | Small | 40 % (22–61) |" in text
    assert "- Small: 0 MB of weights, 900 MB of memory at most, on cpu." in text
    assert "- Left out: empty: 2." in text
    assert "- Lines that look like secrets, left out: 3." in text
    assert "````\n```python\n````" in text  # a longer fence around what has one


def test_of_other_texts_nothing_is_compared(measurement: Measurement) -> None:
    other = replace(
        measurement,
        made="2026-12-01T06:00:00+00:00",
        outcomes=(tuple(outcomes("xx", Sort.SENTENCE)), ()),
    )
    assert "Of 2026-12-01 06:00 no gap is the same" in compared([measurement, other])
    same = compared([measurement, replace(measurement, made="2026-12-02T06:00:00+00:00")])
    assert "cannot be told from 23 gaps: the difference is 0 of 100" in same
