"""Whatever the user does to drafts and around them, all is what an exact model of it says.

The model knows nothing of the code: a text as UTF-16 units, the drafts as stretches of it, the
regions that wait, and how each act changes them. Only whether there is something to accept, and
what undoing one act touches, is taken from the session.
"""

from dataclasses import dataclass
from itertools import takewhile

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.editor import Editor, replace_range
from app.proposal import Phase
from app.text.hunks import Comparison
from app.text.positions import as_document_text
from app.text.whole_words import whole_words
from app.text.words import all_words, words_between
from engine.api import Generate
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import select_range, text_of

START = "one two three\nfour five six\nseven eight nine ten\n"
WORDS = st.lists(st.sampled_from(["one", "zwei", "a", "😀", "b\nc", "x,"]), min_size=1, max_size=5)
DRAFT = WORDS.map(" ".join)
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def num_alike(one: str, other: str) -> int:
    """Return how many characters two texts begin alike with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def is_within_character(text: str, place: int) -> bool:
    """Whether a place, UTF-16 units, is between the two halves of one."""
    half = units_of(text)[2 * place : 2 * place + 2]
    return len(half) == 2 and 0xDC <= half[1] <= 0xDF


def units_of(text: str) -> bytes:
    return text.encode("utf-16-le")


def text_from(units: bytes) -> str:
    return units.decode("utf-16-le")


@dataclass(eq=False)
class ModelDraft:
    """A stretch of the text that a draft stands for, UTF-16 units."""

    start: int
    end: int
    is_parked: bool = False

    def shares(self, start: int, end: int) -> bool:
        if start == end or self.start == self.end:
            return self.start <= end and start <= self.end
        return self.start < end and start < self.end

    def edit(self, at: int, removed: int, added: int) -> bool:
        """Follow an edit; return whether it was within."""
        if at >= self.end:
            return False
        if at + removed <= self.start:
            self.start += added - removed
            self.end += added - removed
            return False
        return True

    def follow(self, at: int, removed: int, added: int) -> None:
        """Stay where an edit leaves its ends, as one that is parked does."""
        start, self.end = (
            end if end < at else end + added - removed if end >= at + removed else at + added
            for end in (self.start, self.end)
        )
        self.start = min(start, self.end)


class EditingAndDrafting(RuleBasedStateMachine):
    """A user, an engine and a document; the model is a list of texts, a place in it, and drafts."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = Editor()
        self.engine = FakeEngine()
        self.session = self.engine.open_session(self.editor)
        views_of(self.session).reduced_motion = True
        # On a busy machine a clock would draft live regions anew in the midst of a sequence.
        self.session._following.live_due.disconnect()
        self.editor.setPlainText(START)
        self.editor.document().setModified(False)
        self.states, self.now = [START], 0
        # What was accepted with the step to each state: where, and the text that came in.
        self.accepted: dict[int, list[tuple[int, int, str]]] = {}
        self.drafts: list[ModelDraft] = []
        self.waiting: list[tuple[int, int]] = []

    # The model.

    @property
    def text(self) -> str:
        return self.states[self.now]

    def write(self, text: str) -> None:
        """Note an edit: what was undone before it is gone."""
        if text != self.text:
            self.states[self.now + 1 :] = [text]
            self.now += 1
            self.accepted = {at: what for at, what in self.accepted.items() if at < self.now}

    def replaced(self, start: int, end: int, new: str) -> str:
        units = units_of(self.text)
        return text_from(units[: 2 * start]) + new + text_from(units[2 * end :])

    def note_edit(self, at: int, removed: int, added: int) -> None:
        """Let drafts and what waits follow an edit that was not of a draft."""
        for one in list(self.drafts):
            if one.is_parked or one.edit(at, removed, added):
                one.is_parked = True
                one.follow(at, removed, added)
        moved = [ModelDraft(*region) for region in self.waiting]
        kept = [one for one in moved if not one.edit(at, removed, added)]
        self.waiting = [(one.start, one.end) for one in kept]

    def note_new_in(self, start: int, old: str, new: str) -> None:
        """Let the others follow what is new in a text that begins at `start`, and nothing else."""
        head = num_alike(old, new)
        tail = num_alike(old[head:][::-1], new[head:][::-1])
        ahead, gone, come = (
            len(units_of(text)) // 2
            for text in (old[:head], old[head : len(old) - tail], new[head : len(new) - tail])
        )
        self.note_edit(start + ahead, gone, come)

    def open(self, start: int, end: int) -> None:
        self.drafts = [one for one in self.drafts if not one.shares(start, end)]
        self.drafts.append(ModelDraft(start, end))

    def start_next(self) -> None:
        """Take the first region out that shares no text with a draft, if the engine is free."""
        if self.session.proposals.running is not None:
            return
        for region in self.waiting:
            if not any(one.shares(*region) for one in self.drafts if not one.is_parked):
                self.waiting.remove(region)
                self.open(*region)
                return

    def of_current(self) -> ModelDraft:
        proposal = self.session.proposal
        assert proposal is not None
        ends = proposal.place.ends
        return next(one for one in self.drafts if (one.start, one.end) == ends)

    # What happens.

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        length = len(units_of(self.text)) // 2
        start = data.draw(st.integers(0, length))
        end = data.draw(st.integers(start, min(length, start + 9)))
        if start == end and is_within_character(self.text, start):
            start = end = start - 1  # a caret goes before such a character
        select_range(self.editor, start, end)
        words = all_words(self.session.pins.text)
        if words and data.draw(st.booleans()):
            self.session.pins.toggle(data.draw(st.sampled_from(words)))
        self.ask_for_selection(start, end)

    def ask_for_selection(self, start: int, end: int) -> None:
        was_busy = self.session.proposals.running is not None
        region = whole_words(self.editor.document(), start, end)
        current = self.session.proposal
        own = (
            self.of_current() if current is not None and current.phase is not Phase.STALE else None
        )
        if own is not None and own.start <= start and end <= own.end:
            region = (own.start, own.end)
        parked = current is not None and current.phase is Phase.STALE
        is_at_parked = False
        if parked and current is not None and start == end:
            place = current.place.ends
            is_at_parked = place[0] <= start <= place[1]
            region = place if is_at_parked else region
        self.session.regenerate()
        if own is not None and region == (own.start, own.end):
            return
        if parked and current is not None and region == current.place.ends:
            is_at_parked = True
        if was_busy and not is_at_parked:
            if region not in self.waiting:
                self.waiting.append(region)
        else:
            self.open(*region)

    @precondition(lambda self: self.session.proposals.running is not None)
    @rule(draft=DRAFT)
    def frame(self, draft: str) -> None:
        self.engine.frame(draft)

    @precondition(lambda self: self.session.proposals.running is not None)
    @rule(draft=DRAFT)
    def finish(self, draft: str) -> None:
        running = self.session.proposals.running
        assert running is not None
        self.engine.finish(draft, job_id=running.job_id)
        self.start_next_after_event()

    @precondition(lambda self: self.session.proposals.running is not None)
    @rule()
    def fail(self) -> None:
        running = self.session.proposals.running
        assert running is not None
        # One without a draft goes; whether there is one, the last frame has told.
        has_draft, ends = running.draft is not None, running.place.ends
        has_draft = has_draft and running.candidate.draft is not None
        self.engine.fail("no memory", job_id=running.job_id)
        if not has_draft:
            self.drafts = [one for one in self.drafts if (one.start, one.end) != ends]
        self.start_next_after_event()

    def start_next_after_event(self) -> None:
        """The session has started what waits already: so the engine was free for the model, too."""
        before = len(self.waiting)
        if len(self.session.queue) < before:
            self.take_started()

    def take_started(self) -> None:
        for region in self.waiting:
            if not any(one.shares(*region) for one in self.drafts if not one.is_parked):
                self.waiting.remove(region)
                self.open(*region)
                return
        raise AssertionError("a region was started that shares text with a draft")

    @rule(text=st.sampled_from(["x", " ", "\n", "😀"]), share=st.floats(0, 1))
    def type(self, text: str, share: float) -> None:
        index = round(share * len(self.text))
        before = self.text[:index]
        at = len(units_of(before)) // 2
        had = self.shown_without_draft()
        # An undo step of its own: Qt would join what is typed side by side.
        replace_range(self.editor.document(), at, at, text)
        self.write(before + text + self.text[index:])
        self.note_edit(at, 0, len(units_of(text)) // 2)
        self.drop_parked_without_draft(had)
        self.take_up_those_that_are_back()
        self.start_next_after_event()

    def shown_without_draft(self) -> list[ModelDraft]:
        ends = [one.place.ends for one in self.session.proposals if one.draft is None]
        return [one for one in self.drafts if (one.start, one.end) in ends and not one.is_parked]

    def take_up_those_that_are_back(self) -> None:
        """An undone step may have parked a draft whose text is typed again now.

        That such a one stands where its old text does is checked.
        """
        known = [(one.start, one.end) for one in self.drafts if not one.is_parked]
        for proposal in self.session.proposals:
            # Whatever was opened by the edit waits for the engine.
            if proposal.phase is Phase.FINISHED and proposal.place.ends not in known:
                self.drafts.remove(next(one for one in self.drafts if one.is_parked))
                self.drafts.append(ModelDraft(*proposal.place.ends))

    def drop_parked_without_draft(self, had_none: list[ModelDraft]) -> None:
        self.drafts = [one for one in self.drafts if not (one.is_parked and one in had_none)]

    @rule(
        key=st.sampled_from([Qt.Key.Key_X, Qt.Key.Key_Backspace, Qt.Key.Key_Delete]),
        index=st.integers(0, 9),
    )
    def type_on_a_draft(self, key: Qt.Key, index: int) -> None:
        """Select a draft's region, as a click on it does, and type: nothing comes of that."""
        solid = [one for one in self.drafts if not one.is_parked and one.start < one.end]
        if solid:
            one = solid[index % len(solid)]
            select_range(self.editor, one.start, one.end)
            QTest.keyClick(self.editor, key)

    def accept_current(self) -> None:
        proposal, one = self.session.proposal, self.of_current()
        assert proposal is not None
        assert proposal.draft is not None
        new = as_document_text(proposal.draft.text).text
        before = self.now
        self.write(self.replaced(one.start, one.end, new))
        if self.now > before:
            self.accepted[self.now] = [(one.start, one.end, new)]
        self.drafts.remove(one)
        self.note_edit(one.start, one.end - one.start, len(units_of(new)) // 2)

    @property
    def can_accept(self) -> bool:
        return self.session.proposal is not None and self.session.proposal.can_accept

    @precondition(lambda self: self.can_accept)
    @rule()
    def accept(self) -> None:
        self.accept_current()
        assert self.session.accepting.accept()
        self.start_next_after_event()

    @rule()
    def accept_all(self) -> None:
        ready = [one for one in self.session.proposals if one.can_accept]
        text, edits, taken, before = self.text, [], [], self.now
        for proposal in reversed(ready):
            start, end = proposal.place.ends
            one = next(d for d in self.drafts if (d.start, d.end) == (start, end))
            assert proposal.draft is not None
            new = as_document_text(proposal.draft.text).text
            units = units_of(text)
            text = text_from(units[: 2 * start]) + new + text_from(units[2 * end :])
            self.drafts.remove(one)
            edits.append((start, end - start, len(units_of(new)) // 2))
            taken.append((start, end, new))
        self.session.accepting.accept_all()
        self.write(text)  # one undo step
        if self.now > before:
            self.accepted[self.now] = taken
        for edit in edits:
            self.note_edit(*edit)
        self.start_next_after_event()

    @rule()
    def reject_all(self) -> None:
        self.session.reject_all()
        self.drafts, self.waiting = [], []

    @precondition(lambda self: self.can_accept)
    @rule(which=st.sampled_from(["word", "line", "stretch"]), share=st.floats(0, 1))
    def accept_part(self, which: str, share: float) -> None:
        proposal, one = self.session.proposal, self.of_current()
        assert proposal is not None
        assert proposal.draft is not None
        units = units_of(self.text)
        old = text_from(units[2 * one.start : 2 * one.end])
        new = proposal.draft.text
        if which == "stretch":
            words = words_between(new, round(share * (len(new) - 1)), len(new))
            start, end = words[0] if words else (0, 1)
            compared = Comparison(old=old, new=new)
            text = compared.with_made(compared.touching(start, end))
            self.session.accepting.accept_stretch(start, end)
        else:
            compared = Comparison(old=old, new=new)
            behind = units[2 * one.end : 2 * one.end + 2].decode("utf-16-le", "replace")
            is_word = which == "word"
            hunks = compared.first_word(behind) if is_word else compared.first_line()
            text = compared.with_made(hunks)
            act = self.session.accepting
            (act.accept_word if which == "word" else act.accept_line)()
        self.write(self.replaced(one.start, one.end, text))
        added = len(units_of(text)) // 2
        self.drafts.remove(one)
        if text != old:
            self.note_new_in(one.start, old, text)
        if proposal.phase is not Phase.IDLE:
            one.end = one.start + added
            self.drafts.append(one)
        self.start_next_after_event()

    @rule(is_redo=st.booleans())
    def undo_or_redo(self, is_redo: bool) -> None:
        """Take over which drafts the step has touched; that the others stand is checked."""
        come = self.accepted.get(self.now + 1, []) if is_redo else self.accepted.get(self.now, [])
        if not is_redo and self.session.undoing.can_bring_back:
            self.editor.undo()
            come = []
        elif is_redo:
            self.editor.redo()
            self.now = min(len(self.states) - 1, self.now + 1)
        else:
            self.editor.undo()
            self.now = max(0, self.now - 1)
        self.drafts = [
            ModelDraft(*one.place.ends, is_parked=one.phase is Phase.STALE)
            for one in self.session.proposals
        ]
        self.waiting = [(one.region.start, one.region.end) for one in self.session.queue]
        if not is_redo:
            self.those_come_back(come)

    def those_come_back(self, come: list[tuple[int, int, str]]) -> None:
        """What the undone step has accepted stands there again, unless another one does."""
        shown = {one.place.ends: one for one in self.session.proposals}
        for start, end, new in come:
            others = [one for one in self.drafts if (one.start, one.end) != (start, end)]
            proposal = shown.get((start, end))
            if not any(one.shares(start, end) for one in others):
                assert proposal is not None
                assert proposal.draft is not None
            if proposal is not None and proposal.phase is Phase.FINISHED and not others:
                assert as_document_text(proposal.draft.text).text == new

    @rule()
    def stop(self) -> None:
        proposal = self.session.proposal
        if proposal is None:
            self.waiting = []
            self.session.stop_or_reject()
            return
        ends, is_parked = proposal.place.ends, proposal.phase is Phase.STALE
        is_stopped = proposal.is_busy and proposal.draft is not None
        self.session.stop_or_reject()
        if not is_stopped:
            gone = [d for d in self.drafts if d.is_parked] if is_parked else self.drafts
            own = [d for d in gone if is_parked or (d.start, d.end) == ends]
            if is_parked:
                shown = [one.place.ends for one in self.session.proposals]
                own = [d for d in own if (d.start, d.end) not in shown] or own[:1]
            self.drafts.remove(own[0])
        self.start_next_after_event()

    @rule(step=st.sampled_from([-1, 1]))
    def go(self, step: int) -> None:
        self.session.go_to(step)

    @rule(step=st.sampled_from([-2, -1, 1]))
    def scrub(self, step: int) -> None:
        if self.session.proposal is not None:
            self.session.proposal.candidates.show_next_frame(step)

    @rule(step=st.sampled_from([-1, 1]))
    def other_candidate(self, step: int) -> None:
        if self.session.proposal is not None:
            self.session.proposal.candidates.choose_next(step)

    @rule()
    def compare(self) -> None:
        if self.session.proposal is not None:
            self.session.proposal.candidates.toggle_old()

    @rule(act=st.sampled_from(["pin", "melt", "branch", "ask", "live"]))
    def steer(self, act: str) -> None:
        steering = self.session.steering
        match act:
            case "pin":
                steering.toggle_pin(0, 3)
            case "melt":
                steering.melt([(0, 3)])
            case "branch":
                steering.branch()
            case "ask":
                steering.ask_alternatives(0, 3)
            case _:
                self.session.set_live(True)

    # What must hold.

    @invariant()
    def the_document_is_what_the_model_says(self) -> None:
        assert text_of(self.editor) == self.text

    @invariant()
    def the_drafts_stand_where_the_model_says(self) -> None:
        shown = [one.place.ends for one in self.session.proposals if one.phase is not Phase.STALE]
        assert shown == sorted((d.start, d.end) for d in self.drafts if not d.is_parked)
        num_parked = sum(one.phase is Phase.STALE for one in self.session.proposals)
        assert num_parked == sum(d.is_parked for d in self.drafts)

    @invariant()
    def each_draft_has_the_old_text_of_its_place(self) -> None:
        units = units_of(self.text)
        for proposal in self.session.proposals:
            start, end = proposal.place.ends
            if proposal.phase is not Phase.STALE:
                assert text_from(units[2 * start : 2 * end]) == proposal.place.old_text

    @invariant()
    def what_waits_is_what_the_model_says(self) -> None:
        queued = [(one.region.start, one.region.end) for one in self.session.queue]
        assert queued == self.waiting

    @invariant()
    def what_is_pinned_is_a_word_of_its_region(self) -> None:
        for request in self.engine.requests:
            if isinstance(request, Generate):
                assert set(request.pinned) <= set(all_words(request.region))

    @invariant()
    def one_draft_at_most_has_the_focus_and_it_is_the_current(self) -> None:
        focused = [one for one in self.session.proposals if one.has_focus]
        assert focused in ([], [self.session.proposal])

    def teardown(self) -> None:
        while self.now:
            self.undo_or_redo(is_redo=False)
        assert text_of(self.editor) == self.states[0]
        self.session.close()
        self.editor.deleteLater()
        QApplication.sendPostedEvents()


def test_500_sequences_of_acts(qapp: QApplication) -> None:
    run_state_machine_as_test(
        EditingAndDrafting,
        settings=settings(
            max_examples=500, stateful_step_count=25, suppress_health_check=list(HealthCheck)
        ),
    )
