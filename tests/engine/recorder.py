"""What the engine has said, for tests that wait for it."""

import queue
from collections.abc import Callable

from engine.api import Answer, Event

TIMEOUT_S = 60


class Recorder:
    """Collects events and waits for those of a kind."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._queue: queue.Queue[Event] = queue.Queue()

    def __call__(self, event: Event) -> None:
        self.all.append(event)
        self._queue.put(event)

    def wait(self, job_id: int, *kinds: type) -> Event:
        return self._next(lambda event: is_of(event, job_id) and isinstance(event, kinds))

    def answer(self, question_id: int) -> Answer:
        return self._next(
            lambda event: isinstance(event, Answer) and event.question_id == question_id
        )

    def of(self, job_id: int, *kinds: type) -> list[Event]:
        return [e for e in self.all if is_of(e, job_id) and isinstance(e, kinds)]

    def _next(self, is_wanted: Callable[[Event], bool]) -> Event:
        while not is_wanted(event := self._queue.get(timeout=TIMEOUT_S)):
            pass
        return event


def is_of(event: Event, job_id: int) -> bool:
    return not isinstance(event, Answer) and event.job_id == job_id
