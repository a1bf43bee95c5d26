"""An open folder in the window: opened in every way, remembered, and its files kept in step."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.application import open_documents
from app.recovery import Journal, find_lost
from app.recovery.journal import STATE
from app.recovery.session_state import read_state
from app.settings import Settings
from app.widgets import dialogs
from app.window import folder_part
from app.workspace.session_restore import SessionKeeper
from tests.app.folder.conftest import put
from tests.app.house import House

Key = Qt.Key


@pytest.fixture
def opened(house: House, root: Path, qtbot: QtBot) -> House:
    put(root, a_txt="one\ntwo\n", in__b_py="x = 1\n")
    house.window.show()
    house.workspace.open_paths([root])
    qtbot.waitUntil(lambda: house.window.folder.tree.model.rowCount() == 2)
    return house


def is_enabled(house: House, name: str) -> bool:
    return house.window.shortcuts.actions[name].isEnabled()


def test_a_folder_comes_by_the_command_line_and_a_later_start(house: House, root: Path) -> None:
    assert not is_enabled(house, "find_folder")
    open_documents(house.window, house.settings, (root,))
    assert house.workspace.folder.path == root
    assert house.messages == []
    assert is_enabled(house, "find_folder")
    house.workspace.folder.open(None)
    assert not is_enabled(house, "folder_side")
    house.window.come_to_front([root])
    assert house.workspace.folder.path == root


def test_a_folder_that_is_dropped_is_opened(house: House, root: Path) -> None:
    house.window._file_drop.dropped.emit([root])
    assert house.workspace.folder.path == root
    assert len(list(house.workspace.tabs())) == 1


def test_it_is_open_again_after_a_restart(
    house: House, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    journal = tmp_path / "journal"
    keeper = SessionKeeper(house.workspace, Journal(journal), house.window.splits)
    house.workspace.folder.open(root)
    keeper.close(keeps=False)
    state = read_state(journal / STATE)
    assert state is not None
    assert state.folder == str(root)
    house.workspace.folder.open(None)
    later = SessionKeeper(house.workspace, Journal(journal), house.window.splits)
    later.restore(find_lost(journal), state)
    assert house.workspace.folder.path == root
    later.close(keeps=False)


def test_the_folders_that_were_open_in_it_are_open_again(
    house: House, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    put(root, in__deep__a_py="1\n", out__b_py="2\n", c_txt="3\n")
    (other := tmp_path / "other").mkdir()
    put(other, in__d_txt="4\n")
    tree = house.window.folder.tree
    model, view = tree.model, tree.view

    def is_open(path: Path) -> bool:
        index = model.index_of(str(path))
        return index.isValid() and view.isExpanded(index)

    def open_in(path: Path) -> None:
        qtbot.waitUntil(lambda: model.index_of(str(path)).isValid())
        view.expand(model.index_of(str(path)))

    house.window.show()
    house.workspace.folder.open(root)
    open_in(root / "in")
    open_in(root / "out")
    open_in(root / "in" / "deep")
    view.collapse(model.index_of(str(root / "out")))
    house.workspace.folder.open(other)
    qtbot.waitUntil(lambda: model.index_of(str(other / "in")).isValid())
    assert not is_open(other / "in")
    house.settings.sync()
    again = Settings(house.settings.path)  # as after a restart
    assert again.open_folders_of(root) == [root / "in", root / "in" / "deep"]
    house.workspace.folder.open(None)
    house.workspace.folder.open(root)
    qtbot.waitUntil(lambda: is_open(root / "in" / "deep"))
    assert is_open(root / "in")
    assert not is_open(root / "out")


def test_a_folder_that_is_gone_is_not_opened_again(
    house: House, root: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    keeper = SessionKeeper(house.workspace, Journal(journal), house.window.splits)
    house.workspace.folder.open(root)
    keeper.close(keeps=False)
    house.workspace.folder.open(None)
    root.rmdir()
    later = SessionKeeper(house.workspace, Journal(journal), house.window.splits)
    later.restore([], read_state(journal / STATE))
    assert house.workspace.folder.path is None
    later.close(keeps=False)


def test_documents_follow_a_folder_to_its_new_name(opened: House, root: Path, qtbot: QtBot) -> None:
    opened.workspace.open_paths([root / "in/b.py"])
    opened.type("# ")
    opened.window.folder.tree.model.rename_wanted.emit(str(root / "in"), "out")
    qtbot.waitUntil(lambda: opened.tab.document.path == root / "out/b.py")
    assert opened.workspace.save()
    assert (root / "out/b.py").read_text() == "# x = 1\n"
    assert opened.messages == []


def test_what_cannot_be_renamed_is_said_and_stays(opened: House, root: Path, qtbot: QtBot) -> None:
    opened.window.folder.tree.model.rename_wanted.emit(str(root / "a.txt"), "in")
    qtbot.waitUntil(lambda: bool(opened.messages))
    assert "Choose another name" in opened.messages[0]
    assert (root / "a.txt").exists()


@pytest.mark.parametrize("wants", [True, False])
def test_without_a_trash_it_is_asked_before_a_file_is_gone_for_good(
    opened: House, root: Path, monkeypatch: pytest.MonkeyPatch, wants: bool
) -> None:
    def refuse(_path: Path) -> None:
        raise folder_part.NoTrashError("no trash")

    asked: list[str] = []
    monkeypatch.setattr(folder_part.operations, "move_to_trash", refuse)
    monkeypatch.setattr(dialogs, "ask_delete", lambda _, name, why: asked.append(name) or wants)
    tree = opened.window.folder.tree
    tree.view.setCurrentIndex(tree.model.index_of(str(root / "a.txt")))
    tree.view.setFocus()
    QTest.keyClick(tree.view, Key.Key_Delete)
    assert asked == ["a.txt"]
    assert (root / "a.txt").exists() is not wants


def test_without_a_folder_the_files_of_late_are_offered(
    house: House, root: Path, qtbot: QtBot
) -> None:
    put(root, a_txt="a", b_txt="b")
    house.window.show()
    house.workspace.open_paths([root / "a.txt", root / "b.txt"])
    house.window.folder.go_to_file()
    popup = house.window.folder.quick_open
    assert [popup.list.item(row).text() for row in range(2)] == ["a.txt", "b.txt"]
    QTest.keyClicks(popup.line, "a.")
    QTest.keyClick(popup.line, Key.Key_Return)
    assert house.tab.document.path == root / "a.txt"


def test_open_files_are_offered_as_they_were_used_last(house: House, root: Path) -> None:
    put(root, a_txt="a", b_txt="b", c_txt="c", d_txt="d")
    paths = [root / f"{name}.txt" for name in "abcd"]
    house.window.show()
    house.workspace.open_paths(paths)
    for name in "abc":
        house.workspace.open_paths([root / f"{name}.txt"])
    house.window.folder.go_to_file()
    popup = house.window.folder.quick_open
    # Used in the order d, a, b, c, and the user is in the last.
    offered = [popup.list.item(row).text() for row in range(popup.list.count())]
    assert offered == ["b.txt", "a.txt", "d.txt", "c.txt"]


def test_before_a_letter_is_typed_late_files_are_offered_and_then_the_folders(
    opened: House, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    put(tmp_path / "other", late_txt="late")
    opened.settings.add_recent_file(tmp_path / "other/late.txt")
    opened.workspace.open_paths([root / "a.txt", root / "in/b.py"])
    put(root, in__c_py="y = 2\n")
    opened.window.folder.go_to_file()
    popup = opened.window.folder.quick_open
    # The one that the user is in comes last of those; c.py was never open.
    wanted = ["a.txt", "late.txt", "b.py", "c.py"]
    qtbot.waitUntil(
        lambda: [popup.list.item(row).text() for row in range(popup.list.count())] == wanted
    )
    QTest.keyClicks(popup.line, "zzz")
    qtbot.waitUntil(lambda: popup.list.said == "No file matches “zzz”.")


def test_the_tree_that_was_put_away_stays_away_over_a_restart(
    opened: House, root: Path, tmp_path: Path
) -> None:
    journal, folder = tmp_path / "journal", opened.window.folder
    for is_shown in (False, True):
        keeper = SessionKeeper(opened.workspace, Journal(journal), opened.window.splits)
        opened.choose("Folder at the Side")
        assert folder.tree.isVisible() is is_shown
        keeper.close(keeps=False)
        opened.workspace.folder.open(None)
        assert not folder.tree.isVisible()
        later = SessionKeeper(opened.workspace, Journal(journal), opened.window.splits)
        later.restore([], read_state(journal / STATE))
        later.close(keeps=False)
        assert opened.workspace.folder.path == root
        assert folder.tree.isVisible() is is_shown
    opened.choose("Folder at the Side")
    opened.workspace.open_paths([root])  # as one who asks for it wants to see it
    assert folder.tree.isVisible()


def test_a_folder_is_asked_for_where_the_user_is_at_work(
    house: House, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(dialogs, "ask_folder", lambda _, folder: asked.append(folder))
    put(root, in__b_py="x = 1\n")
    house.workspace.folder.open(root)
    house.choose("Open Folder")  # beside the one that is open
    house.workspace.open_paths([root / "in/b.py"])
    house.choose("Open Folder")  # where the file is
    house.workspace.new()
    house.workspace.folder.open(None)
    house.choose("Open Folder")  # the last one
    assert asked == [root.parent, root / "in", root]


def test_whoever_scrolls_to_the_end_of_a_large_folder_sees_more_of_it(
    house: House, root: Path, qtbot: QtBot
) -> None:
    (root / "many").mkdir()
    for number in range(1500):
        (root / f"many/{number:04}").touch()
    put(root, z_txt="below")
    house.window.show()
    house.workspace.open_paths([root])
    panel = house.window.folder.tree
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    panel.view.expand(panel.model.index(0, 0))
    count = 0
    while count < 1500:
        before = count
        qtbot.waitUntil(lambda: panel.model.rowCount(panel.model.index(0, 0)) > before)  # noqa: B023
        count = panel.model.rowCount(panel.model.index(0, 0))
        assert count - before <= 800
        panel.view.scrollTo(panel.model.index_of(str(root / f"many/{count - 1:04}")))


def test_a_hit_in_a_text_that_is_shorter_by_now_goes_nowhere_wrong(
    opened: House, root: Path, qtbot: QtBot
) -> None:
    folder = opened.window.folder
    folder.find()
    folder.search.pattern.setText("two")
    with qtbot.waitSignal(folder.search._search.ended):
        QTest.keyClick(folder.search.pattern, Key.Key_Return)
    (root / "a.txt").write_text("o")
    item = folder.search.results.list.topLevelItem(0).child(0)
    folder.search.results.list.itemActivated.emit(item, 0)
    assert opened.tab.document.path == root / "a.txt"
    assert not opened.tab.editor.textCursor().hasSelection()


def test_esc_stops_a_search_and_then_closes_it(opened: House) -> None:
    folder = opened.window.folder
    folder.find()
    folder.search.pattern.setText("x")
    QTest.keyClick(folder.search.pattern, Key.Key_Return)
    QTest.keyClick(folder.search.pattern, Key.Key_Escape)
    assert folder.search.isVisible()
    folder._search.drop()
    QTest.keyClick(folder.search.pattern, Key.Key_Escape)
    assert not folder.search.isVisible()
    assert opened.tab.editor.hasFocus()


@pytest.mark.skipif(os.name != "posix", reason="other systems allow no such names")
def test_a_name_that_is_no_text_is_shown_opened_and_found(
    house: House, root: Path, qtbot: QtBot
) -> None:
    path = root / os.fsdecode(b"caf\xe9.txt")
    path.write_text("find")
    house.window.show()
    house.workspace.open_paths([root])
    tree = house.window.folder.tree
    qtbot.waitUntil(lambda: tree.model.rowCount() == 1)
    index = tree.model.index(0, 0)
    assert index.data() == "caf\ufffd.txt"
    tree.file_chosen.emit(tree.model.path_of(index), True)
    assert house.tab.document.path == path
    house.workspace.close_tab(house.tab)
    folder = house.window.folder
    folder.go_to_file()
    QTest.keyClicks(folder.quick_open.line, "caf")
    qtbot.waitUntil(lambda: folder.quick_open.list.count() == 1)
    QTest.keyClick(folder.quick_open.line, Key.Key_Return)
    assert house.tab.document.path == path
    house.workspace.close_tab(house.tab)
    folder.find()
    folder.search.pattern.setText("find")
    with qtbot.waitSignal(folder.search._search.ended):
        QTest.keyClick(folder.search.pattern, Key.Key_Return)
    item = folder.search.results.list.topLevelItem(0).child(0)
    folder.search.results.list.itemActivated.emit(item, 0)
    assert house.tab.document.path == path
    assert house.tab.editor.textCursor().selectedText() == "find"
    tree.model.rename_wanted.emit(str(path), "plain.txt")
    qtbot.waitUntil(lambda: house.tab.document.path == root / "plain.txt")


def test_a_key_of_the_folder_says_that_there_is_none(house: House, root: Path) -> None:
    house.window.show()
    line = house.window.status_line
    QTest.keyClick(house.tab.editor, Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert line.currentMessage() == "No folder is open. Ctrl+Shift+O opens one."
    house.workspace.folder.open(root)
    assert line.currentMessage() == ""
    QTest.keyClick(house.tab.editor, Key.Key_F6)
    assert line.currentMessage() == "There is no second view. Ctrl+\\ opens one."
