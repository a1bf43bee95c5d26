"""A whole window with a stub in the place of the engine."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QAction

from app.engine_bridge import EngineBridge
from app.settings import Settings
from app.window.main_window import MainWindow
from app.workspace.document_tab import DocumentTab
from engine.api import Close, EventCallback, ModelInfo, Request

MODEL = ModelInfo(
    name="toy",
    folder="toy",
    parameters=1_000_000,
    bytes=4,
    device="cpu",
    dtype="float32",
    canvas_length=8,
    max_denoising_steps=4,
)


class StubService:
    """Notes what it is asked for; the test plays the engine's part with `emit`."""

    def __init__(self, on_event: EventCallback) -> None:
        self.emit = on_event
        self.requests: list[Request] = []

    def submit(self, request: Request) -> None:
        self.requests.append(request)

    def close(self) -> None:
        self.requests.append(Close())


class House:
    """A window, and the hands of its user."""

    def __init__(self, folder: Path) -> None:
        self.services: list[StubService] = []
        self.bridge = EngineBridge(self._make_service)
        self.settings = Settings(folder / "settings.ini")
        self.window = MainWindow(self.bridge, self.settings)
        self.workspace = self.window.workspace

    def _make_service(self, on_event: EventCallback) -> StubService:
        self.services.append(StubService(on_event))
        return self.services[-1]

    @property
    def tab(self) -> DocumentTab:
        tab = self.workspace.current
        assert tab is not None
        return tab

    @property
    def messages(self) -> list[str]:
        return [message.text for message in self.window.message_bar.messages]

    def type(self, text: str) -> None:
        self.tab.editor.insertPlainText(text)

    def choose(self, text: str) -> None:
        """Choose the menu line that begins with this text."""
        actions = self.window.findChildren(QAction)
        names = {action.text().replace("&", ""): action for action in actions}
        next(action for name, action in names.items() if name.startswith(text)).trigger()

    def leave(self) -> None:
        """Close the engine, and leave nothing unsaved to be asked about."""
        self.bridge.close()
        for tab in self.workspace.tabs():
            # Nobody hears of it, and looks whether the file is still what was saved.
            with QSignalBlocker(tab.editor.document()):
                tab.editor.document().setModified(False)
