"""All that is shown can be translated."""

from collections.abc import Iterator
from operator import attrgetter

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.preferences import PreferencesDialog
from tests.app.fakes import widgets_of
from tests.app.house import House

NOT_WORDS = {"✕", "Aa", "“W”", ".*", "↑", "↓", "…", "?", "100% (20/20)"}


class Pseudo(QTranslator):
    """Puts every text that it is asked for into angle quotes."""

    def translate(self, context: str, source: str, *_: object) -> str:
        return f"«{source}»" if source else source

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[None]:
    translator = Pseudo()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def translated(qtbot: QtBot, pseudo: None, request: pytest.FixtureRequest) -> House:
    return request.getfixturevalue("house")


def texts(root: QWidget) -> Iterator[str]:
    for kind in (QAbstractButton, QLabel):
        for widget in root.findChildren(kind):
            yield widget.text()
    for field in root.findChildren(QLineEdit):
        yield field.placeholderText()
    for widget in root.findChildren(QWidget):
        yield widget.toolTip()
        yield widget.accessibleName()
    for tree in root.findChildren(QTreeWidget):
        yield from (tree.headerItem().text(i) for i in range(tree.columnCount()))


def test_no_action_has_words_that_cannot_be_translated(translated: House) -> None:
    actions = translated.window.shortcuts.actions
    titles = [*translated.window.menuBar().actions(), *actions.values()]
    assert [a.text() for a in titles if isinstance(a, QAction) and "«" not in a.text()] == []


@pytest.mark.parametrize(
    "part", ["find_bar", "results", "welcome", "preview", "message_bar", "popups.palette"]
)
def test_no_control_has_words_that_cannot_be_translated(translated: House, part: str) -> None:
    root = attrgetter(part)(translated.window)
    plain = {t for t in texts(root) if t and "«" not in t and t not in NOT_WORDS}
    assert {text for text in plain if not text.isdigit()} == set()


def test_the_settings_can_be_translated(qtbot: QtBot, translated: House) -> None:
    dialog = PreferencesDialog(translated.settings, translated.window.shortcuts)
    qtbot.addWidget(dialog)
    keys = {option for option, _ in dialog.options._rows}
    known = {option.key for option in keys}
    plain = {t for t in texts(dialog) if t and "«" not in t and t not in known}
    assert plain == set()


def test_what_stands_around_a_draft_can_be_translated(translated: House) -> None:
    translated.type("some words")
    translated.tab.editor.selectAll()
    translated.choose("«&Rewrite Selection".replace("&", ""))
    widgets = widgets_of(translated.tab.session)
    assert widgets.panel is not None
    for root in (widgets.panel, widgets.bar, widgets.popup, translated.window.popups.history):
        plain = {t for t in texts(root) if t and "«" not in t and t not in NOT_WORDS}
        assert {text for text in plain if not text.isdigit()} == set()
