"""A sheet over the window ends in one way each time: accepted, or cancelled."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.widgets.popup import Popup
from tests.app.house import House


@pytest.fixture
def told(qtbot: QtBot) -> tuple[Popup, list[str], Editor]:
    """A popup in a window that has the focus, and what it told."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(500, 300)
    editor = Editor(window)
    QVBoxLayout(window).addWidget(editor)
    popup, ends = Popup(window, width=200), []
    popup.accepted.connect(lambda: ends.append("accepted"))
    popup.cancelled.connect(lambda: ends.append("cancelled"))
    with qtbot.waitActive(window):
        window.show()
    editor.setFocus()
    popup.open()
    qtbot.waitUntil(popup.line.hasFocus)
    return popup, ends, editor


Key = Qt.Key


@pytest.mark.parametrize(
    ("key", "end"),
    [(Key.Key_Return, "accepted"), (Key.Key_Enter, "accepted"), (Key.Key_Escape, "cancelled")],
)
def test_a_key_ends_it_once_and_gives_the_focus_back(
    told: tuple[Popup, list[str], Editor], key: Key, end: str
) -> None:
    popup, ends, editor = told
    QTest.keyClick(popup.line, key)
    assert ends == [end]
    assert editor.hasFocus()


def test_a_click_beside_it_cancels_it_once(told: tuple[Popup, list[str], Editor]) -> None:
    popup, ends, editor = told
    editor.setFocus(Qt.FocusReason.MouseFocusReason)
    assert popup.isHidden()
    assert ends == ["cancelled"]


def test_it_can_be_opened_again(told: tuple[Popup, list[str], Editor]) -> None:
    popup, ends, _ = told
    QTest.keyClick(popup.line, Qt.Key.Key_Escape)
    popup.open()
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert ends == ["cancelled", "accepted"]


def test_go_to_line_41_goes_there(qtbot: QtBot, house: House) -> None:
    with qtbot.waitActive(house.window):
        house.window.show()
    house.type("\n".join(str(number) for number in range(1, 101)))
    house.tab.editor.setFocus()
    QTest.keyClick(house.tab.editor, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    line = house.window.popups.goto_line.line
    qtbot.waitUntil(line.hasFocus)
    QTest.keyClicks(line, "41")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert house.tab.editor.hasFocus()
    assert house.tab.editor.textCursor().block().text() == "41"


def test_asked_for_twice_it_still_goes_back_to_the_text(qtbot: QtBot, house: House) -> None:
    with qtbot.waitActive(house.window):
        house.window.show()
    house.type("one\ntwo\nthree")
    house.tab.editor.setFocus()
    house.choose("Go to Line")
    line = house.window.popups.goto_line.line
    QTest.keyClicks(line, "1")
    house.choose("Go to Line")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert house.tab.editor.hasFocus()
    assert house.tab.editor.textCursor().block().text() == "three"


def test_a_click_in_the_palette_runs_the_command_once(qtbot: QtBot, house: House) -> None:
    with qtbot.waitActive(house.window):
        house.window.show()
    house.type("a")
    house.choose("Command Palette")
    palette = house.window.popups.palette
    ends: list[str] = []
    palette.cancelled.connect(lambda: ends.append("cancelled"))
    QTest.keyClicks(palette.line, "dup")
    place = palette.list.visualItemRect(palette.list.item(0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert house.tab.document.text().split() == ["a", "a"]
    assert ends == []
