"""What carries requests out, whether the model is here or on a server; no torch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from engine.api import Branch, FindAlternatives, Generate, Steer, WordOption

Remembered = TypeVar("Remembered")

_REMEMBERED_JOBS = 6


@dataclass(frozen=True, slots=True)
class Control:
    """What a job hears of the outside while it runs; to be looked at between any two steps."""

    is_cancelled: Callable[[], bool]
    inbox: Callable[[], list[Steer]]  # what was done to it since the last look


class Backend(Protocol):
    """A model that is ready; carries out requests one at a time, in the engine thread alone."""

    def generate(self, request: Generate, control: Control) -> None:
        """Run one generation to its `Finished`.

        Raises:
            EngineError: If the request cannot be carried out.
        """

    def branch(self, request: Branch, control: Control) -> None:
        """Go on from a frame of an earlier job to a `Finished`.

        Raises:
            EngineError: If that cannot be done, or the frame is not remembered.
        """

    def alternatives(self, question: FindAlternatives) -> tuple[WordOption, ...]:
        """Return the words that could stand in a place; none, if the job is not remembered.

        Raises:
            EngineError: If the model does not tell any.
        """

    def unload(self) -> None:
        """Give the memory back that the model takes."""


class LatestJobs(Generic[Remembered]):
    """The latest jobs by their numbers, for branches and alternatives.

    By their shapes, 48 frames of a canvas of the 26B model hold 69 MB of soft embeddings: so there
    are few.
    """

    def __init__(self) -> None:
        """Remember none."""
        self._jobs: dict[int, Remembered] = {}

    def remember(self, job_id: int, job: Remembered) -> None:
        """Take a job in; the oldest may go."""
        self._jobs[job_id] = job
        while len(self._jobs) > _REMEMBERED_JOBS:
            # A dict keeps the order in which jobs came.
            del self._jobs[next(iter(self._jobs))]

    def get(self, job_id: int) -> Remembered | None:
        """Return a job, if it is remembered."""
        return self._jobs.get(job_id)
