"""Drafts of long regions: the causal pass writes on from the left, drawing every token.

A beam finds the likeliest text, which is a good guess of a few tokens and a dull repetition of
many. So long texts are drawn from the model, several for each candidate, and of these the one is
taken that the text behind the region follows from best: draws from p(draft | before), weighed by
p(after | before, draft).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.forms.chain import NEVER
from engine.infill.engine import InfillEngine
from engine.infill.gap import Gap
from engine.infill.ranking import Likelihood, likelihoods
from kernels.largest import largest

_TEXTS = 4  # for each candidate, where there is something to choose them by
_STOPS = 2  # ends of each text that are looked at
_TEMPERATURE = 0.7
_TOP_K = 50


@dataclass(frozen=True, slots=True)
class SampledDraft:
    """A text that was written from the left, in tokens."""

    ids: tuple[int, ...]
    likelihood: Likelihood


@torch.inference_mode()
def sampled_drafts(
    engine: InfillEngine,
    gap: Gap,
    generators: Sequence[torch.Generator],
    is_cancelled: Callable[[], bool],
) -> list[list[SampledDraft]]:
    """Return a few texts for each generator, whose draws alone they depend on; one if none follows.

    Args:
        engine: What the job works with.
        gap: Where text follows, the texts end where that is likeliest to begin.
        generators: One for each candidate, on the model's device.
        is_cancelled: Looked at before every token; then nothing is returned.
    """
    if is_cancelled():
        return [[] for _ in generators]
    model, device, following = engine.model, engine.model.device, gap.following
    # With nothing behind there is nothing to choose among several by.
    texts, longest = _TEXTS if following else 1, max(gap.lengths)
    rows = texts * len(generators)
    written = torch.empty(rows, 0, dtype=torch.int64, device=device)
    ends: dict[int, Tensor] = {}
    own = gap.context.branch()
    logits = model.logits(model.encode(torch.tensor([[gap.last]], device=device), own)[:, -1])
    own, logits = own.branch(), logits.expand(rows, -1).clone()
    for length in range(1, longest + 1):
        if is_cancelled():
            return [[] for _ in generators]
        if gap.forbidden is not None:
            logits.masked_fill_(gap.forbidden[min(length, len(gap.forbidden)) - 1], NEVER)
        tokens = _drawn(logits, generators, texts)
        written = torch.cat((written, tokens), dim=1)
        # Also behind the last token: what it says of the text that follows decides where to stop.
        logits = model.logits(model.encode(tokens, own)[:, -1])
        if length in gap.lengths:
            stop = logits.log_softmax(dim=-1)[:, following[0]] if following else logits[:, 0] * 0
            ends[length] = stop
    flat = [ids for row in _cut(written, ends) for ids in row]
    found = likelihoods(model, gap.context, gap.last, flat, following)
    pairs = [SampledDraft(ids, one) for ids, one in zip(flat, found, strict=True)]
    share = len(pairs) // len(generators)
    return [pairs[place * share : (place + 1) * share] for place in range(len(generators))]


def _drawn(logits: Tensor, generators: Sequence[torch.Generator], texts: int) -> Tensor:
    """Draw a token a row [B, 1], each candidate's rows from its own generator."""
    values, tokens = largest(logits, _TOP_K)
    shape = (texts, values.shape[1])
    uniform = [torch.rand(shape, generator=one, device=logits.device) for one in generators]
    noise = -torch.log(-torch.log(torch.cat(uniform).clamp(1e-6, 1 - 1e-6)))
    return tokens.gather(1, (values / _TEMPERATURE + noise).argmax(dim=1, keepdim=True))


def _cut(written: Tensor, ends: dict[int, Tensor]) -> list[list[tuple[int, ...]]]:
    """Return each text, ended where that is likeliest; the same number of each."""
    lengths = list(ends)
    likely = torch.stack([ends[length] for length in lengths], dim=1)
    # Ends are found by the first following token alone, which costs nothing; between two of them
    # the likelihood of all that follows decides.
    best = likely.topk(min(_STOPS, len(lengths))).indices.tolist()
    rows = written.tolist()
    return [[tuple(row[: lengths[at]]) for at in own] for row, own in zip(rows, best, strict=True)]
