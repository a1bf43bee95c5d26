"""One editor's proposals: from the selection to the engine, and what becomes of its answers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.editor import Editor
from app.failures import failure_text
from app.proposal.model.accepting import Accepting
from app.proposal.model.asking import Asking
from app.proposal.model.document_schema import DocumentSchema, SchemaError
from app.proposal.model.drafting import Drafting
from app.proposal.model.fewer import why_fewer
from app.proposal.model.focus import Focus, is_within
from app.proposal.model.following import Following
from app.proposal.model.hints import Hints
from app.proposal.model.history import History
from app.proposal.model.options_model import OptionsModel, problem_of
from app.proposal.model.parts import Parts
from app.proposal.model.past import DraftOrigin, Outcome, PastCandidate
from app.proposal.model.pause_fill import PauseFill
from app.proposal.model.phase import Phase
from app.proposal.model.pins import Pins
from app.proposal.model.presets import Preset
from app.proposal.model.proposal import Proposal
from app.proposal.model.proposals import Proposals
from app.proposal.model.queue import RegionQueue
from app.proposal.model.selections import (
    ALL,
    Selections,
    alike_of,
    blanks_in,
    selections_of,
    why_not_together,
    without_wishes,
)
from app.proposal.model.snapshot import Snapshot
from app.proposal.model.steering import Steering
from app.proposal.model.undoing import Undoing
from app.proposal.model.ways import WRITING_ON, Way, is_of_its_own
from app.text.edits import length_of, text_between
from app.text.sudoku import SudokuError
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
    """Owns the proposals of a document; those that have ended go into the history.

    What is asked of a draft is asked of the current one. The engine works on one at a time; other
    regions wait for it.

    Signals: `status_changed` with the current proposal's `Snapshot`; `current_changed`; `failed`
    with a message for the user, `hinted` with one of `hints`; `opened` with a `Proposal` that is
    new, before anything is said of it; `live_changed`.
    """

    status_changed = Signal(object)
    failed = Signal(str)
    hinted = Signal(str)
    opened = Signal(object)
    current_changed = Signal()
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
        self.schema = DocumentSchema()
        self._origin = origin
        self._asking = Asking(editor, self.pins, next_job_id, next_seed)
        self._parts = Parts(editor)
        self._editor = editor
        self._submit = submit
        self.proposals = Proposals(submit, self.queue, history, origin, self)
        self.proposals.opened.connect(self.opened)
        self.proposals.current_changed.connect(self._on_current)
        self.proposals.status_changed.connect(self.status_changed)
        # What is typed before a draft and after it is undone one after the other.
        self.proposals.opened.connect(lambda _: editor.undo_runs.end())
        self.proposals.current_changed.connect(editor.undo_runs.end)
        self.hints = Hints(editor, self.proposals, self)
        self.hints.told.connect(self.hinted)
        self.focus = Focus(editor, self.proposals)
        self.drafting = Drafting(submit, self.proposals, self.queue, self._asking, self.focus)
        self.undoing = Undoing(editor, self.proposals, self.focus, self)
        self.accepting = Accepting(
            editor, self.proposals, self._parts, self.steering, self.focus, self.undoing, self
        )
        self.accepting.ended.connect(self.drafting.start_next)
        self.pause_fill = PauseFill(editor, submit, next_job_id, next_seed, self.proposals, self)
        self._following = Following(
            editor,
            submit,
            self.proposals,
            self._parts,
            self.queue,
            self.focus,
            self.undoing,
            self,
        )
        self._following.live_due.connect(self.drafting.draft_live)
        self._following.engine_freed.connect(self.drafting.start_next)

    @property
    def status(self) -> Snapshot:
        """What is to be said of the current proposal, or of the one that has ended last."""
        return self.proposals.status

    @property
    def proposal(self) -> Proposal | None:
        """The current proposal; None if there is none."""
        return self.proposals.current

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
            settings: The settings; None: those that are kept, with what the proposal was asked for.
            is_exact: Whether the selection is meant to the letter, and not in whole words.
        """
        if groups := self._selected(is_exact=is_exact):
            self._run_groups(groups, settings or self.options.kept)
            return
        proposal = self.proposal
        region = self._asking.target(proposal, is_exact=is_exact)
        if settings is None and proposal is not None and region == proposal.place.ends:
            asked = proposal.place.request.settings
            # Once more the same way, and not by the settings of the bar, which were not used for
            # it.
            is_own = is_of_its_own(asked)
            settings = replace(asked, seed=None) if is_own else self.options.again(asked)
        self._run(region, settings or self.options.kept, holds_pins=True)

    def run_once(self, *, is_exact: bool = False) -> None:
        """Ask with all settings of the bar; those for one run are used up by it."""
        settings = self.options.for_run
        if groups := self._selected(is_exact=is_exact):
            has_run = self._run_groups(groups, settings)
        else:
            region = self._asking.target(self.proposal, is_exact=is_exact)
            has_run = self._run(region, settings, holds_pins=True)
        if has_run:
            self.options.notify_used()

    def fill_blanks(self) -> None:
        """Write in all blanks of the selection, or of the caret's line; the rest of it stays."""
        try:
            schema = self._schema_of_document()
            groups = blanks_in(self._editor, self.options.canvas_length, schema)
        except (SchemaError, SudokuError) as error:
            self.failed.emit(str(error))
            return
        if not groups:
            self.failed.emit(
                tr(
                    "There is no blank here. A blank is ___, … by itself, TODO: and the rest "
                    "of its line, or an empty value of JSON, YAML, CSV or a table."
                )
            )
        else:
            self._run_groups(groups, without_wishes(self.options.kept))

    def _schema_of_document(self) -> object:
        if self._editor.language != "json":
            return None
        document = self._editor.document()
        return self.schema.read(text_between(document, 0, length_of(document)), self.path)

    def rewrite_alike(self) -> None:
        """Rewrite what several carets select, all of it to the same text."""
        alike = alike_of(self._editor, is_exact=False)
        if alike is None:
            self.failed.emit(
                self.options.keys.fill(
                    tr("Select the word in several places first: {add_next} adds the next one.")
                )
            )
        elif not self.options.canvas_length:
            self.failed.emit(tr("Only a model on this computer can keep places alike."))
        else:
            self._run_groups([alike], without_wishes(self.options.kept))

    def choose_schema(self, path: Path) -> None:
        """Fill the empty values of this JSON document by the schema in a file from now on."""
        try:
            self.schema.choose(path)
        except SchemaError as error:
            self.failed.emit(str(error))

    @property
    def path(self) -> Path | None:
        """The document's file; None as long as there is none."""
        return self._origin().path

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
            self.hints.tell(tr("The draft is still being made."), lambda: proposal.is_busy)
        else:
            self.hints.tell(
                keys.fill(tr("This is the only version. {next} makes another.")),
                lambda: self.proposal is proposal and not proposal.is_busy and len(candidates) == 1,
            )

    def rewrite_as(self, way: Way) -> None:
        """Rewrite the selection, or the proposal's region, in one of the known ways."""
        start, end = region = self._asking.target(self.proposal)
        if why := self.options.why_no_instruction:
            self.failed.emit(why)
        elif groups := self._selected():
            self._run_groups(groups, way.applied_to(self.options.kept))
        elif not text_between(self._editor.document(), start, end).strip():
            self.failed.emit(tr("Select the passage to rewrite first."))
        else:
            self._run(region, way.applied_to(self.options.kept))

    def run_preset(self, preset: Preset) -> None:
        """Rewrite the selection, or the proposal's region, as a preset says."""
        if preset.instruction and (why := self.options.why_no_instruction):
            self.failed.emit(why)
        elif groups := self._selected():
            self._run_groups(groups, preset.applied_to(self.options.kept))
        else:
            region = self._asking.target(self.proposal)
            self._run(region, preset.applied_to(self.options.kept))

    def write_on(self) -> None:
        """Write on from the caret, or from the selection's end, until the paragraph ends.

        Behind a draft that waits for the user, it waits too.
        """
        settings = WRITING_ON
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
            self.focus.give(self.drafting.open(start, end, replace(settings, seed=None)))

    def stop_or_reject(self) -> None:
        """Stop and keep the draft; without one, or when it is done, reject without a trace."""
        proposal = self.proposal
        if proposal is None:
            self.queue.clear()
            return
        if proposal.is_busy and proposal.draft is not None:
            self.proposals.cancel(proposal)
            proposal.notify_stopped()
        else:
            place = proposal.place
            self._leave_places(proposal)
            self._note_rejected([proposal])
            self.proposals.drop(proposal, Outcome.REJECTED)
            self._following.look_around()
            self.proposals.move_on(place.region.start)
        self.drafting.start_next()

    def reject_all(self) -> None:
        """Reject all drafts without a trace, and let no region wait any longer."""
        self._note_rejected(list(self.proposals))
        self._drop_all(Outcome.REJECTED)

    def _leave_places(self, proposal: Proposal) -> None:
        """Select nothing of a draft of several places: the next key would wipe out all between."""
        cursor = self._editor.textCursor()
        if proposal.place.request.regions and cursor.hasSelection():
            cursor.setPosition(proposal.place.region.start)
            self._editor.setTextCursor(cursor)

    def _note_rejected(self, proposals: list[Proposal]) -> None:
        if count := self.undoing.note_rejected([one.as_ended for one in proposals]):
            hint = tr("%n drafts rejected. {key} brings them back.", "", count)
            hint = hint.format(key=self.options.keys.first("undo"))
            self.hints.tell(hint, lambda: self.undoing.can_bring_back)

    def tell_draft_is_here(self) -> None:
        """Say why nothing is written where a draft stands."""
        hint = tr("Here is a draft: {accept} accepts it, {stop} rejects it. Then you can write.")
        self.hints.tell(self.options.keys.fill(hint), self._is_in_draft)

    def _is_in_draft(self) -> bool:
        cursor = self._editor.textCursor()
        ends = (cursor.selectionStart(), cursor.selectionEnd())
        return any(is_within(one, *ends) for one in self.proposals)

    def go_to(self, step: int) -> None:
        """Go to the next draft in a direction, around the ends of the text; select its region."""
        cursor = self._editor.textCursor()
        found = self.proposals.beside(cursor.selectionStart(), step)
        if found is None:
            hint = tr("There is no draft. {rewrite} asks for one.")
            self.hints.tell(self.options.keys.fill(hint), lambda: not self.proposals)
            return
        self._show(found)

    def restore(self, past: PastCandidate) -> bool:
        """Show a text of the history as a draft where its old text stands, if it does."""
        found = self._parts.find(past.old_text) if past.old_text else None
        if found is None or self._editor.isReadOnly():
            return False
        self._show(self.drafting.open_past(past, *found))
        return True

    def _show(self, proposal: Proposal) -> None:
        """Select a draft's region and give it the focus."""
        cursor = self._editor.textCursor()
        start, end = proposal.place.ends
        cursor.setPosition(start)
        if not proposal.place.request.regions:  # what stands between several is not meant
            cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)
        self.focus.give(proposal)
        self._editor.ensureCursorVisible()

    def close(self) -> None:
        """Let go of what is shown, running or not: its document is going away."""
        self.pause_fill.dismiss()
        self._drop_all(Outcome.LEFT)

    def _drop_all(self, outcome: Outcome) -> None:
        self.queue.clear()
        self.proposals.drop_all(outcome)

    def set_live(self, is_live: bool) -> None:
        """Draft the region anew whenever the text around it changes, or leave that."""
        if self.proposal is not None and is_live != self.proposal.snapshot.is_live:
            self.proposal.set_is_live(is_live)
            self.live_changed.emit()
            self.drafting.draft_live()

    def handle(self, event: Event) -> None:
        """Take in an event of the engine; those of other jobs are dropped by number."""
        if isinstance(event, FitFound):
            return
        if isinstance(event, AlternativesFound | QuestionFailed):
            self.steering.notify_answer(event)
            return
        # None of an older job of the same proposal: it was cancelled, and its last frames may still
        # come.
        proposal = self.proposals.of_job(event.job_id)
        if proposal is None:
            self.pause_fill.handle(event)
            return
        match event:
            case Started():
                proposal.notify_started(event)
                # Edited before it was known to be a part of the region: asked again, as it is now.
                if self._following.has_lost_edges(proposal):
                    self.drafting.draft_again(proposal)
            case Reasoned():
                self.hints.tell(
                    tr("The model thinks before it writes: %n words so far.", "", event.words),
                    lambda: proposal.phase is Phase.RUNNING and not proposal.candidate.frames,
                )
            case CanvasUpdated():
                proposal.notify_frame(event)
            case CandidateFinished():
                proposal.notify_candidate(event)
            case Finished():
                self._following.notify_run(event.ms)
                fewer = why_fewer(proposal, event)
                with proposal.telling_once():
                    proposal.notify_finished(event)
                    if self._following.has_lost_edges(proposal):
                        self._following.let_edges_go(proposal)
                if hint := fewer():
                    self.hints.tell(hint, lambda: proposal.is_shown and not proposal.is_busy)
                self.drafting.start_next()
            case Failed():
                text = failure_text(event.kind, event.message)
                proposal.notify_failed(text)
                self.failed.emit(text)
                self.drafting.start_next()
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
        if not self._can_run(settings):
            return False
        proposal = self.proposal
        start, end = region
        places = ALL
        if proposal is not None and region == proposal.place.ends:
            if why := self._asking.why_not_again(proposal, settings):
                self.failed.emit(why)
                return False
            places = self._asking.places(proposal)
            if proposal.phase is not Phase.STALE:
                # Pinned before the run, they can be asked for again, of the text as it is now.
                is_anew = proposal.is_outdated and proposal.place.request.pinned
                self.focus.give(proposal)
                if holds_pins and not is_anew and self.steering.run_with_pins():
                    return True
                # A soft edge makes the region larger, so the next proposal begins from what was
                # asked for, anew.
                if not (proposal.place.is_soft or settings.soft_edge):
                    self.drafting.submit_anew(proposal, settings)
                    return True
            start, end = proposal.place.hard_region
        elif self.proposals.running is not None:
            self.queue.add(start, end, settings, self.pins.of_region(start, end))
            return True
        pinned = self._asking.pinned(start, end, proposal)
        self.focus.give(self.drafting.open(start, end, settings, pinned, places))
        return True

    def _selected(self, *, is_exact: bool = False) -> list[Selections]:
        """Return what several carets select; nothing if there is one caret."""
        return selections_of(self._editor, self.options.canvas_length, is_exact=is_exact)

    def _run_groups(self, groups: Sequence[Selections], settings: RunSettings) -> bool:
        """Draft groups of places, one after the other; return whether that can be."""
        is_together = any(one.places for one in groups)
        why = why_not_together(settings) if is_together else ""
        if is_together and self.pins.pinned:
            why = tr(
                "Several places at once keep no pinned words. Let them go, or select one place."
            )
        if why:
            self.failed.emit(why)
            return False
        if not self._can_run(settings):
            return False
        # Read before the caret moves, which lets them go.
        pinned = [self.pins.of_region(one.start, one.end) for one in groups]
        self._editor.multi_cursor.clear()
        cursor = self._editor.textCursor()
        cursor.setPosition(groups[0].start)
        self._editor.setTextCursor(cursor)
        waiting = [
            (one.start, one.end, settings, held, one.places)
            for one, held in zip(groups, pinned, strict=True)
        ]
        if self.proposals.running is None:  # in the place of what was drafted there before
            self.focus.give(self.drafting.open(*waiting.pop(0)))
        for one in waiting:
            self.queue.add(*one, sees_drafts=True)
        if len(groups) > 1:
            self.hints.tell(
                tr(
                    "These places are too far apart for one canvas: one is drafted after the "
                    "other, each with the drafts before it in view."
                ),
                lambda: bool(self.queue),
            )
        return True

    def _can_run(self, settings: RunSettings) -> bool:
        """Return whether anything can be drafted so, and say why if not."""
        if problem := problem_of(settings):
            self.failed.emit(problem)
            return False
        # A large file that is still coming in: the text behind the region is not all there.
        if self._editor.isReadOnly():
            self.failed.emit(tr("The file is still being read. Try again when all of it is there."))
            return False
        return True

    def _submit_for_steering(self, request: Request) -> None:
        # A branch takes the place of what runs for the same draft; steering goes on with that.
        if isinstance(request, Branch) and self.proposal is not None:
            self.proposals.cancel(self.proposal)
        self._submit(request)

    def _on_current(self) -> None:
        self.steering.follow(self.proposal)
        self.current_changed.emit()
