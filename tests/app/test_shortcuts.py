"""Every action has a name, keys that can be changed, and no key that another has."""

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import commands
from app.commands import COMMANDS
from app.proposal.model.ways import WAYS
from app.settings import Settings
from app.shortcuts import Shortcuts, keys_text, title_of
from app.window.command_palette import entries_of, score
from tests.app.house import House


def key(text: str) -> QKeySequence:
    return QKeySequence(text)


@pytest.fixture
def shortcuts(tmp_path: Path, qapp: object) -> Shortcuts:
    shortcuts = Shortcuts(Settings(tmp_path / "settings.ini"))
    for name, keys in (("put", "Ctrl+S"), ("get", "Ctrl+O")):
        action = QAction(f"&{name.title()}…", shortcuts)
        action.setShortcut(key(keys))
        shortcuts.add(name, action)
    return shortcuts


def test_keys_are_changed_remembered_and_reset(shortcuts: Shortcuts) -> None:
    shortcuts.set_keys("put", [key("F9")])
    assert shortcuts.actions["put"].shortcuts() == [key("F9")]
    again = Shortcuts(shortcuts._settings)
    action = QAction("Put")
    action.setShortcut(key("Ctrl+S"))
    again.add("put", action)
    assert action.shortcuts() == [key("F9")]
    again.reset("put")
    assert action.shortcuts() == [key("Ctrl+S")]
    assert shortcuts._settings.keys_of("put") is None


def test_a_key_that_an_action_newly_comes_with_stays_with_the_one_it_was_given(
    shortcuts: Shortcuts,
) -> None:
    shortcuts.set_keys("put", [key("Ctrl+Y")])
    again, new = Shortcuts(shortcuts._settings), QAction("New")
    new.setShortcuts([key("Ctrl+Y"), key("F2")])
    again.add("new_one", new)
    assert new.shortcuts() == [key("F2")]


def test_a_key_is_taken_from_the_action_that_had_it(shortcuts: Shortcuts) -> None:
    assert shortcuts.conflicts("put", key("Ctrl+O")) == ["get"]
    shortcuts.set_keys("put", [key("Ctrl+O")])
    assert shortcuts.actions["get"].shortcuts() == []
    shortcuts.reset("get")
    assert shortcuts.actions["get"].shortcuts() == []  # still save's
    assert shortcuts.conflicts("get", key("Ctrl+O, Ctrl+K")) == ["put"]


@pytest.mark.parametrize("text", ["Tab", "Ctrl+Right", "Return", "Esc", "Space", "A"])
def test_keys_for_writing_are_refused(shortcuts: Shortcuts, text: str) -> None:
    assert shortcuts.why_not("put", key(text))
    assert not shortcuts.why_not("put", key("Ctrl+Alt+A"))


@pytest.mark.parametrize("text", ["Return", "Esc", "Space", "Alt+A"])
def test_a_draft_may_have_keys_that_write_elsewhere(shortcuts: Shortcuts, text: str) -> None:
    assert not shortcuts.why_not("accept", key(text))


@pytest.mark.parametrize("text", ["Tab", "Left", "A"])
def test_a_draft_leaves_the_keys_of_the_caret_alone(shortcuts: Shortcuts, text: str) -> None:
    assert shortcuts.why_not("accept", key(text))


def test_every_line_of_the_menus_is_a_command_and_every_command_has_its_line(house: House) -> None:
    ways = {f"rewrite_{way.name}" for way in WAYS}
    assert set(house.window.shortcuts.actions) - ways == set(COMMANDS)


@pytest.mark.skipif(commands.IS_MAC, reason="there it is another program's key")
def test_ctrl_y_redoes_as_ctrl_shift_z_does(house: House, qtbot: QtBot) -> None:
    editor = house.tab.editor
    qtbot.keyClicks(editor, "word")
    for redo, modifiers in (
        (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
    ):
        qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert editor.toPlainText() == ""
        qtbot.keyClick(editor, redo, modifiers)
        assert editor.toPlainText() == "word"
    keys = house.window.shortcuts.keys_of("redo")
    assert len(set(keys)) == len(keys)


def test_no_command_has_the_default_key_of_another() -> None:
    keys = [k.toString() for command in COMMANDS.values() for k in command.default_keys()]
    assert sorted(set(keys)) == sorted(keys)


def test_on_a_mac_option_is_left_to_letters_and_words(
    shortcuts: Shortcuts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "IS_MAC", True)
    keys = [
        key.toString()
        for command in COMMANDS.values()
        if not any(isinstance(key, QKeySequence.StandardKey) for key in command.keys)
        for key in command.default_keys()
    ]
    assert [k for k in keys if k.startswith(("Alt+", "Shift+Alt+"))] == []
    assert sorted(set(keys)) == sorted(keys)
    assert [k.toString() for k in COMMANDS["accept_word"].default_keys()] == ["Meta+Alt+K"]
    assert [k.toString() for k in COMMANDS["next_word"].default_keys()] == ["Meta+Alt+Shift+Right"]
    assert [k.toString() for k in COMMANDS["palette"].default_keys()] == ["Ctrl+Shift+P"]
    for text in ("Alt+K", "Alt+Left", "Alt+Shift+Right"):
        assert shortcuts.why_not("put", key(text))
    assert not shortcuts.why_not("put", key("Meta+Alt+K"))


def test_a_mac_keeps_its_keys_for_hiding_and_minimising(
    shortcuts: Shortcuts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "IS_MAC", True)
    systems = {"Ctrl+H", "Ctrl+M", "Ctrl+Alt+H", "Ctrl+Alt+M"}  # ⌘H and ⌘M, with ⌥ for all windows
    keys = [key.toString() for one in COMMANDS.values() for key in one.default_keys()]
    assert systems.isdisjoint(keys)
    assert [key.toString() for key in COMMANDS["replace"].default_keys()] == ["Meta+Ctrl+H"]
    for text in systems:
        assert shortcuts.why_not("put", key(text))
    monkeypatch.setattr(commands, "IS_MAC", False)
    assert not shortcuts.why_not("put", key("Ctrl+H"))


def test_the_menu_says_a_drafts_key_and_leaves_it_to_the_text_elsewhere(house: House) -> None:
    shortcuts = house.window.shortcuts
    action = shortcuts.actions["accept_word"]
    assert (keys_text(action), action.shortcuts()) == ("Alt+K", [])
    shortcuts.set_keys("accept_word", [key("F9")])
    assert (keys_text(action), action.shortcuts()) == ("F9", [])
    assert shortcuts._settings.keys_of("accept_word") == ["F9"]
    shortcuts.reset("accept_word")
    assert keys_text(action) == "Alt+K"
    assert shortcuts._settings.keys_of("accept_word") is None


def test_a_key_of_drafts_can_be_given_to_a_command_of_the_window(house: House) -> None:
    shortcuts = house.window.shortcuts
    assert shortcuts.conflicts("trim", key("Alt+K")) == ["accept_word"]
    shortcuts.set_keys("trim", [key("Alt+K")])
    assert shortcuts.keys_of("accept_word") == []
    assert keys_text(shortcuts.actions["accept_word"]) == ""
    assert house.tab.session.options.keys.of("accept_word") == []


def test_no_two_actions_of_the_window_share_a_key(house: House) -> None:
    actions = house.window.shortcuts.actions
    taken = [
        (one, other, own.toString())
        for one, other in itertools.permutations(actions, 2)
        for own in house.window.shortcuts.keys_of(one)
        if own in house.window.shortcuts.keys_of(other)
    ]
    assert taken == []
    refused = [
        (name, own.toString())
        for name in actions
        for own in house.window.shortcuts.keys_of(name)
        if house.window.shortcuts.why_not(name, own)
    ]
    assert refused == []


def test_every_action_of_the_menus_is_in_the_palette(house: House) -> None:
    entries = {entry.action for entry in entries_of(house.window.shortcuts)}
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


def test_the_palette_says_that_it_has_found_nothing(house: House) -> None:
    house.window.show()
    house.choose("Command Palette")
    popup = house.window.popups.palette
    QTest.keyClicks(popup.line, "dup")
    assert popup.list.said == ""
    plain = popup.list.viewport().grab().toImage()
    QTest.keyClicks(popup.line, "xq")
    assert popup.list.said == "No command matches “dupxq”."
    popup.list.say_when_empty("")
    empty = popup.list.viewport().grab().toImage()
    popup.list.say_when_empty("Nothing")
    assert popup.list.viewport().grab().toImage() not in (empty, plain)
    QTest.keyClick(popup.line, Qt.Key.Key_Return)  # does nothing, and does it without an error
    assert popup.isHidden()


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
    rewrite = QAction("Rewrite")
    rewrite.setShortcuts([QKeySequence("Ctrl+Enter"), QKeySequence("Ctrl+Return")])
    assert keys_text(rewrite) == "Ctrl+Enter"  # as everywhere else
    action = QAction("&Accept && Go…\tEnter")
    assert (title_of(action), keys_text(action)) == ("Accept & Go", "Enter")
