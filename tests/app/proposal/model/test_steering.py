"""Pins, melting, alternatives: what the user does to words reaches the engine, and is seen."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from engine.api import (
    AlternativesFound,
    Branch,
    Changes,
    FindAlternatives,
    SlotChoice,
    Steer,
)
from tests.app.fakes import FakeEngine, rect_of, view_of
from tests.app.proposal.model.test_session import TEXT, select, text_of

WORDS = "aaa bbb ccc ddd"  # a token is four characters long: a word and its space
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def running(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.frame(WORDS)
    return session


@pytest.fixture
def done(running: ProposalSession, engine: FakeEngine) -> ProposalSession:
    engine.finish(WORDS)
    return running


def place_of(session: ProposalSession, word: str) -> QPoint:
    assert view_of(session) is not None
    rect = rect_of(session.editor)
    assert rect is not None
    start = WORDS.index(word)
    box = view_of(session).geometry.stretch_rects(start, start + len(word))[0]
    return (rect.topLeft() + box.center()).toPoint()


def mouse(
    session: ProposalSession,
    kind: QEvent.Type,
    place: QPoint,
    modifiers: Qt.KeyboardModifier = NONE,
) -> None:
    viewport = session.editor.viewport()
    button = Qt.MouseButton.LeftButton
    at, world = QPointF(place), QPointF(viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, QMouseEvent(kind, at, world, button, button, modifiers))


def stroke(
    session: ProposalSession, first: str, last: str, modifiers: Qt.KeyboardModifier = NONE
) -> None:
    mouse(session, QEvent.Type.MouseButtonPress, place_of(session, first), modifiers)
    mouse(session, QEvent.Type.MouseMove, place_of(session, last), modifiers)
    mouse(session, QEvent.Type.MouseButtonRelease, place_of(session, last), modifiers)


def click(session: ProposalSession, word: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
    stroke(session, word, word, modifiers)


def test_a_click_pins_a_word_of_a_running_draft(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    click(running, "bbb")
    assert engine.requests[-1] == Steer(
        job_id=engine.job.job_id,
        candidate=0,
        step=1,
        changes=Changes(pin=(SlotChoice(slot=1),)),
    )
    assert running.proposal is not None
    assert running.proposal.candidate.pinned == {1}
    assert text_of(editor) == TEXT


def test_another_click_lets_it_go(running: ProposalSession, engine: FakeEngine) -> None:
    click(running, "bbb")
    click(running, "bbb")
    steer = engine.requests[-1]
    assert isinstance(steer, Steer)
    assert steer.changes == Changes(release=(1,))
    assert running.proposal is not None
    assert running.proposal.candidate.pinned == set()


def test_a_stroke_melts_the_words_it_touches(running: ProposalSession, engine: FakeEngine) -> None:
    stroke(running, "bbb", "ccc")
    steer = engine.requests[-1]
    assert isinstance(steer, Steer)
    assert steer.changes == Changes(renoise=(1, 2))


def test_a_word_of_a_finished_draft_melts_while_the_rest_stands(
    done: ProposalSession, engine: FakeEngine
) -> None:
    stroke(done, "bbb", "ccc")
    branch = engine.newest
    assert isinstance(branch, Branch)
    assert branch.holds_rest
    assert branch.changes == Changes(renoise=(1, 2))
    assert done.proposal is not None
    assert done.proposal.draft is not None
    assert done.proposal.draft.text == WORDS


def test_pins_of_a_finished_draft_hold_when_it_is_asked_for_again(
    done: ProposalSession, engine: FakeEngine
) -> None:
    click(done, "ccc")
    assert isinstance(engine.requests[-1], type(engine.job))
    done.regenerate()
    branch = engine.newest
    assert isinstance(branch, Branch)
    assert branch.changes.pin == (SlotChoice(slot=2),)
    assert set(branch.changes.renoise) == set(range(16)) - {2}
    assert not branch.holds_rest


def test_an_alternative_is_pinned_and_its_neighbours_settle_anew(
    qtbot: QtBot, done: ProposalSession, engine: FakeEngine
) -> None:
    pointer = view_of(done).pointer if view_of(done) else None
    assert pointer is not None
    pointer.move_word(1)
    with qtbot.waitSignal(pointer.alternatives_wanted):
        pointer.ask()
    asked = engine.requests[-1]
    assert isinstance(asked, FindAlternatives)
    assert (asked.job_id, asked.candidate, asked.step, asked.slot) == (engine.job.job_id, 0, 1, 0)
    with qtbot.waitSignal(done.steering.alternatives_found) as found:
        engine.answer("aaa", "zzz")
    assert isinstance(found.args[0], AlternativesFound)
    done.steering.choose_alternative(1)
    branch = engine.newest
    assert isinstance(branch, Branch)
    assert branch.changes.pin == (SlotChoice(slot=0, rank=1),)
    assert not branch.holds_rest


def test_holding_asks_for_alternatives(
    qtbot: QtBot, running: ProposalSession, engine: FakeEngine
) -> None:
    assert view_of(running) is not None
    with qtbot.waitSignal(view_of(running).pointer.alternatives_wanted):
        mouse(running, QEvent.Type.MouseButtonPress, place_of(running, "ddd"))
    mouse(running, QEvent.Type.MouseButtonRelease, place_of(running, "ddd"))
    asked = engine.requests[-1]
    assert isinstance(asked, FindAlternatives)
    assert asked.slot == 3
    engine.answer("ddd", "xxx")
    running.steering.choose_alternative(1)
    steer = engine.requests[-1]
    assert isinstance(steer, Steer)
    assert steer.changes.pin == (SlotChoice(slot=3, rank=1),)


def test_ctrl_click_accepts_a_word_alone(
    done: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    stroke(done, "aaa", "bbb", CONTROL)
    assert text_of(editor) == TEXT.replace("two", WORDS)
    editor.undo()
    assert text_of(editor) == TEXT


def test_everything_works_by_keys(
    qtbot: QtBot, running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    for _ in range(2):
        qtbot.keyClick(editor, Qt.Key.Key_Right, ALT | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(editor, Qt.Key.Key_P, ALT)
    pinned = engine.requests[-1]
    qtbot.keyClick(editor, Qt.Key.Key_M, ALT)
    melted = engine.requests[-1]
    qtbot.keyClick(editor, Qt.Key.Key_O, ALT)
    asked = engine.requests[-1]
    assert isinstance(pinned, Steer)
    assert isinstance(melted, Steer)
    assert isinstance(asked, FindAlternatives)
    assert pinned.changes.pin == (SlotChoice(slot=1),)
    assert melted.changes.renoise == (1,)
    assert asked.slot == 1


def test_late_answers_are_dropped(qtbot: QtBot, done: ProposalSession, engine: FakeEngine) -> None:
    done.steering.ask_alternatives(0, 3)
    first = engine.requests[-1]
    done.steering.ask_alternatives(4, 7)
    assert isinstance(first, FindAlternatives)
    late = AlternativesFound(question_id=first.question_id, options=())
    with qtbot.assertNotEmitted(done.steering.alternatives_found):
        done.handle(late)
