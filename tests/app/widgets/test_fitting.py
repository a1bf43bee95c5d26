"""Everything fits the screen and the room it has."""

import itertools

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.fitting import resize_to_fit
from engine.api import Length, LengthMode
from tests.app.fakes import widgets_of
from tests.app.house import House


def test_no_window_is_larger_than_the_screen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    resize_to_fit(window, 100_000, 300)
    assert window.width() < window.screen().availableSize().width()
    assert window.height() == 300


@pytest.mark.parametrize("width", [760, 420, 330, 280])
def test_the_panel_shows_what_there_is_room_for(house: House, width: int) -> None:
    house.window.show()
    house.type("some words")
    house.tab.editor.selectAll()
    house.choose("Rewrite Selection")
    panel = widgets_of(house.tab.session).panel
    assert panel is not None
    panel.setGeometry(0, 0, width, panel.height())
    panel.layout().activate()
    panel._row_layout.activate()
    shown = [w for w in panel._row.findChildren(QWidget) if w.isVisible()]
    assert panel.accept_button in shown
    for left, right in itertools.pairwise(sorted(shown, key=QWidget.x)):
        assert left.geometry().right() < right.x()
    assert all(w.width() >= w.minimumSizeHint().width() for w in shown)


@pytest.mark.parametrize("width", [620, 480, 400, 340])
def test_the_fields_of_the_bar_take_a_second_row_where_one_is_too_short(
    house: House, qtbot: QtBot, width: int
) -> None:
    house.window.show()
    house.type("some words")
    house.tab.editor.selectAll()
    house.tab.session.options.change(length=Length(mode=LengthMode.WORDS, count=12), seed=1234567)
    house.choose("Rewrite With")
    bar = widgets_of(house.tab.session).bar
    before = bar.sizeHint().height()
    house.tab.editor.parentWidget().resize(width, 500)
    house.tab.editor.resize(width, 500)
    qtbot.waitUntil(lambda: bar.width() < width)
    qtbot.wait(1)
    fields = bar.fields
    bar.fold.setChecked(True)
    qtbot.wait(5)
    more = bar.more.rows
    for field in (bar.more.soft_edge, bar.more.single_line, bar.more.left_to_right):
        assert field.isVisible()
        assert more.rect().contains(field.geometry())
        assert field.width() >= field.minimumSizeHint().width()
    bar.fold.setChecked(False)
    qtbot.wait(5)
    shown = [w for w in fields.findChildren(QWidget) if w.parent() is fields and w.isVisible()]
    assert {fields.strength, fields.length, fields.count, fields.candidates, fields.seed} <= {
        *shown
    }
    assert all(w.width() >= w.minimumSizeHint().width() for w in shown)
    for one, other in itertools.combinations(shown, 2):
        assert not one.geometry().intersects(other.geometry())
    middles = [w.geometry().center().y() for w in shown]
    assert (bar.height() > before) == (max(middles) - min(middles) > 10)
    assert bar.height() == bar.sizeHint().height()
