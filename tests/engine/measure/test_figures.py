"""Figures of outcomes, by hand."""

import pytest

from engine.measure.figures import difference, rows_of
from engine.measure.outcome import Judged, Outcome
from engine.measure.tasks import Sort


def outcomes(exact: str, sort: Sort = Sort.WORD, **fields: object) -> list[Outcome]:
    """An outcome for each letter: x for one that was found."""
    return [
        Outcome(
            task=f"{sort}{number}",
            sort=sort,
            judged=Judged(exact=one == "x", similarity=float(one == "x"), parses=None, fits=True),
            **fields,
        )
        for number, one in enumerate(exact)
    ]


def test_rows_stand_sort_by_sort() -> None:
    first = [*outcomes("xx"), *outcomes("x.", Sort.LINE)]
    rows = rows_of([first, outcomes("..")])
    assert [(row.sort, row.subject, row.exact.value) for row in rows] == [
        (Sort.WORD, 0, 1.0),
        (Sort.WORD, 1, 0.0),
        (Sort.LINE, 0, 0.5),
    ]
    assert rows[0].parses is None


def test_shares_have_wilsons_interval() -> None:
    (row,) = rows_of([outcomes("xxxxxxxx..")])
    assert (row.exact.low, row.exact.high) == (pytest.approx(0.49, abs=1e-3), 0.9433)


def test_times_are_medians_of_what_did_not_fail() -> None:
    done = [*outcomes("x", settled_ms=100.0), *outcomes("x", settled_ms=900.0)]
    failed = outcomes(".", settled_ms=5.0, failure="no room")
    (row,) = rows_of([[*done, *failed]])
    assert row.settled_ms is not None
    assert (row.settled_ms.value, row.tasks, row.failed) == (500.0, 3, 1)
    (row,) = rows_of([failed])
    assert row.settled_ms is None


def test_a_difference_is_that_of_the_same_tasks() -> None:
    found = difference(1, 0, outcomes("xx.x"), outcomes("x...")[:3])
    assert found is not None
    assert (found.tasks, found.share.value) == (3, pytest.approx(1 / 3, abs=1e-4))
    assert difference(1, 0, outcomes("x"), outcomes("x", Sort.LINE)) is None


@pytest.mark.parametrize(
    ("more", "fewer", "count", "is_sure"),
    [
        # Exact sign tests: 6 of 6 has p = 0.031, 4 of 4 has 0.125, 10 of 12 has 0.039.
        (6, 0, 100, True),
        (4, 0, 24, False),
        (10, 2, 100, True),
        (8, 5, 100, False),
        (0, 0, 10, False),
        (2, 14, 50, True),
    ],
)
def test_what_chance_may_do_is_not_called_sure(
    more: int, fewer: int, count: int, is_sure: bool
) -> None:
    rest = count - more - fewer
    one = outcomes("x" * more + "." * fewer + "." * rest)
    other = outcomes("." * more + "x" * fewer + "." * rest)
    found = difference(0, 1, one, other)
    assert found is not None
    assert found.share.low <= found.share.value <= found.share.high
    assert found.is_sure is is_sure
