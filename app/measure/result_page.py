"""What came of measurements: sentences, figures, examples; kept, compared, exported."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.measure.measure_texts import words
from app.translation import tr
from app.widgets.ringed import RingedBox, RingedButton
from engine.errors import EngineError
from engine.measure.measurement import Example, Measurement
from engine.measure.report import (
    compared,
    comparison,
    left_out,
    markdown,
    memory_texts,
    name_of,
    sentences,
    table,
)
from engine.measure.store import DONE, Kept, listed, read_measurement

_MOST_LINES = 8  # of a cell of the examples
_LEAST_LINES = 5  # of a table in a small window
_WIDEST = 230  # px, of a column as it comes: four fit the dialog; longer texts are wrapped


class ResultPage(QWidget):
    """Shows one measurement, or two beside each other.

    Signals:
        go_on_wanted: The name of a measurement that was stopped.
        export_wanted: The measurement that is shown is to be written somewhere.
        delete_wanted: The folder of one that is to be deleted.
    """

    go_on_wanted = Signal(str)
    export_wanted = Signal()
    delete_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: list[Kept] = []
        self._measurement: Measurement | None = None
        self.which, self.beside = RingedBox(), RingedBox()
        self.said, self.notes = QLabel(), QLabel()
        self.figures, self.examples = QTableWidget(), QTableWidget()
        self.go_on_button = RingedButton(tr("Go &On"))
        self.export_button = RingedButton(tr("&Export…"))
        self.delete_button = RingedButton(tr("&Delete…"))
        self._set_up()
        self._lay_out()
        self.which.currentIndexChanged.connect(self._show_chosen)
        self.beside.currentIndexChanged.connect(self._show_chosen)
        self.go_on_button.clicked.connect(self._go_on)
        self.export_button.clicked.connect(self.export_wanted)
        self.delete_button.clicked.connect(self._delete)

    @property
    def kept(self) -> Kept | None:
        """The one that is chosen."""
        index = self.which.currentIndex()
        return self._kept[index] if 0 <= index < len(self._kept) else None

    def look(self, name: str = "") -> None:
        """Look at the disk again, and show a measurement by its name, or the one shown before."""
        name = name or (self.kept.name if self.kept else "")
        self._kept = listed()
        for box in (self.which, self.beside):
            box.blockSignals(True)
            box.clear()
        self.beside.addItem(tr("no other one"))
        for one in self._kept:
            text = one.name if one.is_done else tr("{name} (not finished)").format(name=one.name)
            self.which.addItem(text)
            self.beside.addItem(text)
        names = [one.name for one in self._kept]
        self.which.setCurrentIndex(names.index(name) if name in names else min(0, len(names) - 1))
        for box in (self.which, self.beside):
            box.blockSignals(False)
        self._show_chosen()

    def report(self, path: Path) -> str:
        """Return what is shown as a file of this name has it: JSON, or Markdown."""
        if self._measurement is None:
            return ""
        shown = [(self.kept, self._measurement)]
        if other := self._other():
            shown.insert(0, other)
        if path.suffix.lower() == ".json":
            texts = [(kept.folder / DONE).read_text(encoding="utf-8") for kept, _ in shown if kept]
            return texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
        parts = [markdown(one, words()) for _, one in shown]
        if len(shown) > 1:
            parts.insert(0, compared([one for _, one in shown], words()))
        return "\n".join(parts)

    def _set_up(self) -> None:
        self.which.setAccessibleName(tr("Measurement"))
        self.beside.setAccessibleName(tr("Compare with"))
        for name, label in ((tr("What it says"), self.said), (tr("Notes"), self.notes)):
            label.setAccessibleName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for name, view in ((tr("Figures"), self.figures), (tr("Examples"), self.examples)):
            view.setAccessibleName(name)
            view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
            view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
            view.verticalHeader().hide()
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setTabKeyNavigation(False)
            view.setMinimumHeight(_LEAST_LINES * view.fontMetrics().height())
            view.setCornerButtonEnabled(False)
            # It tells rows of several lines apart; a grid is not seen in a dark theme.
            view.setAlternatingRowColors(True)
            view.setShowGrid(False)
        for button in (self.go_on_button, self.export_button, self.delete_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.which, 2)
        label = QLabel(tr("&beside"))
        label.setBuddy(self.beside)
        top.addWidget(label)
        top.addWidget(self.beside, 1)
        for button in (self.go_on_button, self.export_button, self.delete_button):
            top.addWidget(button)
        tables = QSplitter(Qt.Orientation.Vertical)
        tables.addWidget(self.figures)
        tables.addWidget(self.examples)
        tables.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addWidget(self.said)
        layout.addWidget(tables, 1)
        layout.addWidget(self.notes)

    @Slot()
    def _show_chosen(self) -> None:
        kept, self._measurement, problem = self.kept, None, ""
        if kept is not None and kept.is_done:
            try:
                self._measurement = read_measurement(kept.folder)
            except EngineError as error:
                problem = str(error)
        self.go_on_button.setVisible(kept is not None and not kept.is_done)
        self.delete_button.setEnabled(kept is not None)
        self.export_button.setEnabled(self._measurement is not None)
        self.beside.setEnabled(self._measurement is not None)
        if self._measurement is not None:
            self._show(self._measurement)
            return
        for view in (self.figures, self.examples):
            view.clear()
            view.setRowCount(0)
            view.setColumnCount(0)
        self.notes.clear()
        if kept is None:
            problem = tr("Nothing was measured yet.")
        elif not kept.is_done:
            problem = tr("This one was stopped before its end. It can go on where it was.")
        self.said.setText(problem)

    def _show(self, measurement: Measurement) -> None:
        said = words()
        other = self._other()
        if other is None:
            self.said.setText("\n".join(sentences(measurement, said)))
            _fill(self.figures, said.heads, table(measurement, said))
        else:
            found = comparison([other[1], measurement], said)
            self.said.setText("\n".join([*sentences(measurement, said), *found.sentences]))
            _fill(self.figures, (said.when, *said.heads), found.rows)
        self._show_examples(measurement)
        notes = (said.note, *memory_texts(measurement, said), *left_out(measurement.about, said))
        self.notes.setText(" ".join(notes))

    def _other(self) -> tuple[Kept, Measurement] | None:
        """Return the one that it is compared with, and where it lies."""
        index = self.beside.currentIndex() - 1
        other = self._kept[index] if 0 <= index < len(self._kept) else None
        if other is None or not other.is_done or other is self.kept:
            return None
        try:
            return other, read_measurement(other.folder)
        except EngineError:
            return None  # told where it is shown itself

    def _show_examples(self, measurement: Measurement) -> None:
        said = words()
        names = [name_of(seen, said) for seen in measurement.subjects]
        heads = (tr("In the text"), said.stood, *names)
        rows = [
            (_in_text(example), example.wanted, *example.found) for example in measurement.examples
        ]
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        _fill(self.examples, heads, rows, font)
        bold = QFont(font)
        bold.setBold(True)
        for row, example in enumerate(measurement.examples):
            for column, text in enumerate(example.found, start=2):
                item = self.examples.item(row, column)
                if item is not None and text.strip() == example.wanted.strip():
                    item.setFont(bold)

    def _go_on(self) -> None:
        if self.kept is not None:
            self.go_on_wanted.emit(self.kept.name)

    def _delete(self) -> None:
        if self.kept is not None:
            self.delete_wanted.emit(self.kept.folder)


def _in_text(example: Example) -> str:
    before, after = example.before.split("\n")[-1], example.after.split("\n")[0]
    return f"{example.name}\n{before[-60:]}▁▁▁{after[:40]}"


def _fill(
    view: QTableWidget,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    font: QFont | None = None,
) -> None:
    view.clear()
    view.setColumnCount(len(heads))
    view.setRowCount(len(rows))
    view.setHorizontalHeaderLabels(list(heads))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            lines = text.split("\n")
            shown = "\n".join([*lines[:_MOST_LINES], *(["…"] if len(lines) > _MOST_LINES else [])])
            item = QTableWidgetItem(shown)
            item.setToolTip(text)
            if font is not None:
                item.setFont(font)
            view.setItem(row, column, item)
    header = view.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(False)
    header.setMaximumSectionSize(_WIDEST)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.resizeColumnsToContents()
    header.setMaximumSectionSize(-1)  # a wider one is the user's or the last one's right
    header.setStretchLastSection(True)
    view.resizeRowsToContents()
