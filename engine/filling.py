"""A request carried out without a window: what a line of `inlay fill` results in."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.api import Generate
from engine.infill import CandidateDone, ContextCache, InfillEngine, plan_job
from engine.infill.holes import grouped, of_group
from engine.infill.planning import Job
from engine.loading import LoadedModel
from engine.region.formed import with_forms
from engine.region.pins import holes_of


def fill_request(loaded: LoadedModel, asked: Generate) -> dict[str, Any]:
    """Carry a request out; return the result as a line of `inlay fill` has it.

    Raises:
        EngineError: If it cannot be carried out.
    """
    request = with_forms(asked)
    if request.regions and not request.relations:
        return _fill_regions(loaded, request)
    start = time.perf_counter()
    job, done = _run(loaded.engine(request.settings.sampler, request.adapter), request)
    ms = round((time.perf_counter() - start) * 1e3, 1)
    best = done[0]
    result = {"text": best.draft.text, "steps": best.steps, "tokens": job.num_slots, "ms": ms}
    if request.settings.soft_edge:
        result |= {"before": job.task.plan.soft_before, "after": job.task.plan.soft_after}
    if best.decided is not None:
        result["decided"] = asdict(best.decided)
    if request.settings.candidates > 1:
        result["candidates"] = [
            {"text": one.draft.text, "seed": one.seed, "score": round(one.score.total, 4)}
            for one in done
        ]
    return result


def _run(engine: InfillEngine, request: Generate) -> tuple[Job, list[CandidateDone]]:
    """Carry a request out; return its job and the candidates, best first."""
    job = plan_job(engine, request, ContextCache())
    done = [item for item in job.run() if isinstance(item, CandidateDone)]
    return job, sorted(done, key=lambda candidate: -candidate.score.total)


def _fill_regions(loaded: LoadedModel, request: Generate) -> dict[str, Any]:
    """Fill several regions: together where one canvas has room for them, else in their order.

    Of several canvases, each candidate is written whole, from its own beginning on.
    """
    holes_of(
        request.region, request.regions, "", "", request.forms
    )  # or what is wrong is told of shifted places
    started, engine = time.perf_counter(), loaded.engine(request.settings.sampler, request.adapter)
    groups, settings = grouped(loaded.codec, request, engine.canvas_length), request.settings
    if len(groups) == 1:
        written = _written_at(engine, request, groups[0], _Written(request.region))
    else:
        written = []
        for seed in range(request.seed, request.seed + settings.candidates):
            own, one = replace(settings, candidates=1, seed=seed), _Written(request.region)
            for group in groups:
                (one,) = _written_at(engine, replace(request, settings=own), group, one)
            written.append(one)
        written.sort(key=lambda one: -one.score)
    best, ms = written[0], round((time.perf_counter() - started) * 1e3, 1)
    counts = {"steps": best.steps, "tokens": best.tokens, "canvases": len(groups)}
    result = {"text": best.text, **counts, "ms": ms}
    if settings.candidates > 1:
        result["candidates"] = [
            {"text": one.text, "seed": one.seed, "score": round(one.score, 4)} for one in written
        ]
    return result


@dataclass(frozen=True, slots=True)
class _Written:
    """A candidate of several regions, as far as it is written."""

    text: str
    steps: int = 0
    tokens: int = 0
    score: float = 0.0
    seed: int = 0


def _written_at(
    engine: InfillEngine, request: Generate, group: Sequence[tuple[int, int]], so_far: _Written
) -> list[_Written]:
    """Return what a candidate becomes with the regions of one canvas written, the best first."""
    shift = len(so_far.text) - len(request.region)
    own, place = of_group(request, group, so_far.text, shift)
    job, done = _run(engine, own)
    before, behind = so_far.text[: place.start], so_far.text[place.stop :]
    return [
        _Written(
            text=before + one.draft.text + behind,
            steps=so_far.steps + one.steps,
            tokens=so_far.tokens + job.num_slots,
            score=so_far.score + one.score.total,
            seed=one.seed,
        )
        for one in done
    ]
