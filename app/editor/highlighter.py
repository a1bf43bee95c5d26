"""Syntax colours by Pygments: read in a thread, put on the lines that are in view.

`QSyntaxHighlighter` would call Python for every line of a document whenever one is opened, which
takes ten times as long as opening it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from app.background import Background, Job
from app.editor.theme import Theme

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

PAUSE_MS = 40  # after a change, before the document is read again
CHARS_PER_PAUSE_MS = 1000  # a large document waits longer
LINES_A_PART = 1000  # handed over while the rest is being read
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


class Reading:
    """One pass of a lexer over a text; stops when nobody wants it any longer."""

    def __init__(self, lexer: "Lexer", text: str, styles: Iterable[str]) -> None:
        self.is_cancelled = False
        self._lexer = lexer
        self._text = text
        self._styles = frozenset(styles)

    def parts(self) -> Iterator[tuple[int, list[StyledLine]]]:
        """Yield the number of a first line, and the lines from there on."""
        # Split by what ends a block, not by what Python takes for a line.
        texts = self._text.split("\n")
        lexed = _lex_lines(self._lexer, self._text + "\n", self._styles)
        part: list[StyledLine] = []
        number = 0
        for text, runs in zip(texts, lexed, strict=False):
            part.append(StyledLine(text, runs))
            if len(part) == LINES_A_PART:
                yield number, part
                number, part = number + len(part), []
            if self.is_cancelled:
                return
        yield number, part


class Highlighter(QObject):
    """Knows the colours of every line, and puts them on those that are shown.

    Signals:
        coloured: Some lines have other colours than before.
    """

    coloured = Signal()
    _part_read = Signal(object, int, object)

    def __init__(self, document: QTextDocument, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._lexer: Lexer | None = None
        self._lines: list[StyledLine] = []
        self._formats: dict[str, QTextCharFormat] = {}
        self._background = Background(self)
        self._reading: Reading | None = None
        self._job: Job[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read)
        self._part_read.connect(self._take_part, Qt.ConnectionType.QueuedConnection)
        document.contentsChange.connect(self._on_contents_change)

    @property
    def is_settled(self) -> bool:
        """Whether every line has its final colours."""
        return self._reading is None and not self._timer.isActive()

    def set_lexer(self, lexer: "Lexer | None") -> None:
        """Colour by `lexer` from now on; None takes the colours away."""
        self._lexer = lexer
        self._lines = []
        self._restart(0)
        self.coloured.emit()

    def set_theme(self, theme: Theme) -> None:
        """Colour in the colours of `theme`."""
        self._theme = theme
        self._formats = {}
        self.coloured.emit()

    def show(self, block: QTextBlock) -> None:
        """Put its colours on a line that is about to be drawn."""
        number, layout = block.blockNumber(), block.layout()
        ranges = []
        if number < len(self._lines):
            for run in self._lines[number].runs_for(block.text()):
                ranges.append(self._range(run))
        if ranges != layout.formats():
            layout.setFormats(ranges)
            self._document.markContentsDirty(block.position(), block.length())

    def _range(self, run: StyledRun) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start, made.length, made.format = run.start, run.length, self._format(run.style)
        return made

    def _on_contents_change(self, position: int, _removed: int, _added: int) -> None:
        document = self._document
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
        if self._reading is not None:
            self._reading.is_cancelled = True
            self._reading = None
        self._timer.stop()
        if self._lexer is not None and self._document.characterCount() < MAX_CHARS:
            self._timer.start(delay_ms)

    def _read(self) -> None:
        """Read the document as it is now, in the background."""
        assert self._lexer is not None
        text = self._document.toRawText().replace("\u2029", "\n")
        reading = Reading(self._lexer, text, self._theme.syntax)
        self._reading = reading

        def work() -> None:
            for number, part in reading.parts():
                self._part_read.emit(reading, number, part)

        self._job = self._background.run(work, lambda _: self._end(reading))

    def _take_part(self, reading: Reading, number: int, part: list[StyledLine]) -> None:
        """Keep the lines that were read, unless the text is another one by now."""
        if reading is self._reading:
            self._lines[number : number + len(part)] = part
            self.coloured.emit()

    def _end(self, reading: Reading) -> None:
        if reading is self._reading:
            self._reading = None

    def _format(self, style: str) -> QTextCharFormat:
        if style not in self._formats:
            self._formats[style] = made = QTextCharFormat()
            made.setForeground(self._theme.syntax[style])
            if style in BOLD:
                made.setFontWeight(QFont.Weight.DemiBold)
            made.setFontItalic(style == "Generic.Emph")
        return self._formats[style]


def lexer_for(file_name: str) -> "Lexer | None":
    """Return the lexer for a file's name; None for plain text."""
    # Not needed for the window to be there.
    from pygments.lexers import find_lexer_class_for_filename  # noqa: PLC0415

    lexer_class = find_lexer_class_for_filename(file_name) if file_name else None
    if lexer_class is None or lexer_class.name == "Text only":
        return None
    return lexer_class()


def _lex_lines(lexer: "Lexer", text: str, names: frozenset[str]) -> Iterator[tuple[StyledRun, ...]]:
    """Yield the runs of each line of `text`, in order."""
    runs: list[StyledRun] = []
    column = 0
    styles: dict[_TokenType, str | None] = {}
    for _, token, value in lexer.get_tokens_unprocessed(text):
        if token not in styles:
            styles[token] = _style_of(token, names)
        style = styles[token]
        first, *others = value.split("\n")
        column = _append(runs, column, first, style)
        for piece in others:
            yield tuple(runs)
            runs = []
            column = _append(runs, 0, piece, style)


def _append(runs: list[StyledRun], column: int, piece: str, style: str | None) -> int:
    length = len(piece) if piece.isascii() else len(piece.encode("utf-16-le", "surrogatepass")) // 2
    if style is not None and length:
        runs.append(StyledRun(column, length, style))
    return column + length


def _style_of(token: "_TokenType", names: frozenset[str]) -> str | None:
    """Return the nearest style that the theme has for a token type."""
    kind: _TokenType | None = token
    while kind is not None:
        name = str(kind).removeprefix("Token").removeprefix(".")
        if name in names:
            return name
        kind = kind.parent
    return None


def _common_prefix(one: str, other: str) -> int:
    limit = min(len(one), len(other))
    return next((i for i in range(limit) if one[i] != other[i]), limit)
