"""The bar's second row: how much may change, to which length, how often, and from which seed."""

from itertools import chain

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.proposal.model.lengths import BY_ITSELF, COUNTED, MAX_COUNT
from app.proposal.model.options_model import OptionsModel
from app.translation import tr
from engine.api import MAX_CANDIDATES, Length

Group = tuple[QWidget, ...]  # fields that stay side by side
LENGTHS = {**BY_ITSELF, **COUNTED}
RANDOM_SEED = -1
SPACING = 6  # px


class RunFields(QWidget):
    """Edits the settings of an `OptionsModel` that every run has.

    Signals: `folded`, when it takes more rows or fewer.
    """

    folded = Signal()

    def __init__(self, model: OptionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.strength, self.strength_text = QSlider(Qt.Orientation.Horizontal, self), QLabel(self)
        self.length, self.count = QComboBox(self), QSpinBox(self)
        self.candidates, self.seed = QSpinBox(self), QSpinBox(self)
        title = QLabel(tr("Strength"), self)
        self._groups: tuple[Group, ...] = (
            (title, self.strength, self.strength_text),
            (self.length, self.count),
            (self.candidates,),
            (self.seed,),
        )
        self._rows: list[Group] = []
        self._set_up()
        self._lay_out()
        self._connect()

    def refresh(self, *, has_old: bool) -> None:
        """Show the model's state, for a region with a text or without one."""
        settings = self._model.settings
        self.strength.setEnabled(has_old)
        steps = self._model.num_steps or 20
        self.strength.setRange(1, steps)
        self.strength.setValue(max(1, round(settings.strength * steps)))
        self._show_strength(self.strength.value())
        self.length.setCurrentIndex(list(LENGTHS).index(settings.length.mode))
        self.count.setVisible(settings.length.mode in COUNTED)
        if settings.length.count:
            self.count.setValue(settings.length.count)
        self.candidates.setValue(settings.candidates)
        self.seed.setValue(RANDOM_SEED if settings.seed is None else settings.seed)
        self._fit_width()

    def _set_up(self) -> None:
        self.strength.setFixedWidth(90)
        tip = tr("How much may change: a light touch on the left, all on the right")
        self.strength.setToolTip(tip)
        self.length.addItems([tr(text) for text in LENGTHS.values()])
        self.count.setRange(1, MAX_COUNT)
        self.count.setValue(10)
        self.candidates.setRange(1, MAX_CANDIDATES)
        self.candidates.setPrefix(tr("Versions:") + " ")
        self.candidates.setToolTip(tr("How many versions to draft at once"))
        self.seed.setRange(RANDOM_SEED, 2**31 - 1)
        self.seed.setSpecialValueText(tr("any seed"))
        self.seed.setPrefix(tr("seed") + " ")
        self.seed.setToolTip(tr("The same seed draws the same text again"))
        for widget, name in (
            (self.strength, tr("Strength")),
            (self.length, tr("Length")),
            (self.count, tr("Number of words or lines")),
            (self.candidates, tr("Number of versions")),
            (self.seed, tr("Seed")),
        ):
            widget.setAccessibleName(name)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._lines = [QHBoxLayout() for _ in self._groups]
        for line in self._lines:
            line.setSpacing(SPACING)
            column.addLayout(line)
        self._put_into([tuple(chain(*self._groups))])
        self.strength_text.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        widest = self.fontMetrics().horizontalAdvance("100 % (48/48)")
        self.strength_text.setMinimumWidth(widest)

    def _connect(self) -> None:
        self.strength.valueChanged.connect(self._on_strength)
        self.length.activated.connect(self._on_length)
        self.count.valueChanged.connect(self._on_length)
        self.candidates.valueChanged.connect(lambda count: self._model.change(candidates=count))
        self.seed.valueChanged.connect(
            lambda seed: self._model.change(seed=None if seed == RANDOM_SEED else seed)
        )

    def _fit_width(self) -> None:
        """Leave out what says least, then take more rows, where there is no room for all."""
        if not self.isVisible():
            return
        has_count = list(LENGTHS)[self.length.currentIndex()] in COUNTED
        says_seed = self.seed.value() != RANDOM_SEED or self.seed.hasFocus()
        gone: set[QWidget] = set() if has_count else {self.count}
        everything = tuple(chain(*self._groups))
        for widget in (self.strength_text, *(() if says_seed else (self.seed,))):
            if _width_of(everything, gone) > self.width():
                gone.add(widget)
        for widget in (self.strength_text, self.seed):
            widget.setVisible(widget not in gone)
        rows: list[Group] = [()]
        for group in self._groups:
            if rows[-1] and _width_of(rows[-1] + group, gone) > self.width():
                rows.append(())
            rows[-1] += group
        if rows != self._rows:
            self._put_into(rows)
            self.folded.emit()

    def _put_into(self, rows: list[Group]) -> None:
        self._rows = rows
        for line in self._lines:
            while line.count():
                line.takeAt(0)
        for line, row in zip(self._lines, rows, strict=False):
            for widget in row:
                line.addWidget(widget)
            line.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Show as much as there is room for, now that there is any."""
        super().showEvent(event)
        self._fit_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit_width()

    def _on_strength(self, step: int) -> None:
        self._show_strength(step)
        self._model.change(strength=step / self.strength.maximum())

    def _on_length(self) -> None:
        mode = list(LENGTHS)[self.length.currentIndex()]
        count = self.count.value() if mode in COUNTED else 0
        self._model.change(length=Length(mode=mode, count=count))

    def _show_strength(self, step: int) -> None:
        most = self.strength.maximum()
        self.strength_text.setText(f"{step / most:.0%} ({step}/{most})")


def _width_of(widgets: Group, gone: set[QWidget]) -> int:
    """Return how much room fields need side by side, px; those that are gone need none."""
    shown = [widget for widget in widgets if widget not in gone]
    least = (max(one.minimumSizeHint().width(), one.minimumWidth()) for one in shown)
    return sum(least) + (len(shown) - 1) * SPACING
