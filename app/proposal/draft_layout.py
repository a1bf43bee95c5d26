"""Lay a draft out as the document would: the rest of its first and last line around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

UNBOUNDED = float(2**24 - 1)  # px; the width of a line that is not wrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How the document sets its text."""

    font: QFont
    option: QTextOption
    width: float  # px, both margins included; 0 without wrapping
    margin: float  # px


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text in one format, UTF-16 units."""

    start: int
    length: int
    format: QTextCharFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text with its formats."""

    text: str
    runs: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class _Paragraph:
    layout: QTextLayout
    start: int  # UTF-16 units into the composed text
    top: float  # px


class DraftLayout:
    """Prefix, draft and suffix, laid out as consecutive paragraphs.

    Offsets are UTF-16 units into the composed text; points are relative to the layout's top left.
    """

    def __init__(self, prefix: Piece, draft: Piece, suffix: Piece, style: Style) -> None:
        self._draft_start = _units(prefix.text)
        self._draft_end = self._draft_start + _units(draft.text)
        self._style = style
        self._text = prefix.text + draft.text + suffix.text
        runs = [
            *prefix.runs,
            *_shifted(draft.runs, self._draft_start),
            *_shifted(suffix.runs, self._draft_end),
        ]
        self._paragraphs = list(self._lay_out(runs))

    @property
    def text(self) -> str:
        """All that is drawn, as the layouts hold it."""
        return "\n".join(paragraph.layout.text() for paragraph in self._paragraphs)

    @property
    def margin(self) -> float:
        """The document's margin, px."""
        return self._style.margin

    @property
    def ends_with_draft(self) -> bool:
        """Whether nothing follows the draft in its last line."""
        return self._draft_end == _units(self._text)

    @property
    def draft_text(self) -> str:
        """The part of what is drawn that is the draft."""
        units = self.text.encode("utf-16-le")[2 * self._draft_start : 2 * self._draft_end]
        return units.decode("utf-16-le")

    @property
    def draft_range(self) -> tuple[int, int]:
        """Start and end of the draft in the composed text."""
        return self._draft_start, self._draft_end

    @property
    def height(self) -> float:
        """The height of all paragraphs, px."""
        last = self._paragraphs[-1]
        return last.top + last.layout.boundingRect().bottom()

    @property
    def width(self) -> float:
        """The width of the widest line, margins included, px."""
        widths = (line_width for p in self._paragraphs for line_width in _line_widths(p.layout))
        return max(widths, default=0.0) + 2 * self._style.margin

    @property
    def baselines(self) -> tuple[float, ...]:
        """The first baseline of every paragraph, px from the top."""
        return tuple(p.top + p.layout.lineAt(0).ascent() for p in self._paragraphs)

    def draw(self, painter: QPainter, origin: QPointF) -> None:
        """Draw the text, its top left at `origin`."""
        for paragraph in self._paragraphs:
            paragraph.layout.draw(painter, origin + QPointF(0.0, paragraph.top))

    def draw_caret(self, painter: QPainter, origin: QPointF, offset: int, width: int) -> None:
        """Draw a caret before the unit at `offset`."""
        paragraph = self._paragraph_of(offset)
        place = origin + QPointF(0.0, paragraph.top)
        paragraph.layout.drawCursor(painter, place, offset - paragraph.start, width)

    def draft_rects(self) -> list[QRectF]:
        """Return where the draft stands: a rectangle per line, full wherever it goes on."""
        rects: list[QRectF] = []
        for paragraph in self._paragraphs:
            start = self._draft_start - paragraph.start
            end = self._draft_end - paragraph.start
            if end < 0 or start > _units(paragraph.layout.text()):
                continue
            rects += self._line_rects(paragraph, max(0, start), end)
        return rects

    def stretch_rects(self, start: int, end: int) -> list[QRectF]:
        """Return where a stretch of the draft stands, UTF-16 units of it: a rectangle per line."""
        rects: list[QRectF] = []
        for paragraph in self._paragraphs:
            first = self._draft_start + start - paragraph.start
            last = self._draft_start + end - paragraph.start
            for index in range(paragraph.layout.lineCount()):
                line = paragraph.layout.lineAt(index)
                left = max(first, line.textStart())
                right = min(last, line.textStart() + line.textLength())
                if left < right:
                    near, far = _x(line.cursorToX(left)), _x(line.cursorToX(right))
                    top = paragraph.top + line.y()
                    rects.append(QRectF(min(near, far), top, abs(far - near), line.height()))
        return rects

    def offset_at(self, point: QPointF) -> int:
        """Return the offset whose gap is nearest to `point`."""
        below = [p for p in self._paragraphs if p.top <= point.y()]
        paragraph = below[-1] if below else self._paragraphs[0]
        layout = paragraph.layout
        y = point.y() - paragraph.top
        lines = [layout.lineAt(i) for i in range(layout.lineCount())]
        line = next((one for one in lines if y < one.y() + one.height()), lines[-1])
        return paragraph.start + line.xToCursor(point.x())

    def _lay_out(self, runs: Sequence[Run]) -> Iterator[_Paragraph]:
        start, top = 0, 0.0
        for text in self._text.split("\n"):
            layout = QTextLayout(text, self._style.font)
            layout.setTextOption(self._style.option)
            layout.setCacheEnabled(True)
            layout.setFormats(list(_ranges(runs, start, _units(text))))
            _break_lines(layout, self._style)
            yield _Paragraph(layout, start, top)
            top += layout.boundingRect().bottom()
            start += _units(text) + 1

    def _line_rects(self, paragraph: _Paragraph, start: int, end: int) -> Iterator[QRectF]:
        layout = paragraph.layout
        margin = self._style.margin
        right_edge = max((self._style.width or self.width) - margin, margin)
        for index in range(layout.lineCount()):
            line = layout.lineAt(index)
            line_end = line.textStart() + line.textLength()
            is_last = index == layout.lineCount() - 1
            # The draft belongs to this line unless it begins at, or has ended before, a soft break.
            if end < line.textStart() or (start >= line_end and not is_last):
                continue
            goes_on = end > line_end or (end == line_end and not is_last)
            is_leftwards = _x(line.cursorToX(line_end)) < _x(line.cursorToX(line.textStart()))
            near = _x(line.cursorToX(max(start, line.textStart())))
            far = _x(line.cursorToX(min(end, line_end)))
            if goes_on:
                far = margin if is_leftwards else right_edge
            top = paragraph.top + line.y()
            yield QRectF(min(near, far), top, abs(far - near), line.height())
            if not goes_on:
                return

    def _paragraph_of(self, offset: int) -> _Paragraph:
        return next(p for p in reversed(self._paragraphs) if p.start <= max(0, offset))


def _break_lines(layout: QTextLayout, style: Style) -> None:
    """Break a paragraph exactly as `QPlainTextDocumentLayout` does."""
    available = (style.width or UNBOUNDED) - 2 * style.margin
    height = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLeadingIncluded(True)
        line.setLineWidth(available)
        line.setPosition(QPointF(style.margin, height))
        height += line.height()
    layout.endLayout()


def _ranges(runs: Sequence[Run], start: int, length: int) -> Iterator[QTextLayout.FormatRange]:
    for run in runs:
        first = max(run.start, start)
        last = min(run.start + run.length, start + length)
        if first < last:
            made = QTextLayout.FormatRange()
            made.start, made.length, made.format = first - start, last - first, run.format
            yield made


def _shifted(runs: Sequence[Run], by: int) -> Iterator[Run]:
    return (Run(start=run.start + by, length=run.length, format=run.format) for run in runs)


def _line_widths(layout: QTextLayout) -> Iterator[float]:
    return (layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount()))


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _x(answer: object) -> float:
    # PySide returns the cursor that Qt has corrected along with the place.
    place = answer[0] if isinstance(answer, tuple) else answer
    assert isinstance(place, float)
    return place
