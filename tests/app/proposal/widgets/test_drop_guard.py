"""What is dropped on a draft is refused with words; beside it, it lands where it was dropped."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from tests.app.fakes import FakeEngine, rect_of
from tests.app.house import House
from tests.app.proposal.model.test_session import select

TEXT = "one two three four five six\nseven\n"
TOLD = "Here is a draft: Enter accepts it, Esc rejects it. Then you can write."


@pytest.fixture
def drafted(house: House) -> House:
    """A window with a draft that is much longer than the words it stands for."""
    house.window.show()
    house.type(TEXT)
    engine = FakeEngine()
    house.window.start_engine(Path("toy"), "cpu")
    engine.session, engine.requests = house.tab.session, house.services[0].requests
    select(house.tab.editor, "two three four")
    house.tab.session.regenerate()
    engine.frame("many more words " * 12)
    engine.finish("many more words " * 12)
    return house


def drop(house: House, place: QPoint, data: QMimeData) -> tuple[bool, Qt.DropAction]:
    """Drop something as another program does.

    Return whether it was taken, and what that program was told while it was dragged.
    """
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    how = (actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for kind in (QDragEnterEvent, QDragMoveEvent):
        event = kind(place, *how)
        QApplication.sendEvent(house.tab.editor.viewport(), event)
        assert event.isAccepted()  # or there would be no drop to say something about
    told = event.dropAction()
    event = QDropEvent(place, *how)
    QApplication.sendEvent(house.tab.editor.viewport(), event)
    return event.isAccepted(), told


def words() -> QMimeData:
    data = QMimeData()
    data.setText("DROPPED")
    return data


def link() -> QMimeData:
    data = QMimeData()
    data.setText("https://example.org/a")
    data.setUrls([QUrl("https://example.org/a")])
    return data


@pytest.mark.parametrize("data", [words, link])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.95])
def test_a_drop_on_a_draft_is_refused_and_says_why(
    drafted: House, share: float, data: Callable[[], QMimeData]
) -> None:
    rect = rect_of(drafted.tab.editor)
    assert rect is not None
    place = QPoint(250, round(rect.top() + share * rect.height()))
    # A copy: told of a move, the other program might take its text away.
    assert drop(drafted, place, data()) == (False, Qt.DropAction.CopyAction)
    assert drafted.tab.editor.toPlainText() == TEXT
    assert drafted.window.status_line.currentMessage() == TOLD


def test_below_it_what_is_dropped_stands_where_it_was_dropped(drafted: House) -> None:
    editor = drafted.tab.editor
    cursor = editor.textCursor()
    cursor.setPosition(TEXT.index("seven"))
    place = editor.cursorRect(cursor).center()
    assert drop(drafted, place, words())[0]
    assert editor.toPlainText() == TEXT.replace("seven", "DROPPEDseven")


def test_a_file_is_opened_wherever_it_is_dropped(drafted: House, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("of the file")
    rect, data = rect_of(drafted.tab.editor), QMimeData()
    assert rect is not None
    data.setUrls([QUrl.fromLocalFile(str(path))])
    assert drop(drafted, rect.center().toPoint(), data)[0]
    assert drafted.tab.editor.toPlainText() == "of the file"
