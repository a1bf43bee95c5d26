"""What a job yields while it works, however it works."""

from dataclasses import dataclass

from engine.api import Score
from engine.infill.draft import Draft

FORGOTTEN = "That step is not remembered any more. Start again from here."


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillStep:
    """One step of a candidate: of denoising, or a token written from the left."""

    candidate: int
    step: int  # 1.., over all canvases of the region
    draft: Draft
    raw: str  # the canvas itself
    mean_entropy: float  # nats, over the slots of the current canvas


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDone:
    """A candidate is finished."""

    candidate: int
    seed: int
    draft: Draft
    steps: int
    has_converged: bool
    score: Score


Progress = InfillStep | CandidateDone
