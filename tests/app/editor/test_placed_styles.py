"""A draft is read as its document is: by its lexer, from the state of the lines before it."""

import time

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.editor import Editor, placed_styles
from app.editor.lexing import StyledRun
from app.system.turns import INTERFACE
from app.text.positions import utf16_len

PYTHON = 'x = 1\ndef f():\n    """A\n    doc"""\n    return "😀" + "b"  # no\n'
MARKDOWN = f"# Title\n\nSome *text*.\n\n```python\n{PYTHON}```\n\nThe `end`.\n"
SCRIPT = "/* one\n   two */\nlet a = 1; // three\n"


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(600, 300)
    return editor


def open_text(qtbot: QtBot, editor: Editor, name: str, text: str) -> None:
    editor.set_language(name)
    editor.setPlainText(text)
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)


def of_document(editor: Editor, first: int) -> list[StyledRun]:
    """Return the document's own runs from a line on, counted from its beginning."""
    block, found, start = editor.document().findBlockByNumber(first), [], 0
    while block.isValid():
        runs = editor.highlighter.runs_of(block)
        found += [StyledRun(start + run.start, run.length, run.style) for run in runs]
        start, block = start + utf16_len(block.text()) + 1, block.next()
    return found


def styles(editor: Editor, line: int, text: str, *, is_final: bool = False) -> dict[str, str]:
    block = editor.document().findBlockByNumber(line)
    placed = editor.placed_text.read(block, text, is_final=is_final)
    return {text[run.start : run.start + run.length]: run.style for run in placed.runs}


@pytest.mark.parametrize(
    ("name", "text"), [("a.py", PYTHON), ("a.md", MARKDOWN), ("a.js", SCRIPT), ("a.txt", "no\n")]
)
def test_what_is_read_in_place_is_as_in_the_document(
    qtbot: QtBot, editor: Editor, name: str, text: str
) -> None:
    open_text(qtbot, editor, name, text)
    lines = text.split("\n")
    for first in range(len(lines)):
        block = editor.document().findBlockByNumber(first)
        placed = editor.placed_text.read(block, "\n".join(lines[first:]), is_final=False)
        shown = {run for run in placed.runs if run.length}
        assert shown == {run for run in of_document(editor, first) if run.length}, first


def test_the_lines_before_say_what_a_draft_is_in(qtbot: QtBot, editor: Editor) -> None:
    open_text(qtbot, editor, "a.py", PYTHON)
    assert styles(editor, 1, "def g():")["def"] == "Keyword"
    assert styles(editor, 3, "    def")["    def"] == "Literal.String"  # within the docstring


def test_a_block_of_code_in_a_draft_is_in_its_own_language(qtbot: QtBot, editor: Editor) -> None:
    open_text(qtbot, editor, "a.md", "Some text.\n")
    text = "Look:\n```python\ndef f(): pass\n```\ndef is a word"
    placed = editor.placed_text.read(editor.document().firstBlock(), text, is_final=False)
    assert StyledRun(text.index("def"), 3, "Keyword") in placed.runs
    assert [run.style for run in placed.runs if run.start > text.index("\n```\n") + 3] == []
    # The fences and what is between them are in the typeface of code.
    assert [text[start : start + length] for start, length in placed.code] == [
        "```python",
        "def f(): pass",
        "```",
    ]


def test_a_line_that_stays_is_not_read_again(
    qtbot: QtBot, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_text(qtbot, editor, "a.py", PYTHON)
    read: list[str] = []
    original = placed_styles._read_group

    def noted(lexer: object, stack: object, lines: list[str]) -> object:
        read.append(lines[0])
        return original(lexer, stack, lines)

    monkeypatch.setattr(placed_styles, "_read_group", noted)
    styles(editor, 0, "a = 1\nb = 2\nc = 3")
    styles(editor, 0, "a = 1\nb = 4\nc = 3")
    assert read == ["a = 1", "b = 2", "c = 3", "b = 4"]
    styles(editor, 0, "a = 1\nb = 4\nc = 3", is_final=True)
    assert read[4:] == ["a = 1", "b = 4", "c = 3"]


def families(editor: Editor) -> list[str]:
    """Return the typeface that each line is set in; empty for the document's own."""
    block, found = editor.document().firstBlock(), []
    while block.isValid():
        editor.highlighter.show(block)
        names = [f.format.fontFamilies() for f in block.layout().formats()]
        found.append(next((name[0] for name in names if name), ""))
        block = block.next()
    return found


def test_code_in_prose_is_set_in_the_typeface_of_code(qtbot: QtBot, editor: Editor) -> None:
    editor.set_fonts("", "Some Mono", 12.0)
    open_text(qtbot, editor, "a.md", "Prose.\n\n```python\nx = 1\n```\nMore.\n")
    mono = "Some Mono"
    assert families(editor) == ["", "", mono, mono, mono, "", ""]


def test_it_stays_so_while_one_types(qtbot: QtBot, editor: Editor) -> None:
    editor.set_fonts("", "Some Mono", 12.0)
    open_text(qtbot, editor, "a.md", "Prose.\n\n```python\nx = 1\n```\nMore.\n")
    cursor = QTextCursor(editor.document().findBlockByNumber(3))
    cursor.insertText("y = 2\n")
    QTextCursor(editor.document()).insertText("New.\n")
    mono = "Some Mono"
    assert families(editor) == ["", "", "", mono, mono, mono, mono, "", ""]


def test_a_program_is_in_one_typeface(qtbot: QtBot, editor: Editor) -> None:
    open_text(qtbot, editor, "a.py", PYTHON)
    assert set(families(editor)) == {""}
    assert editor.code_format is None


def test_the_interface_never_waits_for_itself(
    qtbot: QtBot, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_text(qtbot, editor, "a.md", MARKDOWN)
    INTERFACE.note()  # a key or a frame is on the way, as it is when a draft is drawn
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("the interface slept"))
    block = editor.document().firstBlock()
    assert editor.placed_text.read(block, MARKDOWN * 2, is_final=False).runs
