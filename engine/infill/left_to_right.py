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
    LengthMode,
    Score,
    Steer,
    WordOption,
)
from engine.errors import BadRequestError
from engine.infill.context import ContextCache
from engine.infill.draft import draft_of
from engine.infill.hypotheses import new_generator
from engine.infill.ranking import likelihoods
from engine.infill.rewriting import cleaned
from engine.infill.task import InfillTask
from engine.model import KVCache
from engine.region.lines import PROSE
from engine.region.progress import FORGOTTEN, WRITTEN_ON, CandidateDone, Draft, DraftStep, Progress
from engine.region.region import USELESS_COST
from kernels.largest import largest

_PARAGRAPH = 256  # tokens at most
_TEMPERATURE = 0.7
# Of the answers to an instruction: how warm they are drawn, and how much what the passage is made
# of is favoured, in nats. The first is the safest; the others keep more of the passage's words, as
# a small model drops and invents many of them.
_ANSWERS = ((0.3, 0.0), (0.3, 1.0), (0.6, 1.0), (0.6, 2.0))
_TOP_K = 50
# Small models that write on their own fall into a loop sooner or later.
_LONGEST_LOOP = 16  # tokens that a text may repeat before it is taken for a loop


@dataclass(slots=True)
class _Text:
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

    def __init__(self, task: InfillTask, limit: int) -> None:
        """Go on from what the task has committed, with at most `limit` tokens."""
        self.task = task
        self.num_slots = self.max_steps = limit
        self._engine, self._request, self._plan = task.engine, task.request, task.plan
        self._is_answer = bool(task.region.settings.instruction.strip())
        self._favoured = self._passage_ids() if self._is_answer else []

    @classmethod
    def planned(
        cls, task: InfillTask, contexts: ContextCache, is_cancelled: Callable[[], bool]
    ) -> "LeftToRight":
        """Encode a task's context; a cancel is looked at between pieces of it.

        Raises:
            BadRequestError: If there is nothing to go on from.
        """
        if not task.plan.prefix:
            raise BadRequestError("There is no text to go on from. Write a few words first.")
        wished = task.region.settings.num_slots
        limit = _PARAGRAPH if wished is None else wished
        return cls(task.encoded(contexts, is_cancelled), limit)

    @torch.inference_mode()
    def run(self) -> Iterator[Progress]:
        """Write all candidates out; stop iterating to cancel."""
        texts = [self._begun(number) for number in range(self._request.settings.candidates)]
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
                hidden = self._engine.model.encode(tokens[chosen], cache)
                logits = self._engine.model.logits(hidden[:, -1])

    def steer(self, request: Steer) -> None:
        """Take nothing: what is written from the left cannot be changed in between."""

    def alternatives(self, request: FindAlternatives) -> tuple[WordOption, ...]:
        """Refuse: what was believed of a word is not kept.

        Raises:
            BadRequestError: Always.
        """
        raise BadRequestError(WRITTEN_ON)

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
        encode, passage = self._engine.codec.encode, self._request.region.strip()
        return sorted({*encode(passage), *encode(f" {passage}"), *self._engine.end_ids})

    def _begun(self, number: int) -> _Text:
        generator = new_generator(self._engine, self._request.seed + number)
        temperature, favour = _TEMPERATURE, 0.0
        if self._is_answer:
            temperature, favour = _ANSWERS[number % len(_ANSWERS)]
        return _Text(number, generator, temperature, favour)

    def _opened(self, count: int) -> tuple[KVCache, Tensor]:
        """Return the prompt's cache as branches, and what may come first in each [count, V]."""
        model = self._engine.model
        last = torch.tensor([self._plan.prefix[-1:]], device=model.device)
        # The job's own branch: the committed context is the next request's as well.
        cache = self.task.cache.cut(len(self._plan.prefix) - 1).branch()
        hidden = model.encode(last, cache)
        logits = model.logits(hidden[:, -1])
        rows = torch.zeros(count, dtype=torch.int64, device=model.device)
        return cache.branch().take(rows), logits.expand(count, -1).clone()

    def _forbidden(self) -> Tensor:
        """Return what no token may become [V] bool: what is no text, but for an end."""
        mask = torch.zeros(self._engine.codec.vocab_size, dtype=torch.bool)
        mask[self._engine.forbidden_ids] = True
        mask[list(self._engine.end_ids)] = False
        return mask.to(self._engine.model.device)

    def _drawn(self, rows: Sequence[_Text], logits: Tensor, forbidden: Tensor) -> Tensor:
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
            # Gumbel noise and the greatest: a draw from the softmax with one number for each token
            # looked at.
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
        never[:, list(self._engine.end_ids)] = True
        if not self._is_answer and self._plan.healed:
            never |= self._engine.codec.not_starting_with(self._plan.healed).to(never.device)

    def _has_ended(self, one: _Text) -> bool:
        """Whether a text is at its end; the token that ended it is taken away."""
        if one.ids[-1] in self._engine.end_ids:
            self._drop_last(one)
            return True
        text = self._engine.codec.decode(one.ids, errors="ignore")
        if self._is_answer:
            passage = self._request.region.strip()
            answered = cleaned(text, passage, is_whole=False)
            ended = bool(answered) and "\n\n" in text.strip() and "\n\n" not in passage
            return ended or _is_looping(one.ids)
        if self._request.settings.length.mode is LengthMode.PARAGRAPH or not self._request.region:
            is_prose = self._request.language in PROSE
            body = self._without_healed(text).lstrip("\n" if is_prose else "\r")
            # A program's paragraph ends with an empty line, prose's with its line.
            if ("\n" if is_prose else "\n\n") in body:
                return True
        return _is_looping(one.ids)

    @staticmethod
    def _drop_last(one: _Text) -> None:
        one.ids.pop()
        one.entropy.pop()

    def _without_healed(self, text: str) -> str:
        return text.removeprefix(self._plan.healed.decode(errors="ignore"))

    def _draft(self, one: _Text, *, is_whole: bool) -> Draft:
        """Return the region's text as it stands."""
        plan, codec = self._plan, self._engine.codec
        healed = b"" if self._is_answer else plan.healed
        accepted = [True] * len(one.ids)
        draft = draft_of(codec, one.ids, one.entropy, accepted, healed)
        if self._is_answer:
            text = cleaned(draft.text, self._request.region.strip(), is_whole=is_whole)
        elif is_whole:
            text = self._ended_well(draft.text)
        else:
            text = draft.text
        return _cut_to(draft, text).within(plan.lead, plan.trail)

    def _ended_well(self, text: str) -> str:
        """Return a text without the white space that showed its paragraph's end."""
        if self._request.region and self._request.settings.length.mode is not LengthMode.PARAGRAPH:
            return text
        lead = text[: len(text) - len(text.lstrip())]
        is_prose = self._request.language in PROSE
        return lead + text.lstrip().partition("\n" if is_prose else "\n\n")[0].rstrip()

    def _step(self, one: _Text) -> DraftStep:
        return DraftStep(
            candidate=one.number,
            step=len(one.ids),
            draft=self._draft(one, is_whole=False),
            raw=self._engine.codec.decode(one.ids, errors="ignore"),
            mean_entropy=sum(one.entropy) / max(1, len(one.entropy)),
        )

    def _done(self, one: _Text) -> CandidateDone:
        draft = self._draft(one, is_whole=True)
        mean = one.log_likelihood / max(1, len(one.ids))
        return CandidateDone(
            candidate=one.number,
            seed=self._request.seed + one.number,
            draft=draft,
            steps=max(1, len(one.ids)),
            has_converged=len(one.ids) < self.num_slots,
            score=Score(total=mean + self._worth(draft.text), log_likelihood=mean),
        )

    def _worth(self, text: str) -> float:
        """Return how a text fits its surroundings and what was asked, in nats; more is better."""
        plan, request, engine = self._plan, self._request, self._engine
        core = plan.core(text)
        worth = 0.0
        if plan.suffix and plan.prefix:
            ids = engine.codec.encode(core)
            context = self.task.cache.cut(len(plan.prefix) - 1)
            ahead = plan.suffix[: engine.profile.following]
            (found,) = likelihoods(engine.model, context, plan.prefix[-1], [ids], ahead)
            # Its own likelihood is in the draw already.
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
