"""The keys of a draft are those that the user wants, and the others are the text's."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from tests.app.fakes import FakeEngine, view_of, views_of
from tests.app.proposal.model.test_session import insert, select, text_of

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
    caret_at_end(editor)
    code = ord(letter.upper()[0])  # as Qt numbers the keys of letters
    QApplication.sendEvent(editor, QKeyEvent(QEvent.Type.KeyPress, code, NONE, letter))
    assert letter in text_of(editor)


def test_marking_words_of_a_draft_by_another_key(done: ProposalSession, editor: Editor) -> None:
    done.options.keys.give("next_word", [QKeySequence("F7")])
    QTest.keyClick(editor, Qt.Key.Key_F7)
    view = view_of(done)
    assert view is not None
    assert view.pointer.word == (0, 4)


def caret_at_end(editor: Editor) -> None:
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    editor.setTextCursor(cursor)


def hints_of(session: ProposalSession) -> list[str]:
    hints: list[str] = []
    session.hinted.connect(hints.append)
    return hints


def alt(editor: Editor, letter: str) -> None:
    """Press Alt and a letter as X11 tells it: with the letter as its text."""
    event = QKeyEvent(QEvent.Type.KeyPress, ord(letter.upper()), ALT, letter)
    QApplication.sendEvent(editor, event)


def test_alt_k_acts_on_the_draft_that_is_shown_wherever_the_caret_is(
    done: ProposalSession, editor: Editor
) -> None:
    caret_at_end(editor)
    alt(editor, "k")
    assert text_of(editor) == "eins two three"


def test_enter_and_space_are_the_text_s_beside_a_draft(
    done: ProposalSession, editor: Editor
) -> None:
    caret_at_end(editor)
    QTest.keyClick(editor, Qt.Key.Key_Space)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one two three \n"


def test_a_draft_out_of_view_is_left_alone_and_that_is_said(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    text = "one two three" + 200 * "\nline"
    editor.setPlainText(text)
    select(editor, "one two")
    session.regenerate()
    engine.start()
    engine.finish("eins zwei")
    hints = hints_of(session)
    caret_at_end(editor)
    alt(editor, "k")
    assert text_of(editor) == text
    assert hints == ["The draft is out of view: scroll to it, and the key acts on it."]


def test_without_a_draft_its_keys_write_nothing_and_say_why(
    session: ProposalSession, editor: Editor
) -> None:
    editor.setPlainText("one")
    hints = hints_of(session)
    for letter in "kjbmo":
        alt(editor, letter)
    assert text_of(editor) == "one"
    assert hints == 5 * ["There is no draft here. Ctrl+Enter asks for one."]


def test_before_there_is_anything_to_accept_that_is_said(
    session: ProposalSession, editor: Editor
) -> None:
    editor.setPlainText("one two")
    select(editor, "one")
    session.regenerate()
    hints = hints_of(session)
    alt(editor, "k")
    assert text_of(editor) == "one two"
    assert hints == ["There is nothing to take over yet."]


def test_a_word_is_marked_first_and_that_is_said(done: ProposalSession, editor: Editor) -> None:
    hints = hints_of(done)
    for letter in "pmo":
        alt(editor, letter)
    assert text_of(editor) == "one two three"
    assert hints == 3 * ["Mark a word of the draft first: Alt+Shift+Right."]


def test_the_keys_of_words_mean_the_selection_where_there_is_one(
    done: ProposalSession, editor: Editor
) -> None:
    ProposalWidgets(done, views_of(done))
    select(editor, "three")
    alt(editor, "p")
    assert done.pins.pinned == ((0, 5),)
    assert done.proposal is not None
    assert not done.proposal.candidate.pinned


def test_a_parked_draft_keeps_its_keys_from_the_text_wherever_the_caret_is(
    done: ProposalSession, editor: Editor
) -> None:
    insert(editor, 1, "!")
    caret_at_end(editor)
    said = hints_of(done)
    alt(editor, "k")
    assert text_of(editor) == "o!ne two three"
    assert len(said) == 1
