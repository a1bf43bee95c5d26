"""The keys of a draft are those that the user wants, and the others are the text's."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.editor import Editor
from app.proposal import ProposalSession
from tests.app.fakes import FakeEngine, view_of
from tests.app.proposal.model.test_session import select, text_of

ALT, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def done(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    editor.setPlainText("one two three")
    select(editor, "one two")
    session.regenerate()
    engine.start()
    engine.finish("eins zwei")
    return session


def test_another_key_accepts_a_word_and_the_old_one_does_not(
    done: ProposalSession, editor: Editor
) -> None:
    done.options.keys.give("accept_word", [QKeySequence("F9")])
    old = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_K, ALT)
    assert done.options.keys.draft_command_of(old) is None
    QTest.keyClick(editor, Qt.Key.Key_F9)
    assert text_of(editor) == "eins two three"


def test_enter_can_be_given_back_to_the_text(done: ProposalSession, editor: Editor) -> None:
    done.options.keys.give("accept", [QKeySequence("Alt+Return")])
    QTest.keyClick(editor, Qt.Key.Key_Return, ALT)
    assert text_of(editor) == "eins zwei three"


def test_another_key_rejects(done: ProposalSession, editor: Editor) -> None:
    done.options.keys.give("stop", [QKeySequence("F8")])
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert done.proposal is not None
    QTest.keyClick(editor, Qt.Key.Key_F8)
    assert done.proposal is None


@pytest.mark.parametrize("letter", ["ы", "漢", "ß"])
def test_letters_without_a_name_among_the_keys_are_no_commands(
    done: ProposalSession, editor: Editor, letter: str
) -> None:
    code = ord(letter.upper()[0])  # as Qt numbers the keys of letters
    QApplication.sendEvent(editor, QKeyEvent(QEvent.Type.KeyPress, code, NONE, letter))
    assert letter in text_of(editor)


def test_marking_words_of_a_draft_by_another_key(done: ProposalSession, editor: Editor) -> None:
    done.options.keys.give("next_word", [QKeySequence("F7")])
    QTest.keyClick(editor, Qt.Key.Key_F7)
    view = view_of(done)
    assert view is not None
    assert view.pointer.word == (0, 4)
