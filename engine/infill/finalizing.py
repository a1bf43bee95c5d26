"""From a finished canvas to a candidate: fitted to the request's rule, and scored."""

from collections.abc import Sequence

import torch
from torch.nn.functional import one_hot

from engine.api import Generate, Score
from engine.infill.consensus import CONSENSUS_WEIGHT
from engine.infill.constraints import fit
from engine.infill.draft import draft_of, until_end
from engine.infill.engine import InfillEngine
from engine.infill.hypothesis import Frame, Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.ranking import likelihoods
from engine.model import KVCache
from engine.region.progress import CandidateDone
from engine.region.region import SYNTAX_COST, USELESS_COST
from engine.region.rules import Rule
from engine.region.seams import SEAM_COST, seam_errors
from engine.region.syntax import new_errors
from engine.sampler import predict


def finalize(
    engine: InfillEngine, request: Generate, rule: Rule, cache: KVCache, hypothesis: Hypothesis
) -> CandidateDone | None:
    """Turn a hypothesis whose last canvas is finished into a candidate.

    Args:
        engine: What the job works with.
        request: The texts around the region.
        rule: What the text has to satisfy.
        cache: The context before the region.
        hypothesis: The hypothesis.

    Returns:
        None if no text of the hypothesis's length satisfies the rule.
    """
    frame, plan = hypothesis.last, hypothesis.plan
    draft, ids = hypothesis.draft(engine, frame), hypothesis.ids(frame)
    if not rule.accepts(plan.core(draft.text)):
        fitted = _fit(engine, rule, hypothesis, frame)
        if fitted is None:
            return None
        draft, ids = hypothesis.fitted_draft(engine, fitted, frame), fitted
    return CandidateDone(
        candidate=hypothesis.candidate,
        seed=hypothesis.seed,
        draft=draft,
        steps=len(hypothesis.frames),
        has_converged=frame.number < engine.sampler.max_steps,
        score=_score(engine, request, cache, hypothesis, ids, draft.text),
    )


def _fit(
    engine: InfillEngine, rule: Rule, hypothesis: Hypothesis, frame: Frame
) -> list[int] | None:
    if len(hypothesis.plan.blocks) > 1 or hypothesis.plan.keeps_healed:
        return None
    temperature = engine.sampler.temperature(engine.sampler.max_steps)
    _, probs = predict(engine.model, frame.cache, frame.before, frame.clamp, temperature)
    filler = engine.profile.filler_token_id if hypothesis.takes_filler else None
    slots = slice(0, hypothesis.num_slots)
    free, known = frame.clamp.free[0, slots], frame.clamp.known[0, slots]
    # Of what is pinned there is no doubt.
    sure = one_hot(known, engine.codec.vocab_size)
    believed = probs[0, slots].where(free[:, None], sure.to(probs.dtype))
    ids = fit(believed, rule, engine.codec, hypothesis.plan.healed, filler)
    is_kept = ids is not None and bool(
        (torch.tensor(ids, device=free.device) == known)[~free].all()
    )
    return ids if is_kept else None


def _score(
    engine: InfillEngine,
    request: Generate,
    cache: KVCache,
    hypothesis: Hypothesis,
    ids: list[int],
    text: str,
) -> Score:
    plan = hypothesis.plan
    text_ids = until_end(ids, engine.end_ids)
    kept = [token for token in text_ids if token != engine.profile.filler_token_id]
    found = (
        hypothesis.start.likelihood
        if hypothesis.start and kept == list(hypothesis.start.ids)
        else None
    )
    if found is None:
        # The last token of the context predicts the first one behind it.
        last = plan.prefix[-1] if plan.prefix else None
        context = cache.cut(len(plan.prefix) - 1) if plan.prefix else cache
        ahead = plan.suffix[: engine.profile.following]
        (found,) = likelihoods(engine.model, context, last, [kept], ahead)
    fit = hypothesis.beliefs.fit(kept, found) if hypothesis.beliefs else found.fit
    syntax, cost = penalty(request, plan, text)
    agreement = hypothesis.consensus.of(text) if hypothesis.consensus else None
    return Score(
        total=fit - cost + CONSENSUS_WEIGHT * (agreement or 0.0),
        log_likelihood=found.mean,
        syntax=syntax,
        agreement=agreement,
    )


def penalty(request: Generate, plan: InfillPlan, text: str) -> tuple[int | None, float]:
    """Return a text's new syntax errors, and what is wrong with it, as in `fit`."""
    before = request.before[: len(request.before) - len(plan.soft_before)]
    after = request.after[len(plan.soft_after) :]
    old = plan.soft_before + request.region + plan.soft_after
    syntax = new_errors(before, old, text, after, request.language)
    cost = SEAM_COST * seam_errors(before, text, after, old) + SYNTAX_COST * max(syntax or 0, 0)
    is_blank = not text.strip() and bool(before.strip() or after.strip())
    return syntax, cost + USELESS_COST * (is_blank or text in request.avoid)


def text_of(engine: InfillEngine, plan: InfillPlan, ids: Sequence[int]) -> str:
    """Return the region's text that tokens in its slots would give."""
    entropy, accepted = [0.0] * len(ids), [True] * len(ids)
    core = draft_of(engine.codec, ids, entropy, accepted, plan.healed, (), engine.end_ids)
    return core.within(plan.lead, plan.trail).text
