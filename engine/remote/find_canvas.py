"""Whether a server denoises a canvas that is given to it, and how long that is.

No server says so, so it is asked for one that cannot be: ids below zero. vLLM from 0.32 on with a
diffusion model refuses that before it computes anything, naming the field and the size of its
vocabulary; a canvas of one id is refused with the number of ids it must hold. Every other server
either ignores the field and writes one token, or refuses in other words. To fill a canvas one has
to know the model's tokens as well: the server has to answer `/tokenize`, which vLLM does, unless
something in front of it hides that.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.remote.client import Client, Json
from engine.remote.errors import NOT_OFFERED, RefusedError
from engine.remote.fields import Fields, learn
from engine.remote.paths import COMPLETIONS, TOKENIZE

log = logging.getLogger(__name__)

NUM_OPTIONS = 8  # other words asked for, for each slot
_VOCABULARY = re.compile(r"diffusion_seed_canvas ids must be in \[0, (\d{2,9})\)")
_CANVAS = re.compile(r"diffusion_seed_canvas must hold exactly (\d{1,6}) ids")
_MIN_CANVAS = 20  # tokens: the text behind the region that stays in sight, and a few slots


@dataclass(frozen=True, slots=True)
class CanvasKind:
    """The canvas of a server's model."""

    length: int  # tokens
    vocab_size: int
    is_narrow: bool  # a request may ask for a shorter one
    fields: Fields


async def find_canvas(client: Client, model: str) -> CanvasKind | None:
    """Return the canvas that a server takes; None if it takes none.

    Raises:
        ServerError: If the server cannot be used.
    """
    vocabulary = _VOCABULARY.search(await _refusal(client, model, -1))
    canvas = _CANVAS.search(await _refusal(client, model, 0)) if vocabulary else None
    if vocabulary is None or canvas is None or int(canvas[1]) < _MIN_CANVAS:
        return None
    if not await _answers_tokens(client, model):
        log.info("%s denoises canvases but hides %s", client.address, TOKENIZE)
        return None
    shorter = int(canvas[1]) - 1
    words = await _refusal(client, model, 0, diffusion_canvas_length=shorter)
    narrow = _CANVAS.search(words)
    is_narrow = narrow is not None and int(narrow[1]) == shorter
    # One step of a canvas, in a request as those that will follow.
    length = shorter if is_narrow else int(canvas[1])
    xargs: Json = {"diffusion_seed_canvas": [0] * length, "diffusion_max_steps": 1}
    if is_narrow:
        xargs["diffusion_canvas_length"] = length
    body = canvas_request([0], xargs, max_tokens=1)
    learnt = await learn(client, COMPLETIONS, {"model": model, **body})
    if learnt is None:
        log.info("%s refuses a canvas that is as it wants it", client.address)
        return None
    return CanvasKind(int(canvas[1]), int(vocabulary[1]), is_narrow, learnt[0])


def canvas_request(prompt: Sequence[int], xargs: Json, max_tokens: int) -> Json:
    """Return a request for a canvas, but for its model."""
    return {
        "prompt": list(prompt),
        "max_tokens": max_tokens,
        "logprobs": NUM_OPTIONS,
        "return_token_ids": True,
        "vllm_xargs": xargs,
    }


async def _refusal(client: Client, model: str, token: int, **xargs: int) -> str:
    """Return what a server says against a canvas of one token; nothing if it has taken it."""
    fields: Json = {"diffusion_seed_canvas": [token], **xargs}
    body: Json = {"model": model, "prompt": "a", "max_tokens": 1, "vllm_xargs": fields}
    try:
        await client.post(COMPLETIONS, body)
    except RefusedError as refusal:
        if refusal.status in NOT_OFFERED:
            return refusal.words
        raise
    return ""


async def _answers_tokens(client: Client, model: str) -> bool:
    try:
        await client.post(TOKENIZE, {"model": model, "prompt": "a"})
    except RefusedError as refusal:
        if refusal.status in NOT_OFFERED:
            return False
        raise
    return True
