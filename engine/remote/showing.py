"""What comes in pieces, shown as it comes, but not more often than anybody could see."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

Piece = TypeVar("Piece")


class Showing(Generic[Piece]):
    """Shows the newest piece at once, or a pause after the one before it.

    Of pieces that come in one go, as servers send several tokens, only the last is shown; and none
    waits for another to come.
    """

    def __init__(self, show: Callable[[Piece], None], pause_s: float) -> None:
        self._show, self._pause_s = show, pause_s
        self._newest: Piece | None = None
        self._has_come = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Begin to show."""
        self._task = asyncio.ensure_future(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Show no more."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled() and error is None:
            self._task.result()  # which only an error can have ended

    def put(self, piece: Piece) -> None:
        """Take in what has come."""
        self._newest = piece
        self._has_come.set()

    async def _run(self) -> None:
        while True:
            await self._has_come.wait()
            self._has_come.clear()
            if self._newest is not None:
                self._show(self._newest)
            await asyncio.sleep(self._pause_s)
