"""What other programs do to open files is noticed, and never costs any text."""

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

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
