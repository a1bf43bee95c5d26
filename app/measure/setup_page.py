"""What is to be measured: the texts, the models, how many gaps; and how far the run is."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.measure.choices import Choice
from app.measure.measuring import Measuring
from app.runs.texts_chooser import OpenTexts, TextsChooser
from app.translation import tr
from app.widgets.check_list import CheckList
from app.widgets.ringed import RingedButton
from engine.measure.subject import Subject

USUAL_COUNT, MOST_COUNT = 30, 300
CHOICE = Qt.ItemDataRole.UserRole


class SetupPage(QWidget):
    """Asks, starts, and shows how far it is.

    Signals:
        start_wanted: What is asked is to be measured.
    """

    start_wanted = Signal()

    def __init__(
        self, measuring: Measuring, ask_folder: Callable[[], Path | None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._measuring = measuring
        self.texts = TextsChooser(ask_folder, self)
        self.models, self.count = CheckList(), QSpinBox()
        self.note, self.state = QLabel(), QLabel()
        self.progress = QProgressBar()
        self.start_button = RingedButton(tr("&Start"))
        self.pause_button = RingedButton(tr("&Pause"))
        self.stop_button = RingedButton(tr("S&top"))
        self._set_up()
        self._lay_out()
        self.models.itemChanged.connect(self._show)
        self.texts.changed.connect(self._show)
        self.start_button.clicked.connect(self.start_wanted)
        self.pause_button.clicked.connect(self._pause)
        self.stop_button.clicked.connect(measuring.child.stop)
        measuring.changed.connect(self._show)
        self._show()

    @property
    def subjects(self) -> list[Subject]:
        """What is chosen to be measured."""
        items = (self.models.item(row) for row in range(self.models.count()))
        checked = Qt.CheckState.Checked
        return [item.data(CHOICE).subject for item in items if item.checkState() is checked]

    def show_texts(self, texts: OpenTexts) -> None:
        """Offer what is open."""
        self.texts.show_open(texts)
        self._show()

    @Slot(object)
    def show_choices(self, choices: Sequence[Choice]) -> None:
        """List what can be measured; what was chosen stays, at first it is the first."""
        chosen = self.subjects or [choice.subject for choice in choices[:1]]
        self.models.clear()
        for choice in choices:
            item = QListWidgetItem(choice.title)
            item.setData(CHOICE, choice)
            is_chosen = choice.subject in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            self.models.addItem(item)
        self._show()

    def _pause(self) -> None:
        child = self._measuring.child
        (child.resume if child.is_paused else child.pause)()

    def _set_up(self) -> None:
        self.count.setRange(1, MOST_COUNT)
        self.count.setValue(USUAL_COUNT)
        self.models.setAccessibleName(tr("Models"))
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Gaps that are filled"))
        for label in (self.note, self.state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for button in (self.pause_button, self.stop_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.texts.add_to(form)
        form.addRow(tr("&Models:"), self.models)
        gaps = QHBoxLayout()
        gaps.addWidget(self.count)
        gaps.addStretch()
        form.addRow(tr("&Gaps of each sort:"), gaps)
        if isinstance(label := form.labelForField(gaps), QLabel):
            label.setBuddy(self.count)
        buttons = QHBoxLayout()
        buttons.addWidget(self.progress, 1)
        buttons.addStretch()
        buttons.addWidget(self.pause_button)
        buttons.addWidget(self.stop_button)
        buttons.addWidget(self.start_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(form, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.state)
        layout.addLayout(buttons)

    @Slot()
    def _show(self) -> None:
        measuring, child = self._measuring, self._measuring.child
        self.note.setText(" ".join(self._notes()))
        self.start_button.setEnabled(
            not child.is_running and bool(self.texts.places) and bool(self.subjects)
        )
        running: tuple[QWidget, ...] = (self.progress, self.pause_button, self.stop_button)
        for widget in (*running, self.state):
            widget.setVisible(child.is_running)
        for button in (self.pause_button, self.stop_button):
            button.setEnabled(not child.is_stopping)
        self.start_button.setVisible(not child.is_running)
        self.texts.set_enabled(is_enabled=not child.is_running)
        for widget in (self.models, self.count):
            widget.setEnabled(not child.is_running)
        self.pause_button.setText(tr("&Resume") if child.is_paused else tr("&Pause"))
        self.progress.setRange(0, measuring.pace.total)  # 0: it is not known yet
        self.progress.setValue(measuring.pace.done)
        self.state.setText(state_text(measuring))

    def _notes(self) -> list[str]:
        servers = sorted({subject.server for subject in self.subjects if subject.server})
        notes = [
            tr(
                "Words, line ends, lines and sentences are cut out of these texts and filled "
                "again, in the background. What was stopped goes on when the same is started again."
            )
        ]
        if servers:
            notes.append(
                tr(
                    "What stands around the gaps is sent to {server}, but of no file in which "
                    "nothing is ever filled in."
                ).format(server=", ".join(servers))
            )
        else:
            notes.append(tr("Nothing leaves this machine."))
        if self.texts.open.has_unsaved:
            notes.append(tr("Open documents are read as they were saved last."))
        return notes


def state_text(measuring: Measuring) -> str:
    """Say how far a run is."""
    child = measuring.child
    if not child.is_running:
        return ""
    pace = measuring.pace
    if not pace.total:
        return tr("Reading the texts…")
    parts = [tr("{done} of {total} gaps").format(done=pace.done, total=pace.total)]
    left = pace.minutes_left
    if child.is_stopping:
        return " · ".join([*parts, tr("stopping…")])
    if child.is_paused:
        return " · ".join([*parts, tr("paused")])
    if left is not None:
        parts.append(tr("about %n minutes left", "", max(1, round(left))))
    parts.append(tr("it goes on when this window is closed"))
    return " · ".join(parts)
