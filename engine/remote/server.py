"""What a server is and can do, found out by asking it once.

What it can do is believed when it has been seen: servers ignore fields that they do not know, and
some write rubbish where they should fill a gap. So each way is tried with a request like those that
will follow.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from engine.remote.answer import Answer, read_whole
from engine.remote.client import Client, Json, items_of, text_of
from engine.remote.errors import NO_SUCH_PATH, RefusedError, ServerError
from engine.remote.fields import Fields, learn
from engine.remote.find_canvas import find_canvas
from engine.remote.paths import CHAT, COMPLETIONS, INFILL
from engine.remote.reasoning import begins_inside, told_apart

log = logging.getLogger(__name__)

TEMPERATURE = 0.7  # some servers would write the same text again and again without one
_DEFAULT_STEPS = 48  # of the model's own schedule, which a server does not tell
# A fill that every model knows which sees both sides: without the text behind, it would go on.
_PREFIX, _SUFFIX, _FILL = "1, 2, 3, 4, ", ", 7, 8, 9, 10, 11, 12\n", "5, 6"
_FILL_TOKENS = 8  # the fill, one a character, and its end
_CHAT_TOKENS = 16  # in which most have said a number, or begun to think
LOOK_TOKENS, _LOOK_S = 256, 20  # in which a thought about such a question has come to its end
_QUESTION = "Which number is missing: 1, 2, 3, ?, 5, 6. Answer with that number alone."
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteServer:
    """A server, the model chosen from its list, and what it can do with it."""

    address: str
    key: str = field(repr=False)  # what is logged is the whole record
    model: str
    served: tuple[str, ...]
    context_length: int = 0  # tokens; 0: not told
    canvas_length: int = 0  # tokens; 0: it takes no canvas
    has_narrow_canvas: bool = False  # a request may ask for a shorter one
    vocab_size: int = 0
    infills: bool = False  # llama.cpp's way to fill a gap
    takes_suffix: bool = False
    completes: bool = False
    chats: bool = False
    fields: Mapping[str, Fields] = field(default_factory=lambda: MappingProxyType({}))  # by path
    wants_reasoning: bool = False  # the user lets it think before an edit
    reasons: bool = False  # it does, wanted or not
    # Its template opens the thought, so only the end is seen; None: that has not been seen yet.
    begins_inside: bool | None = False
    takes_turns: bool = False  # a newer request ends an older one
    max_quoted: int = 16_000  # characters around the region that it has room for

    @property
    def takes_canvas(self) -> bool:
        """Whether known text can be held in its canvas."""
        return self.canvas_length > 0

    @property
    def max_denoising_steps(self) -> int:
        """Denoising steps of its schedule; 0: it does not denoise, or does not say so."""
        return _DEFAULT_STEPS if self.takes_canvas else 0

    def body(self, path: str, body: Json) -> Json:
        """Return a request as a path of this server takes it."""
        return self.fields.get(path, Fields()).of({"model": self.model, **body})


def thinking(wanted: bool) -> Json:
    """Return the fields by which servers are told whether to think; each knows one at the most."""
    return {
        "chat_template_kwargs": {"enable_thinking": wanted},
        "reasoning_effort": "medium" if wanted else "none",
    }


async def look_at(
    client: Client, key: str, wished: str, tell: Tell, *, wants_reasoning: bool = False
) -> RemoteServer:
    """Find out what a server can do.

    Args:
        client: The connection to it.
        key: What the client was opened with.
        wished: The model; empty: the first one it names.
        tell: Hears what is being asked for, and how much has been, 0..1.
        wants_reasoning: Whether it is to think before it writes, if it can.

    Raises:
        ServerError: If it cannot be used, or has not got the model.
    """
    entries = await models_of(client)
    served = tuple(text_of(entry, "id") for entry in entries)
    model = wished or served[0]
    if model not in served:
        raise ServerError(
            f"The server has no model called {model}. It has: {', '.join(served[:8])}. Choose one "
            "of these in Inlay → Server."
        )
    tell("Looking for a canvas", 0.1)
    canvas = await find_canvas(client, model)
    fields: dict[str, Fields] = {COMPLETIONS: canvas.fields} if canvas else {}
    infills = takes_suffix = False
    chat = None
    if canvas is None:  # which is better than any of these
        tell("Looking how it fills gaps", 0.2)
        infills = await _fills(client, INFILL, model, fields)
        takes_suffix = not infills and await _fills(client, COMPLETIONS, model, fields)
        completion = _sampled({"model": model, "prompt": "a", "logprobs": 1, "stop": ["\n"]}, 1)
        await _learn(client, COMPLETIONS, completion, fields)
        tell("Looking how it answers in a chat", 0.6)
        body: Json = {"model": model, **_question(_CHAT_TOKENS, wants_reasoning)}
        chat = await _learn(client, CHAT, body, fields)
    found = RemoteServer(
        address=client.address,
        key=key,
        model=model,
        served=served,
        context_length=context_length(entries[served.index(model)]),
        canvas_length=canvas.length if canvas else 0,
        has_narrow_canvas=canvas is not None and canvas.is_narrow,
        vocab_size=canvas.vocab_size if canvas else 0,
        infills=infills,
        takes_suffix=takes_suffix,
        completes=COMPLETIONS in fields,
        chats=chat is not None,
        fields=MappingProxyType(fields),
        wants_reasoning=wants_reasoning,
        reasons=wants_reasoning or (chat is not None and _thinks(chat)),
        begins_inside=_begins_inside(chat) if chat is not None else False,
    )
    if not (found.completes or found.chats or found.takes_canvas or infills):
        raise ServerError(
            f"{model} completes no text on this server. Choose another of its models."
        )
    log.info("server %s: %s", model, found)
    return found


async def models_of(client: Client) -> list[Json]:
    """Return what a server tells of each of its models.

    Raises:
        ServerError: If it cannot be used, or has none.
    """
    try:
        answer = await client.get("/v1/models")
    except RefusedError as error:
        if error.status not in NO_SUCH_PATH:
            raise
        raise ServerError(
            f"What answers at {client.address} is no server of models (HTTP {error.status} for "
            "/v1/models). Check the address, and its port above all."
        ) from error
    listed = [entry for entry in items_of(answer, "data") if isinstance(entry, dict)]
    named = [entry for entry in listed if text_of(entry, "id")]
    if not named:
        raise ServerError(
            "The server names no model. Check that the address is that of an OpenAI-compatible "
            "server and that it has loaded one."
        )
    return named


def context_length(entry: Json) -> int:
    """Return how many tokens a model has room for; 0: its server does not tell."""
    length = entry.get("max_model_len")
    return length if isinstance(length, int) and length > 0 else 0


async def look_inside(client: Client, server: RemoteServer) -> RemoteServer:
    """Find out whether a model thinks before there is a mark of it.

    One that has not answered a simple question may be in the middle of a thought that its template
    has opened: only where that ends can be seen.

    Raises:
        ServerError: If the server cannot be used.
    """
    body = server.body(CHAT, _question(LOOK_TOKENS, server.wants_reasoning))
    try:
        async with asyncio.timeout(_LOOK_S):
            answer = read_whole(await client.post(CHAT, body))
    except TimeoutError:
        return server  # nothing is known yet: a later answer may show it
    is_inside = begins_inside(answer.text)
    return replace(server, begins_inside=is_inside, reasons=server.reasons or is_inside)


def _question(num_tokens: int, wants_reasoning: bool) -> Json:
    message = {"role": "user", "content": _QUESTION}
    return _sampled({"messages": [message], **thinking(wants_reasoning)}, num_tokens)


def _begins_inside(chat: Answer) -> bool | None:
    """Say whether a thought ended that had not begun; None where none has had the time to end."""
    is_cut = chat.finish == "length" and not _thinks(chat)
    return begins_inside(chat.text) or (None if is_cut else False)


def _thinks(answer: Answer) -> bool:
    said = told_apart(answer.text)
    return bool(answer.reasoning or said.reasoning or said.is_reasoning)


def _sampled(body: Json, num_tokens: int) -> Json:
    return {**body, "max_tokens": num_tokens, "temperature": TEMPERATURE, "seed": 0}


async def _learn(client: Client, path: str, body: Json, fields: dict[str, Fields]) -> Answer | None:
    """Note which fields a path takes; return its answer, or None if it is not offered."""
    learnt = await learn(client, path, body, fields.get(path))
    if learnt is None:
        return None
    fields[path], answer = learnt
    return read_whole(answer)


async def _fills(client: Client, path: str, model: str, fields: dict[str, Fields]) -> bool:
    """Have a gap filled that has one obvious answer, and look whether that is what comes.

    A server that does not know `suffix` goes on behind the numbers, or appends them.
    """
    body: Json = {"model": model, "max_tokens": _FILL_TOKENS, "temperature": 0, "seed": 0}
    if path == INFILL:
        body |= {"input_prefix": _PREFIX, "input_suffix": _SUFFIX}
        body["n_predict"] = body.pop("max_tokens")
    else:
        body |= {"prompt": _PREFIX, "suffix": _SUFFIX, "logprobs": 1}
    learnt = await learn(client, path, body)
    if learnt is None:
        return False
    is_filled = read_whole(learnt[1]).text.strip() == _FILL
    # A path that takes the request refuses the same fields in one without a suffix.
    if is_filled or path == COMPLETIONS:
        fields[path] = learnt[0]
    return is_filled
