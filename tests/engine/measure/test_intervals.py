"""Intervals by drawing anew, against what is known of means and medians."""

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from engine.measure.intervals import bootstrap

# 400 values whose mean and median are both near 100.
VALUES = [NormalDist(100, 15).inv_cdf((number + 0.5) / 400) for number in range(400)]


def test_a_means_interval_is_that_of_its_standard_error() -> None:
    half = 1.96 * 15 / sqrt(400)
    low, high = bootstrap(VALUES, np.mean)
    assert (low, high) == (pytest.approx(100 - half, abs=0.2), pytest.approx(100 + half, abs=0.2))


def test_a_medians_interval_lies_between_the_values_that_bound_it() -> None:
    # Of 400 values, the median's 95 % interval goes from about number 180 to number 220: 1.96
    # standard deviations of the number that lie below it.
    low, high = bootstrap(VALUES, np.median)
    assert VALUES[176] <= low <= VALUES[184]
    assert VALUES[216] <= high <= VALUES[224]


def test_what_was_measured_on_one_task_stays_together() -> None:
    def sums_differ(rows: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(rows[..., 0] - rows[..., 1]).sum(axis=axis)

    assert bootstrap([(value, value) for value in VALUES], sums_differ) == (0.0, 0.0)
