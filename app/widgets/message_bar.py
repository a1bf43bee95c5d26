"""The message bar: the only road on which known errors reach the user."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.appearance import is_dark
from app.widgets.flat_button import FlatButton


class Severity(Enum):
    """How bad it is; the value is (light background, light text, dark background, dark text)."""

    INFO = ("#e3eef9", "#16324f", "#1d3347", "#d6e7f7")
    WARNING = ("#fdf1d3", "#4a3600", "#42351a", "#f7e6bb")
    ERROR = ("#fbe4e1", "#5c1710", "#4a2421", "#fbd9d4")


MAX_REMEDIES = 3
SYMBOLS = {Severity.INFO: "ℹ", Severity.WARNING: "⚠", Severity.ERROR: "⚠"}


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something the user can do about a message with one click."""

    label: str
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to the user, as plain text."""

    text: str
    severity: Severity = Severity.ERROR
    remedies: tuple[Remedy, ...] = ()


class MessageBar(QFrame):
    """Shows the newest message until it is closed, then the one before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Message] = []
        self._symbol, self._text, self._more = QLabel(), QLabel(), QLabel()
        self._remedies = [FlatButton() for _ in range(MAX_REMEDIES)]
        self._copy = FlatButton(self.tr("Copy"))
        self._close = FlatButton("✕", self.tr("Close this message"))
        self._set_up()
        self.hide()

    @property
    def messages(self) -> tuple[Message, ...]:
        """Return the messages that were not closed yet, the newest last."""
        return tuple(self._messages)

    def show_message(self, message: Message) -> None:
        """Show a message; one that is open already comes to the front."""
        self._messages = [m for m in self._messages if m.text != message.text] + [message]
        self._update()

    def take_back(self, message: Message) -> None:
        """Say a message no longer, because it is not true any more."""
        self._messages = [one for one in self._messages if one.text != message.text]
        self._update()

    def close_message(self) -> None:
        """Close the newest message."""
        if self._messages:
            self._messages.pop()
        self._update()

    def copy_text(self) -> None:
        """Copy the newest message to the clipboard."""
        QGuiApplication.clipboard().setText(self._text.text())

    def _set_up(self) -> None:
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Messages"))
        # A message may hold anything, and none of it is markup.
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._copy.clicked.connect(self.copy_text)
        self._close.clicked.connect(self.close_message)
        for index, button in enumerate(self._remedies):
            button.clicked.connect(partial(self._run_remedy, index))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        for widget in (self._more, *self._remedies, self._copy, self._close):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def _update(self) -> None:
        self.setVisible(bool(self._messages))
        if not self._messages:
            return
        message = self._messages[-1]
        self._symbol.setText(SYMBOLS[message.severity])
        self._text.setText(message.text)
        self._more.setText(f"+{len(self._messages) - 1}")
        self._more.setToolTip(self.tr("Earlier messages, shown when this one is closed"))
        self._more.setVisible(len(self._messages) > 1)
        for button, remedy in itertools.zip_longest(self._remedies, message.remedies):
            button.setVisible(remedy is not None)
            button.setText(remedy.label if remedy else "")
        self._colour(message.severity)

    def _colour(self, severity: Severity) -> None:
        colours = severity.value[2:] if is_dark() else severity.value[:2]
        background, text = (QColor(colour) for colour in colours)
        palette = QPalette(self.palette())
        for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Button):
            palette.setColor(role, background)
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(role, text)
        # A palette that is set changes, and `changeEvent` comes here again.
        if palette != self.palette():
            self.setPalette(palette)

    def _run_remedy(self, index: int) -> None:
        remedy = self._messages[-1].remedies[index]
        self.close_message()
        remedy.run()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._messages:
            self._colour(self._messages[-1].severity)
