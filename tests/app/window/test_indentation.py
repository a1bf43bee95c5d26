"""Tab, Shift+Tab, Enter and pasting obey the indentation that the status line shows."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from app.editor import indenting
from tests.app.house import House

SPACED = "def f():\n    if a:\n        b\n\n"
TABBED = "def f():\n\tif a:\n\t\tb\n\n"
Key = Qt.Key


def open_text(house: House, folder: Path, text: str, name: str = "a.py") -> None:
    path = folder / name
    path.write_bytes(text.encode())
    house.workspace.open_paths([path])
    cursor = house.tab.editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    house.tab.editor.setTextCursor(cursor)


def shown(house: House) -> str:
    return house.window.status_line.indentation.text()


def added(house: House, text: str) -> str:
    """Return what has been put behind a text."""
    now = house.tab.editor.toPlainText()
    assert now.startswith(text)
    return now.removeprefix(text)


@pytest.mark.parametrize(
    ("text", "words", "step"),
    [
        (SPACED, "Spaces: 4", "    "),
        (SPACED.replace("    ", "  "), "Spaces: 2", "  "),
        (TABBED, "Tabs", "\t"),
        ("", "Spaces: 4", "    "),
    ],
)
def test_a_file_goes_on_as_it_began(
    house: House, tmp_path: Path, text: str, words: str, step: str
) -> None:
    open_text(house, tmp_path, text)
    assert shown(house) == words
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    QTest.keyClicks(house.tab.editor, "if x:")
    QTest.keyClick(house.tab.editor, Key.Key_Return)
    QTest.keyClicks(house.tab.editor, "y")
    assert added(house, text) == f"{step}if x:\n{step}{step}y"
    QTest.keyClick(house.tab.editor, Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert added(house, text) == f"{step}if x:\n{step}y"


@pytest.mark.parametrize("name", ["", "a.md", "a.txt", "a.tex", "a.py", "a"])
@pytest.mark.parametrize("text", ["", "Words that say nothing of it.\n\nAnd more of them.\n"])
def test_new_and_undecided_files_say_one_thing(
    house: House, tmp_path: Path, name: str, text: str
) -> None:
    if name:
        open_text(house, tmp_path, text, name)
    else:
        house.choose("New")
    assert shown(house) == "Spaces: 4"  # as the welcome text does
    end = house.tab.editor.toPlainText()
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert added(house, end) == "    "


def test_tab_goes_to_the_next_stop(house: House, tmp_path: Path) -> None:
    open_text(house, tmp_path, SPACED + "ab")
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert added(house, SPACED) == "ab  "


def test_every_caret_indents_alike(house: House, tmp_path: Path) -> None:
    open_text(house, tmp_path, SPACED + "\n")
    house.choose("Add Caret Above")
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert added(house, SPACED.removesuffix("\n")) == "    \n    \n" or added(house, SPACED).split(
        "\n"
    ) == ["    ", "    "]


@pytest.mark.parametrize("name", ["Makefile", "GNUmakefile", "rules.mk", "a.go"])
def test_a_makefile_is_indented_by_tabs(house: House, tmp_path: Path, name: str) -> None:
    open_text(house, tmp_path, "all:\n", name)
    assert shown(house) == "Tabs"
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert added(house, "all:\n") == "\t"


def test_another_one_can_be_chosen_and_holds_in_both_views(house: House, tmp_path: Path) -> None:
    open_text(house, tmp_path, SPACED)
    house.choose("Split Side by Side")
    house.choose("2 Spaces")
    assert shown(house) == "Spaces: 2"
    house.choose("Go to the Other View")
    assert shown(house) == "Spaces: 2"
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert added(house, SPACED) == "  "
    house.choose("Tabs")
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert added(house, SPACED) == "  \t"
    house.choose("As the File Is")
    assert shown(house) == "Spaces: 4"


def test_the_second_view_begins_with_what_was_chosen(house: House, tmp_path: Path) -> None:
    open_text(house, tmp_path, SPACED)
    house.choose("8 Spaces")
    house.choose("Split Side by Side")
    assert shown(house) == "Spaces: 8"


def test_another_document_has_its_own(house: House, tmp_path: Path) -> None:
    open_text(house, tmp_path, SPACED)
    house.choose("2 Spaces")
    open_text(house, tmp_path, TABBED, "b.py")
    assert shown(house) == "Tabs"


def test_what_was_chosen_for_an_empty_tab_is_not_for_the_file_opened_in_it(
    house: House, tmp_path: Path
) -> None:
    house.choose("2 Spaces")
    open_text(house, tmp_path, SPACED)
    assert shown(house) == "Spaces: 4"


def test_a_tab_is_drawn_as_wide_as_the_indentation_that_is_found(
    house: House, tmp_path: Path
) -> None:
    open_text(house, tmp_path, SPACED)
    assert house.tab.editor._tab_columns == 4
    house.tab.editor.setPlainText("if x:\n  y()\n  if z:\n    w()\n" * 3)
    assert house.tab.editor._tab_columns == 2


def test_a_pasted_block_is_indented_as_the_file_is(house: House, tmp_path: Path) -> None:
    open_text(house, tmp_path, SPACED)
    block = QMimeData()
    block.setText("if x:\n\ty\n")
    house.tab.editor.insertFromMimeData(block)
    assert added(house, SPACED) == "if x:\n    y\n"
    house.choose("Undo")
    assert added(house, SPACED) == ""


def test_prose_is_pasted_as_it_is(house: House, tmp_path: Path) -> None:
    text = "A list:\n\n    one\n"
    open_text(house, tmp_path, text, "a.txt")
    block = QMimeData()
    block.setText("x\n\ty\n")
    house.tab.editor.insertFromMimeData(block)
    assert added(house, text) == "x\n\ty\n"


def test_the_projects_rules_come_before_what_is_found_and_after_the_users_choice(
    house: House, tmp_path: Path
) -> None:
    rules = "root = true\n[*.py]\nindent_style = tab\n"
    rules += "[*.js]\nindent_style = space\nindent_size = 3\n"
    (tmp_path / ".editorconfig").write_text(rules)
    open_text(house, tmp_path, SPACED)
    assert shown(house) == "Tabs"
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert added(house, SPACED) == "\t"
    house.choose("2 Spaces")
    house.choose("Save")
    assert shown(house) == "Spaces: 2"
    house.choose("As the File Is")
    assert shown(house) == "Tabs"
    house.choose("Split Side by Side")
    assert shown(house) == "Tabs"
    open_text(house, tmp_path, SPACED, "b.js")
    assert shown(house) == "Spaces: 3"


def test_enter_far_below_does_not_look_through_the_sample_again(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_text(house, tmp_path, SPACED * 200)  # 800 lines, of which 400 say how they are indented
    assert shown(house) == "Spaces: 4"
    looks: list[object] = []
    monkeypatch.setattr(indenting, "detected", looks.append)
    QTest.keyClick(house.tab.editor, Key.Key_Return)
    QTest.keyClick(house.tab.editor, Key.Key_Tab)
    assert looks == []
    cursor = house.tab.editor.textCursor()
    cursor.setPosition(0)
    cursor.insertText("\n")
    assert shown(house) == "Spaces: 4"
    assert len(looks) == 1
