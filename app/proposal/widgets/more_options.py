"""The fold of the bar: how soft the edges are, and what the new text has to satisfy."""

from dataclasses import replace

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.proposal.model.options_model import MAX_SOFT_EDGE, OptionsModel
from app.proposal.widgets.field_rows import FieldRows
from app.translation import QT_TR_NOOP, tr
from app.widgets.ringed import RingedBox
from engine.api import Form, FormKind, Mode

CHARACTERS_WIDTH, PATTERN_WIDTH = 90, 120  # px; that of the pattern at least
FORMS = (
    (FormKind.PATTERN, QT_TR_NOOP("anything")),
    (FormKind.NUMBER, QT_TR_NOOP("a number")),
    (FormKind.INTEGER, QT_TR_NOOP("a whole number")),
    (FormKind.DATE, QT_TR_NOOP("a date, 2026-11-30")),
    (FormKind.NAME, QT_TR_NOOP("a name the program knows here")),
    (FormKind.ONE_OF, QT_TR_NOOP("one of a list")),
)


class MoreOptions(QWidget):
    """Edits the rarer settings of an `OptionsModel`."""

    def __init__(self, model: OptionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.soft_edge, self.single_line = QSpinBox(self), QCheckBox(self)
        self.left_to_right = QCheckBox(self)
        self.rows, self.rules = FieldRows(self), FieldRows(self)
        self.characters, self.pattern = QLineEdit(self), QLineEdit(self)
        self.form, self.values, self.formed = RingedBox(self), QLineEdit(self), FieldRows(self)
        self._set_up()
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Show the model's state."""
        settings, rules = self._model.settings, self._model.settings.constraints
        self.soft_edge.setValue(settings.soft_edge)
        self.single_line.setChecked(rules.is_single_line)
        self.left_to_right.setChecked(settings.mode is Mode.CAUSAL)
        kinds = [kind for kind, _ in FORMS]
        self.form.setCurrentIndex(kinds.index(rules.form.kind))
        self.values.setEnabled(rules.form.kind is FormKind.ONE_OF)
        if _values_of(self.values.text()) != rules.form.values:
            self.values.setText(", ".join(rules.form.values))
        for field, text in ((self.characters, rules.characters), (self.pattern, rules.pattern)):
            if field.text() != text:
                field.setText(text)

    def _set_up(self) -> None:
        self.soft_edge.setRange(0, MAX_SOFT_EDGE)
        self.soft_edge.setSpecialValueText(tr("no words"))
        self.soft_edge.setSuffix(" " + tr("words"))
        self.soft_edge.setToolTip(
            tr("How many words on either side of the region may change a little")
        )
        self.soft_edge.setAccessibleName(tr("Soft edge"))
        self.single_line.setText(tr("One line"))
        self.single_line.setToolTip(tr("The new text has no line breaks"))
        self.left_to_right.setText(tr("Left to right"))
        self.left_to_right.setToolTip(
            tr("Write from left to right only, as other models do, and leave the denoising out")
        )
        self.form.addItems([tr(text) for _, text in FORMS])
        # Too narrow for its texts a box would be made, before the row folds.
        self.form.setMinimumWidth(self.form.sizeHint().width())
        self.form.setToolTip(tr("What the new text is to be; while it settles it is nothing else"))
        self.form.setAccessibleName(tr("Has to be"))
        self.values.setPlaceholderText(tr("red, green, blue"))
        self.values.setToolTip(tr("The texts that it may be, with commas between them"))
        self.values.setAccessibleName(tr("List"))
        self.values.setMinimumWidth(PATTERN_WIDTH)
        self.characters.setPlaceholderText(tr("any"))
        self.characters.setToolTip(tr("The only characters to use, such as a-z0-9_"))
        self.characters.setAccessibleName(tr("Characters"))
        self.characters.setFixedWidth(CHARACTERS_WIDTH)
        self.pattern.setMinimumWidth(PATTERN_WIDTH)
        policy = self.pattern.sizePolicy()
        policy.setHorizontalStretch(100)  # nearly all that the row would leave empty
        self.pattern.setSizePolicy(policy)
        self.pattern.setPlaceholderText(tr("any text"))
        self.pattern.setToolTip(tr("A regular expression that the whole new text has to match"))
        self.pattern.setAccessibleName(tr("Pattern"))

    def _lay_out(self) -> None:
        self.rows.set_groups(
            (QLabel(tr("Soft edge"), self), self.soft_edge),
            (self.single_line,),
            (self.left_to_right,),
        )
        self.rules.set_groups(
            (QLabel(tr("Characters"), self), self.characters),
            (QLabel(tr("Pattern"), self), self.pattern),
        )
        self.formed.set_groups((QLabel(tr("Has to be"), self), self.form), (self.values,))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.rows)
        rows.addWidget(self.rules)
        rows.addWidget(self.formed)

    def _connect(self) -> None:
        self.soft_edge.valueChanged.connect(lambda count: self._model.change(soft_edge=count))
        self.left_to_right.toggled.connect(
            lambda is_on: self._model.change(mode=Mode.CAUSAL if is_on else Mode.BOTH)
        )
        self.single_line.toggled.connect(lambda is_on: self._rule(is_single_line=is_on))
        self.characters.textEdited.connect(lambda text: self._rule(characters=text))
        self.pattern.textEdited.connect(lambda text: self._rule(pattern=text))
        self.form.activated.connect(self._choose_form)
        self.values.textEdited.connect(self._choose_form)

    def _choose_form(self) -> None:
        kind, _ = FORMS[self.form.currentIndex()]
        values = _values_of(self.values.text()) if kind is FormKind.ONE_OF else ()
        self._rule(form=Form(kind=kind, values=values))

    def _rule(self, **changes: object) -> None:
        rules = replace(self._model.settings.constraints, **changes)  # type: ignore[arg-type]
        self._model.change(constraints=rules)


def _values_of(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (value.strip() for value in text.split(","))))


class ProblemNote(QLabel):
    """Says what is wrong with the settings, as long as something is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.Accent)
        self.hide()

    def show_problem(self, text: str) -> None:
        """Say it; nothing, if the text is empty."""
        self.setText(text)
        self.setVisible(bool(text))
