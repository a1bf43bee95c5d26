"""One request at work: candidates of several lengths in one batch, finalized and ranked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch

from engine.api import Branch, FindAlternatives, Generate, Mode, Score, Steer, WordOption
from engine.denoiser import Begun, Denoising
from engine.errors import BadRequestError
from engine.infill.batch import Batch
from engine.infill.canvases import LAST_STEPS, Canvases
from engine.infill.context import ContextCache
from engine.infill.engine import InfillEngine
from engine.infill.finalizing import finalize
from engine.infill.frame import Frame
from engine.infill.hypotheses import find_first_look, make_hypotheses, new_generator
from engine.infill.hypothesis import Hypothesis
from engine.infill.steering import Steering, alternatives, step_to_resume
from engine.infill.task import InfillTask
from engine.patterns import LIMIT_S
from engine.region.progress import FORGOTTEN, CandidateDone, Draft, DraftStep, Progress

_WORSE = 1.0  # nats that a text may be worse than one that is there already, and stand for it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beginning:
    """What a job works on first."""

    hypotheses: Sequence[Hypothesis]  # all at the same canvas
    denoising: Denoising | None = None  # where a branch goes on; None: from the beginning
    # Makes the hypotheses to work on, once those given, a first look, are shown.
    draft: Callable[[], list[Hypothesis]] | None = None


class InfillJob:
    """A planned request whose context is encoded; `run` draws its steps."""

    def __init__(self, task: InfillTask, beginning: Beginning) -> None:
        """Prepare to run; use `planned` or `branch`."""
        self.task, self.hypotheses = task, list(beginning.hypotheses)
        self._resumed, self._draft = beginning.denoising, beginning.draft
        settings, steps = task.region.settings, task.engine.sampler.max_steps
        is_warm = bool(task.plan.old) and self._resumed is None
        skipped = steps - round(settings.strength * steps) if is_warm else 0
        self._is_unchanged = skipped == steps
        self._canvases = Canvases(
            task=task,
            steps_skipped=skipped,
            denoises=settings.mode is not Mode.CAUSAL or self._resumed is not None,
        )
        number = max(len(one.plan.blocks) - one.block for one in self.hypotheses)
        # Of the longest hypothesis; a renoised word may add some.
        self.max_steps = steps * number - (self._resumed.number if self._resumed else skipped)
        if self._draft or any(one.start for one in self.hypotheses):
            self.max_steps += LAST_STEPS + 1  # and the better one of the two once more
        elif self._resumed is None and any(one.writes_on for one in self.hypotheses):
            self.max_steps = LAST_STEPS * number
        self._shown: dict[int, list[tuple[Hypothesis, Frame]]] = {}  # of each candidate, by step
        self._running: Batch | None = None
        self._texts: set[str] = set()  # that candidates have come to

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
        return cls.of(InfillTask.planned(engine, request).encoded(contexts, is_cancelled))

    @classmethod
    def of(cls, task: InfillTask) -> "InfillJob":
        """Make the hypotheses of a task whose context is encoded, or those of a first look.

        Raises:
            BadRequestError: If no text has the length that was asked for.
        """
        look = find_first_look(task)
        if look is None:
            return cls(task, Beginning(hypotheses=make_hypotheses(task)))
        numbers = range(task.region.settings.candidates)
        shown = [look.hypothesis.of_candidate(number) for number in numbers]
        draft = partial(make_hypotheses, task, look.beliefs)
        return cls(task, Beginning(hypotheses=shown, draft=draft))

    @torch.inference_mode()
    def branch(self, request: Branch) -> "InfillJob":
        """Return the job that goes on from a frame of this one.

        Raises:
            BadRequestError: If there is no such frame.
        """
        seen = self.seen(request.candidate, max(request.step, 1))
        if seen is None:
            raise BadRequestError(FORGOTTEN)
        engine, (parent, frame) = self.task.engine, seen
        own = parent.until(frame, request.seed, new_generator(engine, request.seed))
        begun = Begun(
            cache=frame.cache,
            clamp=frame.clamp,
            state=frame.after if request.step else frame.before,
            sampler=engine.sampler,
            generators=[own.generator],
            steps_done=step_to_resume(engine, frame.number if request.step else 0),
        )
        steering = Steering(
            hypothesis=own, frame=frame, changes=request.changes, holds_rest=request.holds_rest
        )
        denoising = Denoising(engine.stepper, begun)
        steering.apply(engine, denoising, 0)
        task = self.task.branched(request, own.plan)
        return InfillJob(task, Beginning(hypotheses=[own], denoising=denoising))

    @property
    def num_slots(self) -> int:
        """Slots of the longest hypothesis."""
        return max(one.plan.num_slots for one in self.hypotheses)

    @torch.inference_mode()
    def run(self) -> Iterator[Progress]:
        """Work all candidates out; stop iterating to cancel.

        Raises:
            BadRequestError: If no candidate satisfies the constraints.
        """
        if self._is_unchanged:
            yield self._unchanged()
            return
        if self._draft is not None:
            yield from map(self._show, self.hypotheses)
            self.hypotheses = self._draft()
        first = self._resumed or self._canvases.begun(self.hypotheses, self.task.cache)
        waiting = [self._canvases.batch(self.hypotheses, first)]
        results: dict[int, list[tuple[CandidateDone, Hypothesis]]] = {}
        # Chosen one after the other, or which texts are new would hang on who ends first.
        order = sorted({one.candidate for one in self.hypotheses})
        while waiting:
            # First come, first served: all of one batch end before a canvas that follows begins.
            self._running = waiting.pop(0)
            for step in self._running.run():
                yield from map(self._show, step.shown)
                for one in step.finished:
                    if one.is_complete(self.task.engine.end_ids):
                        done = results.setdefault(one.candidate, [])
                        waiting += self._finished(one, done)
                    else:
                        waiting.append(self._canvases.following(one))
                while order and not self._is_open(order[0], waiting):
                    if ended := results.get(order.pop(0)):
                        yield from self._choose(ended)
        if not any(results.values()):
            raise self._nothing_found()

    def steer(self, request: Steer) -> None:
        """Change the canvas of a candidate that is running; others take nothing."""
        shown = self._shown.get(request.candidate)
        if self._running is not None and shown:
            # What the user pointed at is a step that was shown; the job may be steps ahead by now.
            seen, frame = self.seen(request.candidate, request.step) or shown[-1]
            # The length that was seen may have been given up since.
            running = seen if seen in self._running.hypotheses else shown[-1][0]
            # A text that the user has changed is not to be held against the draft it came from.
            running.forget_draft()
            self._running.steer(Steering(hypothesis=running, frame=frame, changes=request.changes))

    def alternatives(self, request: FindAlternatives) -> tuple[WordOption, ...]:
        """Return the likeliest words of a place in a frame, best first; none if it is gone."""
        seen = self.seen(request.candidate, request.step)
        return alternatives(self.task.engine, *seen, request) if seen else ()

    def seen(self, candidate: int, step: int) -> tuple[Hypothesis, Frame] | None:
        """Return the hypothesis and the frame that were shown as a candidate's step."""
        shown = self._shown.get(candidate, [])
        return shown[step - 1] if 1 <= step <= len(shown) else None

    def _unchanged(self) -> CandidateDone:
        """Return the region's own text: a strength of zero changes nothing."""
        return CandidateDone(
            candidate=0,
            seed=self.task.request.seed,
            draft=Draft.in_one_piece(self.task.old_text),
            steps=0,
            has_converged=True,
            score=Score(total=0.0, log_likelihood=0.0),
        )

    def _finished(
        self, hypothesis: Hypothesis, done: list[tuple[CandidateDone, Hypothesis]]
    ) -> Iterator[Batch]:
        """Note what a complete hypothesis has come to, and yield what is to be tried beside it."""
        if (result := self._finalize(hypothesis)) is not None:
            done.append((result, hypothesis))
            if _is_behind_its_draft(result, hypothesis):
                yield self._canvases.whole_draft(hypothesis)
        draft = hypothesis.at_its_draft
        if draft and (result := self._finalize(draft)) is not None:
            done.append((result, draft))

    def _finalize(self, hypothesis: Hypothesis) -> CandidateDone | None:
        return None if self.task.rule.limit.is_over else finalize(self.task, hypothesis)

    def _nothing_found(self) -> BadRequestError:
        if self.task.rule.limit.is_over:
            return BadRequestError(
                f"No text that satisfies the constraints was found in {LIMIT_S:.0f} seconds. "
                "Choose a simpler expression, or another length."
            )
        return BadRequestError(
            "No text of this length satisfies the constraints. Allow another length, or "
            "choose a simpler expression."
        )

    def _is_open(self, candidate: int, waiting: Sequence[Batch]) -> bool:
        running = [self._running] if self._running else []
        open_ones = [one for batch in (*waiting, *running) for one in batch.hypotheses]
        return any(one.candidate == candidate for one in open_ones)

    def _show(self, hypothesis: Hypothesis) -> DraftStep:
        """Return the hypothesis's latest frame as its candidate's next step."""
        engine, frame = self.task.engine, hypothesis.last
        shown = self._shown.setdefault(hypothesis.candidate, [])
        shown.append((hypothesis, frame))
        return DraftStep(
            candidate=hypothesis.candidate,
            step=len(shown),
            draft=hypothesis.draft(engine, frame),
            raw=hypothesis.raw(engine.codec, frame),
            mean_entropy=frame.mean_entropy,
        )

    def _choose(self, done: list[tuple[CandidateDone, Hypothesis]]) -> Iterator[Progress]:
        """Yield a candidate's best hypothesis, after a last step that shows it.

        Drafts that differ often come to one text. The first candidate is what its seed makes of it;
        of another the draft stands then, for the same text twice is no choice.
        """
        good = max(pair[0].score.total for pair in done) - _WORSE
        is_new = [
            pair
            for pair in done
            if pair[0].draft.text not in self._texts and pair[0].score.total > good
        ]
        of_all = done if done[0][0].candidate == 0 else is_new or done
        best, hypothesis = max(of_all, key=lambda pair: pair[0].score.total)
        self._texts.add(best.draft.text)
        shown = self._shown[hypothesis.candidate]
        # The winner may be a length that was never the surest: it has to be seen before it is the
        # result.
        if shown[-1] != (hypothesis, hypothesis.last):
            yield self._show(hypothesis)
        # Counted as they were shown, over all lengths, so that a step's number finds its frame.
        yield replace(best, steps=len(shown))


def _is_behind_its_draft(done: CandidateDone, hypothesis: Hypothesis) -> bool:
    draft = hypothesis.start
    return draft is not None and hypothesis.start_share < 1.0 and done.score.total < draft.score
