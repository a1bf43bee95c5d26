"""Searching a text: what is asked, what is found, and what stands in its place afterwards.

Positions are UTF-16 units, as Qt counts them. Expressions are carried out by the `regex` library,
which lets other threads run meanwhile and gives up one that would never end.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# Neither `re` nor `QRegularExpression` can be stopped after a time, and the latter holds Python's
# lock while it matches.
import regex

from app.translation import tr
from engine.patterns import PatternError, compiled

TIMEOUT_S = 10  # for one text
ASTRAL = regex.compile("[\U00010000-\U0010ffff]")  # these take two UTF-16 units


class SearchError(Exception):
    """A search cannot be carried out; the text is for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for."""

    pattern: str
    is_regex: bool = False
    matches_case: bool = False
    whole_words: bool = False

    def compiled(self) -> "regex.Pattern[str]":
        """Return the expression that finds it.

        Raises:
            SearchError: It is no valid expression.
        """
        source = self.pattern if self.is_regex else regex.escape(self.pattern, special_only=True)
        if self.whole_words:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        # In an editor `^` and `$` are the ends of lines.
        flags = regex.MULTILINE | (0 if self.matches_case else regex.IGNORECASE)
        if not self.is_regex:
            return regex.compile(source, flags)
        try:
            return compiled(source, flags)
        except PatternError as error:
            raise SearchError(error.reason) from error


@dataclass(frozen=True, slots=True)
class Found:
    """All places of a text that a query has found, in order."""

    starts: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> tuple[int, int]:
        return self.starts[index], self.ends[index]

    def between(self, start: int, end: int) -> range:
        """Return the indices of the matches that touch a stretch of the text."""
        return range(bisect_right(self.ends, start), bisect_left(self.starts, end))

    def at_or_after(self, position: int) -> int:
        """Return the first match that starts at a position or behind it, around the end."""
        return bisect_left(self.starts, position) % len(self) if self.starts else -1

    def before(self, position: int) -> int:
        """Return the last match that starts before a position, around the start."""
        return (bisect_left(self.starts, position) - 1) % len(self) if self.starts else -1

    def index_of(self, start: int, end: int) -> int:
        """Return the match with these ends; -1 if there is none."""
        index = bisect_left(self.starts, start)
        return index if index < len(self) and self[index] == (start, end) else -1


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text, and the stretch of the document it is for."""

    start: int
    end: int
    text: str


Scope = tuple[int, int] | None  # UTF-16 units; None: the whole text
Hidden = Sequence[tuple[int, int]]  # what is not seen of a text, UTF-16 units, in order


def find_all(text: str, query: Query, scope: Scope = None, hidden: Hidden = ()) -> Found:
    """Return every place where the query fits, but for those with a part that is `hidden`.

    Raises:
        SearchError: It is no valid expression, or takes too long.
    """
    units = _Units(text)
    found = Found()
    for match in _matches(text, query, units, scope, hidden):
        start, end = match.span()
        # A list of pairs would take ten times the room, and there may be a million.
        found.starts.append(start if units.is_plain else units.of(start))
        found.ends.append(end if units.is_plain else units.of(end))
    return found


def replacements(
    text: str, query: Query, template: str, scope: Scope = None, hidden: Hidden = ()
) -> list[Replacement]:
    r"""Return what replacing every match would put where; nothing where a part is `hidden`.

    In an expression's template `\1` and `\g<name>` stand for groups, `\n` and `\t` for themselves.

    Raises:
        SearchError: As `find_all`, or the template names a group that there is not.
    """
    units = _Units(text)
    made = []
    for match in _matches(text, query, units, scope, hidden):
        try:
            new = match.expand(template) if query.is_regex else template
        except (regex.error, IndexError) as error:
            raise SearchError(tr("replacement: {error}").format(error=error)) from error
        made.append(Replacement(units.of(match.start()), units.of(match.end()), new))
    return made


def _matches(
    text: str, query: Query, units: "_Units", scope: Scope, hidden: Hidden
) -> Iterator["regex.Match[str]"]:
    if not query.pattern:
        return
    start, end = (units.back(scope[0]), units.back(scope[1])) if scope else (0, len(text))
    # Only an expression can take for ever; plain words in a large file just take their time.
    limit = TIMEOUT_S if query.is_regex else None
    found = query.compiled().finditer(text, start, end, concurrent=True, timeout=limit)
    try:
        # Nothing can be shown of a match without a character.
        shown = (match for match in found if match.end() > match.start())
        firsts = [units.back(start) for start, _ in hidden]
        lasts = [units.back(end) for _, end in hidden]
        for match in shown:
            at = bisect_right(lasts, match.start())
            if at == len(lasts) or firsts[at] >= match.end():
                yield match
    except TimeoutError as error:
        text = tr(
            "it would take longer than %n seconds; make the expression simpler", "", TIMEOUT_S
        )
        raise SearchError(text) from error


class _Units:
    """Turns code point offsets of one text into UTF-16 units and back."""

    def __init__(self, text: str) -> None:
        found = () if text.isascii() else ASTRAL.finditer(text, concurrent=True)
        self._astral = array("q", (match.start() for match in found))
        self.is_plain = not self._astral  # whether offsets and positions are the same
        self._in_units = array("q", (at + i for i, at in enumerate(self._astral)))

    def of(self, offset: int) -> int:
        """Return the position of a code point."""
        return offset + bisect_left(self._astral, offset)

    def back(self, position: int) -> int:
        """Return the code point at a position."""
        return position - bisect_left(self._in_units, position)
