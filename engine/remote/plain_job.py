"""A region at work on a server that only writes on."""

import time

from engine.errors import BadRequestError
from engine.region.progress import Draft
from engine.region.region import Region
from engine.remote.answer import Answer, read
from engine.remote.client import Client
from engine.remote.gather import first_good
from engine.remote.judging import check_kept, score
from engine.remote.plain import PlainTask, make_task
from engine.remote.report import ServerReport
from engine.remote.server import RemoteServer

_FRAME_S = 0.05  # between two frames at the least; servers send a piece for every token


class PlainJob:
    """One `Generate`, as one request for each candidate."""

    def __init__(self, server: RemoteServer, region: Region) -> None:
        """Choose the way of asking.

        Raises:
            BadRequestError: If there is none.
        """
        self._task = make_task(server, region)

    async def run(self, client: Client, report: ServerReport) -> None:
        """Have all candidates written at the same time.

        Raises:
            EngineError: If none of them came to an end.
        """
        report.started(self._task.max_tokens)
        numbers = range(self._task.region.settings.candidates)
        await first_good(self._write(client, report, number) for number in numbers)

    async def _write(self, client: Client, report: ServerReport, number: int) -> None:
        task, request = self._task, self._task.region.request
        body = {**task.body, "seed": (request.seed + number) % 2**31}
        answer, shown, last = Answer(), "", 0.0
        async for answer in read(client.stream(task.path, body)):
            text = task.fitted(answer.text, is_complete=False)
            is_due = time.monotonic() - last >= _FRAME_S
            if text and text != shown and is_due and not answer.finish:
                shown, last = text, time.monotonic()
                report.frame(number, _draft(task, text))
        text = task.fitted(answer.text, is_complete=True)
        if not text:
            raise BadRequestError(
                "The server wrote nothing that belongs here. Try again, or say in the instruction "
                "what you want."
            )
        check_kept(task.region, text)
        draft = _draft(task, text)
        found = score(task.region, draft.text, answer.log_likelihood)
        report.done(number, draft, found, has_converged=answer.finish != "length")


def _draft(task: PlainTask, text: str) -> Draft:
    return Draft.in_one_piece(text).within(task.region.lead, task.region.trail)
