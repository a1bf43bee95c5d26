"""One editor's proposals: from the selection to the engine, and what becomes of its answers."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.editor import Editor
from app.failures import failure_text
from app.proposal.model.accepting import Accepting
from app.proposal.model.active import ActiveProposal
from app.proposal.model.asking import Asking
from app.proposal.model.fewer import why_fewer
from app.proposal.model.following import Following
from app.proposal.model.history import History
from app.proposal.model.options_model import OptionsModel, problem_of
from app.proposal.model.parts import Parts
from app.proposal.model.past import DraftOrigin, Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.pins import Pins
from app.proposal.model.proposal import Proposal
from app.proposal.model.queue import RegionQueue
from app.proposal.model.requests import guarded_region
from app.proposal.model.snapshot import Snapshot
from app.proposal.model.steering import Steering
from app.proposal.model.ways import WRITING_ON, Way, is_of_its_own, way_of
from app.text.edits import text_between
from app.translation import tr
from engine.api import (
    AlternativesFound,
    Branch,
    CandidateFinished,
    CanvasUpdated,
    Event,
    Failed,
    Finished,
    FitFound,
    Loading,
    MemoryReduced,
    QuestionFailed,
    Ready,
    Reasoned,
    Request,
    RunSettings,
    Started,
    Unloaded,
)


class ProposalSession(QObject):
    """Owns the one active proposal of a document; those that have ended go into the history.

    Signals: `status_changed` with the proposal's `Snapshot`; `failed` with a message for the user,
    `hinted` with a short one that goes by itself, when a key could do nothing; `opened` with a
    `Proposal` that is new, before anything is said of it; `live_changed`.
    """

    status_changed = Signal(object)
    failed = Signal(str)
    hinted = Signal(str)
    opened = Signal(object)
    live_changed = Signal()

    def __init__(
        self,
        editor: Editor,
        submit: Callable[[Request], None],
        next_job_id: Callable[[], int],
        next_seed: Callable[[], int],
        parent: QObject | None = None,
        *,
        history: History | None = None,
        origin: Callable[[], DraftOrigin] = DraftOrigin,
        options: OptionsModel | None = None,
    ) -> None:
        super().__init__(parent)
        self.options = options or OptionsModel(self)
        self.steering = Steering(self._submit_for_steering, next_job_id, next_seed, self)
        self.queue = RegionQueue(self)
        self.pins = Pins(editor, self)
        self._asking = Asking(editor, self.pins, next_job_id, next_seed)
        self._parts = Parts(editor)
        self._editor = editor
        self._submit = submit
        self._active = ActiveProposal(submit, self.queue, history, origin, self)
        self._active.opened.connect(self.opened)
        self._active.status_changed.connect(self.status_changed)
        self.accepting = Accepting(editor, self._active, self._parts, self)
        self.accepting.ended.connect(self._start_next)
        self._following = Following(editor, submit, self._active, self._parts, self.queue, self)
        self._following.live_due.connect(self._draft_live)

    @property
    def status(self) -> Snapshot:
        """What is to be said of the proposal, or of the one that has ended last."""
        return self._active.status

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that is shown; None if there is none."""
        return self._active.proposal

    @property
    def is_typing(self) -> bool:
        """Whether the user types at the caret, and so goes on typing."""
        return self._following.is_typing

    @property
    def has_old_text(self) -> bool:
        """Whether the region that is meant, or the selection, is more than a place."""
        start, end = self._asking.target(self.proposal)
        return start < end

    @property
    def editor(self) -> Editor:
        """The editor that it is shown in."""
        return self._editor

    def regenerate(self, settings: RunSettings | None = None, *, is_exact: bool = False) -> None:
        """Ask for a new text for the selection, or for the gap at the caret.

        At a proposal it means one more candidate, with another seed: the words that are pinned
        stay, a parked one is drafted anew. Elsewhere a region waits while the engine is busy.

        Args:
            settings: The settings; None: those of the bar, or of a way of rewriting the proposal.
            is_exact: Whether the selection is meant to the letter, and not in whole words.
        """
        proposal = self.proposal
        region = self._asking.target(proposal, is_exact=is_exact)
        if settings is None and proposal is not None and region == proposal.place.ends:
            asked = proposal.place.request.settings
            # Once more the same way, and not by the settings of the bar, which were not used for
            # it.
            settings = replace(asked, seed=None) if is_of_its_own(asked) else None
        settings = settings or self.options.for_run
        if self._run(region, settings, holds_pins=True) and not way_of(settings.instruction):
            self.options.notify_used(settings.instruction)

    def show_candidate(self, step: int) -> None:
        """Show the candidate so many places further on; behind the last one, make another."""
        proposal, keys = self.proposal, self.options.keys
        if proposal is None:
            return
        candidates = proposal.candidates
        is_behind = step > 0 and candidates.current == candidates.ordered[-1]
        settings = replace(proposal.place.request.settings, candidates=1, seed=None)
        # With soft edges another region would be drafted, and these candidates would be gone.
        can_add = not (proposal.is_busy or proposal.place.is_soft or settings.soft_edge)
        if is_behind and can_add:
            self._run(proposal.place.ends, settings, holds_pins=True)
        elif len(candidates) > 1:
            candidates.choose_next(step)
        elif proposal.is_busy:
            self.hinted.emit(tr("The draft is still being made."))
        else:
            self.hinted.emit(keys.fill(tr("This is the only draft. {next} makes another.")))

    def rewrite_as(self, way: Way) -> None:
        """Rewrite the selection, or the proposal's region, in one of the known ways."""
        start, end = region = self._asking.target(self.proposal)
        if why := self.options.why_no_instruction:
            self.failed.emit(why)
        elif not text_between(self._editor.document(), start, end).strip():
            self.failed.emit(tr("Select the passage to rewrite first."))
        else:
            self._run(region, way.applied_to(self.options.for_run))

    def write_on(self) -> None:
        """Write on from the caret, or from the selection's end, until the paragraph ends.

        Behind a draft that waits for the user, it waits too.
        """
        settings = replace(WRITING_ON, seed=self.options.settings.seed)
        proposal = self.proposal
        start, end = region = self._asking.target(proposal)
        if proposal and proposal.can_accept and region == proposal.place.ends and start < end:
            self.queue.add(end, end, settings)
            return
        cursor = self._editor.textCursor()
        cursor.setPosition(end := cursor.selectionEnd())
        self._editor.setTextCursor(cursor)
        self._run((end, end), settings)

    def rewrite_again(self) -> None:
        """Draft the region at the caret that was accepted last once more, with its settings."""
        cursor = self._editor.textCursor()
        found = self._parts.accepted_at(cursor.selectionStart(), cursor.selectionEnd())
        if found is None:
            self.regenerate()
        else:
            start, end, settings = found
            self._open(start, end, replace(settings, seed=None))

    def stop_or_reject(self) -> None:
        """Stop and keep the draft; without one, or when it is done, reject without a trace."""
        proposal = self.proposal
        if proposal is None:
            self.queue.clear()
            return
        if proposal.is_busy and proposal.draft is not None:
            self._active.cancel()
            proposal.notify_stopped()
        else:
            self._active.drop(Outcome.REJECTED)
            self._start_next()

    def close(self) -> None:
        """Reject what is shown, running or not: its document is going away."""
        self.queue.clear()
        self._active.drop(Outcome.REJECTED)

    def set_live(self, is_live: bool) -> None:
        """Draft the region anew whenever the text around it changes, or leave that."""
        if self.proposal is not None and is_live != self.proposal.snapshot.is_live:
            self.proposal.set_is_live(is_live)
            self.live_changed.emit()

    def handle(self, event: Event) -> None:
        """Take in an event of the engine; those of other jobs are dropped by number."""
        proposal = self.proposal
        if proposal is None or isinstance(event, FitFound):
            return
        if isinstance(event, AlternativesFound | QuestionFailed):
            self.steering.notify_answer(event)
            return
        # An older job of the same proposal: it was cancelled, and its last frames may still come.
        if event.job_id != proposal.job_id:
            return
        match event:
            case Started():
                proposal.notify_started(event)
            case Reasoned():
                self.hinted.emit(
                    tr("The model thinks before it writes: %n words so far.", "", event.words)
                )
            case CanvasUpdated():
                proposal.notify_frame(event)
            case CandidateFinished():
                proposal.notify_candidate(event)
            case Finished():
                self._following.notify_run(event.ms)
                fewer = why_fewer(proposal, event)
                proposal.notify_finished(event)
                if hint := fewer():
                    self.hinted.emit(hint)
            case Failed():
                text = failure_text(event.kind, event.message)
                proposal.notify_failed(text)
                self.failed.emit(text)
                if self.proposal is None:
                    self._start_next()
            case MemoryReduced():
                proposal.notify_restarted()
            case Loading() | Ready() | Unloaded():
                pass

    def _run(
        self, region: tuple[int, int], settings: RunSettings, *, holds_pins: bool = False
    ) -> bool:
        """Draft a region with these settings, or let it wait; return whether that can be.

        Args:
            region: From and to, UTF-16 units.
            settings: How.
            holds_pins: Whether words pinned in the draft stay, which no other wish can have.
        """
        if problem := problem_of(settings):
            self.failed.emit(problem)
            return False
        # A large file that is still coming in: the text behind the region is not all there.
        if self._editor.isReadOnly():
            self.failed.emit(tr("The file is still being read. Try again when all of it is there."))
            return False
        proposal = self.proposal
        start, end = region
        if proposal is not None and region == proposal.place.ends:
            if proposal.phase is not Phase.STALE:
                if holds_pins and self.steering.run_with_pins():
                    return True
                # A soft edge makes the region larger, so the next proposal begins from what was
                # asked for, anew.
                if not (proposal.place.is_soft or settings.soft_edge):
                    self._submit_anew(proposal, settings)
                    return True
            start, end = proposal.place.hard_region
        elif proposal is not None and proposal.is_busy and proposal.draft is not None:
            self.queue.add(start, end, settings, self.pins.of_region(start, end))
            return True
        self._open(start, end, settings, self._asking.pinned(start, end, proposal))
        return True

    def _open(
        self,
        start: int,
        end: int,
        settings: RunSettings,
        pinned: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """Make a proposal for a region, in the place of the one there is."""
        self._active.drop(Outcome.SUPERSEDED)
        request = self._asking.request(start, end, settings, pinned)
        proposal = Proposal(request, guarded_region(request, start, end), self)
        self.steering.follow(proposal)
        self._parts.follow(proposal)
        self._active.show(proposal)
        self._submit(request)

    def _submit_anew(self, proposal: Proposal, settings: RunSettings) -> None:
        """Ask for one more candidate of a region, beside the others."""
        self._active.cancel()
        start, end = proposal.place.ends
        pinned = self._asking.pinned(start, end, proposal)
        request = self._asking.request(start, end, settings, pinned, proposal)
        proposal.notify_submitted(request)
        self._submit(request)

    def _submit_for_steering(self, request: Request) -> None:
        # A branch takes the engine's place; steering goes on with the job that runs.
        if isinstance(request, Branch):
            self._active.cancel()
        self._submit(request)

    def _start_next(self) -> None:
        if self.proposal is None and (waiting := self.queue.pop_next()) is not None:
            region = waiting.region
            self._open(region.start, region.end, waiting.settings, waiting.pinned)

    def _draft_live(self) -> None:
        """Draft a live region anew: with the same seed, so that only its surroundings tell."""
        if self.proposal is not None and self.proposal.snapshot.is_outdated:
            settings = self.proposal.place.request.settings
            if not self.proposal.place.is_soft:
                self._submit_anew(self.proposal, settings)
                return
            region = self.proposal.place.hard_region
            pinned = self._asking.pinned(*region, self.proposal)
            self._open(*region, settings, pinned)
            self.proposal.set_is_live(True)
