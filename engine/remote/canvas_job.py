"""A region at work on a server that takes canvases: drafts, and branches from them."""

import random
from dataclasses import dataclass, replace

from engine.api import Branch, FinishReason, Generate, Score, TokenOption
from engine.errors import BadRequestError
from engine.remote.answer import Answer, read_all
from engine.remote.canvas import (
    Canvas,
    CanvasPlan,
    fresh_canvas,
    laid_out,
    make_plan,
    slots_to_try,
)
from engine.remote.client import Client
from engine.remote.errors import ServerError
from engine.remote.gather import first_good
from engine.remote.report import Draft, Report
from engine.remote.server import COMPLETIONS, RemoteServer
from engine.remote.tokenizer import RemoteTokenizer
from engine.remote.wishes import check_held, check_kept, score


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A canvas that came back."""

    canvas: Canvas
    answer: Answer
    draft: Draft
    score: Score

    def options(self, slot: int) -> tuple[TokenOption, ...]:
        """Return what else could stand in a slot, best first."""
        tokens = self.answer.tokens
        return tokens[slot].options if 0 <= slot < len(tokens) else ()


class CanvasJob:
    """One `Generate`; remembers its results, so that branches can go on from them."""

    def __init__(self, server: RemoteServer, request: Generate) -> None:
        self.request = request
        self.results: dict[int, Result] = {}  # of each candidate
        self._server = server
        self._plan: CanvasPlan | None = None

    async def run(self, client: Client, report: Report) -> None:
        """Draft all candidates at the same time.

        Raises:
            EngineError: If none of them came to an end.
        """
        plan = self._plan = await make_plan(client, self._server, self.request)
        tried = [
            slots_to_try(self.request, plan, n) for n in range(self.request.settings.candidates)
        ]
        canvases = [
            [
                fresh_canvas(self._server, plan, slots, self.request.seed + n, self.request)
                for slots in counts
            ]
            for n, counts in enumerate(tried)
        ]
        report.started(max(canvas.num_slots for tries in canvases for canvas in tries))
        await first_good(
            self._draft(client, report, number, tries) for number, tries in enumerate(canvases)
        )

    async def branch(self, client: Client, report: Report, request: Branch) -> "CanvasJob":
        """Go on from a result: what is pinned is held, what is melted is noise again.

        What is neither starts from what stood there, and may change. Returns the branch as a job of
        its own.

        Raises:
            EngineError: If there is no such result, or the server fails.
        """
        parent, plan = self.results.get(request.candidate), self._plan
        if parent is None or plan is None:
            raise BadRequestError(
                "That draft is not remembered any more. Ask for another one with Ctrl+Enter."
            )
        changes = request.changes
        ids = parent.answer.ids
        held = {} if not request.holds_rest else dict(enumerate(ids))
        for slot in (*changes.melt, *changes.release):
            held.pop(slot, None)
        for choice in changes.pin:
            held[choice.slot] = await self._token(client, parent, choice.slot, choice.rank)
        free = {slot: token for slot, token in enumerate(ids) if slot not in changes.melt}
        slots = [held.get(slot, free.get(slot)) for slot in range(len(ids))]
        alone = replace(self.request.settings, seed=request.seed, candidates=1)
        job = CanvasJob(self._server, replace(self.request, settings=alone))
        job._plan = plan
        canvas = laid_out(self._server, plan, slots, random.Random(request.seed), held)
        report.started(canvas.num_slots)
        await job._draft(client, report, 0, [canvas])
        return job

    async def _token(self, client: Client, parent: Result, slot: int, rank: int) -> int:
        """Return the token of a choice; its words are known, its number only to the server."""
        if not 0 <= slot < len(parent.answer.ids):
            raise BadRequestError("That word is not part of the draft any more. Choose another.")
        options = parent.options(slot)
        if rank == 0 or rank >= len(options):
            return parent.answer.ids[slot]
        ids = await RemoteTokenizer(client, self._server.model).encode(options[rank].text)
        if len(ids) != 1:
            raise BadRequestError(
                f"“{options[rank].text}” cannot be put there alone. Choose another word."
            )
        return ids[0]

    async def _draft(
        self, client: Client, report: Report, number: int, tries: list[Canvas]
    ) -> None:
        """Have several canvases of one candidate denoised, and keep the best."""
        results = await first_good(self._denoise(client, canvas) for canvas in tries)
        best = max(results, key=lambda result: result.score.total)
        self.results[number] = best
        report.done(number, best.draft, FinishReason.CONVERGED, best.score)

    async def _denoise(self, client: Client, canvas: Canvas) -> Result:
        plan = self._plan
        assert plan is not None, "a canvas belongs to a plan"
        answer = await read_all(client.stream(COMPLETIONS, canvas.body(self._server, plan)))
        if not answer.ids or len(answer.ids) > canvas.num_slots:
            raise ServerError(
                "The server does not send the tokens it wrote. Update its vLLM to 0.32 or newer."
            )
        check_held(canvas.pinned, canvas.seed, canvas.kept, answer)
        start = len(plan.healed) if answer.text.startswith(plan.healed) else 0
        text = answer.text[start:]
        check_kept(self.request.settings.constraints, text)
        spans = answer.spans(start, len(answer.text), counts_slots=True)
        pinned = canvas.pinned
        spans = tuple(replace(span, pinned=span.slot in pinned) for span in spans)
        return Result(
            canvas=canvas,
            answer=answer,
            draft=Draft.between(plan.lead, text, plan.trail, spans),
            score=score(self.request, plan.lead, text, plan.trail, answer.log_likelihood or 0.0),
        )
