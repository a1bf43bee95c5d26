"""Regions with relations between them: rules strike out, the model chooses, choices are taken back.

Every region has a list of texts. What rules leave to one alone is decided; for those with the
fewest texts left the model is asked what it believes of their slots, all that is decided standing
there and these being noise, which is a denoising step. Of these regions the surest takes its
likeliest, rules go on from there, and what a contradiction takes back is noise again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from engine.api import (
    Branch,
    DraftSpan,
    FindAlternatives,
    Generate,
    Score,
    Steer,
    WordOption,
)
from engine.denoise_step import predict
from engine.denoiser import Begun
from engine.errors import BadRequestError
from engine.infill.clamps import clamp_hypotheses
from engine.infill.context import ContextCache
from engine.infill.engine import InfillEngine
from engine.infill.forms import formed_parts
from engine.infill.holes import grouped, of_group
from engine.infill.hypotheses import new_generator
from engine.infill.hypothesis import Hypothesis
from engine.infill.pieces import joined
from engine.infill.task import InfillTask
from engine.region.progress import CandidateDone, Draft, DraftStep, Progress, mean_entropy
from engine.region.relations import Search

_MOST_ASKED = 40  # times that the model is asked; then what it said last goes on
_HARDLY = -20.0  # nats of a text of another number of tokens than its region has slots
_TEMPERATURE = torch.tensor(1.0)
_NO_STEP = "Where relations decide there is no step to go on from. Start again from here."


@dataclass(slots=True)
class _Beliefs:
    """What the model said of the texts of each region, in nats; without a word, all are alike."""

    nats: dict[int, dict[str, float]]

    def of(self, region: int, texts: Sequence[str]) -> torch.Tensor:
        """Return the probabilities of a region's texts."""
        known = self.nats.get(region, {})
        return torch.tensor([known.get(text, 0.0) for text in texts]).softmax(dim=0)


class Related:
    """A planned request with relations; stands where an `InfillJob` stands."""

    def __init__(
        self,
        task: InfillTask,
        contexts: ContextCache,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare to run.

        Raises:
            BadRequestError: If rules alone leave nothing.
        """
        self.task, self._contexts, self._is_cancelled = task, contexts, is_cancelled
        self._request = _allowed(task)
        self.num_slots = len(self._request.regions)
        # If no choice is taken back; each that is may add one, see `Report`.
        self.max_steps = len(Search.of(self._request).open_regions) + 1

    @torch.inference_mode()
    def run(self) -> Iterator[Progress]:
        """Decide all regions, once for each candidate; stop iterating to cancel.

        Raises:
            BadRequestError: If nothing keeps the relations.
        """
        for candidate in range(self._request.settings.candidates):
            yield from self._candidate(candidate)

    def steer(self, request: Steer) -> None:
        """Do nothing: a text that is pinned could contradict what was decided before it."""

    def alternatives(self, request: FindAlternatives) -> tuple[WordOption, ...]:
        """Return none: what else could stand there hangs on all other regions."""
        return ()

    def branch(self, request: Branch) -> "Related":
        """Refuse.

        Raises:
            BadRequestError: Always.
        """
        raise BadRequestError(_NO_STEP)

    def _candidate(self, candidate: int) -> Iterator[Progress]:
        search = Search.of(self._request, self._is_cancelled)
        seed = self._request.seed + candidate
        generator = new_generator(self.task.engine, seed)
        beliefs, steps, asked, nats = _Beliefs({}), 0, 0, 0.0
        while True:
            if search.open_regions and asked < _MOST_ASKED:
                beliefs.nats |= self._believed(search, fewest=asked > 0)
                asked += 1
            if self._is_cancelled():
                return
            steps += 1
            draft = self._draft(search, beliefs)
            nats = mean_entropy(draft.spans)
            yield DraftStep(
                candidate=candidate, step=steps, draft=draft, raw=draft.text, mean_entropy=nats
            )
            if not search.open_regions:
                break
            region = self._surest(search, beliefs)
            texts = search.domains[region]
            shares = beliefs.of(region, texts)
            # The first candidate is the likeliest; others, and what is asked for once more, are
            # drawn.
            is_drawn = bool(candidate or self._request.avoid)
            drawn = torch.multinomial(shares, 1, generator=generator) if is_drawn else None
            search.choose(region, texts[int(shares.argmax() if drawn is None else drawn)])
        yield CandidateDone(
            candidate=candidate,
            seed=seed,
            draft=draft,
            steps=steps,
            has_converged=True,
            score=Score(total=-nats, log_likelihood=0.0),
            decided=search.decided,
        )

    def _surest(self, search: Search, beliefs: _Beliefs) -> int:
        """Return the region to choose for: of those with the fewest texts left, the surest one."""

        def order(region: int) -> tuple[int, float, int]:
            texts = search.domains[region]
            return len(texts), -float(beliefs.of(region, texts).max()), region

        return min(search.open_regions, key=order)

    def _draft(self, search: Search, beliefs: _Beliefs) -> Draft:
        drafts = []
        for region, texts in enumerate(search.domains):
            shares = beliefs.of(region, texts)
            text = texts[int(shares.argmax())]
            nats = float(-(shares * shares.clamp_min(1e-9).log()).sum())
            is_decided = len(texts) == 1
            span = DraftSpan(
                start=0,
                end=len(text),
                entropy=0.0 if is_decided else nats,
                accepted=is_decided,
                slot=region,
            )
            drafts.append(Draft(text=text, spans=(span,)))
        return joined(self._request, drafts)

    def _believed(self, search: Search, *, fewest: bool) -> dict[int, dict[str, float]]:
        """Ask the model about open regions, a canvas at a time.

        Args:
            search: As far as it has come.
            fewest: Only those with the fewest texts left, of which the next choice is.
        """
        least = min(len(search.domains[place]) for place in search.open_regions)
        most = least if fewest else max(map(len, search.domains))
        request, numbers = _with_decided(self._request, search, most)
        engine, found = self.task.engine, dict[int, dict[str, float]]()
        for group in grouped(engine.codec, request, engine.canvas_length):
            if self._is_cancelled():
                break
            own, _ = of_group(request, group, request.region, 0)
            task = InfillTask.planned(engine, own)
            if len(task.plan.blocks) > 1:
                continue  # a text that no canvas holds; without a word all of a list are alike
            task = task.encoded(self._contexts, self._is_cancelled)
            if task.cache.length < len(task.plan.prefix):
                break  # cancelled
            places = [numbers[hole] for hole in group]
            texts = [search.domains[place] for place in places]
            found |= dict(zip(places, _nats_of(task, texts), strict=True))
        return found


def _allowed(task: InfillTask) -> Generate:
    """Return the request without the texts that other constraints rule out."""
    rule, forms = task.region.rule, task.request.forms
    with rule.limit:
        left = [tuple(text for text in form.values if rule.allows(text)) for form in forms]
    if not all(left):
        raise BadRequestError("The constraints allow none of a region's texts. Allow more.")
    pairs = zip(forms, left, strict=True)
    return replace(task.request, forms=tuple(replace(form, values=own) for form, own in pairs))


def _with_decided(
    request: Generate, search: Search, most: int
) -> tuple[Generate, dict[tuple[int, int], int]]:
    """Return the request of the open regions with up to `most` texts, and their numbers."""
    text, stand, shifted = "", 0, dict[tuple[int, int], int]()
    for place in sorted(range(len(request.regions)), key=lambda one: request.regions[one]):
        begin, finish = request.regions[place]
        text += request.region[stand:begin]
        texts = search.domains[place]
        own = texts[0] if len(texts) == 1 else request.region[begin:finish]
        if 1 < len(texts) <= most:
            shifted[len(text), len(text) + len(own)] = place
        text, stand = text + own, finish
    return (
        replace(
            request,
            region=text + request.region[stand:],
            regions=tuple(shifted),
            forms=tuple(request.forms[place] for place in shifted.values()),
            relations=(),
        ),
        shifted,
    )


def _nats_of(task: InfillTask, texts: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Return what a pass over a canvas whose regions are noise says of each region's texts."""
    engine, plan = task.engine, task.plan
    generator = torch.Generator(engine.model.device).manual_seed(0)
    hypothesis = Hypothesis.blank(plan, generator)
    clamp = clamp_hypotheses(task, [hypothesis])
    begun = Begun.from_noise(engine.model, task.cache, clamp, engine.sampler, [generator])
    logits = predict(engine.model, task.cache, begun.state, clamp, _TEMPERATURE).logits
    nats = logits[0].log_softmax(dim=-1).cpu()
    return [
        {text: _of_text(engine, nats[own.start : own.stop], prefix, text) for text in each}
        for (own, _, prefix), each in zip(formed_parts(plan), texts, strict=True)
    ]


def _of_text(engine: InfillEngine, nats: torch.Tensor, prefix: bytes, text: str) -> float:
    ids = engine.codec.encode(prefix.decode(errors="ignore") + text)
    if len(ids) != len(nats):
        return _HARDLY
    return float(nats[torch.arange(len(ids)), ids].sum())
