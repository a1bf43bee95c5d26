"""The network in a thread of its own, so that nobody who stops a download waits for it.

A read that hangs cannot be interrupted. So what reads is left to itself: it touches no file of
ours, and ends when its connection does.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TypeVar, cast

from engine.errors import as_exception, outcome_of
from engine.hub.source import StoppedError

STOPPED = "The download was stopped."
_POLL_S = 0.1
_AHEAD = 4  # items that may wait to be taken

T = TypeVar("T")
Wait = Callable[[float], bool]  # seconds; whether to stop


def produced_elsewhere(produce: Callable[[], Iterator[T]], wait: Wait) -> Generator[T, None, None]:
    """Yield what `produce` yields in another thread, and raise what it raises.

    Raises:
        StoppedError: As soon as `wait` says so, whatever the thread waits for.
    """
    items: queue.Queue[tuple[bool, T | Exception | None]] = queue.Queue(_AHEAD)
    is_left = threading.Event()

    def put(is_item: bool, what: T | Exception | None) -> bool:
        while not is_left.is_set():
            try:
                items.put((is_item, what), timeout=_POLL_S)
            except queue.Full:
                continue
            return True
        return False

    def hand_over() -> None:
        for item in produce():
            if not put(True, item):
                return

    def work() -> None:
        error = outcome_of(hand_over).error
        # Raised where the items are taken, who would wait for ever.
        put(False, as_exception(error) if error else None)

    threading.Thread(target=work, name="network", daemon=True).start()
    try:
        while True:
            is_item, what = _next(items, wait)
            if is_item:
                yield cast("T", what)
            elif isinstance(what, Exception):
                raise what
            else:
                return
    finally:
        is_left.set()


def answer(ask: Callable[[], T], wait: Wait) -> T:
    """Return what `ask` returns in another thread, and raise what it raises.

    Raises:
        StoppedError: As soon as `wait` says so.
    """
    with closing(produced_elsewhere(lambda: iter([ask()]), wait)) as answers:
        return next(answers)


def _next(items: "queue.Queue[tuple[bool, T]]", wait: Wait) -> tuple[bool, T]:
    while True:
        if wait(0.0):
            raise StoppedError(STOPPED)
        try:
            return items.get(timeout=_POLL_S)
        except queue.Empty:
            continue
