"""Tabs come back as they were, and so does what was never saved."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.recovery import Journal, find_lost, recorder
from app.recovery.journal import STATE
from app.recovery.session_state import read_state
from app.workspace.session_restore import SessionKeeper
from tests.app.house import House

MakeHouse = Callable[[], tuple[House, SessionKeeper]]


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Iterator[MakeHouse]:
    """Start a window on what the one before has left."""
    root = tmp_path / "journal"
    keepers = []

    def make() -> tuple[House, SessionKeeper]:
        house = House(tmp_path)
        qtbot.addWidget(house.window, before_close_func=lambda _: house.leave())
        house.workspace.new()
        lost, state = find_lost(root), read_state(root / STATE)
        keeper = SessionKeeper(house.workspace, Journal(root), house.window.splits)
        keeper.message.connect(house.window.show_message)
        keeper.restore(lost, state)
        keepers.append(keeper)
        return house, keeper

    yield make
    for keeper in keepers:
        keeper.close(keeps=False)


def crash(keeper: SessionKeeper) -> None:
    """End as a killed program does, but for the file locks that the system would take away."""
    keeper.close(keeps=True)


def write(tmp_path: Path, **texts: str) -> list[Path]:
    paths = [tmp_path / f"{name}.txt" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text)
    return paths


def test_the_indentation_that_was_chosen_is_kept(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    house.workspace.open_paths(write(tmp_path, one="if x:\n    y()\n", two="two"))
    house.window.tabs.setCurrentIndex(0)
    house.choose("2 Spaces")
    keeper.close(keeps=False)
    again, _ = start()
    again.window.tabs.setCurrentIndex(0)
    assert again.window.status_line.indentation.text() == "Spaces: 2"
    again.window.tabs.setCurrentIndex(1)
    assert again.window.status_line.indentation.text() == "Spaces: 4"


def test_tabs_places_and_the_one_in_front(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    house.workspace.open_paths(write(tmp_path, one="1\n" * 400, two="two", three="3"))
    house.window.tabs.setCurrentIndex(0)
    house.tab.show_place(9, 5, first_line=100)
    house.window.tabs.setCurrentIndex(1)
    keeper.close(keeps=False)
    house, _ = start()
    names = [tab.document.title for tab in house.workspace.tabs()]
    assert names == ["one.txt", "two.txt", "three.txt"]
    assert house.tab.document.title == "two.txt"
    house.window.tabs.setCurrentIndex(0)
    # Not what was selected: the first key typed would replace it.
    cursor = house.tab.editor.textCursor()
    assert (cursor.position(), cursor.anchor()) == (9, 9)
    assert house.messages == []


def test_the_second_view_comes_back(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    house.workspace.open_paths(write(tmp_path, one="one", two="2\n" * 400))
    house.window.splits.split(Qt.Orientation.Vertical)
    house.tab.show_place(9, 5, first_line=100)
    house.window.tabs.setCurrentIndex(0)
    keeper.close(keeps=False)
    house, _ = start()
    assert house.tab.document.title == "one.txt"
    view = house.workspace.second
    assert view is not None
    assert view.document.title == "two.txt"
    assert (view.editor.textCursor().position(), view.editor.textCursor().anchor()) == (9, 9)
    assert house.window.splits.orientation() is Qt.Orientation.Vertical


def test_unsaved_documents_come_back_in_their_places(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    house.workspace.open_paths(write(tmp_path, one="one", two="two"))
    house.window.tabs.setCurrentIndex(0)
    house.type("changed ")
    house.workspace.new()
    house.type("never saved")
    house.tab.editor.moveCursor(QTextCursor.MoveOperation.Start)
    crash(keeper)
    house, _ = start()
    texts = [tab.document.text() for tab in house.workspace.tabs()]
    assert texts == ["changed one", "two", "never saved"]
    assert [tab.document.is_modified for tab in house.workspace.tabs()] == [True, False, True]
    assert "All 2 unsaved documents are back" in house.messages[0]
    house.window.tabs.setCurrentIndex(0)
    assert house.tab.document.path == tmp_path / "one.txt"
    house.tab.editor.undo()
    assert house.tab.document.text() == "one"
    assert not house.tab.document.is_modified


def test_what_was_selected_is_not_when_a_lost_document_is_back(start: MakeHouse) -> None:
    house, keeper = start()
    house.type("one two")
    house.tab.show_place(7, 4)
    crash(keeper)
    house, _ = start()
    house.type("!")
    assert house.tab.document.text() == "one two!"


def test_a_session_of_an_older_version_has_a_selection(tmp_path: Path) -> None:
    tab = {"path": "a", "caret": 9, "anchor": 5}
    facts = {"version": 1, "tabs": [tab], "split": {"tab": 0, "caret": 4, "anchor": 2}}
    (tmp_path / STATE).write_text(json.dumps(facts))
    state = read_state(tmp_path / STATE)
    assert state is not None
    assert state.split is not None
    assert (state.tabs[0].caret, state.split.caret) == (9, 4)


def test_a_recovered_document_is_safe_at_once(start: MakeHouse) -> None:
    house, keeper = start()
    house.type("precious")
    for _ in range(3):
        crash(keeper)
        house, keeper = start()
        assert [tab.document.text() for tab in house.workspace.tabs()] == ["precious"]


def test_the_journal_of_a_recovered_document_knows_its_file_was_changed(
    start: MakeHouse, tmp_path: Path
) -> None:
    house, keeper = start()
    (path,) = write(tmp_path, one="one")
    house.workspace.open_paths([path])
    house.type("mine ")
    crash(keeper)
    path.write_text("somebody else's")
    house, _ = start()
    assert house.tab.document.text() == "mine one"
    assert house.tab.document.is_changed_on_disk()


def test_a_recovered_document_is_watched(qtbot: QtBot, start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    (path,) = write(tmp_path, one="one")
    house.workspace.open_paths([path])
    house.type("mine ")
    crash(keeper)
    house, _ = start()
    path.write_text("somebody else's")
    qtbot.waitUntil(lambda: any("changed by another program" in m for m in house.messages))
    assert house.tab.document.text() == "mine one"


def test_the_text_of_a_file_that_is_gone_is_not_lost(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    (path,) = write(tmp_path, one="one")
    house.workspace.open_paths([path])
    path.unlink()
    house.tab.document.mark_unsaved()
    crash(keeper)
    house, _ = start()
    assert (house.tab.document.path, house.tab.document.text()) == (path, "one")
    assert house.tab.document.is_modified


def test_files_that_are_gone_are_named(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    one, two = write(tmp_path, one="one", two="two")
    house.workspace.open_paths([one, two])
    keeper.close(keeps=False)
    one.unlink()
    house, _ = start()
    assert [tab.document.title for tab in house.workspace.tabs()] == ["two.txt"]
    assert house.messages == [f"Not opened again, because they are gone: {one}."]


def test_a_document_that_was_discarded_does_not_come_back(start: MakeHouse) -> None:
    house, keeper = start()
    house.type("text")
    keeper.close(keeps=False)
    house, _ = start()
    assert house.tab.document.is_pristine


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"version": 1, "tabs": 3}', "\0"])
def test_a_damaged_session_file_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / STATE).write_text(content)
    assert read_state(tmp_path / STATE) is None


def test_every_line_end_comes_back_and_what_was_chosen(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    (tmp_path / "mixed.txt").write_bytes(b"same\r\nsame\nsame\r" * 50)
    (tmp_path / "plain.txt").write_bytes(b"a\nb\n")
    house.workspace.open_paths([tmp_path / "mixed.txt"])
    cursor = QTextCursor(house.tab.editor.document())
    cursor.insertText("first ")
    cursor.setPosition(house.tab.editor.document().findBlockByNumber(7).position() - 1)
    cursor.deleteChar()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertText("last")
    house.workspace.open_paths([tmp_path / "plain.txt"])
    house.type("x")
    assert keeper._journal.flush_and_wait()
    house.choose("Line Ends: CRLF")
    crash(keeper)
    house, _ = start()
    house.choose("Save All")
    three = b"same\r\nsame\nsame\r"
    right = b"first " + three * 2 + b"same" + b"same\nsame\r" + three * 47 + b"last"
    assert (tmp_path / "mixed.txt").read_bytes() == right
    assert (tmp_path / "plain.txt").read_bytes() == b"xa\r\nb\r\n"


def test_a_text_that_begins_with_a_mark_comes_back(start: MakeHouse, tmp_path: Path) -> None:
    house, keeper = start()
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf\xef\xbb\xbfone\n\xef\xbf\xbetwo")
    house.workspace.open_paths([tmp_path / "a.txt"])
    cursor = QTextCursor(house.tab.editor.document())
    cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()
    crash(keeper)
    house, _ = start()
    assert house.tab.document.text() == "\ufffetwo"
    house.tab.editor.undo()
    assert house.tab.document.text() == "\ufeffone\n\ufffetwo"
    assert not house.tab.document.is_modified


@pytest.mark.parametrize("what", ["changed", "removed"])
def test_what_comes_back_is_compared_with_the_disk(
    start: MakeHouse, tmp_path: Path, what: str
) -> None:
    house, keeper = start()
    (path,) = write(tmp_path, one="one")
    house.workspace.open_paths([path])
    house.type("mine ")
    crash(keeper)
    path.write_text("theirs") if what == "changed" else path.unlink()
    house, _ = start()
    assert house.tab.document.text() == "mine one"
    house.tab.editor.undo()
    assert house.tab.document.text() == "one"
    assert house.tab.document.is_modified


def test_a_long_text_that_was_never_saved_stays_unsaved(
    start: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_LOG_CHARS", 10)
    house, keeper = start()
    house.type("longer than the log may be")
    crash(keeper)
    house, _ = start()
    assert house.tab.document.text() == "longer than the log may be"
    house.tab.editor.undo()
    assert house.tab.document.text() == "longer than the log may be"
    assert house.tab.document.is_modified
