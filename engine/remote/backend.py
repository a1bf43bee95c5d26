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
    WordOption,
)
from engine.backend import Control, LatestJobs
from engine.errors import BadRequestError, StoppedError
from engine.region.region import Region
from engine.remote.address import normalised
from engine.remote.canvas_job import GONE, NO_WORDS, CanvasJob
from engine.remote.client import Client
from engine.remote.errors import ServerError
from engine.remote.limits import check_possible
from engine.remote.plain_job import PlainJob
from engine.remote.recall import as_text, recalled
from engine.remote.report import ServerReport
from engine.remote.server import RemoteServer, look_at

IsCancelled = Callable[[], bool]
Result = TypeVar("Result")

_LOOK_S = 0.02  # between two looks at whether the job is still wanted
_NO_BRANCHES = (
    "This server cannot go on from a draft, because it takes no canvas. Ask for another one with "
    "Ctrl+Enter."
)


class RemoteBackend:
    """Carries out requests one at a time, on a server; between two there is no connection."""

    def __init__(
        self, server: RemoteServer, emit: EventCallback, *, is_recalled: bool = False
    ) -> None:
        self._server = server
        self._emit = emit
        self._is_recalled = is_recalled  # known from an earlier run, and not asked in this one
        self._jobs: LatestJobs[CanvasJob] = LatestJobs()

    @classmethod
    def connected(
        cls, request: Connect, emit: EventCallback, is_cancelled: IsCancelled
    ) -> "RemoteBackend":
        """Find out what a server can do, and say that it is ready.

        Raises:
            EngineError: If it cannot be used, or connecting was cancelled.
        """

        def tell(stage: str, fraction: float) -> None:
            emit(Loading(job_id=request.job_id, stage=stage, fraction=fraction))

        tell("Asking the server", 0.0)

        key, model, wants = request.key, request.model, request.wants_reasoning

        async def look() -> tuple[RemoteServer, bool]:
            async with Client(normalised(request.address), key) as client:
                known = await recalled(client, key, model, request.known, wants_reasoning=wants)
                if known is not None:
                    return known, True
                return await look_at(client, key, model, tell, wants_reasoning=wants), False

        found = asyncio.run(_until_cancelled(look(), is_cancelled))
        if found is None:
            raise StoppedError("Connecting was stopped. Connect again when you like.")
        server, is_recalled = found
        emit(Ready(job_id=request.job_id, model=_info(server), known=as_text(server)))
        return cls(server, emit, is_recalled=is_recalled)

    def generate(self, request: Generate, control: Control) -> None:
        """Run one generation to its `Finished`.

        Raises:
            EngineError: If the server cannot carry it out.
        """
        try:
            self._generate(request, control)
        except ServerError:
            # It may be another one than in the run that it is known from.
            if not self._is_recalled or not self._asked_anew(control):
                raise
            self._generate(request, control)

    def _asked_anew(self, control: Control) -> bool:
        """Find out what the server can do now; return whether that is something else."""
        old = self._server

        async def look() -> RemoteServer:
            async with Client(old.address, old.key) as client:
                wants = old.wants_reasoning
                return await look_at(
                    client, old.key, old.model, lambda *_: None, wants_reasoning=wants
                )

        found = asyncio.run(_until_cancelled(look(), control.is_cancelled))
        self._is_recalled = found is None
        self._server = found or old
        return self._server != old

    def _generate(self, request: Generate, control: Control) -> None:
        if request.adapter:
            raise BadRequestError(
                "A server takes none of this machine's adapters. Choose none for this document, "
                "or load Inlay Small."
            )
        region, server = Region.of(request), self._server
        check_possible(request, server)
        report = ServerReport(request, self._emit)
        job = CanvasJob(server, region) if server.takes_canvas else PlainJob(server, region)
        # Nothing can be gone on from, or asked about, where there is no canvas.
        if isinstance(job, CanvasJob):
            self._jobs.remember(request.job_id, job)
        self._run(lambda client: job.run(client, report), report, control)
        # What a job has found out the next one need not find out again.
        self._server = job.server

    def branch(self, request: Branch, control: Control) -> None:
        """Go on from a draft of an earlier job to a `Finished`.

        Raises:
            EngineError: If the server cannot do that, or the draft is not remembered.
        """
        if not self._server.takes_canvas:
            raise BadRequestError(_NO_BRANCHES)
        parent = self._jobs.get(request.parent)
        if parent is None:
            raise BadRequestError(GONE)
        job = parent.branched(request)
        report = ServerReport(job.region.request, self._emit)

        async def run(client: Client) -> None:
            await job.go_on(client, report, parent, request)
            self._jobs.remember(request.job_id, job)

        self._run(run, report, control)

    def unload(self) -> None:
        """Do nothing: between two requests there is neither a model nor a connection."""

    def alternatives(self, question: FindAlternatives) -> tuple[WordOption, ...]:
        """Return the words that could stand in a place, as far as the server has told.

        Raises:
            BadRequestError: If it does not tell any.
        """
        if not self._server.takes_canvas:
            raise BadRequestError(NO_WORDS)
        job = self._jobs.get(question.job_id)
        result = job.results.get(question.candidate) if job else None
        return result.words(question.slot, question.count) if result else ()

    def _run(
        self, work: Callable[[Client], Awaitable[None]], report: ServerReport, control: Control
    ) -> None:
        """Do the work over a connection of its own, and say how it has ended."""

        async def connected() -> bool:
            async with Client(self._server.address, self._server.key) as client:
                await work(client)
            return True

        def is_unwanted() -> bool:
            control.inbox()  # nothing of a server's draft can be steered before it is done
            return control.is_cancelled()

        is_done = asyncio.run(_until_cancelled(connected(), is_unwanted))
        report.finished(is_cancelled=not is_done)


async def _until_cancelled(work: Awaitable[Result], is_unwanted: IsCancelled) -> Result | None:
    """Return what the work comes to; None if it is not wanted any more, its connection closed."""
    task = asyncio.ensure_future(work)
    while not task.done():
        if is_unwanted():
            task.cancel()
            # Until its connection is closed: the server stops writing by that.
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
        reasons=server.reasons,
    )
