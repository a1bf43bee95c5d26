"""Syntax colours: right, out of the way, and without a trace in the document."""

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.editor.highlighter import lexer_for
from app.editor.lexing import StyledRun
from app.editor.styled_lines import StyledLine
from app.editor.theme import LIGHT

CODE = 'x = 1\ndef f():\n    """A\n    doc"""\n    return "😀" + "b"  # no\n'


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.set_theme(LIGHT)
    editor.resize(600, 300)
    editor.set_language("a.py")
    return editor


def settle(qtbot: QtBot, editor: Editor) -> None:
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)


def colors(editor: Editor, line: int) -> dict[str, str]:
    """Return the colour name of each coloured stretch of a line."""
    block = editor.document().findBlockByNumber(line)
    editor.highlighter.show(block)
    units = block.text().encode("utf-16-le")
    return {
        units[2 * found.start : 2 * (found.start + found.length)].decode("utf-16-le"): (
            found.format.foreground().color().name()
        )
        for found in block.layout().formats()
    }


def test_tokens_get_their_colours_across_lines(qtbot: QtBot, editor: Editor) -> None:
    editor.setPlainText(CODE)
    settle(qtbot, editor)
    syntax = LIGHT.syntax
    assert colors(editor, 1)["def"] == syntax["Keyword"].name()
    assert colors(editor, 3)['    doc"""'] == syntax["Literal.String"].name()
    assert colors(editor, 4)["# no"] == syntax["Comment"].name()


def test_an_edit_recolours_what_follows(qtbot: QtBot, editor: Editor) -> None:
    editor.setPlainText(CODE)
    settle(qtbot, editor)
    cursor = QTextCursor(editor.document())
    cursor.insertText("'''\n")
    settle(qtbot, editor)
    assert colors(editor, 2) == {"def f():": LIGHT.syntax["Literal.String"].name()}


def test_colours_move_with_typing_before_the_lexer_comes(qtbot: QtBot, editor: Editor) -> None:
    editor.setPlainText(CODE)
    settle(qtbot, editor)
    QTextCursor(editor.document()).insertText("yy\n")
    cursor = QTextCursor(editor.document().findBlockByNumber(2))
    cursor.insertText("  ")
    assert colors(editor, 2)["def"] == LIGHT.syntax["Keyword"].name()


def test_colours_do_not_modify_the_document(qtbot: QtBot, editor: Editor) -> None:
    editor.setPlainText(CODE)
    settle(qtbot, editor)
    assert not editor.document().isModified()
    assert editor.document().availableUndoSteps() == 0


def test_plain_text_has_no_lexer() -> None:
    assert lexer_for("notes.txt") is None
    assert lexer_for("") is None
    assert lexer_for("no-such.suffix-at-all") is None


def test_a_line_moves_its_runs_with_an_edit() -> None:
    line = StyledLine("ab cd", (StyledRun(0, 2, "Keyword"), StyledRun(3, 2, "Comment")))
    assert [run.start for run in line.runs_for("ab xx cd")] == [0, 6]
    assert [run.start for run in line.runs_for("b cd")] == [0, 2]


def test_lines_in_view_are_coloured_when_they_are_drawn(qtbot: QtBot, editor: Editor) -> None:
    editor.setPlainText(CODE * 400)
    settle(qtbot, editor)
    editor.show()
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    editor.grab()
    shown = [block for block, _ in editor.visible_blocks() if block.text().startswith("def")]
    assert shown
    assert all(block.layout().formats() for block in shown)
    assert not editor.document().firstBlock().layout().formats()  # nobody has looked there


def test_a_newer_text_wins_over_one_that_is_still_being_read(qtbot: QtBot, editor: Editor) -> None:
    editor.setPlainText("value = call(name, 12)  # why\n" * 20_000)
    qtbot.waitUntil(lambda: editor.highlighter._reading is not None)
    editor.setPlainText(CODE)
    settle(qtbot, editor)
    assert [line and line.text for line in editor.highlighter._lines] == CODE.split("\n")
    assert colors(editor, 1)["def"] == LIGHT.syntax["Keyword"].name()
