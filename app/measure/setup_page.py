"""What is to be measured: the texts, the models, how many gaps; and how far the run is."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.measure.choices import Choice
from app.measure.measuring import Measuring
from app.runs.run_row import RunRow
from app.runs.texts_chooser import OpenTexts, TextsChooser
from app.translation import tr
from app.widgets.check_list import CheckList
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
        self.run = RunRow(measuring.child, tr("Gaps that are filled"), tr("S&top"))
        self._set_up()
        self._lay_out()
        self.models.itemChanged.connect(self._show)
        self.texts.changed.connect(self._show)
        self.run.start_wanted.connect(self.start_wanted)
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

    def _set_up(self) -> None:
        self.count.setRange(1, MOST_COUNT)
        self.count.setValue(USUAL_COUNT)
        self.models.setAccessibleName(tr("Models"))
        for label in (self.note, self.state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)

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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(form, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.state)
        layout.addWidget(self.run)

    @Slot()
    def _show(self) -> None:
        measuring, child = self._measuring, self._measuring.child
        self.note.setText(" ".join(self._notes()))
        is_ready = bool(self.texts.places) and bool(self.subjects)
        self.run.show_run(measuring.pace, is_ready=is_ready)
        self.state.setVisible(child.is_running)
        self.texts.set_enabled(is_enabled=not child.is_running)
        for widget in (self.models, self.count):
            widget.setEnabled(not child.is_running)
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
