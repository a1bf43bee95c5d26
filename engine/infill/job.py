"""One request at work: candidates of several lengths in one batch, finalized and ranked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import torch

from engine import bounds
from engine.api import Branch, FindAlternatives, Generate, Mode, Score, Steer, TokenOption
from engine.denoiser import Denoising
from engine.errors import BadRequestError
from engine.infill.batch import Batch
from engine.infill.canvases import LAST_STEPS, Canvases
from engine.infill.context import ContextCache
from engine.infill.engine import InfillEngine
from engine.infill.finalizing import finalize
from engine.infill.hypotheses import find_first_look, make_hypotheses, new_generator
from engine.infill.hypothesis import Frame, Hypothesis
from engine.infill.plan import InfillPlan, make_plan
from engine.infill.steering import alternatives, steer, step_to_resume
from engine.model import KVCache
from engine.patterns import LIMIT_S
from engine.region.progress import FORGOTTEN, CandidateDone, Draft, DraftStep, Progress
from engine.region.region import branch_of
from engine.region.rules import Rule, rule_of


class InfillJob:
    """A planned request whose context is encoded; `run` draws its steps."""

    def __init__(
        self,
        engine: InfillEngine,
        request: Generate,
        plan: InfillPlan,
        hypotheses: list[Hypothesis],
        rule: Rule,
        context: tuple[KVCache, int],
        start: Denoising | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
        draft: Callable[[], list[Hypothesis]] | None = None,
    ) -> None:
        """Prepare to run; use `planned` or `branch`.

        Args:
            engine: What the job works with.
            request: What was asked.
            plan: The region's layout.
            hypotheses: The texts to work on, all at the same canvas.
            rule: What they have to satisfy, compiled from the request.
            context: The cache before the region, and how many of its tokens were there before.
            start: Where the hypotheses go on; None: from the beginning.
            is_cancelled: Looked at while a draft of a canvas is written.
            draft: Makes the hypotheses to work on, once those given, a first look, are shown.
        """
        self._draft = draft
        self.engine, self.request, self.plan, self.hypotheses = engine, request, plan, hypotheses
        self.rule = rule
        self.cache, self.reused = context
        steps = engine.sampler.max_steps
        warm = bool(plan.old) and start is None
        self._steps_skipped = steps - round(request.settings.strength * steps) if warm else 0
        self._first = start
        self._canvases = Canvases(
            engine=engine,
            plan=plan,
            rule=rule,
            cache=self.cache,
            steps_skipped=self._steps_skipped,
            is_cancelled=is_cancelled,
            denoises=request.settings.mode is not Mode.CAUSAL or start is not None,
        )
        number = max(len(hypothesis.plan.blocks) - hypothesis.block for hypothesis in hypotheses)
        # Of the longest hypothesis; a melted word may add some.
        self.max_steps = steps * number - (start.number if start else self._steps_skipped)
        if draft or any(hypothesis.start for hypothesis in hypotheses):
            self.max_steps += LAST_STEPS + 1  # and the better one of the two once more
        elif start is None and any(hypothesis.writes_on for hypothesis in hypotheses):
            self.max_steps = LAST_STEPS * number
        self._shown: dict[int, list[tuple[Hypothesis, Frame]]] = {}  # of each candidate, by step
        self._running: Batch | None = None

    @classmethod
    def planned(
        cls,
        engine: InfillEngine,
        request: Generate,
        contexts: ContextCache,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> "InfillJob":
        """Plan a request and encode its context; a cancel is looked at between pieces of it.

        Raises:
            BadRequestError: If the request cannot be carried out.
        """
        check(engine, request)
        plan = plan_of(engine, request)
        context = contexts.encode(engine.model, plan.prefix, is_cancelled)
        return cls.laid_out(engine, request, plan, context, is_cancelled)

    @classmethod
    def laid_out(
        cls,
        engine: InfillEngine,
        request: Generate,
        plan: InfillPlan,
        context: tuple[KVCache, int],
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> "InfillJob":
        """Make the hypotheses of a plan whose context is encoded."""
        rule = rule_of(request)
        for part in plan.layout.parts if plan.layout else ():
            if part.is_pinned and not rule.allows(part.text):
                raise BadRequestError(
                    f"“{part.text.strip()}” is pinned, but the constraints do not allow all of "
                    "its characters, the space before it included. Let it go, or allow them."
                )
        where = (engine, request, plan, rule, context[0])
        look, draft = find_first_look(*where), None
        if look is None:
            hypotheses = make_hypotheses(*where, is_cancelled)
        else:
            hypotheses = [
                replace(look.hypothesis, candidate=number)
                for number in range(request.settings.candidates)
            ]
            draft = partial(make_hypotheses, *where, is_cancelled, look.beliefs)
        return cls(
            engine, request, plan, hypotheses, rule, context, is_cancelled=is_cancelled, draft=draft
        )

    @torch.inference_mode()
    def branch(self, request: Branch) -> "InfillJob":
        """Return the job that goes on from a frame of this one.

        Raises:
            BadRequestError: If there is no such frame.
        """
        seen = self.seen(request.candidate, max(request.step, 1))
        if seen is None:
            raise BadRequestError(FORGOTTEN)
        engine, (parent, frame) = self.engine, seen
        hypothesis = parent.until(frame, request.seed, new_generator(engine, request.seed))
        start = Denoising(
            engine.model,
            frame.cache,
            frame.clamp,
            engine.sampler,
            [hypothesis.generator],
            frame.after if request.step else frame.before,
            steps_done=step_to_resume(engine, frame.number if request.step else 0),
        )
        changes, holds = request.changes, request.holds_rest
        steer(engine, start, 0, hypothesis, frame, changes, holds_rest=holds)
        own = branch_of(self.request, request)
        context = (self.cache, self.cache.length)
        return InfillJob(engine, own, hypothesis.plan, [hypothesis], self.rule, context, start)

    @property
    def num_slots(self) -> int:
        """Slots of the longest hypothesis."""
        return max(hypothesis.plan.num_slots for hypothesis in self.hypotheses)

    @torch.inference_mode()
    def run(self) -> Iterator[Progress]:
        """Work all candidates out; stop iterating to cancel.

        Raises:
            BadRequestError: If no candidate satisfies the constraints.
        """
        if self._steps_skipped == self.engine.sampler.max_steps:
            yield self._unchanged()
            return
        if self._draft is not None:
            yield from map(self._show, self.hypotheses)
            self.hypotheses = self._draft()
        first = self._first or self._canvases.begun(self.hypotheses, self.cache)
        waiting = [self._canvases.batch(self.hypotheses, first)]
        results: dict[int, list[tuple[CandidateDone, Hypothesis]]] = {}
        while waiting:
            self._running = waiting.pop(0)
            for step in self._running.run():
                yield from map(self._show, step.shown)
                for hypothesis in step.finished:
                    if hypothesis.is_complete(self.engine.end_ids):
                        done = results.setdefault(hypothesis.candidate, [])
                        if (result := self._finalize(hypothesis)) is not None:
                            done.append((result, hypothesis))
                            if _is_behind_its_draft(result, hypothesis):
                                waiting.append(self._canvases.whole_draft(hypothesis))
                        draft = hypothesis.at_its_draft
                        if draft and (result := self._finalize(draft)) is not None:
                            done.append((result, draft))
                    else:
                        waiting.append(self._canvases.following(hypothesis))
                for candidate in dict.fromkeys(
                    hypothesis.candidate for hypothesis in step.finished
                ):
                    if not self._is_open(candidate, waiting) and results[candidate]:
                        yield from self._choose(results[candidate])
        if not any(results.values()) and self.rule.limit.is_over:
            raise BadRequestError(
                f"No text that satisfies the constraints was found in {LIMIT_S:.0f} seconds. "
                "Choose a simpler expression, or another length."
            )
        if not any(results.values()):
            raise BadRequestError(
                "No text of this length satisfies the constraints. Allow another length, or "
                "choose a simpler expression."
            )

    def steer(self, request: Steer) -> None:
        """Change the canvas of a candidate that is running; others take nothing."""
        shown = self._shown.get(request.candidate)
        if self._running is not None and shown:
            hypothesis, frame = self.seen(request.candidate, request.step) or shown[-1]
            # The length that was seen may have been given up since.
            running = hypothesis if hypothesis in self._running.hypotheses else shown[-1][0]
            running.start = None  # what the user has changed is no draft's any more
            self._running.steer(running, frame, request.changes)

    def alternatives(self, request: FindAlternatives) -> tuple[TokenOption, ...]:
        """Return the likeliest tokens of a slot in a frame, best first; none if it is gone."""
        seen = self.seen(request.candidate, request.step)
        if seen is None:
            return ()
        return alternatives(self.engine, *seen, request.slot, request.count)

    def seen(self, candidate: int, step: int) -> tuple[Hypothesis, Frame] | None:
        """Return the hypothesis and the frame that were shown as a candidate's step."""
        shown = self._shown.get(candidate, [])
        return shown[step - 1] if 1 <= step <= len(shown) else None

    def _unchanged(self) -> CandidateDone:
        """Return the region's own text: a strength of zero changes nothing."""
        plan, request = self.plan, self.request
        text = plan.soft_before + request.region + plan.soft_after
        return CandidateDone(
            candidate=0,
            seed=request.seed,
            draft=Draft(text="", spans=()).within(text, ""),
            steps=0,
            has_converged=True,
            score=Score(total=0.0, log_likelihood=0.0),
        )

    def _finalize(self, hypothesis: Hypothesis) -> CandidateDone | None:
        if self.rule.limit.is_over:
            return None
        return finalize(self.engine, self.request, self.rule, self.cache, hypothesis)

    def _is_open(self, candidate: int, waiting: Sequence[Batch]) -> bool:
        running = [self._running] if self._running else []
        hypotheses = [
            hypothesis for batch in (*waiting, *running) for hypothesis in batch.hypotheses
        ]
        return any(hypothesis.candidate == candidate for hypothesis in hypotheses)

    def _show(self, hypothesis: Hypothesis) -> DraftStep:
        """Return the hypothesis's latest frame as its candidate's next step."""
        shown = self._shown.setdefault(hypothesis.candidate, [])
        shown.append((hypothesis, hypothesis.last))
        return DraftStep(
            candidate=hypothesis.candidate,
            step=len(shown),
            draft=hypothesis.draft(self.engine, hypothesis.last),
            raw=hypothesis.raw(self.engine.codec, hypothesis.last),
            mean_entropy=hypothesis.last.mean_entropy,
        )

    def _choose(self, done: list[tuple[CandidateDone, Hypothesis]]) -> Iterator[Progress]:
        """Yield a candidate's best hypothesis, after a last step that shows it."""
        best, hypothesis = max(done, key=lambda pair: pair[0].score.total)
        shown = self._shown[hypothesis.candidate]
        if shown[-1] != (hypothesis, hypothesis.last):
            yield self._show(hypothesis)
        yield replace(best, steps=len(shown))


def _is_behind_its_draft(done: CandidateDone, hypothesis: Hypothesis) -> bool:
    draft = hypothesis.start
    return draft is not None and hypothesis.start_share < 1.0 and done.score.total < draft.score


def plan_of(engine: InfillEngine, request: Generate) -> InfillPlan:
    """Lay out a request's region.

    Raises:
        BadRequestError: If the slots, the pins or the template cannot be used.
    """
    return make_plan(
        engine.codec,
        engine.profile,
        engine.canvas_length,
        before=request.before,
        region=request.region,
        after=request.after,
        pinned=request.pinned,
        instruction=request.settings.instruction,
        num_slots=request.settings.num_slots,
        max_context=engine.max_context,
        soft_edge=request.settings.soft_edge,
        template=None if engine.profile.rewrites_in_chat else engine.template,
        language=request.language,
    )


def check(engine: InfillEngine, request: Generate) -> None:
    """Check what can be said of a request before it is planned.

    Raises:
        BadRequestError: With what is wrong, and the bounds.
    """
    bounds.check(request)
    if request.settings.instruction.strip() and not engine.profile.takes_instructions:
        raise BadRequestError(
            "This model takes no instructions. Leave the instruction out, or choose another model."
        )
