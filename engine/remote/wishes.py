"""What a request asks for that only the finished text can show, and what no server can do."""

from collections.abc import Iterable, Sequence

from engine import bounds
from engine.api import Constraints, Generate, Length, LengthMode, SamplerOptions, Score
from engine.errors import BadRequestError
from engine.patterns import TimeLimit, compiled, matches
from engine.region.seams import SEAM_COST, seam_errors
from engine.remote.answer import Answer
from engine.remote.errors import ServerError

_MISS_PENALTY = 1.0  # for as many words or lines too many or too few as were wished for


def check_possible(request: Generate, *, takes_canvas: bool) -> None:
    """Refuse what the server cannot be asked for.

    Raises:
        BadRequestError: If the request wants such a thing; it says what to change.
    """
    bounds.check(request)
    rules = request.constraints
    for expression in (rules.pattern, f"[{rules.characters}]*" if rules.characters else ""):
        compiled(expression)
    if request.soft_edge:
        raise BadRequestError(
            "A server cannot change the words beside the selection a little. Set the soft edge "
            "to 0, or select those words too."
        )
    sampler = request.sampler
    if sampler != SamplerOptions(max_denoising_steps=sampler.max_denoising_steps):
        raise BadRequestError(
            "A server keeps the temperatures and thresholds it was started with. Leave them out."
        )
    if takes_canvas:
        if request.length.mode is LengthMode.PARAGRAPH:
            raise BadRequestError(
                "This server fills gaps and does not write on to the end of a paragraph. Choose "
                "another length."
            )
        return
    if request.pinned:
        raise BadRequestError(
            "This server cannot keep single words of the old text, because it takes no canvas. "
            "Let the pinned words go, or select the text on either side of them."
        )
    if request.strength < 1:
        raise BadRequestError(
            "This server cannot start from the old text, because it takes no canvas. Set the "
            "strength to 100 %, or say in the instruction how little should change."
        )
    if sampler.max_denoising_steps is not None:
        raise BadRequestError("This server does not denoise. Leave the number of steps out.")


def check_kept(constraints: Constraints, text: str) -> None:
    """Check a finished text.

    Raises:
        BadRequestError: If it breaks a rule, or the rule is none.
    """
    broken = ""
    if constraints.is_single_line and "\n" in text:
        broken = "is more than one line"
    elif constraints.characters and not _matches(f"[{constraints.characters}]*", text):
        broken = f"has other characters than {constraints.characters}"
    elif constraints.pattern and not _matches(constraints.pattern, text):
        broken = f"does not match {constraints.pattern}"
    if broken:
        raise BadRequestError(
            f"What the server wrote {broken}. Try again with another seed, or ask for less."
        )


def check_held(
    pinned: Iterable[int], seed: Sequence[int], kept: Sequence[str], answer: Answer
) -> None:
    """Look whether a server has held the slots that it was told to, and old words with them.

    Raises:
        ServerError: If not.
    """
    ids, at = answer.ids, 0
    is_held = all(slot < len(ids) and ids[slot] == seed[slot] for slot in pinned)
    for words in kept:
        found = answer.text.find(words, at)
        is_held = is_held and found >= 0
        at = found + len(words)
    if not is_held:
        raise ServerError(
            "The server has changed pinned words, so its text is not shown. Let them go, or "
            "select the text on either side of them."
        )


def score(request: Generate, lead: str, text: str, trail: str, log_likelihood: float) -> Score:
    """Return how well a text fits between the texts around it.

    Args:
        request: What was asked for.
        lead: White space at the region's start, which stays.
        text: The text for what stands between that and `trail`.
        trail: White space at the region's end, which stays.
        log_likelihood: Nats per token; 0 where the server tells none.
    """
    before, after = request.before + lead, trail + request.after
    penalty = SEAM_COST * seam_errors(before, text, after, request.region.strip())
    penalty += _MISS_PENALTY * _missed(request.length, text)
    return Score(total=log_likelihood - penalty, log_likelihood=log_likelihood)


def _missed(length: Length, text: str) -> float:
    """Return how far a text is from a counted length, as a share of that."""
    match length.mode:
        case LengthMode.WORDS:
            return abs(len(text.split()) - length.count) / max(length.count, 1)
        case LengthMode.LINES:
            return abs(len(text.strip().splitlines()) - length.count) / max(length.count, 1)
        case _:
            return 0.0


def _matches(pattern: str, text: str) -> bool:
    return matches(compiled(pattern), text, TimeLimit())
