"""Commands on whole lines; each is one undo step and keeps the selection on its text."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from app.text.differences import common_head, common_tail
from app.text.edits import insert, text_between
from app.text.indentation import Indentation, leading_space
from app.text.positions import utf16_len

TRAILING = re.compile(r"[ \t]+$")
KEEP = QTextCursor.MoveMode.KeepAnchor


def duplicate(cursor: QTextCursor) -> None:
    """Put a copy of the selection behind it, or of the line below it."""
    if cursor.hasSelection():
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        text = text_between(cursor.document(), start, end)
        with _edit(cursor):
            cursor.setPosition(end)
            insert(cursor, text)
        _select(cursor, end, 2 * end - start)
        return
    column = cursor.positionInBlock()
    block = cursor.block()
    with _edit(cursor):
        cursor.setPosition(block.position() + len_of(block))
        cursor.insertText("\n" + block.text())
    cursor.setPosition(cursor.block().position() + column)


def move(cursor: QTextCursor, step: int) -> None:
    """Move the selected lines over the line above (-1) or below (+1)."""
    first, last = _blocks(cursor)
    other = first.previous() if step < 0 else last.next()
    if not other.isValid():
        return
    anchor, position = cursor.anchor(), cursor.position()
    # The neighbour is what moves: the selected lines, which may be many, stay untouched.
    moved, start = other.text(), first.position()
    shift = (len_of(other) + 1) * (1 if step > 0 else -1)
    end = last.position() + len_of(last)
    edit = QTextCursor(cursor.document())
    with _edit(edit):
        if step < 0:
            _select(edit, end, end)
            edit.insertText("\n" + moved)
            _select(edit, other.position(), start)
        else:
            _select(edit, end, end + len_of(other) + 1)
        edit.removeSelectedText()
        if step > 0:
            _select(edit, start, start)
            insert(edit, moved + "\n")
    length = cursor.document().characterCount() - 1
    _select(cursor, min(anchor + shift, length), min(position + shift, length))


def delete(cursor: QTextCursor) -> None:
    """Remove the selected lines whole."""
    first, last = _blocks(cursor)
    column = cursor.positionInBlock()
    following = last.next()
    with _edit(cursor):
        if following.isValid():
            _select(cursor, first.position(), following.position())
        else:
            # The last line goes with the line break before it, as there is none behind.
            _select(cursor, max(0, first.position() - 1), last.position() + len_of(last))
        cursor.removeSelectedText()
    block = cursor.block()
    cursor.setPosition(block.position() + min(column, len_of(block)))


def join(cursor: QTextCursor) -> None:
    """Join the selected lines, or the line and the next, with one space between them."""
    first, last = _blocks(cursor)
    count = max(1, last.blockNumber() - first.blockNumber())
    with _edit(cursor):
        for _ in range(count):
            following = first.next()
            if not following.isValid():
                break
            head, text = first.text().rstrip(), following.text()
            indent = len(text) - len(text.lstrip())
            _select(
                cursor,
                first.position() + utf16_len(head),
                following.position() + indent,
            )
            cursor.insertText(" " if head and text.strip() else "")


def indent(cursor: QTextCursor, by: Indentation) -> None:
    """Move the selected lines one step to the right; empty ones stay empty."""
    _change_lines(cursor, lambda line: by.step + line if line.strip() else line)


def outdent(cursor: QTextCursor, by: Indentation) -> None:
    """Move the selected lines one step to the left."""
    _change_lines(cursor, partial(_outdented, by))


def toggle_comment(cursor: QTextCursor, marks: tuple[str, str]) -> None:
    """Make comments of the selected lines, or take them back if all of them are."""
    begin, end = marks
    lines = [line for line in _lines(cursor) if line.strip()]
    if not lines:
        return
    if all(_is_comment(line, begin.strip(), end) for line in lines):
        _change_lines(cursor, lambda line: _uncommented(line, begin.strip(), end))
        return
    column = min(len(leading_space(line)) for line in lines)
    tail = f" {end}" if end else ""

    def commented(line: str) -> str:
        if not line.strip():
            return line
        return f"{line[:column]}{begin.rstrip()} {line[column:]}{tail}"

    _change_lines(cursor, commented)


def trim(document: QTextDocument) -> None:
    """Take white space away from the ends of all lines, as one undo step."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    block = document.firstBlock()
    while block.isValid():
        found = TRAILING.search(block.text())
        if found:
            end = block.position() + len_of(block)
            _select(cursor, end - len(found[0]), end)
            cursor.removeSelectedText()
        block = block.next()
    cursor.endEditBlock()


def len_of(block: QTextBlock) -> int:
    """Return the length of a block's text, UTF-16 units."""
    return block.length() - 1


def _is_comment(line: str, begin: str, end: str) -> bool:
    text = line.strip()
    return text.startswith(begin) and text.endswith(end)


def _uncommented(line: str, begin: str, end: str) -> str:
    if not line.strip():
        return line
    space = leading_space(line)
    body = line[len(space) + len(begin) :].removeprefix(" ")
    if end:
        body = body.rstrip().removesuffix(end).removesuffix(" ")
    return space + body


def _outdented(by: Indentation, line: str) -> str:
    if line.startswith("\t"):
        return line[1:]
    space = len(line) - len(line.lstrip(" "))
    return line[min(space, by.columns) :]


def _change_lines(cursor: QTextCursor, change: Callable[[str], str]) -> None:
    """Replace the selected lines, touching only what is new in each."""
    first, last = _blocks(cursor)
    edit = QTextCursor(cursor.document())
    with _edit(edit):
        block = first
        for _ in range(last.blockNumber() - first.blockNumber() + 1):
            _change_line(edit, block, change(block.text()))
            block = block.next()


def _change_line(edit: QTextCursor, block: QTextBlock, new: str) -> None:
    old = block.text()
    if new == old:
        return
    # The end comes first: a caret at the start of the line is to move with its text.
    tail = common_tail(old, new)
    head = common_head(old[: len(old) - tail], new[: len(new) - tail])
    start = block.position() + utf16_len(old[:head])
    _select(edit, start, start + utf16_len(old[head : len(old) - tail]))
    insert(edit, new[head : len(new) - tail])


def _lines(cursor: QTextCursor) -> Iterator[str]:
    first, last = _blocks(cursor)
    block = first
    while block.isValid() and block.blockNumber() <= last.blockNumber():
        yield block.text()
        block = block.next()


def _blocks(cursor: QTextCursor) -> tuple[QTextBlock, QTextBlock]:
    """Return the first and last selected block; one that is selected up to its start is not."""
    document = cursor.document()
    first = document.findBlock(cursor.selectionStart())
    last = document.findBlock(cursor.selectionEnd())
    # A selection of whole lines ends at the start of the next one.
    if last != first and cursor.selectionEnd() == last.position():
        last = last.previous()
    return first, last


def _select(cursor: QTextCursor, anchor: int, position: int) -> None:
    cursor.setPosition(anchor)
    cursor.setPosition(position, KEEP)


@contextmanager
def _edit(cursor: QTextCursor) -> Iterator[None]:
    cursor.beginEditBlock()
    try:
        yield
    finally:
        cursor.endEditBlock()
