"""Why there are fewer candidates than were asked for."""

from collections.abc import Callable

from app.failures import failure_text
from app.proposal.model.proposal import Proposal
from app.translation import tr
from engine.api import Fewer, Finished, FinishReason


def why_fewer(proposal: Proposal, event: Finished) -> Callable[[], str]:
    """Return what says it once a proposal has taken a job's end in; empty if there is nothing."""
    num_before = len(proposal.candidates)
    asked = proposal.num_asked

    def say() -> str:
        lost = num_before - len(proposal.candidates)
        if lost <= 0 or event.reason is FinishReason.CANCELLED:
            return ""
        if event.why_fewer:
            return _told(event.why_fewer)
        if asked > 1:
            return tr(
                "There are fewer versions than asked for: some came to the same text, or could not "
                "be made."
            )
        return tr("The new version came to a text that is there already.")

    return say


def _told(fewer: Fewer) -> str:
    """Put into words what a server has come to."""
    told = [tr("There are fewer versions than asked for.")]
    if fewer.same:
        text = tr(
            "The server wrote the same text {count} times: it may have been started to write "
            "without chance."
        )
        told.append(text.format(count=fewer.same))
    if fewer.failed:
        text = tr("{failed} of {asked} could not be made: {reason}")
        reason = failure_text(fewer.kind, fewer.message)
        told.append(text.format(failed=fewer.failed, asked=fewer.asked, reason=reason))
    return " ".join(told)
