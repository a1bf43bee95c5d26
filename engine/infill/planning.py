"""Which way a request goes: a canvas that is denoised, or a text written from the left."""

from collections.abc import Callable

from engine.api import Generate, LengthMode, Mode
from engine.errors import BadRequestError
from engine.infill.answering import Rewriting
from engine.infill.context import ContextCache
from engine.infill.engine import InfillEngine
from engine.infill.job import InfillJob, check, plan_of
from engine.infill.left_to_right import LeftToRight

Job = InfillJob | LeftToRight | Rewriting


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
    settings = request.settings
    is_answer = bool(settings.instruction.strip()) and engine.profile.rewrites_in_chat
    goes_on = settings.length.mode is LengthMode.PARAGRAPH
    if settings.mode is Mode.CAUSAL:
        goes_on = goes_on or not (request.region or request.after.strip())
    if not is_answer and not (goes_on and settings.mode is Mode.CAUSAL):
        return InfillJob.planned(engine, request, contexts, is_cancelled)
    check(engine, request)
    wish = settings.constraints
    if request.pinned or settings.soft_edge or settings.strength < 1.0 or wish.pattern:
        what = "An instruction for this model" if is_answer else "Writing from the left"
        raise BadRequestError(
            f"{what} keeps no pinned words, soft edges or patterns, and rewrites all of the text. "
            "Leave them out."
        )
    plan = plan_of(engine, request)
    if is_answer:
        return Rewriting(engine, request, plan)
    return LeftToRight.planned(engine, request, plan, contexts, is_cancelled)
