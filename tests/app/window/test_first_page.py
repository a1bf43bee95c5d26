"""The first page stands over a text, and gives way to what is asked for there."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.app.house import House


def test_a_draft_that_is_asked_for_on_the_first_page_is_seen(house: House, qtbot: QtBot) -> None:
    window = house.window
    with qtbot.waitSignal(window.first_painted):
        window.show()
    window.start_engine(Path("toy"), "cpu")
    window.open_welcome()
    assert window.welcome.isVisible()
    qtbot.keyClick(window.welcome, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert house.services[0].requests
    assert not window.welcome.isVisible()
    assert house.tab.editor.isVisible()
    window.open_welcome()  # beside a draft that is there, it stays
    assert window.welcome.isVisible()
