"""The panel below a draft: timeline, candidates, and what can be done with them."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.theme import mix
from app.proposal.options import OptionsModel
from app.proposal.painter import RADIUS
from app.proposal.proposal import Phase, Proposal, ProposalStatus
from app.proposal.strip import CandidateStrip
from app.proposal.timeline import Timeline
from engine.api import FinishReason

GAP = 6  # px between the draft and the panel
PADDING = 6  # px inside
MAX_WIDTH = 760  # px
FRAME_SHARE = 0.22  # of the ink, for the line around it
WIDEST = "not settled · 48"
HEAT_NOTE = "Shade, underline: how unsure the model was of a word, not whether it is true."


class ProposalPanel(QWidget):
    """Shows a proposal's state and takes the user's intents; it holds no state of its own.

    Signals: the intents `accept_wanted`, `stop_wanted`, `retry_wanted`, `branch_wanted`,
    `old_wanted`, `options_wanted`, `queue_clear_wanted`, and `live_wanted` with on or off.
    """

    accept_wanted = Signal()
    stop_wanted = Signal()
    retry_wanted = Signal()
    branch_wanted = Signal()
    old_wanted = Signal()
    options_wanted = Signal()
    queue_clear_wanted = Signal()
    live_wanted = Signal(bool)

    def __init__(self, proposal: Proposal, options: OptionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._options = options
        self.heat_note = QLabel(HEAT_NOTE, self)
        self._proposal = proposal
        self.timeline, self.strip = Timeline(self), CandidateStrip(self)
        self.step = QLabel(self)
        self.accept_button = self._button("Accept", "Put the draft in (Enter)", self.accept_wanted)
        self.stop_button = self._button("Stop", "Stop, then reject (Esc)", self.stop_wanted)
        self.retry_button = self._button(
            "Again", "One more candidate with another seed (Ctrl+Enter)", self.retry_wanted
        )
        self.branch_button = self._button(
            "Branch", "Go on from this step with another seed (Alt+B)", self.branch_wanted
        )
        self.old_button = self._button(
            "Before", "Compare with the old text (Space)", self.old_wanted
        )
        self.live_button = self._button(
            "Live", "Draft anew whenever the text around it changes", None
        )
        self.options_button = self._button(
            "…", "Strength, length, candidates, seed (Ctrl+Shift+Enter)", self.options_wanted
        )
        self.queue_button = self._button("", "Take these regions back", self.queue_clear_wanted)
        self.live_button.setCheckable(True)
        self.live_button.clicked.connect(self.live_wanted)
        self.old_button.setCheckable(True)
        self.options_button.setAccessibleName("Options")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._lay_out()
        self.timeline.frame_wanted.connect(proposal.show_frame)
        self.strip.take_wanted.connect(self._choose)

    @property
    def wanted_height(self) -> int:
        """The room it needs below the draft, px."""
        return self.sizeHint().height() + GAP

    def sizeHint(self) -> QSize:
        """Ask for the row, and the candidates if there are several."""
        height = self._row.sizeHint().height() + 2 * PADDING
        if self._has_strip:
            height += self.strip.wanted_height + PADDING
        if not self.heat_note.isHidden():
            height += self.heat_note.sizeHint().height() + PADDING
        return QSize(MAX_WIDTH, height)

    def show_status(self, status: ProposalStatus) -> None:
        """Show what the proposal says of itself."""
        proposal = self._proposal
        if not proposal.is_shown:
            return
        is_busy = proposal.is_busy
        entropies = [frame.mean_entropy for frame in proposal.frames]
        max_steps = status.max_steps if proposal.take.is_running else len(entropies)
        self.timeline.show_frames(entropies, max_steps, proposal.frame)
        self.step.setText(_step_text(status))
        self.accept_button.setEnabled(proposal.can_accept)
        self.stop_button.setText("Stop" if is_busy else "Reject")
        self.branch_button.setVisible(proposal.frame is not None)
        self.old_button.setEnabled(proposal.draft is not None)
        self.old_button.setChecked(proposal.shows_old)
        self.live_button.setChecked(proposal.is_live)
        self.queue_button.setVisible(status.num_queued > 0)
        self.queue_button.setText(f"+{status.num_queued} waiting ✕")
        self.heat_note.setVisible(self._options.shows_heat)
        self.strip.setVisible(self._has_strip)
        if self._has_strip:
            self.strip.show_takes(proposal.takes, proposal.take, proposal.old_text)
            self.strip.setFixedHeight(self.strip.wanted_height)

    @property
    def _has_strip(self) -> bool:
        return len(self._proposal.takes) > 1

    def _choose(self, row: int) -> None:
        self._proposal.choose(self._proposal.takes[row])

    def _button(self, text: str, tip: str, wanted: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if wanted is not None:
            button.clicked.connect(wanted)
        return button

    def _lay_out(self) -> None:
        small = QApplication.font()  # not that of the text
        small.setPointSizeF(small.pointSizeF() * 0.92)
        self.setFont(small)
        self.step.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.step.setMinimumWidth(self.fontMetrics().horizontalAdvance(WIDEST))
        self.step.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._row = QWidget(self)
        row = QHBoxLayout(self._row)
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
        column.addWidget(self.strip)
        column.addWidget(self.heat_note)
        self.heat_note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.heat_note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.heat_note.hide()
        self.branch_button.hide()
        strong = QFont(small)
        strong.setBold(True)
        self.accept_button.setFont(strong)
        self.strip.hide()
        self.queue_button.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, role = self.palette(), QPalette.ColorRole
        painter.setPen(mix(colors.color(role.Window), colors.color(role.WindowText), FRAME_SHARE))
        painter.setBrush(colors.color(role.Window))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)
        painter.end()


def _step_text(status: ProposalStatus) -> str:
    if status.phase is Phase.WAITING:
        return "waiting"
    if status.shows_old:
        return "old text"
    if status.frame:
        return f"step {status.frame}/{status.num_frames}"
    if status.phase is Phase.RUNNING:
        return f"step {status.step}/{status.max_steps}"
    words = {
        FinishReason.CONVERGED: "settled",
        FinishReason.MAX_STEPS: "not settled",
        FinishReason.CANCELLED: "stopped",
        None: "",
    }
    return f"{words[status.reason]} · {status.num_frames}" if status.reason else ""
