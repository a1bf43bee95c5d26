"""The bar's second row: how much may change, to which length, how often, and from which seed."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSpinBox, QWidget

from app.proposal.model.lengths import BY_ITSELF, COUNTED, MAX_COUNT
from app.proposal.model.options_model import OptionsModel
from app.proposal.widgets.field_rows import FieldRows
from app.translation import tr
from app.widgets.ringed import RingedBox, RingedSlider
from engine.api import MAX_CANDIDATES, Length

LENGTHS = {**BY_ITSELF, **COUNTED}
MODES = tuple(LENGTHS)  # as the box lists them
RANDOM_SEED = -1


class RunFields(FieldRows):
    """Edits the settings of an `OptionsModel` that every run has."""

    def __init__(self, model: OptionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.strength = RingedSlider(Qt.Orientation.Horizontal, self)
        self.strength_name, self.strength_text = QLabel(tr("Strength"), self), QLabel(self)
        self.length, self.count = RingedBox(self), QSpinBox(self)
        self.candidates, self.seed = QSpinBox(self), QSpinBox(self)
        self._set_up()
        self._lay_out()
        self._connect()

    def refresh(self, *, has_old: bool) -> None:
        """Show the model's state, for a region with a text or without one."""
        settings = self._model.settings
        for widget in (self.strength_name, self.strength, self.strength_text):
            widget.setEnabled(has_old)
        steps = self._model.num_steps or 20
        self.strength.setRange(1, steps)
        self.strength.setValue(max(1, round(settings.strength * steps)))
        self._show_strength(self.strength.value())
        self.length.setCurrentIndex(MODES.index(settings.length.mode))
        self.count.setVisible(settings.length.mode in COUNTED)
        if settings.length.count:
            self.count.setValue(settings.length.count)
        self.candidates.setValue(settings.candidates)
        self.seed.setValue(RANDOM_SEED if settings.seed is None else settings.seed)
        self.fit_width()

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
        self.set_groups(
            (self.strength_name, self.strength, self.strength_text),
            (self.length, self.count),
            (self.candidates,),
            (self.seed,),
        )
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

    def fit_width(self, spare: Sequence[QWidget] = (), gone: Sequence[QWidget] = ()) -> None:
        """Leave out what says least, then take more rows, where there is no room for all."""
        has_count = MODES[self.length.currentIndex()] in COUNTED
        says_seed = self.seed.value() != RANDOM_SEED or self.seed.hasFocus()
        super().fit_width(
            spare=(self.strength_text, *(() if says_seed else (self.seed,)), *spare),
            gone=(*(() if has_count else (self.count,)), *gone),
        )

    def _on_strength(self, step: int) -> None:
        self._show_strength(step)
        self._model.change(strength=step / self.strength.maximum())

    def _on_length(self) -> None:
        mode = MODES[self.length.currentIndex()]
        count = self.count.value() if mode in COUNTED else 0
        self._model.change(length=Length(mode=mode, count=count))

    def _show_strength(self, step: int) -> None:
        most = self.strength.maximum()
        self.strength_text.setText(f"{step / most:.0%} ({step}/{most})")
