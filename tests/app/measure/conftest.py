"""What the tests of measuring choose from, and a measurement that was made."""

import pytest

from app.measure.choices import Choice
from engine.api import Mode
from engine.measure.measurement import About, Asked, Example, Measurement
from engine.measure.outcome import Judged, Outcome
from engine.measure.subject import Seen, Subject
from engine.measure.tasks import Sort
from engine.texts.document import Kind

SMALL, LEFT = Subject(model="/small"), Subject(model="/small", mode=Mode.CAUSAL)
CHOICES = [
    Choice("Small", SMALL),
    Choice("Small (from the left only)", LEFT),
    Choice("served", Subject(model="served", server="http://localhost:8000")),
]


def outcomes(exact: str) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            task=str(number),
            sort=Sort.WORD,
            judged=Judged(exact=one == "x", similarity=0.5, parses=None, fits=True),
            first_ms=100.0,
            settled_ms=200.0,
        )
        for number, one in enumerate(exact)
    )


@pytest.fixture
def measurement() -> Measurement:
    """Ten gaps and two subjects, of which the first finds four and the second one."""
    example = Example(
        sort=Sort.WORD,
        name="a.txt",
        before="The ",
        wanted="dog",
        after=" barked.",
        found=("dog", "cat"),
    )
    return Measurement(
        asked=Asked(places=("/texts",), subjects=(SMALL, LEFT)),
        about=About(files={"/texts/a.txt": 100}, kinds={Kind.PROSE: 1}, languages={}),
        made="2026-11-30T06:00:00+00:00",
        subjects=(Seen(subject=SMALL, name="Small"), Seen(subject=LEFT, name="Small")),
        outcomes=(outcomes("xxxx......"), outcomes("x.........")),
        examples=(example,),
    )
