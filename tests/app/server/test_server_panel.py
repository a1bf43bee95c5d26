"""The page of the server, in the real window, with the real engine thread and a stand-in server."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backends.null import Keyring as EmptyKeyring
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.engine_bridge import EngineBridge
from app.proposal import Phase
from app.server import KnownServer, ServerPanel, nearby
from app.server.known import known_servers, remember
from app.settings import Settings
from app.widgets import dialogs
from app.window.main_window import MainWindow
from app.window.status_text import engine_text, model_details
from tests.engine.remote.stand_in import CANVAS, StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A server with a diffusion model."""
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
def window(qtbot: QtBot, server: StandIn, tmp_path, monkeypatch) -> Iterator[MainWindow]:
    """A window whose engine has not started, on a machine where no server runs."""
    monkeypatch.setattr(nearby, "PORTS", {})
    before = keyring.get_keyring()
    keyring.set_keyring(EmptyKeyring())
    bridge = EngineBridge()
    window = MainWindow(bridge, Settings(tmp_path / "settings.ini"))
    qtbot.addWidget(window, before_close_func=_leave)
    window.workspace.new()
    yield window
    bridge.close()
    keyring.set_keyring(before)


def _leave(window: MainWindow) -> None:
    """Leave nothing unsaved to be asked about."""
    for tab in window.workspace.tabs():
        tab.editor.document().setModified(False)


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> ServerPanel:
    """The page in the dialog that the menu opens."""
    window.popups.show_server()
    found = window.findChild(ServerPanel)
    assert found.isVisible()
    return found


def connect(qtbot: QtBot, panel: ServerPanel, address: str, key: str = "") -> None:
    panel.address.setText(address)
    panel.key.setText(key)
    qtbot.mouseClick(panel.connect_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.note.text()[-1:] not in ("", "…"), timeout=20_000)


def test_nothing_can_be_connected_to_before_there_is_an_address(panel) -> None:
    assert not panel.connect_button.isEnabled()
    assert panel.leave_button.isHidden()


@pytest.mark.parametrize(
    ("address", "is_warned"),
    [("http://gpu:8000", True), ("https://gpu", False), ("http://localhost:1", False), ("", False)],
)
def test_an_open_line_is_warned_of(panel, address, is_warned) -> None:
    panel.address.setText(address)
    assert panel.warning.isVisible() is is_warned


def test_a_rewrite_on_a_server_from_the_address_to_the_document(
    qtbot, window, server, panel
) -> None:
    connect(qtbot, panel, server.address)
    assert str(CANVAS) in panel.note.text()
    assert [panel.model.itemText(i) for i in range(2)] == ["toy-diffusion", "other"]
    tab = window.workspace.current
    tab.editor.setPlainText("The fox went into the wood.")
    tab.editor.find("went")
    tab.session.regenerate()
    qtbot.waitUntil(lambda: tab.session.status.phase is Phase.FINISHED, timeout=20_000)
    assert window.status_line.proposal.text().startswith("written by the server")
    assert tab.session.accepting.accept()
    assert tab.editor.toPlainText() == "The fox jumped into the wood."


def test_words_that_a_server_cannot_keep_are_told_and_the_text_stays(
    qtbot, window, server, panel
) -> None:
    server.does.takes_canvas = False
    connect(qtbot, panel, server.address)
    tab = window.workspace.current
    tab.editor.setPlainText("The fox went and ran into the wood.")
    tab.editor.find("went and ran")
    tab.session.pins.toggle((5, 8))
    tab.session.regenerate()
    qtbot.waitUntil(lambda: bool(window.message_bar.messages), timeout=20_000)
    shown = window.message_bar.messages[-1].text
    assert "This server cannot keep single words of the old text" in shown
    assert "Let the pinned words go" in shown
    assert tab.editor.toPlainText() == "The fox went and ran into the wood."


def test_connecting_is_told_before_the_keyring_has_answered(qtbot, window, server, panel) -> None:
    panel.address.setText(server.address)
    qtbot.mouseClick(panel.connect_button, Qt.MouseButton.LeftButton)
    assert panel.note.text() == "Asking the server…"
    qtbot.waitUntil(lambda: "Connected" in panel.note.text(), timeout=20_000)


def test_what_connecting_is_at_is_told_in_words(qtbot, window, server, panel) -> None:
    server.does.takes_canvas = False
    told: list[str] = []
    window.engine.phase_changed.connect(lambda _: told.append(panel.note.text()))
    connect(qtbot, panel, server.address)
    assert "Looking how it fills gaps…" in told
    assert "Looking how it answers in a chat…" in told


def test_the_status_line_names_the_server(qtbot, window, server, panel) -> None:
    connect(qtbot, panel, server.address)
    host = server.address.removeprefix("http://")
    assert engine_text(window.engine.phase) == f"toy-diffusion on the server {host}"
    assert server.address in model_details(window.engine.phase.model)
    assert window.status_line.model.text() == engine_text(window.engine.phase)


def test_another_model_can_be_chosen_from_the_list(qtbot, window, server, panel) -> None:
    connect(qtbot, panel, server.address)
    panel.model.setCurrentIndex(1)
    panel.model.activated.emit(1)
    qtbot.waitUntil(lambda: panel._link._settings.server_model == "other", timeout=20_000)


def test_a_refusal_is_told_where_the_key_is_entered(qtbot, server, panel) -> None:
    server.does.key = "right"
    connect(qtbot, panel, server.address, "wrong")
    assert "wants a key" in panel.note.text()
    panel.note.clear()
    connect(qtbot, panel, server.address, "right")
    assert "Connected" in panel.note.text()
    assert panel.key.text() == ""  # not left in sight


def test_a_server_that_only_writes_says_what_it_cannot_do(qtbot, server, panel) -> None:
    server.does.takes_canvas = False
    connect(qtbot, panel, server.address)
    assert "pinning, melting" in panel.note.text()


def test_a_server_on_this_machine_is_found_when_the_page_is_opened(
    qtbot, window, server, monkeypatch
) -> None:
    port = int(server.address.rpartition(":")[2])
    monkeypatch.setattr(nearby, "PORTS", {port: "vLLM", 9: "nobody"})
    assert server.asked == []
    window.popups.show_server()
    panel = window.findChild(ServerPanel)
    qtbot.waitUntil(lambda: panel.known.count() == 2)
    address = f"http://localhost:{port}"
    assert panel.known.itemText(1) == f"{address}, on this computer (the port of vLLM)"
    panel.known.setCurrentIndex(1)
    panel.known.activated.emit(1)
    assert panel.address.text() == address


def test_a_server_of_this_machine_that_was_used_is_not_listed_once_more(
    qtbot, window, server, monkeypatch
) -> None:
    port = int(server.address.rpartition(":")[2])
    monkeypatch.setattr(nearby, "PORTS", {port: "vLLM"})
    remember(window._settings, KnownServer(address=f"http://127.0.0.1:{port}", model="m"))
    window.popups.show_server()
    panel = window.findChild(ServerPanel)
    qtbot.waitUntil(lambda: bool(panel._nearby))
    shown = [panel.known.itemText(place) for place in range(panel.known.count())]
    assert shown == ["Another server", f"http://127.0.0.1:{port}"]
    panel.address.setText(f"http://localhost:{port}")
    assert panel.known.currentIndex() == 1
    assert panel.forget_button.isEnabled()


def test_a_server_that_was_used_is_offered_again_and_can_be_forgotten(
    qtbot, window, server, panel
) -> None:
    remember(window._settings, KnownServer(address="http://old:1", model="m"))
    connect(qtbot, panel, server.address)
    shown = [panel.known.itemText(place) for place in range(panel.known.count())]
    assert shown == ["Another server", server.address, "http://old:1"]
    assert not panel.forget_button.isEnabled()  # the one that is used
    panel.known.setCurrentIndex(2)
    panel.known.activated.emit(2)
    assert (panel.address.text(), panel._model) == ("http://old:1", "m")
    qtbot.mouseClick(panel.forget_button, Qt.MouseButton.LeftButton)
    assert panel.known.count() == 2


def test_reasoning_is_asked_for_by_asking_the_server_again(qtbot, window, server, panel) -> None:
    server.does.takes_canvas = False
    connect(qtbot, panel, server.address)
    qtbot.mouseClick(panel.reasoning, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: "reasons before it writes" in panel.note.text(), timeout=20_000)
    assert known_servers(window._settings)[0].wants_reasoning


def test_the_page_of_what_leaves_this_machine_names_the_server(window, monkeypatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box.text()))
    window.popups.show_privacy()
    window._settings.server_address = "http://gpu:8000"
    dialogs.show_privacy(window, [], window._settings.server_address)
    assert shown[0].startswith("Nothing")
    assert "http://gpu:8000" in shown[1]
    assert "Nothing:" not in shown[1]
