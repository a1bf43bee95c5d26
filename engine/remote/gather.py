"""Several requests at the same time, of which one that comes to an end is enough."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from engine.errors import EngineError

Result = TypeVar("Result")


async def first_good(works: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Wait for all of them and return what came of those that ended well.

    Raises:
        EngineError: The first one's, if none ended well.
    """
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    good: list[Result] = []
    bad: list[BaseException] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            bad.append(outcome)
        else:
            good.append(outcome)
    # An error nobody foresaw is a bug, whatever the others have come to.
    bugs = [error for error in bad if not isinstance(error, EngineError)]
    if bugs or not good:
        raise (bugs or bad)[0]
    return good
