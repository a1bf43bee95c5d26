"""A region at work on a server that only writes on."""

import time

from engine.api import DraftSpan, FinishReason, Generate
from engine.errors import BadRequestError
from engine.remote.answer import Answer, read
from engine.remote.client import Client
from engine.remote.gather import first_good
from engine.remote.plain import PlainPlan, fitted, make_plan
from engine.remote.report import Draft, Report
from engine.remote.server import RemoteServer
from engine.remote.wishes import check_kept, score

_FRAME_S = 0.05  # between two frames at the least; servers send a piece for every token


class PlainJob:
    """One `Generate`, as one request for each candidate."""

    def __init__(self, server: RemoteServer, request: Generate) -> None:
        self.request = request
        self._server = server

    async def run(self, client: Client, report: Report) -> None:
        """Have all candidates written at the same time.

        Raises:
            EngineError: If none of them came to an end.
        """
        plan = make_plan(self._server, self.request)
        report.started(plan.max_tokens)
        await first_good(
            self._write(client, report, plan, number)
            for number in range(self.request.settings.candidates)
        )

    async def _write(self, client: Client, report: Report, plan: PlainPlan, number: int) -> None:
        body = {**plan.body, "seed": (self.request.seed + number) % 2**31}
        answer, shown, last = Answer(), "", 0.0
        async for answer in read(client.stream(plan.path, body)):
            text = fitted(self.request, plan, answer.text, is_complete=False)
            is_due = time.monotonic() - last >= _FRAME_S
            if text and text != shown and is_due and not answer.finish:
                shown, last = text, time.monotonic()
                report.frame(number, _draft(plan, text))
        text = fitted(self.request, plan, answer.text, is_complete=True)
        if not text:
            raise BadRequestError(
                "The server wrote nothing that belongs here. Try again, or say in the instruction "
                "what you want."
            )
        check_kept(self.request.settings.constraints, text)
        is_cut = answer.finish == "length"
        likelihood = answer.log_likelihood or 0.0
        report.done(
            number,
            _draft(plan, text),
            FinishReason.MAX_STEPS if is_cut else FinishReason.CONVERGED,
            score(self.request, plan.lead, text, plan.trail, likelihood),
        )


def _draft(plan: PlainPlan, text: str) -> Draft:
    # In one piece, and no slot: there is nothing in it that could be pinned.
    span = DraftSpan(start=0, end=len(text), entropy=0.0, accepted=True)
    return Draft.between(plan.lead, text, plan.trail, [span])
