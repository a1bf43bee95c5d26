"""Syntax colours by Pygments, computed in slices so that typing never waits for them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.editor.theme import Theme

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

PAUSE_MS = 40  # after a change, before the document is read again
CHARS_PER_PAUSE_MS = 1000  # a large document waits longer
SLICE_S = 0.006  # of work per turn of the event loop
MAX_CHARS = 4_000_000  # beyond that, no colours
BOLD = ("Generic.Heading", "Generic.Subheading", "Generic.Strong")


@dataclass(frozen=True, slots=True)
class StyledRun:
    """A stretch of one line in one style."""

    start: int  # UTF-16 units
    length: int
    style: str  # a key of `Theme.syntax`


@dataclass(slots=True)
class StyledLine:
    """What is known of a line, and the text it was known of."""

    text: str
    runs: tuple[StyledRun, ...]

    def runs_for(self, text: str) -> Iterator[StyledRun]:
        """Yield the runs, moved along with an edit that made `text` of the line."""
        if text == self.text:
            yield from self.runs
            return
        kept = _common_prefix(self.text, text)
        shift = len(text) - len(self.text)
        for run in self.runs:
            end = run.start + run.length
            start = run.start if run.start < kept else max(kept, run.start + shift)
            end = end if end <= kept else max(start, end + shift)
            yield StyledRun(start, end - start, run.style)


class Highlighter(QSyntaxHighlighter):
    """Colours a document from cached runs, which a lexer renews off a short timer."""

    def __init__(self, document: QTextDocument, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lexer: Lexer | None = None
        self._lines: list[StyledLine] = []
        self._formats: dict[str, QTextCharFormat] = {}
        self._work: Iterator[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._run_slice)
        # Before the base class connects: the lines have moved when it asks for them.
        document.contentsChange.connect(self._on_contents_change)
        self.setDocument(document)

    @property
    def is_settled(self) -> bool:
        """Whether every line has its final colours."""
        return self._work is None and not self._timer.isActive()

    def set_lexer(self, lexer: "Lexer | None") -> None:
        """Colour by `lexer` from now on; None takes the colours away."""
        self._lexer = lexer
        self._lines = []
        self.rehighlight()
        self._restart(0)

    def set_theme(self, theme: Theme) -> None:
        """Colour in the colours of `theme`."""
        self._theme = theme
        self._formats = {}
        self.rehighlight()

    def _on_contents_change(self, position: int, _removed: int, _added: int) -> None:
        document = self.document()
        block = document.findBlock(position)
        # Whole lines come and go in front of a line whose start they share.
        index = block.blockNumber() + (position > block.position())
        grown = document.blockCount() - len(self._lines)
        if self._lines and grown > 0:
            self._lines[index:index] = [StyledLine("", ()) for _ in range(grown)]
        elif self._lines and grown < 0:
            del self._lines[index : index - grown]
        self._restart(PAUSE_MS + document.characterCount() // CHARS_PER_PAUSE_MS)

    def _restart(self, delay_ms: int) -> None:
        self._work = None
        self._timer.stop()
        if self._lexer is not None and self.document().characterCount() < MAX_CHARS:
            self._timer.start(delay_ms)

    def _run_slice(self) -> None:
        if self._work is None:
            self._work = self._relex()
        until = time.monotonic() + SLICE_S
        for _ in self._work:
            if time.monotonic() > until:
                self._timer.start(0)
                return
        self._work = None

    def _relex(self) -> Iterator[None]:
        """Lex the document, handing each line to its block as soon as it is done."""
        assert self._lexer is not None
        document = self.document()
        texts = document.toRawText().split("\u2029")
        self._lines += [StyledLine("", ()) for _ in range(len(texts) - len(self._lines))]
        block = document.firstBlock()
        lexed = _lex_lines(self._lexer, "\n".join(texts) + "\n", self._theme)
        for number, (text, runs) in enumerate(zip(texts, lexed, strict=False)):
            line = self._lines[number]
            is_new = line.runs != runs
            self._lines[number] = StyledLine(text, runs)
            if is_new:
                self.rehighlightBlock(block)
            block = block.next()
            yield

    def _format(self, style: str) -> QTextCharFormat:
        if style not in self._formats:
            self._formats[style] = made = QTextCharFormat()
            made.setForeground(self._theme.syntax[style])
            if style in BOLD:
                made.setFontWeight(QFont.Weight.DemiBold)
            made.setFontItalic(style == "Generic.Emph")
        return self._formats[style]

    def highlightBlock(self, text: str) -> None:
        """Apply what is known of the block."""
        number = self.currentBlock().blockNumber()
        if number < len(self._lines):
            for run in self._lines[number].runs_for(text):
                self.setFormat(run.start, run.length, self._format(run.style))


def lexer_for(file_name: str) -> "Lexer | None":
    """Return the lexer for a file's name; None for plain text."""
    # Not needed for the window to be there.
    from pygments.lexers import find_lexer_class_for_filename  # noqa: PLC0415

    lexer_class = find_lexer_class_for_filename(file_name) if file_name else None
    if lexer_class is None or lexer_class.name == "Text only":
        return None
    return lexer_class()


def _lex_lines(lexer: "Lexer", text: str, theme: Theme) -> Iterator[tuple[StyledRun, ...]]:
    """Yield the runs of each line of `text`, in order."""
    runs: list[StyledRun] = []
    column = 0
    styles: dict[_TokenType, str | None] = {}
    for _, token, value in lexer.get_tokens_unprocessed(text):
        if token not in styles:
            styles[token] = _style_of(token, theme)
        style = styles[token]
        first, *others = value.split("\n")
        column = _append(runs, column, first, style)
        for piece in others:
            yield tuple(runs)
            runs = []
            column = _append(runs, 0, piece, style)


def _append(runs: list[StyledRun], column: int, piece: str, style: str | None) -> int:
    length = len(piece) if piece.isascii() else len(piece.encode("utf-16-le")) // 2
    if style is not None and length:
        runs.append(StyledRun(column, length, style))
    return column + length


def _style_of(token: "_TokenType", theme: Theme) -> str | None:
    """Return the nearest style that the theme has for a token type."""
    kind: _TokenType | None = token
    while kind is not None:
        name = str(kind).removeprefix("Token").removeprefix(".")
        if name in theme.syntax:
            return name
        kind = kind.parent
    return None


def _common_prefix(one: str, other: str) -> int:
    limit = min(len(one), len(other))
    return next((i for i in range(limit) if one[i] != other[i]), limit)
