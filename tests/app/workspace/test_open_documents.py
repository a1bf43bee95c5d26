"""Which documents are open is known without any tab on the screen; the tabs show it."""

import pytest

from app.proposal import History
from app.workspace.document_tab import DocumentTab
from app.workspace.open_documents import OpenDocuments
from tests.app.house import House


@pytest.fixture
def open_documents(qtbot) -> OpenDocuments:
    def make_tab() -> DocumentTab:
        tab = DocumentTab(lambda _: None, lambda: 1, History())
        qtbot.addWidget(tab)
        return tab

    return OpenDocuments(make_tab)


def test_the_newest_is_in_front_and_the_order_can_be_changed(
    open_documents: OpenDocuments,
) -> None:
    one, two, three = (open_documents.new() for _ in range(3))
    assert open_documents.front is three
    assert open_documents.current is three
    open_documents.move(0, 2)
    assert list(open_documents.tabs()) == [two, three, one]
    assert open_documents.front is three


def test_another_tab_comes_to_the_front_once(open_documents: OpenDocuments) -> None:
    one, _ = open_documents.new(), open_documents.new()
    told: list[DocumentTab | None] = []
    open_documents.front_changed.connect(lambda: told.append(open_documents.front))
    open_documents.bring(one)
    open_documents.bring(one)
    assert told == [one]


@pytest.mark.parametrize(
    ("closed", "left", "front"), [(0, [1, 2], 1), (1, [0, 2], 2), (2, [0, 1], 1)]
)
def test_the_right_neighbour_of_a_closed_tab_comes_to_the_front_or_the_last(
    house: House, closed: int, left: list[int], front: int
) -> None:
    workspace, pages = house.workspace, house.window.tabs
    tabs = [*workspace.tabs(), *(workspace.new() for _ in range(3 - workspace.count()))]
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
