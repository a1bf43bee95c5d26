"""U+FEFF is a character of the text like any other, at its start as well; bytes written by hand."""

from pathlib import Path

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.documents import Document, Encoding, text_file
from app.editor.mirror import MirrorEditor
from app.text.edits import replace_range, text_of
from tests.app.house import House

MARK = b"\xef\xbb\xbf"


def remove_first_line(edit: QPlainTextEdit) -> None:
    cursor = QTextCursor(edit.document())
    cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"one\n\xef\xbb\xbftwo\n", b"\xef\xbb\xbftwo\n"),
        (b"\xef\xbb\xbfone\n\xef\xbb\xbftwo\n", b"\xef\xbb\xbf\xef\xbb\xbftwo\n"),
        (b"\xff\xfea\0\n\0\xff\xfeb\0", b"\xff\xfe\xff\xfeb\0"),
        (b"\xfe\xff\0a\0\n\xfe\xff\0b", b"\xfe\xff\xfe\xff\0b"),
        (b"one\n\xef\xbb\xbf\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf"),
        (b"one\n\xef\xbf\xbetwo", b"\xef\xbf\xbetwo"),  # U+FFFE, the mark of the other order
    ],
)
def test_a_mark_that_comes_to_be_the_first_character_is_saved_once_and_read_again(
    document: Document, edit: QPlainTextEdit, tmp_path: Path, before: bytes, after: bytes
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(before)
    document.load(path)
    remove_first_line(edit)
    document.save()
    assert path.read_bytes() == after
    document.load(path)
    document.save(tmp_path / "again.txt")
    assert (tmp_path / "again.txt").read_bytes() == after


@pytest.mark.parametrize("data", [MARK * 2 + b"a\r\nb\n", b"\xff\xfe\xfe\xffa\0", MARK * 3])
def test_a_text_that_begins_with_marks_is_opened_and_edited(
    qtbot: QtBot,
    document: Document,
    edit: QPlainTextEdit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    for large in (text_file.LARGE, 0):
        monkeypatch.setattr(text_file, "LARGE", large)
        with qtbot.waitSignal(document.loaded):
            document.load(path)
        cursor = QTextCursor(edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("x")
        document.save(tmp_path / "b.txt")
        wide = data.startswith(b"\xff\xfe")
        assert (tmp_path / "b.txt").read_bytes() == data + (b"x\0" if wide else b"x")


def test_a_text_in_another_encoding_begins_with_it_too(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(MARK + MARK + b"a")
    document.load(path)
    document.save(encoding=Encoding("utf-16-le", b"\xff\xfe"))
    assert path.read_bytes() == b"\xff\xfe\xff\xfea\0"


def test_what_a_reload_brings_may_begin_with_it(
    document: Document, edit: QPlainTextEdit, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a")
    document.load(path)
    for data in (MARK * 2 + b"b", MARK + b"\xef\xbf\xbec"):
        path.write_bytes(data)
        document.reload()
        path.write_bytes(b"lost")
        document.save()
        assert path.read_bytes() == data
    edit.undo()
    assert document.text() == "\ufeffb"


@pytest.mark.parametrize("text", ["\ufeffnew", "\ufffenew", "\ufeff"])
def test_what_the_program_puts_in_may_begin_with_it(
    edit: QPlainTextEdit, qtbot: QtBot, text: str
) -> None:
    edit.setPlainText("one two")
    view = MirrorEditor(edit.document())
    qtbot.addWidget(view)
    replace_range(edit.document(), 4, 7, text)
    assert text_of(edit.document()) == text_of(view.document()) == f"one {text}"
    replace_range(view.document(), 0, 4, "")
    assert text_of(edit.document()) == text_of(view.document()) == text
    edit.undo()
    edit.undo()
    assert text_of(edit.document()) == text_of(view.document()) == "one two"


def test_a_match_behind_a_mark_is_found_where_it_stands(house: House, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(MARK * 2 + b"find me")
    house.workspace.open_paths([path])
    house.choose("Find")
    house.window.finder._bar.pattern.setText("find")
    house.window.finder.find_next()
    assert house.tab.editor.textCursor().selectedText() == "find"
