"""Sets paragraphs as the document would: pieces of text with their formats, in lines."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import bidirectional

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGlyphRun,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from app.editor.drawn_rows import cursor_x, last_place
from app.editor.line_layout import aligned
from app.text.edits import MISREAD
from app.text.positions import utf16_len

UNBOUNDED = float(2**24 - 1)  # px; the width of a line that is not wrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How the document sets its text."""

    font: QFont
    option: QTextOption
    width: float  # px, both margins included; 0 without wrapping
    margin: float  # px


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatRun:
    """A stretch of text in one format, UTF-16 units."""

    start: int
    length: int
    format: QTextCharFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedText:
    """A stretch of text with its formats."""

    text: str
    runs: Sequence[FormatRun] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """A run of glyphs in one colour."""

    run: QGlyphRun
    color: QColor | None  # None: that of the text around it
    top: float  # px, of its paragraph

    @property
    def rect(self) -> QRectF:
        """Where it stands in its layout."""
        return self.run.boundingRect().translated(0.0, self.top)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, in its lines."""

    layout: QTextLayout
    start: int  # UTF-16 units into the composed text
    top: float  # px
    is_leftwards: bool  # as its first letter runs, or as the document is told to be set
    has_both_directions: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a layout; offsets are UTF-16 units into the composed text."""

    paragraph: Paragraph
    line: QTextLine

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.paragraph.start + self.line.textStart()

    @property
    def last(self) -> int:
        """The last place for a caret: where the paragraph goes on, that before its last letter."""
        return self.paragraph.start + last_place(self.line, self.paragraph.layout)

    @property
    def top(self) -> float:
        """Its top in the layout, px."""
        return self.paragraph.top + self.line.y()

    def x_of(self, offset: int) -> float:
        """Return where a caret stands in it, px."""
        return cursor_x(self.line, offset - self.paragraph.start)

    def offset_at(self, x: float) -> int:
        """Return the offset nearest to an x."""
        return min(self.paragraph.start + self.line.xToCursor(x), self.last)


def lay_out(text: str, runs: Sequence[FormatRun], style: Style) -> Iterator[Paragraph]:
    """Yield the paragraphs of a text, one below the other."""
    top = 0.0
    lines = text.split("\n")
    starts = list(accumulate((utf16_len(line) + 1 for line in lines[:-1]), initial=0))
    over: list[list[FormatRun]] = [[] for _ in lines]  # the runs that touch each line
    for run in runs:
        first = max(0, bisect_right(starts, run.start) - 1)
        for touched in over[first : bisect_left(starts, run.start + run.length)]:
            touched.append(run)
    for line, start, touching in zip(lines, starts, over, strict=True):
        # What PySide would drop is drawn as another character that is as long, and as invisible.
        drawn = f"\u2060{line[1:]}" if line.startswith(MISREAD) else line
        layout = QTextLayout(drawn, style.font)
        is_leftwards, has_both = _directions(line, style.option)
        layout.setTextOption(aligned(style.option, is_leftwards=is_leftwards))
        # Without it Qt discards what it has shaped, and would shape it again whenever it draws.
        layout.setCacheEnabled(True)
        layout.setFormats(list(_ranges(touching, start, utf16_len(line))))
        _break_lines(layout, style)
        yield Paragraph(layout, start, top, is_leftwards, has_both)
        top += layout.boundingRect().bottom()


def shifted(runs: Iterable[FormatRun], by: int) -> Iterator[FormatRun]:
    """Yield runs so many units further on."""
    return (FormatRun(start=run.start + by, length=run.length, format=run.format) for run in runs)


def widened(at: int, by: float) -> FormatRun:
    """Return a run that makes the character at a place wider, px."""
    made = QTextCharFormat()
    # A wider space, and not words drawn elsewhere: line breaks stay Qt's own, and every character
    # that is drawn is the model's.
    made.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
    made.setFontLetterSpacing(by)
    return FormatRun(start=at, length=1, format=made)


def _directions(text: str, option: QTextOption) -> tuple[bool, bool]:
    """Return whether a paragraph runs leftwards, and whether some of it runs the other way."""
    direction = option.textDirection()
    is_leftwards = direction is Qt.LayoutDirection.RightToLeft
    # Most lines, of which no character has to be looked up.
    if text.isascii() and not is_leftwards:
        return False, False
    kinds = [bidirectional(character) for character in text]
    strong = [kind != "L" for kind in kinds if kind in ("L", "R", "AL")]
    if direction is Qt.LayoutDirection.LayoutDirectionAuto:
        is_leftwards = bool(strong) and strong[0]
    # Numbers run rightwards in a line that runs leftwards.
    has_numbers = is_leftwards and not {"EN", "AN"}.isdisjoint(kinds)
    return is_leftwards, has_numbers or (not is_leftwards) in strong


def _break_lines(layout: QTextLayout, style: Style) -> None:
    """Break a paragraph exactly as `LineLayout` does."""
    available = (style.width or UNBOUNDED) - 2 * style.margin
    height = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLeadingIncluded(True)
        line.setLineWidth(available)
        line.setPosition(QPointF(style.margin, height))
        height += line.height()
    layout.endLayout()


def _ranges(
    runs: Sequence[FormatRun], start: int, length: int
) -> Iterator[QTextLayout.FormatRange]:
    for run in runs:
        first = max(run.start, start)
        last = min(run.start + run.length, start + length)
        if first < last:
            made = QTextLayout.FormatRange()
            made.start, made.length, made.format = first - start, last - first, run.format
            yield made
