"""What is to be measured: the texts, the models, how many gaps; and how far the run is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.documents.names import shown
from app.measure.choices import Choice
from app.measure.measuring import Measuring
from app.translation import tr
from app.widgets.check_list import CheckList
from app.widgets.ringed import RingedBox, RingedButton
from engine.measure.subject import Subject

USUAL_COUNT, MOST_COUNT = 30, 300
CHOICE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Texts:
    """What could be measured on now."""

    folder: Path | None  # that is open
    files: tuple[Path, ...]  # that are open
    unsaved: int  # open documents whose text is not what is on the disk, or which have no file


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
        self._measuring, self._ask_folder = measuring, ask_folder
        self._places: list[tuple[Path, ...]] = []
        self._files: tuple[Path, ...] = ()  # that were open
        self._unsaved = 0
        self.texts, self.pattern = RingedBox(), QLineEdit()
        self.models, self.count = CheckList(), QSpinBox()
        self.note, self.state = QLabel(), QLabel()
        self.progress = QProgressBar()
        self.choose_button = RingedButton(tr("Choose &Folder…"))
        self.start_button = RingedButton(tr("&Start"))
        self.pause_button = RingedButton(tr("&Pause"))
        self.stop_button = RingedButton(tr("S&top"))
        self._set_up()
        self._lay_out()
        self.models.itemChanged.connect(self._show)
        self.texts.currentIndexChanged.connect(self._show)
        self.choose_button.clicked.connect(self._choose)
        self.start_button.clicked.connect(self.start_wanted)
        self.pause_button.clicked.connect(self._pause)
        self.stop_button.clicked.connect(measuring.child.stop)
        measuring.changed.connect(self._show)
        self._show()

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders and files that are chosen."""
        index = self.texts.currentIndex()
        return self._places[index] if 0 <= index < len(self._places) else ()

    @property
    def patterns(self) -> list[str]:
        """Which files of a folder; none: all."""
        return [part for part in self.pattern.text().replace(",", " ").split() if part]

    @property
    def subjects(self) -> list[Subject]:
        """What is chosen to be measured."""
        items = (self.models.item(row) for row in range(self.models.count()))
        checked = Qt.CheckState.Checked
        return [item.data(CHOICE).subject for item in items if item.checkState() is checked]

    def show_texts(self, texts: Texts) -> None:
        """Offer what is open; a folder that was chosen stays."""
        # The open documents stay chosen, whichever they are now.
        chosen = texts.files if self.places == self._files else self.places
        self._files = texts.files
        self.texts.clear()
        self._places.clear()
        if texts.folder is not None:
            self._offer(tr("The folder {folder}"), (texts.folder,))
        if texts.files:
            self._offer(tr("The open documents: {count}"), texts.files)
        if chosen and chosen not in self._places:
            self._offer(tr("The folder {folder}"), chosen)
        if chosen in self._places:
            self.texts.setCurrentIndex(self._places.index(chosen))
        self._unsaved = texts.unsaved
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

    def add_folder(self, folder: Path) -> None:
        """Put a folder into the box and choose it."""
        if (folder,) not in self._places:
            self._offer(tr("The folder {folder}"), (folder,))
        self.texts.setCurrentIndex(self._places.index((folder,)))

    def _offer(self, text: str, places: tuple[Path, ...]) -> None:
        self._places.append(places)
        self.texts.addItem(text.format(folder=shown(places[0]), count=len(places)))

    def _choose(self) -> None:
        if (folder := self._ask_folder()) is not None:
            self.add_folder(folder)

    def _pause(self) -> None:
        child = self._measuring.child
        (child.resume if child.is_paused else child.pause)()

    def _set_up(self) -> None:
        self.pattern.setPlaceholderText(tr("all of them; or as in .gitignore: *.py, !tests/"))
        self.count.setRange(1, MOST_COUNT)
        self.count.setValue(USUAL_COUNT)
        self.models.setAccessibleName(tr("Models"))
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Gaps that are filled"))
        for label in (self.note, self.state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for button in (self.choose_button, self.pause_button, self.stop_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.texts, 1)
        row.addWidget(self.choose_button)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Te&xts:"), row)
        form.addRow(tr("F&iles like:"), self.pattern)
        form.addRow(tr("&Models:"), self.models)
        gaps = QHBoxLayout()
        gaps.addWidget(self.count)
        gaps.addStretch()
        form.addRow(tr("&Gaps of each sort:"), gaps)
        for inner, field in ((row, self.texts), (gaps, self.count)):
            if isinstance(label := form.labelForField(inner), QLabel):
                label.setBuddy(field)
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
            not child.is_running and bool(self.places) and bool(self.subjects)
        )
        running: tuple[QWidget, ...] = (self.progress, self.pause_button, self.stop_button)
        for widget in (*running, self.state):
            widget.setVisible(child.is_running)
        for button in (self.pause_button, self.stop_button):
            button.setEnabled(not child.is_stopping)
        self.start_button.setVisible(not child.is_running)
        asking: tuple[QWidget, ...] = (self.texts, self.pattern, self.models, self.count)
        for widget in (*asking, self.choose_button):
            widget.setEnabled(not child.is_running)
        self.pause_button.setText(tr("&Resume") if child.is_paused else tr("&Pause"))
        self.progress.setRange(0, measuring.total)  # 0: it is not known yet
        self.progress.setValue(measuring.done)
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
        if self._unsaved:
            notes.append(tr("Open documents are read as they were saved last."))
        return notes


def state_text(measuring: Measuring) -> str:
    """Say how far a run is."""
    child = measuring.child
    if not child.is_running:
        return ""
    if not measuring.total:
        return tr("Reading the texts…")
    parts = [tr("{done} of {total} gaps").format(done=measuring.done, total=measuring.total)]
    left = measuring.minutes_left
    if child.is_stopping:
        return " · ".join([*parts, tr("stopping…")])
    if child.is_paused:
        return " · ".join([*parts, tr("paused")])
    if left is not None:
        parts.append(tr("about %n minutes left", "", max(1, round(left))))
    parts.append(tr("it goes on when this window is closed"))
    return " · ".join(parts)
