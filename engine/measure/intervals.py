"""How sure a figure is: 95 % confidence intervals."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Interval = tuple[float, float]
Samples = npt.NDArray[np.float64]

Z: Final = 1.96  # two-sided 95 % of a normal distribution
_RESAMPLES: Final = 2000
_SEED: Final = 7


def wilson(hits: int, count: int) -> Interval:
    """Return Wilson's interval of a share, hits of count (one at least)."""
    share, z2 = hits / count, Z**2 / count
    middle = (share + z2 / 2) / (1 + z2)
    half = Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count)) / (1 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(samples: Sequence[Any], figure: Callable[..., Samples]) -> Interval:
    """Return the percentile interval of a figure of samples [N] or [N, columns].

    The samples are drawn anew with replacement, rows as a whole: what was measured on one task
    stays together. The same samples give the same interval.

    Args:
        samples: What was measured, of one task each.
        figure: Of arrays and the `axis` of the tasks, as `np.mean`: a window waits for 2000 draws,
            which one by one take it a second.
    """
    rows, random = np.asarray(samples, dtype=np.float64), np.random.default_rng(_SEED)
    draws = random.integers(len(rows), size=(_RESAMPLES, len(rows)))
    low, high = np.nanpercentile(figure(rows[draws], axis=1), [2.5, 97.5])
    return float(low), float(high)


def share(name: str, hits: Sequence[Any]) -> dict[str, Any]:
    """Return a share of tasks and its interval, as a row has them."""
    return _figure(name, sum(map(bool, hits)) / len(hits), wilson(sum(map(bool, hits)), len(hits)))


def mean(name: str, values: Sequence[float]) -> dict[str, Any]:
    """Return a mean over tasks and its interval, as a row has them."""
    return _figure(name, sum(values) / len(values), bootstrap(values, np.mean))


def times(name: str, ours: Sequence[Any], theirs: Sequence[Any]) -> dict[str, Any]:
    """Return how many times theirs ours are, task by task the same, and the interval.

    Without a hit among theirs, nothing: there is no such number.
    """
    pairs = [(float(one), float(other)) for one, other in zip(ours, theirs, strict=True)]
    if not sum(other for _, other in pairs):
        return {}

    def ratio(rows: Samples, axis: int) -> Samples:
        one, other = np.moveaxis(rows.sum(axis=axis), -1, 0)
        found: Samples = np.divide(one, other, out=np.full_like(one, np.nan), where=other > 0)
        return found

    return _figure(name, float(ratio(np.array(pairs), 0)), bootstrap(pairs, ratio))


def _figure(name: str, value: float, interval: Interval) -> dict[str, Any]:
    return {name: round(value, 3), f"{name}_95": [round(bound, 3) for bound in interval]}
