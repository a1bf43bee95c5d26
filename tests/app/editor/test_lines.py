"""Commands on lines do what they say, in one undo step."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from app.editor import lines
from app.editor.comments import comment_marks
from app.text.indentation import Indentation

SPACES = Indentation(4)
TEXT = st.text(alphabet="ab \t\n😀", max_size=30)


def cursor_on(text: str, start: int, end: int | None = None) -> QTextCursor:
    document = QTextDocument()
    document.setPlainText(text)
    document.setParent(None)
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(start if end is None else end, QTextCursor.MoveMode.KeepAnchor)
    cursor.owner = document  # lives as long as the cursor
    return cursor


def text_of(cursor: QTextCursor) -> str:
    return cursor.document().toRawText().replace("\u2029", "\n")


@pytest.mark.parametrize(
    ("act", "text", "at", "wanted"),
    [
        (lines.duplicate, "one\ntwo", (1,), "one\none\ntwo"),
        (lines.duplicate, "one two", (0, 4), "one one two"),
        (partial(lines.move, step=1), "a\nb\nc", (0,), "b\na\nc"),
        (partial(lines.move, step=-1), "a\nb\nc", (4,), "a\nc\nb"),
        (partial(lines.move, step=1), "a\nb\nc", (0, 4), "c\na\nb"),
        (partial(lines.move, step=1), "a\nb\nc", (0, 3), "c\na\nb"),
        (partial(lines.move, step=-1), "a\nb", (0,), "a\nb"),
        (lines.delete, "a\nb\nc", (2,), "a\nc"),
        (lines.delete, "a\nb", (2,), "a"),
        (lines.delete, "a", (0,), ""),
        (lines.join, "a  \n   b\nc", (0,), "a b\nc"),
        (lines.join, "a\n\nb", (0, 4), "a b"),
        (partial(lines.indent, by=SPACES), "a\n\nb", (0, 3), "    a\n\nb"),
        (partial(lines.indent, by=Indentation(uses_tabs=True)), "a\nb", (0, 3), "\ta\n\tb"),
        (partial(lines.outdent, by=SPACES), "      a\n\tb\n c", (0, 12), "  a\nb\nc"),
    ],
)
def test_a_command(
    act: Callable[[QTextCursor], None], text: str, at: tuple[int, ...], wanted: str
) -> None:
    cursor = cursor_on(text, *at)
    act(cursor)
    assert text_of(cursor) == wanted


@given(TEXT, st.integers(0, 40), st.integers(0, 40), st.data())
def test_every_command_is_one_undo_step(
    text: str, start: int, end: int, data: st.DataObject
) -> None:
    length = len(text.encode("utf-16-le")) // 2
    cursor = cursor_on(text, min(start, length), min(end, length))
    commands = [
        lines.duplicate,
        partial(lines.move, step=1),
        partial(lines.move, step=-1),
        lines.delete,
        lines.join,
        partial(lines.indent, by=SPACES),
        partial(lines.outdent, by=SPACES),
        partial(lines.toggle_comment, marks=("#", "")),
    ]
    data.draw(st.sampled_from(commands))(cursor)
    if text_of(cursor) != text:
        cursor.document().undo()
    assert text_of(cursor) == text


@given(st.text(alphabet="ab \n", max_size=30), st.sampled_from([("#", ""), ("<!--", "-->")]))
def test_a_comment_toggled_twice_is_the_text_again(text: str, marks: tuple[str, str]) -> None:
    cursor = cursor_on(text, 0, len(text))
    lines.toggle_comment(cursor, marks)
    cursor.select(QTextCursor.SelectionType.Document)
    lines.toggle_comment(cursor, marks)
    kept = [line if line.strip() else "" for line in text_of(cursor).split("\n")]
    assert [line.rstrip() for line in kept] == [line.rstrip() for line in text.split("\n")]


@given(TEXT)
def test_trimming_takes_only_ends(text: str) -> None:
    cursor = cursor_on(text, 0)
    lines.trim(cursor.document())
    assert text_of(cursor) == "\n".join(line.rstrip(" \t") for line in text.split("\n"))


@pytest.mark.parametrize(
    ("name", "marks"),
    [("a.py", ("#", "")), ("a.rs", ("//", "")), ("a.svg", ("<!--", "-->")), ("odd", ("#", ""))],
)
def test_comments_follow_the_name(name: str, marks: tuple[str, str]) -> None:
    assert comment_marks(name) == marks
