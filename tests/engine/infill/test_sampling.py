"""Drafts of long regions: texts written on from the left, and what a job does with them."""

from dataclasses import replace
from operator import eq

import pytest
import torch

from engine.api import Constraints
from engine.infill import CandidateDone, ContextCache, DraftStep, InfillJob
from engine.infill.gap import Gap
from engine.infill.ranking import likelihoods
from engine.infill.sampling import SampledDraft, sampled_drafts
from engine.model import KVCache
from tests.engine.infill.test_beam_search import DRAFTING
from tests.engine.infill.test_infill import engine_of, job_of
from tests.requests import generate

ENGINE = replace(engine_of(DRAFTING), canvas_length=96)
PREFIX, FOLLOWING = [40, 41, 42, 43], [50, 51, 52]
LENGTHS = range(5, 9)


def written(*seeds: int, following=FOLLOWING, lengths=LENGTHS, forbidden=None, is_cancelled=bool):
    cache = KVCache(ENGINE.model.config)
    with torch.inference_mode():
        ENGINE.model.encode(torch.tensor([PREFIX[:-1]]), cache)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    gap = Gap(
        context=cache, last=PREFIX[-1], following=following, lengths=lengths, forbidden=forbidden
    )
    found = sampled_drafts(ENGINE, gap, generators, is_cancelled)
    assert cache.length == len(PREFIX) - 1
    return found


def long_job(region: str = "x" * 40, is_cancelled=bool, **options) -> InfillJob:
    request = generate(
        job_id=1, revision=0, before="one ", region=region, after=" end.", **{"seed": 0} | options
    )
    return InfillJob.planned(ENGINE, request, ContextCache(), is_cancelled)


def test_a_candidate_s_texts_depend_on_its_own_seed_alone() -> None:
    alone, together = written(3), written(1, 2, 3)

    def ids(texts: list[SampledDraft]) -> list[tuple[int, ...]]:
        return [one.ids for one in texts]

    assert ids(alone[0]) == ids(together[2])
    assert len({tuple(ids(texts)) for texts in together}) == 3


def test_without_text_behind_there_is_nothing_to_choose_by_and_one_is_written() -> None:
    assert [len(texts) for texts in written(1, 2, following=(), lengths=[6])] == [1, 1]


def test_a_text_ends_where_the_text_behind_is_likeliest_to_begin() -> None:
    """Of all its lengths; looked up by running each on its own."""
    context = KVCache(ENGINE.model.config)
    with torch.inference_mode():
        ENGINE.model.encode(torch.tensor([PREFIX[:-1]]), context)
    (texts,) = written(7)
    for one in texts:
        assert len(one.ids) in LENGTHS
    for longest in (one for one in texts if len(one.ids) == max(LENGTHS)):
        cut = [longest.ids[:length] for length in LENGTHS]
        found = likelihoods(ENGINE.model, context, PREFIX[-1], cut, FOLLOWING)
        begins = sorted((one.following[0] for one in found), reverse=True)
        # It is one of the two best places.
        assert found[-1].following[0] >= begins[1] - 1e-4


def test_each_slot_keeps_to_what_it_may_become() -> None:
    forbidden = torch.ones(2, ENGINE.codec.vocab_size, dtype=torch.bool)
    forbidden[0, 70:75] = False
    forbidden[1, 80:90] = False
    (texts,) = written(7, forbidden=forbidden)
    for first, *rest in (one.ids for one in texts):
        assert first in range(70, 75)
        assert set(rest) <= set(range(80, 90))


def test_writing_ends_with_a_cancel() -> None:
    looks: list[int] = []

    def is_cancelled() -> bool:
        looks.append(1)
        return len(looks) > 4

    assert written(7, is_cancelled=is_cancelled) == [[]]
    assert len(looks) == 5


def test_a_long_region_starts_from_half_of_a_draft() -> None:
    kept = total = 0
    for seed in range(6):
        job = long_job(seed=seed, candidates=2)
        starts = [hypothesis.start for hypothesis in job.hypotheses]
        next(iter(job.run()))
        for hypothesis, draft in zip(job.hypotheses, starts, strict=True):
            assert 24 <= len(draft.ids) <= 64
            canvas = hypothesis.frames[0].before.canvas[0, : hypothesis.num_slots].tolist()
            kept += sum(map(eq, canvas, draft.ids))
            total += hypothesis.num_slots
    assert 0.4 < kept / total < 0.6


def test_its_candidates_differ_and_come_again_by_their_seed() -> None:
    def texts(**options) -> dict[int, str]:
        done = [i for i in long_job(**options).run() if isinstance(i, CandidateDone)]
        return {one.seed: one.draft.text for one in done}

    three = texts(seed=5, candidates=3)
    assert len(set(three.values())) == 3
    assert texts(seed=6) == {6: three[6]}


def test_a_draft_satisfies_the_rule_or_is_none() -> None:
    job = long_job(constraints=Constraints(is_single_line=True))
    assert "\n" not in next(iter(job.hypotheses)).draft(ENGINE, _first_frame(job)).text
    job = long_job(constraints=Constraints(pattern="x{40}"))
    assert not any(hypothesis.start for hypothesis in job.hypotheses)


def _first_frame(job: InfillJob):
    next(iter(job.run()))
    return job.hypotheses[0].last


@pytest.mark.parametrize("candidates", [1, 2])
def test_a_region_of_several_canvases_is_written_canvas_by_canvas(candidates) -> None:
    region = "long " * 20
    job = job_of("one ", region, " end.", profile=DRAFTING, candidates=candidates, steps=9)
    assert all(
        hypothesis.writes_on and len(hypothesis.plan.blocks) > 2 for hypothesis in job.hypotheses
    )
    done = []
    for item in job.run():
        if isinstance(item, DraftStep):
            # Every canvas gets its last steps only, and begins as its draft.
            hypothesis, frame = job.seen(item.candidate, item.step)
            assert frame.number > 9 - 3
            if frame.number == 9 - 2:
                canvas = frame.before.canvas[0, : len(frame.draft)].tolist()
                assert canvas == list(hypothesis.start.ids)
        else:
            done.append(item)
    assert len(done) == candidates
    canvases = len(job.hypotheses[0].plan.blocks)
    assert min(one.steps for one in done) >= canvases
    assert max(one.steps for one in done) <= job.max_steps


def test_a_cancelled_region_of_several_canvases_writes_no_more() -> None:
    is_on = True
    request = generate(
        job_id=1, revision=0, before="one ", region="long " * 60, after=" end.", seed=0
    )
    job = InfillJob.planned(ENGINE, request, ContextCache(), lambda: not is_on)
    steps = job.run()
    next(steps)
    is_on = False
    for _ in steps:
        pass
    assert job.hypotheses[0].start is None
