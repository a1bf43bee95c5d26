"""One undo takes back a word, or letters deleted in one go, and never more than that."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import Editor, replace_range
from app.editor.mirror import MirrorEditor
from tests.app.editor.test_typing import place, type_into

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(600, 400)
    editor.show()
    return editor


def undone(editor: Editor) -> list[str]:
    """Undo all, redo all, and return what stood there after each undo."""
    document = editor.document()
    texts = [editor.toPlainText()]
    while document.isUndoAvailable():
        editor.undo()
        texts.append(editor.toPlainText())
    for text in texts[-2::-1]:
        editor.redo()
        assert editor.toPlainText() == text
    assert not document.isRedoAvailable()
    return texts[1:]


def press(editor: Editor, key: Key, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(editor, key)


def commit(editor: Editor, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(editor, event)


def test_a_word_goes_with_the_space_before_it(editor: Editor) -> None:
    type_into(editor, "one two,  three")
    assert undone(editor) == ["one two,  ", "one two,", "one", ""]


def test_a_line_break_begins_a_step_with_its_indentation(editor: Editor) -> None:
    editor.set_language("a.py")
    type_into(editor, "if a:\nb\n\nc")
    steps = ["if a:\n    b\n    ", "if a:\n    b", "if a:", "if", ""]
    assert undone(editor) == steps


def test_a_line_break_of_qts_own_begins_a_step_too(editor: Editor) -> None:
    editor.typing_aids.indents_lines = False
    type_into(editor, "ab\ncd")
    assert undone(editor) == ["ab", ""]


def test_a_pause_ends_a_step(editor: Editor, qtbot: QtBot) -> None:
    editor.undo_runs._timer.setInterval(0)
    type_into(editor, "ab")
    qtbot.waitUntil(lambda: not editor.undo_runs._timer.isActive())
    type_into(editor, "cd")
    assert undone(editor) == ["ab", ""]


@pytest.mark.parametrize("key", [Key.Key_Home, Key.Key_Left])
def test_moving_the_caret_ends_a_step_even_if_it_comes_back(editor: Editor, key: Key) -> None:
    type_into(editor, "ab")
    press(editor, key)
    press(editor, Key.Key_End)
    type_into(editor, "cd")
    assert undone(editor) == ["ab", ""]


def test_saving_ends_a_step(editor: Editor) -> None:
    type_into(editor, "ab")
    editor.document().setModified(False)
    type_into(editor, "cd")
    editor.undo()
    assert editor.toPlainText() == "ab"
    assert not editor.document().isModified()


def test_pasting_is_a_step_of_its_own(editor: Editor) -> None:
    type_into(editor, "ab")
    QGuiApplication.clipboard().setText("cd")
    editor.paste()
    type_into(editor, "ef")
    assert undone(editor) == ["abcd", "ab", ""]


def test_what_is_undone_is_not_gone_on_with(editor: Editor) -> None:
    type_into(editor, "ab cd")
    editor.undo()
    type_into(editor, "e")
    assert undone(editor) == ["ab", ""]


def test_letters_deleted_in_one_go_come_back_in_one(editor: Editor) -> None:
    editor.setPlainText("abcdefgh")
    place(editor, 4)
    press(editor, Key.Key_Backspace, 2)
    press(editor, Key.Key_Delete, 3)
    press(editor, Key.Key_Backspace, 1)
    assert undone(editor) == ["abh", "abefgh", "abcdefgh"]


def test_deleting_after_typing_is_another_step(editor: Editor) -> None:
    type_into(editor, "abc")
    press(editor, Key.Key_Backspace, 2)
    type_into(editor, "de")
    assert undone(editor) == ["a", "abc", ""]


def test_a_selection_that_is_typed_over_comes_back_with_the_word(editor: Editor) -> None:
    type_into(editor, "ab")
    editor.selectAll()
    type_into(editor, "cd")
    assert undone(editor) == ["ab", ""]


def test_a_word_selected_behind_the_caret_is_not_of_what_was_typed(editor: Editor) -> None:
    type_into(editor, "ab")
    place(editor, 2, anchor=0)  # the caret stays where it is
    type_into(editor, "cd")
    assert undone(editor) == ["ab", ""]


def test_a_deleted_selection_is_a_step_of_its_own(editor: Editor) -> None:
    editor.setPlainText("abcdef")
    place(editor, 6, anchor=4)
    press(editor, Key.Key_Backspace, 2)
    assert undone(editor) == ["abcd", "abcdef"]


def test_tabs_are_steps_of_space(editor: Editor) -> None:
    editor.set_language("a.py")
    press(editor, Key.Key_Tab, 2)
    type_into(editor, "ab")
    assert undone(editor) == [" " * 8, ""]


def test_many_carets_type_and_delete_by_the_word(editor: Editor) -> None:
    editor.setPlainText("x x")
    place(editor, 0)
    editor.multi_cursor.add_all_occurrences()
    type_into(editor, "ab c")
    press(editor, Key.Key_Backspace, 2)
    assert editor.toPlainText() == "ab ab"
    assert undone(editor) == ["ab c ab c", "ab ab", "x x"]


def test_an_input_method_writes_letters_and_whole_words(editor: Editor) -> None:
    type_into(editor, "a")
    commit(editor, "é")
    type_into(editor, "b")
    commit(editor, "日本")
    assert undone(editor) == ["aéb", ""]


def test_letters_composed_over_a_selection_are_one_step_with_it(editor: Editor) -> None:
    editor.setPlainText("abc")
    editor.selectAll()
    QApplication.sendEvent(editor, QInputMethodEvent("´", []))
    commit(editor, "é")
    type_into(editor, "t")
    assert undone(editor) == ["abc"]


def test_a_word_composed_over_a_selection_is_one_step_with_it(editor: Editor) -> None:
    editor.setPlainText("abc")
    editor.selectAll()
    QApplication.sendEvent(editor, QInputMethodEvent("に", []))
    editor.undo_runs.end()  # composing takes longer than a pause of typing
    QApplication.sendEvent(editor, QInputMethodEvent("にほ", []))
    commit(editor, "日本")
    assert undone(editor) == ["abc"]


def test_a_word_behind_one_that_was_given_up_is_a_step_of_its_own(editor: Editor) -> None:
    editor.setPlainText("abc")
    editor.selectAll()
    QApplication.sendEvent(editor, QInputMethodEvent("に", []))
    QApplication.sendEvent(editor, QInputMethodEvent())
    commit(editor, "日本")
    assert undone(editor) == ["", "abc"]


def test_undoing_puts_the_caret_where_it_was(editor: Editor) -> None:
    editor.setPlainText("abcd")
    place(editor, 3)
    press(editor, Key.Key_Backspace, 2)
    editor.undo()
    assert editor.textCursor().position() == 3
    place(editor, 1)
    type_into(editor, "xy")
    editor.undo()
    assert editor.textCursor().position() == 1


@pytest.mark.parametrize("types", [type_into, commit])
def test_the_caret_is_kept_in_view(editor: Editor, types: Callable[[Editor, str], None]) -> None:
    editor.setPlainText("word " * 2000)
    place(editor, 9999)
    for _ in range(40):
        types(editor, "wordy ")
        rect = editor.cursorRect()
        assert rect.top() >= 0
        assert rect.bottom() <= editor.viewport().height()


def test_ctrl_enter_that_nobody_takes_writes_nothing(editor: Editor) -> None:
    editor.setPlainText("a")
    for key in (Key.Key_Return, Key.Key_Enter):
        QTest.keyClick(editor, key, Modifier.ControlModifier)
    assert editor.toPlainText() == "a"


def test_a_key_may_write_several_letters(editor: Editor) -> None:
    type_into(editor, "a")
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Key.Key_E, Modifier.NoModifier, "ẹ̀")
        QApplication.sendEvent(editor, event)
    type_into(editor, "b")
    assert editor.toPlainText() == "aẹ̀b"


def test_an_edit_of_a_second_view_by_others_is_a_step_of_its_own(
    editor: Editor, qtbot: QtBot
) -> None:
    copy = MirrorEditor(editor.document())
    qtbot.addWidget(copy)
    type_into(copy, "ab")
    replace_range(copy.document(), 0, 0, "draft ")
    assert undone(editor) == ["ab", ""]


def test_going_up_keeps_to_the_column_that_was_typed_at(editor: Editor) -> None:
    editor.setPlainText("iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii\n")
    place(editor, 35)
    type_into(editor, "mm")
    below = editor.cursorRect().left()
    press(editor, Key.Key_Up)
    assert editor.textCursor().blockNumber() == 0
    assert abs(editor.cursorRect().left() - below) < editor.fontMetrics().horizontalAdvance("i")


def test_what_an_input_method_replaces_goes_with_the_word(editor: Editor) -> None:
    type_into(editor, "e")
    event = QInputMethodEvent()
    event.setCommitString("é", -1, 1)
    QApplication.sendEvent(editor, event)
    type_into(editor, "t")
    assert editor.toPlainText() == "ét"
    assert undone(editor) == [""]


def test_what_is_composed_is_written_once(editor: Editor) -> None:
    editor.setPlainText("ab")
    place(editor, 1)
    QApplication.sendEvent(editor, QInputMethodEvent("にほ", []))
    event = QInputMethodEvent("ん", [])
    event.setCommitString("日本")
    QApplication.sendEvent(editor, event)
    layout = editor.textCursor().block().layout()
    assert editor.toPlainText() == "a日本b"
    assert (layout.preeditAreaText(), layout.preeditAreaPosition()) == ("ん", 3)
    QApplication.sendEvent(editor, QInputMethodEvent())
    assert (editor.toPlainText(), layout.preeditAreaText()) == ("a日本b", "")


def test_a_second_view_makes_the_same_steps(editor: Editor, qtbot: QtBot) -> None:
    copy = MirrorEditor(editor.document())
    qtbot.addWidget(copy)
    type_into(copy, "one two")
    press(copy, Key.Key_Backspace, 2)
    place(editor, 0)
    type_into(editor, "x")
    place(copy, 5)
    type_into(copy, "y")
    assert copy.toPlainText() == "xone yt"
    assert undone(editor) == ["xone t", "one t", "one two", "one", ""]
    assert copy.toPlainText() == "xone yt"
