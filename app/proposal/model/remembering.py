"""From a proposal that has ended to the history."""

from collections.abc import Iterator
from datetime import UTC, datetime

from app.proposal.model.candidate import Candidate
from app.proposal.model.history import History
from app.proposal.model.past import DraftOrigin, Outcome, PastCandidate
from app.proposal.model.selections import places_of
from app.proposal.model.snapshot import Snapshot


def remember(history: History, last: Snapshot, origin: DraftOrigin) -> list[PastCandidate]:
    """Hand the candidates of a proposal that has ended to the history, the one shown last.

    Return what the history has of it.
    """
    outcome, shown = last.outcome, last.candidate
    if outcome is None:
        return []
    past: list[PastCandidate] = []
    others = [one for one in last.candidates if one is not shown and one.draft]
    # The worst first, so that the newest in the history is what was shown.
    for candidate in reversed(others):
        is_taken = outcome is Outcome.ACCEPTED
        past += _past(last, origin, candidate, Outcome.SUPERSEDED if is_taken else outcome)
    if last.draft is not None and (shown.frames or shown.final):
        past += _past(last, origin, shown, outcome)
    for one in past:
        history.add(one)
    return past


def _past(
    last: Snapshot, origin: DraftOrigin, candidate: Candidate, outcome: Outcome
) -> Iterator[PastCandidate]:
    is_shown = candidate is last.candidate
    draft = last.draft if is_shown else candidate.draft
    newest = candidate.frames[-1] if candidate.frames else None
    frame = last.frame if is_shown else newest
    if draft is None:
        return
    settings, score = last.place.request.settings, candidate.score
    yield PastCandidate(
        origin=origin,
        time=datetime.now(UTC),
        old_text=last.place.asked_text,
        places=places_of(last.place.request),
        text=draft.document_text.text,
        seed=candidate.seed,
        steps=frame.step if frame else 0,
        mean_entropy=frame.mean_entropy if frame else 0.0,
        outcome=outcome,
        instruction=settings.instruction,
        strength=settings.strength,
        # Held against those of other runs there.
        score=score.total if score and score.is_comparable else None,
    )
