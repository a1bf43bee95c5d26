"""Large files: shown bit by bit, whole in the end, and not to be edited before."""

import random
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.documents import Document, Encoding, TextFileError, text_file
from app.documents.filling import PIECE, Filling
from app.widgets import dialogs
from tests.app.house import House


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take more than a few lines for a large file."""
    monkeypatch.setattr(text_file, "LARGE", 100)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "large.txt"
    path.write_bytes(data)
    return path


def lines(count: int, end: str = "\n") -> str:
    return "".join(f"line {number} größer 😀{end}" for number in range(count))


def load(document: Document, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(document.loaded):
        document.load(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_large_file_is_saved_byte_for_byte(
    document: Document, tmp_path: Path, qtbot: QtBot, end: str
) -> None:
    data = lines(5000, end).encode()
    load(document, written(tmp_path, data), qtbot)
    assert not document.is_modified
    document.save(tmp_path / "copy.txt")
    assert (tmp_path / "copy.txt").read_bytes() == data


@pytest.mark.parametrize("seed", range(5))
def test_odd_characters_stand_at_the_ends_of_pieces(
    document: Document, tmp_path: Path, qtbot: QtBot, seed: int
) -> None:
    draw = random.Random(seed)
    odd = ["\n", "\ufeff", "a", "😀", "\u2028", "\u00a0", "e\u0301", "\x0b"]
    text = "a" + "".join(draw.choices(odd, [8, 4, 1, 1, 1, 1, 1, 1], k=8 * PIECE))
    load(document, written(tmp_path, text.encode()), qtbot)
    assert document.text() == text


def test_nothing_can_be_undone_after_it(
    document: Document, edit: QPlainTextEdit, tmp_path: Path, qtbot: QtBot
) -> None:
    load(document, written(tmp_path, lines(5000).encode()), qtbot)
    assert not edit.document().isUndoAvailable()
    edit.insertPlainText("new")
    edit.undo()
    assert document.text() == lines(5000)


def test_one_long_line_comes_in_one_piece(qtbot: QtBot) -> None:
    text_document = QTextDocument()
    filling = Filling(text_document, "a" * (3 * PIECE) + "\nb", "", text_document)
    with qtbot.waitSignal(filling.ended):
        filling.start()
        assert text_document.characterCount() == 3 * PIECE + 2
    assert text_document.toRawText() == "a" * (3 * PIECE) + "\u2029b"


def test_while_it_comes_it_is_neither_modified_nor_changed_on_disk(
    document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path, lines(50_000).encode())
    with qtbot.waitSignal(document.moved):
        document.load(path)
    assert document.is_loading
    assert 0 < document.share <= 1
    assert (document.path, document.is_modified) == (path, False)
    assert not document.is_changed_on_disk()
    document.stop_loading()


def test_what_is_no_text_is_told_later_and_leaves_nothing(
    document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(document.load_failed) as told:
        document.load(written(tmp_path, b"\x00\x01" * 500))
    assert "not a text file" in str(told.args)
    assert document.is_pristine


def test_what_cannot_be_opened_at_all_is_told_at_once(document: Document, tmp_path: Path) -> None:
    with pytest.raises(TextFileError, match="folder"):
        document.load(tmp_path)
    assert not document.is_loading


def open_in(house: House, path: Path, qtbot: QtBot) -> None:
    house.workspace.open_paths([path])
    qtbot.waitUntil(lambda: not house.tab.document.is_loading)


def test_until_it_is_there_nothing_can_be_changed(
    house: House, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path, lines(50_000).encode())
    house.workspace.open_paths([path])
    with qtbot.waitSignal(house.tab.document.moved):
        pass
    qtbot.keyClicks(house.tab.editor, "typed")
    for action in ("Paste", "Duplicate", "Move Down", "Delete Line", "Comment or Not", "Save"):
        house.choose(action)
    house.tab.insert("inserted")
    house.window.find_bar.pattern.setText("line")
    house.window.finder.replace_all()
    assert "still being read" in house.messages[-1]
    assert "reading" in house.window.status_line.format.text()
    qtbot.waitUntil(lambda: not house.tab.document.is_loading)
    assert house.tab.document.text() == lines(50_000)
    assert house.window.status_line.format.text() == "UTF-8 · LF"
    house.type("typed")
    assert house.tab.document.is_modified


def test_no_rewrite_begins_before_it_is_there(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    house.workspace.open_paths([written(tmp_path, lines(50_000).encode())])
    with qtbot.waitSignal(house.tab.document.moved):
        pass
    house.choose("Rewrite Selection")
    assert house.tab.session.proposal is None
    assert "still being read" in house.messages[-1]
    house.workspace.close_tab(next(iter(house.workspace.tabs())))


def test_a_tab_that_is_closed_stops_it(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    house.workspace.open_paths([written(tmp_path, lines(50_000).encode())])
    tab = house.tab
    with qtbot.waitSignal(tab.document.moved):
        pass
    assert house.workspace.close_tab(tab)
    qtbot.waitUntil(lambda: not isValid(tab))
    assert house.tab.document.is_pristine


def test_what_nobody_wants_any_more_comes_no_further(
    document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(document.moved):
        document.load(written(tmp_path, lines(50_000).encode()))
    document.stop_loading()
    with qtbot.assertNotEmitted(document.moved, wait=50):
        pass


def test_the_same_file_is_not_opened_twice(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    path = written(tmp_path, lines(20_000).encode())
    house.workspace.open_paths([path, path])
    assert [tab.document.path for tab in house.workspace.tabs()] == [path]
    open_in(house, path, qtbot)


def test_a_place_further_on_is_shown_when_it_is_there(
    house: House, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path, lines(50_000).encode())
    house.workspace.open_paths([path])
    house.tab.show_place(500_000, 500_002, 20_000)
    assert house.tab.place == (500_000, 500_002, 20_000)
    qtbot.waitUntil(lambda: not house.tab.document.is_loading)
    cursor = house.tab.editor.textCursor()
    assert (cursor.position(), cursor.anchor()) == (500_000, 500_002)
    assert house.tab.editor.verticalScrollBar().value() == 20_000


def test_who_has_moved_on_stays_there(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    house.workspace.open_paths([written(tmp_path, lines(50_000).encode())])
    with qtbot.waitSignal(house.tab.document.moved):
        house.tab.show_place(500_000, 500_000)
    house.tab.show_place(7, 7)
    qtbot.waitUntil(lambda: not house.tab.document.is_loading)
    assert house.tab.editor.textCursor().position() == 7


def test_the_tab_of_what_is_no_text_goes_away(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    house.type("mine")
    house.workspace.open_paths([written(tmp_path, b"\x00\x01" * 500)])
    qtbot.waitUntil(lambda: len(house.workspace.documents) == 1)
    assert "not a text file" in house.messages[-1]
    assert house.tab.editor.toPlainText() == "mine"


def test_the_start_is_coloured_while_the_rest_comes(
    house: House, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "large.py"
    path.write_text("def name():\n    return 1\n" * 400_000)
    house.window.show()
    house.workspace.open_paths([path])
    first = house.tab.editor.document().firstBlock
    coloured = house.tab.editor.highlighter.runs_of
    qtbot.waitUntil(lambda: house.tab.document.share > 0 and any(coloured(first())))
    assert house.tab.document.is_loading
    house.workspace.close_tab(next(iter(house.workspace.tabs())))


def test_a_change_on_disk_meanwhile_is_seen(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    path = written(tmp_path, lines(50_000).encode())
    house.workspace.open_paths([path])
    with qtbot.waitSignal(house.tab.document.moved):
        pass
    path.write_bytes(lines(10).encode())
    qtbot.waitUntil(lambda: house.tab.document.text() == lines(10))


def test_a_second_view_follows_what_comes(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    house.workspace.open_paths([written(tmp_path, lines(50_000).encode())])
    tab = house.tab
    with qtbot.waitSignal(tab.document.moved):
        pass
    house.window.splits.split(Qt.Orientation.Vertical)
    view = house.workspace.second
    assert view is not None
    assert view.editor.isReadOnly()
    qtbot.waitUntil(lambda: not tab.document.is_loading)
    assert view.editor.toPlainText() == lines(50_000)
    assert not view.editor.isReadOnly()
    house.window.splits.close_view()


def test_a_large_file_in_an_unknown_encoding_can_be_opened_in_a_chosen_one(
    house: House, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, lines(1000).encode("utf-16-le"))
    house.workspace.open_paths([path])
    qtbot.waitUntil(lambda: bool(house.messages))
    monkeypatch.setattr(dialogs, "ask_encoding", lambda *_: Encoding("utf-16-le"))
    house.window.message_bar.messages[0].remedies[0].run()
    qtbot.waitUntil(lambda: not house.tab.document.is_loading)
    assert house.tab.document.text() == lines(1000)
