"""Text that is dropped where a draft is drawn: refused, and said why."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.proposal.drawing.view import ProposalView
from app.proposal.model.session import ProposalSession

Kind = QEvent.Type


class DropGuard(QObject):
    """Keeps drops from the lines that a draft stands for.

    The text itself has other places there than are seen: what is dropped would land elsewhere.
    """

    def __init__(self, session: ProposalSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._editor = session, session.editor
        self._editor.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Refuse a drop of text, and not before: what is refused while it is dragged says nothing.

        Over a draft it is dragged as a copy: some programs, told of a move, take their text away
        whatever has become of it.
        """
        if not isinstance(event, QDropEvent) or event.type() not in (Kind.DragMove, Kind.Drop):
            return False
        place, rooms = event.position(), self._editor.overlays_in_view()
        # Files are opened by the window; a link is text, which Qt would put elsewhere.
        has_files = any(url.isLocalFile() for url in event.mimeData().urls())
        if has_files or not any(
            isinstance(one, ProposalView) and rect.contains(place) for one, rect in rooms
        ):
            return False
        event.ignore()
        if event.type() == Kind.DragMove:
            if event.possibleActions() & Qt.DropAction.CopyAction:
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
            return True
        # Lets Qt forget the caret that it shows while something is dragged.
        QApplication.sendEvent(watched, QDragLeaveEvent())
        self._session.tell_draft_is_here()
        return True
