"""What the requests of the editor come to on a server; lives in the engine thread alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.api import (
    Branch,
    Connect,
    EventCallback,
    FindAlternatives,
    Generate,
    Loading,
    ModelInfo,
    Ready,
    Steer,
    TokenOption,
)
from engine.errors import BadRequestError, StoppedError
from engine.remote.address import normalised
from engine.remote.canvas_job import CanvasJob
from engine.remote.client import Client
from engine.remote.plain_job import PlainJob
from engine.remote.report import Report
from engine.remote.server import RemoteServer, look_at
from engine.remote.wishes import check_possible

IsCancelled = Callable[[], bool]
Inbox = Callable[[], list[Steer]]
Result = TypeVar("Result")

_REMEMBERED_JOBS = 6
_LOOK_S = 0.02  # between two looks at whether the job is still wanted
_NO_BRANCHES = (
    "This server cannot go on from a draft, because it takes no canvas. Ask for another one with "
    "Ctrl+Enter."
)


class RemoteRuntime:
    """Carries out requests one at a time, on a server; between two there is no connection."""

    def __init__(self, server: RemoteServer, emit: EventCallback) -> None:
        self._server = server
        self._emit = emit
        self._jobs: dict[int, CanvasJob] = {}  # the latest, for branches and alternatives

    @classmethod
    def connected(
        cls, request: Connect, emit: EventCallback, is_cancelled: IsCancelled
    ) -> "RemoteRuntime":
        """Find out what a server can do, and say that it is ready.

        Raises:
            EngineError: If it cannot be used, or connecting was cancelled.
        """
        emit(Loading(job_id=request.job_id, stage="Asking the server", fraction=0.0))

        async def look() -> RemoteServer:
            async with Client(normalised(request.address), request.key) as client:
                return await look_at(client, request.key, request.model)

        server = asyncio.run(_until_cancelled(look(), is_cancelled))
        if server is None:
            raise StoppedError("Connecting was stopped. Connect again when you like.")
        emit(Ready(job_id=request.job_id, model=_info(server)))
        return cls(server, emit)

    def generate(self, request: Generate, inbox: Inbox, is_cancelled: IsCancelled) -> None:
        """Run one generation to its `Finished`.

        Raises:
            EngineError: If the server cannot carry it out.
        """
        server = self._server
        check_possible(request, takes_canvas=server.takes_canvas)
        report = self._report(request.job_id, request, request.settings.candidates)
        job = CanvasJob(server, request) if server.takes_canvas else PlainJob(server, request)
        if isinstance(job, CanvasJob):
            self._remember(request.job_id, job)
        self._run(lambda client: job.run(client, report), report, inbox, is_cancelled)

    def branch(self, request: Branch, inbox: Inbox, is_cancelled: IsCancelled) -> None:
        """Go on from a draft of an earlier job to a `Finished`.

        Raises:
            EngineError: If the server cannot do that, or the draft is not remembered.
        """
        if not self._server.takes_canvas:
            raise BadRequestError(_NO_BRANCHES)
        parent = self._jobs.get(request.parent)
        if parent is None:
            raise BadRequestError(
                "That draft is not remembered any more. Ask for another one with Ctrl+Enter."
            )
        report = self._report(request.job_id, parent.request, 1, request.seed)

        async def run(client: Client) -> None:
            self._remember(request.job_id, await parent.branch(client, report, request))

        self._run(run, report, inbox, is_cancelled)

    def unload(self) -> None:
        """Do nothing: between two requests there is neither a model nor a connection."""

    def alternatives(self, question: FindAlternatives) -> tuple[TokenOption, ...]:
        """Return what else could stand in a slot, as far as the server has told."""
        job = self._jobs.get(question.job_id)
        result = job.results.get(question.candidate) if job else None
        return result.options(question.slot)[: question.count] if result else ()

    def _run(
        self,
        work: Callable[[Client], Awaitable[None]],
        report: Report,
        inbox: Inbox,
        is_cancelled: IsCancelled,
    ) -> None:
        """Do the work over a connection of its own, and say how it has ended."""

        async def connected() -> bool:
            async with Client(self._server.address, self._server.key) as client:
                await work(client)
            return True

        def is_unwanted() -> bool:
            inbox()  # nothing of a server's draft can be steered before it is done
            return is_cancelled()

        is_done = asyncio.run(_until_cancelled(connected(), is_unwanted))
        self._emit(report.finished(is_cancelled=not is_done))

    def _report(
        self, job_id: int, request: Generate, candidates: int, seed: int | None = None
    ) -> Report:
        first = request.seed if seed is None else seed
        return Report(job_id, request.region, first, candidates, self._emit)

    def _remember(self, job_id: int, job: CanvasJob) -> None:
        self._jobs[job_id] = job
        while len(self._jobs) > _REMEMBERED_JOBS:
            del self._jobs[next(iter(self._jobs))]


async def _until_cancelled(work: Awaitable[Result], is_unwanted: IsCancelled) -> Result | None:
    """Return what the work comes to; None if it is not wanted any more, its connection closed."""
    task = asyncio.ensure_future(work)
    while not task.done():
        if is_unwanted():
            task.cancel()
            await asyncio.wait([task])
            break
        await asyncio.wait([task], timeout=_LOOK_S)
    return None if task.cancelled() else task.result()


def _info(server: RemoteServer) -> ModelInfo:
    return ModelInfo(
        name=server.model,
        folder=server.address,
        parameters=0,
        bytes=0,
        device="server",
        dtype="",
        canvas_length=server.canvas_length,
        max_denoising_steps=server.max_denoising_steps,
        takes_instructions=server.chats or server.takes_canvas,
        server=server.address,
        served=server.served,
    )
