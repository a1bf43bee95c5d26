"""The window carries what the user wants to the engine, and shows what comes back."""

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import appearance
from app.appearance import Appearance
from app.application import open_documents
from app.models.keeper import embedded_model
from app.workspace.document_tab import DocumentTab
from engine.api import Failed, FailureKind, Generate, Load, Ready
from engine.hub.embedded import smallest_model
from tests.app.house import MODEL, House


def test_the_status_line_follows_the_document(house: House, tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_bytes("\ufeffone\r\ntwo".encode())
    house.workspace.open_paths([path])
    line = house.window.status_line
    assert (line.position.text(), line.format.text()) == ("Ln 1, Col 1", "UTF-8 with BOM · CRLF")
    house.type("😀\n😀")
    assert line.position.text() == "Ln 2, Col 2"


def test_a_closed_tab_is_gone_for_the_engine(qtbot: QtBot, house: House) -> None:
    house.window.start_engine(Path("toy"), "cpu")
    first = house.tab
    house.workspace.new()
    house.workspace.close_tab(next(iter(house.workspace.tabs())))
    qtbot.waitUntil(lambda: not shiboken6.isValid(first))
    house.services[0].emit(Ready(job_id=1, model=MODEL))
    assert len(house.workspace.documents) == 1


def test_the_engine_is_loaded_and_told(house: House) -> None:
    model = house.window.status_line.model
    assert model.text() == "loading model…"
    house.window.start_engine(Path("toy"), "cpu")
    (load,) = house.services[0].requests
    assert load == Load(job_id=1, folder="toy", device="cpu")
    house.services[0].emit(Ready(job_id=1, model=MODEL))
    assert model.text() == "toy · 1.0 M · cpu float32"
    assert "at most 4 denoising steps" in model.toolTip()


def test_a_model_that_cannot_be_loaded_is_a_message(house: House) -> None:
    house.window.start_engine(Path("toy"), "cpu")
    message = "CUDA out of memory. Choose a smaller model."
    failed = Failed(job_id=1, kind=FailureKind.OUT_OF_MEMORY, message=message)
    house.services[0].emit(failed)
    assert house.messages == [message]
    # Then the embedded models, the better one first, if it is complete.
    for job, tried in enumerate(dict.fromkeys((embedded_model(), smallest_model())), start=2):
        assert house.window.keeper.folder == tried
        again = Failed(job_id=job, kind=FailureKind.OUT_OF_MEMORY, message=message)
        house.services[0].emit(again)
    assert house.window.status_line.model.text() == "no model"


def test_another_model_can_be_loaded(house: House, tmp_path: Path) -> None:
    house.window.start_engine(Path("toy"), "cpu")
    house.window.keeper.use(tmp_path)
    assert house.services[0].requests[1] == Load(job_id=2, folder=str(tmp_path))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_ctrl_enter_asks_for_a_rewrite_even_before_the_model_is_there(
    qtbot: QtBot, house: House, key: Qt.Key
) -> None:
    with qtbot.waitActive(house.window):
        house.window.show()
        house.window.activateWindow()
    house.type("one two three")
    house.tab.editor.selectAll()
    keypad = Qt.KeyboardModifier.KeypadModifier
    modifiers = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(
        house.tab.editor, key, modifiers | keypad if key == Qt.Key.Key_Enter else modifiers
    )
    house.window.start_engine(Path("toy"), "cpu")
    load, generate = house.services[0].requests
    assert isinstance(load, Load)
    assert isinstance(generate, Generate)
    assert generate.region == "one two three"


def test_dropped_files_are_opened_and_dropped_text_is_left_alone(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("dropped")
    files, text = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path))])
    text.setText("words")
    drop(house.tab, files)
    assert house.tab.document.text() == "dropped"
    drop(house.tab, text)
    assert "words" in house.tab.document.text()


def drop(tab: DocumentTab, data: QMimeData) -> None:
    place, action = QPoint(20, 20), Qt.DropAction.CopyAction
    button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    # Qt drops only where something was dragged to.
    for kind in (QDragEnterEvent, QDropEvent):
        event = kind(place, action, data, button, modifier)
        QApplication.sendEvent(tab.editor.viewport(), event)


def test_edit_actions_reach_the_editor_in_front(house: House) -> None:
    house.type("text")
    for action in ("Select All", "Cut", "Undo", "Redo"):
        house.choose(action)
    assert house.tab.document.text() == ""
    house.choose("Paste")
    assert house.tab.document.text() == "text"


def test_the_appearance_is_chosen_and_remembered(qtbot: QtBot, house: House) -> None:
    before = QApplication.palette()
    try:
        house.window.show()
        house.choose("Dark")
        assert appearance.is_dark()
        assert house.settings.appearance is Appearance.DARK
        qtbot.waitUntil(lambda: house.tab.editor.theme.is_dark)
    finally:
        QGuiApplication.styleHints().setColorScheme(Qt.ColorScheme.Unknown)
        QApplication.setPalette(before)


def test_the_first_paint_is_told_once(qtbot: QtBot, house: House) -> None:
    paints = []
    house.window.first_painted.connect(lambda: paints.append(1))
    with qtbot.waitSignal(house.window.first_painted):
        house.window.show()
    house.window.repaint()
    qtbot.wait(10)
    assert paints == [1]


def test_the_first_page_is_shown_once_and_opens_copies_of_the_samples(house: House) -> None:
    house.window.show()
    open_documents(house.window, house.settings, ())
    assert house.window.welcome.isVisible()
    for name in ("story.txt", "sample.py", "welcome.md", "drawing.svg"):
        house.window.welcome.sample_wanted.emit(name)
        assert not house.window.welcome.isVisible()
        assert (house.tab.document.title, house.tab.document.path) == (name, None)
    open_documents(house.window, house.settings, ())
    assert not house.window.welcome.isVisible()


def test_nobody_waits_before_the_window_for_a_run_to_end(house: House, monkeypatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(
        house.window.popups, "leave_runs", lambda: seen.append(house.window.isVisible())
    )
    house.window.show()
    assert house.window.close()
    assert seen == [False]
