"""The text area: a plain-text editor with calm typography and room for an overlay."""

import math
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QPlainTextEdit, QWidget

from app.editor.brackets import matching
from app.editor.fonts import MAX_POINT_SIZE, MIN_POINT_SIZE, POINT_SIZE, editor_font, is_prose
from app.editor.gutter import Gutter
from app.editor.highlighter import Highlighter, lexer_for
from app.editor.inset import Inset, InsetLayout, Overlay
from app.editor.marks import Marks
from app.editor.multi_cursor import MultiCursor
from app.editor.theme import Theme, current_theme
from app.editor.typing_aids import TypingAids

LONG_LINE = 50_000  # UTF-16 units; wrapping a longer one freezes Qt for seconds
PROSE_COLUMN = 84  # mean characters a line of prose may hold
MARGIN = 12  # px around the text
TAB_COLUMNS = 4
CARET_WIDTH = 2  # px
WHEEL_STEP = 120  # eighths of a degree
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Editor(QPlainTextEdit):
    """Edits one document, which stays the same object for the editor's life.

    Signals: `metrics_changed` when width, font or colours are new, so that whatever was laid out
    beside the document must be laid out again.
    """

    metrics_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        document = QTextDocument(self)
        self._layout = InsetLayout(document)
        document.setDocumentLayout(self._layout)
        document.setDocumentMargin(MARGIN)
        self.setDocument(document)
        self._overlay: Overlay | None = None
        self._theme = current_theme()
        self._is_prose = True
        self._file_name: str | None = None
        self._is_wrap_given_up = False
        self._wrapped_at = -1  # px
        self._point_size = self._normal_size = POINT_SIZE
        self._families = ("", "")  # of prose and of code; empty: the best there is
        self._key_takers: list[Callable[[QKeyEvent], bool]] = []
        self._painters: list[Callable[[QPainter], None]] = []
        self.marks = Marks(self)
        self._gutter = Gutter(self)
        self._highlighter = Highlighter(document, self._theme, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCursorWidth(CARET_WIDTH)
        self.multi_cursor = MultiCursor(self)
        self.typing_aids = TypingAids(self)
        self._connect()
        self._apply_theme()
        self.set_language("")
        # Setting the margin counts as an edit for Qt.
        document.clearUndoRedoStacks()
        document.setModified(False)

    def _connect(self) -> None:
        self.blockCountChanged.connect(self._fit_margins)
        self.updateRequest.connect(self._on_update_request)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self.document().contentsChange.connect(self._on_contents_change)
        self._highlighter.coloured.connect(self.viewport().update)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    @property
    def theme(self) -> Theme:
        """The colours in use."""
        return self._theme

    @property
    def is_prose(self) -> bool:
        """Whether the text is set as prose, not as code."""
        return self._is_prose

    @property
    def file_name(self) -> str:
        """The name that typeface, colours and comments are chosen by."""
        return self._file_name or ""

    @property
    def highlighter(self) -> Highlighter:
        """The syntax colours."""
        return self._highlighter

    @property
    def inset(self) -> Inset | None:
        """The room made for the overlay."""
        return self._layout.inset

    @property
    def text_width(self) -> float:
        """The width that lines are wrapped at, margins included; 0 without wrapping, px."""
        return float(self.viewport().width()) if self.wraps_words else 0.0

    @property
    def wraps_words(self) -> bool:
        """Whether lines are wrapped; it is given up for a document with a giant line."""
        return self.lineWrapMode() == QPlainTextEdit.LineWrapMode.WidgetWidth

    def set_language(self, file_name: str) -> None:
        """Choose typeface and colours by a file's name; an empty one is prose."""
        if file_name == self._file_name:
            return
        self._file_name = file_name
        self._is_prose = is_prose(file_name)
        self._apply_font()
        self._highlighter.set_lexer(lexer_for(file_name))

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap lines or not; a document with a giant line is wrapped once the line is gone."""
        is_giant = self._longest_line(0, self.document().characterCount()) > LONG_LINE
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if is_on and not is_giant else mode.NoWrap)
        self._is_wrap_given_up = is_on and is_giant

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

    def show_white_space(self, is_on: bool) -> None:
        """Mark spaces and tabs, or not."""
        option = self.document().defaultTextOption()
        flag = QTextOption.Flag.ShowTabsAndSpaces
        option.setFlags(option.flags() | flag if is_on else option.flags() & ~flag)
        self.document().setDefaultTextOption(option)

    def take_keys_first(self, take_key: Callable[[QKeyEvent], bool]) -> None:
        """Ask `take_key` about every key that the overlay leaves alone, in order of asking."""
        self._key_takers.append(take_key)

    def paint_over(self, paint: Callable[[QPainter], None]) -> None:
        """Let `paint` draw over the text, in viewport coordinates."""
        self._painters.append(paint)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self._apply_theme()

    def zoom_in(self) -> None:
        """Make the text one point larger."""
        self._set_point_size(self._point_size + 1)

    def zoom_out(self) -> None:
        """Make the text one point smaller."""
        self._set_point_size(self._point_size - 1)

    def zoom_reset(self) -> None:
        """Go back to the text's first size."""
        self._set_point_size(self._normal_size)

    def set_fonts(self, prose_family: str, code_family: str, point_size: float) -> None:
        """Set prose and code in these families, empty for the best there is, in this size."""
        wanted = ((prose_family, code_family), point_size)
        if wanted != (self._families, self._normal_size):
            self._families, self._normal_size = wanted
            self._set_point_size(point_size)

    def _set_point_size(self, size: float) -> None:
        self._point_size = min(MAX_POINT_SIZE, max(MIN_POINT_SIZE, size))
        self._apply_font()

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

    def _apply_font(self) -> None:
        family = self._families[0 if self._is_prose else 1]
        font = editor_font(prose=self._is_prose, point_size=self._point_size, family=family)
        self.setFont(font)
        self.setTabStopDistance(TAB_COLUMNS * QFontMetricsF(font).horizontalAdvance(" "))
        self._fit_margins()
        self.metrics_changed.emit()

    def _apply_theme(self) -> None:
        self.setPalette(self._theme.palette(QGuiApplication.palette()))
        self._highlighter.set_theme(self._theme)
        self.metrics_changed.emit()

    def _fit_margins(self) -> None:
        """Leave room for the gutter, and hold prose to a column that can be read."""
        gutter = self._gutter.preferred_width()
        available = self.contentsRect().width() - gutter
        side = 0
        if self._is_prose and self.text_width:
            column = QFontMetricsF(self.font()).averageCharWidth() * PROSE_COLUMN
            side = max(0, round((available - column) / 2))
        self.setViewportMargins(gutter + side, 0, side, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(area.left() + side, area.top(), gutter, area.height())

    def _longest_line(self, start: int, end: int) -> int:
        """Return the length of the longest line between two positions, characters."""
        # Walking the blocks would take ten times as long.
        find, cursor = self.document().findBlock, QTextCursor(self.document())
        last = find(min(end, self.document().characterCount() - 1))
        cursor.setPosition(find(start).position())
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        return max(map(len, cursor.selectedText().split("\u2029")))

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        """Give wrapping up for a line that Qt cannot wrap in time, until the line is gone."""
        wrap = QPlainTextEdit.LineWrapMode
        if self.text_width and added > LONG_LINE:
            if self._longest_line(position, position + added) > LONG_LINE:
                self.setLineWrapMode(wrap.NoWrap)
                self._is_wrap_given_up = True
            return
        was_cut = self._is_wrap_given_up and removed > LONG_LINE
        if was_cut and self._longest_line(0, self.document().characterCount()) <= LONG_LINE:
            self.setLineWrapMode(wrap.WidgetWidth)

    def _on_update_request(self, _rect: QRect, _dy: int) -> None:
        self._gutter.update()

    def _on_cursor_moved(self) -> None:
        self.viewport().update()
        self._gutter.update()

    def _on_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        self.set_theme(current_theme())

    def setLineWrapMode(self, mode: QPlainTextEdit.LineWrapMode) -> None:
        """Wrap lines or not, and fit the column to it."""
        self._is_wrap_given_up = False
        super().setLineWrapMode(mode)
        self._fit_margins()
        self.metrics_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the overlay take the key; take Shift+Enter for Enter.

        Qt would write U+2028 for it, which no file wants.
        """
        if self._overlay is not None and self._overlay.take_key(event):
            return
        if any(take_key(event) for take_key in self._key_takers):
            return
        if event.key() in ENTER_KEYS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event = QKeyEvent(event.type(), event.key(), Qt.KeyboardModifier.NoModifier, "\r")
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the overlay scroll, where there is more of it than its room shows."""
        lines = event.angleDelta().y() / WHEEL_STEP * QApplication.wheelScrollLines()
        pixels = event.pixelDelta().y() or lines * self.fontMetrics().lineSpacing()
        overlay = self._overlay
        if overlay is not None and pixels and overlay.take_wheel(event.position(), -pixels):
            event.accept()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep gutter and column in place."""
        # Margins set while hidden reach us with a wrong old size, and Qt would not wrap anew.
        old_size = QSize(self._wrapped_at, event.oldSize().height())
        self._wrapped_at = event.size().width()
        super().resizeEvent(QResizeEvent(event.size(), old_size))
        self._fit_margins()
        self.metrics_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the theme's palette when the application's changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.setPalette(self._theme.palette(QGuiApplication.palette()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the overlay take the click; with Alt it sets one more caret."""
        if self._is_overlays(event):
            return
        if event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self.multi_cursor.add(self.cursorForPosition(event.position().toPoint()))
            return
        self.multi_cursor.clear()
        super().mousePressEvent(event)

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
