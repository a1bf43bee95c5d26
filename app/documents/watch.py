"""Notices that a file was changed, replaced or removed by another program."""

import os
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from app.documents.names import fits_qt
from app.documents.text_file import FileStamp, stamp_of

SETTLE_MS = 150  # programs write in several steps
LOOK_MS = 1000  # between two looks at a file that Qt cannot watch


class FileWatch(QObject):
    """Watches the files of all documents.

    Signals:
        touched: The path of a file that something has happened to; what, is for the reader to see.

    A file that is replaced in one step is lost to the system's watch: its folder is watched as
    well, and every event puts the file on the list again. Files whose names are no text for Qt
    are looked at from time to time.
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
        self._unwatched: dict[Path, FileStamp | None] = {}
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(LOOK_MS)
        self._look_timer.timeout.connect(self._look)
        self._watcher.fileChanged.connect(self._on_file)
        self._watcher.directoryChanged.connect(self._on_folder)

    def set_paths(self, paths: set[Path]) -> None:
        """Watch these files and no others."""
        self._paths = set(paths)
        watched = {path for path in paths if fits_qt(path)}
        known = self._unwatched
        self._unwatched = {path: known.get(path) or stamp_of(path) for path in paths - watched}
        if self._unwatched and not self._look_timer.isActive():
            self._look_timer.start()
        elif not self._unwatched:
            self._look_timer.stop()
        self._watch({str(path) for path in watched} | {str(path.parent) for path in watched})

    def _watch(self, wanted: set[str]) -> None:
        known = set(self._watcher.files()) | set(self._watcher.directories())
        # Qt warns of an empty list.
        if gone := known - wanted:
            self._watcher.removePaths(sorted(gone))
        for name in sorted(wanted - known):
            if os.path.exists(name):  # pathlib's raises where we may not look
                self._watcher.addPath(name)

    def _look(self) -> None:
        now = {path: stamp_of(path) for path in self._unwatched}
        changed = {path for path, stamp in now.items() if stamp != self._unwatched[path]}
        self._unwatched = now
        self._note(changed)

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
        # A file that was replaced is off the system's list, and comes on it again here.
        self.set_paths(self._paths)
        for path in sorted(pending):
            self.touched.emit(path)
