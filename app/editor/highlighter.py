"""Syntax colours by Pygments: read in a thread, put on the lines that are in view.

`QSyntaxHighlighter` would call Python for every line of a document whenever one is opened, which
takes ten times as long as opening it. Here every line's state carries the number of the stack that
reading it begins with, so that it goes where the line goes; an edit is read from shortly before it
until a line has the stack it had before.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextLayout,
)

from app.editor.lexing import ROOT, LineLexer, ReadLine, Stack, StyledRun
from app.editor.line_states import LineStates, end_of_piece, piece_of
from app.editor.preedit import around_preedit
from app.editor.styled_lines import Reading, StyledLine
from app.editor.theme import Theme
from app.system.background import Background
from app.system.turns import INTERFACE, Turns

if TYPE_CHECKING:
    from pygments.lexer import Lexer

PAUSE_MS = 40  # after a change, before it is read
NEXT_MS = 2  # between two pieces
FIRST_CHARS, MOST_CHARS = 2_000, 32_000  # of a piece, behind what was edited
MAX_WHOLE = 1_000_000  # characters, of a language that must be read as a whole
MAX_KEPT = 30_000  # lines whose colours are remembered
BEFORE = 60  # lines read ahead of a place that nobody has come to yet
BOLD = ("Generic.Heading", "Generic.Subheading", "Generic.Strong")

Layer = Callable[[QTextBlock], Iterable[QTextLayout.FormatRange]]


class Highlighter(QObject):
    """Knows the colours of lines, and puts them on those that are shown.

    Signals:
        coloured: Some lines have other colours than before.
    """

    coloured = Signal()

    def __init__(self, document: QTextDocument, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._lexer: LineLexer | None = None
        self.is_markdown = False  # there may be blocks of code in other languages
        self._lines: list[StyledLine | None] = [None]  # of every line of the document
        self._num_kept = 0
        self._wanted: set[int] = set()
        self._states = LineStates(document)
        self._chars = MOST_CHARS  # of the next piece
        self._formats: dict[str, QTextCharFormat] = {}
        self._layers: list[Layer] = []
        self._background = Background(self)
        self._reading: Reading | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read_next)
        document.contentsChange.connect(self._on_contents_change)

    @property
    def is_settled(self) -> bool:
        """Whether all that is to be read has been read."""
        return self._reading is None and not self._timer.isActive()

    @property
    def lexer(self) -> LineLexer | None:
        """What the document is read by; None for plain text."""
        return self._lexer

    @property
    def styles(self) -> Iterable[str]:
        """The names of all styles."""
        return self._theme.syntax

    @property
    def _can_step(self) -> bool:
        return self._lexer is not None and self._lexer.can_step

    def add_layer(self, layer: Layer) -> None:
        """Put the formats that `layer` gives for a line over its colours."""
        self._layers.append(layer)
        self.coloured.emit()

    def set_lexer(self, lexer: "Lexer | None") -> None:
        """Colour by `lexer` from now on; None takes the colours away."""
        self._lexer = LineLexer(lexer, self._theme.syntax) if lexer is not None else None
        self.is_markdown = lexer is not None and "markdown" in lexer.aliases
        self._cancel()
        self._states.forget()
        self._forget_lines()
        self._timer.start(0)
        self.coloured.emit()

    def set_theme(self, theme: Theme) -> None:
        """Colour in the colours of `theme`."""
        self._theme = theme
        self._formats = {}
        self.coloured.emit()

    def show(self, block: QTextBlock) -> None:
        """Put its colours on a line that is about to be drawn."""
        INTERFACE.note()
        if self._lexer is not None and self._lines[block.blockNumber()] is None:
            self._wanted.add(block.blockNumber())
            if self.is_settled:
                self._timer.start(0)
        layout = block.layout()
        ranges = [self._range(run) for run in self.runs_of(block)]
        for layer in self._layers:
            ranges += layer(block)
        ranges = around_preedit(layout, ranges)
        # Setting formats makes Qt shape the line anew, and this runs for each line at each drawing.
        if ranges != layout.formats():
            layout.setFormats(ranges)
            self._document.markContentsDirty(block.position(), block.length())

    def checkpoint(self, block: QTextBlock) -> tuple[QTextBlock, Stack]:
        """Return the last line up to this one that reading can begin with, and the stack there."""
        # Nobody has come to it yet: it is read from a guess.
        if not self._can_step or block.blockNumber() > self._states.known:
            return block, ROOT
        found = self._states.checkpoint(block.blockNumber())
        return found, self._states.stack_of(found)

    def runs_of(self, block: QTextBlock) -> Iterator[StyledRun]:
        """Go through what is known of a line's styles."""
        number = block.blockNumber()
        line = self._lines[number] if number < len(self._lines) else None
        if line is not None:
            yield from line.runs_for(block.text())

    def _range(self, run: StyledRun) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start, made.length, made.format = run.start, run.length, self.format_of(run.style)
        return made

    def _on_contents_change(self, position: int, _removed: int, added: int) -> None:
        INTERFACE.note()
        document = self._document
        block = document.findBlock(position)
        # Whole lines come and go in front of a line whose start they share.
        index = block.blockNumber() + (position > block.position())
        grown = document.blockCount() - len(self._lines)
        if grown > 0:
            self._lines[index:index] = [None] * grown
        elif grown < 0:
            del self._lines[index : index - grown]
        if self._lexer is None:
            return
        is_known = self._states.note_change(position, added, index, grown)
        # Behind all that is known or being read: a large file comes in this way, and must not begin
        # reading anew with each piece.
        if not is_known and self._is_behind(position, index):
            if self.is_settled:
                self._timer.start(PAUSE_MS)
            return
        self._chars = FIRST_CHARS
        self._wanted.clear()
        self._cancel()
        self._timer.start(PAUSE_MS)

    def _is_behind(self, position: int, index: int) -> bool:
        """Return whether an edit is behind all that is being read, as when more of a file comes."""
        is_seen = self._reading is not None and self._reading.seen_to > position
        return not is_seen and all(number < index for number in self._wanted)

    def _cancel(self) -> None:
        if self._reading is not None:
            self._reading.is_cancelled = True
            self._reading = None

    def _read_next(self) -> None:
        """Read what is most wanted: what was edited, what is in view, what comes next."""
        lexer, states, count = self._lexer, self._states, self._document.blockCount()
        if lexer is None or self._reading is not None:
            return
        if not self._can_step:
            is_small = self._document.characterCount() <= MAX_WHOLE
            if is_small and states.known < count:
                self._read(self._document.firstBlock(), ROOT, None, range(count), is_scan=True)
        # Not before what was edited is right again: the colours in view would be those of the old
        # text.
        elif self._wanted and states.is_ahead and not self._comes_soon(min(self._wanted)):
            self._read_wanted()
        elif states.known < count:
            block = states.checkpoint(states.known)
            furthest = block.position() + 4 * MOST_CHARS  # reading more holds others up
            stop = max(block.position(), min(states.edited_to, furthest)) + self._chars
            wanted = sorted(self._wanted) or [0]
            shown = range(wanted[0], wanted[-1] + 1)
            self._read(block, states.stack_of(block), stop, shown, is_scan=True)

    def _comes_soon(self, number: int) -> bool:
        """Return whether a line is in what comes next anyway."""
        find = self._document.findBlockByNumber
        known = min(self._states.known, self._document.blockCount() - 1)
        way = find(number).position() - find(known).position()
        return self._states.known <= number and way < MOST_CHARS // 2

    def _read_wanted(self) -> None:
        """Read what is in view, from a guess where nobody has come to yet."""
        first, last = min(self._wanted), max(self._wanted)
        self._wanted.clear()
        stack = ROOT
        if first <= self._states.known:
            block = self._states.checkpoint(first)
            stack = self._states.stack_of(block)
        else:
            block = self._document.findBlockByNumber(max(0, first - BEFORE))
        end = self._document.findBlockByNumber(last)
        stop = min(end.position() + end.length(), block.position() + 4 * MOST_CHARS)
        self._read(block, stack, stop, range(first, last + 1), is_scan=False)

    def _read(
        self, block: QTextBlock, stack: Stack, stop: int | None, wanted: range, *, is_scan: bool
    ) -> None:
        """Read from a line on until a position, or all of it, in the background."""
        lexer = self._lexer
        assert lexer is not None
        piece = piece_of(self._document, block, stack, stop)
        seen_to = end_of_piece(self._document, stop)
        reading = self._reading = Reading(block.blockNumber(), seen_to, wanted, is_scan)

        def work() -> list[ReadLine]:
            lines = []
            for line in lexer.read(piece, Turns()):
                lines.append(line)
                if reading.is_cancelled:
                    break
            return lines

        self._background.run(work, lambda lines: self._take(reading, lines))

    def _take(self, reading: Reading, lines: list[ReadLine]) -> None:
        """Keep what was read, unless the text is another one by now."""
        # An edit has cancelled it: what it read is of a text that is no more.
        if reading is not self._reading:
            return
        self._reading = None
        states, block = self._states, self._document.findBlockByNumber(reading.first)
        known = states.known
        for index, line in enumerate(lines):
            number = reading.first + index
            if not block.isValid():
                break
            # The first line's stack is what reading began with, and proves nothing.
            if reading.is_scan and states.note(block, line.stack, proves=index > 0):
                break
            if index < len(lines) - 1 and self._is_kept(number, reading):
                self._keep(number, StyledLine(block.text(), line.runs))
            block = block.next()
        if reading.is_scan:
            is_all = reading.first + len(lines) > self._document.blockCount()
            states.end_turn(is_all=is_all or not self._can_step)
            # A token that is longer than the piece needs a longer one.
            self._chars = min(self._chars * 4, MOST_CHARS if states.known > known else MAX_WHOLE)
        self.coloured.emit()
        if states.known < self._document.blockCount() or self._wanted:
            self._timer.start(NEXT_MS)

    def _is_kept(self, number: int, reading: Reading) -> bool:
        is_small = len(self._lines) <= MAX_KEPT
        return is_small or number in reading.wanted or self._lines[number] is not None

    def _keep(self, number: int, line: StyledLine) -> None:
        self._num_kept += self._lines[number] is None
        # All at once: to find the oldest would cost more than to read what is in view again.
        if self._num_kept > 2 * MAX_KEPT:
            self._forget_lines()
        self._lines[number] = line

    def _forget_lines(self) -> None:
        self._lines = [None] * self._document.blockCount()
        self._num_kept = 0
        self._wanted.clear()

    def format_of(self, style: str) -> QTextCharFormat:
        """Return the format of a style."""
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
