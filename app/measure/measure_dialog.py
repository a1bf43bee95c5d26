"""The dialog in which models are measured on the user's own texts."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.engine_model import EngineModel, ModelReady
from app.measure.choices import Choice, find_choices, of_server
from app.measure.measuring import Measuring
from app.measure.private_files import without_private
from app.measure.result_page import ResultPage
from app.measure.setup_page import SetupPage, Texts
from app.server import ServerLink
from app.settings import Settings
from app.system.background import Background
from app.translation import tr
from app.widgets import dialogs
from app.widgets.fitting import resize_to_fit
from app.widgets.message_bar import Message, MessageBar, Remedy, Severity
from app.widgets.ringed import RingedButton
from app.workspace.workspace import Workspace, documents_folder
from engine.errors import EngineError
from engine.hub import local
from engine.measure.store import delete, named, read_work
from engine.measure.subject import Subject


class MeasureDialog(QDialog):
    """Stays open beside the window; a run goes on when it is closed.

    Signals:
        message: A `Message` for the window, when a run ended while the dialog was closed.
    """

    message = Signal(object)

    def __init__(
        self,
        engine: EngineModel,
        server: ServerLink,
        settings: Settings,
        workspace: Workspace,
        root: Path,
        parent: QWidget | None = None,
    ) -> None:
        """Measure on what is open in a workspace, or lies in any folder.

        Models of several parts are put together in `root`.
        """
        super().__init__(parent)
        self._engine, self._server = engine, server
        self._settings, self._workspace, self._root = settings, workspace, root
        self.measuring = Measuring(self)
        self._background = Background(self)
        self.messages, self.pages = MessageBar(), QTabWidget()
        self.setup = SetupPage(self.measuring, self._ask_folder, self)
        self.results = ResultPage(self)
        self.close_button = RingedButton(tr("Close"))
        self.setWindowTitle(tr("Measure – Inlay"))
        resize_to_fit(self, 980, 680)
        self._lay_out()
        self.setup.start_wanted.connect(self.start)
        self.results.go_on_wanted.connect(self._go_on)
        self.results.export_wanted.connect(self._export)
        self.results.delete_wanted.connect(self._delete)
        self.close_button.clicked.connect(self.close)
        self.measuring.ended.connect(self._end)

    def start(self) -> None:
        """Measure what is chosen."""
        setup = self.setup
        if self.measuring.child.is_running or not setup.places:
            return
        self._clear()
        key, subjects = self._key_for(setup.subjects), setup.subjects
        places, patterns = setup.places, setup.patterns
        if any(subject.server for subject in subjects):
            places, without = without_private(places, self._settings.private)
            patterns = [*patterns, *without]
        if not places:
            text = tr("Nothing is filled in these files, so no server is told of them either.")
            self._say(Message(text, Severity.ERROR))
            return
        self.measuring.start(places, patterns, subjects, setup.count.value(), key)

    def _lay_out(self) -> None:
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.setup, tr("Measure"))
        self.pages.addTab(self.results, tr("Results"))
        self.close_button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.messages)
        layout.addWidget(self.pages, 1)
        layout.addLayout(buttons)

    def _ask_folder(self) -> Path | None:
        return dialogs.ask_folder(self, self._settings.last_folder or documents_folder())

    @Slot(str)
    def _go_on(self, name: str) -> None:
        if self.measuring.child.is_running:
            return
        self._clear()
        try:
            subjects = read_work(named(name)).asked.subjects
        except EngineError as error:
            self._say(Message(str(error), Severity.ERROR))
            return
        self.measuring.go_on(name, self._key_for(subjects))
        self.pages.setCurrentWidget(self.setup)

    def _key_for(self, subjects: Sequence[Subject]) -> str:
        """Return the key of the server among subjects; of several none is told another's."""
        servers = {one.server for one in subjects if one.server}
        return self._server.key_of(servers.pop()) if len(servers) == 1 else ""

    @Slot(str, str)
    def _end(self, name: str, problem: str) -> None:
        self.results.look(name)
        if problem:
            self._say(Message(problem, Severity.ERROR, self._remedies()))
        elif name:
            self.pages.setCurrentWidget(self.results)
            if not self.isVisible():
                text = tr("The measurement has ended: {said}")
                first = self.results.said.text().split("\n")[0]
                self._say(Message(text.format(said=first), Severity.INFO, self._remedies()))

    def _remedies(self) -> tuple[Remedy, ...]:
        return () if self.isVisible() else (Remedy(tr("Measure…"), self.show),)

    def _say(self, message: Message) -> None:
        if self.isVisible():
            self._clear()
            self.messages.show_message(message)
        else:
            self.message.emit(message)

    def _clear(self) -> None:
        while self.messages.messages:
            self.messages.close_message()

    def _export(self) -> None:
        kept = self.results.kept
        if kept is None:
            return
        proposal = (self._settings.last_folder or documents_folder()) / f"{kept.name}.md"
        path = dialogs.ask_save_path(self, proposal)
        if path is None:
            return
        try:
            path.write_text(self.results.report(path), encoding="utf-8")
        except OSError as error:
            text = tr("{file} cannot be written ({reason}). Choose another place.")
            self._say(Message(text.format(file=path, reason=error.strerror or error)))

    @Slot(object)
    def _delete(self, folder: Path) -> None:
        why = tr("Its figures and examples go with it.")
        if self.measuring.child.is_running or not dialogs.ask_delete(self, folder.name, why):
            return
        try:
            delete(folder)
        except EngineError as error:
            self._say(Message(str(error)))
        self.results.look()

    def showEvent(self, event: QShowEvent) -> None:
        """Offer what is open now, and what is on the disk."""
        super().showEvent(event)
        self.setup.show_texts(self._open_texts())
        self.results.look()
        cache, folders = local.cache_root(), tuple(self._settings.model_folders)
        find = partial(find_choices, cache, folders, self._root)
        self._background.run(find, self._show_choices)

    def _open_texts(self) -> Texts:
        open_ones = list(self._workspace.documents)
        return Texts(
            folder=self._workspace.folder.path,
            files=tuple(one.path for one in open_ones if one.path is not None),
            unsaved=sum(one.is_modified or one.path is None for one in open_ones),
        )

    def _show_choices(self, choices: list[Choice]) -> None:
        phase = self._engine.phase
        server = phase.model if isinstance(phase, ModelReady) and phase.model.server else None
        self.setup.show_choices([*choices, *([of_server(server)] if server else [])])
