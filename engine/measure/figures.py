"""What outcomes say together, and how sure that is."""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.measure.intervals import Samples, Z, bootstrap, wilson
from engine.measure.outcome import Outcome
from engine.measure.tasks import Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The figures of one subject on one sort of gaps."""

    subject: int
    sort: Sort
    tasks: int
    failed: int  # of them; they count as not found
    exact: Figure
    similarity: Figure
    parses: Figure | None  # None: it is no code
    fits: Figure
    first_ms: Figure | None  # medians; None: all failed
    settled_ms: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How many more of the same tasks one subject finds exactly than another, as a share."""

    subject: int
    other: int
    tasks: int
    share: Figure

    @property
    def is_sure(self) -> bool:
        """Whether chance alone would hardly bring it about."""
        return self.share.low > 0 or self.share.high < 0


def rows_of(outcomes: Sequence[Sequence[Outcome]]) -> tuple[Row, ...]:
    """Return the rows of all subjects, sort by sort."""
    return tuple(
        _row(subject, sort, chosen)
        for sort in Sort
        for subject, all_of_it in enumerate(outcomes)
        if (chosen := [one for one in all_of_it if one.sort is sort])
    )


def difference(
    subject: int, other: int, found: Sequence[Outcome], others: Sequence[Outcome]
) -> Difference | None:
    """Compare two subjects task by task; None if they have no task in common.

    The interval is that of Agresti and Min (Statistics in Medicine 24, 2005) for matched pairs. One
    of draws would be too narrow here: often only a handful of tasks tell two models apart.
    """
    known = {one.task: one.judged.exact for one in others}
    pairs = [(one.judged.exact, known[one.task]) for one in found if one.task in known]
    if not pairs:
        return None
    count, more = len(pairs), sum(one and not less for one, less in pairs)
    fewer = sum(less and not one for one, less in pairs)
    middle = (more - fewer) / (count + 2)
    spread = math.sqrt(more + fewer + 1 - (more - fewer) ** 2 / (count + 2)) / (count + 2)
    low, high = max(-1.0, middle - Z * spread), min(1.0, middle + Z * spread)
    share = _rounded((more - fewer) / count, low, high, 4)
    return Difference(subject=subject, other=other, tasks=count, share=share)


def _row(subject: int, sort: Sort, outcomes: Sequence[Outcome]) -> Row:
    done = [one for one in outcomes if not one.failure]
    parses = [one.judged.parses for one in outcomes if one.judged.parses is not None]
    return Row(
        subject=subject,
        sort=sort,
        tasks=len(outcomes),
        failed=len(outcomes) - len(done),
        exact=_share(one.judged.exact for one in outcomes),
        similarity=_figure([one.judged.similarity for one in outcomes], np.mean),
        parses=_share(parses) if parses else None,
        fits=_share(one.judged.fits for one in outcomes),
        first_ms=_median([one.first_ms for one in done]),
        settled_ms=_median([one.settled_ms for one in done]),
    )


def _share(hits: Iterable[bool]) -> Figure:
    flags = list(hits)
    low, high = wilson(sum(flags), len(flags))
    return _rounded(statistics.fmean(flags), low, high, 4)


def _median(values: Sequence[float]) -> Figure | None:
    return _figure(values, np.median, digits=1) if values else None


def _figure(values: Sequence[float], figure: Callable[..., Samples], digits: int = 4) -> Figure:
    low, high = bootstrap(values, figure)
    return _rounded(float(figure(np.asarray(values, dtype=np.float64))), low, high, digits)


def _rounded(value: float, low: float, high: float, digits: int) -> Figure:
    return Figure(value=round(value, digits), low=round(low, digits), high=round(high, digits))
