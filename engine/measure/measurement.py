"""A measurement: what is asked, what is at work, and what is kept of it."""

from dataclasses import dataclass, field
from functools import lru_cache

from engine.measure.figures import Difference, Row, difference, rows_of
from engine.measure.outcome import Outcome
from engine.measure.subject import Seen, Subject
from engine.measure.tasks import Sort, Task
from engine.texts.document import Document, Kind, Reason

VERSION = 1
MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a measurement is to be; two that are asked the same are the same."""

    places: tuple[str, ...]  # folders and files
    patterns: tuple[str, ...] = ()
    count: int = 30  # gaps of each sort
    seed: int = 1
    subjects: tuple[Subject, ...] = ()
    device: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the gaps were cut out of."""

    files: dict[str, int]  # characters, by path
    kinds: dict[Kind, int]  # files
    languages: dict[str, int]  # files of code
    left_out: dict[Reason, int] = field(default_factory=dict)
    cut_lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A gap in one of the texts of a measurement at work."""

    document: int
    start: int
    end: int
    sort: Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that a measurement needs to go on, whatever becomes of the files meanwhile."""

    asked: Asked
    about: About
    made: str  # date and time, ISO
    documents: tuple[Document, ...]
    places: tuple[Place, ...]
    version: int = VERSION

    @property
    def tasks(self) -> list[Task]:
        """The gaps, in the order in which they are filled."""
        return [_task(self.documents[place.document], place) for place in self.places]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A gap, and what every subject wrote there; empty where one failed."""

    sort: Sort
    name: str  # of the file
    before: str
    wanted: str
    after: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What is kept: figures, some examples, and what came of every gap, without its text."""

    asked: Asked
    about: About
    made: str  # date and time, ISO
    subjects: tuple[Seen, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]  # of each subject
    examples: tuple[Example, ...]
    version: int = VERSION

    @property
    def rows(self) -> tuple[Row, ...]:
        """The figures, sort by sort."""
        return _rows(self.outcomes)

    def differences(self) -> tuple[Difference, ...]:
        """Return how each subject but the first differs from the first."""
        found = (
            difference(number, 0, others, self.outcomes[0])
            for number, others in enumerate(self.outcomes)
            if number
        )
        return tuple(one for one in found if one is not None)


@lru_cache(maxsize=8)  # a page shows them in several ways, and their intervals take a while
def _rows(outcomes: tuple[tuple[Outcome, ...], ...]) -> tuple[Row, ...]:
    return rows_of(outcomes)


def _task(document: Document, place: Place) -> Task:
    return Task(
        document=document.text,
        start=place.start,
        end=place.end,
        sort=place.sort,
        name=document.name,
        kind=document.kind,
        language=document.language,
    )
