"""Every action has a name, keys that can be changed, and no key that another has."""

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.shortcuts import Shortcuts, keys_text, title_of
from app.window.command_palette import score
from tests.app.house import House


def key(text: str) -> QKeySequence:
    return QKeySequence(text)


@pytest.fixture
def shortcuts(tmp_path: Path, qapp: object) -> Shortcuts:
    shortcuts = Shortcuts(Settings(tmp_path / "settings.ini"))
    for name, keys in (("save", "Ctrl+S"), ("open", "Ctrl+O")):
        action = QAction(f"&{name.title()}…", shortcuts)
        action.setShortcut(key(keys))
        shortcuts.add(name, action)
    return shortcuts


def test_keys_are_changed_remembered_and_reset(shortcuts: Shortcuts) -> None:
    shortcuts.set_keys("save", [key("F9")])
    assert shortcuts.actions["save"].shortcuts() == [key("F9")]
    again = Shortcuts(shortcuts._settings)
    action = QAction("Save")
    action.setShortcut(key("Ctrl+S"))
    again.add("save", action)
    assert action.shortcuts() == [key("F9")]
    again.reset("save")
    assert action.shortcuts() == [key("Ctrl+S")]
    assert shortcuts._settings.keys_of("save") is None


def test_a_key_is_taken_from_the_action_that_had_it(shortcuts: Shortcuts) -> None:
    assert shortcuts.conflicts("save", key("Ctrl+O")) == ["open"]
    shortcuts.set_keys("save", [key("Ctrl+O")])
    assert shortcuts.actions["open"].shortcuts() == []
    shortcuts.reset("open")
    assert shortcuts.actions["open"].shortcuts() == []  # still save's
    assert shortcuts.conflicts("open", key("Ctrl+O, Ctrl+K")) == ["save"]


@pytest.mark.parametrize("text", ["Tab", "Ctrl+Right", "Return", "Esc", "Alt+]", "Space", "A"])
def test_keys_for_writing_and_for_the_proposal_are_refused(shortcuts: Shortcuts, text: str) -> None:
    assert shortcuts.why_not(key(text))
    assert not shortcuts.why_not(key("Ctrl+Alt+A"))


def test_no_two_actions_of_the_window_share_a_key(house: House) -> None:
    actions = house.window.shortcuts.actions
    taken = [
        (one, other, own.toString())
        for one, other in itertools.permutations(actions, 2)
        for own in actions[one].shortcuts()
        if own in actions[other].shortcuts()
    ]
    assert taken == []
    refused = [
        (name, own.toString())
        for name, action in actions.items()
        for own in action.shortcuts()
        if house.window.shortcuts.why_not(own)
    ]
    assert refused == []


def test_every_action_of_the_menus_is_in_the_palette(house: House) -> None:
    entries = {entry.action for entry in house.window.menus.entries()}
    menus = (action.menu() for action in house.window.menuBar().actions())
    listed = {a for menu in menus for a in menu.actions() if not a.isSeparator() and not a.menu()}
    assert listed <= entries


def test_the_palette_runs_what_was_found(qtbot: QtBot, house: House) -> None:
    house.window.show()
    house.type("b\na")
    house.choose("Command Palette")
    popup = house.window.popups.palette
    QTest.keyClicks(popup.line, "dup")
    assert popup.list.item(0).text() == "Duplicate"
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert house.tab.document.text().replace("\r\n", "\n") == "b\na\na"
    assert popup.isHidden()
    house.choose("Command Palette")
    assert popup.list.item(0).text() == "Duplicate"  # the newest first
    QTest.keyClick(popup.line, Qt.Key.Key_Escape)
    assert house.tab.document.text().replace("\r\n", "\n") == "b\na\na"


def test_starts_of_words_count_more() -> None:
    titles = ["Close Tab", "Select All", "Save As", "Save All"]
    assert max(titles, key=lambda title: score("saal", title) or 0) == "Save All"
    assert score("xyz", "Save") is None


def test_go_to_line_shows_it_while_typing_and_goes_back(house: House) -> None:
    house.window.show()
    house.type("one\ntwo\nthree")
    house.choose("Go to Line")
    line = house.window.popups.goto_line.line
    QTest.keyClicks(line, "2:2")
    assert house.tab.editor.textCursor().position() == 5
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert house.tab.editor.textCursor().position() == 13
    house.choose("Go to Line")
    QTest.keyClicks(line, "999")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert house.tab.editor.textCursor().blockNumber() == 2


def test_titles_and_keys_are_shown_plain(qapp: object) -> None:
    action = QAction("&Accept && Go…\tEnter")
    assert (title_of(action), keys_text(action)) == ("Accept & Go", "Enter")
