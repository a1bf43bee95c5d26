"""A dialog beside the window with pages, and a run that goes on when it is closed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.settings import Settings
from app.translation import tr
from app.widgets import dialogs
from app.widgets.fitting import resize_to_fit
from app.widgets.message_bar import Message, MessageBar, Remedy, Severity
from app.widgets.ringed import RingedButton
from app.workspace.workspace import documents_folder


class RunDialog(QDialog):
    """Says what is to be said where the user is: in the dialog, or once it is closed in the window.

    Signals:
        message: A `Message` for the window, when a run ended while the dialog was closed.
    """

    message = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.messages, self.pages = MessageBar(), QTabWidget()
        self.close_button = RingedButton(tr("Close"))
        self.close_button.clicked.connect(self.close)

    def lay_out(self, title: str, size: QSize, pages: dict[str, QWidget]) -> None:
        """Put pages in, by their titles; call it once."""
        self.setWindowTitle(title)
        resize_to_fit(self, size.width(), size.height())
        self.pages.setDocumentMode(True)
        for name, page in pages.items():
            self.pages.addTab(page, name)
        self.close_button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.messages)
        layout.addWidget(self.pages, 1)
        layout.addLayout(buttons)

    def ask_folder(self) -> Path | None:
        """Let the user choose a folder; None: none."""
        return dialogs.ask_folder(self, self._settings.last_folder or documents_folder())

    def say(self, message: Message) -> None:
        """Say it here, or in the window if the dialog is closed."""
        if self.isVisible():
            self.clear()
            self.messages.show_message(message)
        else:
            self.message.emit(message)

    def say_wrong(self, text: str) -> None:
        """Say what could not be done."""
        self.say(Message(text, Severity.ERROR))

    def way_here(self, label: str) -> tuple[Remedy, ...]:
        """Return the button of a message that opens the dialog, if it is closed."""
        show: Callable[[], None] = self.show
        return () if self.isVisible() else (Remedy(label, show),)

    def clear(self) -> None:
        """Close all messages."""
        while self.messages.messages:
            self.messages.close_message()
