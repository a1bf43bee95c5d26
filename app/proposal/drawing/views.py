"""The views of one editor's proposals, one after the other."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStyle

from app.proposal.drawing.keys import is_command_of_draft
from app.proposal.drawing.view import ProposalView
from app.proposal.model.proposal import Proposal
from app.proposal.model.session import ProposalSession
from app.translation import tr


class ProposalViews(QObject):
    """Gives each proposal of a session a view over its editor.

    `reduced_motion` says whether drafts are to stand still: at first, what the desktop says.
    """

    def __init__(self, session: ProposalSession) -> None:
        super().__init__(session)
        self._session = session
        self._view: ProposalView | None = None
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        self.reduced_motion = session.editor.style().styleHint(hint) == 0
        session.opened.connect(self._on_opened)
        session.editor.take_keys_first(self._take_stray_key)

    @property
    def current(self) -> ProposalView | None:
        """How the session's proposal is shown; None if there is none."""
        view, proposal = self._view, self._session.proposal
        return view if view is not None and view.proposal is proposal else None

    def _take_stray_key(self, event: QKeyEvent) -> bool:
        """Say why a draft's key does nothing, where there is no draft."""
        session = self._session
        if session.proposal is not None or not is_command_of_draft(session, event):
            return False
        hint = tr("There is no draft here. {rewrite} asks for one.")
        session.hinted.emit(session.options.keys.fill(hint))
        return True

    def _on_opened(self, proposal: Proposal) -> None:
        self._view = ProposalView(self._session, proposal, lambda: self.reduced_motion)
