"""A save writes the old text or the new, and the rules the user has set."""

import errno
import os
from pathlib import Path

import pytest

from app.documents import Encoding, TextFileError, text_file
from app.widgets import dialogs
from tests.app.house import House


def test_the_rules_are_kept_where_they_make_sense(house: House, tmp_path: Path) -> None:
    house.settings.set_value("trim_on_save", True)
    house.settings.set_value("final_newline", "ensure")
    for name, wanted in (("a.txt", b"one\ntwo\n"), ("a.md", b"one  \ntwo\n")):
        path = tmp_path / name
        path.write_bytes(b"one  \ntwo")
        house.workspace.open_paths([path])
        house.tab.document.mark_unsaved()
        house.choose("Save")
        assert path.read_bytes() == wanted


def test_an_empty_file_stays_empty(house: House, tmp_path: Path) -> None:
    house.settings.set_value("final_newline", "ensure")
    house.workspace.open_or_name(tmp_path / "empty.txt")
    house.choose("Save")
    assert (tmp_path / "empty.txt").read_bytes() == b""


def test_line_ends_are_changed_by_saving(house: House, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo\n")
    house.workspace.open_paths([path])
    house.choose("Line Ends: CRLF")
    assert house.tab.document.is_modified
    assert house.window.status_line.format.text() == "UTF-8 · CRLF"
    house.choose("Save")
    assert path.read_bytes() == b"one\r\ntwo\r\n"


def test_another_encoding_is_read_and_written(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Дом".encode("koi8_r"))
    house.workspace.open_paths([path])
    monkeypatch.setattr(dialogs, "ask_encoding", lambda *_: Encoding("koi8_r"))
    house.choose("Reopen with Encoding")
    assert house.tab.document.text() == "Дом"
    monkeypatch.setattr(dialogs, "ask_encoding", lambda *_: Encoding("utf-8"))
    house.choose("Save with Encoding")
    assert path.read_bytes() == "Дом".encode()


def test_what_no_encoding_was_found_for_can_be_opened_in_a_chosen_one(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Wort\0".encode("utf-16-le") + "Дом".encode("utf-16-le"))
    house.workspace.open_paths([path])
    path.write_bytes("Дом".encode("utf-16-le"))
    monkeypatch.setattr(dialogs, "ask_encoding", lambda *_: Encoding("utf-16-le"))
    (message,) = house.window.message_bar.messages
    message.remedies[0].run()
    assert (house.tab.document.text(), house.tab.document.path) == ("Дом", path)


def test_an_encoding_that_does_not_fit_changes_nothing(house: House, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe\xfd abc \x81")
    with pytest.raises(TextFileError, match="not text in"):
        text_file.read(path, Encoding("utf-8"))


def test_revert_goes_back_and_undo_returns(house: House, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("saved")
    house.workspace.open_paths([path])
    house.type("not ")
    house.choose("Revert")
    assert (house.tab.document.text(), house.tab.document.is_modified) == ("saved", False)
    house.tab.editor.undo()
    assert house.tab.document.text() == "not saved"


def test_save_all_saves_all(house: House, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.txt", "b.txt")]
    for path in paths:
        path.write_text("x")
        house.workspace.open_paths([path])
        house.type("y")
    house.choose("Save All")
    assert [path.read_text() for path in paths] == ["yx", "yx"]


@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace"])
def test_a_save_that_fails_at_any_step_leaves_the_old_file(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    house.workspace.open_paths([path])
    house.type("new ")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, step, fail)
    house.choose("Save")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt"]
    assert house.tab.document.is_modified
    assert "was not saved" in house.messages[-1]
    house.choose("Save")
    assert path.read_text() == "new old"


def test_recent_files_are_those_opened_and_saved(house: House, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x")
    house.workspace.open_paths([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert house.settings.recent_files == [tmp_path / "b.txt", tmp_path / "a.txt"]
