"""A user opens a folder, goes to files by name, finds words in them, and changes what is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from app.appearance import Appearance
from app.widgets import dialogs
from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

pytestmark = pytest.mark.journey
Key = Qt.Key


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "garden"
    for name, text in (
        ("readme.md", "# The garden\n\nA needle in the grass.\n"),
        ("src/beds/roses.py", "def plant(rose):\n    return rose  # no needle here, größer\n"),
        ("src/beds/tulips.py", "BULBS = 12\n"),
        ("src/tools.py", 'NAME = "needle"\n\n\ndef sew():\n    return NAME\n'),
        ("build/out.txt", "needle needle needle\n"),
        ("notes.log", "needle\n"),
        (".gitignore", "build/\n*.log\n"),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "picture.bin").write_bytes(b"\0\1needle")
    return root


@pytest.fixture
def j(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journey]:
    monkeypatch.setattr(dialogs, "ask_folder", lambda *_: project)
    with Journey(resource_path("model"), "A text of its own.\n") as journey:
        journey.choose("Open Folder")
        journey.wait(lambda: len(lines(journey)) == 4)
        yield journey


def lines(j: Journey) -> list[str]:
    model = j.window.folder.tree.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def trigger(j: Journey, name: str) -> None:
    action = j.window.findChild(QAction, name)
    assert action is not None
    action.trigger()


def both_looks(j: Journey, name: str) -> None:
    for look in (Appearance.LIGHT, Appearance.DARK):
        j.look(look)
        j.picture(f"folder_{name}_{look.value}")


def test_the_tree_leaves_out_what_git_does_and_follows_the_disk(j: Journey, project: Path) -> None:
    assert lines(j) == ["src", ".gitignore", "picture.bin", "readme.md"]
    view = j.window.folder.tree.view
    view.setFocus()
    QTest.keyClick(view, Key.Key_Home)
    QTest.keyClick(view, Key.Key_Return)
    j.wait(lambda: view.model().rowCount(view.currentIndex()) == 2)
    both_looks(j, "tree")
    (project / "new.md").write_text("new")
    j.wait(lambda: "new.md" in lines(j))
    (project / "new.md").rename(project / "renamed.md")
    j.wait(lambda: "renamed.md" in lines(j) and "new.md" not in lines(j))
    (project / "renamed.md").unlink()
    j.wait(lambda: "renamed.md" not in lines(j))
    QTest.keyClick(j.window, Key.Key_B, CONTROL)
    assert not j.window.folder.tree.isVisible()
    QTest.keyClick(j.window, Key.Key_B, CONTROL)
    assert j.window.folder.tree.isVisible()
    assert view.hasFocus()


def test_a_few_letters_lead_to_a_file_and_its_line(j: Journey, project: Path) -> None:
    QTest.keyClick(j.editor, Key.Key_P, CONTROL)
    popup = j.window.folder.quick_open
    QTest.keyClicks(popup.line, "brs")
    j.wait(lambda: [popup.list.item(i).text() for i in range(popup.list.count())] == ["roses.py"])
    both_looks(j, "go_to_file")
    QTest.keyClicks(popup.line, ":2")
    QTest.keyClick(popup.line, Key.Key_Return)
    j.wait(lambda: j.tab.document.path == project / "src/beds/roses.py")
    assert j.editor.textCursor().blockNumber() == 1
    assert j.editor.hasFocus()
    tree = j.window.folder.tree
    j.wait(lambda: tree.model.path_of(tree.view.currentIndex()).endswith("roses.py"))
    both_looks(j, "at_file")


def test_words_are_found_in_all_files_and_a_click_selects_them(j: Journey, project: Path) -> None:
    trigger(j, "find_folder")
    panel = j.window.folder.search
    QTest.keyClicks(panel.pattern, "needle")
    QTest.keyClick(panel.pattern, Key.Key_Return)
    summary = panel.results._summary
    j.wait(lambda: "3 matches in 3 of 5 files" in summary.text())
    assert "1 binary file left out" in summary.text()
    both_looks(j, "found")
    tree = panel.results.list
    titles = [tree.topLevelItem(i).text(0) for i in range(tree.topLevelItemCount())]
    assert titles == ["readme.md  ·  1", "src/tools.py  ·  1", "src/beds/roses.py  ·  1"]
    hit = tree.topLevelItem(2).child(0)
    rect = tree.visualItemRect(hit)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    j.wait(lambda: j.tab.document.path == project / "src/beds/roses.py")
    cursor = j.editor.textCursor()
    assert (cursor.selectedText(), cursor.selectionStart()) == ("needle", 39)
    panel.words.setChecked(True)
    panel.regex.setChecked(True)
    panel.pattern.setText("s[ae]w|pl.nt")
    QTest.keyClick(panel.pattern, Key.Key_Return)
    j.wait(lambda: "2 matches in 2 of 5 files" in summary.text())
    QTest.keyClick(panel.pattern, Key.Key_Escape)
    assert not panel.isVisible()


def test_an_open_file_follows_its_new_name_and_goes_to_the_trash(
    j: Journey, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter(["seeds.md"])
    monkeypatch.setattr(dialogs, "ask_name", lambda *_: next(names))
    folder = j.window.folder
    folder.tree.new_file_wanted.emit(str(project))
    j.wait(lambda: j.tab.document.path == project / "seeds.md")
    QTest.keyClicks(j.editor, "peas")
    view, model = folder.tree.view, folder.tree.model
    j.wait(lambda: model.index_of(str(project / "seeds.md")).isValid())
    view.setCurrentIndex(model.index_of(str(project / "seeds.md")))
    view.setFocus()
    QTest.keyClick(view, Key.Key_F2)
    editor = view.focusWidget()
    editor.selectAll()  # type: ignore[union-attr]
    QTest.keyClicks(editor, "beans.md")
    QTest.keyClick(editor, Key.Key_Return)
    j.wait((project / "beans.md").exists)
    assert j.tab.document.path == project / "beans.md"
    assert not (project / "seeds.md").exists()
    j.choose("Save")
    assert (project / "beans.md").read_text() == "peas"
    assert j.messages() == []
    j.editor.document().setModified(False)
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))  # where the trash is
    j.wait(lambda: model.index_of(str(project / "beans.md")).isValid())
    view.setCurrentIndex(model.index_of(str(project / "beans.md")))
    view.setFocus()
    QTest.keyClick(view, Key.Key_Delete)
    j.wait(lambda: not (project / "beans.md").exists())
    j.wait(lambda: "beans.md" not in lines(j))
    assert [path.read_text() for path in tmp_path.glob("data/Trash/files/*")] == ["peas"]
    j.wait(lambda: any("was removed or renamed" in text for text in j.messages()))
