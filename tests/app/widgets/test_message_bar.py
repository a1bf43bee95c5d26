"""The message bar shows plain text, offers remedies, and forgets nothing unread."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import appearance
from app.widgets.message_bar import Message, MessageBar, Remedy, Severity


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.resize(600, 40)
    return bar


def test_it_is_there_only_while_there_is_something_to_say(bar: MessageBar) -> None:
    assert bar.isHidden()
    bar.show_message(Message("one"))
    assert not bar.isHidden()
    bar.close_message()
    assert bar.isHidden()


def test_an_unread_message_comes_back_when_the_next_is_closed(bar: MessageBar) -> None:
    for text in ("one", "two", "one"):
        bar.show_message(Message(text))
    assert [message.text for message in bar.messages] == ["two", "one"]
    assert bar._more.text() == "+1"
    bar.close_message()
    assert bar._text.text() == "two"


def test_a_message_is_text_and_never_markup(bar: MessageBar) -> None:
    bar.show_message(Message("<b>&amp;</b>"))
    assert bar._text.textFormat() == Qt.TextFormat.PlainText
    flags = bar._text.textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByMouse


def test_the_text_can_be_copied(qtbot: QtBot, bar: MessageBar) -> None:
    bar.show_message(Message("CUDA out of memory"))
    qtbot.mouseClick(bar._copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "CUDA out of memory"


def test_a_remedy_runs_once_and_closes_the_message(qtbot: QtBot, bar: MessageBar) -> None:
    runs = []
    bar.show_message(Message("bad", remedies=(Remedy("Do it", lambda: runs.append(1)),)))
    qtbot.mouseClick(bar._remedies[0], Qt.MouseButton.LeftButton)
    assert runs == [1]
    assert bar.isHidden()


@pytest.mark.parametrize("severity", Severity)
def test_every_severity_can_be_read(severity: Severity) -> None:
    for background, text in (severity.value[:2], severity.value[2:]):
        assert contrast(QColor(background), QColor(text)) >= 7


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_palettes_can_be_read(qtbot: QtBot, is_dark: bool) -> None:
    palette = appearance.make_palette(is_dark=is_dark)
    role = QPalette.ColorRole
    pairs = [(role.Window, role.WindowText), (role.Base, role.Text), (role.Button, role.ButtonText)]
    pairs += [(role.Highlight, role.HighlightedText), (role.Base, role.PlaceholderText)]
    assert min(contrast(palette.color(a), palette.color(b)) for a, b in pairs) >= 4.5


def test_it_follows_the_change_to_dark(qtbot: QtBot, bar: MessageBar) -> None:
    before = QApplication.palette()
    bar.show_message(Message("bad"))
    try:
        QApplication.setPalette(appearance.make_palette(is_dark=True))
        qtbot.waitUntil(lambda: bar.palette().window().color().name() == Severity.ERROR.value[2])
    finally:
        QApplication.setPalette(before)


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of WCAG 2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: QColor) -> float:
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
