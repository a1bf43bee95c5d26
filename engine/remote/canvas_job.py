"""A region at work on a server that takes canvases: drafts, and branches from them."""

import random
from dataclasses import dataclass, replace

from engine.api import Branch, Score, SlotChoice, WordOption
from engine.errors import BadRequestError
from engine.region.progress import Draft
from engine.region.region import Region, branch_of
from engine.region.words import WordPlace, ranked
from engine.remote.answer import Answer, read_all
from engine.remote.canvas import Canvas, CanvasTask, fresh_canvas, laid_out, lengths_of, make_task
from engine.remote.client import Client
from engine.remote.errors import ServerError
from engine.remote.gather import first_good
from engine.remote.judging import check_kept, end_of_line, score
from engine.remote.paths import COMPLETIONS
from engine.remote.report import ServerReport
from engine.remote.server import RemoteServer
from engine.remote.tokenizer import RemoteTokenizer

_MOST = 100  # words to choose from
NO_WORDS = (
    "This server does not tell what else could stand here. Melt the word, and it is written anew."
)
GONE = "That draft is not remembered any more. Ask for another one with Ctrl+Enter."


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A canvas that came back."""

    canvas: Canvas
    answer: Answer
    draft: Draft
    score: Score

    def words(self, slot: int, count: int) -> tuple[WordOption, ...]:
        """Return the words that could stand where the one in a slot does, the likeliest first.

        Raises:
            BadRequestError: If the server has not told any.
        """
        return self._words(slot, count)[0]

    def text_of(self, choice: SlotChoice) -> str:
        """Return the text of the token that a choice of another word puts into its slot."""
        options, place, cut = self._words(choice.slot, _MOST)
        word = next((one.text for one in options if one.rank == choice.rank), place.text)
        return cut + place.head + word + place.tail

    def _words(self, slot: int, count: int) -> tuple[tuple[WordOption, ...], WordPlace, str]:
        """Return the words of a place, and what the first token has of the text before."""
        place, tokens = WordPlace.of(self.draft, slot), self.answer.tokens
        # It tells of single tokens: what a longer word begins with, nobody has completed.
        if place is None or len(place.slots) > 1 or not 0 <= slot < len(tokens):
            raise BadRequestError(NO_WORDS)
        cut = tokens[slot].text.removesuffix(place.head + place.text + place.tail)
        shares: dict[str, float] = {}
        for option in tokens[slot].options:
            if (word := place.word_of(option.text.removeprefix(cut))) is not None:
                shares[word] = shares.get(word, 0.0) + option.probability
        options = ranked(place.text, shares, count)
        if len(options) < 2:
            raise BadRequestError(NO_WORDS)
        return options, place, cut


class CanvasJob:
    """One `Generate`; remembers its results, so that branches can go on from them."""

    def __init__(
        self, server: RemoteServer, region: Region, task: CanvasTask | None = None
    ) -> None:
        """Start without results; a branch has its parent's task."""
        self.region = region
        self.results: dict[int, Result] = {}  # of each candidate
        self.server = server
        self._task = task

    async def run(self, client: Client, report: ServerReport) -> None:
        """Draft all candidates at the same time.

        Raises:
            EngineError: If none of them came to an end.
        """
        task = self._task = await make_task(client, self.server, self.region)
        request = self.region.request
        canvases = [
            [fresh_canvas(task, slots, request.seed + n) for slots in lengths_of(task, n)]
            for n in range(request.settings.candidates)
        ]
        report.started(max(canvas.num_slots for tries in canvases for canvas in tries))
        await first_good(
            self._draft(client, report, number, tries) for number, tries in enumerate(canvases)
        )

    def branched(self, request: Branch) -> "CanvasJob":
        """Return a branch of this job, as one of its own; `go_on` runs it."""
        own = branch_of(self.region.request, request)
        return CanvasJob(self.server, replace(self.region, request=own), self._task)

    async def go_on(
        self, client: Client, report: ServerReport, parent: "CanvasJob", request: Branch
    ) -> None:
        """Go on from a result: what is pinned is held, what is renoised is noise again.

        What is neither starts from what stood there, and may change.

        Raises:
            EngineError: If there is no such result, or the server fails.
        """
        seen, task = parent.results.get(request.candidate), self._task
        if seen is None or task is None:
            raise BadRequestError(GONE)
        changes = request.changes
        ids = seen.answer.ids
        whole = seen.canvas.whole_words
        renoised = whole(changes.renoise)
        slots: list[int | None] = [
            None if slot in renoised else token for slot, token in enumerate(ids)
        ]
        held = {slot: token.text for slot, token in enumerate(seen.answer.tokens)}
        for slot in renoised | whole(changes.release) if request.holds_rest else set(held):
            held.pop(slot, None)
        for choice in changes.pin:
            slots[choice.slot], text = await self._choice(client, seen, choice)
            others = whole([choice.slot]) - {choice.slot} if choice.rank == 0 else set()
            held |= {slot: seen.answer.tokens[slot].text for slot in others}
            held[choice.slot] = text
        canvas = laid_out(task, slots, random.Random(request.seed), held)
        report.started(canvas.num_slots)
        await self._draft(client, report, 0, [canvas])

    async def _choice(self, client: Client, seen: Result, choice: SlotChoice) -> tuple[int, str]:
        """Return the token of a choice and its words; its number is known only to the server."""
        slot, rank = choice.slot, choice.rank
        if not 0 <= slot < len(seen.answer.ids):
            raise BadRequestError("That word is not part of the draft any more. Choose another.")
        if rank == 0:
            return seen.answer.ids[slot], seen.answer.tokens[slot].text
        text = seen.text_of(choice)
        ids = await RemoteTokenizer(client, self.server.model).encode(text)
        if len(ids) != 1:
            raise BadRequestError(f"“{text}” cannot be put there alone. Choose another word.")
        return ids[0], text

    async def _draft(
        self, client: Client, report: ServerReport, number: int, tries: list[Canvas]
    ) -> None:
        """Have several canvases of one candidate denoised, and keep the best."""
        results = await first_good(self._denoise(client, canvas) for canvas in tries)
        best = max(results, key=lambda result: result.score.total)
        self.results[number] = best
        report.done(number, best.draft, best.score)

    async def _denoise(self, client: Client, canvas: Canvas) -> Result:
        task, region = self._task, self.region
        assert task is not None, "a canvas belongs to a task"
        answer = await read_all(client.stream(COMPLETIONS, canvas.body(task)))
        if not answer.ids or len(answer.ids) > canvas.num_slots:
            raise ServerError(
                "The server does not send the tokens it wrote. Update its vLLM to 0.32 or newer."
            )
        answer = answer.with_held(canvas.pinned, canvas.seed)
        # The space that was taken from the context comes back with the first token, if the model
        # wants it.
        start = len(task.healed) if answer.text.startswith(task.healed) else 0
        text = answer.text[start:]
        if not canvas.pinned:  # or what is cut off might be what was to stay
            text = text[: end_of_line(region, text)]
        check_kept(region, text)
        spans = answer.spans(start, start + len(text), counts_slots=True)
        spans = tuple(replace(span, pinned=span.slot in canvas.pinned) for span in spans)
        draft = Draft(text=text, spans=spans).within(region.lead, region.trail)
        return Result(
            canvas=canvas,
            answer=answer,
            draft=draft,
            score=score(region, draft.text, answer.likelihood_without(canvas.pinned)),
        )
