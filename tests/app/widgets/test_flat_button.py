"""Whoever goes by Tab sees where they are."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app import appearance
from app.widgets.flat_button import FlatButton
from app.widgets.ringed import RingedBox, RingedButton, RingedSlider


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("kind", [FlatButton, RingedButton, RingedBox, RingedSlider])
def test_the_focus_is_a_ring_in_the_accents_colour(
    qtbot: QtBot, kind: type[QWidget], is_dark: bool
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.setPalette(appearance.make_palette(is_dark=is_dark))
    other, button = QLineEdit(page), kind(parent=page)
    page.resize(300, 100)
    button.setGeometry(20, 40, 80, 30)
    page.show()
    page.activateWindow()
    accent = page.palette().color(QPalette.ColorRole.Accent).rgb()

    def rim() -> set[int]:
        """Return the colours on the middle of each side."""
        seen = button.grab().toImage()
        return {seen.pixel(*at) for at in ((40, 0), (40, 29), (0, 15), (79, 15))}

    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    assert accent not in rim()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert rim() == {accent}
