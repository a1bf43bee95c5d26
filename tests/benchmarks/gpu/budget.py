"""A benchmark that ends when it said it would: what does not fit any more is left out, by name."""

import time
from collections.abc import Callable


class Budget:
    """The seconds that are left; says aloud what they were too few for."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        """Start the clock."""
        self._now = now
        self._end = now() + seconds
        self.left_out: list[str] = []

    @property
    def left(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self._end - self._now())

    def allows(self, what: str, seconds: float) -> bool:
        """Whether there is time for something that takes about so many seconds."""
        if self.left >= seconds:
            return True
        self.left_out.append(what)
        print(f"left out: {what}; it needs about {seconds:.0f} s and {self.left:.0f} s are left")
        return False
