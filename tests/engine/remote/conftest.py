"""An engine that is connected to a stand-in for a server."""

import queue
from collections.abc import Iterator

import pytest

from engine.api import (
    AlternativesFound,
    Connect,
    Event,
    Failed,
    FindAlternatives,
    Finished,
    QuestionFailed,
    Ready,
    WordOption,
)
from engine.service import EngineService
from tests.engine.recorder import is_of
from tests.engine.remote.stand_in import StandIn
from tests.requests import generate

TIMEOUT_S = 60
FINAL = (Ready, Finished, Failed)


class Editor:
    """Sends requests to the real engine thread, and waits for what comes of them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._queue: queue.Queue[Event] = queue.Queue()
        self.engine = EngineService(self._take)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self._queue.put(event)

    def connect(self, server: StandIn, **fields: str) -> Ready | Failed:
        job_id = fields.pop("job_id", 1)
        self.engine.submit(Connect(job_id=job_id, **{"address": server.address, **fields}))
        return self.wait(job_id)

    def submit(self, job_id: int = 2, **fields) -> None:
        defaults = {
            "before": "The fox ",
            "region": "went",
            "after": " into the wood.",
            "seed": 7,
            "revision": 0,
        }
        self.engine.submit(generate(job_id=job_id, **{**defaults, **fields}))

    def generate(self, job_id: int = 2, **fields) -> Finished | Failed:
        self.submit(job_id, **fields)
        return self.wait(job_id)

    def wait(self, job_id: int, kinds: tuple[type, ...] = FINAL) -> Event:
        while True:
            event = self._queue.get(timeout=TIMEOUT_S)
            if is_of(event, job_id) and isinstance(event, kinds):
                return event

    def options(self, **question: int) -> tuple[WordOption, ...]:
        """Ask what else could stand in a place, and wait for the answer."""
        found = self.ask(**question)
        assert isinstance(found, AlternativesFound)
        return found.options

    def ask(self, **question: int) -> AlternativesFound | QuestionFailed:
        """Ask what else could stand in a place, and wait for what comes of it."""
        self.engine.submit(FindAlternatives(question_id=1, **question))
        while True:
            event = self._queue.get(timeout=TIMEOUT_S)
            if isinstance(event, AlternativesFound | QuestionFailed):
                return event

    def of(self, job_id: int, *kinds: type) -> list[Event]:
        return [e for e in self.events if is_of(e, job_id) and isinstance(e, kinds)]


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A server with a diffusion model."""
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
def editor(server: StandIn) -> Iterator[Editor]:
    """An editor, closed before its server."""
    made = Editor()
    yield made
    made.engine.close()
