"""What a region's text has to satisfy, said of texts: lines, characters, patterns, counts."""

from dataclasses import dataclass, field

import regex

from engine.api import Constraints, Generate, Length, LengthMode
from engine.patterns import TimeLimit, compiled, matches
from engine.region.lines import stays_on_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The constraints of a request, compiled."""

    is_single_line: bool
    characters: "regex.Pattern[str] | None"
    pattern: "regex.Pattern[str] | None"
    limit: TimeLimit = field(default_factory=TimeLimit, compare=False)

    def allows(self, text: str) -> bool:
        """Whether every character of a text may be there."""
        if self.is_single_line and ("\n" in text or "\r" in text):
            return False
        return not self.characters or matches(self.characters, text, self.limit)

    def accepts(self, text: str) -> bool:
        """Whether a finished text satisfies everything."""
        with self.limit:
            if not self.allows(text):
                return False
            return self.pattern is None or matches(self.pattern, text, self.limit)

    def begins(self, text: str) -> bool:
        """Whether some continuation of `text` may satisfy the pattern."""
        return self.pattern is None or matches(self.pattern, text, self.limit, is_partial=True)


def rule_of(request: Generate) -> Rule:
    """Compile what a request's text has to satisfy, the line it may have to stay on included.

    Raises:
        BadRequestError: If an expression cannot be used.
    """
    settings, stays = request.settings, stays_on_line(request)
    return compile_rule(settings.constraints, settings.length, stays_on_line=stays)


def compile_rule(constraints: Constraints, length: Length, *, stays_on_line: bool = False) -> Rule:
    """Compile a request's constraints; a length in words or lines is a pattern too.

    Raises:
        BadRequestError: If an expression cannot be used.
    """
    pattern = constraints.pattern
    is_single_line = constraints.is_single_line or stays_on_line
    if length.mode in (LengthMode.WORDS, LengthMode.LINES):
        if not pattern:
            pattern = _counted(length)
        is_single_line |= length.mode is LengthMode.LINES and length.count == 1
    return Rule(
        is_single_line=is_single_line,
        characters=compiled(f"[{constraints.characters}]*") if constraints.characters else None,
        pattern=compiled(pattern) if pattern else None,
    )


def _counted(length: Length) -> str:
    more = length.count - 1
    if length.mode is LengthMode.WORDS:
        # White space at the ends does not count, as the region's own stays.
        return rf"\s*\S+(?:\s+\S+){{{more}}}\s*"
    return rf"[^\r\n]+(?:\r?\n[^\r\n]+){{{more}}}"
