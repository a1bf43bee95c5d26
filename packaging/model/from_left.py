"""Filling from the left, a token at a time: what a denoiser has to be better than.

Only what stands before the gap is read. Every token is the likeliest one, as drawing would only
lower how often what stood there comes back.
"""

import re
import time
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Final

import numpy as np
import torch
from batches import TokenStream
from figures import Row, Tally
from recipe import EOS, FILLER
from tasks import TextTask, token_tasks
from torch import Tensor

from engine.api import Generate
from engine.infill import TextSide, make_plan
from engine.loading import LoadedModel
from engine.model import KVCache
from engine.region.region import Region

# Where a fill of unknown length ends: nothing else says so from the left.
LINE_END: Final = re.compile(r"\n")
SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s")
_MAX_TOKENS = 64


@torch.inference_mode()
def write(
    loaded: LoadedModel,
    before: Sequence[int],
    is_done: Callable[[list[int]], bool],
    first_forbidden: Tensor | None = None,
) -> list[int]:
    """Return the likeliest tokens behind `before`, until `is_done`.

    `first_forbidden` [V]: tokens that the first one must not be, beside those no text has.
    """
    model, ids = loaded.checkpoint.model, list[int]()
    cache, given = KVCache(model.config), list(before)
    forbidden = [*loaded.profile.forbidden_token_ids, FILLER]
    while not is_done(ids):
        hidden = model.encode(torch.tensor([given]), cache)
        logits = model.logits(hidden[0, -1])
        logits[forbidden] = -torch.inf
        if first_forbidden is not None and not ids:
            logits[first_forbidden] = -torch.inf
        given = [int(logits.argmax())]
        ids += given
    return ids


def causal_gaps(loaded: LoadedModel, stream: TokenStream, gap: int, count: int) -> Row:
    """Return the figures of gaps whose length is given."""
    tally, canvas = Tally(), loaded.checkpoint.config.canvas_length
    context = loaded.profile.context_length or 128
    for task in token_tasks(stream, gap, count, context, canvas):
        start = time.perf_counter()
        ids = write(loaded, task.before, lambda ids: len(ids) == gap)
        tally.ms.append((time.perf_counter() - start) * 1e3)
        tally.count(loaded.codec, task.gap, ids)
    return tally.row()


def write_text(
    loaded: LoadedModel, end: re.Pattern[str], task: TextTask, _seed: int
) -> tuple[str, float]:
    """Fill a text's gap up to the first `end`; return text and ms."""
    start, codec = time.perf_counter(), loaded.codec
    side = TextSide(
        codec=codec,
        profile=loaded.profile,
        canvas_length=loaded.checkpoint.config.canvas_length,
        max_context=loaded.profile.context_length or 128,
    )
    request = Generate(job_id=0, revision=0, before=task.before, region="", after=task.after)
    plan = make_plan(side, Region.of(request))
    healed = plan.healed.decode(errors="ignore")

    def text(ids: list[int]) -> str:
        return codec.decode(ids, errors="ignore").removeprefix(healed)

    ids = write(
        loaded,
        plan.prefix,
        lambda ids: len(ids) == _MAX_TOKENS or end.search(text(ids)) is not None,
        codec.not_starting_with(plan.healed),
    )
    return end.split(text(ids))[0], (time.perf_counter() - start) * 1e3


@torch.inference_mode()
def causal_accuracy(loaded: LoadedModel, stream: TokenStream, count: int) -> Row:
    """Return the share of next tokens the encoder ranks first, with the second half as targets."""
    context = loaded.profile.context_length or 128
    rows = torch.from_numpy(stream.rows(count, context + 1, np.random.default_rng(0)))
    hits = []
    for row in rows:
        cache = KVCache(loaded.checkpoint.config)
        hidden = loaded.checkpoint.model.encode(row[None, :-1], cache)[0, context // 2 :]
        best = loaded.checkpoint.model.logits(hidden).argmax(-1)
        targets = row[context // 2 + 1 :]
        hits.append((best == targets)[targets != EOS].float().mean().item())
    return {"tasks": count, "token_accuracy": round(fmean(hits), 3)}
