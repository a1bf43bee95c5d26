"""What opens over the window, or beside it: palette, settings, models, history and the rest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from app.engine_bridge import EngineBridge
from app.preferences import PreferencesDialog
from app.server import ServerPanel
from app.settings import Settings
from app.system.logs import data_folder
from app.widgets import dialogs
from app.window.about import AboutDialog
from app.window.command_palette import CommandPalette
from app.window.goto_line import GotoLine
from app.window.history_dialog import HistoryDialog

if TYPE_CHECKING:
    from app.models.models_dialog import ModelsDialog
    from app.window.main_window import MainWindow


class WindowPopups(QObject):
    """Opens them, each over the one window."""

    def __init__(
        self,
        window: "MainWindow",
        bridge: EngineBridge,
        settings: Settings,
        next_job_id: Callable[[], int],
    ) -> None:
        super().__init__(window)
        self._window, self._bridge, self._settings = window, bridge, settings
        self._next_job_id = next_job_id
        self._models: ModelsDialog | None = None
        self.palette, self.goto_line = CommandPalette(window), GotoLine(window)
        self.history = HistoryDialog(window.history, window)

    def show_palette(self) -> None:
        """Offer every action."""
        self.palette.show_entries(self._window.menus.entries())

    def show_goto_line(self) -> None:
        """Ask for a line to go to."""
        if tab := self._window.workspace.current:
            self.goto_line.open_for(tab.editor)

    def show_preferences(self, *, keys: bool = False) -> None:
        """Show the settings."""
        dialog = PreferencesDialog(self._settings, self._window.shortcuts, self._window)
        dialog.file_wanted.connect(self._open_settings_file)
        dialog.pages.setCurrentIndex(int(keys))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_privacy(self) -> None:
        """Say what leaves this machine."""
        folders = [data_folder(), self._settings.path]
        dialogs.show_privacy(self._window, folders, self._settings.server_address)

    def show_about(self) -> None:
        """Say what this program is made of."""
        dialog = AboutDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_history(self) -> None:
        """Show the candidates of this session beside the window."""
        _bring(self.history)

    def show_models(self) -> "ModelsDialog":
        """Show the models beside the window, and how more of them come here."""
        if self._models is None:
            self._models = self._make_models()
        _bring(self._models)
        return self._models

    def fetch_base(self) -> None:
        """Fetch what the better embedded model is built on, and show how far it is."""
        self.show_models().fetch_base()

    def show_server(self) -> None:
        """Let the user enter a server that does the model's work."""
        pages = self.show_models().pages
        pages.setCurrentIndex(pages.count() - 1)

    def _open_settings_file(self) -> None:
        self._settings.sync()
        self._window.workspace.open_or_name(self._settings.path)

    def _make_models(self) -> "ModelsDialog":
        # Brings the hub's client along, for which the start need not wait.
        from app.models.models_dialog import ModelsDialog  # noqa: PLC0415

        window = self._window
        dialog = ModelsDialog(
            self._bridge,
            window.keeper,
            self._settings,
            self._next_job_id,
            data_folder() / "models",
            window,
        )
        dialog.message.connect(window.show_message)
        panel = ServerPanel(window.server)
        panel.leave_wanted.connect(lambda: window.keeper.load(window.keeper.remembered()))
        dialog.pages.addTab(panel, self.tr("Server"))
        return dialog


def _bring(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
