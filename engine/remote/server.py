"""What a server is and can do, found out by asking it once.

A server says nowhere that it can denoise a canvas that is given to it, so it is asked for one that
cannot be: ids below zero. vLLM from 0.32 on with a diffusion model refuses that before it computes
anything, naming the field and the size of its vocabulary; a canvas of one id is refused with the
number of ids it must hold. Every other server either ignores the field and writes one token, or
refuses in other words. To fill a canvas one has to know the model's tokens as well: the server has
to answer `/tokenize`, which vLLM does, unless something in front of it hides that.
"""

import logging
import re
from dataclasses import dataclass

from engine.remote.client import Client, Json, items_of, text_of
from engine.remote.errors import RefusedError, ServerError

log = logging.getLogger(__name__)

COMPLETIONS, CHAT, TOKENIZE = "/v1/completions", "/v1/chat/completions", "/tokenize"

_DEFAULT_STEPS = 48  # of the model's own schedule, which a server does not tell
_VOCABULARY = re.compile(r"diffusion_seed_canvas ids must be in \[0, (\d{2,9})\)")
_CANVAS = re.compile(r"diffusion_seed_canvas must hold exactly (\d{1,6}) ids")
_MIN_CANVAS = 20  # tokens: the text behind the region that stays in sight, and a few slots
# The statuses by which a server says that it does not know a field, a path or a form.
_NOT_OFFERED = frozenset({400, 404, 405, 415, 422, 500, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteServer:
    """A server, the model chosen from its list, and what it can do with it."""

    address: str
    key: str
    model: str
    served: tuple[str, ...]
    context_length: int = 0  # tokens; 0: not told
    canvas_length: int = 0  # tokens; 0: it takes no canvas
    vocab_size: int = 0
    takes_suffix: bool = False
    completes: bool = False
    chats: bool = False

    @property
    def takes_canvas(self) -> bool:
        """Whether known text can be held in its canvas."""
        return self.canvas_length > 0

    @property
    def max_denoising_steps(self) -> int:
        """Denoising steps of its schedule; 0: it does not denoise, or does not say so."""
        return _DEFAULT_STEPS if self.takes_canvas else 0


async def look_at(client: Client, key: str, wished: str) -> RemoteServer:
    """Find out what a server can do.

    Args:
        client: The connection to it.
        key: What the client was opened with.
        wished: The model; empty: the first one it names.

    Raises:
        ServerError: If it cannot be used, or has not got the model.
    """
    entries = await _models(client)
    served = tuple(text_of(entry, "id") for entry in entries)
    model = wished or served[0]
    if model not in served:
        raise ServerError(
            f"The server has no model called {model}. It has: {', '.join(served[:8])}. Choose one "
            "of these in Inlay → Server."
        )
    length = entries[served.index(model)].get("max_model_len")
    canvas, vocabulary, completes = await _canvas(client, model)
    # A canvas is told in tokens, and only the server has its tokenizer.
    if canvas and not await _answers(client, TOKENIZE, {"model": model, "prompt": "a"}):
        log.info("%s denoises canvases but hides %s", client.address, TOKENIZE)
        canvas = 0
    # Not asked of a server that takes a canvas, which is better.
    takes_suffix = completes and not canvas and await _completes(client, model, suffix="b")
    message = {"role": "user", "content": "a"}
    body = {"model": model, "messages": [message], "max_tokens": 1}
    found = RemoteServer(
        address=client.address,
        key=key,
        model=model,
        served=served,
        context_length=length if isinstance(length, int) and length > 0 else 0,
        canvas_length=canvas,
        vocab_size=vocabulary,
        takes_suffix=takes_suffix,
        completes=completes,
        chats=not canvas and await _answers(client, CHAT, body),
    )
    if not (found.completes or found.chats or found.takes_canvas):
        raise ServerError(
            f"{model} completes no text on this server. Choose another of its models."
        )
    log.info("server %s: canvas %d, suffix %s, chat %s", model, canvas, takes_suffix, found.chats)
    return found


async def _models(client: Client) -> list[Json]:
    answer = await client.get("/v1/models")
    listed = [entry for entry in items_of(answer, "data") if isinstance(entry, dict)]
    named = [entry for entry in listed if text_of(entry, "id")]
    if not named:
        raise ServerError(
            "The server names no model. Check that the address is that of an OpenAI-compatible "
            "server and that it has loaded one."
        )
    return named


async def _canvas(client: Client, model: str) -> tuple[int, int, bool]:
    """Return the canvas and vocabulary sizes, or zeros; and whether it completes at all."""
    try:
        await _ask_for_canvas(client, model, -1)
    except RefusedError as refusal:
        vocabulary = _VOCABULARY.search(refusal.words)
        if vocabulary is None:
            return 0, 0, await _completes(client, model)
    else:
        return 0, 0, True
    try:
        await _ask_for_canvas(client, model, 0)
    except RefusedError as refusal:
        canvas = _CANVAS.search(refusal.words)
        if canvas is not None and int(canvas[1]) >= _MIN_CANVAS:
            return int(canvas[1]), int(vocabulary[1]), True
    return 0, 0, True


async def _ask_for_canvas(client: Client, model: str, token: int) -> None:
    xargs = {"diffusion_seed_canvas": [token]}
    body = {"model": model, "prompt": "a", "max_tokens": 1, "vllm_xargs": xargs}
    await client.post(COMPLETIONS, body)


async def _completes(client: Client, model: str, **more: str) -> bool:
    body = {"model": model, "prompt": "a", "max_tokens": 1, **more}
    return await _answers(client, COMPLETIONS, body)


async def _answers(client: Client, path: str, body: Json) -> bool:
    try:
        await client.post(path, body)
    except RefusedError as refusal:
        if refusal.status in _NOT_OFFERED:
            return False
        raise
    return True
