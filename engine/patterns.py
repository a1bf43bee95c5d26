"""Regular expressions of the user's: bounded in size before they are compiled, and in time."""

import time
from dataclasses import dataclass, field
from types import TracebackType

import regex

from engine.errors import BadRequestError

MAX_LENGTH = 1000  # characters
# With every repetition in full, as the library compiles it: 100 bytes each.
MAX_WRITTEN_OUT = 20_000
MATCH_S = 0.5  # for one match; an expression can be built to take for ever
LIMIT_S = 15.0  # for all that is done to fit a request's text to its rule

_TOO_SLOW = "it takes too long to match; choose a simpler one"
_SHOWN = 60  # characters of a pattern in a message
# Escapes, sets, groups, repetitions, and everything else; what is no expression is found later.
_TOKENS = regex.compile(
    r"(?P<repeated>\{(?P<least>\d*)(?:,(?P<most>\d*))?\})|(?P<open>\()|(?P<close>\))"
    r"|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.",
    regex.DOTALL,
)
# A pattern that calls itself takes all the memory there is, faster than time is looked at.
_CALLS = regex.compile(r"\(\?(?:R|[-+]?\d+\)|&|P>)")
_FREE_SPACING = regex.compile(r"\(\?[a-wyzA-Z]*x")  # comments could hide a bracket


@dataclass(slots=True)
class TimeLimit:
    """Seconds of the processor that may be spent inside `with`, which may be nested.

    Not of the clock, so that what is found does not hang on what else the machine does.
    """

    left: float = LIMIT_S
    _since: list[float] = field(default_factory=list)

    def __enter__(self) -> None:
        """Count from now on."""
        self._since.append(time.thread_time())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Count no more."""
        since = self._since.pop()
        if not self._since:
            self.left -= time.thread_time() - since

    @property
    def is_over(self) -> bool:
        """Whether nothing is left, also in the middle of it."""
        spent = time.thread_time() - self._since[0] if self._since else 0.0
        return self.left <= spent


class PatternError(BadRequestError):
    """An expression cannot be used; `reason` says why."""

    def __init__(self, pattern: str, reason: str) -> None:
        shown = pattern if len(pattern) <= _SHOWN else pattern[:_SHOWN] + "…"
        super().__init__(f"“{shown}” cannot be used as a pattern: {reason}.")
        self.reason = reason


def compiled(pattern: str, flags: int = regex.DOTALL) -> "regex.Pattern[str]":
    """Compile a user's expression.

    Raises:
        PatternError: If it is none, or too large to be compiled; it names the bound.
    """
    if len(pattern) > MAX_LENGTH:
        reason = f"it has {len(pattern):,} characters, and {MAX_LENGTH:,} are the most"
        raise PatternError(pattern, reason)
    if _CALLS.search(pattern):
        raise PatternError(pattern, "it calls itself")
    check_written_out(pattern)
    try:
        return regex.compile(pattern, flags)
    except RecursionError as error:
        raise PatternError(pattern, "its groups are nested too deep") from error
    except (regex.error, OverflowError, ValueError) as error:
        raise PatternError(pattern, str(error)) from error


def check_written_out(pattern: str) -> None:
    """Look whether an expression is small enough with every repetition written out.

    Raises:
        PatternError: If it is not; it names the bound.
    """
    if written_out(pattern) > MAX_WRITTEN_OUT:
        most = f"{MAX_WRITTEN_OUT:,} characters"
        raise PatternError(pattern, f"with all its repetitions it has more than {most}")


def matches(
    pattern: "regex.Pattern[str]", text: str, limit: TimeLimit, *, is_partial: bool = False
) -> bool:
    """Whether all of a text matches; partially: whether it may yet, if something follows.

    The limit is looked at and not counted on: a million of these make one fit.

    Raises:
        PatternError: If that takes too long.
    """
    if limit.is_over:
        raise PatternError(pattern.pattern, _TOO_SLOW)
    try:
        return pattern.fullmatch(text, partial=is_partial, timeout=MATCH_S) is not None
    except (TimeoutError, MemoryError) as error:
        raise PatternError(pattern.pattern, _TOO_SLOW) from error


def written_out(pattern: str) -> int:
    """Return about how many characters a pattern has with every repetition written out."""
    groups, last, most = [0], 0, 1  # sizes of the groups that are open, and of the last item
    for token in _TOKENS.finditer(pattern):
        if token["open"]:
            groups.append(0)
        elif token["close"]:
            # One that closes nothing is taken to close everything, to be on the safe side.
            last = groups.pop() + 1 if len(groups) > 1 else groups[0]
            groups[-1] += last
        elif token["repeated"]:
            # The library writes repetitions out when it compiles: `(a{1000}){1000}` is a million.
            count = max(_count(token["least"]), _count(token["most"]))
            most *= max(count, 1)
            groups[-1] += last * max(count - 1, 0)
            last *= max(count, 1)
        else:
            last = 1
            groups[-1] += 1
    # There the brackets cannot be told, so all repetitions are taken to stand in one another.
    return len(pattern) * most if _FREE_SPACING.search(pattern) else sum(groups)


def _count(digits: str | None) -> int:
    # Ten digits are beyond any bound, and Python takes long for thousands.
    return int(digits[:10]) if digits else 0
