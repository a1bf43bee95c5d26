"""The tree reads in a thread what is opened, shows no more than is looked at, and follows."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.folder.model import tree_model
from app.folder.model.tree_model import FolderTree
from tests.app.folder.conftest import put


@pytest.fixture
def tree(qtbot: QtBot) -> FolderTree:
    return FolderTree()


def read(qtbot: QtBot, tree: FolderTree, path: Path) -> None:
    with qtbot.waitSignal(tree.folder_read, check_params_cb=lambda told: told == str(path)):
        if str(path) == tree.root or not tree.root:
            tree.set_root(str(path))
        else:
            tree.fetchMore(tree.index_of(str(path)))


def names(tree: FolderTree, parent: QModelIndex | None = None) -> list[str]:
    parent = parent or QModelIndex()
    return [tree.index(row, 0, parent).data() for row in range(tree.rowCount(parent))]


def test_a_folder_is_read_in_a_thread_and_only_when_it_is_opened(
    qtbot: QtBot, tree: FolderTree, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, in__a_txt="", in__deep__b_txt="", z_txt="")
    seen: list[tuple[str, bool]] = []
    look = tree_model.list_folder

    def note(folder: str, top: str) -> list[str]:
        seen.append((folder, threading.current_thread() is threading.main_thread()))
        return look(folder, top)

    monkeypatch.setattr(tree_model, "list_folder", note)
    read(qtbot, tree, root)
    assert names(tree) == ["in", "z.txt"]
    assert tree.hasChildren(tree.index_of(str(root / "in")))
    assert not tree.hasChildren(tree.index_of(str(root / "z.txt")))
    assert seen == [(str(root), False)]
    read(qtbot, tree, root / "in")
    inner = tree.index_of(str(root / "in"))
    assert names(tree, inner) == ["deep", "a.txt"]
    assert tree.parent(tree.index_of(str(root / "in/a.txt"))) == inner
    assert seen == [(str(root), False), (str(root / "in"), False)]


def test_of_a_hundred_thousand_files_those_are_made_that_are_looked_at(
    qtbot: QtBot, tree: FolderTree, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [f"{number:06}" for number in range(100_000)]
    monkeypatch.setattr(tree_model, "list_folder", lambda *_: list(many))
    read(qtbot, tree, root)
    assert tree.rowCount() == 400
    assert tree.canFetchMore(QModelIndex())
    tree.fetchMore(QModelIndex())
    assert tree.rowCount() == 800
    assert len(tree._nodes) == 801
    many[5:6] = []
    tree.refresh()
    qtbot.waitUntil(lambda: tree.rowCount() == 799)
    assert names(tree)[4:6] == ["000004", "000006"]


def test_what_comes_goes_and_is_renamed_is_followed(
    qtbot: QtBot, tree: FolderTree, root: Path
) -> None:
    put(root, a_txt="", in__b_txt="")
    read(qtbot, tree, root)
    read(qtbot, tree, root / "in")
    (root / "new.txt").touch()
    qtbot.waitUntil(lambda: names(tree) == ["in", "a.txt", "new.txt"])
    (root / "in/b.txt").rename(root / "in/c.txt")
    qtbot.waitUntil(lambda: names(tree, tree.index_of(str(root / "in"))) == ["c.txt"])
    (root / "in/c.txt").unlink()
    (root / "in").rmdir()
    qtbot.waitUntil(lambda: names(tree) == ["a.txt", "new.txt"])
    assert not tree.index_of(str(root / "in/c.txt")).isValid()
    (root / ".gitignore").write_text("*.txt\n")
    qtbot.waitUntil(lambda: names(tree) == [".gitignore"])


def test_it_is_a_model_as_qt_wants_one(
    qtbot: QtBot, tree: FolderTree, root: Path, qtmodeltester: ModelTester
) -> None:
    put(root, in__a_txt="", in__deep__b_txt="", z_txt="")
    qtmodeltester.check(tree)
    tree.set_root(str(root))
    qtbot.waitUntil(lambda: tree.index_of(str(root / "in/deep/b.txt")).isValid())
    (root / "in/a.txt").rename(root / "in/c.txt")
    qtbot.waitUntil(lambda: tree.index_of(str(root / "in/c.txt")).isValid())


def test_a_folder_that_cannot_be_read_says_why(
    qtbot: QtBot, tree: FolderTree, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, shut__a_txt="")
    read(qtbot, tree, root)

    def refuse(*_: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tree_model, "list_folder", refuse)
    shut = tree.index_of(str(root / "shut"))
    tree.fetchMore(shut)
    qtbot.waitUntil(lambda: not tree.hasChildren(tree.index_of(str(root / "shut"))))
    tip = tree.data(tree.index_of(str(root / "shut")), tree_model.Role.ToolTipRole)
    assert "Permission denied" in tip


def test_another_folder_takes_the_place_of_the_one_that_is_still_being_read(
    qtbot: QtBot, tree: FolderTree, root: Path, tmp_path: Path
) -> None:
    put(root, a_txt="")
    other = tmp_path / "other"
    other.mkdir()
    put(other, b_txt="")
    tree.set_root(str(root))
    tree.set_root(str(other))
    qtbot.waitUntil(lambda: tree.rowCount() == 1)
    qtbot.wait(50)
    assert names(tree) == ["b.txt"]
    tree.set_root("")
    assert (tree.root, tree.rowCount()) == ("", 0)
