"""Which documents are open is known without any tab on the screen; the tabs show it."""

from pathlib import Path

import pytest

from app.proposal import History
from app.workspace.document_tab import DocumentTab
from app.workspace.open_views import OpenViews
from tests.app.house import House


@pytest.fixture
def open_views(qtbot) -> OpenViews:
    def make_tab() -> DocumentTab:
        tab = DocumentTab(lambda _: None, lambda: 1, History())
        qtbot.addWidget(tab)
        return tab

    return OpenViews(make_tab)


def test_the_newest_is_in_front_and_the_order_can_be_changed(
    open_views: OpenViews,
) -> None:
    one, two, three = (open_views.new() for _ in range(3))
    assert open_views.front is three
    assert open_views.current is three
    open_views.documents.move(0, 2)
    assert list(open_views.tabs()) == [two, three, one]
    assert open_views.front is three


def test_another_tab_comes_to_the_front_once(open_views: OpenViews) -> None:
    one, _ = open_views.new(), open_views.new()
    told: list[DocumentTab | None] = []
    open_views.front_changed.connect(lambda: told.append(open_views.front))
    open_views.bring(one)
    open_views.bring(one)
    assert told == [one]


@pytest.mark.parametrize(
    ("closed", "left", "front"), [(0, [1, 2], 1), (1, [0, 2], 2), (2, [0, 1], 1)]
)
def test_the_right_neighbour_of_a_closed_tab_comes_to_the_front_or_the_last(
    house: House, closed: int, left: list[int], front: int
) -> None:
    workspace, pages = house.workspace, house.window.tabs
    tabs = [*workspace.tabs(), *(workspace.new() for _ in range(3 - len(workspace.documents)))]
    workspace.bring(tabs[closed])
    workspace.close_tab(tabs[closed])
    assert list(workspace.tabs()) == [tabs[index] for index in left]
    assert workspace.front is tabs[front]
    assert [pages.widget(index) for index in range(pages.count())] == list(workspace.tabs())
    assert pages.currentWidget() is tabs[front]


def test_moving_a_tab_with_the_mouse_moves_the_document(house: House) -> None:
    workspace, pages = house.workspace, house.window.tabs
    tabs = [*workspace.tabs(), workspace.new(), workspace.new()]
    pages.tabBar().moveTab(0, 2)
    assert list(workspace.tabs()) == [tabs[1], tabs[2], tabs[0]]


def test_tabs_of_files_with_one_name_do_not_look_alike(house: House, tmp_path: Path) -> None:
    for folder in ("utils", "tests"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.py").write_text(folder)
    pages, paths = house.window.tabs, [tmp_path / "utils/main.py", tmp_path / "tests/main.py"]

    def labels() -> list[str]:
        return [pages.tabText(index).replace("\\", "/") for index in range(pages.count())]

    house.workspace.open_paths(paths[:1])
    assert labels() == ["main.py"]
    house.choose("Split Side by Side")
    view = house.workspace.second
    assert view is not None
    house.workspace.open_paths(paths[1:])
    assert labels() == ["utils/main.py", "tests/main.py"]
    assert "tests/main.py" in house.window.windowTitle().replace("\\", "/")
    assert view.header.title.text().replace("\\", "/") == "utils/main.py"
    view.list_wanted.emit()
    offered = [action.text().replace("\\", "/") for action in view.header.menu.actions()]
    assert offered == ["utils/main.py", "tests/main.py"]
    house.workspace.close_tab(house.tab)
    assert labels() == ["main.py"]
    assert view.header.title.text() == "main.py"


def test_what_failed_is_said_no_longer_once_a_draft_is_begun(open_views: OpenViews) -> None:
    tab = open_views.new()
    said: list[str] = []
    open_views.message.connect(lambda message: said.append(message.text))
    open_views.message_over.connect(lambda message: said.remove(message.text))
    tab.session.fill_blanks()
    assert "no blank here" in said[0]
    tab.session.fill_blanks()
    assert len(said) == 1  # once, however often
    tab.editor.setPlainText("one ___ two")
    tab.session.fill_blanks()
    assert said == []


def test_what_failed_in_one_document_is_not_said_in_another(open_views: OpenViews) -> None:
    tab = open_views.new()
    said: list[str] = []
    open_views.message.connect(lambda message: said.append(message.text))
    open_views.message_over.connect(lambda message: said.remove(message.text))
    tab.session.fill_blanks()
    assert len(said) == 1
    open_views.new()
    assert said == []
