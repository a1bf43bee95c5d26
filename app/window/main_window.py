"""The main window: tabs in the middle, messages above, the status line below, menus on top."""

import itertools
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.engine_bridge import EngineBridge
from app.engine_model import EngineModel, ModelReady, ModelUnloaded
from app.find import FindBar, Finder, ResultsPanel
from app.models import ModelKeeper, offer_base
from app.proposal import History, PastCandidate
from app.proposal.model.history_file import HISTORY_FILE, HistoryFile
from app.server import ServerLink
from app.settings import Settings
from app.shortcuts import Shortcuts
from app.system.logs import data_folder
from app.teach.uses import AdapterUses
from app.widgets import dialogs
from app.widgets.fitting import resize_to_fit
from app.widgets.message_bar import Message, MessageBar, Severity
from app.window.file_drop import FileDrop
from app.window.first_draft import FirstDraft, FirstDraftStrip
from app.window.folder_part import FolderPart
from app.window.left_drafts import LeftDrafts
from app.window.marked_places import PLACES, MarkedPlaces
from app.window.menus import WindowMenus
from app.window.model_fit import SelectionNote
from app.window.parts import WindowParts
from app.window.popups import WindowPopups
from app.window.preview import Preview
from app.window.samples import text_of
from app.window.setting_effects import WindowOptions
from app.window.status_line import StatusLine
from app.window.stray_keys import StrayKeys
from app.window.title_and_status import WindowFacts
from app.window.updates import UpdateNotice
from app.window.welcome import WelcomePage
from app.workspace.disk_guard import DiskGuard
from app.workspace.document_tab import DocumentTab
from app.workspace.second_view import SecondView
from app.workspace.split_area import SplitArea
from app.workspace.tab_pages import TabPages
from app.workspace.workspace import Workspace, documents_folder
from engine.api import Branch, Event, Generate, ModelInfo, Request

RESULTS_HEIGHT = 220  # px
TREE_WIDTH = 240  # px
DEFAULT_SIZE = (980, 720)  # px


class MainWindow(QMainWindow):
    """Puts the parts together and carries the user's intents to them.

    Signals:
        first_painted: The window is on the screen.
    """

    first_painted = Signal()

    def __init__(
        self, bridge: EngineBridge, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._settings = settings
        self._next_job_id = itertools.count(1).__next__
        self._was_painted = False
        self.engine = EngineModel(self)
        self.keeper = ModelKeeper(bridge, self.engine, settings, self._next_job_id, self)
        self.server = ServerLink(settings, self.engine, bridge.submit, self._next_job_id, self)
        self.history = History(self, file=HistoryFile(data_folder() / HISTORY_FILE))
        self.uses = AdapterUses(settings, self)
        self.workspace = Workspace(self._make_tab, self)
        self.tabs = TabPages(self.workspace, self)
        self.splits = SplitArea(self.workspace, self.tabs, self._make_view, self)
        self.message_bar = MessageBar(self)
        self.status_line = StatusLine(self)
        self.shortcuts = Shortcuts(settings, self)
        self.welcome, self._drafts_behind = WelcomePage(self.shortcuts.keys, self), 0
        self.find_bar, self.results = FindBar(self), ResultsPanel(self)
        self.first_draft = FirstDraftStrip(self.shortcuts.keys)
        self.preview = Preview(self)
        self.folder = FolderPart(self.workspace, settings, self)
        self._stack = QStackedWidget(self)
        self._file_drop = FileDrop(self)
        self._lay_out()
        self.finder = Finder(self.workspace, self.find_bar, self.results)
        parts = self._parts()
        self.popups = WindowPopups(parts, self._next_job_id)
        self.disk_guard = DiskGuard(self.workspace)
        self.updates = UpdateNotice(settings, parent=self)
        self.menus = WindowMenus(parts, self.popups)
        self.options = WindowOptions(settings, self.workspace, self)
        StrayKeys(self, self.shortcuts, self.status_line, self.workspace)
        self.facts = WindowFacts(
            self,
            self.status_line,
            self.workspace,
            self.engine,
            settings,
            self.shortcuts.keys,
            self.uses,
        )
        self.left_drafts = LeftDrafts(
            self.status_line, self.workspace, settings, self.shortcuts.keys
        )
        SelectionNote(self.status_line, self.workspace, self.engine)
        explained = FirstDraft(self.first_draft, settings, self.engine)
        self.workspace.proposal_changed.connect(explained.follow)
        self._connect()

    def start_engine(self, folder: Path, device: str) -> None:
        """Start the engine with its first model."""
        self.keeper.load(folder, device)

    def offer_base(self) -> None:
        """Offer, in one line, what the better embedded model lacks."""
        offer = offer_base(self._settings, self.popups.fetch_base)
        if offer is not None:
            self.show_message(offer)

    def show_message(self, message: Message) -> None:
        """Say something to the user."""
        self.message_bar.show_message(message)

    def open_files(self) -> None:
        """Ask for files and open them."""
        tab = self.workspace.current
        path = tab.document.path if tab else None
        self.workspace.open_paths(
            dialogs.ask_open_paths(self, path.parent if path else documents_folder())
        )

    def open_welcome(self) -> None:
        """Show the first page in the place of the text."""
        self.welcome.show_recent(self._settings.recent_files)
        self._drafts_behind = self._num_drafts()
        self._stack.setCurrentWidget(self.welcome)
        self.welcome.setFocus()

    def _num_drafts(self) -> int:
        tab = self.workspace.current
        return len(tab.session.proposals) if tab else 0

    def _show_new_draft(self) -> None:
        """Leave the first page for a draft that was asked for on it: else nobody would see it."""
        if self._stack.currentWidget() is self.welcome and self._num_drafts() > self._drafts_behind:
            self.close_welcome()

    def close_welcome(self) -> None:
        """Go back to the text."""
        self._stack.setCurrentWidget(self._body)
        if self.workspace.current:
            self.workspace.current.editor.setFocus()

    def open_sample(self, name: str) -> None:
        """Open a copy of a sample."""
        self.close_welcome()
        self.workspace.open_text(text_of(name, self._model), name)
        if self.workspace.current and name in PLACES:
            MarkedPlaces(self.workspace.current.editor, PLACES[name], self.shortcuts.keys)

    @property
    def _model(self) -> ModelInfo | None:
        """The model that is loaded."""
        phase = self.engine.phase
        return phase.model if isinstance(phase, ModelReady) else None

    @property
    def _takes_adapters(self) -> bool:
        """Whether the model that a request comes to can be asked with an adapter."""
        phase = self.engine.phase
        # One that is unloaded is brought back for it.
        return isinstance(phase, ModelReady | ModelUnloaded) and phase.model.takes_adapters

    def open_recent(self, path: Path) -> None:
        """Open a file that was open lately."""
        self.workspace.open_paths([path])

    def come_to_front(self, paths: list[Path]) -> None:
        """Open the files of a later start, and show that it was heard."""
        for path in paths:
            self.workspace.open_or_name(path)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _parts(self) -> WindowParts:
        return WindowParts(
            window=self,
            settings=self._settings,
            shortcuts=self.shortcuts,
            bridge=self._bridge,
            engine=self.engine,
            keeper=self.keeper,
            server=self.server,
            history=self.history,
            uses=self.uses,
            workspace=self.workspace,
            splits=self.splits,
            folder=self.folder,
            finder=self.finder,
            find_bar=self.find_bar,
            preview=self.preview,
            status_line=self.status_line,
        )

    def _make_tab(self) -> DocumentTab:
        def submit(request: Request) -> None:
            self._submit(request, tab)

        tab = DocumentTab(submit, self._next_job_id, self.history)
        return tab

    def _make_view(self, tab: DocumentTab) -> SecondView:
        def submit(request: Request) -> None:
            self._submit(request, tab)

        height = self.tabs.tabBar().sizeHint().height()
        return SecondView(tab, height, submit, self._next_job_id, self.history)

    def _submit(self, request: Request, tab: DocumentTab) -> None:
        """Hand a document's request to the engine, with what it needs before it."""
        if isinstance(request, Generate | Branch):
            self.server.wake()
        if isinstance(request, Generate) and self._takes_adapters:
            request = replace(request, adapter=self.uses.folder_for(tab.document.path))
        self.keeper.submit(request)

    def _lay_out(self) -> None:
        self._body = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.folder.tree, self.splits, self.preview):
            self._body.addWidget(widget)
        self._body.setChildrenCollapsible(False)
        self._body.setSizes([TREE_WIDTH, 560, 420])
        self._body.setStretchFactor(0, 0)  # a wider window is for the text
        self._body.setStretchFactor(1, 1)
        self._body.setStretchFactor(2, 1)
        self._stack.addWidget(self._body)
        self._stack.addWidget(self.welcome)
        centre = QWidget(self)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message_bar)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.first_draft)
        layout.addWidget(self.folder.search)
        layout.addWidget(self.results)
        layout.addWidget(self.find_bar)
        self.results.setFixedHeight(RESULTS_HEIGHT)
        self.setCentralWidget(centre)
        self.setStatusBar(self.status_line)
        self.setAcceptDrops(True)
        self.installEventFilter(self._file_drop)
        resize_to_fit(self, *DEFAULT_SIZE)
        self.restoreGeometry(self._settings.geometry)

    def _connect(self) -> None:
        self._bridge.engine_event.connect(self.engine.handle)
        self._bridge.engine_event.connect(self.server.handle)
        self._bridge.engine_event.connect(self._route)
        self.engine.failed.connect(self._show_error)
        self.engine.phase_changed.connect(lambda _: self.welcome.show_model(self._model))
        self.keeper.message.connect(self.show_message)
        self.server.message.connect(self._show_error)
        self.workspace.message.connect(self.show_message)
        self.workspace.message_over.connect(self.message_bar.take_back)
        self.workspace.view_added.connect(self._watch_drops)
        self.splits.message.connect(self.show_message)
        self.workspace.front_changed.connect(self.close_welcome)
        self.workspace.proposal_changed.connect(self._show_new_draft)
        self.workspace.folder.changed.connect(self.close_welcome)
        self.workspace.current_tab_changed.connect(self._follow_preview)
        self.workspace.proposal_changed.connect(self._follow_preview)
        self.welcome.sample_wanted.connect(self.open_sample)
        self.welcome.file_wanted.connect(self.open_recent)
        self.welcome.new_wanted.connect(self.workspace.new)
        self.welcome.new_wanted.connect(self.close_welcome)
        self.welcome.open_wanted.connect(self.open_files)
        self.welcome.closed.connect(self.close_welcome)
        self.updates.message.connect(self.show_message)
        self.popups.message.connect(self.show_message)
        self.menus.open_wanted.connect(self.open_files)
        self.menus.recent_wanted.connect(self.open_recent)
        self.first_draft.models_wanted.connect(self.popups.show_models)
        self.menus.welcome_wanted.connect(self.open_welcome)
        self.first_painted.connect(self.updates.look)
        self.first_painted.connect(self.left_drafts.tell)
        self._settings.failed.connect(self._show_error)
        self.popups.history.insert_wanted.connect(self._insert)
        self.popups.history.restore_wanted.connect(self._restore)
        self._file_drop.dropped.connect(self.workspace.open_paths)

    def _follow_preview(self) -> None:
        if self.preview.isVisible():
            self.preview.follow(self.workspace.current)

    def _watch_drops(self, tab: DocumentTab) -> None:
        tab.editor.viewport().installEventFilter(self._file_drop)

    @Slot(str)
    def _insert(self, text: str) -> None:
        """Put a text into the document in front."""
        if tab := self.workspace.current:
            tab.insert(text)

    @Slot(object)
    def _restore(self, candidate: PastCandidate) -> None:
        """Show a candidate as a draft where its old text stands in the document in front."""
        tab = self.workspace.current
        if tab is not None and not tab.session.restore(candidate):
            text = self.tr("Its old text does not stand in this document any more.")
            self.show_message(Message(text, Severity.INFO))

    @Slot(object)
    def _route(self, event: Event) -> None:
        """Hand an event to every session; each drops what is not its own."""
        for view in self.workspace.views():
            view.session.handle(event)

    @Slot(str)
    def _show_error(self, text: str) -> None:
        self.show_message(Message(text, Severity.ERROR))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is on the screen."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            # After this event the frame is handed to the screen.
            QTimer.singleShot(0, self.first_painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        """Look at the files again whenever the user comes back from other programs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.disk_guard.check_all()
            self.folder.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only if no document is lost by it."""
        if not self.workspace.may_close_all():
            event.ignore()
            return
        self.left_drafts.put_aside()
        self._settings.geometry = self.saveGeometry()
        self.hide()  # a run may take seconds to write down what it has
        self.popups.leave_runs()
        event.accept()
