"""Reading a text by Pygments from any line on, so that an edit costs what it changes.

A lexer's state at the start of a line is its stack of states. What stands there depends on that
stack and on the text from there to the horizon, a fixed number of characters further on: rules are
not shown more. So reading may begin at any line whose stack is known, and may end where a line
that nobody has touched has the stack it had before. Both give what reading from the start gives.
"""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pygments.lexer import ExtendedRegexLexer, RegexLexer
from pygments.token import Error, Text, Whitespace

from app.system.turns import Turns
from app.text.positions import utf16_len

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

HORIZON = 6_000  # characters that a rule may look ahead, and a token may be long
LONG_LINE = 20_000  # characters; a longer line has no colours

Stack = tuple[str, ...]
ROOT: Stack = ("root",)
Token = tuple[int, "_TokenType", str]


@dataclass(frozen=True, slots=True)
class StyledRun:
    """A stretch of one line in one style."""

    start: int  # UTF-16 units
    length: int
    style: str  # a key of `Theme.syntax`


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line that was read: its runs, and the stack at its start unless a token goes across."""

    runs: tuple[StyledRun, ...]
    stack: Stack | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LexerInput:
    """What to read: a part of a text, from one line on until another."""

    text: str  # whole lines; from the line before the first, to the horizon of the last
    start: int  # offset of the first line
    stop: int  # reading ends at the first line behind that a token does not go across
    stack: Stack


class LineLexer:
    """Reads pieces of a text by a Pygments lexer."""

    def __init__(self, lexer: "Lexer", styles: Iterable[str]) -> None:
        self._names = frozenset(styles)
        self._styles: dict[_TokenType, str | None] = {}
        stepping = _stepping_class(type(lexer))
        self.can_step = stepping is not None  # otherwise the whole text must be read each time
        self._lexer: Any = lexer if stepping is None else stepping()

    def read(self, piece: LexerInput, turns: Turns | None = None) -> Iterator[ReadLine]:
        """Yield the lines from the first one on; of the last one only the stack is known.

        A thread beside the interface gives its turns; the interface must not wait for itself.
        """
        text, start = piece.text, piece.start
        stacks = {start: piece.stack}
        if self.can_step:
            self._lexer.begin(piece, stacks)
        end = _line_end(text, start)
        runs: list[StyledRun] = []
        for index, token, value in self._lexer.get_tokens_unprocessed(text):
            stop, style = index + len(value), self._style(token)
            while stop > end:
                _append(runs, text, start, (index, end), style)
                yield ReadLine(tuple(runs), stacks.pop(start, None))
                runs, start = [], end + 1
                end = _line_end(text, start)
                if turns is not None:
                    turns.step()
            _append(runs, text, start, (index, stop), style)
        yield ReadLine((), stacks.get(start))

    def _style(self, token: "_TokenType") -> str | None:
        """Return the nearest style that the theme has for a token type."""
        if token not in self._styles:
            kind: _TokenType | None = token
            found = None
            while kind is not None and found is None:
                name = str(kind).removeprefix("Token").removeprefix(".")
                found = name if name in self._names else None
                kind = kind.parent
            self._styles[token] = found
        return self._styles[token]


class _Stepping(RegexLexer):
    """Mixed in behind a lexer's own class, takes the place of Pygments' loop over the rules."""

    _piece: LexerInput | None = None
    _stacks: dict[int, Stack]

    def begin(self, piece: LexerInput, stacks: dict[int, Stack]) -> None:
        """Read a piece next, and note the stacks of its lines."""
        self._piece, self._stacks = piece, stacks

    def get_tokens_unprocessed(self, text: str, stack: Iterable[str] = ROOT) -> Iterator[Token]:
        """Yield tokens of the piece that was begun; of a part of it as Pygments does."""
        piece, self._piece = self._piece, None
        if piece is None:  # a rule has asked for the tokens of what it has matched
            yield from super().get_tokens_unprocessed(text, stack)
            return
        position, states = piece.start, list(piece.stack)
        end = horizon = -1
        while position < piece.stop:
            if position > end:
                start = text.rfind("\n", 0, position) + 1
                end = _line_end(text, start)
                horizon = _line_end(text, start + HORIZON) + 1
                if end - position > LONG_LINE:
                    yield position, Text, text[position : end + 1]
                    position = self._note(end + 1, states)
                    continue
            position, tokens = self._step(text, position, horizon, states)
            yield from tokens
            if text[position - 1] == "\n":
                self._note(position, states)

    def _note(self, position: int, states: list[str]) -> int:
        self._stacks[position] = tuple(states)
        return position

    def _step(
        self, text: str, position: int, horizon: int, states: list[str]
    ) -> tuple[int, Iterable[Token]]:
        """Apply the first rule that fits; return where it ends and what it has found."""
        rules: Any = self._tokens  # type: ignore[attr-defined]  # made by the metaclass
        for match, action, new_state in rules[states[-1]]:
            if found := match(text, position, horizon):
                tokens: Iterable[Token] = ()
                if isinstance(action, type(Text)):
                    tokens = ((position, action, found.group()),)
                elif action is not None:
                    tokens = list(action(self, found))
                _change(states, new_state)
                return found.end(), tokens
        if text[position] == "\n":
            states[:] = ROOT  # as Pygments does: what went wrong ends with the line
            return position + 1, ((position, Whitespace, "\n"),)
        return position + 1, ((position, Error, text[position]),)


def _change(states: list[str], new: "tuple[str, ...] | int | str | None") -> None:
    """Push and pop states as a rule says; the lowest stays."""
    if isinstance(new, int):
        del states[max(1, len(states) + new) :]
    elif new is not None:
        for state in (new,) if isinstance(new, str) else new:
            if state == "#push":
                states.append(states[-1])
            elif state != "#pop":
                states.append(state)
            elif len(states) > 1:
                states.pop()


@cache
def _stepping_class(lexer_class: "type[Lexer]") -> "type[_Stepping] | None":
    """Return the class that reads line by line; None for a lexer with a loop of its own."""
    is_plain = issubclass(lexer_class, RegexLexer)
    if not is_plain or issubclass(lexer_class, ExtendedRegexLexer):
        return None
    for base in lexer_class.__mro__[: lexer_class.__mro__.index(RegexLexer)]:
        loop = base.__dict__.get("get_tokens_unprocessed")
        # Those that take a stack look at each token by itself and leave the loop to their base.
        if loop is not None and "stack" not in inspect.signature(loop).parameters:
            return None
    return type(f"Stepping{lexer_class.__name__}", (lexer_class, _Stepping), {})


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _append(
    runs: list[StyledRun], text: str, start: int, span: tuple[int, int], style: str | None
) -> None:
    """Add what a token has of the line that begins at `start`."""
    first, last = max(span[0], start), span[1]
    if style is not None and first < last:
        column = utf16_len(text[start:first])
        runs.append(StyledRun(column, utf16_len(text[first:last]), style))
