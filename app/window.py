"""The main window: tabs in the middle, messages above, the status line below, menus on top."""

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from app import dialogs, theme
from app.document_tab import DocumentTab
from app.editor.editor import Editor
from app.engine_bridge import EngineBridge
from app.engine_model import EngineModel, EnginePhase, ModelReady
from app.file_drop import FileDrop
from app.history_dialog import HistoryDialog
from app.menus import Key, MenuBuilder
from app.message_bar import Message, MessageBar, Severity
from app.proposal import History, ProposalSession, ProposalStatus
from app.settings import Settings
from app.status_line import StatusLine
from app.status_text import engine_text, model_details, position_text, proposal_text
from app.theme import Appearance
from app.workspace import Workspace, documents_folder
from engine.api import Event, Load
from resources import resource_path

DEFAULT_SIZE = QSize(980, 720)


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
        self.history = History(self)
        self.history_dialog = HistoryDialog(self.history, self)
        self.workspace = Workspace(self._make_tab, self)
        self.message_bar = MessageBar(self)
        self.status_line = StatusLine(self)
        self._file_drop = FileDrop(self)
        self._lay_out()
        self._connect()
        self._build_menus()
        self._show_engine(self.engine.phase)

    def start_engine(self, folder: Path, device: str) -> None:
        """Start the engine with its first model."""
        load = self._make_load(folder, device)
        self._bridge.start(load)

    def show_message(self, message: Message) -> None:
        """Say something to the user."""
        self.message_bar.show_message(message)

    def load_model(self) -> None:
        """Ask for the folder of a model and load it."""
        folder = dialogs.ask_model_folder(self, documents_folder())
        if folder is not None:
            self._bridge.submit(self._make_load(folder, "auto"))

    def open_files(self) -> None:
        """Ask for files and open them."""
        tab = self.workspace.current
        path = tab.document.path if tab else None
        self.workspace.open_paths(
            dialogs.ask_open_paths(self, path.parent if path else documents_folder())
        )

    def open_welcome(self) -> None:
        """Open a copy of the welcome document."""
        self.workspace.open_template(resource_path("samples/welcome.md"), "Welcome.md")

    def show_history(self) -> None:
        """Show the candidates of this session beside the window."""
        self.history_dialog.show()
        self.history_dialog.raise_()
        self.history_dialog.activateWindow()

    def _make_tab(self) -> DocumentTab:
        return DocumentTab(self._bridge.submit, self._next_job_id, self.history)

    def _make_load(self, folder: Path, device: str) -> Load:
        load = Load(job_id=self._next_job_id(), folder=str(folder), device=device)
        self.engine.notify_submitted(load.job_id)
        return load

    def _lay_out(self) -> None:
        centre = QWidget(self)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message_bar)
        layout.addWidget(self.workspace, 1)
        self.setCentralWidget(centre)
        self.setStatusBar(self.status_line)
        self.setAcceptDrops(True)
        self.installEventFilter(self._file_drop)
        self.resize(DEFAULT_SIZE)
        self.restoreGeometry(self._settings.geometry)

    def _connect(self) -> None:
        self._bridge.engine_event.connect(self.engine.handle)
        self._bridge.engine_event.connect(self._route)
        self.engine.phase_changed.connect(self._show_engine)
        self.engine.failed.connect(self._show_error)
        self.workspace.message.connect(self.show_message)
        self.workspace.current_tab_changed.connect(self._show_document)
        self.workspace.proposal_changed.connect(self._show_proposal)
        self.workspace.tab_added.connect(self._watch_drops)
        self.history_dialog.insert_wanted.connect(self._insert)
        self._file_drop.dropped.connect(self.workspace.open_paths)

    def _build_menus(self) -> None:
        menus = MenuBuilder(self)
        self._build_file_menu(menus)
        self._build_edit_menu(menus)
        self._build_inlay_menu(menus)
        self._build_view_menu(menus)
        menus.start("&Help")
        menus.add("&Keys", partial(dialogs.show_keys, self), [Key.HelpContents])
        menus.add("&Welcome Document", self.open_welcome)
        menus.separate()
        menus.add("&About Inlay", partial(dialogs.show_about, self))

    def _build_file_menu(self, menus: MenuBuilder) -> None:
        menus.start("&File")
        menus.add("&New", self.workspace.new, [Key.New])
        menus.add("&Open…", self.open_files, [Key.Open])
        menus.separate()
        menus.add("&Save", self.workspace.save, [Key.Save])
        menus.add("Save &As…", self.workspace.save_as, ["Ctrl+Shift+S"])
        menus.separate()
        menus.add("&Close Tab", self._close_current, ["Ctrl+W"])
        menus.add("&Quit", self.close, ["Ctrl+Q"])

    def _build_edit_menu(self, menus: MenuBuilder) -> None:
        menus.start("&Edit")
        menus.add("&Undo", self._in_editor(Editor.undo), [Key.Undo])
        menus.add("&Redo", self._in_editor(Editor.redo), [Key.Redo])
        menus.separate()
        menus.add("Cu&t", self._in_editor(Editor.cut), [Key.Cut])
        menus.add("&Copy", self._in_editor(Editor.copy), [Key.Copy])
        menus.add("&Paste", self._in_editor(Editor.paste), [Key.Paste])
        menus.separate()
        menus.add("Select &All", self._in_editor(Editor.selectAll), [Key.SelectAll])

    def _build_inlay_menu(self, menus: MenuBuilder) -> None:
        menus.start("&Inlay")
        regenerate = self._in_session(ProposalSession.regenerate)
        menus.add("&Rewrite Selection, or Fill In Here", regenerate, ["Ctrl+Enter", "Ctrl+Return"])
        # Enter and Esc belong to the proposal while it has the focus, and to nobody else.
        menus.add("&Accept\tEnter", self._in_session(ProposalSession.accept))
        menus.add("&Stop, Then Reject\tEsc", self._in_session(ProposalSession.stop_or_reject))
        menus.separate()
        menus.add("&History…", self.show_history, ["Ctrl+Shift+H"])
        menus.separate()
        menus.add("&Load Model…", self.load_model)

    def _build_view_menu(self, menus: MenuBuilder) -> None:
        menus.start("&View")
        larger = [*QKeySequence.keyBindings(Key.ZoomIn), QKeySequence("Ctrl+=")]
        menus.add("&Larger", self._in_editor(Editor.zoom_in), larger)
        menus.add("&Smaller", self._in_editor(Editor.zoom_out), [Key.ZoomOut])
        menus.add("&Normal Size", self._in_editor(Editor.zoom_reset), ["Ctrl+0"])
        menus.separate()
        wraps = self._settings.wraps_words
        self.workspace.set_word_wrap(wraps)
        menus.add_check("&Word Wrap", self._set_word_wrap, is_on=wraps)
        menus.separate()
        names = {"Like the &System": Appearance.SYSTEM, "L&ight": Appearance.LIGHT}
        names["&Dark"] = Appearance.DARK
        now = self._settings.appearance
        menus.add_choice(
            (name, partial(self._set_appearance, choice), choice is now)
            for name, choice in names.items()
        )

    def _set_word_wrap(self, is_on: bool) -> None:
        self._settings.wraps_words = is_on
        self.workspace.set_word_wrap(is_on)

    def _set_appearance(self, appearance: Appearance) -> None:
        self._settings.appearance = appearance
        theme.apply(appearance)

    def _in_editor(self, act: Callable[[Editor], object]) -> Callable[[], None]:
        """Return an intent that goes to the editor in front."""

        def run() -> None:
            if tab := self.workspace.current:
                act(tab.editor)

        return run

    def _in_session(self, act: Callable[[ProposalSession], object]) -> Callable[[], None]:
        """Return an intent that goes to the proposal in front."""

        def run() -> None:
            if tab := self.workspace.current:
                act(tab.session)

        return run

    def _close_current(self) -> None:
        self.workspace.close_tab(self.workspace.currentIndex())

    def _watch_drops(self, tab: DocumentTab) -> None:
        tab.editor.viewport().installEventFilter(self._file_drop)

    @Slot(str)
    def _insert(self, text: str) -> None:
        """Put a text into the document in front."""
        if tab := self.workspace.current:
            tab.insert(text)

    @Slot(object)
    def _route(self, event: Event) -> None:
        """Hand an event to every session; each drops what is not its own."""
        for tab in self.workspace.tabs():
            tab.session.handle(event)

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
        self.setWindowTitle(f"{document.title}[*] – Inlay")
        self.setWindowModified(document.is_modified)
        cursor = tab.editor.textCursor()
        position = position_text(
            cursor.block().text(), cursor.blockNumber(), cursor.positionInBlock()
        )
        self.status_line.position.setText(position)
        self.status_line.format.setText(f"{document.encoding.label} · {document.line_ends_label}")

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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only if no document is lost by it."""
        if not self.workspace.may_close_all():
            event.ignore()
            return
        self._settings.geometry = self.saveGeometry()
        event.accept()
