"""Reading from the middle gives what reading from the start gives, after any edit."""

import random
import time

import pytest
from pygments.lexer import Lexer
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.editor import Editor, highlighter, lexing, line_states
from app.editor.highlighter import lexer_for
from app.editor.lexing import ROOT, LexerInput, LineLexer, ReadLine
from app.editor.theme import LIGHT

# What opens and closes more than a line, mostly.
PARTS = {
    "a.py": (
        '"""',
        "'''",
        "def f(x):\n",
        "# why\n",
        "x = 1\n",
        "\n",
        '"s"',
        "\\\n",
        "😀",
        "(",
        ")",
    ),
    "a.c": ("/*", "*/", "//", "int f(size_t n) {\n", "}\n", '"s', '"', "\n", "#if 0\n", "#endif\n"),
    "a.js": ("`", "${", "}", "/*", "*/", "let x = /a/g;\n", "'", "\n", "// c\n", "<b>"),
    "a.md": ("```python\n", "```\n", "# head\n", "*emph*", "`code`", "text\n", "\n", "> q\n", "é"),
    "a.html": ("<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<p a='b'>", "x\n"),
    "a.rb": ('"', "=begin\n", "=end\n", "def x\n", "end\n", "# c\n"),  # has a loop of its own
}


def made(name: str) -> LineLexer:
    lexer = lexer_for(name)
    assert isinstance(lexer, Lexer)
    return LineLexer(lexer, LIGHT.syntax)


def from_scratch(name: str, text: str) -> list[ReadLine]:
    text += "\n"
    return list(made(name).read(LexerInput(text=text, start=0, stop=len(text), stack=ROOT)))[:-1]


def styles(lines: list[ReadLine]) -> list[dict[int, str]]:
    """Return the style of every character; how tokens are cut does not matter."""
    return [
        {c: run.style for run in line.runs for c in range(run.start, run.start + run.length)}
        for line in lines
    ]


@pytest.mark.parametrize("name", PARTS)
def test_line_by_line_gives_what_pygments_gives(name: str) -> None:
    rng = random.Random(name)
    text = "".join(rng.choices(PARTS[name], k=120))
    ours = made(name)
    theirs = made(name)
    lexer = lexer_for(name)
    assert lexer is not None
    theirs._lexer, theirs.can_step = lexer, False
    piece = LexerInput(text=text + "\n", start=0, stop=len(text) + 1, stack=ROOT)
    assert styles(list(ours.read(piece))) == styles(list(theirs.read(piece)))


def test_reading_may_begin_wherever_a_stack_is_known() -> None:
    text = "".join(random.Random(1).choices(PARTS["a.py"], k=200))
    lines = from_scratch("a.py", text)
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for number, line in enumerate(lines):
        if line.stack is not None:
            piece = LexerInput(
                text=text + "\n", start=starts[number], stop=len(text) + 1, stack=line.stack
            )
            assert list(made("a.py").read(piece))[:-1] == lines[number:]


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pieces and horizon so small that a short text needs many."""
    for module in (lexing, line_states):
        monkeypatch.setattr(module, "HORIZON", 40)
    monkeypatch.setattr(lexing, "LONG_LINE", 60)
    monkeypatch.setattr(highlighter, "FIRST_CHARS", 10)
    monkeypatch.setattr(highlighter, "MOST_CHARS", 200)
    monkeypatch.setattr(highlighter, "PAUSE_MS", 0)
    monkeypatch.setattr(highlighter, "NEXT_MS", 0)


def settle(editor: Editor, until: float = 20.0) -> None:
    end = time.monotonic() + until
    while not editor.highlighter.is_settled:
        QCoreApplication.processEvents()
        assert time.monotonic() < end, "the colours never settle"


def edit(editor: Editor, rng: random.Random, parts: tuple[str, ...]) -> None:
    last = editor.document().characterCount() - 1
    cursor = QTextCursor(editor.document())
    cursor.setPosition(rng.randint(0, last))
    if rng.random() < 0.5:
        away = min(last, cursor.position() + rng.choice((1, 2, 30)))
        cursor.setPosition(away, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText("".join(rng.choices(parts, k=rng.randint(0, 3))))


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("name", PARTS)
def test_after_any_edit_colours_are_those_of_reading_from_scratch(qtbot: QtBot, name: str) -> None:
    rng = random.Random(name)
    editor = Editor()
    qtbot.addWidget(editor)
    editor.set_language(name)
    editor.setPlainText("".join(rng.choices(PARTS[name], k=150)))
    for number in range(60):
        edit(editor, rng, PARTS[name])
        if number % 4 == 3:
            editor.undo()
        if number % 3:
            # The next edit comes while this one is being read.
            for _ in range(rng.randint(0, 6)):
                QCoreApplication.processEvents()
            continue
        settle(editor)
        text = editor.document().toRawText().replace("\u2029", "\n")
        found = [line and line.runs for line in editor.highlighter._lines]
        expected = [line.runs for line in from_scratch(name, text)]
        assert found[: len(expected)] == expected, f"after edit {number}"


def test_an_edit_of_a_large_text_is_read_alone(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.set_language("a.py")
    editor.setPlainText('def f(x):  # a comment\n    return x, "text"\n\n' * 4000)
    settle(editor, 100.0)
    read: list[int] = []
    piece_of = highlighter.piece_of

    def noted(*arguments: object) -> LexerInput:
        one = piece_of(*arguments)  # type: ignore[arg-type]
        read.append(one.stop - one.start)
        return one

    monkeypatch.setattr(highlighter, "piece_of", noted)
    cursor = QTextCursor(editor.document().findBlockByNumber(6000))
    cursor.insertText("y = 2\n")
    settle(editor)
    assert sum(read) < 30_000
