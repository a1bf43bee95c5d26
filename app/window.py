"""The main window: tabs in the middle, messages above, the status line below, menus on top."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import dialogs, theme
from app.disk_guard import DiskGuard
from app.document_tab import DocumentTab
from app.editor.editor import Editor
from app.engine_bridge import EngineBridge
from app.engine_model import EngineModel, EnginePhase, ModelReady
from app.file_drop import FileDrop
from app.find import FindBar, Finder, ResultsPanel
from app.fitting import resize_to_fit
from app.goto_line import GotoLine
from app.history_dialog import HistoryDialog
from app.logs import data_folder
from app.message_bar import Message, MessageBar, Severity
from app.models import ModelKeeper
from app.palette import CommandPalette
from app.preferences import PreferencesDialog
from app.preview import Preview
from app.proposal import Candidate, History, ProposalStatus
from app.proposal.history_file import HISTORY_FILE, HistoryFile
from app.saving import SaveRules
from app.second_view import SecondView
from app.server import ServerLink, ServerPanel
from app.settings import OPTIONS, Settings
from app.shortcuts import Shortcuts
from app.split_area import SplitArea
from app.status_line import StatusLine
from app.status_text import engine_text, model_details, position_text, proposal_text
from app.updates import UpdateNotice
from app.welcome import WelcomePage
from app.window_menus import WindowMenus
from app.workspace import Workspace, documents_folder
from engine.api import Branch, Event, Generate, Request
from resources import resource_path

if TYPE_CHECKING:
    from app.models.dialog import ModelsDialog

RESULTS_HEIGHT = 220  # px
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
        self._models: ModelsDialog | None = None
        self.engine = EngineModel(self)
        self.keeper = ModelKeeper(bridge, self.engine, settings, self._next_job_id, self)
        self.server = ServerLink(settings, self.engine, bridge.submit, self._next_job_id, self)
        self.history = History(self, file=HistoryFile(data_folder() / HISTORY_FILE))
        self.history_dialog = HistoryDialog(self.history, self)
        self.workspace = Workspace(self._make_tab, self)
        self.splits = SplitArea(self.workspace, self._make_view, self)
        self.message_bar = MessageBar(self)
        self.status_line = StatusLine(self)
        self.shortcuts = Shortcuts(settings, self)
        self.welcome = WelcomePage(self)
        self.find_bar, self.results = FindBar(self), ResultsPanel(self)
        self.preview = Preview(self)
        self._stack = QStackedWidget(self)
        self._file_drop = FileDrop(self)
        self._lay_out()
        self.finder = Finder(self.workspace, self.find_bar, self.results)
        self.palette_popup, self.goto_line = CommandPalette(self), GotoLine(self)
        self.disk_guard = DiskGuard(self.workspace)
        self.updates = UpdateNotice(settings, parent=self)
        self.menus = WindowMenus(self, settings)
        self._connect()
        for option in OPTIONS:
            self._apply_setting(option.key)
        self._show_engine(self.engine.phase)

    def start_engine(self, folder: Path, device: str) -> None:
        """Start the engine with its first model."""
        self.keeper.load(folder, device)

    def show_message(self, message: Message) -> None:
        """Say something to the user."""
        self.message_bar.show_message(message)

    def show_models(self) -> None:
        """Show the models beside the window, and how more of them come here."""
        if self._models is None:
            self._models = self._make_models()
        self._models.show()
        self._models.raise_()
        self._models.activateWindow()

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
        self._stack.setCurrentWidget(self.welcome)
        self.welcome.setFocus()

    def close_welcome(self) -> None:
        """Go back to the text."""
        self._stack.setCurrentWidget(self._body)
        if self.workspace.current:
            self.workspace.current.editor.setFocus()

    def open_sample(self, name: str) -> None:
        """Open a copy of a sample."""
        self.close_welcome()
        self.workspace.open_template(resource_path(f"samples/{name}"), name)

    def open_recent(self, path: Path) -> None:
        """Open a file that was open lately."""
        self.workspace.open_paths([path])

    def show_palette(self) -> None:
        """Offer every action."""
        self.palette_popup.show_entries(self.menus.entries())

    def show_goto_line(self) -> None:
        """Ask for a line to go to."""
        if self.workspace.current:
            self.goto_line.open_for(self.workspace.current.editor)

    def show_preferences(self, *, keys: bool = False) -> None:
        """Show the settings."""
        dialog = PreferencesDialog(self._settings, self.shortcuts, self)
        dialog.file_wanted.connect(self._open_settings_file)
        dialog.pages.setCurrentIndex(int(keys))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_privacy(self) -> None:
        """Say what leaves this machine."""
        folders = [data_folder(), self._settings.path]
        dialogs.show_privacy(self, folders, self._settings.server_address)

    def show_server(self) -> None:
        """Let the user enter a server that does the model's work."""
        self.show_models()
        if self._models is not None:
            self._models.pages.setCurrentIndex(self._models.pages.count() - 1)

    def come_to_front(self, paths: list[Path]) -> None:
        """Open the files of a later start, and show that it was heard."""
        for path in paths:
            self.workspace.open_or_name(path)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_history(self) -> None:
        """Show the candidates of this session beside the window."""
        self.history_dialog.show()
        self.history_dialog.raise_()
        self.history_dialog.activateWindow()

    def _make_tab(self) -> DocumentTab:
        return DocumentTab(self._submit, self._next_job_id, self.history)

    def _make_view(self, tab: DocumentTab) -> SecondView:
        height = self.workspace.tabBar().sizeHint().height()
        return SecondView(tab, height, self._submit, self._next_job_id, self.history)

    def _submit(self, request: Request) -> None:
        """Hand a document's request to the engine, with what it needs before it."""
        if isinstance(request, Generate | Branch):
            self.server.wake()
        self.keeper.submit(request)

    def _make_models(self) -> "ModelsDialog":
        # Brings the hub's client along, for which the start need not wait.
        from app.models.dialog import ModelsDialog  # noqa: PLC0415

        dialog = ModelsDialog(
            self._bridge,
            self.keeper,
            self._settings,
            self._next_job_id,
            data_folder() / "models",
            self,
        )
        dialog.message.connect(self.show_message)
        panel = ServerPanel(self.server)
        panel.leave_wanted.connect(lambda: self.keeper.load(self.keeper.remembered()))
        dialog.pages.addTab(panel, self.tr("Server"))
        return dialog

    def _lay_out(self) -> None:
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.addWidget(self.splits)
        self._body.addWidget(self.preview)
        self._body.setChildrenCollapsible(False)
        self._body.setSizes([560, 420])
        self._stack.addWidget(self._body)
        self._stack.addWidget(self.welcome)
        centre = QWidget(self)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message_bar)
        layout.addWidget(self._stack, 1)
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
        self.engine.phase_changed.connect(self._show_engine)
        self.engine.failed.connect(self._show_error)
        self.keeper.message.connect(self.show_message)
        self.server.message.connect(self._show_error)
        self.workspace.message.connect(self.show_message)
        self.workspace.current_tab_changed.connect(self._show_document)
        self.workspace.proposal_changed.connect(self._show_proposal)
        self.workspace.view_added.connect(self._watch_drops)
        self.splits.message.connect(self.show_message)
        self.workspace.currentChanged.connect(self.close_welcome)
        self.workspace.opened.connect(self._follow_file)
        self.workspace.current_tab_changed.connect(self._follow_preview)
        self.workspace.proposal_changed.connect(self._follow_preview)
        self.welcome.sample_wanted.connect(self.open_sample)
        self.welcome.file_wanted.connect(self.open_recent)
        self.welcome.new_wanted.connect(self.workspace.new)
        self.welcome.new_wanted.connect(self.close_welcome)
        self.welcome.open_wanted.connect(self.open_files)
        self.welcome.closed.connect(self.close_welcome)
        self._settings.changed.connect(self._apply_setting)
        self.updates.message.connect(self.show_message)
        self.first_painted.connect(self.updates.look)
        self._settings.failed.connect(self._show_error)
        self.history_dialog.insert_wanted.connect(self._insert)
        self.history_dialog.restore_wanted.connect(self._restore)
        self._file_drop.dropped.connect(self.workspace.open_paths)

    @Slot(str)
    def _apply_setting(self, key: str) -> None:
        """Let a setting take effect, in every document."""
        settings = self._settings
        if key == "appearance":
            theme.apply(settings.appearance)
        elif key == "word_wrap":
            self.workspace.set_word_wrap(settings.wraps_words)
        elif key in ("trim_on_save", "final_newline"):
            self.workspace.save_rules = SaveRules(
                trims=settings.is_on("trim_on_save"),
                ends_with_newline=settings.value("final_newline") == "ensure",
            )
        else:
            for view in self.workspace.views():
                self._set_up_editor(view.editor)
        self.menus.follow(key)

    def _set_up_editor(self, editor: Editor) -> None:
        settings = self._settings
        editor.typing_aids.indents_lines = settings.is_on("auto_indent")
        editor.show_white_space(settings.is_on("white_space"))
        families = (str(settings.value("prose_font")), str(settings.value("code_font")))
        editor.set_fonts(*families, float(settings.value("font_size")))

    @Slot(object)
    def _follow_file(self, path: Path) -> None:
        """Remember a file that was opened or saved; take in the settings if it holds them."""
        if path == self._settings.path:
            self._settings.reload()
        else:
            self._settings.add_recent_file(path)

    def _open_settings_file(self) -> None:
        self._settings.sync()
        self.workspace.open_or_name(self._settings.path)

    def _follow_preview(self) -> None:
        if self.preview.isVisible():
            self.preview.follow(self.workspace.current)

    def _watch_drops(self, tab: DocumentTab) -> None:
        tab.editor.viewport().installEventFilter(self._file_drop)
        self._set_up_editor(tab.editor)

    @Slot(str)
    def _insert(self, text: str) -> None:
        """Put a text into the document in front."""
        if tab := self.workspace.current:
            tab.insert(text)

    @Slot(object)
    def _restore(self, candidate: Candidate) -> None:
        """Put a candidate where its old text stands in the document in front."""
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

    @Slot(object)
    def _show_engine(self, phase: EnginePhase) -> None:
        self.status_line.model.setText(engine_text(phase))
        details = model_details(phase.model) if isinstance(phase, ModelReady) else ""
        self.status_line.model.setToolTip(details)

    @Slot()
    def _show_document(self) -> None:
        tab = self.workspace.current
        if tab is None:
            return
        document = tab.document
        title = self.tr("{title}[*] – Inlay")  # Qt puts a star in for unsaved changes
        self.setWindowTitle(title.format(title=document.title))
        self.setWindowModified(document.is_modified)
        cursor = tab.editor.textCursor()
        position = position_text(
            cursor.block().text(), cursor.blockNumber(), cursor.positionInBlock()
        )
        self.status_line.position.setText(position)
        facts = [document.encoding.label, document.line_ends_label]
        if document.is_read_only:
            facts.append(self.tr("read-only"))
        if self._settings.wraps_words and not tab.editor.wraps_words:
            facts.append(self.tr("no wrap"))
        self.status_line.format.setText(" · ".join(facts))

    @Slot(object)
    def _show_proposal(self, status: ProposalStatus) -> None:
        self.status_line.proposal.setText(proposal_text(status))

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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only if no document is lost by it."""
        if not self.workspace.may_close_all():
            event.ignore()
            return
        self._settings.geometry = self.saveGeometry()
        event.accept()
