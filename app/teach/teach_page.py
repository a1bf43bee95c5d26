"""What is to be taught: the texts, how long, under what name; and how far it is."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.documents.names import shown
from app.runs.texts_chooser import OpenTexts, TextsChooser
from app.teach.curve_view import CurveView
from app.teach.teach_texts import state_text
from app.teach.teaching import Teaching
from app.translation import tr
from app.widgets.ringed import RingedBox, RingedButton

MINUTES, USUAL_MINUTES = (5, 15, 60), 15
_MOST_SEED = 2**31 - 1


class TeachPage(QWidget):
    """Asks, starts, and shows how far it is.

    Signals:
        start_wanted: What is asked is to be taught.
    """

    start_wanted = Signal()

    def __init__(
        self, teaching: Teaching, ask_folder: Callable[[], Path | None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._teaching, self._problem = teaching, ""
        self.texts, self.minutes = TextsChooser(ask_folder, self), RingedBox()
        self.name, self.seed = QLineEdit(), QSpinBox()
        self.note, self.state = QLabel(), QLabel()
        self.progress, self.curve = QProgressBar(), CurveView()
        self.start_button = RingedButton(tr("&Start"))
        self.pause_button = RingedButton(tr("&Pause"))
        self.stop_button = RingedButton(tr("Stop, &Keep the Best"))
        self._set_up()
        self._lay_out()
        self.texts.changed.connect(self._propose_name)
        self.name.textChanged.connect(self._show)
        self.start_button.clicked.connect(self.start_wanted)
        self.pause_button.clicked.connect(self._pause)
        self.stop_button.clicked.connect(teaching.child.stop)
        teaching.changed.connect(self._show)
        self._show()

    def show_texts(self, texts: OpenTexts) -> None:
        """Offer what is open."""
        self.texts.show_open(texts)
        self._show()

    def show_problem(self, problem: str) -> None:
        """Say why nothing can be taught here; empty: it can."""
        self._problem = problem
        self._show()

    def _propose_name(self) -> None:
        """Call it as the folder is called, until the user says otherwise."""
        places = self.texts.places
        if places and not self.name.isModified():
            self.name.setText(shown(places[0].name))
        self._show()

    def _pause(self) -> None:
        child = self._teaching.child
        (child.resume if child.is_paused else child.pause)()

    def _set_up(self) -> None:
        for minutes in MINUTES:
            self.minutes.addItem(tr("{minutes} minutes").format(minutes=minutes), minutes)
        self.minutes.setCurrentIndex(MINUTES.index(USUAL_MINUTES))
        self.name.setMaxLength(60)
        self.seed.setRange(0, _MOST_SEED)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("How far it is"))
        for label in (self.note, self.state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for button in (self.pause_button, self.stop_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.texts.add_to(form)
        form.addRow(tr("&Name:"), self.name)
        form.addRow(tr("&Time:"), self.minutes)
        form.addRow(tr("S&eed:"), self.seed)
        buttons = QHBoxLayout()
        buttons.addWidget(self.progress, 1)
        buttons.addStretch()
        for button in (self.pause_button, self.stop_button, self.start_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.curve, 1)
        layout.addWidget(self.state)
        layout.addLayout(buttons)

    @Slot()
    def _show(self) -> None:
        teaching, child = self._teaching, self._teaching.child
        is_ready = bool(self.texts.places) and bool(self.name.text().strip()) and not self._problem
        unsaved = tr("Open documents are read as they were saved last.")
        notes = [_note(), *([unsaved] if self.texts.open.has_unsaved else [])]
        self.note.setText(self._problem or " ".join(notes))
        self.start_button.setEnabled(not child.is_running and is_ready)
        running: tuple[QWidget, ...] = (self.progress, self.pause_button, self.stop_button)
        for widget in (*running, self.state):
            widget.setVisible(child.is_running)
        for button in (self.pause_button, self.stop_button):
            button.setEnabled(not child.is_stopping)
        self.start_button.setVisible(not child.is_running)
        self.texts.set_enabled(is_enabled=not child.is_running)
        for widget in (self.name, self.minutes, self.seed):
            widget.setEnabled(not child.is_running)
        self.pause_button.setText(tr("&Resume") if child.is_paused else tr("&Pause"))
        self.progress.setRange(0, teaching.pace.total)  # 0: it is not known yet
        self.progress.setValue(teaching.pace.done)
        self.state.setText(state_text(teaching))
        steps = teaching.pace.total if teaching.stage == "training" else 0
        self.curve.show_curve(teaching.curve, steps)


def _note() -> str:
    return tr(
        "Inlay Small learns how these texts go on and what is missing in them, in the background; "
        "the editor goes first. A tenth is kept apart: gaps in it are filled before and after, so "
        "that you see whether it helped, which takes some minutes more. Lines that look like "
        "secrets are left out, and nothing leaves this machine."
    )
