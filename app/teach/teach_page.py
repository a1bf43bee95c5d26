"""What is to be taught: the texts, how long, under what name; and how far it is."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.documents.names import shown
from app.runs.run_row import RunRow
from app.runs.texts_chooser import OpenTexts, TextsChooser
from app.teach.curve_view import CurveView
from app.teach.teach_texts import state_text
from app.teach.teaching import Teaching
from app.translation import tr
from app.widgets.ringed import RingedBox
from engine.adapters import is_taken

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
        self.curve = CurveView()
        self.run = RunRow(teaching.child, tr("How far it is"), tr("Stop, &Keep the Best"))
        self._set_up()
        self._lay_out()
        self.texts.changed.connect(self._propose_name)
        self.name.textChanged.connect(self._show)
        self.run.start_wanted.connect(self.start_wanted)
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
        """Call it as the folder is called, with a number where that is taken.

        What the user says stays.
        """
        places = self.texts.places
        if places and not self.name.isModified():
            name = shown(places[0].name)
            names = (f"{name} {number}" if number > 1 else name for number in count(1))
            self.name.setText(next(one for one in names if not is_taken(one)))
        self._show()

    def _set_up(self) -> None:
        for minutes in MINUTES:
            self.minutes.addItem(tr("{minutes} minutes").format(minutes=minutes), minutes)
        self.minutes.setCurrentIndex(MINUTES.index(USUAL_MINUTES))
        self.name.setMaxLength(60)
        self.seed.setRange(0, _MOST_SEED)
        for label in (self.note, self.state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.texts.add_to(form)
        form.addRow(tr("&Name:"), self.name)
        form.addRow(tr("&Time:"), self.minutes)
        form.addRow(tr("S&eed:"), self.seed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.curve, 1)
        layout.addWidget(self.state)
        layout.addWidget(self.run)

    @Slot()
    def _show(self) -> None:
        teaching, child = self._teaching, self._teaching.child
        is_ready = bool(self.texts.places) and bool(self.name.text().strip()) and not self._problem
        unsaved = tr("Open documents are read as they were saved last.")
        notes = [_note(), *([unsaved] if self.texts.open.has_unsaved else [])]
        self.note.setText(self._problem or " ".join(notes))
        self.run.show_run(teaching.pace, is_ready=is_ready)
        self.state.setVisible(child.is_running)
        self.texts.set_enabled(is_enabled=not child.is_running)
        for widget in (self.name, self.minutes, self.seed):
            widget.setEnabled(not child.is_running)
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
