"""The menu's lines for spelling, and the marks in every view."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from app.logs import data_folder
from app.settings import Settings
from app.spelling.checker import SpellChecker
from app.spelling.dictionaries import find_dictionaries
from app.spelling.marks import SpellingMarks
from app.translation import tr

if TYPE_CHECKING:
    from app.document_tab import DocumentTab
    from app.window import MainWindow

OWN_WORDS = "words.txt"  # in the data folder, one word a line
START_MS = 200  # the window comes first


class SpellingActions(QObject):
    """Lets the user choose a language, and every view be checked by it."""

    def __init__(self, window: "MainWindow", menu: QMenu, settings: Settings) -> None:
        super().__init__(window)
        self._settings = settings
        self.checker = SpellChecker(data_folder() / OWN_WORDS, self)
        menu.aboutToShow.connect(partial(self._fill, menu))
        window.workspace.view_added.connect(self._on_view)
        settings.changed.connect(self._follow)
        QTimer.singleShot(START_MS, self, lambda: self._follow("spelling"))

    def _follow(self, key: str) -> None:
        if key == "spelling":
            is_on = self._settings.is_on("spelling")
            self.checker.use(self._settings.spelling_language, is_on=is_on)

    def _on_view(self, view: "DocumentTab") -> None:
        SpellingMarks(view.editor, self.checker)

    def _fill(self, menu: QMenu) -> None:
        """List the dictionaries of this machine, or say how to get one."""
        menu.clear()
        dictionaries = find_dictionaries()
        used = self.checker.dictionary
        if used is None:
            language = QLocale(self._settings.spelling_language).nativeLanguageName()
            text = tr("No dictionary for {language} found. Install its Hunspell package")
            note = menu.addAction(text.format(language=language))
            note.setEnabled(False)
        group = QActionGroup(menu)
        for one in dictionaries:
            action = menu.addAction(one.title)
            action.setCheckable(True)
            action.setChecked(one == used)
            action.triggered.connect(partial(self._choose, one.code))
            group.addAction(action)

    def _choose(self, code: str) -> None:
        self._settings.spelling_language = code
        self._settings.set_value("spelling", True)
