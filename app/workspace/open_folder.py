"""Which folder is open: one at most, besides whatever files are."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal


class OpenFolder(QObject):
    """The folder whose files are at the side.

    Signals: `changed`, after another one was opened, or it was closed.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """Return the folder, an absolute path; None: there is none."""
        return self._path

    def open(self, path: Path | None) -> None:
        """Open a folder in the place of the one that was; None closes it."""
        path = path.absolute() if path is not None else None
        if path != self._path:
            self._path = path
            self.changed.emit()
