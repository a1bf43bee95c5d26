"""One dictionary at work: loaded and asked in a thread, its answers remembered."""

import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.spelling.dictionaries import DictionaryFile
from app.system.background import Background

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
        changed: Some words are known to be wrong now.
    """

    changed = Signal()

    def __init__(self, file: DictionaryFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self._background = Background(self)
        self._speller: Speller | None = None  # touched in the thread alone
        self._is_right: dict[str, bool] = {}
        self._asked: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)

    def is_wrong(self, word: str) -> bool:
        """Return whether a word is known to be wrong; one that is not known yet is asked about."""
        known = self._is_right.get(word)
        if known is None and word not in self._asked:
            self._asked.add(word)
            if not self._timer.isActive():
                self._timer.start(GATHER_MS)
        return known is False

    def suggest(self, word: str, on_answer: Callable[[list[str]], object]) -> None:
        """Find out what may have been meant."""

        def work() -> list[str]:
            return list(self._loaded().suggest(_plain(word)))[:MAX_SUGGESTIONS]

        self._background.run(work, on_answer, lambda _: on_answer([]))

    def _ask(self) -> None:
        words = [word for word in self._asked if word not in self._is_right]

        def work() -> dict[str, bool]:
            speller = self._loaded()
            return {word: _is_right(speller, word) for word in words}

        self._background.run(work, self._take, self._fail)

    def _take(self, answers: dict[str, bool]) -> None:
        if len(self._is_right) > MAX_WORDS:
            self._is_right.clear()
        self._is_right |= answers
        self._asked -= answers.keys()
        if not all(answers.values()):
            self.changed.emit()

    def _fail(self, error: Exception) -> None:
        log.error("the dictionary %s cannot be used: %s", self.file, error)

    def _loaded(self) -> Speller:
        """Return the dictionary, read at its first use. Runs in the thread."""
        if self._speller is None:
            # Not needed for the window to be there.
            # The C library: a port in pure Python took 5 to 20 seconds to load a dictionary.
            from hunspell import Hunspell  # noqa: PLC0415

            self._speller = Hunspell(self.file.stem, hunspell_data_dir=str(self.file.folder))
        return self._speller


def _is_right(speller: Speller, word: str) -> bool:
    try:
        return bool(speller.spell(_plain(word)))
    except UnicodeEncodeError:
        return True  # letters of another script than the dictionary's


def _plain(word: str) -> str:
    return word.replace("’", "'")
