"""The words that the user has called right, in a plain file, one a line."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.documents.writing import replace_private


class OwnWords(QObject):
    """Knows them; they are right in every language.

    Signals:
        changed: There is one more.
    """

    changed = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._words = _read(path)

    def __contains__(self, word: str) -> bool:
        return word in self._words or word.lower() in self._words

    def add(self, word: str) -> bool:
        """Take a word in; say whether it is kept for later runs."""
        self._words.add(word)
        self.changed.emit()
        data = "".join(f"{one}\n" for one in sorted(self._words)).encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_private(self._path, data)
        except OSError:
            return False
        return True


def _read(path: Path) -> set[str]:
    try:
        return set(path.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        return set()
