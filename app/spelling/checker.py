"""One dictionary at work: loaded and asked in a thread, its answers remembered."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QSaveFile, QTimer, Signal

from app.background import Background
from app.spelling.dictionaries import DictionaryFile, best, find_dictionaries

log = logging.getLogger(__name__)

GATHER_MS = 30  # words are asked about in batches
MAX_WORDS = 200_000  # remembered
MAX_SUGGESTIONS = 7


class Speller(Protocol):
    """What a loaded dictionary can do."""

    def spell(self, word: str) -> bool:
        """Return whether a word is right."""

    def suggest(self, word: str) -> Iterable[str]:
        """Return what may have been meant."""


class SpellChecker(QObject):
    """Knows which words are right; asks the dictionary about those it does not know yet.

    Signals:
        changed: Some words are known now, or another dictionary is in use.
    """

    changed = Signal()

    def __init__(self, own_words: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._own_path = own_words
        self._own = _read_words(own_words)
        self._file: DictionaryFile | None = None
        self._speller: Speller | None = None  # touched in the thread alone
        self._is_on = False
        self._is_right: dict[str, bool] = {}
        self._asked: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)

    @property
    def is_on(self) -> bool:
        """Whether words are checked."""
        return self._is_on and self._file is not None

    @property
    def dictionary(self) -> DictionaryFile | None:
        """The dictionary in use; None if there is none on this machine."""
        return self._file

    def use(self, code: str, *, is_on: bool) -> None:
        """Check words by the dictionary nearest to a language, or do not check them."""
        file = best(find_dictionaries(), code)
        if (file, is_on) == (self._file, self._is_on):
            return
        if file != self._file:
            self._file = file
            self._is_right.clear()
            self._asked.clear()
            self._background.run(self._forget_speller, lambda _: None)
        self._is_on = is_on
        self.changed.emit()

    def is_wrong(self, word: str) -> bool:
        """Return whether a word is known to be wrong; one that is not known yet is asked about."""
        if word in self._own or word.lower() in self._own:
            return False
        known = self._is_right.get(word)
        if known is None and word not in self._asked:
            self._asked.add(word)
            if not self._timer.isActive():
                self._timer.start(GATHER_MS)
        return known is False

    def suggest(self, word: str, on_answer: Callable[[list[str]], object]) -> None:
        """Find out what may have been meant."""

        def work() -> list[str]:
            speller = self._loaded()
            return list(speller.suggest(_plain(word)))[:MAX_SUGGESTIONS] if speller else []

        self._background.run(work, on_answer, lambda _: on_answer([]))

    def add(self, word: str) -> bool:
        """Take a word into the user's own dictionary; say whether it is kept for later runs."""
        self._own.add(word)
        self.changed.emit()
        file = QSaveFile(str(self._own_path))
        data = "".join(f"{one}\n" for one in sorted(self._own)).encode()
        self._own_path.parent.mkdir(parents=True, exist_ok=True)
        is_open = file.open(QSaveFile.OpenModeFlag.WriteOnly)
        return is_open and file.write(data) == len(data) and file.commit()

    def _ask(self) -> None:
        words = [word for word in self._asked if word not in self._is_right]

        def work() -> dict[str, bool]:
            speller = self._loaded()
            return {word: speller is None or _is_right(speller, word) for word in words}

        file = self._file
        self._background.run(work, lambda answers: self._take(file, answers), self._fail)

    def _take(self, file: DictionaryFile | None, answers: dict[str, bool]) -> None:
        if file == self._file:
            if len(self._is_right) > MAX_WORDS:
                self._is_right.clear()
            self._is_right |= answers
            self._asked -= answers.keys()
            if not all(answers.values()):
                self.changed.emit()

    def _fail(self, error: Exception) -> None:
        log.error("the dictionary %s cannot be used: %s", self._file, error)

    def _forget_speller(self) -> None:
        self._speller = None

    def _loaded(self) -> Speller | None:
        """Return the dictionary, read at its first use. Runs in the thread."""
        if self._speller is None and self._file is not None:
            # Not needed for the window to be there.
            from hunspell import Hunspell  # noqa: PLC0415

            self._speller = Hunspell(self._file.stem, hunspell_data_dir=str(self._file.folder))
        return self._speller


def _is_right(speller: Speller, word: str) -> bool:
    try:
        return bool(speller.spell(_plain(word)))
    except UnicodeEncodeError:
        return True  # letters of another script than the dictionary's


def _plain(word: str) -> str:
    return word.replace("’", "'")


def _read_words(path: Path) -> set[str]:
    try:
        return set(path.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        return set()
