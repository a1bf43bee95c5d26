"""An engine that is asked one thing at a time, by who has no window: checks, measurements."""

import queue
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.api import (
    Cancel,
    Connect,
    Event,
    Failed,
    FailureKind,
    Finished,
    Generate,
    Load,
    ModelInfo,
    Ready,
    Unload,
    Unloaded,
)
from engine.errors import EngineError
from engine.service import EngineService

Asked = Load | Connect | Unload | Generate


class AnswerError(EngineError):
    """The engine could not do what it was asked; `kind` says of what sort that is."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Conversation:
    """Asks and waits. `cancel` may be called from any thread."""

    def __init__(self, timeout_s: float | None = None) -> None:
        """Wait so long for each event; None: until the engine itself gives up what hangs."""
        self._timeout_s = timeout_s

    def __enter__(self) -> Self:
        """Start the engine's thread."""
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._service = EngineService(self._events.put)
        self._job_id = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Join the thread."""
        self._service.close()

    def load(self, folder: Path, device: str) -> ModelInfo:
        """Load a model.

        Raises:
            AnswerError: If it cannot be loaded.
        """
        return self._ready(Load(job_id=0, folder=str(folder), device=device))

    def connect(self, request: Connect) -> ModelInfo:
        """Let a server do the work.

        Raises:
            AnswerError: If it cannot be reached, or is of no use.
        """
        return self._ready(request)

    def unload(self) -> None:
        """Give the model's memory back."""
        list(self.ask(Unload(job_id=0)))

    def ask(self, request: Asked) -> Iterator[Event]:
        """Yield what comes of a request, whatever its number, to its last event.

        Raises:
            AnswerError: If it fails, or nothing comes for too long.
        """
        self._job_id += 1
        self._service.submit(replace(request, job_id=self._job_id))
        while True:
            try:
                event = self._events.get(timeout=self._timeout_s)
            except queue.Empty:
                text = f"the engine has not answered for {self._timeout_s:.0f} s"
                raise AnswerError(FailureKind.HUNG, text) from None
            if isinstance(event, Failed):
                raise AnswerError(event.kind, event.message)
            yield event
            if isinstance(event, Ready | Unloaded | Finished):
                return

    def cancel(self) -> None:
        """Stop what is being worked on, within a step."""
        with suppress(RuntimeError):  # it has ended in this moment
            self._service.submit(Cancel(job_id=self._job_id))

    def _ready(self, request: Load | Connect) -> ModelInfo:
        *_, last = self.ask(request)
        assert isinstance(last, Ready)
        return last.model
