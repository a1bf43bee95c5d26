"""From a proposal that has ended to the history."""

from datetime import UTC, datetime

from app.proposal.model.candidate import Candidate
from app.proposal.model.history import History
from app.proposal.model.past import Origin, Outcome, PastCandidate
from app.proposal.model.proposal import Proposal


def remember(history: History, proposal: Proposal, origin: Origin) -> None:
    """Hand the candidates of a proposal that has ended to the history, the one shown last."""
    outcome, shown = proposal.outcome, proposal.candidate
    if outcome is None:
        return
    others = [
        candidate for candidate in proposal.candidates if candidate is not shown and candidate.draft
    ]
    for candidate in reversed(others):
        is_taken = outcome is Outcome.ACCEPTED
        _keep(history, proposal, origin, candidate, Outcome.SUPERSEDED if is_taken else outcome)
    if proposal.draft is not None and (shown.frames or shown.final):
        _keep(history, proposal, origin, shown, outcome)


def _keep(
    history: History, proposal: Proposal, origin: Origin, candidate: Candidate, outcome: Outcome
) -> None:
    is_shown = candidate is proposal.candidate
    draft = proposal.draft if is_shown else candidate.draft
    index = proposal.candidates.frame if is_shown and proposal.candidates.frame is not None else -1
    frame = candidate.frames[index] if candidate.frames else None
    if draft is None:
        return
    history.add(
        PastCandidate(
            origin=origin,
            time=datetime.now(UTC),
            old_text=proposal.place.asked_text,
            text=draft.as_document_text().text,
            seed=candidate.seed,
            steps=frame.step if frame else 0,
            mean_entropy=frame.mean_entropy if frame else 0.0,
            outcome=outcome,
            instruction=proposal.place.request.settings.instruction,
            strength=proposal.place.request.settings.strength,
            score=candidate.score.total if candidate.score else None,
        )
    )
