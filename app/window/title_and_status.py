"""The facts that the title and the status line tell: document, caret, model and proposal."""

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow

from app.commands import CommandKeys
from app.engine_model import EngineModel, EnginePhase, ModelReady
from app.proposal import Phase, Snapshot
from app.settings import Settings
from app.teach.uses import AdapterUses
from app.window.status_line import StatusLine
from app.window.status_text import engine_text, model_details, percent, position_text, proposal_text
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace


class WindowFacts(QObject):
    """Keeps them true."""

    def __init__(
        self,
        window: QMainWindow,
        line: StatusLine,
        workspace: Workspace,
        engine: EngineModel,
        settings: Settings,
        keys: CommandKeys,
        uses: AdapterUses,
    ) -> None:
        super().__init__(window)
        self._uses = uses
        self._window, self._line = window, line
        self._workspace, self._settings, self._keys = workspace, settings, keys
        self._hint: tuple[DocumentTab | None, str] = (None, "")  # that was said last, and where
        workspace.current_tab_changed.connect(self._take_back_hint)
        workspace.current_tab_changed.connect(self._show_document)
        workspace.proposal_changed.connect(self._show_proposal)
        workspace.view_added.connect(self._on_view)
        keys.changed.connect(self._follow_keys)
        uses.changed.connect(self._show_document)
        engine.phase_changed.connect(self._show_engine)
        self._show_engine(engine.phase)

    @Slot(object)
    def _show_engine(self, phase: EnginePhase) -> None:
        text = engine_text(phase)
        self._line.model.tell(text, text.partition(" · ")[0], "")
        details = model_details(phase.model) if isinstance(phase, ModelReady) else ""
        self._line.model.setToolTip("\n".join(filter(None, (text, details))))

    @Slot(object)
    def _show_proposal(self, status: Snapshot) -> None:
        tab = self._workspace.current
        number = tab.session.proposals.number if tab is not None else 0
        proposal = tab.session.proposal if tab is not None else None
        text = proposal_text(
            status,
            self._keys,
            number=number,
            num_drafts=len(tab.session.proposals) if tab is not None else 0,
            is_at_it=bool(tab and proposal and tab.session.focus.is_at(proposal)),
            shows_figures=self._settings.is_on("figures"),
        )
        self._line.proposal.setText(text)

    @Slot(object)
    def _on_view(self, view: DocumentTab) -> None:
        view.session.hints.told.connect(partial(self._show_hint, view))
        view.session.hints.over.connect(self._line.take_back)

    def _show_hint(self, view: DocumentTab, text: str) -> None:
        if view is self._workspace.current:
            self._hint = view, text
            self._line.show_hint(text)

    def _take_back_hint(self) -> None:
        """Say a hint no longer whose keys mean another document by now."""
        view, text = self._hint
        if view is not None and view is not self._workspace.current:
            self._hint = None, ""
            self._line.take_back(text)

    @Slot()
    def _follow_keys(self) -> None:
        if self._workspace.current is not None:
            self._show_proposal(self._workspace.current.session.status)

    @Slot()
    def _show_document(self) -> None:
        tab = self._workspace.current
        if tab is None:
            return
        title = self.tr("{title}[*] – Inlay")  # Qt puts a star in for unsaved changes
        self._window.setWindowTitle(title.format(title=tab.name))
        self._window.setWindowModified(tab.document.is_modified)
        cursor = tab.editor.textCursor()
        position = position_text(
            cursor.block().text(), cursor.blockNumber(), cursor.positionInBlock()
        )
        self._line.position.tell(position)
        if tab.session.status.phase is Phase.STALE:  # other keys mean it at its place
            self._show_proposal(tab.session.status)
        states = self._states(tab)
        facts = [] if tab.document.is_loading else _format(tab)
        text = " · ".join((*facts, *states))
        self._line.format.tell(text, " · ".join(states))
        self._line.format.setToolTip(text)

    def _states(self, tab: DocumentTab) -> list[str]:
        """Return what is out of the ordinary with a document."""
        document = tab.document
        if document.is_loading:
            share = self.tr("reading… {percent}").format(percent=percent(document.share))
            return [share, self.tr("read-only until then")]
        facts = []
        if document.is_saving:
            facts.append(self.tr("saving…"))
        if document.is_read_only:
            facts.append(self.tr("read-only"))
        if self._settings.wraps_words and not tab.editor.wraps_words:
            facts.append(self.tr("no wrap"))
        if name := self._uses.name_for(document.path):
            facts.append(self.tr("taught {name}").format(name=name))
        return facts


def _format(tab: DocumentTab) -> list[str]:
    return [tab.document.encoding.label, tab.document.line_ends_label]
