"""A text area where overlays can stand in for lines, and others may take keys and paint."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from app.editor.extra_selections import ExtraSelections
from app.editor.inset import Inset, Overlay
from app.editor.text_area import MARGIN, TextArea
from app.editor.typed import ENTER_KEYS, Typed, edits, is_written, kind_of
from app.editor.undo_runs import UndoRuns
from app.system.turns import INTERFACE
from app.text.edits import insert

WHEEL_STEP = 120  # eighths of a degree
EDGE = 4  # px that an overlay's outlines may stand out of its room

Stretches = tuple[tuple[int, int], ...]  # from and to, UTF-16 units, in the order of the text


class OverlayArea(TextArea):
    """Makes room for overlays, and asks them first; the parts of an editor are built on it.

    Signals:
        overlays_changed: There is another overlay, or the room of one is another.
    """

    overlays_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._insets: dict[Overlay, Inset] = {}
        self._num_together, self._are_insets_new = 0, False
        self._in_view: tuple[tuple[QTextBlock, float], ...] = ()
        self._seen_at: tuple[object, ...] = ()  # where and when those were found
        self._coloured: set[int] = set()  # numbers of the blocks that have their colours
        self._coloured_at: tuple[object, ...] = ()  # when those had them
        self._key_takers: list[Callable[[QKeyEvent], bool]] = []
        self._painters: list[Callable[[QPainter], None]] = []
        self._guards: list[Callable[[int, int, bool], bool]] = []
        self._hiders: list[Callable[[], Stretches]] = []
        self._parters: list[Callable[[], Stretches]] = []
        self._highlighter.coloured.connect(self._coloured.clear)
        self.marks = ExtraSelections(self)
        self.undo_runs = UndoRuns(self)

    @property
    def insets(self) -> tuple[Inset, ...]:
        """The rooms made for overlays."""
        return tuple(self._insets.values())

    def inset_of(self, overlay: Overlay) -> Inset | None:
        """Return the room made for an overlay; None if there is none."""
        return self._insets.get(overlay)

    def overlay_over(self, number: int) -> Overlay | None:
        """Return the overlay that stands in the place of block `number`; None if there is none."""
        return next((o for o, inset in self._insets.items() if inset.covers(number)), None)

    def take_keys_first(self, take_key: Callable[[QKeyEvent], bool]) -> None:
        """Ask `take_key` about every key that the overlays leave alone, in order of asking."""
        self._key_takers.append(take_key)

    def guard_typing(self, refuses: Callable[[int, int, bool], bool]) -> None:
        """Ask `refuses` before something is typed from one place to another, UTF-16 units.

        It is also told whether to say why.
        """
        self._guards.append(refuses)

    def ask_what_is_hidden(self, hidden: Callable[[], Stretches]) -> None:
        """Ask `hidden` for the text that something else is drawn in the place of."""
        self._hiders.append(hidden)

    @property
    def hidden(self) -> Stretches:
        """The text that is not seen, because something else is drawn in its place."""
        return tuple(sorted(place for hidden in self._hiders for place in hidden()))

    def ask_what_is_apart(self, apart: Callable[[], Stretches]) -> None:
        """Ask `apart` for places that are to stay theirs while text on both sides is replaced."""
        self._parters.append(apart)

    @property
    def apart(self) -> Stretches:
        """The places that no change reaches over which replaces text on both sides of them."""
        return tuple(sorted(place for apart in self._parters for place in apart()))

    def is_typing_refused(self, *, tells: bool = True) -> bool:
        """Return whether somebody does not want what is selected to be typed over."""
        cursor = self.textCursor()
        return self.is_edit_refused(cursor.selectionStart(), cursor.selectionEnd(), tells=tells)

    def is_edit_refused(self, start: int, end: int, *, tells: bool = True) -> bool:
        """Return whether somebody does not want a stretch to be replaced, UTF-16 units."""
        return any(refuses(start, end, tells) for refuses in self._guards)

    def paint_over(self, paint: Callable[[QPainter], None]) -> None:
        """Let `paint` draw over the text, in viewport coordinates."""
        self._painters.append(paint)

    def set_inset(self, overlay: Overlay, inset: Inset | None) -> None:
        """Draw `overlay` in the room of `inset`; None takes it away."""
        # What stands below lines has to be measured anew with them; what is drawn, drawn anew.
        if self._insets.get(overlay) == inset and not (inset and inset.is_below):
            self.redraw(overlay)
            return
        if inset is not None:
            self._insets[overlay] = inset
        else:
            self._insets.pop(overlay, None)
        if self._num_together:
            self._are_insets_new = True
        else:
            self._make_room()

    def redraw(self, overlay: Overlay) -> None:
        """Have an overlay drawn again where it stands, and nothing beside it: it may move often."""
        if overlay not in self._insets:  # another draws it along with its own
            self.viewport().update()
        elif (rect := self.inset_rect(overlay)) is not None:
            self.viewport().update(rect.toAlignedRect().adjusted(0, -EDGE, 0, EDGE))

    @contextmanager
    def insets_together(self) -> Iterator[None]:
        """Make the room of several overlays at once, at the end: it is measured whole."""
        self._num_together += 1
        try:
            yield
        finally:
            self._num_together -= 1
            if not self._num_together and self._are_insets_new:
                self._are_insets_new = False
                self._make_room()

    def _make_room(self) -> None:
        self._layout.set_insets(tuple(self._insets.values()))
        self.viewport().update()
        self.overlays_changed.emit()

    def reveal_inset(self, overlay: Overlay) -> None:
        """Scroll down, if need be, so that as much of the overlay as fits is in view."""
        rect = self.inset_rect(overlay)
        if rect is None or not self.isVisible():
            return
        line = self.fontMetrics().lineSpacing()
        wanted = math.ceil((rect.bottom() + MARGIN - self.viewport().height()) / line)
        # Not beyond the overlay's own top: its beginning is worth more than its end.
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

    def visible_blocks(self) -> tuple[tuple[QTextBlock, float], ...]:
        """Return the blocks in view, each with its top in viewport coordinates."""
        first, height = self.firstVisibleBlock(), self.viewport().height()
        offset, revision = self.contentOffset().y(), self.document().revision()
        # Each drawing asks several times, and few find other lines than the one before. Of an edit
        # the layout hears last: until then it is another revision.
        seen_at = (self._layout.version, revision, first.blockNumber(), offset, height)
        if seen_at != self._seen_at:
            self._in_view = tuple(self._found_from(first, offset, height))
            # Lines that nobody had looked at have been laid out by now.
            self._seen_at = (self._layout.version, *seen_at[1:])
        return self._in_view

    def _found_from(
        self, block: QTextBlock, offset: float, height: int
    ) -> Iterator[tuple[QTextBlock, float]]:
        top = offset + self.blockBoundingGeometry(block).top()
        while block.isValid() and top <= height:
            yield block, top
            top += self.blockBoundingRect(block).height()
            block = block.next()

    def _blocks_in(self, rect: QRect) -> list[QTextBlock]:
        """Return the blocks that a part of the viewport shows something of."""
        blocks = self.visible_blocks()
        bottoms = [top for _, top in blocks[1:]] + [float("inf")]
        return [
            block
            for (block, top), bottom in zip(blocks, bottoms, strict=True)
            if top <= rect.bottom() + 1 and bottom >= rect.top()
        ]

    def inset_rect(self, overlay: Overlay) -> QRectF | None:
        """Return where the overlay stands in the viewport; None if it is out of view."""
        inset, first = self._insets.get(overlay), self.firstVisibleBlock()
        if inset is None or inset.last < first.blockNumber():
            return None
        top = self._block_top(inset.last if inset.is_below else inset.first, first)
        if inset.is_below:
            # Behind whatever the block holds, and behind what else stands below it.
            bottom = self.blockBoundingRect(self.document().findBlockByNumber(inset.last)).height()
            below = [o for o, i in self._insets.items() if i.is_below and i.last == inset.last]
            later = below[below.index(overlay) :]
            top += bottom - sum(self._insets[other].height for other in later)
            if not self.document().findBlockByNumber(inset.last).next().isValid():
                top -= self.document().documentMargin()
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
        # In the midst of an edit there may be fewer lines than an overlay was last at.
        while block.isValid() and block.blockNumber() < number and top <= self.viewport().height():
            top += self.blockBoundingRect(block).height()
            block = block.next()
        return top

    def number_baseline(self, block: QTextBlock) -> float | None:
        """Return where a block's number stands below its top; None where it has none, px."""
        inset = self._layout.inset_over(block.blockNumber())
        if inset is None:
            return block.layout().lineAt(0).ascent() if block.layout().lineCount() else None
        index = block.blockNumber() - inset.first
        baseline = inset.baselines[index] if index < len(inset.baselines) else None
        if baseline is None:
            return None
        above = (self.document().findBlockByNumber(inset.first + i) for i in range(index))
        return baseline - sum(self.blockBoundingRect(b).height() for b in above)

    def is_covered(self, block: QTextBlock) -> bool:
        """Return whether an overlay stands in the block's place."""
        return self._layout.inset_over(block.blockNumber()) is not None

    def current_line_band(self) -> QRectF | None:
        """Return the band behind the caret's line; None beside a selection or an overlay."""
        cursor = self.textCursor()
        if cursor.hasSelection() or self.is_covered(cursor.block()):
            return None
        caret = QRectF(self.cursorRect(cursor))
        return QRectF(0.0, caret.top(), self.viewport().width(), caret.height())

    def paint_overlay_gutter(self, painter: QPainter, width: float) -> None:
        """Let the overlays draw into the gutter."""
        for overlay, rect in self.overlays_in_view():
            overlay.paint_gutter(painter, QRectF(0.0, rect.top(), width, rect.height()))

    def takes_press(self, event: QMouseEvent) -> bool:
        """Let an overlay take a press of the left button; return whether one did."""
        is_left = event.button() is Qt.MouseButton.LeftButton
        return is_left and any(o.take_click(event.position()) for o in list(self._insets))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let an overlay take the key; take Shift+Enter for Enter.

        Qt would write U+2028 for it, which no file wants.
        """
        # A file that is still coming in can be scrolled and copied from, and not drafted in.
        if self.isReadOnly():
            super().keyPressEvent(event)
            return
        if any(overlay.take_key(event) for overlay in list(self._insets)):
            return
        if edits(event) and self.is_typing_refused():
            return
        if any(take_key(event) for take_key in self._key_takers):
            return
        if event.key() in ENTER_KEYS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event = QKeyEvent(event.type(), event.key(), Qt.KeyboardModifier.NoModifier, "\r")
        if event.text().isprintable() and event.text() and not is_written(event):
            event.ignore()  # Qt would write the letter
            return
        self.press_key(event)

    def press_key(self, event: QKeyEvent) -> None:
        """Do what a key does that nobody has taken."""
        kind = kind_of(event)
        if kind is None:
            super().keyPressEvent(event)
            return
        cursor = self.textCursor()
        # Not by Qt, which would look at the lines while they are not laid out for the new text.
        with self.undo_runs.typed(kind):
            if kind is Typed.LEFT:
                cursor.deletePreviousChar()
            elif kind is Typed.RIGHT:
                cursor.deleteChar()
            else:
                insert(cursor, "\n" if event.key() in ENTER_KEYS else event.text())
        self.setTextCursor(cursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let an overlay scroll, where there is more of it than its room shows."""
        lines = event.angleDelta().y() / WHEEL_STEP * QApplication.wheelScrollLines()
        pixels = event.pixelDelta().y() or lines * self.fontMetrics().lineSpacing()
        place = event.position()
        if pixels and any(overlay.take_wheel(place, -pixels) for overlay in list(self._insets)):
            event.accept()
        else:
            super().wheelEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, and the overlays where their room is."""
        # Before the text is drawn: colours change a line's layout, which must not happen while Qt
        # draws it.
        self._show_colours(event.rect())
        self._paint_band(event.rect())
        # Their overlays draw these lines themselves, with the drafts in them.
        with self._layout.covered_blocks_hidden():
            super().paintEvent(event)
        seen = QRectF(event.rect()).adjusted(0.0, -EDGE, 0.0, EDGE)
        for overlay, rect in self.overlays_in_view():
            if not rect.intersects(seen):
                continue
            painter = QPainter(self.viewport())
            painter.setClipRect(event.rect())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            overlay.paint(painter, rect)
            painter.end()
        # What is drawn over the text is drawn over that of the overlays, too.
        self._paint_over()

    def _show_colours(self, rect: QRect) -> None:
        """Put their colours on the lines in a part of the viewport, but for those that have them.

        Lines under an overlay are drawn by it, in their colours.
        """
        INTERFACE.note()
        caret, revision = self.textCursor(), self.document().revision()
        # Layers of the colours look at the caret: no word is misspelt while it is typed.
        state = (revision, caret.position(), caret.anchor(), self.hasFocus())
        if (*state, self._layout.version) != self._coloured_at:
            self._coloured.clear()
        for block in self._blocks_in(rect):
            number = block.blockNumber()
            if number not in self._coloured and not self.is_covered(block):
                self._highlighter.show(block)
                self._coloured.add(number)
        # Other colours are another layout.
        self._coloured_at = (*state, self._layout.version)

    def overlays_in_view(self) -> Iterator[tuple[Overlay, QRectF]]:
        """Yield what is drawn in the viewport over the text, each with its place."""
        numbers = (
            [block.blockNumber() for block, _ in self.visible_blocks()] if self._insets else []
        )
        # Of many, most are out of view, and finding that out one by one walks through all lines.
        for overlay, inset in list(self._insets.items()):
            if numbers and inset.first <= numbers[-1] and numbers[0] <= inset.last:
                rect = self.inset_rect(overlay)
                if rect is not None:
                    yield overlay, rect

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
