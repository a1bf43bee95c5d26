"""Which way a request goes: a canvas that is denoised, or a text written from the left."""

from collections.abc import Callable, Iterator
from typing import Protocol

from engine.api import Branch, FindAlternatives, Generate, LengthMode, Mode, Steer, WordOption
from engine.errors import BadRequestError
from engine.infill.answering import Rewriting
from engine.infill.context import ContextCache
from engine.infill.engine import InfillEngine
from engine.infill.job import InfillJob
from engine.infill.left_to_right import LeftToRight
from engine.infill.related import Related
from engine.infill.task import InfillTask
from engine.infill.tied import Tied
from engine.region.formed import with_forms
from engine.region.progress import Progress
from engine.region.relations import are_all_equal


class Job(Protocol):
    """A task at work."""

    @property
    def task(self) -> InfillTask:
        """What it works on."""

    @property
    def num_slots(self) -> int:
        """Slots or tokens of its longest text at most."""

    @property
    def max_steps(self) -> int:
        """Steps of its longest text at most."""

    def run(self) -> Iterator[Progress]:
        """Work all candidates out; stop iterating to cancel.

        Raises:
            BadRequestError: If no candidate satisfies the constraints.
        """

    def steer(self, request: Steer) -> None:
        """Change what is being worked on, if that can be done."""

    def alternatives(self, request: FindAlternatives) -> tuple[WordOption, ...]:
        """Return the likeliest words of a place in a frame, best first; none if it is gone.

        Raises:
            BadRequestError: If what was believed is not kept.
        """

    def branch(self, request: Branch) -> "Job":
        """Return the job that goes on from a frame of this one.

        Raises:
            BadRequestError: If there is no such frame.
        """


def plan_job(
    engine: InfillEngine,
    request: Generate,
    contexts: ContextCache,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Job:
    """Plan a request and encode its context; a cancel is looked at between pieces of it.

    An instruction goes to the model's chat where that is how the model takes one. What is to go on
    to a paragraph's end, or has nothing behind it to lead up to, is written token by token.

    Raises:
        BadRequestError: If the request cannot be carried out.
    """
    request = with_forms(request)
    task = InfillTask.planned(engine, request)
    settings = request.settings
    if request.relations:
        if are_all_equal(request):
            return Tied.planned(task, contexts, is_cancelled)
        return Related(task, contexts, is_cancelled)
    is_answer = bool(settings.instruction.strip()) and engine.profile.rewrites_in_chat
    goes_on = settings.length.mode is LengthMode.PARAGRAPH
    if settings.mode is Mode.CAUSAL:
        goes_on = goes_on or not (request.region or request.after.strip())
    if not is_answer and not (goes_on and settings.mode is Mode.CAUSAL):
        return InfillJob.of(task.encoded(contexts, is_cancelled))
    wish = settings.constraints
    if request.pinned or settings.soft_edge or settings.strength < 1.0 or wish.pattern:
        what = "An instruction for this model" if is_answer else "Writing from the left"
        raise BadRequestError(
            f"{what} keeps no pinned words, soft edges or patterns, and rewrites all of the text. "
            "Leave them out."
        )
    if is_answer:
        return Rewriting(task, is_cancelled)
    return LeftToRight.planned(task, contexts, is_cancelled)
