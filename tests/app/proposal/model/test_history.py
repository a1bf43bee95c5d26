"""Whatever the model has drafted can be found again, once, whatever became of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import DraftOrigin, History, Outcome, PastCandidate, ProposalSession
from engine.api import FinishReason
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import insert, select, select_range, text_of

CANDIDATE = PastCandidate(
    origin=DraftOrigin(title="Letter.md"),
    time=datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
    old_text="the Old words",
    text="Straße und\nNEW ones",
    seed=7,
    steps=12,
    mean_entropy=0.25,
    outcome=Outcome.REJECTED,
)
same_editor = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("", True),
        ("old", True),
        ("new WORDS letter", True),
        ("STRASSE", True),
        ("strasse absent", False),
        ("undnew", False),
    ],
)
def test_all_words_must_occur_somewhere(words: str, is_found: bool) -> None:
    history = History()
    history.add(CANDIDATE)
    assert (history.search(words) == (CANDIDATE,)) is is_found


def test_the_newest_comes_first_and_the_oldest_is_forgotten(qtbot: QtBot) -> None:
    history = History(limit=2)
    with qtbot.waitSignals([history.changed] * 3):
        for seed in (1, 2, 3):
            history.add(replace(CANDIDATE, seed=seed))
    assert [candidate.seed for candidate in history.candidates] == [3, 2]


@pytest.fixture
def running(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.frame("ZWEI", entropy=0.5)
    return session


def test_a_candidate_tells_what_it_was_drafted_for(
    running: ProposalSession, engine: FakeEngine, history: History
) -> None:
    running.stop_or_reject()
    assert history.candidates == ()
    running.stop_or_reject()
    (candidate,) = history.candidates
    assert (candidate.old_text, candidate.text, candidate.seed) == ("two", "ZWEI", engine.job.seed)
    assert (candidate.steps, candidate.mean_entropy) == (1, 0.5)
    assert candidate.time.tzinfo is not None


def park(session: ProposalSession, editor: Editor, engine: FakeEngine) -> None:
    insert(editor, 5, "!")
    session.stop_or_reject()


def park_and_supersede(session: ProposalSession, editor: Editor, engine: FakeEngine) -> None:
    insert(editor, 5, "!")
    session.regenerate()


def fail(session: ProposalSession, editor: Editor, engine: FakeEngine) -> None:
    engine.fail("no memory")
    session.stop_or_reject()


def accept_what_has_failed(session: ProposalSession, editor: Editor, engine: FakeEngine) -> None:
    engine.fail("no memory")
    session.accepting.accept()


def ask_for_more(session: ProposalSession, editor: Editor, engine: FakeEngine) -> None:
    engine.finish("ZWEI")
    select(editor, "two three")
    session.regenerate()


ENDS = {
    Outcome.ACCEPTED: (lambda s, *_: s.accepting.accept(), accept_what_has_failed),
    Outcome.REJECTED: (lambda s, *_: s.reject_all(),),
    Outcome.LEFT: (lambda s, *_: s.close(),),
    Outcome.SUPERSEDED: (ask_for_more,),
    Outcome.STALE: (park, park_and_supersede, lambda _, e, __: e.setPlainText("another text")),
    Outcome.FAILED: (fail,),
}


@pytest.mark.parametrize(
    ("outcome", "end"), [(outcome, end) for outcome, ends in ENDS.items() for end in ends]
)
def test_every_end_is_told_as_what_it_was(
    running: ProposalSession,
    editor: Editor,
    engine: FakeEngine,
    history: History,
    outcome: Outcome,
    end: object,
) -> None:
    assert callable(end)
    end(running, editor, engine)
    assert [candidate.outcome for candidate in history.candidates] == [outcome]


def test_what_never_had_a_draft_is_not_kept(
    editor: Editor, engine: FakeEngine, session: ProposalSession, history: History
) -> None:
    session.regenerate()
    engine.start()
    session.regenerate()
    engine.fail("no memory")
    session.close()
    assert history.candidates == ()


ACTS = st.one_of(
    st.sampled_from(["ask", "start", "finish", "accept", "stop", "fail", "type", "close"]),
    st.text(max_size=20).map(lambda text: f"frame:{text}"),
)


class Witness:
    """Plays a user and an engine, and notes by itself which drafts have ended."""

    def __init__(self, editor: Editor, engine: FakeEngine, session: ProposalSession) -> None:
        self.editor, self.engine, self.session = editor, engine, session
        self.ended: list[str] = []

    def act(self, act: str) -> None:
        act, _, text = act.partition(":")
        shown = self.session.proposal
        draft = shown.draft.document_text.text if shown and shown.draft else None
        getattr(self, act)(*([text] if act == "frame" else []))
        if shown is not None and self.session.proposal is not shown and draft is not None:
            self.ended.append(draft)

    def ask(self) -> None:
        # One more candidate beside a draft ends with it: that has tests of its own.
        if self.session.proposal is None or self.session.proposal.draft is None:
            self.session.regenerate()

    def start(self) -> None:
        if self.session.proposal:
            self.engine.start()

    def frame(self, text: str) -> None:
        if self.session.proposal:
            self.engine.frame(text)

    def finish(self) -> None:
        if self.session.proposal:
            self.engine.finish("the end", FinishReason.CONVERGED)

    def fail(self) -> None:
        if self.session.proposal:
            self.engine.fail("no memory")

    def accept(self) -> None:
        before = text_of(self.editor)
        steps = self.editor.document().availableUndoSteps()
        if self.session.accepting.accept() and text_of(self.editor) != before:
            after = text_of(self.editor)
            assert self.editor.document().availableUndoSteps() > steps
            self.editor.undo()
            assert text_of(self.editor) == before
            self.editor.redo()
            assert text_of(self.editor) == after

    def stop(self) -> None:
        self.session.stop_or_reject()

    def type(self) -> None:
        self.editor.insertPlainText("x")

    def close(self) -> None:
        self.session.close()


@same_editor
@given(st.lists(ACTS, max_size=25))
def test_each_candidate_that_has_ended_is_kept_once_and_found_by_its_words(
    editor: Editor, engine: FakeEngine, acts: list[str]
) -> None:
    history = History()
    session = engine.open_session(editor, history)
    views_of(session).reduced_motion = True
    editor.setPlainText("one two three")
    select_range(editor, 4, 7)
    witness = Witness(editor, engine, session)
    for act in [*acts, "close"]:
        witness.act(act)
    session.deleteLater()
    assert [candidate.text for candidate in history.candidates] == witness.ended[::-1]
    for candidate in history.candidates:
        assert all(candidate in history.search(word) for word in candidate.text.split())
        assert candidate in history.search(candidate.text)
