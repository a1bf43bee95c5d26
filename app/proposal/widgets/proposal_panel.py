"""The panel below a draft: timeline, candidates, and what can be done with them."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.proposal.drawing.painter import paint_card
from app.proposal.model.candidate import Candidate
from app.proposal.model.options_model import OptionsModel
from app.proposal.model.phase import Phase
from app.proposal.model.snapshot import Snapshot
from app.proposal.widgets.candidate_list import CandidateList
from app.proposal.widgets.chips_row import ChipsRow
from app.proposal.widgets.timeline import Timeline
from app.translation import tr
from app.widgets.flat_button import FlatButton
from app.widgets.over_text import OverText
from engine.api import FinishReason

GAP = 6  # px between the draft and the panel
PADDING = 6  # px inside
MAX_WIDTH = 760  # px


class ProposalPanel(OverText):
    """Shows a proposal's state and takes the user's intents; it holds no state of its own.

    Signals: the intents `accept_wanted`, `stop_wanted`, `retry_wanted`, `branch_wanted`,
    `old_wanted`, `options_wanted`, `queue_clear_wanted`, `live_wanted` with on or off,
    `frame_wanted` with a frame's index, and `candidate_wanted` with a `Candidate`.
    """

    accept_wanted = Signal()
    stop_wanted = Signal()
    retry_wanted = Signal()
    branch_wanted = Signal()
    old_wanted = Signal()
    options_wanted = Signal()
    queue_clear_wanted = Signal()
    live_wanted = Signal(bool)
    frame_wanted = Signal(int)
    candidate_wanted = Signal(object)

    def __init__(self, options: OptionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._options = options
        note = tr("Shade, underline: how unsure the model was of a word, not whether it is true.")
        self.heat_note = QLabel(note, self)
        self._candidates: tuple[Candidate, ...] = ()  # as they are listed
        self._tips: dict[FlatButton, tuple[str, str]] = {}  # and the command whose key they name
        self.timeline, self.candidate_list = Timeline(options.keys, self), CandidateList(self)
        self.chips = ChipsRow(options, self)
        self.step = QLabel(self)
        self._make_buttons()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._tell_keys()
        options.keys.changed.connect(self._tell_keys)
        self._lay_out()
        self.timeline.frame_wanted.connect(self.frame_wanted)
        self.candidate_list.candidate_wanted.connect(self._choose)

    def _make_buttons(self) -> None:
        self.accept_button = self._button(
            tr("Accept"), tr("Put the draft in ({key})"), self.accept_wanted, "accept"
        )
        self.stop_button = self._button(
            tr("Stop"), tr("Stop, then reject ({key})"), self.stop_wanted, "stop"
        )
        self.retry_button = self._button(
            tr("Another"),
            tr("One more version ({key})"),
            self.retry_wanted,
            "rewrite",
        )
        self.branch_button = self._button(
            tr("Branch"),
            tr("Go on from this step in another way ({key})"),
            self.branch_wanted,
            "branch",
        )
        self.old_button = self._button(
            tr("Before"), tr("Compare with the old text ({key})"), self.old_wanted, "compare"
        )
        self.live_button = self._button(
            tr("Live"), tr("Draft anew whenever the text around it changes"), None
        )
        self.options_button = self._button(
            "…",
            tr("Instruction, strength, length, versions ({key})"),
            self.options_wanted,
            "rewrite_with",
        )
        self.queue_button = self._button("", tr("Take these regions back"), self.queue_clear_wanted)
        self.live_button.setCheckable(True)
        self.live_button.clicked.connect(self.live_wanted)
        self.old_button.setCheckable(True)
        self.options_button.setAccessibleName(tr("Options"))

    @property
    def wanted_height(self) -> int:
        """The room it needs below the draft, px."""
        return self.sizeHint().height() + GAP

    def sizeHint(self) -> QSize:
        """Ask for the row, and the candidates if there are several."""
        height = self._row.sizeHint().height() + 2 * PADDING
        if self._has_candidates:
            height += self.candidate_list.wanted_height + PADDING
        if not self.chips.isHidden():
            height += self.chips.sizeHint().height() + PADDING
        if not self.heat_note.isHidden():
            height += self.heat_note.sizeHint().height() + PADDING
        return QSize(MAX_WIDTH, height)

    def show_snapshot(self, snapshot: Snapshot, num_queued: int) -> None:
        """Show a proposal as it is now, and how many regions wait behind it."""
        if snapshot.phase is Phase.IDLE:
            return
        self._candidates = snapshot.candidates
        entropies = [frame.mean_entropy for frame in snapshot.candidate.frames]
        # A curve that has ended takes all the room there is.
        max_steps = snapshot.max_steps if snapshot.candidate.is_running else len(entropies)
        self.timeline.show_frames(entropies, max_steps, snapshot.past_frame)
        figures = _figures(snapshot)
        self.step.setText((self._options.shows_figures and figures) or _state_text(snapshot))
        tip = tr("Made before your last edit; {rewrite} drafts it again.")
        is_marked = snapshot.is_outdated and not snapshot.is_busy
        self.step.setToolTip(self._options.keys.fill(tip) if is_marked else figures)
        self.accept_button.setEnabled(snapshot.can_accept)
        self.stop_button.setText(tr("Stop") if snapshot.is_busy else tr("Reject"))
        self.stop_button.setAccessibleName(self.stop_button.text())
        self.branch_button.setVisible(snapshot.past_frame is not None)
        self.old_button.setEnabled(snapshot.draft is not None)
        self.old_button.setChecked(snapshot.shows_old)
        self.live_button.setChecked(snapshot.is_live)
        self.queue_button.setVisible(num_queued > 0)
        self.queue_button.setText(tr("+{count} waiting ✕").format(count=num_queued))
        self.heat_note.setVisible(self._options.shows_heat)
        self.chips.refresh()
        self.candidate_list.setVisible(self._has_candidates)
        if self._has_candidates:
            shows_figures = self._options.shows_figures
            self.candidate_list.show_candidates(snapshot, shows_figures=shows_figures)
            self.candidate_list.setFixedHeight(self.candidate_list.wanted_height)
        self._fit_width()

    def _fit_width(self) -> None:
        """Give up what says least, where there is no room for all."""
        room = self.width() - 2 * PADDING
        spare = (self.step, self.timeline, self.live_button, self.retry_button, self.old_button)
        for widget in spare:
            widget.show()
        for widget in spare:
            # A layout remembers its least size from before a widget was hidden.
            self._row_layout.invalidate()
            if self._row_layout.minimumSize().width() <= room:
                break
            widget.hide()

    @property
    def _has_candidates(self) -> bool:
        return len(self._candidates) > 1

    def _choose(self, row: int) -> None:
        self.candidate_wanted.emit(self._candidates[row])

    def _button(self, text: str, tip: str, wanted: object, command: str = "") -> FlatButton:
        """Make a button; `command` is the one whose key its tip names."""
        button = FlatButton(text, parent=self)
        button.setAccessibleName(text)
        self._tips[button] = (tip, command)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if wanted is not None:
            button.clicked.connect(wanted)
        return button

    def _tell_keys(self) -> None:
        for button, (tip, command) in self._tips.items():
            told = tip.format(key=self._options.keys.text(command)) if command else tip
            button.setToolTip(told)
            button.setAccessibleDescription(told)

    def _lay_out(self) -> None:
        small = QApplication.font()  # not that of the text
        small.setPointSizeF(small.pointSizeF() * 0.92)
        self.setFont(small)
        self.step.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.step.setMinimumWidth(
            self.fontMetrics().horizontalAdvance(
                tr("step {step}/{total}").format(step=48, total=48)
            )
        )
        self.step.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._row = QWidget(self)
        row = self._row_layout = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.timeline, 1)
        row.addSpacing(4)
        row.addWidget(self.step)
        for button in (
            self.queue_button,
            self.old_button,
            self.branch_button,
            self.retry_button,
            self.live_button,
            self.options_button,
            self.stop_button,
            self.accept_button,
        ):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        column.setSpacing(PADDING)
        column.addWidget(self._row)
        column.addWidget(self.candidate_list)
        column.addWidget(self.chips)
        column.addWidget(self.heat_note)
        self.heat_note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.heat_note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.heat_note.hide()
        self.branch_button.hide()
        strong = QFont(small)
        strong.setBold(True)
        self.accept_button.setFont(strong)
        self.candidate_list.hide()
        self.queue_button.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit_width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        paint_card(self)


def _state_text(snapshot: Snapshot) -> str:
    """Say how far a draft is, in a word."""
    if snapshot.phase is Phase.WAITING:
        return tr("waiting")
    if snapshot.shows_old:
        return tr("old text")
    if snapshot.past_number:
        return _place_text(snapshot.past_number, snapshot.num_frames)
    if snapshot.phase is Phase.RUNNING:
        return tr("settling") if _has_steps(snapshot) else tr("writing")
    if snapshot.is_outdated:
        return tr("before your last edit")
    if snapshot.changes_nothing:
        return tr("unchanged")
    if snapshot.reason is FinishReason.CANCELLED:
        return tr("stopped")
    is_unsure = snapshot.reason is FinishReason.MAX_STEPS and not snapshot.candidate.writes_on
    return tr("not quite sure") if is_unsure else tr("done")


def _figures(snapshot: Snapshot) -> str:
    """Say how far a draft is, in steps; nothing where there are none."""
    if not _has_steps(snapshot) or snapshot.frame is None:
        return ""
    if snapshot.phase is Phase.RUNNING:
        return _place_text(snapshot.step, snapshot.max_steps)
    return tr("%n steps", "", snapshot.num_frames)


def _has_steps(snapshot: Snapshot) -> bool:
    # A server tells no steps; from left to right they are as many as there are words.
    return bool(snapshot.max_steps) and not snapshot.candidate.writes_on


def _place_text(step: int, total: int) -> str:
    return tr("step {step}/{total}").format(step=step, total=total)
