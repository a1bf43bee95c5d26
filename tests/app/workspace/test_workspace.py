"""Documents are opened, saved and closed, and none is lost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.widgets.dialogs import SaveChoice
from app.widgets.message_bar import Message
from tests.app.house import House


def test_open_edit_and_save(house: House, tmp_path: Path, answers: dict[str, object]) -> None:
    path = tmp_path / "note.md"
    path.write_bytes(b"one\r\ntwo\r\n")
    answers["ask_open_paths"] = [path]
    house.choose("Open…")
    assert len(house.workspace.documents) == 1
    house.type("zero\n")
    assert house.window.isWindowModified()
    assert house.window.tabs.tabText(0) == "● note.md"
    house.choose("Save")
    assert path.read_bytes() == b"zero\r\none\r\ntwo\r\n"
    assert house.window.tabs.tabText(0) == "note.md"


def test_a_file_is_open_once(house: House, tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("1")
    two.write_text("2")
    (tmp_path / "sub").mkdir()
    house.workspace.open_paths([one, two, tmp_path / "sub" / ".." / "one.txt"])
    assert len(house.workspace.documents) == 2
    assert house.tab.document.path == one


def test_a_file_that_cannot_be_opened_is_a_message_and_no_tab(house: House, tmp_path: Path) -> None:
    house.type("mine")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0")
    house.workspace.open_paths([tmp_path / "picture.png", tmp_path / "gone.txt"])
    assert len(house.workspace.documents) == 1
    assert house.tab.document.text() == "mine"
    assert "picture.png is not a text file" in house.messages[0]
    assert "does not exist" in house.messages[1]


def test_a_missing_file_on_the_command_line_is_created_by_saving(
    house: House, tmp_path: Path
) -> None:
    house.workspace.open_or_name(tmp_path / "new.txt")
    house.type("text")
    house.choose("Save")
    assert (tmp_path / "new.txt").read_text() == "text"


def test_a_failed_save_is_a_message_and_loses_nothing(
    house: House, tmp_path: Path, answers: dict[str, object]
) -> None:
    house.type("precious")
    answers["ask_save_path"] = tmp_path / "no folder" / "a.txt"
    house.choose("Save As…")
    assert "a.txt was not saved" in house.messages[0]
    assert house.tab.document.is_modified
    house.type(" and more")
    assert house.tab.document.text() == "precious and more"


def test_a_character_without_a_place_can_be_saved_as_utf_8(house: House, tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("Übermäßige Größe führt zu Ärger, sagte der Müller.\n".encode("cp1252") * 5)
    house.workspace.open_paths([path])
    house.type("中")
    house.choose("Save")
    assert "which is a guess" in house.messages[0]
    assert "line 1 contains “中”" in house.messages[1]
    assert path.read_bytes().startswith(b"\xdc")
    house.window.message_bar._remedies[0].click()
    assert path.read_text("utf-8").startswith("中Übermäßige")
    assert not house.tab.document.is_modified


@pytest.mark.parametrize("overwrites", [False, True])
def test_a_file_changed_by_others_is_not_overwritten_unasked(
    house: House, tmp_path: Path, answers: dict[str, object], overwrites: bool
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("one")
    house.workspace.open_paths([path])
    house.type("my ")
    path.write_text("theirs")
    answers["ask_overwrite"] = overwrites
    house.choose("Save")
    assert path.read_text() == ("my one" if overwrites else "theirs")
    assert house.tab.document.is_modified is not overwrites


@pytest.mark.parametrize("choice", SaveChoice)
def test_closing_asks_about_unsaved_changes(
    house: House, tmp_path: Path, answers: dict[str, object], choice: SaveChoice
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("one")
    house.workspace.open_paths([path])
    house.type("my ")
    answers["ask_save_changes"] = choice
    assert house.window.close() is (choice is not SaveChoice.CANCEL)
    assert path.read_text() == ("my one" if choice is SaveChoice.SAVE else "one")


def test_a_save_that_fails_while_closing_keeps_the_window(
    house: House, tmp_path: Path, answers: dict[str, object]
) -> None:
    house.type("precious")
    answers["ask_save_changes"] = SaveChoice.SAVE
    answers["ask_save_path"] = None
    assert house.window.close() is False
    answers["ask_save_path"] = tmp_path / "no folder" / "a.txt"
    assert house.window.close() is False
    assert house.tab.document.text() == "precious"


def test_the_last_tab_leaves_an_empty_one(house: House, answers: dict[str, object]) -> None:
    house.type("text")
    answers["ask_save_changes"] = SaveChoice.DISCARD
    house.choose("Close Tab")
    assert len(house.workspace.documents) == 1
    assert house.tab.document.is_pristine


def test_a_giant_line_is_not_wrapped_and_says_so(house: House, tmp_path: Path) -> None:
    path = tmp_path / "giant.json"
    path.write_text("x" * 60_000)
    house.workspace.open_paths([path])
    assert not house.tab.editor.wraps_words
    assert "very long line" in house.messages[0]


def test_word_wrap_holds_for_all_tabs_and_is_remembered(house: House) -> None:
    house.choose("Word Wrap")
    house.workspace.new()
    assert [tab.editor.wraps_words for tab in house.workspace.tabs()] == [False, False]
    assert not house.settings.wraps_words


def test_unsaved_texts_are_those_that_would_be_lost(house: House) -> None:
    house.type("one")
    house.workspace.new()
    assert house.workspace.documents.unsaved_texts() == [("Untitled", "one")]


def test_an_ampersand_in_a_name_is_shown(house: House, tmp_path: Path) -> None:
    path = tmp_path / "salt & pepper.txt"
    path.write_text("")
    house.workspace.open_paths([path])
    assert house.window.tabs.tabText(0) == "salt && pepper.txt"


@pytest.mark.skipif(os.name != "posix", reason="POSIX links")
def test_a_link_and_its_target_are_one_document(house: House, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    house.workspace.open_paths([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert len(house.workspace.documents) == 1


def make_it(house: House, path: Path) -> None:
    house.choose("Save")
    assert path.exists()


def edit_it(house: House, _path: Path) -> None:
    house.type("x")


def close_it(house: House, _path: Path) -> None:
    house.choose("Close Tab")


@pytest.mark.parametrize("act", [make_it, edit_it, close_it])
def test_that_a_file_is_not_there_yet_is_said_as_long_as_it_matters(
    house: House, tmp_path: Path, act: Callable[[House, Path], None]
) -> None:
    (tmp_path / "here.txt").write_text("here")
    house.workspace.open_or_name(tmp_path / "new.txt")
    said = "new.txt does not exist yet. It is created when you save."
    house.window.show_message(Message("Something else"))
    house.workspace.open_paths([tmp_path / "here.txt", tmp_path / "new.txt"])
    house.workspace.bring(next(iter(house.workspace.tabs())))
    assert house.tab.document.title == "new.txt"
    assert house.messages == [said, "Something else"]
    act(house, tmp_path / "new.txt")
    assert house.messages == ["Something else"]
