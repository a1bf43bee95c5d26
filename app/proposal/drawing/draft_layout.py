"""Lay a draft out as the document would: the rest of its first and last line around it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QTextFormat, QTextLayout, QTextLine

from app.editor.drawn_rows import cursor_x
from app.proposal.drawing.measured import LayoutWord, MeasuredWord, WordPlace
from app.proposal.drawing.paragraph import (
    FormattedText,
    Glyphs,
    Paragraph,
    Row,
    Style,
    lay_out,
    shifted,
    widened,
)
from app.text.positions import decoded, encoded, utf16_len

FOREGROUND = QTextFormat.Property.ForegroundBrush.value


class DraftLayout:
    """Prefix, draft and suffix, laid out as consecutive paragraphs.

    Offsets are UTF-16 units into the composed text; points are relative to the layout's top left.
    Spaces before the offsets in `gaps` are wider by so many px.
    """

    def __init__(
        self,
        prefix: FormattedText,
        draft: FormattedText,
        suffix: FormattedText,
        style: Style,
        gaps: Mapping[int, float] | None = None,
    ) -> None:
        self._draft_start = utf16_len(prefix.text)
        self._draft_end = self._draft_start + utf16_len(draft.text)
        self._style = style
        self._text = prefix.text + draft.text + suffix.text
        # Positions are UTF-16 units, and a Python string is cut in them nowhere else but in these
        # bytes.
        self._encoded = encoded(self._text)
        self._runs = [
            *prefix.runs,
            *shifted(draft.runs, self._draft_start),
            *shifted(suffix.runs, self._draft_end),
            *(widened(at - 1, by) for at, by in (gaps or {}).items()),
        ]
        self._paragraphs = list(lay_out(self._text, self._runs, style))
        self._starts = [paragraph.start for paragraph in self._paragraphs]
        self._tops = [paragraph.top for paragraph in self._paragraphs]

    @property
    def text(self) -> str:
        """All that is drawn, as the layouts hold it."""
        return "\n".join(paragraph.layout.text() for paragraph in self._paragraphs)

    @property
    def length(self) -> int:
        """The length of all that is drawn, UTF-16 units."""
        return len(self._encoded) // 2

    @property
    def margin(self) -> float:
        """The document's margin, px."""
        return self._style.margin

    @property
    def ends_with_draft(self) -> bool:
        """Whether nothing follows the draft in its last line."""
        return self._draft_end == utf16_len(self._text)

    @cached_property
    def draft_text(self) -> str:
        """The part of what is drawn that is the draft."""
        return decoded(encoded(self.text)[2 * self._draft_start : 2 * self._draft_end])

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

    def draw(self, painter: QPainter, origin: QPointF, band: QRectF) -> None:
        """Draw the text as far as it is in a band, its top left at `origin`."""
        first = max(0, bisect_right(self._tops, band.top() - origin.y()) - 1)
        last = bisect_right(self._tops, band.bottom() - origin.y())
        for paragraph in self._paragraphs[first:last]:
            place = origin + QPointF(0.0, paragraph.top)
            paragraph.layout.draw(painter, place, [], band)

    def draw_caret(self, painter: QPainter, origin: QPointF, offset: int, width: int) -> None:
        """Draw a caret before the unit at `offset`."""
        paragraph = self._paragraph_of(offset)
        place = origin + QPointF(0.0, paragraph.top)
        paragraph.layout.drawCursor(painter, place, offset - paragraph.start, width)

    @cached_property
    def draft_rects(self) -> list[QRectF]:
        """Where the draft stands: a rectangle per line, full wherever it goes on."""
        return self.full_rects(self._draft_start, self._draft_end)

    def full_rects(self, first: int, last: int) -> list[QRectF]:
        """Return where a stretch stands: a rectangle per line, full wherever it goes on."""
        rects: list[QRectF] = []
        for paragraph in self._paragraphs_of(first, last):
            start, end = first - paragraph.start, last - paragraph.start
            rects += self._line_rects(paragraph, max(0, start), end)
        return rects

    def _paragraphs_of(self, first: int, last: int) -> Iterator[Paragraph]:
        """Yield those that a stretch, or a place, has a part in."""
        for paragraph in self._paragraphs:
            end = paragraph.start + utf16_len(paragraph.layout.text())
            if paragraph.start <= last and first <= end:
                yield paragraph

    def tint_rects(self, first: int, last: int, pad: float) -> list[QRectF]:
        """Return what is tinted of a stretch, a rectangle per line, before it is padded.

        A line that ends is tinted as far as it is written, and where letters stand beside the
        stretch, padding it does not reach them.
        """
        rects: list[QRectF] = []
        for paragraph in self._paragraphs_of(first, last):
            start, end = first - paragraph.start, last - paragraph.start
            found = list(self._line_rects(paragraph, max(0, start), end))
            if end > (length := utf16_len(paragraph.layout.text())):
                found[-1] = self._as_written(paragraph, found[-1], max(0, start), length)
            rects += found
        if rects and first < last:
            rects[0] = self._beside_letters(rects[0], first, -1, pad)
            rects[-1] = self._beside_letters(rects[-1], last, 1, pad)
        return rects

    def _as_written(self, paragraph: Paragraph, rect: QRectF, start: int, end: int) -> QRectF:
        """Return a paragraph's last rectangle up to its end, and as much as a space more."""
        line = paragraph.layout.lineAt(paragraph.layout.lineCount() - 1)
        near, far = cursor_x(line, max(start, line.textStart())), cursor_x(line, end)
        space = QFontMetricsF(self._style.font).horizontalAdvance(" ")
        left = min(near, far) - (space if paragraph.is_leftwards else 0.0)
        return QRectF(left, rect.top(), abs(far - near) + space, rect.height())

    def _beside_letters(self, rect: QRectF, place: int, way: int, pad: float) -> QRectF:
        """Draw a rectangle's end in where letters beside it are nearer than the padding.

        Args:
            rect: Of the stretch's first line, or its last.
            place: Where the stretch begins, or ends.
            way: -1 or 1, from there away from the stretch.
            pad: As much is added later, px.
        """
        paragraph = self._paragraph_of(place)
        at, text = place - paragraph.start, paragraph.layout.text()
        units = encoded(text)
        beside = decoded(units[: 2 * at]) if way < 0 else decoded(units[2 * at :])
        letters = beside.rstrip() if way < 0 else beside.lstrip()
        if not letters or paragraph.has_both_directions:
            return rect
        own = decoded(units[2 * at :]) if way < 0 else decoded(units[: 2 * at])
        blank = utf16_len(own) - utf16_len(own.lstrip() if way < 0 else own.rstrip())
        spaces = utf16_len(beside) - utf16_len(letters)
        line = paragraph.layout.lineForTextPosition(max(0, at if way < 0 else at - 1))
        edge, wall = cursor_x(line, at - way * blank), cursor_x(line, at + way * spaces)
        if not line.textStart() <= at + way * spaces <= line.textStart() + line.textLength():
            return rect
        room = min(pad, abs(edge - wall) / 2)  # in the middle of what is between
        is_left = (way < 0) is not paragraph.is_leftwards
        drawn = QRectF(rect)
        if is_left:
            drawn.setLeft(edge + pad - room)
        else:
            drawn.setRight(edge - pad + room)
        return drawn if drawn.width() >= 1.0 else rect

    def stretch_rects(self, start: int, end: int) -> list[QRectF]:
        """Return where a stretch of the draft stands, UTF-16 units of it: a rectangle per line."""
        rects: list[QRectF] = []
        begin, stop = self._draft_start + start, self._draft_start + end
        # Found by bisection: a draft may have thousands of paragraphs, and this runs for each word.
        earliest, latest = self._number_of(begin), self._number_of(stop)
        for paragraph in self._paragraphs[earliest : latest + 1]:
            first, last = max(0, begin - paragraph.start), stop - paragraph.start
            layout = paragraph.layout
            line = layout.lineForTextPosition(first)
            for index in range(line.lineNumber() if line.isValid() else 0, layout.lineCount()):
                line = layout.lineAt(index)
                if line.textStart() >= last:
                    break
                left = max(first, line.textStart())
                right = min(last, line.textStart() + line.textLength())
                if left < right:
                    near, far = cursor_x(line, left), cursor_x(line, right)
                    top = paragraph.top + line.y()
                    rects.append(QRectF(min(near, far), top, abs(far - near), line.height()))
        return rects

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows, from top to bottom."""
        return tuple(
            Row(paragraph=paragraph, line=paragraph.layout.lineAt(number))
            for paragraph in self._paragraphs
            for number in range(paragraph.layout.lineCount())
        )

    def offset_at(self, point: QPointF) -> int:
        """Return the offset whose gap is nearest to `point`."""
        below = [p for p in self._paragraphs if p.top <= point.y()]
        paragraph = below[-1] if below else self._paragraphs[0]
        layout = paragraph.layout
        y = point.y() - paragraph.top
        lines = [layout.lineAt(i) for i in range(layout.lineCount())]
        line = next((one for one in lines if y < one.y() + one.height()), lines[-1])
        return paragraph.start + line.xToCursor(point.x())

    def measure(self, words: Sequence[LayoutWord]) -> list[MeasuredWord]:
        """Return where words stand; the space before one is 0 where it cannot be widened."""
        advance = QFontMetricsF(self._style.font).horizontalAdvance(" ")
        befores = [words[0].start if words else 0, *(w.start + w.length for w in words)]
        found = (self._measured(w, b, advance) for w, b in zip(words, befores, strict=False))
        return [one for one in found if one is not None]

    def glyphs(self, start: int, length: int) -> Iterator[Glyphs]:
        """Yield what is drawn of a stretch, in pieces of one colour."""
        earliest, latest = self._number_of(start), self._number_of(start + length)
        for paragraph in self._paragraphs[earliest : latest + 1]:
            first = max(start, paragraph.start)
            last = min(start + length, paragraph.start + utf16_len(paragraph.layout.text()))
            for begin, end, color in self._colored(first, last):
                at = begin - paragraph.start
                for run in paragraph.layout.glyphRuns(at, end - begin):
                    yield Glyphs(run=run, color=color, top=paragraph.top)

    def _colored(self, start: int, end: int) -> Iterator[tuple[int, int, QColor | None]]:
        """Cut a stretch where its colour changes."""
        edges, colors = self._colors
        number = max(0, bisect_right(edges, start) - 1)
        while number < len(colors) and edges[number] < end:
            first, last = max(start, edges[number]), min(end, edges[number + 1])
            if first < last:
                yield first, last, colors[number]
            number += 1

    @cached_property
    def _colors(self) -> tuple[list[int], list[QColor | None]]:
        """Where formats begin and end, and the colour from each of these places to the next."""
        ends = ({run.start, run.start + run.length} for run in self._runs)
        edges = sorted({0, self.length}.union(*ends))
        colors: list[QColor | None] = [None] * (len(edges) - 1)
        for run in self._runs:
            if run.format.hasProperty(FOREGROUND):
                first, last = (bisect_left(edges, run.start + by) for by in (0, run.length))
                colors[first:last] = [run.format.foreground().color()] * (last - first)
        return edges, colors

    def _measured(self, word: LayoutWord, before: int, advance: float) -> MeasuredWord | None:
        """Measure a word; `before` is where the word before it ends."""
        paragraph = self._paragraph_of(word.start)
        start = word.start - paragraph.start
        line = paragraph.layout.lineForTextPosition(start)
        if not line.isValid():
            return None
        line_start, line_end = line.textStart(), line.textStart() + line.textLength()
        left, right, is_against = _reach(paragraph, line, start, min(start + word.length, line_end))
        extent = line.naturalTextRect()
        between = self._between(max(before, paragraph.start), word.start)
        can_widen = between and not between.strip(" ")
        place = WordPlace(
            text=word.text,
            row=(self._number_of(word.start), line.lineNumber()),
            # Leftward lines begin on the right, which stays where it is when they grow.
            x=extent.right() - right if paragraph.is_leftwards else left - extent.left(),
            left=left,
            top=paragraph.top + line.y(),
            starts_row=start == line_start > 0,
        )
        space = len(between) * advance if can_widen else 0.0
        return MeasuredWord(
            word=word,
            place=place,
            width=right - left,
            space=space,
            is_against=is_against,
        )

    def _between(self, start: int, end: int) -> str:
        return decoded(self._encoded[2 * start : 2 * end])

    def _line_rects(self, paragraph: Paragraph, start: int, end: int) -> Iterator[QRectF]:
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
            is_leftwards = cursor_x(line, line_end) < cursor_x(line, line.textStart())
            near = cursor_x(line, max(start, line.textStart()))
            far = cursor_x(line, min(end, line_end))
            if goes_on:
                far = margin if is_leftwards else right_edge
            top = paragraph.top + line.y()
            yield QRectF(min(near, far), top, abs(far - near), line.height())
            if not goes_on:
                return

    def _paragraph_of(self, offset: int) -> Paragraph:
        return self._paragraphs[self._number_of(offset)]

    def _number_of(self, offset: int) -> int:
        return max(0, bisect_right(self._starts, offset) - 1)


def _line_widths(layout: QTextLayout) -> Iterator[float]:
    return (layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount()))


def _reach(
    paragraph: Paragraph, line: QTextLine, start: int, end: int
) -> tuple[float, float, bool]:
    """Return a word's left and right end, px, and whether it runs against its paragraph."""
    if not paragraph.has_both_directions:
        near, far = cursor_x(line, start), cursor_x(line, end)
        return min(near, far), max(near, far), False
    # A cursor between two directions has two places, and Qt tells one of them.
    runs = line.glyphRuns(start, end - start)
    boxes = [run.boundingRect() for run in runs]
    left = min((box.left() for box in boxes), default=0.0)
    right = max((box.right() for box in boxes), default=left)
    return left, right, any(run.isRightToLeft() != paragraph.is_leftwards for run in runs)
