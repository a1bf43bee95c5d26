"""The model in use: chosen, remembered, unloaded when nobody needs it, and brought back."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.engine_bridge import EngineBridge
from app.engine_model import (
    EngineModel,
    EnginePhase,
    LoadingModel,
    ModelFailed,
    ModelReady,
    ModelUnloaded,
)
from app.settings import Settings
from app.translation import tr
from app.widgets.message_bar import Message, Severity
from engine.api import Branch, Event, Failed, Finished, Generate, Load, Request, Unload
from engine.hub.embedded import default_model, smallest_model

MINUTE_MS = 60_000
AUTO = "auto"


def embedded_model() -> Path:
    """Return the folder of the better model that comes with the program and is complete."""
    return default_model()


class ModelKeeper(QObject):
    """Carries the requests about the model to the engine; documents stay as they are meanwhile.

    Signals:
        message: A `Message` for the user.
        changed: Another folder is in use, or about to be.
        failed: Why a model could not be loaded.
    """

    message = Signal(object)
    changed = Signal()
    failed = Signal(str)

    def __init__(
        self,
        bridge: EngineBridge,
        engine: EngineModel,
        settings: Settings,
        next_job_id: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._engine, self._settings = bridge, engine, settings
        self._next_job_id = next_job_id
        self._load: tuple[Path, str] | None = None  # folder and device of the newest `Load`
        self._loaded: tuple[Path, str] | None = None  # those of the newest `Load` that ended well
        self._ready: ModelReady | None = None  # how it ended
        self._is_chosen = False  # by the user, so that it is remembered once it is loaded
        self._open_jobs: set[int] = set()
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._unload)
        engine.phase_changed.connect(self._follow)
        engine.failed.connect(self._fall_back)
        engine.memory_reduced.connect(self._tell_memory_reduced)
        settings.changed.connect(self._follow_setting)
        bridge.engine_event.connect(self._note)

    @property
    def folder(self) -> Path | None:
        """Return the folder of the model that is in use, unloaded or being loaded."""
        phase = self._engine.phase
        is_elsewhere = isinstance(phase, ModelReady) and bool(phase.model.server)
        return self._load[0] if self._load and not is_elsewhere else None

    @property
    def is_loading(self) -> bool:
        """Return whether a model is being loaded, and maybe converted for it."""
        return isinstance(self._engine.phase, LoadingModel)

    def remembered(self) -> Path:
        """Return the model chosen in an earlier run, or the embedded one if that is gone.

        Raises:
            FileNotFoundError: If the program was installed without its model.
        """
        chosen = self._settings.model_folder
        if not chosen or Path(chosen).exists():
            return Path(chosen) if chosen else embedded_model()
        text = tr(
            "The model in {folder} is not there any more, so the small embedded one is used. "
            "Connect its disk and start again, or choose another one under Inlay, Models."
        )
        self.message.emit(Message(text.format(folder=chosen), Severity.WARNING))
        return embedded_model()

    def load(self, folder: Path, device: str = AUTO) -> None:
        """Load a model, the engine's first or another one."""
        self._is_chosen = False
        self._submit_load(folder, device)

    def use(self, folder: Path) -> None:
        """Load the model that the user has chosen; from the moment it is there it is remembered."""
        self._submit_load(folder, AUTO)
        self._is_chosen = True

    def submit(self, request: Request) -> None:
        """Hand a session's request to the engine, with the model it needs before it."""
        if isinstance(request, Generate | Branch):
            if isinstance(self._engine.phase, ModelUnloaded) and self._load is not None:
                self._submit_load(*self._load)
            # Counted by jobs and not by time: a long one is not idle.
            self._open_jobs.add(request.job_id)
        self._bridge.submit(request)
        self._wait_again()

    def _submit_load(self, folder: Path, device: str) -> None:
        self._load = folder, device
        load = Load(job_id=self._next_job_id(), folder=str(folder), device=device)
        # Before the engine can answer: an event of a load that nobody knows of is dropped.
        self._engine.notify_submitted(load.job_id)
        self._bridge.submit(load)
        self.changed.emit()

    @Slot(object)
    def _follow(self, phase: EnginePhase) -> None:
        if not isinstance(phase, ModelReady):
            return
        if phase is self._ready:  # the load has failed, and the model that was there stays
            self._load, self._is_chosen = self._loaded, False
        elif not phase.model.server:
            self._ready, self._loaded = phase, self._load
        if self._is_chosen and self._loaded is not None:
            folder = self._loaded[0]
            # Remembered as "the embedded one", so that a better one that comes with an update is
            # used.
            is_embedded = folder == embedded_model()
            self._settings.model_folder = "" if is_embedded else str(folder.absolute())
            self._is_chosen = False
        self._wait_again()
        self.changed.emit()

    @Slot(str)
    def _fall_back(self, text: str) -> None:
        """Take an embedded model if there would be none; the error is shown in any case."""
        self.failed.emit(text)
        self._is_chosen = False
        is_needed = isinstance(self._engine.phase, ModelFailed)
        if is_needed and self._load is not None:
            tried = list(dict.fromkeys((embedded_model(), smallest_model())))
            # What has just failed is not tried again, nor one that comes before it.
            after = tried[tried.index(self._load[0]) + 1 :] if self._load[0] in tried else tried
            if after:
                self._submit_load(after[0], AUTO)

    @Slot(str)
    def _tell_memory_reduced(self, layout: str) -> None:
        text = tr("The graphics card ran out of memory, so the model now takes less of it.")
        self.message.emit(Message(f"{text} {layout}", Severity.WARNING))

    @Slot(object)
    def _note(self, event: Event) -> None:
        if isinstance(event, Finished | Failed):
            self._open_jobs.discard(event.job_id)
            self._wait_again()

    @Slot(str)
    def _follow_setting(self, key: str) -> None:
        if key == "unload_minutes":
            self._wait_again()

    def _wait_again(self) -> None:
        """Count the idle minutes from now on."""
        minutes = int(self._settings.value("unload_minutes"))
        if minutes:
            self._idle.start(minutes * MINUTE_MS)
        else:
            self._idle.stop()

    @Slot()
    def _unload(self) -> None:
        phase = self._engine.phase
        if self._open_jobs or not isinstance(phase, ModelReady) or phase.model.server:
            return
        unload = Unload(job_id=self._next_job_id())
        self._engine.notify_unloading(unload.job_id)
        self._bridge.submit(unload)
