"""The styles of a text that stands in the place of lines of a document without being in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from PySide6.QtGui import QTextBlock, QTextDocument

from app.editor.code_blocks import CLOSING, OPENING, CodeBlocks
from app.editor.highlighter import Highlighter
from app.editor.lexing import ROOT, LexerInput, LineLexer, ReadLine, Stack, StyledRun
from app.text.edits import text_between
from app.text.positions import utf16_len

STRING = "Literal.String"
MOST_BEFORE = 3_000  # characters before the text that are read with it
MOST_KEPT = 3_000  # lines whose styles are remembered


@dataclass(frozen=True, slots=True)
class PlacedStyles:
    """What is known of a text; all in UTF-16 units from its beginning."""

    runs: tuple[StyledRun, ...] = ()
    code: tuple[tuple[int, int], ...] = ()  # starts and lengths of lines in the typeface of code


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines that no token goes across the ends of; their runs, and the stack behind them."""

    lines: tuple[str, ...]
    runs: tuple[tuple[StyledRun, ...], ...]
    stack: Stack


class PlacedText:
    """Reads drafts as their document is read: by its lexer, from the state of the lines before.

    A line that was read from the same state is not read again, so that a draft that settles costs
    what changes of it.
    """

    def __init__(self, document: QTextDocument, highlighter: Highlighter, code: CodeBlocks) -> None:
        self._document, self._highlighter, self._code = document, highlighter, code
        self._known: dict[tuple[LineLexer, Stack, str], _Group] = {}

    def read(self, block: QTextBlock, text: str, *, is_final: bool) -> PlacedStyles:
        """Return the styles of a text that begins where a line does.

        Args:
            block: The line in whose place it begins.
            text: Whole lines.
            is_final: Whether it will be read no more: then nothing is taken from an earlier text,
                in which a rule may have seen other lines ahead.
        """
        lexer = self._highlighter.lexer
        if lexer is None:
            return PlacedStyles()
        kept = self._known if len(self._known) <= MOST_KEPT else {}
        self._known = {} if is_final else kept
        lines = text.split("\n")
        if self._highlighter.is_markdown:
            found, code = self._markdown(lexer, block, lines)
        else:
            found, code = self._plain(lexer, block, lines), []
        self._known = kept  # of drafts beside it, which may settle still
        starts = list(accumulate((utf16_len(line) + 1 for line in lines), initial=0))
        runs = tuple(
            StyledRun(start + run.start, run.length, run.style)
            for start, line in zip(starts, found, strict=False)
            for run in line
        )
        return PlacedStyles(runs, tuple((starts[n], starts[n + 1] - starts[n] - 1) for n in code))

    def _plain(
        self, lexer: LineLexer, block: QTextBlock, lines: Sequence[str]
    ) -> list[tuple[StyledRun, ...]]:
        first, stack = self._highlighter.checkpoint(block)
        before: list[str] = []
        if block.position() - first.position() > MOST_BEFORE:
            stack = ROOT
        elif first.position() < block.position():  # in the middle of a token
            before = text_between(self._document, first.position(), block.position() - 1).split(
                "\n"
            )
        return self._lines(lexer, stack, [*before, *lines])[0][len(before) :]

    def _markdown(
        self, lexer: LineLexer, block: QTextBlock, lines: Sequence[str]
    ) -> tuple[list[tuple[StyledRun, ...]], list[int]]:
        """Return the runs of each line, and which lines are code."""
        found: list[tuple[StyledRun, ...]] = []
        code: list[int] = []
        language = self._code.language_of(block)
        before = self._before(block) if language is not None else []
        while len(found) < len(lines):
            rest = lines[len(found) :]
            mark = OPENING if language is None else CLOSING
            count = next((n for n, line in enumerate(rest) if mark.match(line)), len(rest))
            if language is None:
                found += self._lines(lexer, ROOT, rest[:count])[0]
            else:
                code += range(len(found), len(found) + count)
                found += self._embedded(language, [*before, *rest[:count]])[len(before) :]
            if count < len(rest):
                code.append(len(found))
                opening = OPENING.match(rest[count])
                assert opening is not None, "what ends a block could begin one"
                pieces = [
                    StyledRun(a, b - a, STRING) for a, b in map(opening.span, (1, 2)) if a < b
                ]
                found.append(tuple(pieces))
                language, before = opening["language"] if language is None else None, []
        return found, code

    def _before(self, block: QTextBlock) -> list[str]:
        """Return the lines of code before a line that is in the same block."""
        first = block
        while self._code.language_of(first.previous()) is not None:
            first = first.previous()
        return [line.text() for line in _between(first, block)]

    def _embedded(self, language: str, lines: Sequence[str]) -> list[tuple[StyledRun, ...]]:
        lexer = _lexer_of(language, frozenset(self._highlighter.styles))
        if lexer is None:
            return [(StyledRun(0, utf16_len(line), STRING),) for line in lines]
        return self._lines(lexer, ROOT, lines)[0]

    def _lines(
        self, lexer: LineLexer, stack: Stack, lines: Sequence[str]
    ) -> tuple[list[tuple[StyledRun, ...]], Stack]:
        """Return the runs of each line that is read from a stack on, and the stack behind them."""
        found: list[tuple[StyledRun, ...]] = []
        while len(found) < len(lines):
            key, rest = (lexer, stack, lines[len(found)]), lines[len(found) :]
            group = self._known.get(key)
            if group is None or tuple(rest[: len(group.lines)]) != group.lines:
                group = self._known[key] = _read_group(lexer, stack, rest)
            found += group.runs
            stack = group.stack
        return found, stack


def _read_group(lexer: LineLexer, stack: Stack, lines: Sequence[str]) -> _Group:
    """Read lines from a stack on until one begins that no token goes across to."""
    text, count = "\n".join(lines) + "\n", 1
    if not lexer.can_step:  # it cannot begin in the middle
        count = len(lines)
    while True:
        stop = sum(len(line) + 1 for line in lines[:count])
        read = list(lexer.read(LexerInput(text=text, start=0, stop=stop, stack=stack)))
        ends = (n for n, line in enumerate(read) if n >= count and line.stack is not None)
        end = next(ends, None)
        if end is not None or count == len(lines):
            break
        count = min(len(lines), max(count + 1, len(read)))  # a token goes on
    behind = read[end].stack if end is not None else None
    count = min(count if end is None else end, len(lines))
    return _Group(tuple(lines[:count]), tuple(_runs(read, count)), behind or ROOT)


def _runs(read: Sequence[ReadLine], count: int) -> Iterator[tuple[StyledRun, ...]]:
    for number in range(count):
        yield read[number].runs if number < len(read) else ()


def _between(first: QTextBlock, last: QTextBlock) -> Iterator[QTextBlock]:
    while first.blockNumber() < last.blockNumber():
        yield first
        first = first.next()


@cache
def _lexer_of(language: str, styles: frozenset[str]) -> LineLexer | None:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - not needed for the window
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return LineLexer(get_lexer_by_name(language), styles) if language else None
    except ClassNotFound:
        return None
