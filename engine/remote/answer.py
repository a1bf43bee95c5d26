"""What a server has written, put together from the pieces it came in."""

import math
from collections.abc import AsyncIterator, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.api import DraftSpan
from engine.remote.client import Json, items_of, object_of, text_of
from engine.remote.errors import ServerError, UnfinishedError

# What an unlikely token costs at most, in nats; servers send the likes of -9999 for minus infinity.
_FLOOR = -30.0
_BROKEN = "\ufffd"  # stands for a part of a character


@dataclass(frozen=True, slots=True)
class TokenOption:
    """A token that could stand in a place."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer, as far as the server tells."""

    text: str
    log_probability: float = 0.0
    options: tuple[TokenOption, ...] = ()  # the likeliest in its place, best first

    @property
    def entropy(self) -> float:
        """Nats, of the options that were told: a lower bound."""
        return -sum(o.probability * math.log(o.probability) for o in self.options if o.probability)


@dataclass(frozen=True, slots=True)
class Answer:
    """A text and what it is made of."""

    text: str = ""
    reasoning: str = ""  # what the server has told apart from it
    tokens: tuple[Token, ...] = ()
    ids: tuple[int, ...] = ()
    finish: str = ""  # stop | length | ... ; empty: more is to come

    @property
    def log_likelihood(self) -> float | None:
        """Nats per token; None where the server tells none."""
        if not self.tokens:
            return None
        return sum(token.log_probability for token in self.tokens) / len(self.tokens)

    def likelihood_without(self, held: Container[int]) -> float | None:
        """Nats per token of the slots that were free; None where the server tells none."""
        free = [token for slot, token in enumerate(self.tokens) if slot not in held]
        return replace(self, tokens=tuple(free)).log_likelihood

    def with_held(self, held: Mapping[int, str], seed: Sequence[int]) -> "Answer":
        """Return a canvas with what was held in it where it was.

        A server that holds slots while it denoises may still send back what it would have put
        there; and one whose model ends the text before a held slot leaves that out.

        Args:
            held: The slots, and what each says.
            seed: The tokens of the canvas that was sent.

        Raises:
            ServerError: If the rest of the text cannot be told from what was held.
        """
        if all(slot < len(self.ids) and self.ids[slot] == seed[slot] for slot in held):
            return self
        length = max(len(self.ids), max(held) + 1)
        missing = [Token("")] * (length - len(self.tokens))
        tokens = [
            Token(held[slot]) if slot in held else token
            for slot, token in enumerate([*self.tokens, *missing])
        ]
        if any(_BROKEN in token.text for token in tokens):
            raise ServerError(
                "The server has changed pinned words, so its text is not shown. Let them go, or "
                "select the text on either side of them."
            )
        ids = [*self.ids, *seed[len(self.ids) : length]]
        return replace(
            self,
            text="".join(token.text for token in tokens),
            tokens=tuple(tokens),
            ids=tuple(seed[slot] if slot in held else token for slot, token in enumerate(ids)),
        )

    def spans(self, start: int, end: int, *, counts_slots: bool) -> tuple[DraftSpan, ...]:
        """Return stretches that tile a part of the text, counted from its start.

        Args:
            start: Of the part, code points into the answer's text.
            end: Of the part.
            counts_slots: Whether the tokens are slots of a canvas, which can be pinned.
        """
        length = end - start
        spans, at = [], 0
        for slot, token in enumerate(self.tokens):
            if not token.text or not self.text.startswith(token.text, at):
                continue  # a special token, or a piece of a character
            first, at = at, at + len(token.text)
            spans.append(
                DraftSpan(
                    start=min(max(first - start, 0), length),
                    end=min(max(at - start, 0), length),
                    entropy=token.entropy,
                    accepted=True,
                    slot=slot if counts_slots else -1,
                )
            )
        spans = [span for span in spans if span.end > span.start]
        return _tiling(spans, length)


async def read(pieces: AsyncIterator[Json]) -> AsyncIterator[Answer]:
    """Go through the answer as it grows; the last one is complete.

    Raises:
        UnfinishedError: If the server stops in the middle of it.
    """
    answer = Answer()
    async for piece in pieces:
        for choice in _choices(piece):
            answer = _grown(answer, choice)
            yield answer
    if not answer.finish:
        raise UnfinishedError(has_text=bool(answer.text or answer.reasoning))


async def read_all(pieces: AsyncIterator[Json]) -> Answer:
    """Return the complete answer.

    Raises:
        UnfinishedError: If the server stops in the middle of it.
    """
    return [answer async for answer in read(pieces)][-1]


def read_whole(value: Json) -> Answer:
    """Return an answer that was not streamed; empty where there is none."""
    for choice in _choices(value):
        return _grown(Answer(), choice)
    return Answer()


def _choices(piece: Json) -> Iterator[Json]:
    """Yield the first choice of a piece; llama.cpp's `/infill` has no list of them."""
    if "content" in piece:
        finish = "length" if piece.get("stop_type") == "limit" else "stop"
        yield {
            "text": text_of(piece, "content"),
            "finish_reason": finish if piece.get("stop") is True else None,
        }
    yield from (one for one in items_of(piece, "choices")[:1] if isinstance(one, dict))


def _grown(answer: Answer, choice: Json) -> Answer:
    message = object_of(choice, "delta") or object_of(choice, "message")
    text = _clean(text_of(choice, "text") or text_of(message, "content"))
    thought = text_of(message, "reasoning_content") or text_of(message, "reasoning")
    ids = tuple(token for token in items_of(choice, "token_ids") if isinstance(token, int))
    return replace(
        answer,
        text=answer.text + text,
        reasoning=answer.reasoning + _clean(thought),
        tokens=answer.tokens + _tokens(object_of(choice, "logprobs")),
        ids=answer.ids + ids,
        finish=text_of(choice, "finish_reason") or answer.finish,
    )


def _tokens(logprobs: Json) -> tuple[Token, ...]:
    """Read the tokens of a completion: three lists side by side."""
    texts, values = items_of(logprobs, "tokens"), items_of(logprobs, "token_logprobs")
    tops = items_of(logprobs, "top_logprobs") or [{}] * len(texts)
    if len(texts) != len(values) or len(texts) != len(tops):
        return ()
    return tuple(
        Token(_clean(str(text)), _nats(value), _options(top))
        for text, value, top in zip(texts, values, tops, strict=True)
    )


def _options(top: Any) -> tuple[TokenOption, ...]:  # noqa: ANN401 - whatever the server sends
    if not isinstance(top, dict):
        return ()
    pairs = ((_clean(str(text)), _nats(value)) for text, value in top.items())
    options = [TokenOption(text=text, probability=math.exp(nats)) for text, nats in pairs]
    return tuple(sorted(options, key=lambda option: option.probability, reverse=True))


def _clean(text: str) -> str:
    """Return a text that any file can hold: no NUL, no half of a character."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _nats(value: Any) -> float:  # noqa: ANN401 - whatever the server sends
    if not isinstance(value, int | float) or math.isnan(value):
        return 0.0
    return min(max(float(value), _FLOOR), 0.0)


def _tiling(spans: list[DraftSpan], length: int) -> tuple[DraftSpan, ...]:
    """Fill the gaps that pieces of characters have left."""
    tiled: list[DraftSpan] = []
    at = 0
    for span in [*spans, None]:
        first = length if span is None else span.start
        if first > at:
            tiled.append(DraftSpan(start=at, end=first, entropy=0.0, accepted=True))
        if span is not None:
            tiled.append(span)
            at = span.end
    return tuple(tiled)
