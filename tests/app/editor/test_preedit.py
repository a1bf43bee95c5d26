"""What an input method is composing looks as it wants, and the colours around it stay right."""

import pytest
from PySide6.QtGui import QInputMethodEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import Editor


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.set_language("a.py")
    editor.setPlainText("def area(radius): pass")
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    return editor


def compose(editor: Editor, preedit: str, commit: str = "") -> None:
    style = QTextCharFormat()
    style.setFontUnderline(True)
    kind = QInputMethodEvent.AttributeType.TextFormat
    marks = [QInputMethodEvent.Attribute(kind, 0, len(preedit), style)] if preedit else []
    event = QInputMethodEvent(preedit, marks)
    event.setCommitString(commit)
    QApplication.sendEvent(editor, event)


def styled(editor: Editor) -> dict[tuple[int, int], QTextCharFormat]:
    """Return the formats of the line once it has been drawn, by start and length."""
    block = editor.document().firstBlock()
    for _ in range(2):  # it is drawn again and again
        editor.highlighter.show(block)
    formats = block.layout().formats()
    return {(found.start, found.length): QTextCharFormat(found.format) for found in formats}


@pytest.mark.parametrize("place", [0, 2, 4, 8])
def test_colours_move_aside_for_what_is_composed(editor: Editor, place: int) -> None:
    before = styled(editor)
    cursor = editor.textCursor()
    cursor.setPosition(place)
    editor.setTextCursor(cursor)
    compose(editor, "にほ")
    during = styled(editor)
    assert during.pop((place, 2)).fontUnderline()
    expected = {
        (start + 2 * (start >= place), length + 2 * (start < place < start + length)): style
        for (start, length), style in before.items()
    }
    assert during == expected


def test_nothing_of_it_is_left_when_it_is_given_up(editor: Editor) -> None:
    before = styled(editor)
    compose(editor, "にほ")
    styled(editor)
    compose(editor, "")
    assert styled(editor) == before
    assert editor.toPlainText() == "def area(radius): pass"
