"""A region at work on a server that only writes on."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from engine.api import FailureKind, Fewer
from engine.errors import BadRequestError, EngineError
from engine.region.progress import Draft
from engine.region.region import Region
from engine.remote.answer import Answer, read, read_whole
from engine.remote.client import Client
from engine.remote.errors import RefusedError, ServerError, UnfinishedError
from engine.remote.gather import outcomes_of
from engine.remote.judging import check_kept, score
from engine.remote.paths import CHAT
from engine.remote.plain import PlainTask, make_task
from engine.remote.reasoning import begins_inside
from engine.remote.report import ServerReport
from engine.remote.server import LOOK_TOKENS, RemoteServer, look_inside
from engine.remote.showing import Showing

_FRAME_S = 0.002  # between two frames of one of the candidates that are written at once
_MIN_QUOTED = 200  # characters; with fewer nobody could say what belongs there
_SPARE = 0.9  # of the room that a refusal leaves, as tokens are not all of the same length


class PlainJob:
    """One `Generate`, as one request for each candidate.

    What it finds out about the server on the way is in `server` afterwards.
    """

    def __init__(self, server: RemoteServer, region: Region) -> None:
        """Choose the way of asking.

        Raises:
            BadRequestError: If there is none.
        """
        self.server = server
        self._region = region
        self._task = make_task(server, region)
        self._looking, self._has_looked = asyncio.Lock(), False

    async def run(self, client: Client, report: ServerReport) -> None:
        """Have all candidates written, with less text around them until the server takes it.

        Raises:
            EngineError: If none of them came to an end.
        """
        report.started(self._task.max_tokens)
        # A short text is shown once it is whole, by which that is known as well.
        if self._is_unsure and self._task.max_tokens > LOOK_TOKENS:
            await self._look_inside(client)
            self._task = make_task(self.server, self._region)
        while True:
            outcomes = await self._all(client, report)
            failures = [one for one in outcomes if isinstance(one, EngineError)]
            if len(failures) < len(outcomes):
                report.why_fewer = _why_fewer(outcomes, failures)
                return
            changed = self._changed_by(failures[0])
            if changed is None:
                raise failures[0]
            self.server = changed
            self._task = make_task(changed, self._region)

    @property
    def _is_unsure(self) -> bool:
        """Whether the model may be thinking without a mark of it."""
        return self._task.path == CHAT and self.server.begins_inside is None

    async def _all(self, client: Client, report: ServerReport) -> list[str | EngineError]:
        """Return the text of each candidate, or why there is none."""
        count = self._region.settings.candidates
        if self.server.takes_turns:
            return await self._in_turn(client, report, range(count))
        outcomes = await outcomes_of(self._write(client, report, n) for n in range(count))
        ended = [n for n in range(count) if isinstance(outcomes[n], UnfinishedError)]
        if count > 1 and ended:
            # A server that ends an older answer when there is a newer request.
            again = await self._in_turn(client, report, ended)
            good = [n for n, one in zip(ended, again, strict=True) if isinstance(one, str)]
            if good:
                self.server = replace(self.server, takes_turns=True)
            for number, outcome in zip(ended, again, strict=True):
                outcomes[number] = outcome
        return outcomes

    async def _in_turn(
        self, client: Client, report: ServerReport, numbers: Iterable[int]
    ) -> list[str | EngineError]:
        found: list[str | EngineError] = []
        for number in numbers:
            found += await outcomes_of([self._write(client, report, number)])
        return found

    async def _write(self, client: Client, report: ServerReport, number: int) -> str:
        answer = await self._answer(client, report, number)
        if self._is_unsure:
            await self._see_inside(client, answer)
        task = replace(self._task, server=self.server)
        said = task.said(answer, is_complete=True)
        if said.reasoning and not said.text and answer.finish == "length":
            raise _SpentError
        text = task.fitted(said.text, is_complete=True)
        if not text:
            raise BadRequestError(
                "The server wrote nothing that belongs here. Try again, or say in the instruction "
                "what you want."
            )
        check_kept(task.region, text)
        draft = _draft(task, text)
        found = score(task.region, draft.text, answer.log_likelihood)
        report.done(number, draft, found, has_converged=answer.finish != "length")
        return draft.text

    async def _see_inside(self, client: Client, answer: Answer) -> None:
        """Find out by a first answer, or by a question, whether the model begins in a thought."""
        if begins_inside(answer.text):
            self.server = replace(self.server, begins_inside=True, reasons=True)
        elif answer.finish != "length":
            self.server = replace(self.server, begins_inside=False)
        else:
            await self._look_inside(client)

    async def _look_inside(self, client: Client) -> None:
        """Ask once; whoever else wants to know waits for that answer."""
        async with self._looking:
            if self._has_looked:
                return
            self._has_looked = True
            try:
                found = await look_inside(client, self.server)
            except ServerError:  # what has been written already is not lost by it
                return
            # Meanwhile an answer may have shown it.
            if self.server.begins_inside is None:
                inside, reasons = found.begins_inside, self.server.reasons or found.reasons
                self.server = replace(self.server, begins_inside=inside, reasons=reasons)

    async def _answer(self, client: Client, report: ServerReport, number: int) -> Answer:
        """Return the complete answer, and show it as it comes."""
        task, body = self._task, self._task.request(number)
        shown = partial(self._show, report, number)
        at_once = 1 if self.server.takes_turns else task.region.settings.candidates
        try:
            async with Showing(shown, _FRAME_S * at_once) as showing:
                async for answer in read(client.stream(task.path, body)):
                    showing.put(answer)
        except UnfinishedError as error:
            # Some servers say in a stream that it is over, and only without one why.
            if error.has_text:
                raise
            answer = read_whole(await client.post(task.path, body))
            if not answer.finish:
                raise
        return answer

    def _show(self, report: ServerReport, number: int, answer: Answer) -> None:
        """Show what has come of an answer; its end is told with the whole of it."""
        task = self._task
        if self._is_unsure:
            return
        said = task.said(answer, is_complete=False)
        text = task.fitted(said.text, is_complete=False)
        if said.is_reasoning and said.reasoning:
            report.reasoned(number, said.reasoning)
        elif text and not answer.finish:
            report.frame(number, _draft(task, text))

    def _changed_by(self, error: EngineError) -> RemoteServer | None:
        """Return what is known of the server by a failure; None: it would fail again."""
        server, task = self.server, self._task
        if isinstance(error, _SpentError) and not task.server.reasons and task.path == CHAT:
            return replace(server, reasons=True)
        if not (isinstance(error, RefusedError) and error.is_too_long):
            return None
        room = task.quoted // 2
        if error.limit and error.requested:
            budget = sum(task.body.get(name, 0) for name in ("max_tokens", "n_predict"))
            share = max(error.limit - budget, 0) / max(error.requested - budget, 1)
            room = min(round(task.quoted * share * _SPARE), round(task.quoted * _SPARE))
        if room < _MIN_QUOTED:
            return None
        return replace(server, max_quoted=room, context_length=error.limit or server.context_length)


class _SpentError(ServerError):
    """The budget was spent before there was any text."""

    def __init__(self) -> None:
        super().__init__(
            "The server's model has spent all its room on reasoning. Try again, or switch "
            "reasoning off in Inlay → Server."
        )


def _why_fewer(outcomes: list[str | EngineError], failures: list[EngineError]) -> Fewer | None:
    """Say why there are fewer texts than were asked for; nothing, if there are as many."""
    texts = [one for one in outcomes if isinstance(one, str)]
    surplus = len(texts) - len(set(texts))
    if not surplus and not failures:
        return None
    first = failures[0] if failures else None
    return Fewer(
        asked=len(outcomes),
        same=surplus + 1 if surplus else 0,
        failed=len(failures),
        kind=first.kind if first else FailureKind.SERVER,
        message=str(first or ""),
    )


def _draft(task: PlainTask, text: str) -> Draft:
    return Draft.in_one_piece(text).within(task.region.lead, task.region.trail)
