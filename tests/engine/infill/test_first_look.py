"""What the denoiser believes of an empty gap, and what a job makes of it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter

import pytest
import torch

from engine.api import Branch, Changes
from engine.denoise_step import Prediction
from engine.forms.chain import NEVER
from engine.infill import CandidateDone, DraftStep, InfillJob
from engine.infill.beam_search import beam_drafts
from engine.infill.beliefs import Beliefs
from engine.infill.draft import text_of
from engine.infill.gap import Gap
from engine.infill.hypotheses import lengths_of
from engine.infill.ranking import Likelihood, likelihoods
from engine.model import KVCache
from tests.engine.infill.test_infill import PROFILE, engine_of, job_of, results

LOOKING = replace(PROFILE, drafts_causally=True, draft_share=1.0, believed=2, shortlist=4)
PREFIX, FOLLOWING = [40, 41, 42, 43], [50, 51, 52]


def nats(*rows: list[float]) -> torch.Tensor:
    return torch.tensor(rows).log()


BELIEFS = Beliefs(
    {
        1: nats([0.7, 0.1, 0.1, 0.05, 0.03, 0.02]),
        2: nats([0.5, 0.3, 0.1, 0.05, 0.03, 0.02], [0.1, 0.1, 0.6, 0.1, 0.05, 0.05]),
    }
)


def test_a_draft_is_as_likely_as_its_slots_together() -> None:
    assert BELIEFS.of([0]) == pytest.approx(math.log(0.7))
    assert BELIEFS.of([1, 2]) == pytest.approx(math.log(0.18))
    assert BELIEFS.of([0, 0, 0]) is None
    own = torch.tensor([-9.0, -9.0])
    both = BELIEFS.of_all(torch.tensor([[0, 2], [1, 2]]), own)
    assert both.tolist() == pytest.approx([math.log(0.3), math.log(0.18)])
    assert BELIEFS.of_all(torch.zeros(2, 3, dtype=torch.int64), own).tolist() == [-9.0, -9.0]


def test_the_likeliest_drafts_of_all_lengths_come_first() -> None:
    # .7, then .5 · .6, then .3 · .6, then .1 twice: of equals the greater token comes first.
    assert BELIEFS.likeliest(3) == [(0,), (0, 2), (1, 2)]
    assert set(BELIEFS.likeliest(5)[3:]) == {(1,), (2,)}


def test_what_cannot_be_is_not_proposed() -> None:
    rows = torch.full((1, 6), NEVER)
    rows[0, 4] = 0.0
    assert Beliefs({1: rows}).likeliest(3) == [(4,)]


def test_the_fit_counts_the_belief_and_for_other_lengths_the_draft_s_own_likelihood() -> None:
    found = Likelihood((-2.0,), (-3.0,))
    # (following + own / 2 + belief / 2) / 24
    assert BELIEFS.fit([0], found) == pytest.approx((-3 - 1 + math.log(0.7) / 2) / 24)
    long = Likelihood((-2.0, -1.0, -1.0), (-3.0,))
    assert BELIEFS.fit([0, 0, 0], long) == pytest.approx((-3 - 2 - 2) / 24)


def drafts_of(shortlist: int, beliefs: Beliefs | None = None) -> list[tuple[int, ...]]:
    engine = engine_of(replace(LOOKING, shortlist=shortlist))
    cache = KVCache(engine.model.config)
    with torch.inference_mode():
        engine.model.encode(torch.tensor([PREFIX]), cache)
    lengths = range(1, 6)
    gap = Gap(
        context=cache.cut(len(PREFIX) - 1), last=PREFIX[-1], following=FOLLOWING, lengths=lengths
    )
    drafts = beam_drafts(engine, gap, beliefs)
    return [draft.ids for draft in drafts]


def test_beams_are_given_up_only_when_they_cannot_come_among_the_shortlist() -> None:
    """Of a long list nothing is given up; the short one has to be its beginning, before judging."""
    engine = engine_of(LOOKING)
    every = drafts_of(80)
    assert {len(ids) for ids in every} == {1, 2, 3, 4, 5}
    cache = KVCache(engine.model.config)
    with torch.inference_mode():
        engine.model.encode(torch.tensor([PREFIX]), cache)
    context = cache.cut(len(PREFIX) - 1)
    found = likelihoods(engine.model, context, PREFIX[-1], every, FOLLOWING[:1])
    pairs = [
        (sum(one.own) / 2 + sum(one.following), ids) for one, ids in zip(found, every, strict=True)
    ]
    best = [ids for _, ids in sorted(pairs, key=itemgetter(0), reverse=True)]
    assert set(drafts_of(4)) == set(best[:4])


def test_the_denoiser_proposes_what_the_left_side_does_not_lead_to() -> None:
    vocab = engine_of(LOOKING).codec.vocab_size
    left = drafts_of(4)
    token = next(token for token in range(100, vocab) if (token,) not in left)
    rows = torch.full((1, vocab), math.log(1e-9))
    rows[0, token] = 0.0
    assert drafts_of(4, Beliefs({1: rows}))[0] == (token,)


def test_a_job_begins_with_a_denoising_step_of_an_empty_gap() -> None:
    job = job_of("one ", "two", " three", profile=LOOKING, num_slots=2, candidates=2)
    engine, plan = job.task.engine, job.task.plan
    items = list(job.run())
    steps = [item for item in items if isinstance(item, DraftStep)]
    assert [(one.candidate, one.step) for one in steps[:2]] == [(0, 1), (1, 1)]
    _, frame = job.seen(0, 1)
    canvas = torch.tensor([[*frame.before.canvas[0, :2].tolist(), *plan.suffix]])
    free = torch.zeros_like(canvas, dtype=torch.bool)
    free[0, :2] = True
    with torch.inference_mode():
        known = engine.model.embed(canvas).masked_fill(free[..., None], 0.0)
        soft = known if engine.profile.mark_known_from_start else None
        hidden = engine.model.denoise(canvas, soft, job.task.cache, free)
        logits = engine.model.logits(hidden[0, :2])
    logits = logits.clone()
    if frame.clamp.forbidden is not None:
        never = frame.clamp.forbidden.reshape(-1, logits.shape[1])
        logits[never.expand_as(logits)] = -torch.inf
    assert frame.draft == logits.argmax(-1).tolist()
    chance = logits.softmax(-1)
    entropy = -(chance * chance.clamp_min(1e-30).log()).sum(-1)
    assert frame.entropy == pytest.approx(entropy.tolist(), abs=1e-3)
    done = [item for item in items if isinstance(item, CandidateDone)]
    assert max(one.steps for one in done) <= job.max_steps
    assert all(
        hypothesis.beliefs is not None and 2 in hypothesis.beliefs.rows
        for hypothesis in job.hypotheses
    )


def certain(job: InfillJob, ids: Sequence[int]) -> torch.Tensor:
    """Return log-probabilities [slots, V] of half for each token and little for all others."""
    vocab = job.task.engine.codec.vocab_size
    rows = torch.full((len(ids), vocab), math.log(0.5 / (vocab - 1)))
    rows[range(len(ids)), list(ids)] = math.log(0.5)
    return rows


@pytest.mark.parametrize(("believes_draft", "passes"), [(True, 0), (False, 1)])
def test_a_draft_that_the_denoiser_found_itself_is_not_denoised(
    believes_draft: bool, passes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of("one ", "two", " three", profile=LOOKING, num_slots=2)
    vocab = job.task.engine.codec.vocab_size
    hypothesis = job._draft()[0]
    ids = hypothesis.start.ids
    believed = ids if believes_draft else (ids[0], (ids[1] + 1) % 200)
    hypothesis.beliefs = Beliefs({2: certain(job, believed)})
    job._draft = lambda: [hypothesis]
    asked: list[torch.Tensor] = []

    def says_the_draft(*about) -> Prediction:
        asked.append(about[2].canvas)
        nats = 100 * torch.nn.functional.one_hot(torch.tensor([ids]), vocab).float()
        return Prediction(nats, nats.softmax(-1), [])

    monkeypatch.setattr("engine.denoise_step.predict", says_the_draft)
    *_, done = job.run()
    # Asked once with the draft in its place, it says the same: then the draft stands as well.
    assert len(asked) == passes
    assert done.draft.text == text_of(job.task.engine, job.task.plan, ids)
    assert done.has_converged
    frames = hypothesis.frames
    assert [frame.draft for frame in frames] == [list(ids)] * (1 + passes)
    # Half for one token and half for all others together.
    doubt = math.log(2) + math.log(vocab - 1) / 2 if believes_draft else 0.0
    assert frames[0].entropy == pytest.approx([doubt, doubt], rel=1e-4)


def test_one_goes_on_from_the_first_look_as_from_any_step() -> None:
    job = job_of("one ", "two", " three", profile=LOOKING, num_slots=2)
    list(job.run())
    branch = job.branch(
        Branch(job_id=2, parent=1, candidate=0, step=1, seed=9, changes=Changes(), holds_rest=False)
    )
    assert any(isinstance(item, CandidateDone) for item in branch.run())


def test_pinned_words_stay_in_what_the_denoiser_proposes() -> None:
    done = results("one ", "two four", " three", profile=LOOKING, pinned=((0, 3),), candidates=3)
    assert all(one.draft.text.startswith("two") for one in done)


def test_of_pinned_words_there_is_no_doubt() -> None:
    job = job_of("one ", "two four", " three", profile=LOOKING, pinned=((0, 3),))
    first = next(iter(job.run()))
    _, frame = job.seen(0, 1)
    pinned = list(job.task.plan.pinned)
    assert pinned
    assert [frame.entropy[slot] for slot in pinned] == [0.0] * len(pinned)
    assert 0 < first.mean_entropy < math.log(job.task.engine.codec.vocab_size)


def test_a_region_whose_old_tokens_do_not_count_keeps_its_length() -> None:
    """As where a paragraph begins: no token of the old text begins with the line ends healed."""
    job = job_of("one ", "two words and some more", " three", profile=LOOKING)
    task = job.task
    tried = lengths_of(replace(task, plan=replace(task.plan, old=())))
    assert tried == lengths_of(task)
    assert len(task.plan.old) in [slots.count for slots in tried]


@pytest.mark.parametrize("seed", range(6))
def test_candidates_that_come_to_one_text_keep_their_drafts(seed: int) -> None:
    asked = {"profile": LOOKING, "num_slots": 2, "seed": seed}
    found = [one.draft.text for one in results("one ", "two", " three", candidates=3, **asked)]
    assert len(set(found)) == 3
    (alone,) = results("one ", "two", " three", **asked)
    assert found[0] == alone.draft.text
