"""The dialog in which models are measured on the user's own texts."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.engine_model import EngineModel, ModelReady
from app.measure.choices import Choice, find_choices, of_server
from app.measure.measuring import Measuring
from app.measure.private_files import without_private
from app.measure.result_page import ResultPage
from app.measure.setup_page import SetupPage
from app.runs.run_dialog import RunDialog
from app.runs.texts_chooser import open_texts
from app.server import ServerLink
from app.settings import Settings
from app.system.background import Background
from app.translation import tr
from app.widgets import dialogs
from app.widgets.message_bar import Message, Severity
from app.workspace.workspace import Workspace, documents_folder
from engine.errors import EngineError
from engine.hub import local
from engine.measure.store import delete, named, read_work
from engine.measure.subject import Subject


class MeasureDialog(RunDialog):
    """Stays open beside the window; a run goes on when it is closed."""

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
        super().__init__(settings, parent)
        self._engine, self._server = engine, server
        self._workspace, self._root = workspace, root
        self.measuring = Measuring(self)
        self._background = Background(self)
        self.setup = SetupPage(self.measuring, self.ask_folder, self)
        self.results = ResultPage(self)
        pages: dict[str, QWidget] = {tr("Measure"): self.setup, tr("Results"): self.results}
        self.lay_out(tr("Measure – Inlay"), QSize(980, 680), pages)
        self.setup.start_wanted.connect(self.start)
        self.results.go_on_wanted.connect(self._go_on)
        self.results.export_wanted.connect(self._export)
        self.results.delete_wanted.connect(self._delete)
        self.measuring.ended.connect(self._end)

    def start(self) -> None:
        """Measure what is chosen."""
        setup = self.setup
        if self.measuring.child.is_running or not setup.texts.places:
            return
        self.clear()
        key, subjects = self._key_for(setup.subjects), setup.subjects
        places, patterns = setup.texts.places, setup.texts.patterns
        if any(subject.server for subject in subjects):
            places, without = without_private(places, self._settings.private)
            patterns = [*patterns, *without]
        if not places:
            text = tr("Nothing is filled in these files, so no server is told of them either.")
            self.say_wrong(text)
            return
        self.measuring.start(places, patterns, subjects, setup.count.value(), key)

    @Slot(str)
    def _go_on(self, name: str) -> None:
        if self.measuring.child.is_running:
            return
        self.clear()
        try:
            subjects = read_work(named(name)).asked.subjects
        except EngineError as error:
            self.say_wrong(str(error))
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
            self.say(Message(problem, Severity.ERROR, self.way_here(tr("Measure…"))))
        elif name:
            self.pages.setCurrentWidget(self.results)
            if not self.isVisible():
                text = tr("The measurement has ended: {said}")
                first = self.results.said.text().split("\n")[0]
                way = self.way_here(tr("Measure…"))
                self.say(Message(text.format(said=first), Severity.INFO, way))

    def _export(self) -> None:
        kept = self.results.kept
        if kept is None:
            return
        proposal = (self._settings.last_folder or documents_folder()) / f"{kept.name}.md"
        path = dialogs.ask_save_path(self, proposal, tr("Markdown or JSON (*.md *.json)"))
        if path is None:
            return
        try:
            path.write_text(self.results.report(path), encoding="utf-8")
        except OSError as error:
            text = tr("{file} cannot be written ({reason}). Choose another place.")
            self.say(Message(text.format(file=path, reason=error.strerror or error)))

    @Slot(object)
    def _delete(self, folder: Path) -> None:
        why = tr("Its figures and examples go with it.")
        if self.measuring.child.is_running or not dialogs.ask_delete(self, folder.name, why):
            return
        try:
            delete(folder)
        except EngineError as error:
            self.say_wrong(str(error))
        self.results.look()

    def showEvent(self, event: QShowEvent) -> None:
        """Offer what is open now, and what is on the disk."""
        super().showEvent(event)
        self.setup.show_texts(open_texts(self._workspace))
        self.results.look()
        cache, folders = local.cache_root(), tuple(self._settings.model_folders)
        find = partial(find_choices, cache, folders, self._root)
        self._background.run(find, self._show_choices)

    def _show_choices(self, choices: list[Choice]) -> None:
        phase = self._engine.phase
        server = phase.model if isinstance(phase, ModelReady) and phase.model.server else None
        self.setup.show_choices([*choices, *([of_server(server)] if server else [])])
