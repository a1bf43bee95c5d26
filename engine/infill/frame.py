"""Steps that were taken, kept so that they can be shown, asked about and gone on from."""

from dataclasses import dataclass, field

from engine.api import WordOption
from engine.denoise_step import CanvasState, Clamp
from engine.denoiser import Begun, DenoisingStep
from engine.model import KVCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that could stand in a place."""

    slots: range  # of the region
    options: tuple[WordOption, ...]  # the likeliest first
    tokens: dict[int, tuple[int, ...]]  # by rank, for all of the slots


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A step of one hypothesis."""

    number: int  # of the schedule of its canvas
    block: int
    cache: KVCache
    clamp: Clamp  # of this one canvas
    before: CanvasState  # what the step saw
    after: CanvasState
    draft: list[int]  # tokens of this canvas' slots
    tokens: list[int]  # what the canvas holds in them, noise included
    entropy: list[float]
    num_free: int  # of these slots
    committed: int  # slots of earlier canvases
    # By their first slot, as far as they were asked for: one of them may be chosen next.
    words: dict[int, Words] = field(default_factory=dict)

    @property
    def mean_entropy(self) -> float:
        """Nats, over the free slots of the canvas."""
        return sum(self.entropy) / max(self.num_free, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchFrame:
    """A step of a whole batch, or what stood in it before the first; a row for each canvas."""

    number: int
    cache: KVCache
    clamp: Clamp
    before: CanvasState
    after: CanvasState
    draft: list[list[int]]  # as many slots as the longest canvas has
    tokens: list[list[int]]
    entropy: list[list[float]]  # nats
    num_free: list[int]

    @classmethod
    def of(cls, step: DenoisingStep) -> "BatchFrame":
        """Return what a step has found; the states are not copied."""
        output = step.output
        return cls(
            number=step.number,
            cache=step.asked.cache,
            clamp=step.asked.clamp,
            before=step.asked.state,
            after=output.state,
            draft=output.draft.tolist(),
            tokens=output.tokens.tolist(),
            entropy=output.entropy.tolist(),
            num_free=output.num_free.tolist(),
        )

    @classmethod
    def before_step(
        cls, begun: Begun, tokens: list[list[int]], entropy: list[list[float]]
    ) -> "BatchFrame":
        """Return what stands in the slots, or is believed of them, before a first step."""
        state, clamp = begun.state, begun.clamp
        return cls(
            number=begun.steps_done,
            cache=begun.cache,
            clamp=clamp,
            before=state,
            after=state,
            draft=tokens,
            tokens=tokens,
            entropy=entropy,
            num_free=clamp.free.sum(dim=-1).tolist(),
        )
