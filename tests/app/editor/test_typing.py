"""Indents, brackets and many carets."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.editor.brackets import matching

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.set_language("a.py")
    editor.resize(600, 400)
    editor.show()
    return editor


def type_into(editor: Editor, text: str) -> None:
    for letter in text:
        QTest.keyClick(editor, Key.Key_Return if letter == "\n" else letter)


def place(editor: Editor, position: int, anchor: int | None = None) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def test_a_new_line_is_indented_like_the_one_before(editor: Editor) -> None:
    type_into(editor, "if a:\nb\nc")
    assert editor.toPlainText() == "if a:\n    b\n    c"
    editor.undo()
    editor.typing_aids.indents_lines = False
    editor.setPlainText("  a")
    place(editor, 3)
    type_into(editor, "\nb")
    assert editor.toPlainText() == "  a\nb"


def test_prose_gets_no_step_behind_a_colon(editor: Editor) -> None:
    editor.set_language("a.md")
    type_into(editor, "so:\nb")
    assert editor.toPlainText() == "so:\nb"


def test_tab_is_one_step_and_moves_lines_only_over_several(editor: Editor) -> None:
    editor.setPlainText("a\nb")
    place(editor, 0)
    QTest.keyClick(editor, Key.Key_Tab)
    assert editor.toPlainText() == "    a\nb"
    editor.selectAll()
    QTest.keyClick(editor, Key.Key_Tab)
    assert editor.toPlainText() == "        a\n    b"
    QTest.keyClick(editor, Key.Key_Backtab)
    assert editor.toPlainText() == "    a\nb"


def test_home_goes_to_the_first_letter_first(editor: Editor) -> None:
    editor.setPlainText("    abc")
    place(editor, 6)
    columns = []
    for _ in range(3):
        QTest.keyClick(editor, Key.Key_Home)
        columns.append(editor.textCursor().position())
    assert columns == [4, 0, 4]


@pytest.mark.parametrize(
    ("text", "position", "pair"),
    [
        ("(a[b]c)", 0, (0, 6)),
        ("(a[b]c)", 7, (6, 0)),
        ("(a[b]c)", 2, (2, 4)),
        ("a", 1, None),
        ("(", 0, None),
        ("(\n😀\n)", 0, (0, 5)),
        ("((😀)", 1, (1, 4)),
    ],
)
def test_brackets_find_their_partners(
    editor: Editor, text: str, position: int, pair: tuple[int, int] | None
) -> None:
    editor.setPlainText(text)
    assert matching(editor.document(), position) == pair


def test_next_occurrences_are_typed_over_in_one_step(editor: Editor) -> None:
    editor.setPlainText("cat dog cat\ncat")
    place(editor, 1)
    for _ in range(4):
        editor.multi_cursor.add_next_occurrence()
    assert len(editor.multi_cursor.cursors) == 3
    type_into(editor, "cow")
    assert editor.toPlainText() == "cow dog cow\ncow"
    QTest.keyClick(editor, Key.Key_Backspace)
    assert editor.toPlainText() == "co dog co\nco"
    while editor.document().isUndoAvailable():
        editor.undo()
    assert editor.toPlainText() == "cat dog cat\ncat"
    QTest.keyClick(editor, Key.Key_Escape)
    assert len(editor.multi_cursor.cursors) == 1


def test_carets_below_each_other_move_together(editor: Editor) -> None:
    editor.setPlainText("aa\nbb\ncc")
    place(editor, 0)
    for _ in range(5):
        editor.multi_cursor.add_vertically(QTextCursor.MoveOperation.Down)
    QTest.keyClick(editor, Key.Key_Right)
    type_into(editor, "-")
    assert editor.toPlainText() == "a-a\nb-b\nc-c"
    QTest.keyClick(editor, Key.Key_Home)
    QTest.keyClick(editor, Key.Key_Delete)
    assert editor.toPlainText() == "-a\n-b\n-c"


def test_as_many_lines_as_carets_are_dealt_out(editor: Editor) -> None:
    editor.setPlainText("x x")
    place(editor, 0)
    editor.multi_cursor.add_all_occurrences()
    QGuiApplication.clipboard().setText("one\ntwo")
    QTest.keyClick(editor, Key.Key_V, Modifier.ControlModifier)
    assert editor.toPlainText() == "one two"


def test_alt_click_adds_a_caret_and_a_click_goes_back_to_one(editor: Editor) -> None:
    editor.setPlainText("aa\nbb")
    place(editor, 0)
    rect = editor.cursorRect(QTextCursor(editor.document().findBlockByNumber(1)))
    button = Qt.MouseButton.LeftButton
    QTest.mouseClick(editor.viewport(), button, Modifier.AltModifier, rect.center())
    assert len(editor.multi_cursor.cursors) == 2
    QTest.mouseClick(editor.viewport(), button, Modifier.NoModifier, rect.center())
    assert len(editor.multi_cursor.cursors) == 1


@pytest.mark.parametrize("carets", [1, 2])
def test_alt_with_a_letter_writes_nothing(editor: Editor, carets: int) -> None:
    editor.setPlainText("a\nb")
    place(editor, 0)
    if carets == 2:
        editor.multi_cursor.add_vertically(QTextCursor.MoveOperation.Down)
    for letter, modifiers in (("k", Modifier.AltModifier), ("1", Modifier.AltModifier)):
        key = QKeyEvent(QEvent.Type.KeyPress, ord(letter.upper()), modifiers, letter)
        QApplication.sendEvent(editor, key)
    assert editor.toPlainText() == "a\nb"


def test_alt_gr_writes_its_letter(editor: Editor) -> None:
    alt_gr = Modifier.AltModifier | Modifier.ControlModifier  # so Windows tells it
    QApplication.sendEvent(editor, QKeyEvent(QEvent.Type.KeyPress, Key.Key_At, alt_gr, "@"))
    assert editor.toPlainText() == "@"
