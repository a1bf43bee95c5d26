"""Whatever the user does to proposals, the document is what an exact model of it says."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtWidgets import QApplication

from app.editor import Editor, replace_range
from app.proposal import Phase
from app.text.hunks import Comparison
from app.text.positions import as_document_text
from app.text.words import all_words, words_between
from engine.api import Generate
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import select_range, text_of

START = "one two three\nfour five six\n"
WORDS = st.lists(st.sampled_from(["one", "zwei", "a", "😀", "b\nc", "x,"]), min_size=1, max_size=5)
DRAFT = WORDS.map(" ".join)


class Desk(RuleBasedStateMachine):
    """A user, an engine and a document; the model is a list of texts and a place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = Editor()
        self.engine = FakeEngine()
        self.session = self.engine.open_session(self.editor)
        views_of(self.session).reduced_motion = True
        self.editor.setPlainText(START)
        self.editor.document().setModified(False)
        self.states, self.now = [START], 0

    @property
    def text(self) -> str:
        return self.states[self.now]

    def write(self, text: str) -> None:
        """Note an edit: what was undone before it is gone."""
        if text != self.text:
            self.states[self.now + 1 :] = [text]
            self.now += 1

    def around(self) -> tuple[str, str]:
        proposal = self.session.proposal
        assert proposal is not None
        units = self.text.encode("utf-16-le")
        region = proposal.place.region
        before, after = units[: 2 * region.start], units[2 * region.end :]
        return before.decode("utf-16-le"), after.decode("utf-16-le")

    @property
    def can_accept(self) -> bool:
        return self.session.proposal is not None and self.session.proposal.can_accept

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        length = len(self.text.encode("utf-16-le")) // 2
        start = data.draw(st.integers(0, length))
        end = data.draw(st.integers(start, min(length, start + 9)))
        select_range(self.editor, start, end)
        words = all_words(self.session.pins.text)
        if words and data.draw(st.booleans()):
            self.session.pins.toggle(data.draw(st.sampled_from(words)))
        self.session.regenerate()

    @precondition(lambda self: self.session.proposal is not None)
    @rule(draft=DRAFT)
    def frame(self, draft: str) -> None:
        self.engine.frame(draft)

    @precondition(lambda self: self.session.proposal is not None)
    @rule(draft=DRAFT)
    def finish(self, draft: str) -> None:
        self.engine.finish(draft)

    @precondition(lambda self: self.session.proposal is not None)
    @rule()
    def fail(self) -> None:
        self.engine.fail("no memory")

    @rule(text=st.sampled_from(["x", " ", "\n", "😀"]), share=st.floats(0, 1))
    def type(self, text: str, share: float) -> None:
        index = round(share * len(self.text))
        before = self.text[:index]
        at = len(before.encode("utf-16-le")) // 2
        # An undo step of its own: Qt would join what is typed side by side.
        replace_range(self.editor.document(), at, at, text)
        self.write(before + text + self.text[index:])

    @precondition(lambda self: self.can_accept)
    @rule()
    def accept(self) -> None:
        proposal = self.session.proposal
        assert proposal is not None
        assert proposal.draft is not None
        before, after = self.around()
        self.write(before + as_document_text(proposal.draft.text).text + after)
        assert self.session.accepting.accept()

    @precondition(lambda self: self.can_accept)
    @rule(which=st.sampled_from(["word", "line", "stretch"]), share=st.floats(0, 1))
    def accept_part(self, which: str, share: float) -> None:
        proposal = self.session.proposal
        assert proposal is not None
        assert proposal.draft is not None
        before, after = self.around()
        old, new = proposal.place.old_text, proposal.draft.text
        if which == "stretch":
            words = words_between(new, round(share * (len(new) - 1)), len(new))
            start, end = words[0] if words else (0, 1)
            text = Comparison(old=old, new=new).with_stretch(start, end)
            self.session.accepting.accept_stretch(start, end)
        else:
            part = Comparison.with_word if which == "word" else Comparison.with_line
            text = part(Comparison(old=old, new=new)) or old
            (
                self.session.accepting.accept_word
                if which == "word"
                else self.session.accepting.accept_line
            )()
        self.write(before + text + after)

    @rule()
    def undo(self) -> None:
        self.editor.undo()
        self.now = max(0, self.now - 1)

    @rule()
    def redo(self) -> None:
        self.editor.redo()
        self.now = min(len(self.states) - 1, self.now + 1)

    @rule()
    def stop(self) -> None:
        self.session.stop_or_reject()

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

    @rule(act=st.sampled_from(["pin", "melt", "branch", "ask", "live", "again"]))
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
            case "live":
                self.session.set_live(True)
            case _:
                self.session.rewrite_again()

    @invariant()
    def the_document_is_what_the_model_says(self) -> None:
        assert text_of(self.editor) == self.text

    @invariant()
    def what_is_pinned_is_a_word_of_its_region(self) -> None:
        for request in self.engine.requests:
            if isinstance(request, Generate):
                assert set(request.pinned) <= set(all_words(request.region))

    @invariant()
    def what_can_be_accepted_is_where_it_belongs(self) -> None:
        proposal = self.session.proposal
        if proposal is not None and proposal.phase is not Phase.STALE:
            before, after = self.around()
            assert before + proposal.place.old_text + after == self.text

    def teardown(self) -> None:
        while self.now:
            self.undo()
        assert text_of(self.editor) == self.states[0]
        self.session.close()
        self.editor.deleteLater()
        QApplication.sendPostedEvents()


def test_200_sequences_of_acts(qapp: QApplication) -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=200, stateful_step_count=25, suppress_health_check=list(HealthCheck)
        ),
    )
