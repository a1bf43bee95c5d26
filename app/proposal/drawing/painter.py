"""Paints a laid-out proposal: the tint behind the region, the bar beside it, the parked panel."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.editor import Theme
from app.editor.theme import mix
from app.proposal.drawing.draft_layout import DraftLayout

RADIUS = 5.0  # px
OUTLINE = 1.4  # px, of the line around the current draft
PALE = 0.6  # of the accent in that line, while no key means the draft
FRAME_RADIUS = 4.0  # px
FRAME_SHARE = 0.22  # of the text's colour, for the line around a card
PAD = 4.0  # px of tint on either side of the words
BAR_WIDTH = 3.0  # px
BAR_INSET = 4.0  # px between the bar and the text area
PANEL_PAD = 10.0  # px
PANEL_GAP = 6.0  # px between the text and a panel
MARK_WIDTH = 4.0  # px
INTERSECT = Qt.ClipOperation.IntersectClip
NOTE_SCALE = 0.8  # of the text's size


def band_of(painter: QPainter, rect: QRectF) -> QRectF:
    """Return what of a place can be seen of it where the painter draws."""
    return painter.clipBoundingRect() if painter.hasClipping() else rect


def in_band(
    boxes: Sequence[QRectF], origin: QPointF, band: QRectF, *, spare: int = 0
) -> list[QRectF]:
    """Return those of the boxes that are in view, moved there, and some more on either side.

    The boxes go from top to bottom; most of a long draft's are never looked at.
    """
    first = bisect_left(boxes, band.top() - origin.y(), key=QRectF.bottom)
    last = bisect_right(boxes, band.bottom() - origin.y(), key=QRectF.top)
    return [box.translated(origin) for box in boxes[max(0, first - spare) : last + spare]]


def paint_tint(
    painter: QPainter,
    rect: QRectF,
    lines: Sequence[QRectF],
    layout: DraftLayout,
    theme: Theme,
    pen: QPen,
    *,
    spare_height: float,
) -> None:
    """Draw the ground of the draft's lines as far as it is seen; `spare_height` is free below.

    `pen` is for the line around it.
    """
    painter.setPen(pen)
    painter.setBrush(theme.tint)
    # Two lines more on either side, so that no corner is rounded in view that is none.
    boxes = in_band(lines, rect.topLeft(), band_of(painter, rect), spare=2)
    is_end_seen = bool(boxes) and boxes[-1] == lines[-1].translated(rect.topLeft())
    if spare_height >= 1.0 and is_end_seen and layout.ends_with_draft:
        right = max(box.right() for box in boxes)
        right = max(right, rect.right() - layout.margin)
        last = boxes[-1]
        boxes[-1] = QRectF(last.left(), last.top(), right - last.left(), last.height())
        left = rect.left() + layout.margin
        boxes.append(QRectF(left, last.bottom(), right - left, spare_height))
    painter.drawPath(rounded_outline(boxes))
    # An empty draft has no words to tint; a bar shows where it stands.
    if len(lines) == 1 and boxes and boxes[0].width() < 1.0:
        painter.fillRect(boxes[0].adjusted(-1.0, 0.0, 1.0, 0.0), theme.accent)


def outline_pen(theme: Theme, *, is_current: bool, has_focus: bool) -> QPen:
    """Return the pen for the line around a draft: that of the current, strong with the focus."""
    if not is_current:
        return QPen(Qt.PenStyle.NoPen)
    return QPen(theme.accent if has_focus else mix(theme.tint, theme.accent, PALE), OUTLINE)


def paint_text(painter: QPainter, rect: QRectF, layout: DraftLayout, theme: Theme) -> None:
    """Draw the region's blocks with the draft in them."""
    painter.setPen(theme.text)
    layout.draw(painter, rect.topLeft(), band_of(painter, rect))


def paint_parked(
    painter: QPainter,
    rect: QRectF,
    layout: DraftLayout,
    theme: Theme,
    note: str,
    font: QFont,
    scrolled: float = 0.0,
) -> None:
    """Draw a parked draft in a panel below the text it was meant for, under its note."""
    panel = parked_panel(rect, layout)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.panel)
    painter.drawRoundedRect(panel, RADIUS, RADIUS)
    painter.setPen(theme.faint)
    origin = parked_text_origin(rect, font)
    painter.save()
    painter.setClipRect(panel.adjusted(0, origin.y() - panel.top(), 0, 0), INTERSECT)
    layout.draw(painter, origin - QPointF(0.0, scrolled), band_of(painter, panel))
    painter.restore()
    painter.setFont(note_font(font))
    painter.setPen(theme.accent)
    place = panel.topLeft() + QPointF(PANEL_PAD, PANEL_PAD + painter.fontMetrics().ascent())
    painter.drawText(place, note)


def parked_panel(rect: QRectF, layout: DraftLayout) -> QRectF:
    """Return the panel's place in the room `rect`."""
    return rect.adjusted(layout.margin, PANEL_GAP, -layout.margin, -PANEL_GAP)


def parked_text_origin(rect: QRectF, font: QFont) -> QPointF:
    """Return where the draft of a parked proposal begins."""
    return rect.topLeft() + QPointF(PANEL_PAD, PANEL_GAP + PANEL_PAD + _note_height(font))


def parked_height(layout: DraftLayout, font: QFont) -> float:
    """Return the room a parked proposal needs, px."""
    return layout.height + _note_height(font) + 2 * (PANEL_GAP + PANEL_PAD)


def paint_scroll_mark(
    painter: QPainter, rect: QRectF, theme: Theme, scrolled: float, hidden: float
) -> None:
    """Draw, at the right edge of its room, which part of a draft is in view."""
    share = rect.height() / (rect.height() + hidden)
    mark = QRectF(0.0, 0.0, MARK_WIDTH, rect.height() * share)
    mark.moveTopRight(rect.topRight() + QPointF(-2.0, scrolled * share))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.faint)
    painter.drawRoundedRect(mark, MARK_WIDTH / 2, MARK_WIDTH / 2)


def paint_bar(painter: QPainter, rect: QRectF, color: QColor) -> None:
    """Draw the thin bar at the right edge of the gutter's band `rect`."""
    bar = QRectF(rect.right() - BAR_INSET - BAR_WIDTH, rect.top(), BAR_WIDTH, rect.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(bar.adjusted(0, 1, 0, -1), BAR_WIDTH / 2, BAR_WIDTH / 2)


def paint_card(widget: QWidget) -> None:
    """Draw the ground of a widget that stands over the text."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colors, role = widget.palette(), QPalette.ColorRole
    painter.setPen(mix(colors.color(role.Window), colors.color(role.WindowText), FRAME_SHARE))
    painter.setBrush(colors.color(role.Window))
    painter.drawRoundedRect(widget.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)
    painter.end()


def paint_pin(painter: QPainter, rect: QRectF, color: QColor) -> None:
    """Draw a pin under a word: a line with a head at its left end."""
    painter.fillRect(QRectF(rect.left(), rect.bottom() - 2.5, rect.width(), 2.0), color)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(rect.left() + 1.0, rect.bottom() - 1.5), 2.8, 2.8)


def paint_word_frame(
    painter: QPainter, rect: QRectF, color: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> None:
    """Draw a frame around a word that is meant."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1.2, style))
    painter.drawRoundedRect(rect.adjusted(-2.0, 1.0, 2.0, 0.0), FRAME_RADIUS, FRAME_RADIUS)


def note_font(font: QFont) -> QFont:
    """Return the font of a note beside text in `font`."""
    made = QFont()
    made.setPointSizeF(font.pointSizeF() * NOTE_SCALE)
    return made


def rounded_outline(boxes: Iterable[QRectF]) -> QPainterPath:
    """Return the outline around boxes stacked line by line, with rounded corners."""
    stacked = QPainterPath()
    for box in boxes:
        # A pixel of overlap, so that no seam is left between two lines.
        stacked.addRect(QRectF(box.adjusted(-PAD, 0.0, PAD, 1.0).toRect()))
    stacked.setFillRule(Qt.FillRule.WindingFill)
    outline = QPainterPath()
    for polygon in stacked.simplified().toSubpathPolygons():
        _add_rounded(outline, polygon)
    return outline


def _add_rounded(path: QPainterPath, polygon: QPolygonF) -> None:
    # A polygon of a path ends where it begins.
    corners = [polygon.at(i) for i in range(polygon.size() - 1)]
    for index, corner in enumerate(corners):
        before, after = corners[index - 1], corners[(index + 1) % len(corners)]
        start, end = _towards(corner, before), _towards(corner, after)
        if index == 0:
            path.moveTo(start)
        else:
            path.lineTo(start)
        path.quadTo(corner, end)
    path.closeSubpath()


def _towards(corner: QPointF, other: QPointF) -> QPointF:
    """Return the point a radius away from `corner`, or half way where that is nearer."""
    way = other - corner
    length = max(abs(way.x()), abs(way.y()), 1e-6)
    return corner + way * (min(RADIUS, length / 2) / length)


def _note_height(font: QFont) -> float:
    return font.pointSizeF() * NOTE_SCALE * 2.2
