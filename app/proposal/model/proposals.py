"""The proposals of an editor, side by side, and the one of them that keys and panel mean."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from PySide6.QtCore import QObject, Signal

from app.proposal.model.ended import Ended
from app.proposal.model.history import History
from app.proposal.model.others import LaidIn
from app.proposal.model.past import DraftOrigin, Outcome, PastCandidate
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.queue import RegionQueue
from app.proposal.model.remembering import remember
from app.proposal.model.snapshot import Snapshot
from app.text.rebase import Region, overlap
from engine.api import Cancel, Request

MAX_REMEMBERED = 200  # proposals that have ended last, with what the history has of them


class Proposals(QObject):
    """Holds each from its first request to its end; those that have ended are remembered.

    No two of them stand for the same text. One may be the current: that at the caret, or else the
    one that was it last or was opened last.

    Signals: `opened` with a new `Proposal`, before anything is said of it, so that whoever draws
    it has drawn what a status tells, and `added` once it has its place; `all_told` once each has
    told what an edit has changed; `current_changed`, when another one is meant or none;
    `status_changed` with the current one's `Snapshot`, also after something was to be said of
    another one, or a region came into the queue or left it.
    """

    opened = Signal(object)
    added = Signal()
    all_told = Signal()
    current_changed = Signal()
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
        self._all: list[Proposal] = []
        self._current: Proposal | None = None
        self.is_telling = False  # of an edit, to one after the other
        self._last = Snapshot()  # of the proposal that has ended last
        # What the history has of which job's proposal.
        self._past: deque[tuple[int, list[PastCandidate]]] = deque(maxlen=MAX_REMEMBERED)
        queue.changed.connect(self._publish)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    def __iter__(self) -> Iterator[Proposal]:
        """Go through them in the order of the text."""
        return iter(sorted(self._all, key=lambda one: one.place.ends))

    @property
    def current(self) -> Proposal | None:
        """The one that keys and panel mean; None if there is none."""
        return self._current

    @property
    def status(self) -> Snapshot:
        """What is to be said of the current one, or, without any, of the one that ended last."""
        if self._current is not None:
            return self._current.snapshot
        return Snapshot() if self._all else self._last

    @property
    def number(self) -> int:
        """The place of the current one in the order of the text, from 1; 0: there is none."""
        return list(self).index(self._current) + 1 if self._current is not None else 0

    @property
    def running(self) -> Proposal | None:
        """One that the engine works on; None if it works on none of them."""
        return next((one for one in self._all if one.is_busy), None)

    def of_job(self, job_id: int) -> Proposal | None:
        """Return the one that a job is about, by the job's number."""
        return next((one for one in self._all if one.job_id == job_id), None)

    def over(self, region: Region) -> list[Proposal]:
        """Return those that stand for a part of a region's text."""
        return [one for one in self if overlap(one.place.region, region)]

    def laid_in(self, region: Region) -> list[LaidIn]:
        """Return the drafts that may still come into the text around a region."""
        return [
            LaidIn(*one.place.ends, one.draft.document_text.text)
            for one in self
            if one.can_accept and one.draft and not overlap(one.place.region, region)
        ]

    def beside(self, caret: int, step: int) -> Proposal | None:
        """Return the next one in a direction, around the ends of the text; None without any."""
        current = self._current
        is_meant = current is not None and current.has_focus
        at = current.place.region.start if current is not None and is_meant else caret
        in_order = list(self) if step > 0 else list(self)[::-1]
        ways = ((one, (one.place.region.start - at) * step) for one in in_order)
        # One directly at the caret is the next, too, as long as it is not meant.
        ahead = (one for one, way in ways if way > 0 or (way == 0 and not is_meant))
        return next(ahead, in_order[0] if in_order else None)

    def add(self, proposal: Proposal) -> None:
        """Take a proposal in, whose place nobody else has."""
        assert not self.over(proposal.place.region), "those before have to go first"
        self._all.append(proposal)
        self.opened.emit(proposal)
        # After `opened`: whoever draws it must have drawn what the first status tells.
        proposal.status_changed.connect(lambda _: self._follow(proposal))
        # Who is at another draft is to stay there.
        if self._current is None or not self._current.has_focus:
            self.make_current(proposal)
        else:
            proposal.set_has_focus(False)
        self.added.emit()
        self._publish()

    def reopen(self, ended: Ended) -> Proposal:
        """Open one again that has ended, in its place that is free: it is no history yet."""
        place = ended.snapshot.place
        if self._history is not None:
            of_it = [past for job_id, past in self._past if job_id == ended.job.job_id]
            self._history.delete([one for past in of_it for one in past])
        proposal = Proposal(place.request, place.region, self)
        proposal.resume(ended)
        self.add(proposal)
        return proposal

    def make_current(self, proposal: Proposal) -> None:
        """Mean this one from now on."""
        if proposal is not self._current:
            if self._current is not None:
                self._current.set_has_focus(False)
            self._current = proposal
            self.current_changed.emit()
            self._publish()

    def move_on(self, at: int) -> None:
        """Without a current one, mean the next behind a place, or the first, but no key with it."""
        behind = (one for one in self if one.place.region.start >= at)
        found = next(behind, next(iter(self), None))
        if self._current is None and found is not None:
            # No key that was meant for the one before is to decide on it.
            found.set_has_focus(False)
            self.make_current(found)

    def drop(self, proposal: Proposal, outcome: Outcome) -> None:
        """Cancel what runs and take the proposal away without a trace in the document."""
        self.cancel(proposal)
        proposal.notify_closed(outcome)

    def drop_all(self, outcome: Outcome) -> None:
        """Take all of them away."""
        with self.told_together():
            for proposal in list(self):
                self.drop(proposal, outcome)

    def cancel(self, proposal: Proposal) -> None:
        """Stop the engine, if it works on the proposal."""
        if proposal.is_busy:
            self._submit(Cancel(job_id=proposal.job_id))

    @contextmanager
    def told_together(self) -> Iterator[None]:
        """Let nothing be told of any before all know of an edit: some are drawn together."""
        held = list(self)
        self.is_telling = True
        try:
            with ExitStack() as stack:
                for proposal in held:
                    stack.enter_context(proposal.telling_once())
                yield
                for proposal in held:
                    proposal.take_stock()
        finally:
            self.is_telling = False
        self.all_told.emit()

    def _follow(self, proposal: Proposal) -> None:
        # Taken away before it is told: whoever hears of the end may open the next at once.
        if proposal.phase is Phase.IDLE and proposal in self._all:
            self._all.remove(proposal)
            self._last = proposal.snapshot
            is_current = proposal is self._current
            if is_current:
                self._current = None
            proposal.deleteLater()
            if self._history is not None:
                past = remember(self._history, self._last, self._origin())
                self._past.append((proposal.job_id, past))
            if is_current:
                self.current_changed.emit()
        self._publish()

    def _publish(self) -> None:
        self.status_changed.emit(self.status)
