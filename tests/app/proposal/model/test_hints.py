"""What is said for a moment is taken back as soon as it is no longer so."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import ProposalSession
from tests.app.fakes import FakeEngine, view_of
from tests.app.proposal.model.test_session import insert, select

TEXT = "one two three"
ALT = Qt.KeyboardModifier.AltModifier


class Said:
    """What stands in the status line of hints alone."""

    def __init__(self, session: ProposalSession) -> None:
        self.text = ""
        session.hints.told.connect(self._tell)
        session.hints.over.connect(self._take_back)

    def _tell(self, text: str) -> None:
        self.text = text

    def _take_back(self, text: str) -> None:
        assert text == self.text
        self.text = ""


@pytest.fixture
def said(session: ProposalSession) -> Said:
    return Said(session)


@pytest.fixture
def running(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    engine.start()
    return session


@pytest.fixture
def rejected(running: ProposalSession, engine: FakeEngine, said: Said) -> ProposalSession:
    engine.finish("ZWEI")
    running.stop_or_reject()
    assert said.text == "1 draft rejected. Ctrl+Z brings it back."
    return running


def caret_to(editor: Editor, place: QTextCursor.MoveOperation) -> None:
    cursor = editor.textCursor()
    cursor.movePosition(place)
    editor.setTextCursor(cursor)


def test_that_undo_brings_a_draft_back_is_said_until_it_has(
    rejected: ProposalSession, editor: Editor, said: Said
) -> None:
    editor.undo()
    assert len(rejected.proposals) == 1
    assert said.text == ""


def test_that_undo_brings_a_draft_back_is_said_until_undo_means_an_edit(
    rejected: ProposalSession, editor: Editor, said: Said
) -> None:
    caret_to(editor, QTextCursor.MoveOperation.End)
    assert said.text  # it still does
    insert(editor, 0, "x")
    assert said.text == ""


def test_that_undo_brings_a_draft_back_is_said_until_another_stands_there(
    rejected: ProposalSession, editor: Editor, said: Said
) -> None:
    select(editor, "two")
    rejected.regenerate()
    assert said.text == ""


def test_that_there_is_nothing_yet_is_said_until_there_is_something(
    running: ProposalSession, editor: Editor, engine: FakeEngine, said: Said
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert said.text == "There is nothing to take over yet."
    engine.frame("ZWEI")
    assert said.text == ""


def test_that_nothing_is_new_yet_stays_while_frames_bring_nothing_new(
    running: ProposalSession, editor: Editor, engine: FakeEngine, said: Said
) -> None:
    engine.frame("two")
    QTest.keyClick(editor, Qt.Key.Key_K, ALT)
    assert said.text == "There is nothing to take over yet."
    engine.frame("two")
    assert said.text
    engine.frame("ZWEI")
    assert said.text == ""


def test_that_a_draft_is_still_made_is_said_until_it_is_done(
    running: ProposalSession, engine: FakeEngine, said: Said
) -> None:
    running.show_candidate(1)
    assert said.text == "The draft is still being made."
    engine.frame("ZWEI")
    assert said.text
    engine.finish("ZWEI")
    assert said.text == ""


def test_what_is_said_of_a_draft_goes_with_it(
    running: ProposalSession, editor: Editor, said: Said
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Return)
    running.stop_or_reject()
    assert said.text == ""


def test_that_a_draft_is_in_the_way_is_said_while_the_caret_is_in_it(
    running: ProposalSession, editor: Editor, engine: FakeEngine, said: Said
) -> None:
    engine.finish("ZWEI")
    QTest.keyClick(editor, Qt.Key.Key_X)
    assert said.text.startswith("Here is a draft")
    caret_to(editor, QTextCursor.MoveOperation.End)
    assert said.text == ""


def test_that_no_draft_is_there_is_said_until_one_is(
    editor: Editor, session: ProposalSession, said: Said
) -> None:
    editor.setPlainText(TEXT)
    session.go_to(1)
    assert said.text == "There is no draft. Ctrl+Enter asks for one."
    select(editor, "two")
    session.regenerate()
    assert said.text == ""


def test_that_no_word_is_marked_is_said_until_one_is(
    running: ProposalSession, engine: FakeEngine, editor: Editor, said: Said
) -> None:
    engine.finish("ZWEI")
    running.options.keys.give("pin", ["F6"])
    QTest.keyClick(editor, Qt.Key.Key_F6)
    assert said.text.startswith("Mark a word of the draft first")
    view_of(running).pointer.move_word(1)
    assert said.text == ""


def test_a_parked_draft_is_told_with_keys_that_mean_it_where_the_caret_is(
    running: ProposalSession, engine: FakeEngine, editor: Editor, said: Said
) -> None:
    engine.finish("ZWEI")
    insert(editor, 5, "!")
    caret_to(editor, QTextCursor.MoveOperation.End)
    QTest.keyClick(editor, Qt.Key.Key_K, ALT)
    assert said.text.endswith("F8 goes to it.")
    running.go_to(1)
    assert said.text == ""
    QTest.keyClick(editor, Qt.Key.Key_K, ALT)
    assert said.text.endswith("Ctrl+Enter here drafts it again, Esc removes it.")
