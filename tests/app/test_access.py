"""Everything a hand can reach has a name and a role for those who do not see it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.preferences import PreferencesDialog
from app.widgets.message_bar import Message, Remedy
from tests.app.fakes import widgets_of
from tests.app.house import House

MAX_LOOKS = 100
NO_ROLES = (QAccessible.Role.NoRole, QAccessible.Role.Client)
PAGES = QScrollArea  # Qt gives them no role of their own; what is in them has one


def controls(root: QWidget) -> Iterator[QWidget]:
    """Yield what can have the focus or be pressed, but for what Qt itself puts into its widgets."""
    for widget in (root, *root.findChildren(QWidget)):
        can_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        is_ours = not widget.objectName().startswith("qt_")
        is_part = isinstance(widget.parent(), QLineEdit | QTabBar) or isinstance(widget, QTabBar)
        is_part = is_part or widget.focusProxy() is not None
        is_control = can_focus or isinstance(widget, QAbstractButton)
        if widget.isVisible() and is_control and is_ours and not is_part:
            yield widget


def nameless(root: QWidget) -> list[str]:
    """Describe the controls that an assistive tool could not tell of."""
    found = []
    for widget in controls(root):
        what = QAccessible.queryAccessibleInterface(widget)
        name = what.text(QAccessible.Text.Name) if what is not None else ""
        has_role = what is not None and what.role() not in NO_ROLES
        if not name.strip() or not (has_role or isinstance(widget, PAGES)):
            parent = type(widget.parent()).__name__
            found.append(f"{type(widget).__name__} {widget.objectName()} in {parent}: {name!r}")
    return found


def open_find(house: House) -> QWidget:
    house.choose("Find in All Tabs")
    return house.window


def open_draft_bar(house: House) -> QWidget:
    house.choose("Rewrite With")
    return house.window


def open_draft(house: House) -> QWidget:
    house.type("some words")
    house.tab.editor.selectAll()
    house.choose("Rewrite Selection")
    assert widgets_of(house.tab.session).panel is not None
    return house.window


def open_preview(house: House) -> QWidget:
    house.choose("Preview")
    return house.window


def open_message(house: House) -> QWidget:
    remedies = tuple(Remedy(f"do {number}", list) for number in range(3))
    house.window.show_message(Message("text", remedies=remedies))
    return house.window


def open_welcome(house: House) -> QWidget:
    house.settings.add_recent_file(house.settings.path)
    house.choose("Welcome")
    return house.window.welcome


def open_palette(house: House) -> QWidget:
    house.choose("Command Palette")
    return house.window.popups.palette


def open_goto(house: House) -> QWidget:
    house.choose("Go to Line")
    return house.window.popups.goto_line


def open_settings(house: House) -> QWidget:
    house.choose("Settings")
    return house.window.findChildren(PreferencesDialog)[-1]


def open_history(house: House) -> QWidget:
    house.choose("History")
    return house.window.popups.history


def open_measure(house: House) -> QWidget:
    house.choose("Measure on My Texts")
    return house.window.popups.show_measure()


def open_measured(house: House) -> QWidget:
    dialog = house.window.popups.show_measure()
    dialog.pages.setCurrentWidget(dialog.results)
    return dialog


OPENERS = (
    *(open_find, open_draft_bar, open_draft, open_preview, open_message, open_welcome),
    *(open_palette, open_goto, open_settings, open_history),
    *(open_measure, open_measured),
)


@pytest.mark.parametrize("show", OPENERS, ids=lambda act: act.__name__)
def test_every_control_has_a_name_and_a_role(
    qtbot: QtBot, house: House, show: Callable[[House], QWidget]
) -> None:
    house.window.show()
    root = show(house)
    assert list(controls(root)) != []
    assert nameless(root) == []
    if root is not house.window:
        root.close()


def show_privacy(house: House) -> None:
    house.choose("What Leaves")


def show_about(house: House) -> None:
    house.choose("About")


def ask_to_save(house: House) -> None:
    house.type("unsaved")
    house.choose("Close Tab")


def ask_for_encoding(house: House) -> None:
    house.choose("Save with Encoding")


def show_server(house: House) -> None:
    house.choose("Server")


def show_models(house: House) -> None:
    house.choose("Models")


ASKERS = (ask_to_save, ask_for_encoding, show_privacy, show_about, show_server, show_models)


@pytest.mark.parametrize("ask", ASKERS, ids=lambda act: act.__name__)
def test_every_question_can_be_heard(
    qtbot: QtBot, house: House, ask: Callable[[House], None]
) -> None:
    seen: list[list[str]] = []
    timer = QTimer()

    def look() -> None:
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
        shown = [dialog for dialog in dialogs if dialog.isVisible()]
        if shown:
            what = QAccessible.queryAccessibleInterface(shown[0])
            title = [] if what.text(QAccessible.Text.Name) else ["the dialog itself"]
            seen.append(title + nameless(shown[0]))
            # A list may still be filling.
            if not seen[-1] or len(seen) > MAX_LOOKS:
                timer.stop()
                shown[0].reject()

    timer.timeout.connect(look)
    timer.start(20)
    house.window.show()
    ask(house)
    qtbot.waitUntil(lambda: bool(seen) and not timer.isActive())
    assert seen[-1] == []


def test_a_nameless_control_is_found(qtbot: QtBot) -> None:
    area = QAbstractScrollArea()
    qtbot.addWidget(area)
    QLineEdit(area)
    area.show()
    assert len(nameless(area)) == 2
