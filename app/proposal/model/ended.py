"""A proposal that has ended, as it was just before: from this it can be opened again."""

from dataclasses import dataclass

from app.proposal.model.candidate import Candidate, Draft
from app.proposal.model.past import PastCandidate
from app.proposal.model.phase import Phase
from app.proposal.model.placement import Placement
from app.proposal.model.snapshot import Snapshot
from app.text.rebase import Region, Trail
from engine.api import Branch, DraftSpan, FinishReason, Generate


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a proposal was, with all its candidates and their frames."""

    job: Generate | Branch  # the newest
    snapshot: Snapshot
    held_texts: frozenset[str]  # by its region, in the document
    trail: Trail | None = None  # of one that was parked


def ended_as(past: PastCandidate, request: Generate, region: Region) -> Ended:
    """Return what there is of a proposal in the history, for the place where its old text is."""
    # The history has no tokens: it is one stretch of text that stays.
    span = DraftSpan(start=0, end=len(past.text), entropy=0.0, accepted=True)
    draft = Draft(text=past.text, spans=(span,) if past.text else ())
    candidate = Candidate(job=request, final=draft, reason=FinishReason.CONVERGED)
    old = past.old_text
    snapshot = Snapshot(
        phase=Phase.FINISHED,
        place=Placement(request=request, region=region, old_text=old, asked_text=old),
        candidates=(candidate,),
        draft=draft,
        job_steps=past.steps,
    )
    return Ended(job=request, snapshot=snapshot, held_texts=frozenset((old,)))
