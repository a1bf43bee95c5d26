"""The denoiser alone on a few missing tokens, beside the same weights run causally.

Contexts are of one length, so tasks run in batches, behind a cache of as many sequences.
"""

from typing import Final

import torch
from batches import TokenStream
from figures import Row
from settings import DOCUMENT_BORDER
from tasks import token_tasks
from torch import Tensor

from engine.loading import LoadedModel
from engine.measure.intervals import share, times
from engine.model import Denoiser, KVCache

CONTEXT: Final = 192  # tokens before a gap
PASSES: Final = 4
_BATCH: Final = 16


@torch.inference_mode()
def alone(loaded: LoadedModel, stream: TokenStream, gap: int, count: int) -> Row:
    """Return how gaps of so many tokens are found: in one pass, in four, and from the left.

    All of them in one pass, or the surest ones first; from the left each the likeliest one behind
    those before it.
    """
    model, canvas = loaded.checkpoint.model, loaded.checkpoint.config.canvas_length
    tasks = list(token_tasks(stream, gap, count, CONTEXT, canvas, DOCUMENT_BORDER))
    ways = {"one_pass": 1} | ({"four_passes": PASSES} if gap > 1 else {})
    hits: dict[str, list[Tensor]] = {name: [] for name in (*ways, "causal")}
    for start in range(0, len(tasks), _BATCH):
        part = tasks[start : start + _BATCH]
        before = torch.tensor([task.before for task in part], device=model.device)
        texts = torch.tensor([[*task.gap, *task.after] for task in part], device=model.device)
        cache = KVCache(model.config)
        last = model.encode(before, cache)[:, -1]
        found = {name: denoised(model, cache, texts, gap, passes) for name, passes in ways.items()}
        found["causal"] = from_left(model, cache, last, gap)
        for name, ids in found.items():
            hits[name].append(ids == texts[:, :gap])
    row: Row = {"tasks": len(tasks)}
    whole = {name: torch.cat(parts).all(1).tolist() for name, parts in hits.items()}
    for name, parts in hits.items():
        row |= share(name, whole[name])
        if gap > 1:
            row[f"{name}_tokens"] = round(torch.cat(parts).float().mean().item(), 3)
    return row | times("times_causal", whole["one_pass"], whole["causal"])


def denoised(model: Denoiser, cache: KVCache, texts: Tensor, gap: int, passes: int) -> Tensor:
    """Return the first `gap` tokens of canvases [B, L] as the denoiser finds them, [B, gap].

    After each pass but the last the surest ones are taken for known, and the others are told what
    the model believes of them.
    """
    free = torch.zeros(texts.shape, dtype=torch.bool, device=texts.device)
    free[:, :gap] = True
    canvas, soft = texts.masked_fill(free, 0), None
    for number in range(1, passes + 1):
        probs = model.logits(model.denoise(canvas, soft, cache, free)[:, :gap]).softmax(-1)
        sureness, best = probs.max(-1)
        open_rows = free[:, :gap]
        canvas[:, :gap] = torch.where(open_rows, best, canvas[:, :gap])
        order = sureness.masked_fill(~open_rows, 2.0).argsort(dim=1, descending=True)
        free.scatter_(1, order[:, : gap * number // passes], value=False)
        told = model.soft_embed(probs)
        soft = told.new_zeros(*texts.shape, told.shape[-1])
        soft[:, :gap] = told
    return canvas[:, :gap]


def from_left(model: Denoiser, cache: KVCache, last: Tensor, gap: int) -> Tensor:
    """Return the likeliest tokens behind contexts whose last states are [B, M], [B, gap]."""
    own, found = cache.cut(cache.length), []
    for _ in range(gap):
        found.append(model.logits(last).argmax(-1))
        last = model.encode(found[-1][:, None], own)[:, -1]
    return torch.stack(found, 1)
