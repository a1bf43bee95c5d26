"""A request written from left to right: what goes on at a caret, and what an instruction asks for.

The same weights, run causally. All candidates are written side by side, token by token, and every
token is a step that is shown; there is nothing to pin or to branch from. What was asked for by an
instruction is an answer in the model's own chat, of a sentence after the other (`answering.py`).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from engine.api import (
    Branch,
    DraftSpan,
    FindAlternatives,
    Generate,
    LengthMode,
    Score,
    Steer,
    TokenOption,
)
from engine.errors import BadRequestError
from engine.infill.context import ContextCache
from engine.infill.draft import Draft, draft_of
from engine.infill.engine import InfillEngine
from engine.infill.lanes import new_generator
from engine.infill.plan import InfillPlan
from engine.infill.progress import FORGOTTEN, CandidateDone, InfillStep, Progress
from engine.infill.ranking import USELESS_COST, likelihoods
from engine.infill.rewriting import cleaned
from engine.infill.shape import PROSE
from engine.model import KVCache
from kernels.largest import largest

_PARAGRAPH = 256  # tokens at most
_TEMPERATURE = 0.7
# Of the answers to an instruction: how warm they are drawn, and how much what the passage is made
# of is favoured, in nats. The first is the safest; the others keep more of the passage's words, as
# a small model drops and invents many of them.
_ANSWERS = ((0.3, 0.0), (0.3, 1.0), (0.6, 1.0), (0.6, 2.0))
_TOP_K = 50
_LONGEST_LOOP = 16  # tokens that a text may repeat before it is taken for a loop


@dataclass(slots=True)
class _Written:
    """A candidate at work."""

    number: int
    generator: torch.Generator
    temperature: float
    favour: float  # nats that tokens of the passage are likelier by
    ids: list[int] = field(default_factory=list)
    entropy: list[float] = field(default_factory=list)  # nats
    log_likelihood: float = 0.0
    is_done: bool = False


class LeftToRight:
    """A planned request whose context is encoded; stands where an `InfillJob` stands."""

    def __init__(
        self,
        engine: InfillEngine,
        request: Generate,
        plan: InfillPlan,
        context: tuple[KVCache, int],
        prompt: Sequence[int],
        limit: int,
    ) -> None:
        """Prepare to run.

        Args:
            engine: What the job works with.
            request: What was asked.
            plan: The region's layout in the document.
            context: The prompt's cache, and how many of its tokens were reused.
            prompt: What the model goes on from: the text before the region, or a conversation.
            limit: Tokens of a text at most.
        """
        self.engine, self.request, self.plan = engine, request, plan
        self.cache, self.reused = context
        self.num_slots = self.max_steps = limit
        self._prompt = list(prompt)
        self._is_answer = bool(request.instruction.strip())
        self._favoured = self._passage_ids() if self._is_answer else []

    @classmethod
    def planned(
        cls,
        engine: InfillEngine,
        request: Generate,
        plan: InfillPlan,
        contexts: ContextCache,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> "LeftToRight":
        """Plan a request; a cancel is looked at between pieces of its context.

        Raises:
            BadRequestError: If there is nothing to go on from.
        """
        if not plan.prefix:
            raise BadRequestError("There is no text to go on from. Write a few words first.")
        limit = _PARAGRAPH if request.num_slots is None else request.num_slots
        context = contexts.encode(engine.model, plan.prefix, is_cancelled)
        return cls(engine, request, plan, context, plan.prefix, limit)

    @torch.inference_mode()
    def run(self) -> Iterator[Progress]:
        """Write all candidates out; stop iterating to cancel."""
        texts = [self._begun(number) for number in range(self.request.candidates)]
        rows = list(texts)
        cache, logits = self._opened(len(texts))
        forbidden = self._forbidden()
        while rows:
            tokens = self._drawn(rows, logits, forbidden)
            kept: list[int] = []
            for place, one in enumerate(rows):
                one.is_done = self._has_ended(one) or len(one.ids) >= self.num_slots
                if one.ids:
                    yield self._step(one)
                if one.is_done:
                    yield self._done(one)
                else:
                    kept.append(place)
            rows = [rows[place] for place in kept]
            if rows:
                chosen = torch.tensor(kept, device=tokens.device)
                cache = cache.take(chosen)
                hidden = self.engine.model.encode(tokens[chosen], cache)
                logits = self.engine.model.logits(hidden[:, -1])

    def steer(self, request: Steer) -> None:
        """Take nothing: what is written from the left cannot be changed in between."""

    def alternatives(self, request: FindAlternatives) -> tuple[TokenOption, ...]:
        """Return none: what was believed of a token is not kept."""
        return ()

    def branch(self, request: Branch) -> "LeftToRight":
        """Refuse.

        Raises:
            BadRequestError: Always.
        """
        raise BadRequestError(FORGOTTEN)

    def _passage_ids(self) -> list[int]:
        """Return the tokens of the passage, within a text and at its beginning; an end is likely.

        Else a text whose words are all likelier would never end.
        """
        encode, passage = self.engine.codec.encode, self.request.region.strip()
        return sorted({*encode(passage), *encode(f" {passage}"), *self.engine.end_ids})

    def _begun(self, number: int) -> _Written:
        generator = new_generator(self.engine, self.request.seed + number)
        temperature, favour = _TEMPERATURE, 0.0
        if self._is_answer:
            temperature, favour = _ANSWERS[number % len(_ANSWERS)]
        return _Written(number, generator, temperature, favour)

    def _opened(self, count: int) -> tuple[KVCache, Tensor]:
        """Return the prompt's cache as branches, and what may come first in each [count, V]."""
        model = self.engine.model
        last = torch.tensor([self._prompt[-1:]], device=model.device)
        cache = self.cache.cut(len(self._prompt) - 1).branch()
        hidden = model.encode(last, cache)
        logits = model.logits(hidden[:, -1])
        rows = torch.zeros(count, dtype=torch.int64, device=model.device)
        return cache.branch().take(rows), logits.expand(count, -1).clone()

    def _forbidden(self) -> Tensor:
        """Return what no token may become [V] bool: what is no text, but for an end."""
        mask = torch.zeros(self.engine.codec.vocab_size, dtype=torch.bool)
        mask[self.engine.forbidden_ids] = True
        mask[list(self.engine.end_ids)] = False
        return mask.to(self.engine.model.device)

    def _drawn(self, rows: Sequence[_Written], logits: Tensor, forbidden: Tensor) -> Tensor:
        """Draw a token a row [B, 1] and note it."""
        never = forbidden.expand_as(logits)
        if not rows[0].ids:
            never = never.clone()
            self._guard_beginning(never)
        logits = logits.masked_fill(never, -math.inf)
        if self._favoured:
            favours = torch.tensor([one.favour for one in rows], device=logits.device)
            logits[:, self._favoured] += favours[:, None]
        shares = logits.log_softmax(dim=-1)
        values, ids = largest(logits, min(_TOP_K, logits.shape[1]))
        found = []
        for row, one in enumerate(rows):
            uniform = torch.rand(values.shape[1], generator=one.generator, device=values.device)
            noise = -torch.log(-torch.log(uniform.clamp(1e-6, 1 - 1e-6)))
            token = int(ids[row, (values[row] / one.temperature + noise).argmax()])
            one.ids.append(token)
            one.log_likelihood += float(shares[row, token])
            certain = shares[row].exp()
            one.entropy.append(float(-(certain * shares[row].clamp_min(-1e4)).sum()))
            found.append(token)
        return torch.tensor(found, device=logits.device)[:, None]

    def _guard_beginning(self, never: Tensor) -> None:
        """Forbid, in masks [B, V], what a text must not begin with."""
        never[:, list(self.engine.end_ids)] = True
        if not self._is_answer and self.plan.healed:
            never |= self.engine.codec.not_starting_with(self.plan.healed).to(never.device)

    def _has_ended(self, one: _Written) -> bool:
        """Whether a text is at its end; the token that ended it is taken away."""
        if one.ids[-1] in self.engine.end_ids:
            self._drop_last(one)
            return True
        text = self.engine.codec.decode(one.ids, errors="ignore")
        if self._is_answer:
            passage = self.request.region.strip()
            answered = cleaned(text, passage, is_whole=False)
            ended = bool(answered) and "\n\n" in text.strip() and "\n\n" not in passage
            return ended or _is_looping(one.ids)
        if self.request.length.mode is LengthMode.PARAGRAPH or not self.request.region:
            is_prose = self.request.language in PROSE
            body = self._without_healed(text).lstrip("\n" if is_prose else "\r")
            if ("\n" if is_prose else "\n\n") in body:
                return True
        return _is_looping(one.ids)

    @staticmethod
    def _drop_last(one: _Written) -> None:
        one.ids.pop()
        one.entropy.pop()

    def _without_healed(self, text: str) -> str:
        return text.removeprefix(self.plan.healed.decode(errors="ignore"))

    def _draft(self, one: _Written, *, is_whole: bool) -> Draft:
        """Return the region's text as it stands."""
        plan, codec = self.plan, self.engine.codec
        healed = b"" if self._is_answer else plan.healed
        accepted = [True] * len(one.ids)
        draft = draft_of(codec, one.ids, one.entropy, accepted, healed)
        if self._is_answer:
            text = cleaned(draft.text, self.request.region.strip(), is_whole=is_whole)
        elif is_whole:
            text = self._ended_well(draft.text)
        else:
            text = draft.text
        return _cut_to(draft, text).within(plan.lead, plan.trail)

    def _ended_well(self, text: str) -> str:
        """Return a text without the white space that showed its paragraph's end."""
        if self.request.region and self.request.length.mode is not LengthMode.PARAGRAPH:
            return text
        lead = text[: len(text) - len(text.lstrip())]
        is_prose = self.request.language in PROSE
        return lead + text.lstrip().partition("\n" if is_prose else "\n\n")[0].rstrip()

    def _step(self, one: _Written) -> InfillStep:
        return InfillStep(
            candidate=one.number,
            step=len(one.ids),
            draft=self._draft(one, is_whole=False),
            raw=self.engine.codec.decode(one.ids, errors="ignore"),
            mean_entropy=sum(one.entropy) / max(1, len(one.entropy)),
        )

    def _done(self, one: _Written) -> CandidateDone:
        draft = self._draft(one, is_whole=True)
        mean = one.log_likelihood / max(1, len(one.ids))
        return CandidateDone(
            candidate=one.number,
            seed=self.request.seed + one.number,
            draft=draft,
            steps=max(1, len(one.ids)),
            has_converged=len(one.ids) < self.num_slots,
            score=Score(total=mean + self._worth(draft.text), log_likelihood=mean),
        )

    def _worth(self, text: str) -> float:
        """Return how a text fits its surroundings and what was asked, in nats; more is better."""
        plan, request, engine = self.plan, self.request, self.engine
        core = plan.core(text)
        worth = 0.0
        if plan.suffix and plan.prefix:
            ids = engine.codec.encode(core)
            context = self.cache.cut(len(plan.prefix) - 1)
            ahead = plan.suffix[: engine.profile.following]
            (found,) = likelihoods(engine.model, context, plan.prefix[-1], [ids], ahead)
            worth += found.leading
        if not core.strip() or text in request.avoid or core == plan.core(request.region):
            worth -= USELESS_COST
        return worth


def _is_looping(ids: Sequence[int]) -> bool:
    """Whether a text ends in the same tokens three times over."""
    for size in range(2, _LONGEST_LOOP + 1):
        last = ids[-size:]
        if len(ids) >= 3 * size and ids[-2 * size : -size] == last == ids[-3 * size : -2 * size]:
            return True
    return False


def _cut_to(draft: Draft, text: str) -> Draft:
    """Return a draft whose text is `text`, with the spans of what is kept of it."""
    at = draft.text.find(text)
    if at < 0:  # joined from several lines: one span for all of it
        return Draft(text=text, spans=tuple(_whole(draft, text)))
    spans = [
        replace(span, start=max(span.start, at) - at, end=min(span.end, at + len(text)) - at)
        for span in draft.spans
        if span.end > at and span.start < at + len(text)
    ]
    return Draft(text=text, spans=tuple(spans))


def _whole(draft: Draft, text: str) -> list[DraftSpan]:
    return [replace(draft.spans[0], start=0, end=len(text))] if draft.spans and text else []
