"""Several requests at the same time, of which one that comes to an end is enough."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from engine.errors import EngineError

Result = TypeVar("Result")


async def outcomes_of(works: Iterable[Coroutine[Any, Any, Result]]) -> list[Result | EngineError]:
    """Wait for all of them and return what came of each, in their order.

    An error that nobody foresaw is a bug, whatever the others have come to: it is raised.
    """
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    found: list[Result | EngineError] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, EngineError):
            raise outcome
        found.append(outcome)
    return found


async def first_good(works: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Wait for all of them and return what came of those that ended well.

    Raises:
        EngineError: The first one's, if none ended well.
    """
    outcomes = await outcomes_of(works)
    good = [outcome for outcome in outcomes if not isinstance(outcome, EngineError)]
    bad = [outcome for outcome in outcomes if isinstance(outcome, EngineError)]
    if not good:
        raise bad[0]
    return good
