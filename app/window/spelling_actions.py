"""The menu's lines for spelling, and the marks in every view."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from app.documents import Document
from app.settings import Settings
from app.spelling.languages import Languages
from app.spelling.spelling_marks import SpellingMarks
from app.system.logs import data_folder
from app.translation import tr
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace

START_MS = 200  # the window comes first


class SpellingActions(QObject):
    """Lets the user choose a document's language, and every view be checked by it."""

    def __init__(self, workspace: Workspace, menu: QMenu, settings: Settings) -> None:
        super().__init__(workspace)
        self._workspace, self._settings = workspace, settings
        self.languages = Languages(settings, data_folder(), self)
        menu.aboutToShow.connect(partial(self._fill, menu))
        workspace.view_added.connect(self._on_view)
        workspace.opened.connect(self._on_file)
        QTimer.singleShot(START_MS, self, self._start)

    def _start(self) -> None:
        self.languages.look()
        self.languages.changed.emit()

    def _on_view(self, view: DocumentTab) -> None:
        SpellingMarks(view.editor, view.document, self.languages)

    def _on_file(self, path: Path) -> None:
        """Remember the language of a document that has a file, or another one, now."""
        tab = self._workspace.tab_of(path)
        if tab is not None:
            self.languages.remember(tab.document)

    def _fill(self, menu: QMenu) -> None:
        """List the dictionaries of this machine, or say how to get one."""
        menu.clear()
        tab = self._workspace.current
        if tab is None:
            return
        dictionaries = self.languages.look()
        document, chosen = tab.document, self.languages.chosen(tab.document)
        if self.languages.dictionary_of(document) is None:
            code = chosen or self._settings.spelling_language
            text = tr("No dictionary for {language} found. Install its Hunspell package")
            note = menu.addAction(text.format(language=_language(code)))
            note.setEnabled(False)
        group = QActionGroup(menu)
        usual = self.languages.usual
        name = usual.title if usual else _language(self._settings.spelling_language)
        lines = [("", tr("As in the Settings: {language}").format(language=name))]
        lines += [(one.code, one.title) for one in dictionaries]
        for code, title in lines:
            action = menu.addAction(title.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(code == chosen)
            action.triggered.connect(partial(self._choose, document, code))
            group.addAction(action)
            if not code:
                menu.addSeparator()

    def _choose(self, document: Document, code: str) -> None:
        self._settings.set_value("spelling", True)
        self.languages.choose(document, code)


def _language(code: str) -> str:
    return QLocale(code).nativeLanguageName() or code
