"""Accepting a part of a draft: one undo step each, and the rest stays in play."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import History, Outcome, Phase, ProposalSession
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


def test_words_can_be_accepted_while_it_runs(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(f"<{OLD}>")
    select_range(editor, 1, 1 + len(OLD))
    session.regenerate()
    engine.start()
    engine.frame(NEW)
    session.accepting.accept_word()
    engine.frame("a young cat")
    engine.finish("a young cat")
    assert session.status.phase is Phase.FINISHED
    session.accepting.accept()
    assert region_text(editor) == "a young cat"
