"""Which folder is open: one at most, besides whatever files are."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal


class OpenFolder(QObject):
    """The folder whose files are at the side.

    Signals:
        changed: Another one was opened, or it was closed.
        shown_changed: Its files are seen at the side from now on, or not.
    """

    changed = Signal()
    shown_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._is_shown = True

    @property
    def is_shown(self) -> bool:
        """Say whether its files are seen at the side."""
        return self._is_shown and self._path is not None

    @property
    def path(self) -> Path | None:
        """Return the folder, an absolute path; None: there is none."""
        return self._path

    def open(self, path: Path | None, *, is_shown: bool = True) -> None:
        """Open a folder in the place of the one that was; None closes it."""
        path = path.absolute() if path is not None else None
        if path != self._path:
            self._path, self._is_shown = path, is_shown
            self.changed.emit()
        else:
            self.show(is_shown)

    def show(self, is_shown: bool) -> None:
        """Show its files at the side, or put them away."""
        if is_shown != self._is_shown:
            self._is_shown = is_shown
            self.shown_changed.emit()
