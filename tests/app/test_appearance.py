"""What can be ticked or written in has an edge that can be seen, light and dark."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidgetItem,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import appearance
from app.appearance import Appearance
from app.widgets.check_list import CheckList
from app.widgets.ringed import RingedBox

LEAST = 2.5  # times as bright, or as dark
LEAST_OF_TEXT = 7  # likewise; the better grade of WCAG


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    before, style = QPalette(QApplication.palette()), qapp.style().name()
    qapp.setStyle("Fusion")
    yield
    qapp.setStyle(style)
    QGuiApplication.styleHints().setColorScheme(Qt.ColorScheme.Unknown)
    QApplication.setPalette(before)


def brightness(colour: QColor) -> float:
    """Return the relative luminance, as WCAG defines it."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", [Appearance.LIGHT, Appearance.DARK], ids=lambda look: look.value)
@pytest.mark.parametrize("kind", [QCheckBox, QLineEdit, QSpinBox, QComboBox])
def test_edges_stand_out_from_the_window(
    qtbot: QtBot, look: Appearance, kind: type[QWidget]
) -> None:
    appearance.apply(look)
    window = QWidget()
    qtbot.addWidget(window)
    control = kind(window)
    control.resize(100, 26)
    window.resize(120, 40)
    picture = window.grab().toImage()
    row = [picture.pixelColor(x, control.height() // 2) for x in range(5)]
    ground = brightness(window.palette().color(QPalette.ColorRole.Window)) + 0.05
    ratios = [max(b / ground, ground / b) for b in (brightness(c) + 0.05 for c in row)]
    assert max(ratios) >= LEAST


@pytest.mark.parametrize("look", [Appearance.LIGHT, Appearance.DARK], ids=lambda look: look.value)
def test_boxes_of_a_list_stand_out_from_it(qtbot: QtBot, look: Appearance) -> None:
    appearance.apply(look)
    boxes = CheckList()
    qtbot.addWidget(boxes)
    item = QListWidgetItem("")
    item.setCheckState(Qt.CheckState.Unchecked)
    boxes.addItem(item)
    boxes.resize(100, 60)
    picture = boxes.viewport().grab().toImage()
    middle = boxes.visualItemRect(item).center().y()
    row = [picture.pixelColor(x, middle) for x in range(20)]
    ground = brightness(boxes.palette().color(QPalette.ColorRole.Base)) + 0.05
    ratios = [max(b / ground, ground / b) for b in (brightness(c) + 0.05 for c in row)]
    assert max(ratios) >= LEAST


@pytest.mark.parametrize("look", [Appearance.LIGHT, Appearance.DARK], ids=lambda look: look.value)
def test_choices_of_a_box_can_be_read(qtbot: QtBot, look: Appearance) -> None:
    appearance.apply(look)
    box = RingedBox()
    qtbot.addWidget(box)
    box.addItems(["first", "second"])
    box.show()
    box.showPopup()
    choices = box.view()
    picture = choices.viewport().grab().toImage()
    row = choices.visualRect(box.model().index(1, 0))
    ground = brightness(picture.pixelColor(row.right() - 2, row.center().y())) + 0.05
    text = brightness(box.palette().color(QPalette.ColorRole.Text)) + 0.05
    assert max(text / ground, ground / text) >= LEAST_OF_TEXT
