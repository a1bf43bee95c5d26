"""A passage rewritten by instruction, sentence by sentence, in the model's own chat.

A small model loses less of a sentence than of a passage. Of each sentence several answers are
written side by side, which costs little more than one; they stand in one list with what rules make
of the sentence, and the best of the list goes on.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf

import torch

from engine.api import (
    Branch,
    DraftSpan,
    FindAlternatives,
    Generate,
    Length,
    LengthMode,
    Mode,
    Score,
    Steer,
    WordOption,
)
from engine.errors import BadRequestError, StoppedError
from engine.infill.context import ContextCache
from engine.infill.half_sentence import goes_on, is_amid, without_capital, without_stop
from engine.infill.left_to_right import LeftToRight
from engine.infill.plan import InfillPlan
from engine.infill.ranking import Likelihood, likelihoods
from engine.infill.rewriting import (
    SYSTEM,
    first_sentence,
    in_parts,
    is_talk,
    sentences,
    whole_sentences,
    without_mark,
)
from engine.infill.task import InfillTask
from engine.infill.wishes import LENGTH_COST, by_rule, change, cost, least_needed, moves, wish_of
from engine.region.lines import ends_sentence
from engine.region.progress import FORGOTTEN, WRITTEN_ON, CandidateDone, Draft, Progress
from engine.region.region import USELESS_COST

_ANSWERS = 4  # written of each sentence
_CORRECTIONS = 8  # the same, where mistakes are corrected: many correct one and overlook another
# What a rewrite of n tokens may have at most.
# The tokens on top are for short sentences, which a mere share would leave no other words.
_ROOM = {LengthMode.SHORTER: (1.0, 4), LengthMode.LONGER: (2.5, 24)}
_DEFAULT_ROOM = (1.5, 12)
_NEARLY = 1.0  # nats below the best that a sentence of another candidate may be
_SEEN = 600  # characters of a document that a correction is judged by
_TOO_MUCH = 2.0  # nats that nothing is changed for only in order to change something
_SENTENCE = 40  # tokens of a sentence that is added
_JUDGED_AT_ONCE = 1024  # tokens of texts between two looks at a cancel


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A text for a sentence, and what it is worth in nats."""

    text: str
    worth: float


class Rewriting:
    """A planned rewrite; stands where an `InfillJob` stands."""

    def __init__(self, task: InfillTask, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Prepare to run; a cancel is looked at while sentences are judged, too.

        Raises:
            BadRequestError: If there is nothing to rewrite, or a sentence is too long for it.
        """
        self.task = task
        self.engine, self.request, self.plan = task.engine, task.request, task.plan
        self._is_cancelled = is_cancelled
        self._passage = task.plan.core(task.request.region)
        if not self._passage.strip():
            raise BadRequestError("Select the text that the instruction is about.")
        self._wish = wish_of(task.region.settings.instruction, task.region.settings.length.mode)
        self._sentences = sentences(self._passage)
        self._prompts = [self._prompt(in_parts(one)[1]) for one in self._sentences]
        longest = max(map(len, self._prompts))
        if longest > task.engine.max_context:
            raise BadRequestError(
                f"A sentence is too long to be rewritten at once ({longest} tokens, at most "
                f"{task.engine.max_context}). Select less of it."
            )
        self.num_slots = self.max_steps = sum(map(self._room, self._sentences)) + _SENTENCE
        self._steps = 0
        self._rest = ""  # what stands behind the sentence in work
        # Where the passage is a part of a sentence, its rewrite is one.
        self._is_amid = is_amid(task.request.before + task.plan.lead)
        after = task.plan.trail + task.request.after
        self._goes_on = goes_on(after) and not ends_sentence(self._passage)
        # Of its own, so that the document's context, which the next request goes on from, stays.
        self._contexts = ContextCache()  # of the conversations, which begin alike
        self._documents = ContextCache()  # of what has been written so far

    @torch.inference_mode()
    def run(self) -> Iterator[Progress]:
        """Rewrite one sentence after the other; stop iterating to cancel."""
        with suppress(StoppedError):
            yield from self._rewritten()

    def _rewritten(self) -> Iterator[Progress]:
        lists: list[list[_Ranked]] = []
        done = ""
        for sentence, prompt in zip(self._sentences, self._prompts, strict=True):
            lead, own, gap = in_parts(sentence)
            if not own:  # an item without a text
                lists.append([_Ranked(sentence, 0.0)])
                done += sentence
                continue
            # Stopped here, the rest of the passage is as it was.
            self._rest = gap + "".join(self._sentences[len(lists) + 1 :])
            written = yield from self._written(prompt, own, self._room(own), done + lead)
            if lead.strip():
                written = [without_mark(one) for one in written]
            fitting = self._fitting(own, written, len(lists), is_item=bool(lead.strip()))
            ranked = self._ranked(prompt, fitting, done + lead)
            lists.append([_Ranked(lead + one.text + gap, one.worth) for one in ranked])
            done += lists[-1][0].text
        texts, self._rest = self._wholes(lists), ""
        # A small model asked for more often says the same in as many words; one more sentence is
        # longer in any case.
        is_open = self._wish.length is LengthMode.LONGER and not self._goes_on
        if is_open and not any(moves(self._wish, self._passage, one.text) for one in texts):
            more = yield from self._continued(texts[0].text)
            texts = [replace(one, text=one.text + more) for one in texts]
        yield from self._finished(texts)

    def steer(self, request: Steer) -> None:
        """Take nothing: what is written from the left cannot be changed in between."""

    def alternatives(self, request: FindAlternatives) -> tuple[WordOption, ...]:
        """Refuse: what was believed of a word is not kept.

        Raises:
            BadRequestError: Always.
        """
        raise BadRequestError(WRITTEN_ON)

    def branch(self, request: Branch) -> "Rewriting":
        """Refuse.

        Raises:
            BadRequestError: Always.
        """
        raise BadRequestError(FORGOTTEN)

    def _prompt(self, sentence: str) -> list[int]:
        assert self.engine.template is not None
        system = SYSTEM + self.request.settings.instruction.strip()
        return self.engine.template.turns(self.engine.codec, system, sentence)

    def _room(self, sentence: str) -> int:
        share, more = _ROOM.get(self._wish.length, _DEFAULT_ROOM)
        return round(len(self.engine.codec.encode(sentence)) * share) + more

    def _written(
        self, prompt: Sequence[int], sentence: str, room: int, done: str
    ) -> Generator[Progress, None, list[str]]:
        """Write answers; each token of the first is a step behind what is done. Return all."""
        settings = replace(
            self.request.settings,
            candidates=_CORRECTIONS if self._wish.is_correction else _ANSWERS,
            length=Length(mode=self._wish.length),
        )
        # Nothing around the sentence: what is asked is a conversation, in which the document has
        # no part.
        asked = replace(
            self.request, region=sentence, before="", after="", settings=settings, avoid=()
        )
        return (yield from self._shown(asked, prompt, room, done))

    def _continued(self, text: str) -> Generator[Progress, None, str]:
        """Write a sentence that goes on from a text."""
        settings = replace(
            self.request.settings, instruction="", mode=Mode.CAUSAL, candidates=_ANSWERS
        )
        asked = replace(self.request, region="", settings=settings)
        prompt = self.engine.codec.encode(text.rstrip())
        found = yield from self._shown(asked, prompt, _SENTENCE, text)
        firsts = map(first_sentence, found)
        whole = (one for one in firsts if one[-1:] in {".", "!", "?"} and not is_talk(one))
        return next((f" {one}" for one in whole), "")

    def _shown(
        self, asked: Generate, prompt: Sequence[int], room: int, done: str
    ) -> Generator[Progress, None, list[str]]:
        length = self.plan.canvas_length
        plan = InfillPlan(
            prefix=tuple(prompt), old=(), suffix=(), canvas_length=length, blocks=(room,)
        )
        region = replace(self.task.region, request=asked)
        task = InfillTask.of(self.engine, region, plan).encoded(self._contexts)
        job, texts = LeftToRight(task, room), []
        for item in job.run():
            if isinstance(item, CandidateDone):
                text = item.draft.text.strip()
                # One that was cut off at its longest has half a sentence at its end.
                texts.append(text if item.has_converged else whole_sentences(text))
            elif item.candidate == 0:
                # The answers are one list for one sentence; shown is the first, drawn coolest.
                self._steps += 1
                draft = item.draft.within(self.plan.lead + done, self._rest + self.plan.trail)
                for number in range(self.request.settings.candidates):
                    yield replace(item, candidate=number, step=self._steps, draft=draft)
        return texts

    def _fitting(
        self, own: str, written: Sequence[str], number: int, *, is_item: bool
    ) -> list[str]:
        """Return all texts for a sentence, its own the last; a part of one stays a part."""
        texts = [*filter(None, written)]
        # A clause is left out of the sentence alone; letters are put right wherever they stand.
        ruled = [own] if self._wish.length is LengthMode.SHORTER else [*texts, own]
        texts += [one for text in ruled for one in by_rule(self._wish, text)]
        if is_item or (self._goes_on and number == len(self._sentences) - 1):
            texts = [without_stop(one, own) for one in texts]
        if self._is_amid and number == 0:
            lower = [without_capital(one, own) for one in texts]
            # A name may have been written small: what is likelier in the document is judged.
            texts = [*lower, *texts] if self._wish.is_correction else lower
        # The sentence as it is stands in the list as well: a rewrite that is worse than nothing
        # loses to it.
        return [*(one for one in dict.fromkeys(texts) if one != own), own]

    def _ranked(self, prompt: Sequence[int], texts: Sequence[str], done: str) -> list[_Ranked]:
        """Return all texts for a sentence, whose own is the last, the best first."""
        own = texts[-1]
        if self._wish.is_correction:
            likely = self._likely_corrections(own, texts, done)
        else:
            likely = [one.mean for one in self._judged(self._contexts, prompt, texts)]
        ranked = [
            _Ranked(text, worth - cost(self._wish, own, text))
            for text, worth in zip(texts, likely, strict=True)
        ]
        return sorted(ranked, key=lambda one: -one.worth)

    def _likely_corrections(self, own: str, texts: Sequence[str], done: str) -> list[float]:
        """Return how likely each text was meant, in nats a token of the sentence.

        In a conversation about it the model finds likeliest what was written, with its mistakes; so
        it judges what goes on in the document, and what that goes on with.
        """
        before = (self.request.before + self.plan.lead + done)[-_SEEN:]
        gap = " " if before.endswith(" ") else ""
        prompt = self.engine.codec.encode(before.removesuffix(" ") or "\n\n")
        behind = (self.plan.trail + self.request.after)[:_SEEN]
        is_cut = self._goes_on and not self._rest  # only the last sentence may be
        following = self.engine.codec.encode(behind) if is_cut else []
        judged = self._judged(self._documents, prompt, [gap + text for text in texts], following)
        length = max(1, len(self.engine.codec.encode(own)))
        return [
            (sum(one.own + one.following) - change(own, text)) / length
            for text, one in zip(texts, judged, strict=True)
        ]

    def _judged(
        self,
        contexts: ContextCache,
        prompt: Sequence[int],
        texts: Sequence[str],
        following: Sequence[int] = (),
    ) -> list[Likelihood]:
        """Return how likely texts are behind a prompt.

        Raises:
            StoppedError: If the job was cancelled.
        """
        ids = [self.engine.codec.encode(one) for one in texts]
        # Most of it is there already.
        context, _ = contexts.encode(self.engine.model, prompt, self._is_cancelled)
        at_once = max(1, _JUDGED_AT_ONCE // max(map(len, ids)))
        found: list[Likelihood] = []
        for start in range(0, len(ids), at_once):
            if self._is_cancelled():
                raise StoppedError("The rewrite was stopped.")
            # Without the last token, which predicts the first one of an answer.
            cache, some = context.cut(len(prompt) - 1), ids[start : start + at_once]
            found += likelihoods(self.engine.model, cache, prompt[-1], some, following)
        return found

    def _wholes(self, lists: Sequence[Sequence[_Ranked]]) -> list[_Ranked]:
        """Return rewrites of the passage: all sentences at their best, or some as good nearly.

        One that differs least in a single sentence is among them, as the best may not be wanted: it
        was seen before, or is the passage itself.
        """
        found = [[_nearly(ranked, number) for ranked in lists] for number in range(_ANSWERS)]
        losses = [ranked[0].worth - ranked[1].worth if ranked[1:] else inf for ranked in lists]
        if min(losses) < _TOO_MUCH:
            place = losses.index(min(losses))
            found.append([*found[0][:place], lists[place][1], *found[0][place + 1 :]])
        return [self._whole(chosen) for chosen in found]

    def _whole(self, chosen: Sequence[_Ranked]) -> _Ranked:
        """Return a rewrite of the passage from one of each sentence."""
        texts, worth = [one.text for one in chosen], sum(one.worth for one in chosen) / len(chosen)
        text = "".join(texts)
        # Half a sentence has its other half outside; a list keeps its items.
        whole = range(int(self._is_amid), len(texts) - int(self._goes_on))
        free = [place for place in whole if not in_parts(texts[place])[0].strip()]
        spare = least_needed(texts, free)
        is_short = self._wish.length is not LengthMode.SHORTER or moves(
            self._wish, self._passage, text
        )
        if not is_short and spare is not None:
            gap = texts[spare][len(texts[spare].rstrip()) :]
            if "\n" in gap and spare > 0:  # what follows begins a paragraph still
                texts[spare - 1] = texts[spare - 1].rstrip() + gap
            text = "".join(texts[:spare] + texts[spare + 1 :])
        return _Ranked(text.rstrip(), worth)

    def _finished(self, texts: Sequence[_Ranked]) -> Iterator[CandidateDone]:
        """Hand over as many as were asked for: different ones, and those not seen yet first."""
        # For a correction the passage itself may be the right answer; else it is none.
        seen = {*self.request.avoid, *([] if self._wish.is_correction else [self.request.region])}
        distinct = list({one.text: one for one in reversed(texts)}.values())[::-1]

        def worth(one: _Ranked) -> float:
            whole = self.plan.lead + one.text + self.plan.trail
            is_wrong = not moves(self._wish, self._passage, one.text)
            return one.worth - USELESS_COST * (whole in seen) - LENGTH_COST * is_wrong

        best = sorted(distinct, key=worth, reverse=True)
        for number in range(self.request.settings.candidates):
            one = best[min(number, len(best) - 1)]
            span = DraftSpan(start=0, end=len(one.text), entropy=0.0, accepted=True)
            yield CandidateDone(
                candidate=number,
                seed=self.request.seed + number,
                draft=Draft(text=one.text, spans=(span,)).within(self.plan.lead, self.plan.trail),
                steps=max(1, self._steps),
                has_converged=True,
                score=Score(total=worth(one), log_likelihood=one.worth),
            )


def _nearly(ranked: Sequence[_Ranked], number: int) -> _Ranked:
    """Return the text of a rank, or of the last before it that is not much worse than the best."""
    near = [one for one in ranked if one.worth > ranked[0].worth - _NEARLY]
    return near[min(number, len(near) - 1)]
