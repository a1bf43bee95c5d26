"""Two views side by side or one above the other."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.recovery import SplitState
from app.recovery.session_state import SessionState, TabState, encode_state, read_state
from app.workspace import split_area
from app.workspace.second_view import SecondView
from tests.app.house import House


def second(house: House) -> SecondView:
    view = house.workspace.second
    assert view is not None
    return view


def test_a_second_view_shows_the_same_text_and_writes_to_it(house: House) -> None:
    house.type("one")
    house.choose("Split Side by Side")
    view = second(house)
    assert house.workspace.current is view
    view.editor.insertPlainText(" two")
    home = view.home
    assert home.document.text() == "one two"
    assert home.document.is_modified
    assert view.header.title.text() == home.label
    house.choose("Undo")
    assert home.document.text() == "one"


def test_the_menus_act_on_the_view_that_the_user_is_in(house: House, tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("1")
    two.write_text("2")
    house.workspace.open_paths([one, two])
    house.choose("Split One Above the Other")
    assert house.window.splits.orientation() is Qt.Orientation.Vertical
    house.window.tabs.setCurrentIndex(0)
    house.choose("Go to the Other View")
    assert house.tab.document.title == "two.txt"
    house.tab.editor.insertPlainText("x")
    house.choose("Save")
    assert two.read_text() == "x2"
    house.choose("Go to the Other View")
    assert house.tab.document.title == "one.txt"


def test_another_document_can_be_chosen(qtbot: QtBot, house: House) -> None:
    house.type("first")
    house.choose("Split Side by Side")
    other = house.workspace.new()
    other.editor.insertPlainText("other")
    view = second(house)
    view.list_wanted.emit()
    view.header.menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: second(house).home is other)
    assert second(house).editor.toPlainText() == "other"


def test_closing_its_tab_closes_the_view(house: House) -> None:
    house.choose("Split Side by Side")
    house.choose("Close Tab")  # the second view, where the user is
    assert house.workspace.second is None
    assert len(house.workspace.documents) == 1
    house.choose("Split Side by Side")
    house.workspace.close_tab(next(iter(house.workspace.tabs())))
    assert house.workspace.second is None
    assert house.workspace.current is house.workspace.front


def test_a_draft_in_one_view_leaves_no_room_in_the_other(house: House) -> None:
    house.type("one two three")
    house.choose("Split Side by Side")
    view = second(house)
    view.editor.selectAll()
    house.choose("Rewrite Selection")
    assert view.session.proposal is not None
    assert view.home.session.proposal is None
    assert not view.home.editor.insets


def test_a_text_too_large_to_lay_out_twice_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split_area, "MAX_CHARS", 3)
    house.type("four")
    house.choose("Split Side by Side")
    assert house.workspace.second is None
    assert "too large" in house.messages[0]


def test_the_session_file_keeps_the_split(tmp_path: Path) -> None:
    split = SplitState(tab=0, is_below=True, share=0.3, caret=4, line=1)
    state = SessionState(tabs=(TabState(path="a"),), split=split)
    path = tmp_path / "session"
    path.write_bytes(encode_state(state))
    assert read_state(path) == state
