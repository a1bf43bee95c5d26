"""The session: tabs and unsaved documents as they were, whatever has ended the last run."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.documents import TextFileError
from app.documents.names import shown
from app.documents.text_file import is_there, read
from app.recovery import Journal, LostDocument, LostSession, SessionState, SplitState, TabState
from app.text.indentation import indentation_of
from app.widgets.message_bar import Message, Severity
from app.workspace.document_tab import DocumentTab
from app.workspace.split_area import SplitArea
from app.workspace.workspace import Workspace

log = logging.getLogger(__name__)

SAVE_WAIT_S = 0.5  # at most, for a slow disk
STATE_MS = 1000  # from a movement of the caret to the writing of the session


class SessionKeeper(QObject):
    """Keeps the journal and the session file in step with a workspace.

    Signals:
        message: A `Message` for the user.
    """

    message = Signal(object)

    def __init__(self, workspace: Workspace, journal: Journal, splits: SplitArea) -> None:
        super().__init__(workspace)
        self._splits = splits
        self._workspace = workspace
        self._journal = journal
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.save_state)
        self._is_closed = False
        for tab in workspace.tabs():
            self._watch(tab)
        workspace.tab_added.connect(self._watch)
        workspace.tab_closed.connect(self._forget)
        # A kill between the save and the journal's note of it then leaves equal texts.
        workspace.make_safe = self._make_safe
        workspace.current_tab_changed.connect(self._note)
        workspace.documents.moved.connect(self._note)
        workspace.folder.changed.connect(self._note)
        workspace.folder.shown_changed.connect(self._note)
        splits.changed.connect(self._note)
        journal.failed.connect(self._tell_failure)

    def _make_safe(self) -> Callable[[], object]:
        self._journal.flush()
        return partial(self._journal.wait, SAVE_WAIT_S)

    def restore(self, sessions: list[LostSession], state: SessionState | None) -> None:
        """Open the tabs of the last session, and every document that was lost in any."""
        # A kill between a save and the journal's note of it leaves a document that is saved in
        # truth.
        found = ((s.folder.name, d) for s in sessions for d in s.documents)
        lost = {(name, d.entry): d for name, d in found if not _is_on_disk(d)}
        states = state.tabs if state else ()
        if state and state.folder and Path(state.folder).is_dir():
            self._workspace.folder.open(Path(state.folder), is_shown=state.shows_folder)
        front: DocumentTab | None = None
        twice: DocumentTab | None = None
        gone: list[str] = []
        num_lost = len(lost)
        for index, tab_state in enumerate(states):
            key = _key(tab_state, state.journal if state else "", lost)
            tab = self._reopen(tab_state, lost.pop(key, None), gone)
            if state and index == state.current:
                front = tab
            if state and state.split and index == state.split.tab:
                twice = tab
        for document in lost.values():
            self._reopen(None, document, gone)
        if twice is not None and state and state.split:
            self._splits.restore(state.split, twice)
        if front is not None:
            self._workspace.bring(front)
        self.save_state()
        self._workspace.documents_changed.emit()
        self._tell(num_lost, gone, sessions)
        self._let_go(sessions)

    def save_state(self) -> None:
        """Write down which tabs are open."""
        self._timer.stop()
        if not self._is_closed:
            self._journal.save_state(self._state())

    def close(self, *, keeps: bool) -> None:
        """End the journal; `keeps` leaves the unsaved documents to the next start."""
        if not self._is_closed:
            self.save_state()
            self._is_closed = True
            self._journal.close(keeps=keeps)

    def _reopen(
        self, state: TabState | None, lost: LostDocument | None, gone: list[str]
    ) -> DocumentTab | None:
        """Return the tab of a document that was lost, or of a file that was open."""
        path = Path(state.path) if state and state.path else None
        if lost is not None:
            tab = self._workspace.fresh_tab()
            try:
                tab.restore(lost)
            except TextFileError as error:
                self.message.emit(Message(str(error)))
                return None
        elif path is not None and is_there(path):
            self._workspace.open_paths([path])
            opened = self._workspace.tab_of(path)
            if opened is None:
                return None
            tab = opened
        else:
            gone += [shown(path)] if path else []
            return None
        if state is not None:
            caret = state.caret if lost is None else lost.caret
            tab.show_place(caret, caret, state.line)
            tab.editor.indenting.give(indentation_of(state.indentation))
        return tab

    def _tell(self, num_lost: int, gone: list[str], sessions: list[LostSession]) -> None:
        if gone:
            text = self.tr("Not opened again, because they are gone: {names}.")
            self.message.emit(Message(text.format(names=", ".join(gone)), Severity.INFO))
        if num_lost == 1:
            text = self.tr(
                "Inlay did not end properly. The unsaved document is back as it was; "
                "Undo leads to the text that was last saved."
            )
        elif num_lost:
            text = self.tr(
                "Inlay did not end properly. All {count} unsaved documents are back as they were; "
                "Undo leads to the text that was last saved."
            )
        if num_lost:
            self.message.emit(Message(text.format(count=num_lost), Severity.WARNING))
        damaged = [path for session in sessions for path in session.damaged]
        if damaged:
            text = self.tr(
                "A part of the recovery journal could not be read. It is kept, in case it matters: "
                "{names}. You can open it as a text."
            )
            names = ", ".join(str(path) for path in damaged)
            self.message.emit(Message(text.format(names=names)))

    def _let_go(self, sessions: list[LostSession]) -> None:
        """Remove the old journals as soon as their documents are safe in ours."""
        # The old journal stays until the new one is on the disk: a kill in between loses nothing.
        if not any(session.documents for session in sessions) or self._journal.flush_and_wait():
            for session in sessions:
                # What could not be read may be read by somebody.
                if not session.damaged:
                    session.discard()

    def _state(self) -> SessionState:
        # An empty tab that nobody has touched is none to bring back.
        tabs = [tab for tab in self._workspace.tabs() if not tab.document.is_pristine]
        front, folder = self._workspace.front, self._workspace.folder
        return SessionState(
            tabs=tuple(self._tab_state(tab) for tab in tabs),
            current=tabs.index(front) if front in tabs else 0,
            split=self._split_state(tabs),
            folder=str(folder.path or ""),
            shows_folder=folder.path is None or folder.is_shown,
            journal=self._journal.folder.name,
        )

    def _split_state(self, tabs: list[DocumentTab]) -> SplitState | None:
        view = self._workspace.second
        if view is None or view.home not in tabs:
            return None
        return self._splits.state_at(tabs.index(view.home))

    def _tab_state(self, tab: DocumentTab) -> TabState:
        caret, _, line = tab.place
        path, given = tab.document.path, tab.editor.indenting.given
        return TabState(
            path=str(path) if path else None,
            entry=self._journal.entry_of(tab.document),
            caret=caret,
            line=line,
            indentation=given.code if given is not None else "",
        )

    def _watch(self, tab: DocumentTab) -> None:
        self._journal.watch(tab.document, tab.editor)
        tab.editor.verticalScrollBar().valueChanged.connect(self._note)
        self._note()

    def _forget(self, tab: DocumentTab) -> None:
        self._journal.forget(tab.document)
        self._note()

    def _note(self) -> None:
        if not self._timer.isActive() and not self._is_closed:
            self._timer.start(STATE_MS)

    def _tell_failure(self, reason: str) -> None:
        text = self.tr(
            "Inlay cannot write its recovery journal: {reason}. Save often until there is room "
            "in {folder} again."
        )
        self.message.emit(Message(text.format(reason=reason, folder=self._journal.folder.parent)))


def _key(
    state: TabState, journal: str, lost: dict[tuple[str, str], LostDocument]
) -> tuple[str, str]:
    """Return which lost document a tab held, by its place in the journal or by its file."""
    if (journal, state.entry) in lost or state.path is None:
        return journal, state.entry
    same = (key for key, document in lost.items() if document.header.path == state.path)
    return next(same, (journal, state.entry))


def _is_on_disk(document: LostDocument) -> bool:
    """Return whether a document was saved after all, just before the end."""
    path = document.header.path
    try:
        return path is not None and read(Path(path)).text == document.saved
    except TextFileError:
        return False
