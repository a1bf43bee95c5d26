"""Files dropped anywhere on the window are opened, not pasted as addresses."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent

from app.documents.names import from_url


class FileDrop(QObject):
    """An event filter for every widget that files may be dropped on.

    Signals:
        dropped: The list of paths.
    """

    dropped = Signal(list)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the drags that carry files; text goes on to the widget."""
        if not isinstance(event, QDropEvent):  # drag enter and move are drops, too
            return False
        paths = local_paths(event.mimeData())
        if not paths:
            return False
        # Never a move: the file manager would take the file away.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(paths)
        return True


def local_paths(data: QMimeData) -> list[Path]:
    """Return the files of this machine that are being dragged."""
    return [from_url(url) for url in data.urls() if url.isLocalFile()]
