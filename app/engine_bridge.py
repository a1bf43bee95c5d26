"""The single place where the engine's events become Qt signals."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from engine.api import Connect, Event, EventCallback, Load, Request
from engine.service import EngineService


class Service(Protocol):
    """What the bridge needs of an engine."""

    def submit(self, request: Request) -> None:
        """Take a request in and return at once."""

    def close(self) -> None:
        """Stop everything and join the engine's thread."""


MakeService = Callable[[EventCallback], Service]


class EngineBridge(QObject):
    """Owns the engine. `close` must be called before the bridge is deleted.

    Signals:
        engine_event: An `engine.api.Event`; emitted in the engine thread, so every receiver that
            lives in the main thread gets it there, in order.
    """

    engine_event = Signal(object)

    def __init__(
        self, make_service: MakeService = EngineService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make_service = make_service
        self._service: Service | None = None
        self._waiting: list[Request] = []
        self._is_closed = False

    def start(self, load: Load | Connect) -> None:
        """Create the engine with its first request; the requests made before come after it."""
        # An event that was on its way when the window closed may still ask for something.
        if self._is_closed:
            return
        assert self._service is None, "an engine is started once"
        self._service = self._make_service(self._emit)
        self._service.submit(load)
        for request in self._waiting:
            self._service.submit(request)
        self._waiting.clear()

    def submit(self, request: Request) -> None:
        """Hand a request to the engine, or keep it until there is one."""
        if self._is_closed:
            return
        if self._service is None and isinstance(request, Load | Connect):
            self.start(request)
        elif self._service is None:
            self._waiting.append(request)
        else:
            self._service.submit(request)

    def close(self) -> None:
        """Stop and join the engine; later requests are dropped."""
        self._is_closed = True
        if self._service is not None:
            self._service.close()
            self._service = None

    def _emit(self, event: Event) -> None:
        self.engine_event.emit(event)
