"""Drafts that nobody had decided on when the window was closed: told at the next start."""

from PySide6.QtCore import QObject

from app.commands import CommandKeys
from app.settings import Settings
from app.translation import tr
from app.window.status_line import StatusLine
from app.workspace.workspace import Workspace

TOLD_MS = 60_000  # unless a draft has something to say before


class LeftDrafts(QObject):
    """Puts them into the history at the end, and says in the status line where they are."""

    def __init__(
        self, line: StatusLine, workspace: Workspace, settings: Settings, keys: CommandKeys
    ) -> None:
        super().__init__(line)
        self._line, self._workspace = line, workspace
        self._settings, self._keys = settings, keys
        self._told = ""

    def put_aside(self) -> None:
        """Hand all drafts to the history, where they are found after closing a tab, too."""
        count = 0
        for view in self._workspace.views():
            count += sum(proposal.draft is not None for proposal in view.session.proposals)
            view.discard_proposal()
        self._settings.drafts_left = count

    def tell(self) -> None:
        """Say once how many the last run has put aside."""
        count, self._settings.drafts_left = self._settings.drafts_left, 0
        if count:
            text = tr("%n drafts from last time are in the history · {history} opens it", "", count)
            self._told = self._keys.fill(text)
            self._line.showMessage(self._told, TOLD_MS)
            self._workspace.proposal_changed.connect(self._make_room)

    def _make_room(self) -> None:
        """Leave the line to the draft that is made now."""
        tab = self._workspace.current
        if tab is not None and tab.session.proposals:
            self._workspace.proposal_changed.disconnect(self._make_room)
            if self._line.currentMessage() == self._told:
                self._line.clearMessage()
