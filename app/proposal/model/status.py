"""Where a proposal is in its life, and what is said of it."""

from dataclasses import dataclass

from app.proposal.model.past import Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from engine.api import FinishReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalStatus:
    """What the status line says of a proposal."""

    phase: Phase
    step: int = 0
    max_steps: int = 0
    mean_entropy: float = 0.0  # nats
    step_ms: float = 0.0
    num_frames: int = 0
    reason: FinishReason | None = None
    note: str = ""
    candidate: int = 0  # the place of the one shown, from 1; 0: there is only one
    num_candidates: int = 0
    frame: int = 0  # the frame shown, from 1; 0: the newest
    shows_old: bool = False
    num_queued: int = 0
    has_parts: bool = False  # of a draft in the document
    writes_on: bool = False  # from left to right, a step a word or less
    outcome: Outcome | None = None  # how it has ended; None while it is shown


def status_of(proposal: Proposal) -> ProposalStatus:
    """Return what is to be said of a proposal now."""
    candidates = proposal.candidates
    candidate, frame = candidates.current, candidates.frame
    last = candidate.frames[-1 if frame is None else frame] if candidate.frames else None
    return ProposalStatus(
        phase=proposal.phase,
        step=last.step if last else 0,
        max_steps=last.max_steps if last else candidates.max_steps,
        mean_entropy=last.mean_entropy if last else 0.0,
        step_ms=last.step_ms if last else 0.0,
        num_frames=len(candidate.frames),
        reason=candidate.reason,
        note=proposal.note,
        candidate=candidates.ordered.index(candidate) + 1 if len(candidates) > 1 else 0,
        num_candidates=len(candidates),
        frame=0 if frame is None else frame + 1,
        shows_old=candidates.shows_old,
        has_parts=proposal.place.has_parts,
        writes_on=candidate.writes_on,
        outcome=proposal.outcome,
    )
