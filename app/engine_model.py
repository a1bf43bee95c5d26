"""The state of the engine: what it is doing about its model."""

from dataclasses import dataclass
from typing import assert_never

from PySide6.QtCore import QObject, Signal, Slot

from app.failures import failure_text
from app.system import garbage_collection
from engine.api import (
    Answer,
    CandidateFinished,
    CanvasUpdated,
    Event,
    Failed,
    FailureKind,
    Finished,
    Loading,
    MemoryReduced,
    ModelInfo,
    Ready,
    Reasoned,
    Started,
    Unloaded,
)


@dataclass(frozen=True, slots=True)
class NotStarted:
    """There is no engine yet."""


@dataclass(frozen=True, slots=True)
class LoadingModel:
    """A model is being loaded."""

    stage: str
    fraction: float  # 0..1


@dataclass(frozen=True, slots=True)
class ModelReady:
    """A model can be used."""

    model: ModelInfo


@dataclass(frozen=True, slots=True)
class ModelUnloaded:
    """The model has given its memory back; the next rewrite loads it again."""

    model: ModelInfo


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """The model could not be loaded."""

    message: str


EnginePhase = NotStarted | LoadingModel | ModelReady | ModelUnloaded | ModelFailed


class EngineModel(QObject):
    """Follows the events of one `Load`, the newest; or of the job for which a card was too small.

    Signals:
        phase_changed: The new `EnginePhase`.
        failed: The message of a `Load` that failed.
        memory_reduced: How the model is laid out from now on, because the card ran out of memory.
    """

    phase_changed = Signal(object)
    failed = Signal(str)
    memory_reduced = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._phase: EnginePhase = NotStarted()
        self._last_ready: ModelReady | None = None
        self._load_id: int | None = None
        self._reduced_id: int | None = None  # of a job whose model is laid out anew

    @property
    def phase(self) -> EnginePhase:
        """Return what the engine is doing about its model."""
        return self._phase

    def notify_submitted(self, load_id: int) -> None:
        """Follow the load of this id from now on."""
        self._load_id = load_id
        garbage_collection.begin_loading()
        self._set_phase(LoadingModel(stage="starting", fraction=0.0))

    def notify_unloading(self, unload_id: int) -> None:
        """Follow the unloading of this id from now on."""
        self._load_id = unload_id
        garbage_collection.begin_unloading()

    @Slot(object)
    def handle(self, event: Event) -> None:
        """Take in an event; answers and those of other jobs are not ours."""
        if isinstance(event, Answer):
            return
        if isinstance(event, MemoryReduced):
            self._reduced_id = event.job_id
        if event.job_id not in (self._load_id, self._reduced_id):
            return
        match event:
            case Loading(stage=stage, fraction=fraction):
                self._set_phase(LoadingModel(stage=stage, fraction=fraction))
            case Ready(model=model):
                # A full collection takes 100 ms and more with Python's lock held, in the midst of a
                # frame.
                garbage_collection.end_loading(is_replaced=self._last_ready is not None)
                self._last_ready = ModelReady(model)
                self._set_phase(self._last_ready)
                self._reduced_id = None  # what else this job does is no load
            case Unloaded():
                garbage_collection.end_loading(is_replaced=False)
                self._reduced_id = None
                if self._last_ready is not None:
                    self._set_phase(ModelUnloaded(self._last_ready.model))
                self._last_ready = None
            case Failed(kind=kind, message=message):
                # The engine keeps the model it has.
                text = failure_text(kind, message)
                garbage_collection.end_loading(is_replaced=False)
                self._set_phase(self._last_ready or ModelFailed(text))
                if kind is not FailureKind.STOPPED:
                    self.failed.emit(text)
            case MemoryReduced(message=message):
                garbage_collection.begin_loading()
                self.memory_reduced.emit(message)
            case Started() | Reasoned() | CanvasUpdated() | CandidateFinished() | Finished():
                raise AssertionError(f"a load does not answer with {type(event).__name__}")
            case _:
                assert_never(event)

    def _set_phase(self, phase: EnginePhase) -> None:
        if phase != self._phase:
            self._phase = phase
            self.phase_changed.emit(phase)
