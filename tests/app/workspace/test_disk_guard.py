"""What other programs do to open files is noticed, and never costs any text."""

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.documents import Encoding
from tests.app.house import House


@pytest.fixture
def path(house: House, tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("one\ntwo\nthree\n")
    house.workspace.open_paths([path])
    return path


def replace(path: Path, text: str) -> None:
    """Replace a file in one step, as careful programs do."""
    other = path.with_suffix(".new")
    other.write_text(text)
    os.replace(other, path)


def test_a_changed_file_is_read_again_with_an_undo(qtbot: QtBot, house: House, path: Path) -> None:
    house.tab.show_place(9, 9)
    path.write_text("one\ntwo and a half\nthree\n")
    qtbot.waitUntil(lambda: "two and a half" in house.tab.document.text())
    assert not house.tab.document.is_modified
    assert "changed by another program" in house.messages[0]
    house.tab.editor.undo()
    assert house.tab.document.text() == "one\ntwo\nthree\n"
    assert house.tab.document.is_modified


def test_a_file_that_is_replaced_time_and_again_is_still_watched(
    qtbot: QtBot, house: House, path: Path
) -> None:
    for text in ("first", "second", "third"):
        replace(path, text)
        qtbot.waitUntil(lambda text=text: house.tab.document.text() == text)


def test_a_file_that_was_only_touched_is_left_alone(house: House, path: Path) -> None:
    os.utime(path, ns=(1, 1))
    assert not house.tab.document.is_changed_on_disk()
    house.window.disk_guard.check_all()
    assert house.messages == []


@pytest.mark.parametrize("answer", ["Keep Mine", "Reload", "Compare"])
def test_unsaved_text_is_asked_about(qtbot: QtBot, house: House, path: Path, answer: str) -> None:
    house.type("mine ")
    replace(path, "theirs\n")
    qtbot.waitUntil(lambda: bool(house.messages))
    bar = house.window.message_bar
    next(button for button in bar._remedies if button.text() == answer).click()
    if answer == "Keep Mine":
        house.choose("Save")
        assert path.read_text() == "mine one\ntwo\nthree\n"
    elif answer == "Reload":
        assert house.tab.document.text() == "theirs\n"
        house.tab.editor.undo()
        assert house.tab.document.text() == "mine one\ntwo\nthree\n"
    else:
        assert house.tab.document.title == "note.txt.diff"
        assert "-theirs\n+mine one\n" in house.tab.document.text()


def test_a_file_that_is_gone_can_be_saved_anew(qtbot: QtBot, house: House, path: Path) -> None:
    path.unlink()
    qtbot.waitUntil(lambda: bool(house.messages))
    assert "was removed or renamed" in house.messages[0]
    assert house.tab.document.is_modified
    house.window.message_bar._remedies[0].click()
    assert path.read_text() == "one\ntwo\nthree\n"


def test_our_own_saves_are_no_news(qtbot: QtBot, house: House, path: Path) -> None:
    house.type("mine ")
    house.choose("Save")
    house.window.disk_guard._look(path)
    assert house.messages == []


def undo_all(house: House) -> None:
    while house.tab.editor.document().isUndoAvailable():
        house.tab.editor.undo()


@pytest.mark.parametrize("answer", ["", "Keep Mine"])
def test_undoing_back_to_what_was_saved_shows_that_the_disk_has_something_else(
    qtbot: QtBot, house: House, path: Path, answer: str, answers: dict[str, object]
) -> None:
    house.type("mine ")
    replace(path, "theirs\n")
    qtbot.waitUntil(lambda: bool(house.messages))
    if answer:
        bar = house.window.message_bar
        next(button for button in bar._remedies if button.text() == answer).click()
    undo_all(house)
    assert house.tab.document.text() == "one\ntwo\nthree\n"
    assert house.tab.document.is_modified
    answers["ask_overwrite"] = True
    house.choose("Save")
    assert path.read_text() == "one\ntwo\nthree\n"
    assert not house.tab.document.is_modified


def test_undo_looks_at_the_disk_where_nobody_tells_of_changes(house: House, path: Path) -> None:
    house.window.disk_guard._watch.set_paths(set())
    house.type("mine ")
    replace(path, "theirs\n")
    undo_all(house)
    assert house.tab.document.is_modified
    assert house.window.tabs.tabText(0) == "● note.txt"


def test_undo_shows_that_the_file_is_gone(house: House, path: Path) -> None:
    house.window.disk_guard._watch.set_paths(set())
    house.type("mine ")
    path.unlink()
    undo_all(house)
    assert house.tab.document.is_modified


def test_undo_of_all_is_saved_where_the_disk_has_what_was_saved(house: House, path: Path) -> None:
    house.type("mine ")
    os.utime(path, ns=(1, 1))
    undo_all(house)
    assert not house.tab.document.is_modified


@pytest.mark.parametrize("choice", ["Line Ends: CRLF", "encoding"])
def test_undo_does_not_forget_how_the_text_is_to_be_saved(
    house: House, path: Path, choice: str
) -> None:
    house.type("mine ")
    if choice == "encoding":
        house.tab.document.set_encoding(Encoding("utf-16-le", b"\xff\xfe"))
    else:
        house.choose(choice)
    undo_all(house)
    assert house.tab.document.is_modified
    house.choose("Save")
    assert path.read_bytes() != b"one\ntwo\nthree\n"


def test_a_file_that_cannot_be_read_again_differs_from_the_text(
    qtbot: QtBot, house: House, path: Path
) -> None:
    path.write_bytes(b"one\0two\0three\n\xff")
    qtbot.waitUntil(lambda: bool(house.messages))
    assert house.tab.document.text() == "one\ntwo\nthree\n"
    assert house.tab.document.is_modified


def test_both_tabs_of_a_file_hear_of_it(
    qtbot: QtBot, house: House, path: Path, answers: dict[str, object]
) -> None:
    house.workspace.new()
    house.type("other")
    answers["ask_save_path"] = path
    house.choose("Save As")
    first, second = house.workspace.tabs()
    qtbot.waitUntil(lambda: first.document.text() == "other")
    replace(path, "theirs")
    qtbot.waitUntil(lambda: [t.document.text() for t in (first, second)] == ["theirs"] * 2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX pipes")
def test_a_pipe_in_the_files_place_is_not_waited_for(house: House, path: Path) -> None:
    path.unlink()
    os.mkfifo(path)
    house.window.disk_guard.check_all()
    assert "is not a regular file" in house.messages[-1]
    assert house.tab.document.is_modified
