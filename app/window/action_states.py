"""Which lines of the menus are enabled: those that would do something now."""

from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance

from app.proposal import Phase, ProposalSession, Snapshot
from app.proposal.model.ways import WAYS
from app.shortcuts import Shortcuts
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace

Rule = Callable[[DocumentTab], bool]
OfDraft = Callable[[Snapshot], bool]


def _is_drafted(status: Snapshot) -> bool:
    return status.draft is not None and status.phase in (Phase.RUNNING, Phase.FINISHED)


def _is_shown(status: Snapshot) -> bool:
    return status.phase not in (Phase.IDLE, Phase.STALE)


def _has_frames(status: Snapshot) -> bool:
    return _is_shown(status) and status.num_frames > 0


def _has_places(status: Snapshot) -> bool:
    return status.draft is not None and len(status.draft.places) > 1


def _can_compare(status: Snapshot) -> bool:
    return status.phase is Phase.FINISHED and status.draft is not None


OF_DRAFT: dict[str, OfDraft] = {
    "accept": lambda status: status.can_accept,
    "accept_word": lambda status: status.can_accept,
    "accept_line": lambda status: status.can_accept,
    "accept_place": lambda status: status.can_accept and _has_places(status),
    "next": _is_drafted,
    "previous": lambda status: _is_shown(status) and len(status.candidates) > 1,
    "step_back": _has_frames,
    "step_on": lambda status: _has_frames(status) and status.past_number > 0,
    "branch": lambda status: _is_drafted(status) and status.num_frames > 0,
    "compare": _can_compare,
    "live": _is_shown,
    "melt": _is_drafted,
    "alternatives": _is_drafted,
    "accept_this": _is_drafted,
}


def _of_draft(rule: OfDraft) -> Rule:
    return lambda tab: rule(tab.session.status)


def _has_selection(tab: DocumentTab) -> bool:
    return tab.editor.textCursor().hasSelection()


def _has_words(tab: DocumentTab) -> bool:
    return _has_selection(tab) or _is_drafted(tab.session.status)


def _can_instruct(tab: DocumentTab) -> bool:
    session: ProposalSession = tab.session
    return not session.options.why_no_instruction and session.has_old_text


def _can_undo(tab: DocumentTab) -> bool:
    is_possible = tab.home.editor.document().isUndoAvailable()
    return is_possible or tab.session.undoing.can_bring_back


RULES: dict[str, Rule] = {
    **{name: _of_draft(rule) for name, rule in OF_DRAFT.items()},
    **dict.fromkeys(("next_word", "previous_word", "pin"), _has_words),
    **{f"rewrite_{way.name}": _can_instruct for way in WAYS},
    **dict.fromkeys(
        ("next_draft", "previous_draft", "reject_all"), lambda tab: len(tab.session.proposals) > 0
    ),
    "accept_fill": lambda tab: tab.session.pause_fill.draft is not None,
    "accept_all": lambda tab: any(one.can_accept for one in tab.session.proposals),
    "stop": lambda tab: tab.session.proposal is not None or len(tab.session.queue) > 0,
    "clear_queue": lambda tab: len(tab.session.queue) > 0,
    # Of the tab: a second view has a history of its own, which is not the document's.
    "undo": _can_undo,
    "redo": lambda tab: tab.home.editor.document().isRedoAvailable(),
    "json_schema": lambda tab: tab.editor.language == "json",
    "cut": lambda tab: _has_selection(tab) and not tab.editor.isReadOnly(),
    "copy": _has_selection,
    "revert": lambda tab: tab.document.path is not None,
    "reopen_encoding": lambda tab: tab.document.path is not None,
}
OF_SPLIT = ("other_view", "close_split")
OF_FOLDER = ("close_folder", "find_folder", "folder_side")


class ActionStates(QObject):
    """Keeps the actions of a window enabled or not, by what is in front."""

    def __init__(
        self,
        workspace: Workspace,
        shortcuts: Shortcuts,
        options_changed: SignalInstance,
        split: SignalInstance,
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._actions = workspace, shortcuts.actions
        workspace.current_tab_changed.connect(self.refresh)
        workspace.proposal_changed.connect(self.refresh)
        workspace.view_added.connect(self._follow)
        options_changed.connect(self.refresh)
        split.connect(self.refresh)
        workspace.folder.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look at what there is now."""
        tab = self._workspace.current
        for name, rule in RULES.items():
            self._actions[name].setEnabled(tab is not None and rule(tab))
        for name in OF_SPLIT:
            self._actions[name].setEnabled(self._workspace.second is not None)
        for name in OF_FOLDER:
            self._actions[name].setEnabled(self._workspace.folder.path is not None)

    def _follow(self, view: DocumentTab) -> None:
        view.editor.selectionChanged.connect(self.refresh)
        view.document_changed.connect(self.refresh)  # its name may say another language
        view.session.queue.changed.connect(self.refresh)
        view.session.pause_fill.changed.connect(self.refresh)
        document = view.home.editor.document()
        document.undoAvailable.connect(self.refresh)
        document.redoAvailable.connect(self.refresh)
