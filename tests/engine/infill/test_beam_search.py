"""Drafts of the causal pass: what they are, and what a job does with them."""

from dataclasses import replace
from operator import eq

import pytest
import torch

from engine.api import Mode
from engine.infill import CandidateDone
from engine.infill.beam_search import CausalDraft, beam_drafts
from engine.infill.consensus import Consensus
from engine.infill.draft import text_of
from engine.infill.drafting import Drafts, find_drafts
from engine.infill.gap import Gap
from engine.infill.ranking import likelihoods
from engine.model import KVCache
from engine.region.lengths import Slots
from tests.engine.infill.test_infill import PROFILE, engine_of, job_of, results, run

DRAFTING = replace(PROFILE, drafts_causally=True)
ENGINE = engine_of(DRAFTING)
PREFIX, FOLLOWING = [40, 41, 42, 43], [50, 51, 52]


@pytest.fixture
def cache() -> KVCache:
    cache = KVCache(ENGINE.model.config)
    with torch.inference_mode():
        ENGINE.model.encode(torch.tensor([PREFIX]), cache)
    return cache


def drafts_of(cache: KVCache, lengths, forbidden=None, following=FOLLOWING) -> list[CausalDraft]:
    gap = Gap(
        context=cache.cut(len(PREFIX) - 1),
        last=PREFIX[-1],
        following=following,
        lengths=lengths,
        forbidden=forbidden,
    )
    return beam_drafts(ENGINE, gap)


def test_drafts_are_scored_by_what_follows_and_sorted(cache) -> None:
    drafts = drafts_of(cache, [1, 3])
    context = cache.cut(len(PREFIX) - 1)
    ids = [draft.ids for draft in drafts]
    found = likelihoods(ENGINE.model, context, PREFIX[-1], ids, FOLLOWING)
    assert [draft.score for draft in drafts] == pytest.approx([one.fit for one in found], rel=1e-4)
    assert [draft.score for draft in drafts] == sorted((d.score for d in drafts), reverse=True)
    assert {len(own) for own in ids} == {1, 3}
    assert len(set(ids)) == len(ids)
    assert cache.length == len(PREFIX)


def test_single_tokens_are_the_likeliest(cache) -> None:
    drafts = drafts_of(cache, [1])
    with torch.inference_mode():
        hidden = ENGINE.model.encode(torch.tensor([PREFIX]), KVCache(ENGINE.model.config))
        expected = ENGINE.model.logits(hidden[0, -1]).topk(len(drafts)).indices
    assert {draft.ids for draft in drafts} == {(token,) for token in expected.tolist()}


def test_a_wide_beam_finds_the_likeliest_pair(cache) -> None:
    """Of all pairs of six tokens, by going through them."""
    allowed = [60, 61, 62, 63, 64, 65]
    forbidden = torch.ones(1, ENGINE.codec.vocab_size, dtype=torch.bool)
    forbidden[0, allowed] = False
    best = drafts_of(cache, [2], forbidden)[0]
    pairs = [(one, other) for one in allowed for other in allowed]
    context = cache.cut(len(PREFIX) - 1)
    scores = likelihoods(ENGINE.model, context, PREFIX[-1], pairs, FOLLOWING)
    greatest = max(one.fit for one in scores)
    # The beams hold 16 of the 36 pairs; a random model is nearly indifferent among them.
    assert greatest - best.score < 0.02
    assert best.ids in pairs


def test_each_slot_keeps_to_what_it_may_become(cache) -> None:
    forbidden = torch.ones(2, ENGINE.codec.vocab_size, dtype=torch.bool)
    forbidden[0, 70:75] = False
    forbidden[1, 80:90] = False
    drafts = drafts_of(cache, [3], forbidden)
    assert drafts
    for first, *rest in (draft.ids for draft in drafts):
        assert first in range(70, 75)
        assert set(rest) <= set(range(80, 90))


def test_there_is_none_without_a_beginning_or_a_choice(cache) -> None:
    nothing = torch.ones(1, ENGINE.codec.vocab_size, dtype=torch.bool)
    assert drafts_of(cache, [2], nothing) == []
    assert drafts_of(cache, []) == []
    job = job_of("", "", "x", profile=DRAFTING)
    nowhere = replace(job.task, plan=replace(job.task.plan, prefix=()))
    assert find_drafts(nowhere, [Slots(1, takes_filler=False)]) is None


def test_where_nothing_follows_short_drafts_are_not_better_for_it(cache) -> None:
    drafts = drafts_of(cache, [1, 2, 3], following=[])
    assert {len(draft.ids) for draft in drafts} == {1, 2, 3}


def test_the_clearly_best_is_drawn_and_equals_take_turns() -> None:
    def drawn(seed: int, *scores: float) -> int:
        drafts = tuple(CausalDraft((place,), score) for place, score in enumerate(scores))
        drafts = Drafts(drafts, Consensus(["any"], [0.0]))
        return drafts.drawn([torch.Generator().manual_seed(seed)])[0].ids[0]

    seeds = range(60)
    assert {drawn(seed, -10.0, -11.0) for seed in seeds} == {0}
    turns = [drawn(seed, -10.0, -10.005) for seed in seeds]
    assert 10 < turns.count(0) < 50
    assert turns == [drawn(seed, -10.0, -10.005) for seed in seeds]


def test_no_draft_is_drawn_twice_while_there_are_others_as_good() -> None:
    scored = tuple(
        CausalDraft((place,), score) for place, score in enumerate((-1.0, -1.2, -1.4, -2.0))
    )
    drafts = Drafts(scored, Consensus(["any"], [0.0]))
    generators = [torch.Generator().manual_seed(seed) for seed in range(4)]
    assert [draft.ids for draft in drafts.drawn(generators)] == [(0,), (1,), (2,), (0,)]


def test_a_candidate_starts_from_a_part_of_its_draft() -> None:
    kept = total = 0
    for seed in range(12):
        job = job_of("one ", "two wor", " three", profile=DRAFTING, candidates=2, seed=seed)
        assert [hypothesis.candidate for hypothesis in job.hypotheses] == [0, 1]
        list(job.run())
        for hypothesis in job.hypotheses:
            canvas = hypothesis.frames[0].before.canvas[0, : hypothesis.num_slots].tolist()
            kept += sum(map(eq, canvas, hypothesis.start.ids))
            total += hypothesis.num_slots
    assert 0.35 < kept / total < 0.65


def test_no_result_is_worse_than_the_draft_unless_the_last_steps_change_it() -> None:
    """A canvas that ends behind its draft is tried once more from the whole of it."""
    again = 0
    for seed in range(12):
        job = job_of("one ", "two wor", " three", profile=DRAFTING, seed=seed)
        (hypothesis,) = job.hypotheses
        *steps, done = job.run()
        shown, frame = job.seen(0, done.steps)
        assert shown.draft(ENGINE, frame).text == done.draft.text == steps[-1].draft.text
        if shown is not hypothesis:
            again += 1
            canvas = shown.frames[0].before.canvas[0, : shown.num_slots].tolist()
            assert canvas == list(hypothesis.start.ids)
            assert len(shown.frames) <= 3
        assert done.steps <= job.max_steps
    assert again


def test_a_seed_s_text_does_not_hang_on_the_number_of_candidates() -> None:
    texts = []
    for count in (1, 3):
        job = job_of("one ", "two wor", " three", profile=DRAFTING, seed=5, candidates=count)
        done = [item for item in job.run() if isinstance(item, CandidateDone)]
        texts.append({one.seed: one.draft.text for one in done})
    assert texts[0][5] == texts[1][5]


@pytest.mark.parametrize("options", [{"strength": 0.5}, {"soft_edge": 1}], ids=str)
def test_where_old_text_is_kept_nothing_is_drafted(options) -> None:
    job = job_of("none one ", "two words", " three four", profile=DRAFTING, **options)
    assert not any(hypothesis.start or hypothesis.writes_on for hypothesis in job.hypotheses)


def test_a_text_that_was_seen_is_not_drafted_again() -> None:
    seen: tuple[str, ...] = ()
    for _ in range(4):
        job = job_of("one ", "two", " three", profile=DRAFTING, num_slots=3, avoid=seen)
        text = text_of(ENGINE, job.task.plan, job.hypotheses[0].start.ids)
        assert text not in seen
        seen += (text,)


def test_a_result_that_was_seen_comes_behind_all_others() -> None:
    texts = ("one ", "two", " three")
    (first,) = results(*texts, profile=DRAFTING, num_slots=3)
    (again,) = results(*texts, profile=DRAFTING, num_slots=3, avoid=("other",))
    assert again.score == first.score
    done = results(*texts, profile=DRAFTING, num_slots=3, candidates=4, avoid=(first.draft.text,))
    for one in done:
        assert (one.score.total < first.score.total - 2) == (one.draft.text == first.draft.text)


def test_a_score_counts_how_far_a_text_agrees_with_the_other_drafts() -> None:
    job = job_of("one ", "two", " three", profile=DRAFTING, num_slots=3, candidates=3)
    done = [item for item in job.run() if isinstance(item, CandidateDone)]
    for one in done:
        agreement = job.hypotheses[0].consensus.of(one.draft.text)
        assert one.score.agreement == pytest.approx(agreement)
    (from_noise,) = results("one ", "two", " three", num_slots=3)
    assert from_noise.score.agreement is None


def test_denoising_alone_starts_from_noise_as_a_model_without_drafts_does() -> None:
    texts, options = ("The dog ", "", " barked at us."), {"num_slots": 4, "seed": 3}

    def frames(**more: object) -> list[str]:
        return [step.draft.text for step in run(*texts, **options, **more)]

    alone = frames(profile=DRAFTING, mode=Mode.DIFFUSION)
    assert alone == frames(profile=PROFILE)
    assert alone != frames(profile=DRAFTING)
