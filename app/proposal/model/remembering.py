"""From a proposal that has ended to the history."""

from datetime import UTC, datetime

from app.proposal.model.candidate import Take
from app.proposal.model.history import History
from app.proposal.model.past import Candidate, Origin, Outcome
from app.proposal.model.proposal import Proposal


def remember(history: History, proposal: Proposal, origin: Origin) -> None:
    """Hand the candidates of a proposal that has ended to the history, the one shown last."""
    outcome, shown = proposal.outcome, proposal.take
    if outcome is None:
        return
    others = [take for take in proposal.takes if take is not shown and take.draft]
    for take in reversed(others):
        is_taken = outcome is Outcome.ACCEPTED
        _keep(history, proposal, origin, take, Outcome.SUPERSEDED if is_taken else outcome)
    if proposal.draft is not None and (shown.frames or shown.final):
        _keep(history, proposal, origin, shown, outcome)


def _keep(
    history: History, proposal: Proposal, origin: Origin, take: Take, outcome: Outcome
) -> None:
    is_shown = take is proposal.take
    draft = proposal.draft if is_shown else take.draft
    index = proposal.takes.frame if is_shown and proposal.takes.frame is not None else -1
    frame = take.frames[index] if take.frames else None
    if draft is None:
        return
    history.add(
        Candidate(
            origin=origin,
            time=datetime.now(UTC),
            old_text=proposal.place.asked_text,
            text=draft.as_document_text().text,
            seed=take.seed,
            steps=frame.step if frame else 0,
            mean_entropy=frame.mean_entropy if frame else 0.0,
            outcome=outcome,
            instruction=proposal.place.request.instruction,
            strength=proposal.place.request.strength,
            score=take.score.total if take.score else None,
        )
    )
