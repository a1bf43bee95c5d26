"""Shows a proposal in its editor: keeps layout, room and overlay up to date with the model."""

from dataclasses import replace

from PySide6.QtCore import (
    QAbstractAnimation,
    QEasingCurve,
    QObject,
    QPointF,
    QRectF,
    Qt,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QTextCursor

from app.editor import Editor, Inset
from app.proposal import painter as paint
from app.proposal.compose import document_style, lay_out_in_place, lay_out_parked
from app.proposal.draft_layout import DraftLayout
from app.proposal.proposal import Phase, Proposal

EASE_MS = 150
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ProposalView(QObject):
    """The overlay of one proposal: draws it, and takes its keys and clicks.

    Signals: `accept_wanted` and `stop_wanted`, the user's Enter and Esc.

    While the draft is denoised its room only grows, so that the lines below stay calm; the surplus
    is given back when it is done.
    """

    accept_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, editor: Editor, proposal: Proposal, *, reduced_motion: bool) -> None:
        super().__init__(proposal)
        self._editor = editor
        self._proposal = proposal
        self._reduced_motion = reduced_motion
        self._held = 0.0  # px
        self._ease = QVariantAnimation(self)
        self._ease.setDuration(EASE_MS)
        self._ease.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._ease.valueChanged.connect(self._on_eased)
        self._layout = lay_out_in_place(editor, proposal)
        proposal.draft_changed.connect(self.refresh)
        proposal.phase_changed.connect(self.refresh)
        proposal.region_changed.connect(self.refresh)
        editor.metrics_changed.connect(self._on_metrics_changed)
        self.refresh()

    @property
    def layout(self) -> DraftLayout:
        """What is drawn."""
        return self._layout

    @property
    def room(self) -> float:
        """The height held for the proposal, px."""
        return self._held

    def refresh(self) -> None:
        """Lay the proposal out again and make room for it."""
        match self._proposal.phase:
            case Phase.IDLE:
                self._ease.stop()
                self._editor.set_overlay(None, None)
            case Phase.STALE:
                self._ease.stop()
                self._show_parked()
            case _:
                self._layout = lay_out_in_place(self._editor, self._proposal)
                self._fit()

    def _fit(self) -> None:
        needed = self._layout.height
        if self._proposal.is_busy:
            self._ease.stop()
            self._hold(max(self._held, needed))
        elif self._reduced_motion or needed >= self._held:
            self._ease.stop()
            self._hold(needed)
        elif self._ease.state() is not QAbstractAnimation.State.Running:
            self._ease.setStartValue(self._held)
            self._ease.setEndValue(needed)
            self._ease.start()

    def _hold(self, height: float) -> None:
        is_taller = height > self._held
        self._held = height
        document = self._editor.document()
        region = self._proposal.region
        inset = Inset(
            first=document.findBlock(region.start).blockNumber(),
            last=document.findBlock(region.end).blockNumber(),
            height=height,
            width=self._layout.width,
            baselines=self._layout.baselines,
        )
        self._editor.set_overlay(self, inset)
        if is_taller and self._proposal.has_focus:
            self._editor.reveal_inset()

    def _show_parked(self) -> None:
        draft = self._proposal.draft
        assert draft is not None, "a proposal without a draft is closed, not parked"
        style = document_style(self._editor)
        if style.width:
            style = replace(style, width=style.width - 2 * paint.PANEL_PAD)
        self._layout = lay_out_parked(self._editor, draft, style)
        block = self._editor.document().findBlock(self._proposal.region.end)
        self._held = paint.parked_height(self._layout, self._editor.font())
        inset = Inset(
            first=block.blockNumber(),
            last=block.blockNumber(),
            height=self._held,
            width=self._layout.width,
            is_below=True,
        )
        self._editor.set_overlay(self, inset)

    def _on_eased(self, height: float) -> None:
        if self._proposal.phase is Phase.FINISHED:
            self._hold(float(height))

    def _on_metrics_changed(self) -> None:
        self._ease.stop()
        self._held = 0.0
        self.refresh()

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the proposal into its room."""
        theme = self._editor.theme
        if self._proposal.phase is Phase.STALE:
            note, font = self._proposal.status.note, self._editor.font()
            paint.paint_parked(painter, rect, self._layout, theme, note, font)
            return
        room = rect.height() - self._layout.height
        paint.paint_in_place(painter, rect, self._layout, theme, room=room)
        self._paint_caret(painter, rect)

    def paint_gutter(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the bar beside the proposal."""
        theme = self._editor.theme
        is_parked = self._proposal.phase is Phase.STALE
        paint.paint_bar(painter, rect, theme.faint if is_parked else theme.accent)

    def _paint_caret(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the caret where it stands in the rest of the region's lines."""
        position = self._editor.getPaintContext().cursorPosition
        region = self._proposal.region
        start, end = self._layout.draft_range
        if position < 0 or region.start <= position <= region.end:
            return
        offset = position - region.start + start
        if position > region.end:
            offset = position - region.end + end
        if offset >= 0:
            width = self._editor.cursorWidth()
            self._layout.draw_caret(painter, rect.topLeft(), offset, width)

    def take_key(self, event: QKeyEvent) -> bool:
        """Take Esc, and Enter while the caret is at the proposal."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers != Qt.KeyboardModifier.NoModifier:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.stop_wanted.emit()
            return True
        # Also while there is no draft yet: a new line would wipe the selection out.
        if event.key() not in ENTER_KEYS or not self._proposal.takes_enter:
            return False
        self.accept_wanted.emit()
        return True

    def take_click(self, point: QPointF) -> bool:
        """Focus the proposal by a click on it, place the caret by one beside it."""
        rect = self._editor.inset_rect()
        if rect is None or not rect.contains(point):
            return False
        if self._proposal.phase is not Phase.STALE:
            self._place_caret(self._layout.offset_at(point - rect.topLeft()))
        return True

    def _place_caret(self, offset: int) -> None:
        """Put the caret where an offset of the layout is in the document."""
        start, end = self._layout.draft_range
        region = self._proposal.region
        cursor = self._editor.textCursor()
        if offset < start:
            cursor.setPosition(region.start - (start - offset))
        elif offset > end:
            cursor.setPosition(region.end + (offset - end))
        else:
            cursor.setPosition(region.start)
            cursor.setPosition(region.end, QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)
