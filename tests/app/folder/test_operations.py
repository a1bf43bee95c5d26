"""Files are made, renamed and removed; nothing is written over."""

import sys
from pathlib import Path

import pytest

from app.folder.model import operations
from app.folder.model.operations import FileOperationError, NoTrashError
from tests.app.folder.conftest import put


def test_a_new_file_is_empty_and_takes_nobodys_place(root: Path) -> None:
    path = operations.make_file(root, "a.txt")
    assert (path, path.read_bytes()) == (root / "a.txt", b"")
    path.write_text("text")
    with pytest.raises(FileOperationError, match="Choose another name"):
        operations.make_file(root, "a.txt")
    assert path.read_text() == "text"
    assert operations.make_folder(root, "in").is_dir()


@pytest.mark.parametrize("name", ["", "  ", ".", "..", "a/b", "a\0b"])
def test_what_is_no_name_is_refused(root: Path, name: str) -> None:
    put(root, old_txt="x")
    with pytest.raises(FileOperationError):
        operations.make_file(root, name)
    with pytest.raises(FileOperationError):
        operations.rename(root / "old.txt", name)
    assert [path.name for path in root.iterdir()] == ["old.txt"]


def test_renaming_writes_over_nothing(root: Path) -> None:
    put(root, a_txt="a", b_txt="b")
    with pytest.raises(FileOperationError, match="Choose another name"):
        operations.rename(root / "a.txt", "b.txt")
    assert ((root / "a.txt").read_text(), (root / "b.txt").read_text()) == ("a", "b")
    assert operations.rename(root / "a.txt", "c.txt").read_text() == "a"
    (root / "d.txt").symlink_to("nowhere")
    with pytest.raises(FileOperationError, match="Choose another name"):
        operations.rename(root / "c.txt", "d.txt")  # a link that leads nowhere is there, too


def test_what_has_no_trash_is_still_there(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, a_txt="a")
    monkeypatch.setattr(operations.QFile, "moveToTrash", lambda _: False)
    with pytest.raises(NoTrashError):
        operations.move_to_trash(root / "a.txt")
    assert (root / "a.txt").read_text() == "a"
    operations.delete(root / "a.txt")
    assert list(root.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="where the trash of a desktop is known")
def test_the_trash_has_what_is_moved_there(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    put(root, in__a_txt="a")
    operations.move_to_trash(root / "in")
    assert list(root.iterdir()) == []
    assert (tmp_path / "data/Trash/files/in/a.txt").read_text() == "a"
    with pytest.raises(FileOperationError, match="gone already"):
        operations.move_to_trash(root / "in")


def test_a_folder_with_files_is_never_deleted_for_good(root: Path) -> None:
    put(root, in__a_txt="a")
    with pytest.raises(FileOperationError):
        operations.delete(root / "in")
    assert (root / "in/a.txt").read_text() == "a"


def test_a_link_is_not_put_over_the_file_that_it_leads_to(tmp_path: Path) -> None:
    file, link = tmp_path / "notes.txt", tmp_path / "link.txt"
    file.write_text("kept")
    link.symlink_to(file)
    for path, name in ((link, "notes.txt"), (file, "link.txt")):
        with pytest.raises(FileOperationError):
            operations.rename(path, name)
    assert (file.read_text(), link.is_symlink()) == ("kept", True)
