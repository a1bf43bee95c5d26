"""In which language each document is checked: the user's usual one, or one chosen for it."""

import json
import logging
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.documents import Document
from app.documents.writing import replace_private
from app.settings import Settings
from app.spelling.checker import SpellChecker
from app.spelling.dictionaries import DictionaryFile, best, find_dictionaries
from app.spelling.own_words import OwnWords

OWN_WORDS, CHOICES = "words.txt", "languages.json"  # in the data folder
MAX_CHOICES = 2000  # files whose language is remembered
CHOSEN = "spelling_language"  # a property of a document

log = logging.getLogger(__name__)


class Languages(QObject):
    """Hands out the checker of each document; one dictionary is loaded once.

    Signals:
        changed: Words are judged otherwise now, somewhere.
    """

    changed = Signal()

    def __init__(self, settings: Settings, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._path = folder / CHOICES
        self._choices = _read(self._path)  # codes by file, those chosen last at the end
        self._checkers: dict[str, SpellChecker] = {}
        self._is_on = False
        self._found: list[DictionaryFile] = []
        self._best = cache(lambda code: best(self._found, code))
        self._usual: DictionaryFile | None = None
        self.own_words = OwnWords(folder / OWN_WORDS, self)
        self.own_words.changed.connect(self.changed)
        settings.changed.connect(self._follow)

    @property
    def usual(self) -> DictionaryFile | None:
        """The dictionary of the documents for which no other was chosen."""
        return self._usual

    def look(self) -> list[DictionaryFile]:
        """Look for the dictionaries of this machine, and return them."""
        self._found = find_dictionaries()
        self._best.cache_clear()
        # Every line that is drawn asks for it.
        self._usual = self._best(self._settings.spelling_language)
        self._is_on = self._settings.is_on("spelling")
        return self._found

    def chosen(self, document: Document) -> str:
        """Return the code of the language chosen for a document; empty: the usual one."""
        code = document.property(CHOSEN)
        if code is None and document.path is not None:
            # From now on the document's own, whatever it will be saved as.
            code = self._choices.get(str(document.path), "")
            document.setProperty(CHOSEN, code)
        return code or ""

    def choose(self, document: Document, code: str) -> None:
        """Check a document by another dictionary; with an empty code, by the usual one."""
        document.setProperty(CHOSEN, code)
        self.remember(document)
        self.changed.emit()

    def remember(self, document: Document) -> None:
        """Write down what was chosen for a document, once it has a file."""
        code = self.chosen(document)
        name = str(document.path)
        if document.path is None or self._choices.get(name, "") == code:
            return
        self._choices.pop(name, None)
        if code:
            self._choices[name] = code
        self._choices = dict(list(self._choices.items())[-MAX_CHOICES:])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_private(self._path, json.dumps(self._choices, indent=1).encode("ascii"))
        except OSError as error:
            log.warning("The languages of the documents cannot be written: %s", error)

    def dictionary_of(self, document: Document) -> DictionaryFile | None:
        """Return the dictionary for a document; None if there is none of its language."""
        code = self.chosen(document)
        return self._best(code) if code else self.usual

    def checker_of(self, document: Document) -> SpellChecker | None:
        """Return who checks a document; None if nobody does."""
        file = self.dictionary_of(document) if self._is_on else None
        if file is None:
            return None
        if file.code not in self._checkers:
            checker = SpellChecker(file, self)
            checker.changed.connect(self.changed)
            self._checkers[file.code] = checker
        return self._checkers[file.code]

    def _follow(self, key: str) -> None:
        if key in ("spelling", "spelling_language"):
            self.look()
            self.changed.emit()


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: code for name, code in pairs if isinstance(code, str)}
