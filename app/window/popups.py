"""What opens over the window, or beside it: palette, settings, models, history and the rest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog

from app.preferences import PreferencesDialog
from app.server import ServerPanel
from app.system.logs import data_folder
from app.widgets import dialogs
from app.window.about import AboutDialog
from app.window.command_palette import CommandPalette, entries_of
from app.window.goto_line import GotoLine
from app.window.history_dialog import HistoryDialog
from app.window.parts import WindowParts
from app.window.run_button import RunButton

if TYPE_CHECKING:
    from app.measure.measure_dialog import MeasureDialog
    from app.models.models_dialog import ModelsDialog
    from app.teach.teach_dialog import TeachDialog


class WindowPopups(QObject):
    """Opens them, each over the one window.

    Signals:
        message: A `Message` for the user.
    """

    message = Signal(object)

    def __init__(self, parts: WindowParts, next_job_id: Callable[[], int]) -> None:
        super().__init__(parts.window)
        self._parts, self._window, self._settings = parts, parts.window, parts.settings
        self._next_job_id = next_job_id
        self._models: ModelsDialog | None = None
        self._measure: MeasureDialog | None = None
        self._teach: TeachDialog | None = None
        self.palette, self.goto_line = CommandPalette(self._window), GotoLine(self._window)
        self.history = HistoryDialog(parts.history, self._window)

    def show_palette(self) -> None:
        """Offer every action."""
        self.palette.show_entries(entries_of(self._parts.shortcuts))

    def show_goto_line(self) -> None:
        """Ask for a line to go to."""
        if tab := self._parts.workspace.current:
            self.goto_line.open_for(tab.editor)

    def show_preferences(self, *, keys: bool = False) -> None:
        """Show the settings."""
        dialog = PreferencesDialog(self._settings, self._parts.shortcuts, self._window)
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

    def show_measure(self) -> "MeasureDialog":
        """Let models be measured on the user's own texts, beside the window."""
        if self._measure is None:
            self._measure = self._make_measure()
        _bring(self._measure)
        return self._measure

    def show_teach(self) -> "TeachDialog":
        """Let the model be taught the user's own texts, beside the window."""
        if self._teach is None:
            self._teach = self._make_teach()
        _bring(self._teach)
        return self._teach

    def leave_runs(self) -> None:
        """End what runs beside the window; it keeps what it has, and goes on another time."""
        if self._measure is not None:
            self._measure.measuring.child.leave()
        if self._teach is not None:
            self._teach.teaching.child.leave()

    def _open_settings_file(self) -> None:
        self._settings.sync()
        self._parts.workspace.open_or_name(self._settings.path)

    def _make_models(self) -> "ModelsDialog":
        # Brings the hub's client along, for which the start need not wait.
        from app.models.models_dialog import ModelsDialog  # noqa: PLC0415

        parts = self._parts
        dialog = ModelsDialog(
            parts.bridge,
            parts.keeper,
            self._settings,
            self._next_job_id,
            data_folder() / "models",
            self._window,
        )
        dialog.message.connect(self.message)
        panel = ServerPanel(parts.server)
        panel.leave_wanted.connect(lambda: parts.keeper.load(parts.keeper.remembered()))
        dialog.pages.addTab(panel, self.tr("Server"))
        return dialog

    def _make_teach(self) -> "TeachDialog":
        # As above.
        from app.teach.teach_dialog import TeachDialog  # noqa: PLC0415

        parts = self._parts
        dialog = TeachDialog(parts.uses, self._settings, parts.workspace, self._window)
        parts.bridge.engine_event.connect(dialog.teaching.give_way)
        parts.status_line.add_run(RunButton(dialog.teaching, self.tr("Teaching"), self.show_teach))
        dialog.message.connect(self.message)
        return dialog

    def _make_measure(self) -> "MeasureDialog":
        # Brings the parsers of code along, for which the start need not wait.
        from app.measure.measure_dialog import MeasureDialog  # noqa: PLC0415

        parts = self._parts
        dialog = MeasureDialog(
            parts.engine,
            parts.server,
            self._settings,
            parts.workspace,
            data_folder() / "models",
            self._window,
        )
        parts.bridge.engine_event.connect(dialog.measuring.give_way)
        parts.status_line.add_run(
            RunButton(dialog.measuring, self.tr("Measuring"), self.show_measure)
        )
        dialog.message.connect(self.message)
        return dialog


def _bring(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
