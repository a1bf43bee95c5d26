"""What a server has written, held against what was asked for.

Here the masks of every step see to it that a text keeps its rule; a server only hears of it. So its
answer is cut to the line it had to stay on, and one that breaks a rule is not shown.
"""

from engine.api import Length, LengthMode, Score
from engine.errors import BadRequestError
from engine.region.region import Region

_MISS_PENALTY = 1.0  # for as many words or lines too many or too few as were wished for


def end_of_line(region: Region, text: str) -> int:
    """Return where a text has to end: with its first line, if it stays on that; else at its end."""
    if not region.rule.is_single_line:
        return len(text)
    return min((at for at in map(text.find, "\r\n") if at >= 0), default=len(text))


def check_kept(region: Region, text: str) -> None:
    """Check a finished text, without the white space around it that stays.

    Raises:
        BadRequestError: If it breaks a rule.
    """
    rule, constraints = region.rule, region.settings.constraints
    broken = ""
    if not rule.allows(text):
        is_long = rule.is_single_line and end_of_line(region, text) < len(text)
        others = f"has other characters than {constraints.characters}"
        broken = "is more than one line" if is_long else others
    elif constraints.pattern and not rule.accepts(text):  # a counted length only costs
        broken = f"does not match {constraints.pattern}"
    if broken:
        raise BadRequestError(
            f"What the server wrote {broken}. Try again with another seed, or ask for less."
        )


def score(region: Region, text: str, log_likelihood: float | None) -> Score:
    """Return how well a text fits, by the same costs as a text that was written here.

    Args:
        region: What was asked for.
        text: All of it, with the white space that stays.
        log_likelihood: Nats per token; None where the server tells none.
    """
    cost, nats = region.cost_of(text), log_likelihood or 0.0
    missed = _MISS_PENALTY * _missed(region.settings.length, text)
    return Score(
        total=nats - cost.nats - missed,
        log_likelihood=nats,
        syntax=cost.syntax,
        # Of the text alone, and at whatever temperature the server had come to.
        is_comparable=False,
    )


def _missed(length: Length, text: str) -> float:
    """Return how far a text is from a counted length, as a share of that."""
    match length.mode:
        case LengthMode.WORDS:
            return abs(len(text.split()) - length.count) / max(length.count, 1)
        case LengthMode.LINES:
            return abs(len(text.strip().splitlines()) - length.count) / max(length.count, 1)
        case _:
            return 0.0
