"""Notices that a file was changed, replaced or removed by another program."""

import os
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

SETTLE_MS = 150  # programs write in several steps


class FileWatch(QObject):
    """Watches the files of all documents.

    Signals:
        touched: The path of a file that something has happened to; what, is for the reader to see.

    A file that is replaced in one step is lost to the system's watch: its folder is watched as
    well, and every event puts the file on the list again.
    """

    touched = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._paths: set[Path] = set()
        self._pending: set[Path] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)
        self._watcher.fileChanged.connect(self._on_file)
        self._watcher.directoryChanged.connect(self._on_folder)

    def set_paths(self, paths: set[Path]) -> None:
        """Watch these files and no others."""
        self._paths = set(paths)
        wanted = {str(path) for path in paths} | {str(path.parent) for path in paths}
        known = set(self._watcher.files()) | set(self._watcher.directories())
        if gone := known - wanted:
            self._watcher.removePaths(sorted(gone))
        for name in sorted(wanted - known):
            if os.path.exists(name):  # pathlib's raises where we may not look
                self._watcher.addPath(name)

    def _on_file(self, name: str) -> None:
        self._note({Path(name)} & self._paths)

    def _on_folder(self, name: str) -> None:
        self._note({path for path in self._paths if str(path.parent) == name})

    def _note(self, paths: set[Path]) -> None:
        self._pending |= paths
        if paths:
            self._timer.start(SETTLE_MS)

    def _tell(self) -> None:
        pending, self._pending = self._pending & self._paths, set()
        self.set_paths(self._paths)
        for path in sorted(pending):
            self.touched.emit(path)
