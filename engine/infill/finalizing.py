"""From a finished canvas to a candidate: fitted to the request's rule, and scored."""

import torch
from torch.nn.functional import one_hot

from engine.api import Score
from engine.denoise_step import predict
from engine.infill.consensus import CONSENSUS_WEIGHT
from engine.infill.constraints import fit
from engine.infill.draft import until_end
from engine.infill.forms import has_its_forms
from engine.infill.frame import Frame
from engine.infill.hypothesis import Hypothesis
from engine.infill.ranking import likelihoods
from engine.infill.task import InfillTask
from engine.region.progress import CandidateDone


def finalize(task: InfillTask, hypothesis: Hypothesis) -> CandidateDone | None:
    """Turn a hypothesis whose last canvas is finished into a candidate.

    Returns:
        None if no text of the hypothesis's length satisfies the rule.
    """
    engine, frame = task.engine, hypothesis.last
    draft, ids = hypothesis.draft(engine, frame), hypothesis.ids(frame)
    if not has_its_forms(engine.codec, hypothesis.plan, ids):
        return None  # a word was pinned that no text of the form has
    if not task.rule.accepts(hypothesis.plan.core(draft.text)):
        fitted = _fit(task, hypothesis, frame)
        if fitted is None:
            return None
        draft, ids = hypothesis.fitted_draft(engine, fitted, frame), fitted
    return CandidateDone(
        candidate=hypothesis.candidate,
        seed=hypothesis.seed,
        draft=draft,
        steps=len(hypothesis.frames),
        has_converged=frame.number < engine.sampler.max_steps,
        score=_score(task, hypothesis, ids, draft.text),
    )


def _fit(task: InfillTask, hypothesis: Hypothesis, frame: Frame) -> list[int] | None:
    engine, plan = task.engine, hypothesis.plan
    # The search knows one canvas, and a healed token whose bytes are not the text's.
    if len(plan.blocks) > 1 or plan.keeps_healed:
        return None
    # As cool as the schedule gets, because this is the last word.
    temperature = engine.sampler.temperature(engine.sampler.max_steps)
    probs = predict(engine.model, frame.cache, frame.before, frame.clamp, temperature).probs
    filler = engine.profile.filler_token_id if hypothesis.takes_filler else None
    slots = slice(0, hypothesis.num_slots)
    free, known = frame.clamp.free[0, slots], frame.clamp.known[0, slots]
    # Of what is pinned there is no doubt.
    sure = one_hot(known, engine.codec.vocab_size)
    believed = probs[0, slots].where(free[:, None], sure.to(probs.dtype))
    ids = fit(believed, task.rule, engine.codec, plan.healed, filler)
    # An unfitted text is no candidate; one that fits without a pinned word is none either.
    is_kept = ids is not None and bool(
        (torch.tensor(ids, device=free.device) == known)[~free].all()
    )
    return ids if is_kept else None


def _score(task: InfillTask, hypothesis: Hypothesis, ids: list[int], text: str) -> Score:
    engine, plan, start = task.engine, hypothesis.plan, hypothesis.start
    text_ids = until_end(ids, engine.end_ids)
    kept = [token for token in text_ids if token != engine.profile.filler_token_id]
    # The draft was judged by the same pass already, when it was chosen.
    found = start.likelihood if start and kept == list(start.ids) else None
    if found is None:
        # The last token of the context predicts the first one behind it.
        last = plan.prefix[-1] if plan.prefix else None
        context = task.cache.cut(len(plan.prefix) - 1) if plan.prefix else task.cache
        ahead = plan.suffix[: engine.profile.following]
        (found,) = likelihoods(engine.model, context, last, [kept], ahead)
    fit = hypothesis.beliefs.fit(kept, found) if hypothesis.beliefs else found.fit
    cost = task.cost_of(text)
    agreement = hypothesis.consensus.of(text) if hypothesis.consensus else None
    return Score(
        total=fit - cost.nats + CONSENSUS_WEIGHT * (agreement or 0.0),
        log_likelihood=found.mean,
        syntax=cost.syntax,
        agreement=agreement,
    )
