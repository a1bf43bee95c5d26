"""A region as the canvas of a server's diffusion model: what is held, what is free.

As the engine does on its own weights: the text before the region is the prompt, the region's slots
are free, the text behind them is held. Three things cannot be had over a connection: a token that
the selection cuts is not healed, but for the space that most tokens begin with; nothing but the
seed says which rows are noise; and no step is seen before the last.
"""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.api import Generate, Length, LengthMode
from engine.errors import BadRequestError
from engine.region.pins import Part, layout_of, parts_of
from engine.remote.client import Client, Json
from engine.remote.server import RemoteServer
from engine.remote.tokenizer import RemoteTokenizer

MIN_SUFFIX_SLOTS = 16  # of text behind the region that has to stay in sight
NUM_OPTIONS = 8  # other words asked for, for each slot

_CHARS_PER_TOKEN = 12  # at most, on average; bounds what is sent to be tokenized
_MAX_QUOTED = 2000  # characters behind the canvas that are quoted
_DEFAULT_INSTRUCTION = "Continue and complete the text."
_FOLLOWING = "\n\nThis comes later in the text:\n\n"

# Lengths asked for side by side, as multiples of the region's own, and at a caret in tokens.
_TRIED = {
    LengthMode.AUTO: (1.0, 0.75, 1.3),
    LengthMode.SAME: (1.0,),
    LengthMode.SHORTER: (0.75, 0.5),
    LengthMode.LONGER: (1.3, 1.7),
    LengthMode.WORDS: (1.0, 1.2),
    LengthMode.LINES: (1.0, 1.4),
}
_TRIED_AT_CARET = (8, 3, 16)
_CARET_SLOTS = 16
_TOKENS_PER_WORD, _TOKENS_PER_LINE = 1.3, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasPlan:
    """A region in tokens of the server's model."""

    prompt: tuple[int, ...]  # template and text before the region
    old: tuple[int, ...]  # the region's own; empty at a caret
    suffix: tuple[int, ...]  # held behind the last slot, as far as the canvas goes
    healed: str = ""  # a space before the region that its first token may begin with
    lead: str = ""  # white space at the region's ends, which stays as it is
    trail: str = ""
    parts: tuple[Part, ...] = ()  # of a region with pinned words; empty: all of it is free


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A canvas to be denoised."""

    seed: tuple[int, ...]
    num_slots: int  # free or pinned by the user; what stands behind them is the known text
    pinned: frozenset[int]  # slots among them
    known: int  # tokens behind the slots that are held
    kept: tuple[str, ...] = ()  # old words that the text has to have, in their order
    max_steps: int | None = None

    def body(self, server: RemoteServer, plan: CanvasPlan) -> Json:
        """Return the request that has it denoised and its slots sent back."""
        held = range(self.num_slots, self.num_slots + self.known)
        xargs: Json = {
            "diffusion_seed_canvas": list(self.seed),
            "diffusion_pinned": [*sorted(self.pinned), *held],
        }
        if self.max_steps is not None:
            xargs["diffusion_max_steps"] = self.max_steps
        return {
            "model": server.model,
            "prompt": list(plan.prompt),
            "max_tokens": self.num_slots,
            "logprobs": NUM_OPTIONS,
            "return_token_ids": True,
            "vllm_xargs": xargs,
        }


async def make_plan(client: Client, server: RemoteServer, request: Generate) -> CanvasPlan:
    """Lay out a region.

    Raises:
        EngineError: If the server does not tell its tokens, or the pins are wrong.
    """
    lead, region, trail = without_margins(request.region)
    before, after = request.before + lead, trail + request.after
    parts = parts_of(request.region, request.pinned, lead, trail)
    healed = " " if before.endswith(" ") and before.strip() else ""
    room = server.context_length - 2 * server.canvas_length if server.context_length else 0
    near = before[-room * _CHARS_PER_TOKEN :] if room > 0 else before
    following = after[: server.canvas_length * _CHARS_PER_TOKEN]
    tokenizer = RemoteTokenizer(client, server.model)
    texts = [part.text for part in parts] or [region]
    texts[0] = healed + texts[0] if region else ""
    context, suffix, end, own = await asyncio.gather(
        tokenizer.encode(near.removesuffix(healed)),
        tokenizer.encode(following),
        tokenizer.turn_end(),
        asyncio.gather(*map(tokenizer.encode, texts)),
    )
    if end is not None and len(suffix) < server.canvas_length:
        suffix.append(end)  # the document ends within the canvas
    seen = len(following) * server.canvas_length // max(len(suffix), 1)
    beyond = after[seen : seen + _MAX_QUOTED].strip()
    words = request.instruction.strip() or _DEFAULT_INSTRUCTION
    head = await tokenizer.head(words + (_FOLLOWING + beyond if beyond else ""))
    if room > len(head):
        context = context[-(room - len(head)) :]
    return CanvasPlan(
        prompt=(*head, *context),
        old=tuple(token for ids in own for token in ids),
        suffix=tuple(suffix[: server.canvas_length]),
        healed=healed,
        lead=lead,
        trail=trail,
        parts=tuple(replace(part, ids=tuple(ids)) for part, ids in zip(parts, own, strict=False)),
    )


def slots_to_try(request: Generate, plan: CanvasPlan, candidate: int) -> tuple[int, ...]:
    """Return the lengths asked for at the same time for one candidate; the best stays.

    A gap comes out at exactly the length it is given. One candidate tries several; each of many
    tries one, another than its neighbours.
    """
    if request.num_slots is not None or request.strength < 1:
        return (request.num_slots or len(plan.old) or _CARET_SLOTS,)
    if request.length.mode is LengthMode.AUTO and not plan.old:
        counts: Iterable[int] = _TRIED_AT_CARET
    else:
        # What is pinned is as long as it is; a counted length is that of the whole text.
        is_counted = request.length.mode in (LengthMode.WORDS, LengthMode.LINES)
        pinned = sum(len(part.ids) for part in plan.parts if part.is_pinned)
        fixed = 0 if is_counted else pinned
        expected = _expected(request.length, len(plan.old) - fixed)
        counts = (fixed + _share(expected, share) for share in _TRIED[request.length.mode])
    tried = tuple(dict.fromkeys(counts))
    return tried if request.candidates == 1 else (tried[candidate % len(tried)],)


def fresh_canvas(
    server: RemoteServer, plan: CanvasPlan, num_slots: int, seed: int, request: Generate
) -> Canvas:
    """Return a canvas of noise, or with a strength below one of the old text partly renoised.

    Raises:
        BadRequestError: If it is longer than the server's.
    """
    draws = random.Random(seed)
    layout = layout_of(plan.parts, num_slots, request.num_slots)
    held = layout.held if layout else {}
    num_slots = layout.num_slots if layout else num_slots
    slots: list[int | None] = [None] * num_slots
    steps = request.sampler.max_denoising_steps
    if request.strength < 1:
        old = layout.old if layout else plan.old
        kept = [token if draws.random() >= request.strength else None for token in old]
        slots = (kept + slots)[:num_slots]
        steps = max(1, round((steps or server.max_denoising_steps) * request.strength))
    slots = [held.get(slot, token) for slot, token in enumerate(slots)]
    canvas = laid_out(server, plan, slots, draws, held)
    words = tuple(part.text for part in plan.parts if part.is_pinned)
    return replace(canvas, max_steps=steps, kept=words)


def laid_out(
    server: RemoteServer,
    plan: CanvasPlan,
    slots: list[int | None],
    draws: random.Random,
    pinned: Iterable[int] = (),
) -> Canvas:
    """Return the canvas of these slots; None is noise.

    Raises:
        BadRequestError: If it is longer than the server's.
    """
    room = server.canvas_length - (min(MIN_SUFFIX_SLOTS, len(plan.suffix)))
    if len(slots) > room:
        raise BadRequestError(
            f"The selection is too long for this server: {len(slots)} tokens, and it holds {room}. "
            "Select less, or ask for a shorter text."
        )
    known = plan.suffix[: server.canvas_length - len(slots)]
    rest = [None] * (server.canvas_length - len(slots) - len(known))
    noise = (draws.randrange(server.vocab_size) for _ in range(server.canvas_length))
    seed = [next(noise) if token is None else token for token in [*slots, *known, *rest]]
    return Canvas(
        seed=tuple(seed), num_slots=len(slots), pinned=frozenset(pinned), known=len(known)
    )


def without_margins(region: str) -> tuple[str, str, str]:
    """Split a region into the white space at its start, its core, and that at its end."""
    core = region.strip()
    if not core:
        return "", region, ""
    lead, _, trail = region.partition(core)
    return lead, core, trail


def _expected(length: Length, old: int) -> float:
    match length.mode:
        case LengthMode.WORDS:
            return length.count * _TOKENS_PER_WORD
        case LengthMode.LINES:
            return length.count * _TOKENS_PER_LINE
        case _:
            return old or _CARET_SLOTS


def _share(expected: float, share: float) -> int:
    """Return a share of a length that differs from it by a token at least, if it is another."""
    least = (share > 1) - (share < 1)
    return max(1, round(expected) + max(abs(round(expected * share - expected)), 1) * least)
