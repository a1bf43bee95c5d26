"""Accepting a part of a draft: one undo step each, and the rest stays in play."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import History, Outcome, Phase, ProposalSession
from engine.api import CanvasUpdated, DraftSpan, FinishReason, RunSettings, Steer
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import insert, select_range, text_of

OLD = "the old dog\nsleeps here"
NEW = "a young 😀 dog\nruns there"
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def done(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    editor.setPlainText(f"<{OLD}>")
    select_range(editor, 1, 1 + len(OLD))
    session.regenerate()
    engine.start()
    engine.frame("a frame")
    engine.finish(NEW)
    return session


def region_text(editor: Editor) -> str:
    return text_of(editor)[1:-1]


def test_word_by_word(qtbot: QtBot, done: ProposalSession, editor: Editor) -> None:
    states = [OLD]
    while done.proposal is not None:
        steps = editor.document().availableUndoSteps()
        qtbot.keyClick(editor, Qt.Key.Key_K, ALT)
        states.append(region_text(editor))
        assert editor.document().availableUndoSteps() > steps
    assert states[1] == "a old dog\nsleeps here"
    assert states[-1] == NEW
    for state in states[-2::-1]:
        editor.undo()
        assert region_text(editor) == state
    assert not editor.document().isModified()


def test_line_by_line(qtbot: QtBot, done: ProposalSession, editor: Editor) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_J, ALT)
    assert region_text(editor) == "a young 😀 dog\nsleeps here"
    qtbot.keyClick(editor, Qt.Key.Key_J, ALT)
    assert region_text(editor) == NEW
    assert done.proposal is None


def test_what_is_not_accepted_returns_to_the_old_text(
    done: ProposalSession, editor: Editor, history: History
) -> None:
    done.accepting.accept_word()
    done.stop_or_reject()
    assert done.proposal is None
    assert region_text(editor) == "a old dog\nsleeps here"
    assert [c.outcome for c in history.candidates] == [Outcome.REJECTED]


def test_or_it_stays_in_play_and_comes_with_enter(
    qtbot: QtBot, done: ProposalSession, editor: Editor
) -> None:
    done.accepting.accept_word()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert region_text(editor) == NEW
    editor.undo()
    assert region_text(editor) == "a old dog\nsleeps here"


def test_undo_brings_a_word_back_into_play(done: ProposalSession, editor: Editor) -> None:
    done.accepting.accept_word()
    done.accepting.accept_word()
    editor.undo()
    assert region_text(editor) == "a old dog\nsleeps here"
    assert done.status.phase is Phase.FINISHED
    editor.undo()
    assert region_text(editor) == OLD
    editor.redo()
    assert done.accepting.accept()
    assert region_text(editor) == NEW


def test_a_stretch_of_the_draft(done: ProposalSession, editor: Editor) -> None:
    at = NEW.index("runs")
    assert done.accepting.accept_stretch(at, at + 4)
    assert region_text(editor) == "the old dog\nruns here"
    assert not done.accepting.accept_stretch(at, at + 4)


def test_parts_of_another_frame(done: ProposalSession, editor: Editor) -> None:
    done.accepting.accept_word()
    assert done.proposal is not None
    done.proposal.candidates.show_next_frame(-1)
    assert done.proposal.candidates.frame is None  # there is one frame, and its place is the end's
    assert done.accepting.accept()


def test_typing_behind_a_part_loses_nothing(done: ProposalSession, editor: Editor) -> None:
    done.accepting.accept_word()
    insert(editor, editor.textCursor().position(), "very ")
    assert done.status.phase is Phase.STALE
    assert region_text(editor) == "avery  old dog\nsleeps here"


def test_a_gap_fills_word_by_word(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("ab")
    select_range(editor, 1, 1)
    session.regenerate()
    engine.finish(" one two ")
    session.accepting.accept_word()
    assert text_of(editor) == "a one b"
    session.accepting.accept_word()
    assert text_of(editor) == "a one two b"
    assert session.proposal is None


@pytest.fixture
def settling(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A draft under way; a token is four characters long: a word and its space."""
    editor.setPlainText("<one two tri>")
    select_range(editor, 1, 12)
    session.regenerate()
    engine.start()
    engine.frame("aaa bbb ccc")
    return session


def steered(engine: FakeEngine) -> list[tuple[int, ...]]:
    """The slots that were pinned, one request after the other."""
    steers = [one for one in engine.requests if isinstance(one, Steer)]
    return [tuple(choice.slot for choice in one.changes.pin) for one in steers]


def test_words_accepted_while_it_settles_are_held(
    settling: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    settling.accepting.accept_word()
    assert region_text(editor) == "aaa two tri"
    assert steered(engine) == [(0,)]
    engine.frame("aaa xxx yyy", pinned=(0,))
    settling.accepting.accept_word()
    assert region_text(editor) == "aaa xxx tri"
    assert steered(engine) == [(0,), (1,)]
    engine.frame("aaa xxx zzz", pinned=(0, 1))
    engine.finish("aaa xxx zzz", pinned=(0, 1))
    assert settling.accepting.accept()
    assert region_text(editor) == "aaa xxx zzz"
    editor.undo()
    assert region_text(editor) == "aaa xxx tri"
    editor.undo()
    editor.undo()
    assert region_text(editor) == "one two tri"


def test_a_word_left_out_while_it_settles_stays_out(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("<aaa two bbb>")
    select_range(editor, 1, 12)
    session.regenerate()
    engine.start()
    engine.frame("aaa bbb")
    session.accepting.accept_word()
    assert region_text(editor) == "aaa bbb"
    # Nothing can come between two neighbours that both stay.
    assert steered(engine) == [(0, 1)]


def test_a_frame_without_an_accepted_word_does_not_wipe_it_out(
    qtbot: QtBot, settling: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    settling.accepting.accept_word()
    engine.frame("qqq rrr sss")  # was under way when the word was accepted
    for key in (Qt.Key.Key_K, Qt.Key.Key_J):
        qtbot.keyClick(editor, key, ALT)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert region_text(editor) == "aaa two tri"
    engine.frame("aaa rrr sss", pinned=(0,))
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert region_text(editor) == "aaa rrr sss"


def test_who_cannot_hold_a_word_does_not_wipe_it_out(
    qtbot: QtBot, settling: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    settling.accepting.accept_word()
    engine.finish("qqq rrr sss")
    with qtbot.waitSignal(settling.hinted) as told:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert told.args[0].startswith("The draft lacks what you accepted of it")
    assert region_text(editor) == "aaa two tri"
    settling.stop_or_reject()
    assert region_text(editor) == "aaa two tri"


def test_what_the_engine_ends_with_after_a_stop_does_not_wipe_a_word_out(
    settling: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    settling.stop_or_reject()
    settling.accepting.accept_word()
    engine.finish("qqq rrr sss", FinishReason.CANCELLED)
    assert not settling.accepting.accept()
    assert region_text(editor) == "aaa two tri"


def test_a_word_that_the_user_lets_go_again_may_change(
    settling: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    settling.accepting.accept_word()
    engine.frame("aaa bbb ccc", pinned=(0,))
    assert settling.steering.toggle_pin(0, 3) is False
    engine.finish("qqq rrr sss")
    assert settling.accepting.accept()
    assert region_text(editor) == "qqq rrr sss"


def test_no_better_version_takes_the_place_of_one_of_which_a_word_is_in(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("<one two tri>")
    select_range(editor, 1, 12)
    session.regenerate(RunSettings(candidates=2))
    engine.start()
    engine.frame("aaa bbb ccc")
    engine.frame("qqq rrr sss", candidate=1)
    session.accepting.accept_word()
    done = [engine.finish_one(1, "qqq rrr sss", -1.0), engine.finish_one(0, "aaa bbb ccc", -2.0)]
    engine.finish("qqq rrr sss", candidates=tuple(done))
    assert session.accepting.accept()
    assert region_text(editor) == "aaa bbb ccc"


def test_a_text_that_grows_from_the_left_keeps_what_was_accepted(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("<one two tri>")
    select_range(editor, 1, 12)
    session.regenerate()
    engine.start()

    def without_slots(text: str) -> CanvasUpdated:
        span = DraftSpan(start=0, end=len(text), entropy=0.0, accepted=True)
        return CanvasUpdated(
            job_id=engine.job.job_id,
            step=1,
            max_steps=0,
            text=text,
            spans=(span,),
            mean_entropy=0.0,
            step_ms=1.0,
        )

    session.handle(without_slots("aaa bbb"))
    session.accepting.accept_word()
    assert steered(engine) == []
    session.handle(without_slots("qqq bbb ccc"))
    assert not session.accepting.accept()
    session.handle(without_slots("aaa bbb ccc"))
    assert session.accepting.accept()
    assert region_text(editor) == "aaa bbb ccc"
