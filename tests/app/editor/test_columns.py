"""Column selection by mouse and by keys."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import Editor

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.set_language("a.py")
    editor.resize(700, 300)
    with qtbot.waitExposed(editor):
        editor.show()
    editor.setPlainText("one two\nthree four\nab\nfive six\n")
    return editor


def point(editor: Editor, line: int, column: int) -> QPoint:
    block = editor.document().findBlockByNumber(line)
    cursor = QTextCursor(editor.document())
    cursor.setPosition(block.position() + column)
    return editor.cursorRect(cursor).center()


def send(editor: Editor, kind: QEvent.Type, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    left = Qt.MouseButton.LeftButton
    place = QPointF(at)
    event = QMouseEvent(kind, place, editor.viewport().mapToGlobal(place), left, left, modifiers)
    QApplication.sendEvent(editor.viewport(), event)


def drag(editor: Editor, start: QPoint, end: QPoint) -> None:
    send(editor, QEvent.Type.MouseButtonPress, start, ALT)
    send(editor, QEvent.Type.MouseMove, end, ALT)
    send(editor, QEvent.Type.MouseButtonRelease, end, ALT)


def selected(editor: Editor) -> list[str]:
    found = sorted(editor.multi_cursor.cursors, key=QTextCursor.selectionStart)
    return [cursor.selectedText() for cursor in found]


def test_dragging_with_alt_selects_a_column(qtbot: QtBot, editor: Editor) -> None:
    drag(editor, point(editor, 0, 1), point(editor, 1, 4))
    assert selected(editor) == ["ne ", "hre"]
    qtbot.keyClicks(editor, "-")
    assert editor.toPlainText().startswith("o-two\nt-e four")
    editor.undo()
    assert editor.toPlainText().startswith("one two\nthree")


def test_lines_that_are_too_short_are_left_out(editor: Editor) -> None:
    drag(editor, point(editor, 1, 4), point(editor, 3, 6))
    assert selected(editor) == ["e ", " s"]


def test_upwards_and_leftwards_is_the_same_column(editor: Editor) -> None:
    drag(editor, point(editor, 1, 4), point(editor, 0, 1))
    assert selected(editor) == ["ne ", "hre"]
    assert editor.textCursor().blockNumber() == 0


def test_a_click_with_alt_is_one_more_caret(editor: Editor) -> None:
    drag(editor, point(editor, 1, 2), point(editor, 1, 2))
    assert len(editor.multi_cursor.cursors) == 2


def test_shift_and_alt_draw_from_the_caret(editor: Editor) -> None:
    end = point(editor, 1, 3)
    send(editor, QEvent.Type.MouseButtonPress, end, ALT | SHIFT)
    send(editor, QEvent.Type.MouseButtonRelease, end, ALT | SHIFT)
    assert selected(editor) == ["one", "thr"]


def test_keys_draw_a_column_past_short_lines(editor: Editor) -> None:
    editor.moveCursor(QTextCursor.MoveOperation.EndOfWord)
    for _ in range(3):
        editor.columns.step(rows=1)
    assert selected(editor) == ["", "", ""]  # "ab" is too short
    for _ in range(2):
        editor.columns.step(columns=1)
    assert selected(editor) == [" t", "ee", "e "]
    editor.columns.step(columns=-1)
    assert selected(editor) == [" ", "e", "e"]


def test_a_column_reaches_behind_the_ends_of_lines(editor: Editor) -> None:
    for _ in range(9):
        editor.columns.step(columns=1)
    editor.columns.step(rows=1)
    assert selected(editor) == ["one two", "three fou"]


def test_wrapped_lines_have_a_part_each(editor: Editor) -> None:
    editor.setPlainText("word " * 60)
    layout = editor.document().firstBlock().layout()
    assert layout.lineCount() > 1
    editor.columns.step(rows=1)
    editor.columns.step(columns=1)
    assert selected(editor) == ["w", "w"]


def test_a_column_goes_by_whole_characters(editor: Editor) -> None:
    editor.setPlainText("😀😀😀\nabc")
    editor.columns.step(columns=1)
    editor.columns.step(columns=1)
    assert selected(editor) == ["😀😀"]
    editor.columns.step(columns=-1)
    assert selected(editor) == ["😀"]


def test_a_column_ends_before_the_last_character_of_a_wrapped_line(editor: Editor) -> None:
    editor.setPlainText("😀" * 120)
    line = editor.document().firstBlock().layout().lineAt(0)
    end = round(line.naturalTextRect().right() + editor.contentOffset().x()) - 2
    drag(editor, point(editor, 0, 0), QPoint(end, 8))
    assert editor.textCursor().position() == line.textLength() - 2


def test_moving_the_caret_ends_the_column(qtbot: QtBot, editor: Editor) -> None:
    editor.columns.step(rows=1)
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    editor.columns.step(columns=-1)
    assert len(editor.multi_cursor.cursors) == 1
