"""The one proposal of an editor that is shown, and what is said of it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.proposal.model.history import History
from app.proposal.model.past import DraftOrigin, Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.queue import RegionQueue
from app.proposal.model.remembering import remember
from app.proposal.model.snapshot import Snapshot
from engine.api import Cancel, Request


class ActiveProposal(QObject):
    """Holds a proposal from its first request to its end; those that have ended are remembered.

    Signals: `opened` with a new `Proposal`, before anything is said of it, so that whoever draws
    it has drawn what a status tells; `status_changed` with the proposal's `Snapshot`, also after a
    region came into the queue or left it.
    """

    opened = Signal(object)
    status_changed = Signal(object)

    def __init__(
        self,
        submit: Callable[[Request], None],
        queue: RegionQueue,
        history: History | None,
        origin: Callable[[], DraftOrigin],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._queue = queue
        self._history = history
        self._origin = origin
        self._proposal: Proposal | None = None
        self._last = Snapshot()  # of the proposal that has ended last
        queue.changed.connect(self._publish)

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that is shown; None if there is none."""
        return self._proposal

    @property
    def status(self) -> Snapshot:
        """What is to be said of the proposal, or of the one that has ended last."""
        return self._last if self._proposal is None else self._proposal.snapshot

    def show(self, proposal: Proposal) -> None:
        """Show a proposal where none is."""
        assert self._proposal is None, "the one before has to go first"
        self._proposal = proposal
        self.opened.emit(proposal)
        # After `opened`: whoever draws it must have drawn what the first status tells.
        proposal.status_changed.connect(self._publish)
        self._publish()

    def drop(self, outcome: Outcome) -> None:
        """Cancel what runs and take the proposal away without a trace in the document."""
        if self._proposal is not None:
            self.cancel()
            self._proposal.notify_closed(outcome)

    def cancel(self) -> None:
        """Stop the engine, if it works on the proposal."""
        if self._proposal is not None and self._proposal.is_busy:
            self._submit(Cancel(job_id=self._proposal.job_id))

    def _publish(self) -> None:
        proposal = self._proposal
        # Taken away before it is told: whoever hears of the end may open the next at once.
        if proposal is not None and proposal.phase is Phase.IDLE:
            self._last, self._proposal = proposal.snapshot, None
            proposal.deleteLater()
            if self._history is not None:
                remember(self._history, self._last, self._origin())
        self.status_changed.emit(self.status)
