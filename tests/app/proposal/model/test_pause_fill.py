"""A fill offers itself in a pause, takes no key of the user's, and goes as soon as he goes on."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.model import pause_fill
from engine.api import Generate
from tests.app.fakes import FakeEngine, rect_of
from tests.app.proposal.model.test_session import select, select_range, text_of

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
TEXT = "The old woman lit the lamp.\nIt was warm.\n"


@pytest.fixture
def pausing(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> ProposalSession:
    """A session in which fills are wanted, the caret in the midst of the text."""
    session.pause_fill._timer.setInterval(1)
    session.options.notify_model(True, 24)
    session.options.set_fills_pauses(True)
    session.pause_fill.options = session.options
    editor.setPlainText(TEXT)
    editor.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    at = TEXT.index(" the lamp")
    select_range(editor, at, at)
    return session


@pytest.fixture
def offered(
    pausing: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> ProposalSession:
    """The same, with something typed and a fill offered behind it."""
    QTest.keyClicks(editor, " up")
    qtbot.waitUntil(lambda: bool(engine.requests))
    engine.frame(" in gle")
    engine.finish(" in glee and")
    return pausing


TYPED = TEXT.replace("lit the", "lit up the")


def test_after_a_pause_it_is_asked_for_at_the_caret_and_on_one_line(
    offered: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    job = engine.job
    assert (job.before, job.region) == ("The old woman lit up", "")
    assert job.after == " the lamp.\nIt was warm.\n"
    assert job.settings.constraints.is_single_line
    assert text_of(editor) == TYPED
    assert rect_of(editor) is not None
    assert offered.pause_fill.draft.text == " in glee and"
    assert len(offered.proposals) == 0


def test_a_key_takes_a_word_and_another_all(offered: ProposalSession, editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_K, ALT)
    assert text_of(editor) == TYPED.replace("lit up", "lit up in")
    QTest.keyClick(editor, Qt.Key.Key_Return, ALT)
    assert text_of(editor) == TYPED.replace("lit up", "lit up in glee and")
    assert rect_of(editor) is None
    assert editor.textCursor().position() == len("The old woman lit up in glee and")
    editor.undo()
    assert text_of(editor) == TYPED.replace("lit up", "lit up in")
    editor.undo()
    assert text_of(editor) == TYPED


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier, TYPED.replace("up", "up    ", 1)),
        (Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, TYPED.replace("up", "upx", 1)),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, TYPED.replace("up", "up\n", 1)),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, TYPED.replace("up", "u", 1)),
        (Qt.Key.Key_Right, CONTROL, TYPED),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, TYPED),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, TYPED),
    ],
)
def test_every_other_key_means_what_it_always_means_and_lets_it_go(
    offered: ProposalSession,
    editor: Editor,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    expected: str,
) -> None:
    caret = editor.textCursor().position()
    offered.options.set_fills_pauses(False)  # no other one comes
    QTest.keyClick(editor, key, modifier)
    assert text_of(editor) == expected
    assert rect_of(editor) is None
    assert offered.pause_fill.draft is None
    if key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
        assert editor.textCursor().position() != caret


def test_typing_on_stops_the_engine(
    pausing: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> None:
    QTest.keyClicks(editor, " up")
    qtbot.waitUntil(lambda: bool(engine.requests))
    job = engine.job.job_id
    engine.frame(" in gle")
    pausing.options.set_fills_pauses(False)
    QTest.keyClicks(editor, ",")
    assert engine.cancelled == [job]
    engine.frame(" in glee", job_id=job)
    engine.finish(" in glee", job_id=job)
    assert pausing.pause_fill.draft is None
    assert rect_of(editor) is None


def nothing_asked(engine: FakeEngine, qtbot: QtBot) -> bool:
    qtbot.wait(60)
    return not any(isinstance(one, Generate) and not one.region for one in engine.requests)


def test_without_the_switch_nothing_is_asked(
    pausing: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> None:
    pausing.options.set_fills_pauses(False)
    QTest.keyClicks(editor, " up")
    assert nothing_asked(engine, qtbot)


def test_in_a_private_file_nothing_is_asked(
    pausing: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> None:
    pausing.pause_fill.is_private = True
    QTest.keyClicks(editor, " up")
    assert nothing_asked(engine, qtbot)


def test_while_a_draft_is_open_nothing_is_asked(
    pausing: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> None:
    select(editor, "warm")
    pausing.regenerate()
    engine.finish("cold")
    select_range(editor, 0, 0)
    QTest.keyClicks(editor, "x")
    assert nothing_asked(engine, qtbot)


def test_without_typing_nothing_is_asked(
    pausing: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> None:
    select_range(editor, 3, 3)
    assert nothing_asked(engine, qtbot)


def test_a_rewrite_that_is_asked_for_takes_its_place(
    offered: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    select(editor, "warm")
    offered.regenerate()
    assert offered.pause_fill.draft is None
    assert engine.job.region == "warm"
    engine.finish("cold")
    assert offered.accepting.accept()
    assert text_of(editor) == TYPED.replace("warm", "cold")


def test_a_failure_that_nobody_asked_for_is_told_to_nobody(
    pausing: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> None:
    said: list[str] = []
    pausing.failed.connect(said.append)
    QTest.keyClicks(editor, " up")
    qtbot.waitUntil(lambda: bool(engine.requests))
    engine.fail("no memory")
    assert said == []
    assert pausing.pause_fill.draft is None


def test_a_pause_is_longer_than_one_between_two_words() -> None:
    assert 400 <= pause_fill.PAUSE_MS <= 1500
