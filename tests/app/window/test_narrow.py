"""In a small window with large letters nothing is cut off, in either language."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.widgets.elided_label import ElidedLabel
from app.window.status_line import Fact
from engine.api import Ready
from tests.app.fakes import FakeEngine, widgets_of
from tests.app.house import MODEL, House

LARGE_PT = 11.0  # as many desktops have it
SHORTENED = (ElidedLabel, Fact)  # by themselves, with the whole text in a tip
WHOLE = (QAbstractButton, QComboBox, QLabel, QSpinBox)
FILES = ("src/main.py", "tests/main.py", "src/tools_and_devices_of_the_garden.py", "story.md")
LEAST_FIELD = 100  # px to type in


@pytest.fixture(params=["house", "german_house"])
def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A window of 900 by 600 with a folder open, and some files in it."""
    usual = QApplication.font()
    large = QApplication.font()
    large.setPointSizeF(LARGE_PT)
    QApplication.setFont(large)
    house: House = request.getfixturevalue(request.param)
    root = tmp_path / "project"
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("The old woman carried the lamp.\n")
        house.workspace.open_paths([root / name])
    house.workspace.open_paths([root])
    house.window.start_engine(Path("toy"), "cpu")
    house.services[0].emit(Ready(job_id=house.services[0].requests[0].job_id, model=MODEL))
    house.window.resize(900, 600)
    house.window.show()
    yield house
    QApplication.setFont(usual)


def do(house: House, name: str) -> None:
    house.window.shortcuts.actions[name].trigger()


def show_nothing(_house: House) -> None:
    pass


def show_first_draft(house: House) -> None:
    house.window.first_draft.show_for(None)


def show_draft(house: House) -> None:
    house.tab.editor.selectAll()
    do(house, "rewrite")
    engine = FakeEngine()
    engine.session = house.tab.session
    engine.requests = [house.services[0].requests[-1]]
    engine.start()
    engine.finish("some words")


def show_find(house: House) -> None:
    do(house, "replace")
    house.window.find_bar.regex.setChecked(True)
    house.window.find_bar.pattern.setText("(")  # and that is told


def show_find_in_folder(house: House) -> None:
    do(house, "find_folder")


def show_bar(house: House) -> None:
    house.tab.session.options.notify_model(True, 24)
    house.tab.editor.selectAll()
    do(house, "rewrite_with")
    widgets_of(house.tab.session).bar.fold.setChecked(True)


def show_bar_in_half(house: House) -> None:
    do(house, "split")
    do(house, "other_view")
    show_bar(house)


def show_draft_in_half(house: House) -> None:
    do(house, "split")
    do(house, "other_view")
    show_draft(house)


SHOWS = (
    *(show_nothing, show_first_draft, show_draft, show_find, show_find_in_folder, show_bar),
    *(show_bar_in_half, show_draft_in_half),
)


def cut_off(root: QWidget) -> list[str]:
    """Describe what has less room than its text takes, and fields that nobody can type in."""
    found = []
    for widget in root.findChildren(QWidget):
        is_of_qt = isinstance(widget.parent(), QTabBar | QLineEdit | QSpinBox)
        if not widget.isVisible() or is_of_qt:
            continue
        least = 0
        if isinstance(widget, QLineEdit):
            least = min(LEAST_FIELD, widget.maximumWidth())
        elif isinstance(widget, QLabel) and widget.wordWrap():
            least = 0
        elif isinstance(widget, WHOLE) and not isinstance(widget, SHORTENED):
            least = min(widget.minimumSizeHint().width(), widget.maximumWidth())
        if widget.width() < least:
            what = widget.property("text") or widget.accessibleName()
            found.append(f"{type(widget).__name__} {what}: {widget.width()} of {least}")
    return found


@pytest.mark.parametrize("show", SHOWS, ids=lambda act: act.__name__)
def test_nothing_is_cut_off(narrow: House, show: Callable[[House], None], qtbot: QtBot) -> None:
    show(narrow)
    qtbot.wait(50)  # laid out, and what has folded once more
    assert cut_off(narrow.window) == []
    assert narrow.window.width() == 900


def test_the_names_of_tabs_are_shortened_before_one_is_cut_off(narrow: House) -> None:
    row = narrow.window.tabs.tabBar()
    rects = [row.tabRect(index) for index in range(row.count())]
    assert rects[0].left() >= 0
    assert rects[-1].right() < row.width()
    assert rects[0].width() == row.tabSizeHint(0).width()  # a short name is whole


def test_the_first_page_is_seen_whole(narrow: House, qtbot: QtBot) -> None:
    narrow.settings.forget_recent_files()  # whose paths a button shortens, and tells in its tip
    narrow.window.open_welcome()
    qtbot.wait(50)
    assert cut_off(narrow.window.welcome) == []
