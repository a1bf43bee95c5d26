"""A page of options, made from their descriptions."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.setting_table import Group, Option, Source
from app.settings import Settings
from app.spelling.dictionaries import find_dictionaries
from app.widgets.ringed import RingedBox

Setter = Callable[[bool | int | str], None]


def words(text: str) -> str:
    """Return an option's words in the user's language."""
    return QCoreApplication.translate("Settings", text)


class OptionsPage(QScrollArea):
    """Shows options in groups; a change takes effect at once."""

    def __init__(self, settings: Settings, options: Iterable[Option]) -> None:
        super().__init__()
        self._settings = settings
        self._rows: list[tuple[Option, QWidget]] = []
        self._headings: dict[Group, QLabel] = {}
        self._setters: dict[str, Setter] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Options"))
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(22, 14, 22, 14)
        self._column.setSpacing(14)
        for option in options:
            self._add(option)
        self._column.addStretch()
        self.setWidget(inner)
        settings.changed.connect(self._follow)

    def filter(self, text: str) -> int:
        """Show the options whose words hold all of `text`'s; return how many there are."""
        wanted = text.casefold().split()
        shown: set[Group] = set()
        count = 0
        for option, row in self._rows:
            place = f"{words(option.group.value)} {words(option.title)} {words(option.help)}"
            fits = all(word in f"{place} {option.key}".casefold() for word in wanted)
            row.setVisible(fits)
            count += fits
            shown |= {option.group} if fits else set()
        for group, heading in self._headings.items():
            heading.setVisible(group in shown)
        return count

    def _add(self, option: Option) -> None:
        if option.group not in self._headings:
            heading = QLabel(words(option.group.value))
            font = QFont(heading.font())
            font.setPointSizeF(font.pointSizeF() * 1.25)
            font.setWeight(QFont.Weight.DemiBold)
            heading.setFont(font)
            heading.setContentsMargins(0, 8, 0, 0)
            self._headings[option.group] = heading
            self._column.addWidget(heading)
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        control = self._control(option)
        if not isinstance(control, QCheckBox):
            label = QLabel(words(option.title))
            label.setBuddy(control)
            layout.addWidget(label)
        control.setAccessibleName(words(option.title))
        control.setAccessibleDescription(words(option.help))
        control.setToolTip(option.key)
        layout.addWidget(control, 0, Qt.AlignmentFlag.AlignLeft)
        if option.help:
            note = QLabel(words(option.help))
            note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            note.setWordWrap(True)
            note.setContentsMargins(24 if isinstance(control, QCheckBox) else 0, 0, 0, 0)
            layout.addWidget(note)
        self._rows.append((option, row))
        self._column.addWidget(row)

    def _control(self, option: Option) -> QWidget:
        value = self._settings.value(option.key)
        if isinstance(option.default, bool):
            return self._check(option, bool(value))
        if isinstance(option.default, int):
            return self._number(option, int(value))
        return self._choice(option, str(value))

    def _check(self, option: Option, value: bool) -> QWidget:
        box = QCheckBox(words(option.title))
        box.setChecked(value)
        box.toggled.connect(lambda is_on: self._settings.set_value(option.key, is_on))
        self._setters[option.key] = lambda new: box.setChecked(bool(new))
        return box

    def _number(self, option: Option, value: int) -> QWidget:
        box = QSpinBox()
        box.setRange(option.low, option.high)
        box.setValue(value)
        box.valueChanged.connect(lambda number: self._settings.set_value(option.key, number))
        self._setters[option.key] = lambda new: box.setValue(int(new))
        return box

    def _choice(self, option: Option, value: str) -> QWidget:
        box = RingedBox()
        box.setMinimumWidth(260)
        for choice, text in option.choices:
            box.addItem(words(text), choice)
        for choice, text in _found(option.source):
            box.addItem(text, choice)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.activated.connect(lambda _: self._settings.set_value(option.key, box.currentData()))
        self._setters[option.key] = lambda new: box.setCurrentIndex(max(0, box.findData(new)))
        return box

    def _follow(self, key: str) -> None:
        if key in self._setters:
            self._setters[key](self._settings.value(key))


def _found(source: Source | None) -> list[tuple[str, str]]:
    """Return the choices that this machine has, and their words."""
    if source is Source.FONTS:
        return [(family, family) for family in QFontDatabase.families()]
    if source is Source.DICTIONARIES:
        return [(one.code, one.title) for one in find_dictionaries()]
    return []
