"""A right click on a selection offers what Inlay is for, first."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.shortcuts import title_of
from engine.api import Generate
from tests.app.fakes import widgets_of
from tests.app.house import House


def right_click(house: House) -> QMenu:
    place = house.tab.editor.cursorRect().center()
    viewport = house.tab.editor.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, place, viewport.mapToGlobal(place)))
    (menu,) = house.tab.editor.open_menus
    return menu


def titles(menu: QMenu) -> list[str]:
    return ["-" if action.isSeparator() else title_of(action) for action in menu.actions()]


def last_job(house: House) -> Generate:
    proposal = house.tab.session.proposal
    assert proposal is not None
    return proposal.place.request


def test_a_selection_can_be_rewritten_from_its_menu(house: House) -> None:
    house.window.show()
    house.tab.session.options.notify_model(False, 24)
    house.type("one two")
    house.tab.editor.selectAll()
    menu = right_click(house)
    assert titles(menu)[:3] == ["Rewrite", "Rewrite With", "-"]
    assert "Copy" in titles(menu)
    menu.actions()[0].trigger()
    assert last_job(house).region == "one two"
    menu.close()


def test_rewrite_with_opens_the_bar(house: House) -> None:
    house.window.show()
    house.type("one two")
    house.tab.editor.selectAll()
    menu = right_click(house)
    menu.actions()[1].trigger()
    assert widgets_of(house.tab.session).bar.isVisible()
    menu.close()


def test_one_letter_in_the_menu_gives_an_instruction(house: House) -> None:
    house.window.show()
    house.tab.session.options.notify_model(True, 24)
    house.type("one two")
    house.tab.editor.selectAll()
    menu = right_click(house)
    ways = ["Shorter", "Longer", "Simpler", "Friendlier", "More Formal", "Fix Grammar"]
    assert titles(menu)[:10] == ["Rewrite", "Rewrite With", "-", *ways, "-"]
    QTest.keyClick(menu, Qt.Key.Key_R)  # which is Redo's too, elsewhere
    assert last_job(house).settings.instruction == "Rewrite it in simpler words."


def test_without_a_selection_the_menu_is_as_it_was(house: House) -> None:
    house.window.show()
    house.type("one two")
    menu = right_click(house)
    assert "Rewrite" not in titles(menu)
    menu.close()
