"""An area in which caret, keys and places in the text go by the rows that are seen.

Where an overlay draws its own, these are not Qt's.
"""

import math

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextBlock, QTextCursor
from PySide6.QtWidgets import QWidget

from app.editor.drawn_rows import DrawnRows, RowMoves, move_of
from app.editor.overlay_area import OverlayArea


class RowArea(OverlayArea):
    """Takes the rows of overlays for those of the blocks that they stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row_moves = RowMoves(self)

    def rows_over(self, block: QTextBlock) -> DrawnRows | None:
        """Return the rows in the place of a block; None where Qt's own are seen."""
        overlay = self.overlay_over(block.blockNumber())
        return overlay.rows if overlay is not None else None

    def rows_at(self, point: QPointF) -> DrawnRows | None:
        """Return the rows that an overlay draws at a point of the viewport."""
        if not self.insets:
            return None
        found = (overlay.rows for overlay, rect in self.overlays_in_view() if rect.contains(point))
        return next((rows for rows in found if rows is not None), None)

    def lay_out(self, block: QTextBlock) -> None:
        """See to it that a block has lines."""
        self.blockBoundingRect(block)

    def end_composing(self) -> None:
        """Write what an input method is composing: Qt does so only where it takes the click."""
        layout = self.textCursor().block().layout()
        if not layout.preeditAreaText():
            return
        QGuiApplication.inputMethod().commit()
        if layout.preeditAreaText():
            # As Qt does for an input method that has not answered.
            cursor = self.textCursor()
            cursor.beginEditBlock()
            layout.setPreeditArea(-1, "")
            layout.clearFormats()
            cursor.endEditBlock()

    def put_cursor(self, cursor: QTextCursor) -> None:
        """Make it the editor's, and scroll to where the caret is seen."""
        bar = self.verticalScrollBar()
        before = bar.value()
        self.setTextCursor(cursor)
        if self.rows_over(cursor.block()) is None:
            self.ensureCursorVisible()
            return
        # Qt has scrolled to where the caret would be in rows that nobody sees.
        by_qt = bar.value()
        bar.setValue(before)
        self.show_drawn_caret(by_qt)

    def show_drawn_caret(self, otherwise: int | None = None) -> None:
        """Scroll to the caret in rows that an overlay draws; if they are far, `otherwise`."""
        cursor, bar = self.textCursor(), self.verticalScrollBar()
        rows = self.rows_over(cursor.block())
        if rows is None:
            return
        place = rows.caret_rect(cursor.position())
        if place is None and otherwise is not None:
            bar.setValue(otherwise)
            place = rows.caret_rect(cursor.position())
        if place is not None:
            line, height = self.fontMetrics().lineSpacing(), self.viewport().height()
            above, below = -place.top() / line, (place.bottom() - height) / line
            bar.setValue(bar.value() - max(0, math.ceil(above)) + max(0, math.ceil(below)))

    def cursorRect(self, cursor: QTextCursor | None = None) -> QRect:
        """Return where a cursor, or the editor's own, is seen in the viewport."""
        cursor = cursor or self.textCursor()
        rows = self.rows_over(cursor.block())
        place = rows.caret_rect(cursor.position()) if rows is not None else None
        return super().cursorRect(cursor) if place is None else place.toRect()

    def cursorForPosition(self, pos: QPoint) -> QTextCursor:
        """Return a cursor at the place in the text that is seen nearest to a viewport point."""
        rows = self.rows_at(QPointF(pos))
        if rows is None:
            return super().cursorForPosition(pos)
        cursor = QTextCursor(self.document())
        cursor.setPosition(rows.position_at(QPointF(pos)))
        return cursor

    def press_key(self, event: QKeyEvent) -> None:
        """Move the caret by rows that overlays draw, where it is at some, and else as Qt does."""
        if not self._move_in_rows(event):
            before = self.textCursor().position()
            super().press_key(event)
            self._settle_caret(before)

    def _move_in_rows(self, event: QKeyEvent) -> bool:
        """Move the caret by rows that overlays draw; return whether it is at or beside some."""
        found, cursor = move_of(event), self.textCursor()
        block = cursor.block()
        near = (block, block.previous(), block.next()) if self.insets else ()
        if found is None or all(self.rows_over(one) is None for one in near):
            return False
        self.row_moves.move(cursor, *found)
        self.put_cursor(cursor)
        return True

    def _settle_caret(self, before: int) -> None:
        """Put the caret where it is seen, after Qt has moved it from `before` by its own rows."""
        cursor = self.textCursor()
        rows = self.rows_over(cursor.block())
        if rows is None or cursor.position() == before:
            return
        found = rows.beyond_draft(cursor.position(), 1 if cursor.position() > before else -1)
        if found != cursor.position():
            mode = QTextCursor.MoveMode
            cursor.setPosition(found, mode.KeepAnchor if cursor.hasSelection() else mode.MoveAnchor)
            self.setTextCursor(cursor)
        self.show_drawn_caret()
