"""What is known of the chosen model, and what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.models.downloads import Task, Work, WorkPhase
from app.models.model_entries import ModelEntry, ModelOrigin
from app.models.model_texts import about_text, fit_text, size_text, work_text
from app.translation import QT_TR_NOOP, tr
from app.widgets.ringed import RingedButton
from engine.api import FitFound

Role = QPalette.ColorRole
PROGRESS_STEPS = 1000
NOT_OURS = QT_TR_NOOP(
    "These figures are others', with other programs; Inlay has not been measured with it yet."
)


class DetailsPanel(QWidget):
    """Shows one entry; its buttons are wishes that the dialog carries out.

    Signals:
        use_wanted, download_wanted, pause_wanted, cancel_wanted, verify_wanted, delete_wanted.
    """

    use_wanted = Signal()
    download_wanted = Signal()
    pause_wanted = Signal()
    cancel_wanted = Signal()
    verify_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.place, self.about = QLabel(), QLabel(), QLabel()
        self.facts: dict[str, QLabel] = {}
        self._names: dict[str, QLabel] = {}
        self.plan = QLabel()
        self.progress, self.progress_text = QProgressBar(), QLabel()
        self.use, self.download = RingedButton(), RingedButton()
        self.pause, self.cancel = RingedButton(tr("&Pause")), RingedButton(tr("Ca&ncel"))
        self.verify, self.delete = RingedButton(tr("&Verify")), RingedButton()
        self._wants_focus = False  # as soon as one of the buttons can take it again
        self._set_up()
        self._lay_out()

    def show_entry(
        self, entry: ModelEntry, work: Work | None, *, is_used: bool, is_busy: bool, licence: str
    ) -> None:
        """Show a model; `work` is what is being done to it, `is_busy` whether anything is done."""
        self.title.setText(entry.title)
        self.place.setText(entry.place)
        known = entry.known
        self.about.setText(about_text(entry))
        self.about.setVisible(bool(self.about.text()))
        self._fact("size", _size_fact(entry))
        self._fact("licence", licence)
        self._fact("quality", tr(known.quality) if known else "")
        self._fact("speed", f"{tr(known.speed)} {tr(NOT_OURS)}" if known else "")
        self._show_buttons(entry, work, is_used=is_used, is_busy=is_busy)
        self._show_work(work)

    def show_fit(self, text: str, fit: FitFound | None) -> None:
        """Show whether the model fits, with the plan's rows where there is a card."""
        self._fact("fit", fit_text(fit) if fit else text)
        table = fit.table.rpartition("\n")[0] if fit else ""
        self.plan.setText(table)
        self.plan.setVisible(bool(table))

    def show_disk(self, text: str) -> None:
        """Show what the disk has room for."""
        self._fact("disk", text)

    def press_first(self) -> None:
        """Do the first thing that can be done, as Enter or a double click in the list asks for."""
        for button in (self.use, self.download):
            if button.isVisible() and button.isEnabled():
                button.click()
                return

    def _set_up(self) -> None:
        font = QFont(self.title.font())
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(font)
        self.place.setForegroundRole(Role.PlaceholderText)
        self.plan.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.plan.setAccessibleName(tr("Memory plan"))
        for label in (self.title, self.place, self.about, self.plan, self.progress_text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.title, self.place, self.about):
            label.setWordWrap(True)
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Progress"))
        signals = {
            self.use: self.use_wanted,
            self.download: self.download_wanted,
            self.pause: self.pause_wanted,
            self.cancel: self.cancel_wanted,
            self.verify: self.verify_wanted,
            self.delete: self.delete_wanted,
        }
        for button, signal in signals.items():
            button.setAutoDefault(False)
            button.clicked.connect(signal)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._make_facts(), 1)
        bar = QVBoxLayout()
        bar.setContentsMargins(20, 0, 12, 0)
        bar.setSpacing(4)
        bar.addWidget(self.progress)
        bar.addWidget(self.progress_text)
        layout.addLayout(bar)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(20, 0, 12, 0)
        for button in (self.use, self.download, self.pause, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch()
        for button in (self.verify, self.delete):
            buttons.addWidget(button)
        layout.addLayout(buttons)

    def _make_facts(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 4, 12, 4)
        column.setSpacing(4)
        for label in (self.title, self.place):
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(self.about)
        column.addSpacing(8)
        column.addLayout(self._make_form())
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return scroll

    def _make_form(self) -> QGridLayout:
        form = QGridLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        form.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, (key, words) in enumerate(_fact_names()):
            name, value = QLabel(words), QLabel()
            name.setForegroundRole(Role.PlaceholderText)
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(words)
            form.addWidget(name, 2 * row, 0, top)
            form.addWidget(value, 2 * row, 1)
            self._names[key], self.facts[key] = name, value
            if key == "fit":
                form.addWidget(self.plan, 2 * row + 1, 1)
        return form

    def _fact(self, key: str, text: str) -> None:
        label = self.facts[key]
        label.setText(text)
        for widget in (self._names[key], label):
            widget.setVisible(bool(text))

    def _show_work(self, work: Work | None) -> None:
        for widget in (self.progress, self.progress_text):
            widget.setVisible(work is not None)
        if work is None:
            return
        total = max(work.progress.total_bytes, 1)
        self.progress.setValue(int(PROGRESS_STEPS * work.progress.done_bytes / total))
        self.progress_text.setText(work_text(work))
        self.progress.setAccessibleDescription(work_text(work))

    def _show_buttons(
        self, entry: ModelEntry, work: Work | None, *, is_used: bool, is_busy: bool
    ) -> None:
        is_running = work is not None and work.phase is not WorkPhase.PAUSED
        is_paused = work is not None and work.phase is WorkPhase.PAUSED
        can_pause = is_running and work is not None and work.task is Task.DOWNLOAD
        is_ours = entry.origin in (ModelOrigin.KNOWN, ModelOrigin.CACHED, ModelOrigin.COPY)
        self.use.setText(tr("In Use") if is_used else tr("&Use This Model"))
        self.use.setVisible(entry.is_complete)
        self.use.setEnabled(not is_used and not is_running)
        steady = (self.use, self.download, self.pause)
        self._wants_focus |= any(button.hasFocus() for button in steady)
        begun = is_paused or bool(entry.on_disk)
        self.download.setText(_fetch_text(entry, has_begun=begun))
        can_fetch = entry.known is not None or entry.missing is not None
        self.download.setVisible(can_fetch and not entry.is_complete and not is_running)
        self.download.setEnabled(not is_busy)
        self.pause.setVisible(can_pause)
        self.cancel.setVisible(work is not None)
        is_stopping = work is not None and work.phase is WorkPhase.STOPPING
        for button in (self.pause, self.cancel):
            button.setEnabled(not is_stopping)
        self.verify.setVisible(is_ours and entry.is_complete and not is_running)
        self.verify.setEnabled(not is_busy)
        is_folder = entry.origin is ModelOrigin.FOLDER
        self.delete.setText(tr("R&emove from List") if is_folder else tr("D&elete…"))
        is_on_disk = entry.is_fetched or (is_ours and bool(entry.on_disk))
        self.delete.setVisible(is_folder or (is_on_disk and work is None))
        self.delete.setEnabled(not is_used)
        if self._wants_focus:
            self._keep_focus()

    def _keep_focus(self) -> None:
        """Leave the keyboard at a button that loses nothing when the pressed one is hidden."""
        for button in (self.pause, self.download, self.use):
            if not button.isHidden() and button.isEnabled():
                button.setFocus()
                self._wants_focus = False
                return


def _fetch_text(entry: ModelEntry, *, has_begun: bool) -> str:
    if has_begun:
        return tr("&Resume")
    if entry.missing is not None:
        return tr("&Fetch ({size})").format(size=size_text(entry.num_bytes))
    return tr("&Download")


def _size_fact(entry: ModelEntry) -> str:
    if entry.is_complete or (entry.known is None and entry.missing is None):
        return size_text(entry.on_disk)
    text = tr("{size} to download")
    return text.format(size=size_text(max(entry.num_bytes - entry.on_disk, 0)))


def _fact_names() -> tuple[tuple[str, str], ...]:
    return (
        ("size", tr("Size")),
        ("disk", tr("Disk")),
        ("fit", tr("Memory")),
        ("licence", tr("Licence")),
        ("quality", tr("Quality")),
        ("speed", tr("Speed")),
    )
