"""Regions that are all to have the same text, such as a name wherever it stands.

The text is found where it stands first, as any other; every frame shows it in all places. Of
several candidates that one is best which the whole text is likeliest with, all places in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from engine.api import Branch, FindAlternatives, Form, Generate, Steer, WordOption
from engine.infill.context import ContextCache
from engine.infill.job import InfillJob
from engine.infill.pieces import joined
from engine.infill.ranking import likelihoods
from engine.infill.task import InfillTask
from engine.region.progress import CandidateDone, Draft, DraftStep, Progress, mean_entropy
from engine.region.scope import names_in_scope

_PROPOSED = 6  # texts that are looked at, or as many as are asked for
_JUDGED = 512  # tokens of the whole text


@dataclass(slots=True)
class Tied:
    """A planned request whose regions are all equal; stands where an `InfillJob` stands."""

    task: InfillTask  # of all regions
    _job: InfillJob  # of the first one
    # Of a candidate that another one of the first region's was chosen for: that, from which step
    # on, and its last step.
    _chosen: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    @classmethod
    def planned(
        cls,
        task: InfillTask,
        contexts: ContextCache,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> "Tied":
        """Plan the first region and encode what stands before it.

        Raises:
            BadRequestError: If it cannot be carried out.
        """
        inner = InfillTask.planned(task.engine, _first(task.request))
        return cls(task, InfillJob.of(inner.encoded(contexts, is_cancelled)))

    @property
    def num_slots(self) -> int:
        """Slots of the first region's longest text."""
        return self._job.num_slots

    @property
    def max_steps(self) -> int:
        """Steps of it at most."""
        return self._job.max_steps

    def run(self) -> Iterator[Progress]:
        """Work the first region's candidates out, and yield them in all regions.

        Raises:
            BadRequestError: If none satisfies the constraints.
        """
        wanted, done = self.task.request.settings.candidates, list[CandidateDone]()
        shown = dict.fromkeys(range(wanted), 0)
        for item in self._job.run():
            if isinstance(item, CandidateDone):
                done.append(self._judged(item))
            # What was not asked for is worked out to be chosen from, and not shown.
            elif item.candidate < wanted:
                shown[item.candidate] = item.step
                yield self._everywhere(item)
        done.sort(key=lambda one: -one.score.total)
        for number, best in enumerate(done[:wanted]):
            step = best.steps
            if best.candidate != number:
                step = shown[number] + 1
                yield DraftStep(
                    candidate=number,
                    step=step,
                    draft=best.draft,
                    raw=best.draft.text,
                    mean_entropy=mean_entropy(best.draft.spans),
                )
                self._chosen[number] = (best.candidate, step, best.steps)
            yield replace(best, candidate=number, steps=step)

    def steer(self, request: Steer) -> None:
        """Change the canvas that the text is found on."""
        candidate, step = self._place(request.candidate, request.step)
        self._job.steer(replace(request, candidate=candidate, step=step))

    def alternatives(self, request: FindAlternatives) -> tuple[WordOption, ...]:
        """Return the likeliest words of a place in a frame of the first region."""
        candidate, step = self._place(request.candidate, request.step)
        return self._job.alternatives(replace(request, candidate=candidate, step=step))

    def branch(self, request: Branch) -> "Tied":
        """Go on from a frame, in all regions.

        Raises:
            BadRequestError: If there is no such frame.
        """
        candidate, step = self._place(request.candidate, request.step)
        own = replace(request, candidate=candidate, step=step)
        return Tied(self.task.branched(request, self.task.plan), self._job.branch(own))

    def _place(self, candidate: int, step: int) -> tuple[int, int]:
        """Return which candidate of the first region, and which of its steps, a frame shows."""
        inner, first, last = self._chosen.get(candidate, (candidate, step + 1, 0))
        # Before its last step the number was that of another one, which had not been chosen.
        return (candidate, step) if step < first else (inner, last)

    def _everywhere(self, item: DraftStep) -> DraftStep:
        raw = self._spread(Draft.in_one_piece(item.raw)).text
        return replace(item, draft=self._spread(item.draft), raw=raw)

    def _spread(self, draft: Draft) -> Draft:
        """Return the whole region with a draft in every place; the first can be pointed at."""
        first = min(self.task.request.regions)
        mirrored = Draft(
            text=draft.text, spans=tuple(replace(span, slot=-1) for span in draft.spans)
        )
        each = [draft if one == first else mirrored for one in self.task.request.regions]
        return joined(self.task.request, each)

    def _judged(self, done: CandidateDone) -> CandidateDone:
        """Return a candidate in all places, with how likely the whole text is with it."""
        draft, task, inner = self._spread(done.draft), self.task, self._job.task
        codec, plan, first = task.engine.codec, inner.plan, min(task.request.regions)[0]
        ids = codec.encode(plan.healed.decode(errors="ignore") + draft.text[first:])[:_JUDGED]
        # The last token of the context predicts the first one behind it.
        last = plan.prefix[-1] if plan.prefix else None
        context = inner.cache.cut(len(plan.prefix) - 1) if plan.prefix else inner.cache
        (found,) = likelihoods(task.engine.model, context, last, [ids], ())
        # A sum: all candidates stand in the same text, and differ in nothing else.
        nats = sum(found.own) / max(1, min(_JUDGED, len(codec.encode(task.request.region))))
        total = nats - inner.cost_of(done.draft.text).nats
        score = replace(done.score, total=total, log_likelihood=found.mean)
        return replace(done, draft=draft, score=score)


def _first(request: Generate) -> Generate:
    """Return the request of the first region alone, the others being text behind it."""
    order = sorted(range(len(request.regions)), key=lambda place: request.regions[place])
    begin, finish = request.regions[order[0]]
    forms = request.forms[:1] if request.forms and request.forms[0] != Form() else ()
    region = request.region[begin:finish]
    before, after = request.before + request.region[:begin], request.region[finish:] + request.after
    # A name that the program knows already would become another's: such come last.
    names = names_in_scope(before, after, request.language)
    return replace(
        request,
        before=before,
        region=region,
        after=after,
        regions=((0, len(region)),) if forms else (),
        forms=forms,
        relations=(),
        avoid=(*request.avoid, region, *names),
        settings=replace(request.settings, candidates=max(_PROPOSED, request.settings.candidates)),
    )
