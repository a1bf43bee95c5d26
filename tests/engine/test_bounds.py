"""Requests that ask for too much are refused at once, by name and bound."""

from typing import Any

import pytest

from engine.api import Constraints, Generate, Length, LengthMode, SamplerOptions
from engine.bounds import check, check_slots
from engine.errors import BadRequestError
from engine.infill import ContextCache, InfillJob
from engine.region.region import Region
from tests.requests import generate

NAN, INFINITE = float("nan"), float("inf")
TOO_MUCH = [
    ({"num_slots": 10**9}, "num_slots is 1000000000; it goes from 1 to 4,096"),
    ({"num_slots": 0}, "num_slots is 0"),
    ({"num_slots": -(10**5000)}, "num_slots is far too small; it goes from 1 to 4,096"),
    ({"length": Length(mode=LengthMode.WORDS, count=30_000)}, "words is 30000; .* to 1,000"),
    ({"length": Length(mode=LengthMode.WORDS, count=0)}, "words is 0"),
    ({"length": Length(mode=LengthMode.LINES, count=5000)}, "lines is 5000; .* to 400"),
    ({"length": Length(mode=LengthMode.LINES, count=10**5000)}, "lines is far too large"),
    ({"candidates": 9}, "candidates is 9; it goes from 1 to 8"),
    ({"candidates": 0}, "candidates is 0"),
    ({"soft_edge": 10**9}, "soft_edge is 1000000000; it goes from 0 to 50"),
    ({"soft_edge": -1}, "soft_edge is -1"),
    ({"strength": NAN}, "strength is nan; it goes from 0 to 1"),
    ({"strength": INFINITE}, "strength is far too large; it goes from 0 to 1"),
    ({"strength": -0.1}, "strength is -0.1"),
    ({"seed": 10**101}, "seed is far too large"),
    ({"region": "x" * 100_001}, "100,001 characters; 100,000 are the most"),
    ({"sampler": SamplerOptions(max_denoising_steps=10**9)}, "max_denoising_steps .* to 1,000"),
    ({"sampler": SamplerOptions(stability_threshold=10**9)}, "stability_threshold is 1000000000"),
    ({"sampler": SamplerOptions(t_max=INFINITE)}, "t_max is inf"),
    ({"sampler": SamplerOptions(t_min=NAN)}, "t_min is nan"),
    ({"sampler": SamplerOptions(entropy_bound=INFINITE)}, "entropy_bound is inf"),
    ({"sampler": SamplerOptions(confidence_threshold=NAN)}, "confidence_threshold is nan"),
]


def request(**fields: Any) -> Generate:
    texts = {"before": "one ", "region": "two", "after": " three"}
    return generate(job_id=1, revision=0, **{**texts, "seed": 1, **fields})


@pytest.mark.parametrize(("fields", "words"), TOO_MUCH)
def test_it_is_refused_by_name_and_bound(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        check(request(**fields))


def test_what_is_just_possible_is_not() -> None:
    check(request(num_slots=4096, candidates=8, soft_edge=50, strength=0.0, seed=-(10**100)))
    check(request(length=Length(mode=LengthMode.WORDS, count=1000), region="x" * 100_000))


def test_a_job_looks_before_it_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.infill.task.make_plan", lambda *_, **__: pytest.fail("planned"))
    with pytest.raises(BadRequestError, match="num_slots"):
        InfillJob.planned(None, request(num_slots=10**9), ContextCache())


def test_nobody_is_asked_for_it_a_server_neither() -> None:
    with pytest.raises(BadRequestError, match="num_slots"):
        Region.of(request(num_slots=10**9))
    too_large = Constraints(pattern="(?:ab?){1000000000}")
    with pytest.raises(BadRequestError, match="more than 20,000"):
        Region.of(request(constraints=too_large))


def test_all_candidates_share_the_tokens_there_may_be() -> None:
    check_slots(512, candidates=8)
    with pytest.raises(BadRequestError, match="513 tokens long; 512 are the most"):
        check_slots(513, candidates=8)
