"""The settings dialog."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.preferences.keys_page import KeysPage
from app.preferences.options_page import OptionsPage
from app.setting_table import OPTIONS
from app.settings import Settings
from app.shortcuts import Shortcuts
from app.widgets.fitting import resize_to_fit
from app.widgets.ringed import RingedButton


class PreferencesDialog(QDialog):
    """Options and keys, with one search line over both; every change takes effect at once.

    Signals:
        file_wanted: Show the plain file behind it.
    """

    file_wanted = Signal()

    def __init__(
        self, settings: Settings, shortcuts: Shortcuts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.pages = QTabWidget()
        self.options = OptionsPage(settings, OPTIONS)
        self.keys = KeysPage(shortcuts)
        self._nothing = QLabel(self.tr("Nothing is called that."))
        self.setWindowTitle(self.tr("Settings – Inlay"))
        resize_to_fit(self, 700, 620)
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.search.setFocus()

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(self.tr("Search settings and keys"))
        self.search.setAccessibleName(self.tr("Search settings and keys"))
        self.search.setClearButtonEnabled(True)
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.options, self.tr("Options"))
        self.pages.addTab(self.keys, self.tr("Keys"))
        file = RingedButton(self.tr("Open the Settings File"))
        close = RingedButton(self.tr("Close"))
        file.clicked.connect(self._open_file)
        close.clicked.connect(self.accept)
        for button in (file, close):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(file)
        buttons.addStretch()
        buttons.addWidget(close)
        self._nothing.setContentsMargins(24, 12, 0, 12)
        self._nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.search)
        layout.addWidget(self._nothing)
        layout.addWidget(self.pages, 1)
        layout.addLayout(buttons)

    def _filter(self, text: str) -> None:
        """Show what fits, on the page where something does."""
        counts = [self.options.filter(text), self.keys.filter(text)]
        for index, count in enumerate(counts):
            self.pages.setTabEnabled(index, count > 0)
        if counts[self.pages.currentIndex()] == 0 and any(counts):
            self.pages.setCurrentIndex(1 if counts[0] == 0 else 0)
        self._nothing.setVisible(not any(counts))

    def _open_file(self) -> None:
        self.accept()
        self.file_wanted.emit()
