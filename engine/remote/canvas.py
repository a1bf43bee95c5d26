"""A region as the canvas of a server's diffusion model: what is held, what is free.

As the engine does on its own weights: the text before the region is the prompt, the region's slots
are free, the text behind them is held. Three things cannot be had over a connection: a token that
the selection cuts is not healed, but for the space that most tokens begin with; nothing but the
seed says which rows are noise; and no step is seen before the last.

A server stops when the mean entropy of all rows is low, held ones included: of a canvas full of
held text that is so at once. So as little is held as keeps the region within its text, where a
server takes a canvas that is shorter than its own.
"""

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from engine.errors import BadRequestError
from engine.region.canvas import CHARS_PER_TOKEN, MIN_SUFFIX_SLOTS, words_before
from engine.region.lengths import CARET_SLOTS, Measure, lengths_to_try, spread
from engine.region.pins import Part, SlotLayout, layout_of
from engine.region.region import Region
from engine.remote.client import Client, Json
from engine.remote.find_canvas import canvas_request
from engine.remote.paths import COMPLETIONS
from engine.remote.server import RemoteServer
from engine.remote.tokenizer import RemoteTokenizer

_MAX_HELD = 32  # tokens behind the slots, in a canvas of its own length


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasTask:
    """A region in tokens of the server's model."""

    region: Region
    server: RemoteServer
    prompt: tuple[int, ...]  # template and text before the region
    old: tuple[int, ...]  # the region's own; empty at a caret
    suffix: tuple[int, ...]  # held behind the last slot, as far as the canvas goes
    healed: str = ""  # a space before the region that its first token may begin with
    parts: tuple[Part, ...] = ()  # of a region with pinned words, in tokens
    tokens_per_character: float = 0.25  # of the text before

    @property
    def room(self) -> int:
        """The most slots that its canvas has."""
        return self.server.canvas_length - min(MIN_SUFFIX_SLOTS, len(self.suffix))


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A canvas to be denoised."""

    seed: tuple[int, ...]
    num_slots: int  # free or pinned by the user; what stands behind them is the known text
    # The pinned slots among them, and what each says. A word of several tokens is told by its
    # first; the others say nothing of their own.
    pinned: Mapping[int, str]
    known: int  # tokens behind the slots that are held
    max_steps: int | None = None

    def body(self, task: CanvasTask) -> Json:
        """Return the request that has it denoised and its slots sent back."""
        held = range(self.num_slots, self.num_slots + self.known)
        xargs: Json = {
            "diffusion_seed_canvas": list(self.seed),
            "diffusion_pinned": [*sorted(self.pinned), *held],
        }
        if task.server.has_narrow_canvas:
            xargs["diffusion_canvas_length"] = len(self.seed)
        if self.max_steps is not None:
            xargs["diffusion_max_steps"] = self.max_steps
        body = canvas_request(task.prompt, xargs, max_tokens=self.num_slots)
        return task.server.body(COMPLETIONS, body)

    def whole_words(self, slots: Iterable[int]) -> set[int]:
        """Return slots with those that their pinned words reach on to."""
        found = set(slots)
        for slot in range(1, self.num_slots):
            if slot - 1 in found and slot - 1 in self.pinned and self.pinned.get(slot) == "":
                found.add(slot)
        return found


async def make_task(client: Client, server: RemoteServer, region: Region) -> CanvasTask:
    """Lay out a region.

    Raises:
        EngineError: If the server does not tell its tokens.
    """
    before, after = region.before, region.after
    healed = " " if before.endswith(" ") and before.strip() else ""
    room = server.context_length - 2 * server.canvas_length if server.context_length else 0
    near = before[-room * CHARS_PER_TOKEN :] if room > 0 else before
    most = _MAX_HELD if server.has_narrow_canvas else server.canvas_length
    following = after[: most * CHARS_PER_TOKEN]
    tokenizer = RemoteTokenizer(client, server.model)
    texts = [part.text for part in region.parts] or [region.core]
    texts[0] = healed + texts[0] if region.core else ""
    context, suffix, end, own = await asyncio.gather(
        tokenizer.encode(near.removesuffix(healed)),
        tokenizer.encode(following),
        tokenizer.turn_end(),
        asyncio.gather(*map(tokenizer.encode, texts)),
    )
    rate = len(context) / max(len(near), 1)
    if end is not None and len(suffix) < most:
        suffix.append(end)  # the document ends within the canvas
    seen = len(following) * most // max(len(suffix), 1)
    head = await tokenizer.head(words_before(region.settings.instruction, after[seen:]))
    if room > len(head):
        context = context[-(room - len(head)) :]
    # Without pinned words there are no parts, and the one own text is the core.
    pairs = zip(region.parts, own, strict=False)
    return CanvasTask(
        region=region,
        server=server,
        prompt=(*head, *context),
        old=tuple(token for ids in own for token in ids),
        suffix=tuple(suffix[:most]),
        healed=healed,
        parts=tuple(replace(part, ids=tuple(ids)) for part, ids in pairs),
        tokens_per_character=rate,
    )


def lengths_of(task: CanvasTask, candidate: int) -> tuple[int, ...]:
    """Return the lengths asked for at the same time for one candidate; the best stays.

    A gap comes out at exactly the length it is given. One candidate tries several; each of many
    tries one, another than its neighbours.
    """
    settings = task.region.settings
    if settings.num_slots is not None or settings.strength < 1:
        return (settings.num_slots or len(task.old) or CARET_SLOTS,)
    measure = Measure(
        old=len(task.old),
        count=lambda text: round(len(text) * task.tokens_per_character),
        layout=layout_of(task.parts, len(task.old), None),
    )
    counts = [slots.count for slots in spread(lengths_to_try(task.region, measure))]
    # If none has room one stays, for which `laid_out` tells the user what there is.
    counts = [count for count in counts if count <= task.room] or counts[:1]
    return tuple(counts) if settings.candidates == 1 else (counts[candidate % len(counts)],)


def fresh_canvas(task: CanvasTask, num_slots: int, seed: int) -> Canvas:
    """Return a canvas of noise, or with a strength below one of the old text partly renoised.

    Raises:
        BadRequestError: If it is longer than the server's.
    """
    draws, settings = random.Random(seed), task.region.settings
    layout = layout_of(task.parts, num_slots, settings.num_slots)
    held = layout.held if layout else {}
    num_slots = layout.num_slots if layout else num_slots
    slots: list[int | None] = [None] * num_slots
    steps = settings.sampler.max_denoising_steps
    if settings.strength < 1:
        old = layout.old if layout else task.old
        kept = [token if draws.random() >= settings.strength else None for token in old]
        slots = (kept + slots)[:num_slots]
        steps = max(1, round((steps or task.server.max_denoising_steps) * settings.strength))
    slots = [held.get(slot, token) for slot, token in enumerate(slots)]
    canvas = laid_out(task, slots, draws, _texts(layout))
    return replace(canvas, max_steps=steps)


def _texts(layout: SlotLayout | None) -> dict[int, str]:
    """Return what each pinned slot says; the first of a word all of it."""
    found: dict[int, str] = {}
    slot = 0
    for part, count in zip(layout.parts, layout.counts, strict=True) if layout else ():
        if part.is_pinned:
            found |= {slot: part.text, **dict.fromkeys(range(slot + 1, slot + count), "")}
        slot += count
    return found


def laid_out(
    task: CanvasTask,
    slots: list[int | None],
    draws: random.Random,
    pinned: Mapping[int, str] = MappingProxyType({}),
) -> Canvas:
    """Return the canvas of these slots; None is noise.

    Args:
        task: What it is for.
        slots: Their tokens.
        draws: Where the noise is drawn from.
        pinned: The slots that are held, and what each says.

    Raises:
        BadRequestError: If it is longer than the server's.
    """
    server = task.server
    if len(slots) > task.room:
        raise BadRequestError(
            f"The selection is too long for this server: {len(slots)} tokens, and it holds "
            f"{task.room}. Select less, or ask for a shorter text."
        )
    known = task.suffix[: server.canvas_length - len(slots)]
    length = len(slots) + len(known) if server.has_narrow_canvas else server.canvas_length
    rest = [None] * (length - len(slots) - len(known))
    noise = (draws.randrange(server.vocab_size) for _ in range(length))
    seed = [next(noise) if token is None else token for token in [*slots, *known, *rest]]
    return Canvas(seed=tuple(seed), num_slots=len(slots), pinned=pinned, known=len(known))
