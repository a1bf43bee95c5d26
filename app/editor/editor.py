"""The text area: a plain-text editor with calm typography and room for an overlay."""

import math
from collections.abc import Callable, Iterator

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.editor.brackets import matching
from app.editor.columns import ColumnSelection
from app.editor.extra_selections import ExtraSelections
from app.editor.gutter import Gutter
from app.editor.inset import Inset, Overlay
from app.editor.multi_cursor import MultiCursor
from app.editor.text_area import MARGIN, TextArea
from app.editor.typing_aids import TypingAids

WHEEL_STEP = 120  # eighths of a degree
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Editor(TextArea):
    """A text area with line numbers, carets, and an overlay that stands in for some lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overlay: Overlay | None = None
        self._key_takers: list[Callable[[QKeyEvent], bool]] = []
        self._menu_fillers: list[Callable[[QMenu, QPoint], None]] = []
        self.open_menus: list[QMenu] = []  # context menus on the screen: one or none
        self._painters: list[Callable[[QPainter], None]] = []
        self.marks = ExtraSelections(self)
        self._gutter = Gutter(self)
        self.multi_cursor = MultiCursor(self)
        self.columns = ColumnSelection(self)
        self.typing_aids = TypingAids(self)
        self.side_moved.connect(self._gutter.setGeometry)
        self.blockCountChanged.connect(self._fit_gutter)
        self.metrics_changed.connect(self._fit_gutter)
        self.updateRequest.connect(self._on_update_request)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self._fit_gutter()

    def prepare_for(self, text: str, file_name: str) -> None:
        """Get ready for a text that comes next, so that Qt lays it out once."""
        super().prepare_for(text, file_name)
        self.set_side_width(self._gutter.width_for(text.count("\n") + 1))

    @property
    def inset(self) -> Inset | None:
        """The room made for the overlay."""
        return self._layout.inset

    def show_selection(self, start: int, end: int) -> None:
        """Select a stretch of the text, UTF-16 units, and scroll it into the middle."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        place = self.cursorRect()
        if place.top() < 0 or place.bottom() > self.viewport().height() - place.height():
            self.centerCursor()

    def go_to_bracket(self) -> None:
        """Put the caret behind the partner of the bracket beside it."""
        pair = matching(self.document(), self.textCursor().position())
        if pair is not None:
            cursor = self.textCursor()
            cursor.setPosition(pair[1] + 1)
            self.setTextCursor(cursor)

    def take_keys_first(self, take_key: Callable[[QKeyEvent], bool]) -> None:
        """Ask `take_key` about every key that the overlay leaves alone, in order of asking."""
        self._key_takers.append(take_key)

    def fill_menu_by(self, fill: Callable[[QMenu, QPoint], None]) -> None:
        """Let `fill` add to the context menu at a point of the viewport."""
        self._menu_fillers.append(fill)

    def paint_over(self, paint: Callable[[QPainter], None]) -> None:
        """Let `paint` draw over the text, in viewport coordinates."""
        self._painters.append(paint)

    def set_overlay(self, overlay: Overlay | None, inset: Inset | None) -> None:
        """Draw `overlay` in the room of `inset`; None takes it away."""
        self._overlay = overlay
        self._layout.set_inset(inset)
        self.viewport().update()
        self._gutter.update()

    def reveal_inset(self) -> None:
        """Scroll down, if need be, so that as much of the overlay as fits is in view."""
        rect = self.inset_rect()
        if rect is None or not self.isVisible():
            return
        line = self.fontMetrics().lineSpacing()
        wanted = math.ceil((rect.bottom() + MARGIN - self.viewport().height()) / line)
        possible = int(rect.top() / line)
        if wanted > 0 and possible > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + min(wanted, possible))

    def natural_height(self, first: int, last: int) -> float:
        """Return the height that blocks `first` to `last` have without an overlay, px."""
        find = self.document().findBlockByNumber
        return sum(self._layout.natural_height(find(i)) for i in range(first, last + 1))

    def tallest_inset(self, natural: float) -> float:
        """Return how tall an inset over blocks of height `natural` may be, px.

        Qt scrolls by the lines of the document, and the room beyond them holds none: what is taller
        could not be scrolled into view.
        """
        line = self.fontMetrics().lineSpacing()
        spare = self.viewport().height() - 2 * MARGIN - 2 * line
        return natural + max(spare // line, 2) * line

    def visible_blocks(self) -> Iterator[tuple[QTextBlock, float]]:
        """Yield the blocks in view, each with its top in viewport coordinates."""
        block = self.firstVisibleBlock()
        top = self.contentOffset().y() + self.blockBoundingGeometry(block).top()
        while block.isValid() and top <= self.viewport().height():
            yield block, top
            top += self.blockBoundingRect(block).height()
            block = block.next()

    def inset_rect(self) -> QRectF | None:
        """Return where the overlay stands in the viewport; None if it is out of view."""
        inset, first = self.inset, self.firstVisibleBlock()
        if inset is None or inset.last < first.blockNumber():
            return None
        top = self._block_top(inset.last if inset.is_below else inset.first, first)
        if inset.is_below:
            top += self._layout.natural_height(self.document().findBlockByNumber(inset.last))
        rect = QRectF(self.contentOffset().x(), top, 0.0, inset.height)
        rect.setRight(max(self.viewport().width(), rect.left() + inset.width))
        return rect if rect.bottom() > 0 and top < self.viewport().height() else None

    def _block_top(self, number: int, first: QTextBlock) -> float:
        """Return the top of a block, walking from the first visible one in either direction."""
        top = self.contentOffset().y() + self.blockBoundingGeometry(first).top()
        block = first
        while block.isValid() and block.blockNumber() > number:
            block = block.previous()
            top -= self.blockBoundingRect(block).height()
        while block.blockNumber() < number and top <= self.viewport().height():
            top += self.blockBoundingRect(block).height()
            block = block.next()
        return top

    def number_baseline(self, block: QTextBlock) -> float | None:
        """Return where a block's number stands below its top; None where it has none, px."""
        inset = self.inset
        if inset is None or not inset.covers(block.blockNumber()):
            return block.layout().lineAt(0).ascent() if block.layout().lineCount() else None
        index = block.blockNumber() - inset.first
        baseline = inset.baselines[index] if index < len(inset.baselines) else None
        if baseline is None:
            return None
        above = (self.document().findBlockByNumber(inset.first + i) for i in range(index))
        return baseline - sum(self.blockBoundingRect(b).height() for b in above)

    def is_covered(self, block: QTextBlock) -> bool:
        """Return whether the overlay stands in the block's place."""
        return self.inset is not None and self.inset.covers(block.blockNumber())

    def current_line_band(self) -> QRectF | None:
        """Return the band behind the caret's line; None beside a selection or an overlay."""
        cursor = self.textCursor()
        if cursor.hasSelection() or self.is_covered(cursor.block()):
            return None
        caret = QRectF(self.cursorRect(cursor))
        return QRectF(0.0, caret.top(), self.viewport().width(), caret.height())

    def paint_overlay_gutter(self, painter: QPainter, width: float) -> None:
        """Let the overlay draw into the gutter."""
        rect = self.inset_rect()
        if self._overlay is not None and rect is not None:
            self._overlay.paint_gutter(painter, QRectF(0.0, rect.top(), width, rect.height()))

    def _fit_gutter(self) -> None:
        if not self.is_prepared:
            self.set_side_width(self._gutter.preferred_width())

    def _on_update_request(self, _rect: QRect, _dy: int) -> None:
        self._gutter.update()

    def _on_cursor_moved(self) -> None:
        self.viewport().update()
        self._gutter.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the overlay take the key; take Shift+Enter for Enter.

        Qt would write U+2028 for it, which no file wants.
        """
        if self.isReadOnly():
            super().keyPressEvent(event)
            return
        if self._overlay is not None and self._overlay.take_key(event):
            return
        if any(take_key(event) for take_key in self._key_takers):
            return
        if event.key() in ENTER_KEYS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event = QKeyEvent(event.type(), event.key(), Qt.KeyboardModifier.NoModifier, "\r")
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done here."""
        menu = self.createStandardContextMenu()
        for fill in () if self.isReadOnly() else self._menu_fillers:
            fill(menu, event.pos())
        self.open_menus.append(menu)
        menu.aboutToHide.connect(self.open_menus.clear)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the overlay scroll, where there is more of it than its room shows."""
        lines = event.angleDelta().y() / WHEEL_STEP * QApplication.wheelScrollLines()
        pixels = event.pixelDelta().y() or lines * self.fontMetrics().lineSpacing()
        overlay = self._overlay
        if overlay is not None and pixels and overlay.take_wheel(event.position(), -pixels):
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the overlay take the click; with Alt it begins a column, or sets one more caret."""
        if self._is_overlays(event):
            return
        if self.columns.take_press(event):
            return
        self.multi_cursor.clear()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let a column be drawn."""
        if not self.columns.take_move(event):
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a column."""
        if not self.columns.take_release():
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the overlay take the click."""
        if not self._is_overlays(event):
            super().mouseDoubleClickEvent(event)

    def _is_overlays(self, event: QMouseEvent) -> bool:
        is_left = event.button() is Qt.MouseButton.LeftButton
        return is_left and self._overlay is not None and self._overlay.take_click(event.position())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, and the overlay where its room is."""
        for block, _ in list(self.visible_blocks()):
            self._highlighter.show(block)
        self._paint_band(event.rect())
        with self._layout.covered_blocks_hidden():
            super().paintEvent(event)
        self._paint_over()
        rect = self.inset_rect()
        if rect is not None and self._overlay is not None:
            painter = QPainter(self.viewport())
            painter.setClipRect(event.rect())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._overlay.paint(painter, rect)
            painter.end()

    def _paint_over(self) -> None:
        painter = QPainter(self.viewport())
        for paint in self._painters:
            paint(painter)
        painter.end()

    def _paint_band(self, clip: QRect) -> None:
        band = self.current_line_band()
        if band is not None and band.intersects(QRectF(clip)):
            painter = QPainter(self.viewport())
            painter.fillRect(band, self._theme.line)
            painter.end()
