"""How long what is under way will take."""

import time


class Pace:
    """Counts from the first time that it was told how far something is."""

    def __init__(self) -> None:
        self.done, self.total = 0, 0
        self._first: tuple[float, int] | None = None  # when so much was done

    def take(self, done: int, total: int) -> None:
        """So much of it is done."""
        self.done, self.total = done, total
        self._first = self._first or (time.monotonic(), done)

    @property
    def minutes_left(self) -> float | None:
        """How long it will take yet; None: that cannot be told."""
        began, before = self._first or (0.0, self.done)
        done = self.done - before
        if not done:
            return None
        return (time.monotonic() - began) / done * (self.total - self.done) / 60
