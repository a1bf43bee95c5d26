"""Going on from the last candidate makes another, and fewer than asked for are explained."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import ProposalSession
from engine.api import Branch, FailureKind, Fewer, FinishReason, Generate
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import select

ALT = Qt.KeyboardModifier.AltModifier
SAME = "The new version came to a text that is there already."
FEWER = "There are fewer versions than asked for: some came to the same text, or could not be made."


@pytest.fixture
def hints(session: ProposalSession) -> list[str]:
    hints: list[str] = []
    session.hinted.connect(hints.append)
    return hints


@pytest.fixture
def done(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.frame("zwei")
    engine.finish("zwei")
    return session


def jobs(engine: FakeEngine) -> list[Generate | Branch]:
    return [request for request in engine.requests if isinstance(request, Generate | Branch)]


def texts(session: ProposalSession) -> list[str]:
    return [one.draft.text for one in session.status.candidates if one.draft is not None]


def test_alt_bracket_at_the_last_candidate_makes_another(
    done: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_BracketRight, ALT)
    assert len(jobs(engine)) == 2
    assert engine.job.region == "two"
    assert engine.job.settings.candidates == 1
    assert engine.job.settings.seed != jobs(engine)[0].settings.seed
    engine.start()
    engine.finish("deux")
    assert sorted(texts(done)) == ["deux", "zwei"]
    assert done.status.draft is not None
    assert done.status.draft.text == "deux"


def test_alt_bracket_goes_through_those_that_are_there_first(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate(replace(session.options.for_run, candidates=2))
    engine.start()
    best, other = engine.finish_one(0, "zwei", 1.0), engine.finish_one(1, "deux", 0.5)
    engine.finish("zwei", candidates=(best, other))
    shown = []
    for _ in range(2):
        shown.append(session.status.draft.text if session.status.draft else "")
        assert len(jobs(engine)) == 1
        QTest.keyClick(editor, Qt.Key.Key_BracketRight, ALT)
    assert shown == ["zwei", "deux"]
    assert len(jobs(engine)) == 2


def test_while_one_is_made_that_is_said(
    editor: Editor, engine: FakeEngine, session: ProposalSession, hints: list[str]
) -> None:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.frame("zwei")
    QTest.keyClick(editor, Qt.Key.Key_BracketRight, ALT)
    assert len(jobs(engine)) == 1
    assert hints == ["The draft is still being made."]


def test_back_from_the_only_one_says_how_to_get_another(
    done: ProposalSession, editor: Editor, hints: list[str]
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_BracketLeft, ALT)
    assert hints == ["This is the only version. Alt+] makes another."]


def test_one_that_comes_to_the_same_text_is_not_passed_over_in_silence(
    done: ProposalSession, editor: Editor, engine: FakeEngine, hints: list[str]
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_BracketRight, ALT)
    engine.start()
    engine.finish("zwei")
    assert texts(done) == ["zwei"]
    assert hints == [SAME]


@pytest.mark.parametrize(
    ("words", "told"),
    [(("a", "a", "b"), [FEWER]), (("a", "b"), [FEWER]), (("a", "b", "c"), [])],
)
def test_fewer_than_asked_for_are_explained(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    hints: list[str],
    words: tuple[str, ...],
    told: list[str],
) -> None:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate(replace(session.options.for_run, candidates=3))
    engine.start()
    ended = tuple(engine.finish_one(n, word, -n) for n, word in enumerate(words))
    engine.finish(words[0], candidates=ended)
    assert hints == told


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (
            Fewer(asked=2, same=2),
            "The server wrote the same text 2 times: it may have been started to write without "
            "chance.",
        ),
        (
            Fewer(asked=2, failed=1, kind=FailureKind.SERVER, message="It is busy."),
            "1 of 2 could not be made: The server cannot be reached, or refuses. Check its "
            "address, its key and the network. It is busy.",
        ),
    ],
)
def test_why_a_server_has_made_fewer_is_told_in_the_users_language(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    hints: list[str],
    monkeypatch: pytest.MonkeyPatch,
    why: Fewer,
    told: str,
) -> None:
    """The words are the app's own, so that each has its translation."""
    # As in a language in which a kind has another text than in English.
    monkeypatch.setattr("app.failures.tr", lambda text: text + " ")
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate(replace(session.options.for_run, candidates=2))
    engine.start()
    ended = tuple(engine.finish_one(n, "a", -n) for n in range(2))
    engine.finish("a", candidates=ended, why_fewer=why)
    assert [hint.replace("  ", " ") for hint in hints] == [
        f"There are fewer versions than asked for. {told}"
    ]


def test_a_thought_is_told_and_is_no_draft(
    editor: Editor, engine: FakeEngine, session: ProposalSession, hints: list[str]
) -> None:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.reason(7)
    assert hints == ["The model thinks before it writes: 7 words so far."]
    assert session.proposal is not None
    assert session.proposal.draft is None


def test_who_stops_needs_no_explanation(
    editor: Editor, engine: FakeEngine, session: ProposalSession, hints: list[str]
) -> None:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate(replace(session.options.for_run, candidates=3))
    engine.start()
    engine.frame("zw")
    session.stop_or_reject()
    one = engine.finish_one(0, "zw", 1.0)
    engine.finish("zw", FinishReason.CANCELLED, candidates=(one,))
    assert hints == []


def test_candidates_with_soft_edges_stay_behind_the_last_one(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("one two three")
    select(editor, "two")
    session.regenerate(replace(session.options.for_run, candidates=2, soft_edge=1))
    engine.start()
    ended = tuple(engine.finish_one(n, word, -n) for n, word in enumerate(("a", "b")))
    engine.finish("a", candidates=ended)
    for _ in range(3):
        QTest.keyClick(editor, Qt.Key.Key_BracketRight, ALT)
    assert texts(session) == ["a", "b"]
