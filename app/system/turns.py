"""Threads that run Python give way to keys and frames: one lock serves them all.

Who wants the lock gets it from a thread that computes after Python's switch interval, and gives it
away in every call of Qt's that lets go of it. A key with its frame has hundreds of these; so a
thread that goes on meanwhile doubles the time that each of them takes, and worse.
"""

import sys
import time

TURN_S = 0.002  # of a thread's work, before others may have the lock for as long
WORK_S = 0.010  # from the last sign of work in the interface, until it is taken for done
LONGEST_S = 0.060  # that a thread waits for the interface: one that never rests must not starve it
SWITCH_S = 0.001  # until the lock changes hands; Python's own is 5 ms, a third of a frame


class InterfaceWork:
    """When the interface was last seen to work on a key or a frame."""

    def __init__(self) -> None:
        self._until = 0.0

    def note(self) -> None:
        """Take the interface for working, for the time that a key with its frame takes."""
        self._until = time.monotonic() + WORK_S

    @property
    def is_on(self) -> bool:
        """Whether it works right now."""
        return time.monotonic() < self._until


INTERFACE = InterfaceWork()  # of the process, as the lock is


class Turns:
    """What one thread has of the lock; it calls `step` between two bits of its work."""

    def __init__(self, interface: InterfaceWork = INTERFACE) -> None:
        self._interface = interface
        self._since = time.monotonic()
        self._is_due = False

    def step(self) -> None:
        """Let others go first: at once while the interface works, else after a turn."""
        has_time = time.monotonic() - self._since <= TURN_S
        if has_time and (self._is_due or not self._interface.is_on):
            return
        until = time.monotonic() + LONGEST_S
        time.sleep(TURN_S)
        while self._interface.is_on and time.monotonic() < until:
            time.sleep(TURN_S)
        # After the longest wait a turn is due, and not only the next bit of work.
        self._is_due = self._interface.is_on
        self._since = time.monotonic()


def shorten_switch_interval() -> None:
    """Let the interface have the lock soon, also from threads that know nothing of turns."""
    sys.setswitchinterval(SWITCH_S)
