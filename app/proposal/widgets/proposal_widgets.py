"""What stands around a draft: the panel, the bar, the popup, and the regions that wait."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QTextCursor
from PySide6.QtWidgets import QApplication, QWidget

from app.proposal.drawing.line_boxes import line_boxes
from app.proposal.drawing.pointer import Pointer
from app.proposal.drawing.selection_words import SelectionWords
from app.proposal.drawing.snapped_edges import SnappedEdges
from app.proposal.drawing.views import ProposalViews
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.session import ProposalSession
from app.proposal.widgets.alternatives import AlternativesPopup
from app.proposal.widgets.announcer import Announcer
from app.proposal.widgets.bar_room import BarRoom
from app.proposal.widgets.drop_guard import DropGuard
from app.proposal.widgets.in_sight import top_in_sight
from app.proposal.widgets.options_bar import OptionsBar
from app.proposal.widgets.proposal_panel import GAP, MAX_WIDTH, ProposalPanel
from app.proposal.widgets.selection_button import SelectionButton
from app.text.edits import length_of, text_between
from app.text.words import all_words
from app.translation import tr
from engine.api import AlternativesFound

BADGE = 14  # px, with a region's place in the queue
WAITING_SHARE = 0.1  # of the accent, over the text of a region that waits
SIDE = 4  # px left of the text that panel and bar begin at


class ProposalWidgets(QObject):
    """Puts the widgets of a session's proposals in their places, and carries their intents."""

    def __init__(self, session: ProposalSession, views: ProposalViews) -> None:
        super().__init__(session)
        self._session, self._views = session, views
        self._editor = session.editor
        self.panel: ProposalPanel | None = None
        self.announcer = Announcer(self._editor, session)
        self.bar = OptionsBar(session.options, self._editor.viewport())
        self._room = BarRoom(self._editor)
        self.popup = AlternativesPopup(self._editor)
        self.selection_words = SelectionWords(
            self._editor,
            session.pins,
            lambda: session.options.keys,
            self._is_draft_meant,
            self.bar.isVisible,
            self,
        )
        self.button = SelectionButton(
            self._editor,
            lambda: session.options,
            lambda: not self._is_draft_meant() and self.bar.isHidden(),
        )
        self.button.clicked.connect(self._rewrite_selected)
        SnappedEdges(self._editor, self._is_draft_meant, self)
        DropGuard(session, self)
        self._popup_at = QPoint()
        self.bar.go_wanted.connect(self._go)
        self.bar.way_wanted.connect(session.rewrite_as)
        self.bar.write_on_wanted.connect(session.write_on)
        self.bar.closed.connect(self._make_room)
        self.bar.closed.connect(self._editor.setFocus)
        self.bar.resized.connect(self._make_room)
        self.bar.move_wanted.connect(self._move_word)
        self.bar.pin_wanted.connect(self._pin_word)
        self.selection_words.word_marked.connect(self.announcer.say)
        self.selection_words.word_clicked.connect(self.bar.take_focus)
        session.pins.changed.connect(self._show_pins)
        self._editor.selectionChanged.connect(self._show_pins)
        self.popup.chosen.connect(session.steering.choose_alternative)
        session.steering.alternatives_found.connect(self._show_alternatives)
        session.steering.asking_failed.connect(self._show_failure)
        session.hinted.connect(self.announcer.say)
        session.opened.connect(self._on_opened)
        session.current_changed.connect(self._on_current)
        session.status_changed.connect(self._follow)
        session.options.changed.connect(self._follow)
        self._editor.updateRequest.connect(self.place)
        self._editor.cursorPositionChanged.connect(self._make_room)
        self._editor.selectionChanged.connect(self._make_room)
        self._editor.blockCountChanged.connect(self._make_room)
        self._editor.installEventFilter(self)
        self._editor.viewport().installEventFilter(self)
        self._editor.paint_over(self._paint_waiting)

    @property
    def words(self) -> SelectionWords | Pointer | None:
        """Who marks and pins the words that are meant: of the selection, or of the draft."""
        if self.selection_words.has_words:
            return self.selection_words
        return self.pointer

    @property
    def pointer(self) -> Pointer | None:
        """Who acts on the words of the draft; None without one."""
        view = self._views.current
        return view.pointer if view is not None else None

    def open_bar(self) -> None:
        """Show the bar at the region that is meant."""
        end = length_of(self._editor.document())
        is_at_end = self._editor.textCursor().selectionEnd() == end
        self.bar.open_for(self._region_text(), is_at_end=is_at_end)
        self._show_pins()
        self._make_room()
        if (view := self._views.current) is not None and self._session.proposal is not None:
            view.geometry.reveal()
        self._room.reveal()

    def place(self) -> None:
        """Put panel and bar where the draft is now."""
        if self.panel is not None:
            top = self._footer_top()
            self.panel.setVisible(top is not None)
            if top is not None:
                height = self.panel.wanted_height - GAP
                self.panel.setGeometry(self._within(QRectF(0.0, top + GAP, 0.0, height)))
        if self.bar.isVisible():
            self._place_bar()

    def _footer_top(self) -> float | None:
        """Return where panel and bar begin; None while the draft is out of view, px."""
        view = self._views.current
        room = view.footer_rect() if view is not None else None
        if view is None or room is None:
            return None
        height = float(self._editor.viewport().height())
        return top_in_sight(room.top(), room.height(), height, view.geometry.lines)

    def _rewrite_selected(self) -> None:
        self.button.hide()
        self._session.regenerate()

    def _go(self) -> None:
        """Run with the bar's settings; with Alt held, for exactly what is selected."""
        is_alt = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier)
        self._session.run_once(is_exact=is_alt)

    def _is_draft_meant(self) -> bool:
        proposal = self._session.proposal
        return proposal is not None and proposal.takes_enter

    def _move_word(self, step: int) -> None:
        if (words := self.words) is not None:
            words.move_word(step)

    def _pin_word(self) -> None:
        if (words := self.words) is not None:
            words.pin()

    def _show_pins(self) -> None:
        """Say in the bar how many words stay, or how that is said."""
        if not self.bar.isVisible():
            return
        pins = self._session.pins
        if count := len(pins.pinned):
            self.bar.show_note(tr("%n words stay as they are", "", count))
        elif self.selection_words.has_words and len(all_words(pins.text)) > 1:
            note = tr("Click a selected word to keep it as it is ({key})")
            self.bar.show_note(note.format(key=self._session.options.keys.text("pin")))
        else:
            self.bar.show_note("")

    def _on_opened(self, proposal: Proposal) -> None:
        view = self._views.of(proposal)
        view.height_changed.connect(lambda: self.place() if view is self._views.current else None)
        view.pointer.alternatives_wanted.connect(self._note_place)
        view.pointer.word_marked.connect(self.announcer.say)

    def _on_current(self) -> None:
        """Give the current proposal a panel, and the one before none."""
        self._close_panel()
        session, view, proposal = self._session, self._views.current, self._session.proposal
        if view is None or proposal is None:
            return
        panel = self.panel = ProposalPanel(session.options, self._editor.viewport())
        panel.accept_wanted.connect(session.accepting.accept)
        panel.stop_wanted.connect(session.stop_or_reject)
        panel.retry_wanted.connect(self._retry)
        panel.branch_wanted.connect(session.steering.branch)
        panel.old_wanted.connect(proposal.candidates.toggle_old)
        panel.frame_wanted.connect(proposal.candidates.show_frame)
        panel.candidate_wanted.connect(proposal.candidates.choose)
        panel.live_wanted.connect(session.set_live)
        panel.options_wanted.connect(self.open_bar)
        panel.queue_clear_wanted.connect(session.queue.clear)
        self._follow()

    def _follow(self) -> None:
        proposal, view = self._session.proposal, self._views.current
        if self.panel is None or proposal is None or view is None:
            self._editor.viewport().update()
            return
        self.panel.show_snapshot(self._session.status, len(self._session.queue))
        self._make_room()

    def _make_room(self) -> None:
        """Let the text leave room for the panel, and for the bar; then put both there."""
        view, proposal = self._views.current, self._session.proposal
        bar_height = 0 if self.bar.isHidden() else self.bar.sizeHint().height() + GAP
        is_at_draft = self._is_draft_meant()
        if bar_height and not is_at_draft:
            self._room.make(self._last_block(), bar_height)
        else:
            self._room.give_back()
        if view is not None and proposal is not None and self.panel is not None:
            has_panel = proposal.phase is not Phase.STALE
            height = self.panel.wanted_height + (bar_height if is_at_draft else 0.0)
            view.set_footer(height if has_panel else 0.0)
        self.place()

    def _last_block(self) -> int:
        """Return the number of the selection's last block; one selected up to its start is not."""
        cursor, document = self._editor.textCursor(), self._editor.document()
        last = document.findBlock(cursor.selectionEnd())
        is_out = cursor.hasSelection() and cursor.selectionEnd() == last.position()
        return last.blockNumber() - is_out

    def _close_panel(self) -> None:
        if self.panel is not None:
            # Else the focus would go to whatever Qt finds next, and typing with it.
            if self.panel.isAncestorOf(self._editor.focusWidget() or self._editor):
                self._editor.setFocus()
            self.panel.hide()
            # Its own button may be what has closed it.
            self.panel.deleteLater()
            self.panel = None
        self._make_room()

    def _retry(self) -> None:
        """Ask for one more candidate, wherever the caret is."""
        self._focus_region()
        self._session.regenerate()

    def _focus_region(self) -> None:
        proposal = self._session.proposal
        if proposal is not None and not proposal.has_focus:
            cursor = self._editor.textCursor()
            start, end = proposal.place.ends
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            self._editor.setTextCursor(cursor)
        self._editor.setFocus()

    def _region_text(self) -> str:
        proposal, cursor = self._session.proposal, self._editor.textCursor()
        if proposal is not None and proposal.has_focus:
            return proposal.place.old_text
        document = self._editor.document()
        return text_between(document, cursor.selectionStart(), cursor.selectionEnd())

    def _within(self, room: QRectF) -> QRect:
        left = self._editor.document().documentMargin() - SIDE
        width = min(MAX_WIDTH, self._editor.viewport().width() - 2 * left)
        return QRectF(left, room.top(), width, room.height()).toRect()

    def _place_bar(self) -> None:
        """Put the bar into its room; where it has none, below the region or above it."""
        size, room = self.bar.sizeHint(), self._bar_room()
        region = self._region_rect()
        below = region.bottom() + 1 if room is None else room
        if room is None and below + size.height() > self._editor.viewport().height():
            below = max(0, region.top() - 1 - size.height())
        self.bar.setGeometry(self._within(QRectF(0, below, 0, size.height())))
        self.bar.raise_()

    def _bar_room(self) -> float | None:
        """Return where the room that the text makes for the bar begins; None without one, px."""
        if (rect := self._room.rect) is not None:
            cursor, height = self._editor.textCursor(), self._editor.viewport().height()
            lines = line_boxes(self._editor, cursor.selectionStart(), cursor.selectionEnd())
            return top_in_sight(rect.top(), rect.height(), height, lines)
        top = self._footer_top()
        if top is None or self.panel is None or not self._is_draft_meant():
            return None
        return top + self.panel.wanted_height + GAP

    def _region_rect(self) -> QRect:
        view, proposal = self._views.current, self._session.proposal
        rect = view.geometry.rect if view is not None else None
        if rect is not None and proposal is not None and proposal.has_focus:
            return rect.toRect()
        cursor = self._editor.textCursor()
        ends = []
        for position in (cursor.selectionStart(), cursor.selectionEnd()):
            end = QTextCursor(self._editor.document())
            end.setPosition(position)
            ends.append(self._editor.cursorRect(end))
        return ends[0].united(ends[1])

    def _note_place(self, place: QPoint) -> None:
        self._popup_at = self._editor.viewport().mapToGlobal(place)

    def _show_alternatives(self, found: AlternativesFound) -> None:
        self.popup.show_options(found, self._popup_at)

    def _show_failure(self, reason: str) -> None:
        self.popup.show_reason(reason, self._popup_at)

    def _paint_waiting(self, painter: QPainter) -> None:
        """Mark the regions that wait by a dashed frame and their place in the queue."""
        theme, font = self._editor.theme, QApplication.font()
        font.setPixelSize(BADGE - 4)
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, waiting in enumerate(self._session.queue, start=1):
            boxes = line_boxes(self._editor, waiting.region.start, waiting.region.end)
            ground = QColor(theme.accent)
            ground.setAlphaF(WAITING_SHARE)  # the text below it stays to be read
            painter.setBrush(ground)
            painter.setPen(QPen(theme.accent, 1.5, Qt.PenStyle.DashLine))
            for box in boxes:
                painter.drawRoundedRect(box.adjusted(-2, 1, 2, -1), 4, 4)
            if boxes:
                badge = QRectF(0, 0, BADGE, BADGE)
                badge.moveCenter(boxes[0].topLeft() + QPointF(-1, 1))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.accent)
                painter.drawEllipse(badge)
                painter.setPen(theme.base)
                painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, f"{number}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the text area's size; let Esc in the text close the bar."""
        if isinstance(event, QKeyEvent):
            is_esc = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
            if is_esc and watched is self._editor and not self.bar.isHidden():
                self.bar.close_bar()
                return True
            return False
        if watched is self._editor:
            return False
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.place()
        return False
