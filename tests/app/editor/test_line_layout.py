"""The layout of lines: what Qt's own gives, without a look at lines that nobody sees."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlock, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextDocumentLayout, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.editor import Editor

TEXTS = [
    "",
    "one\ntwo\n\n",
    "words that are wrapped " * 30 + "\n" + "unbroken" * 60,
    "tab\tand\u2028separator\nשלום עולם e\u0301 👩‍👧 日本語\n\u202eright to left\u202c",
]
MANY = 5000


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    made = Editor()
    qtbot.addWidget(made)
    made.set_language("a.py")
    made.resize(600, 400)
    made.show()
    return made


def blocks(document: QTextDocument) -> list[QTextBlock]:
    found, block = [], document.begin()
    while block.isValid():
        found.append(block)
        block = block.next()
    return found


def laid_out(document: QTextDocument) -> int:
    return sum(block.layout().lineCount() > 0 for block in blocks(document))


def lines_of(document: QTextDocument) -> list[tuple[object, ...]]:
    layout = document.documentLayout()
    found: list[tuple[object, ...]] = []
    for block in blocks(document):
        rect = layout.blockBoundingRect(block)
        text = block.layout()
        lines = [text.lineAt(i) for i in range(text.lineCount())]
        found.append((rect, block.lineCount()))
        found += [(x.textStart(), x.textLength(), x.rect(), x.naturalTextRect()) for x in lines]
    return found


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("wraps", [True, False])
def test_every_line_stands_where_qt_puts_it(
    editor: Editor, qtbot: QtBot, text: str, wraps: bool
) -> None:
    editor.set_word_wrap(wraps)
    editor.setPlainText(text)
    plain = QPlainTextEdit()
    qtbot.addWidget(plain)
    document = QTextDocument(plain)
    document.setDocumentLayout(QPlainTextDocumentLayout(document))
    document.setDocumentMargin(editor.document().documentMargin())
    plain.setDocument(document)
    plain.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    plain.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    plain.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    plain.setFont(editor.font())
    plain.setTabStopDistance(editor.tabStopDistance())
    plain.setLineWrapMode(editor.lineWrapMode())
    plain.resize(editor.viewport().size())
    plain.show()
    plain.setPlainText(text)
    assert plain.viewport().width() == editor.viewport().width()
    assert lines_of(editor.document()) == lines_of(document)


def test_a_longest_line_that_gets_shorter_leaves_the_others_alone(editor: Editor) -> None:
    editor.setPlainText("the longest line\n" + "line\n" * MANY)
    editor.viewport().repaint()
    QTest.keyClicks(editor, "longer")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    assert laid_out(editor.document()) < 100


def test_another_width_wraps_what_is_in_view(editor: Editor) -> None:
    editor.setPlainText("many words in one line " * 10 + "\n" + "line\n" * MANY)
    editor.viewport().repaint()
    before = editor.document().firstBlock().lineCount()
    editor.resize(300, 400)
    editor.viewport().repaint()
    assert editor.document().firstBlock().lineCount() > before
    assert laid_out(editor.document()) < 100


def test_one_can_scroll_to_the_end_of_the_widest_line_and_no_further(editor: Editor) -> None:
    editor.set_word_wrap(False)
    editor.setPlainText("short\n" + "wide " * 100 + "\n" + "wider " * 200)
    bar = editor.horizontalScrollBar()
    QTest.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert editor.cursorRect().right() <= editor.viewport().width()
    assert 0 < bar.value() <= bar.maximum()
    QTest.keyClick(editor, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    editor.viewport().repaint()
    widest = editor.fontMetrics().horizontalAdvance("wide " * 100)
    assert bar.maximum() < widest
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert bar.maximum() == 0
