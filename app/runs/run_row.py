"""The last row of a page that starts a run: how far it is, pause, stop and start."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from app.runs.pace import Pace
from app.system.child import Child
from app.translation import tr
from app.widgets.ringed import RingedButton


class RunRow(QWidget):
    """Pauses, resumes and stops a run by itself; whoever has it starts one.

    Signals:
        start_wanted: A run is to be started.
    """

    start_wanted = Signal()

    def __init__(self, child: Child, counted: str, stop: str) -> None:
        """Make the row; the layout that it is put into gives it its page.

        So Tab comes to it where it stands, behind what is above it.

        Args:
            child: The run.
            counted: What the bar shows, for those who do not see it.
            stop: What its button for stopping says.
        """
        super().__init__()
        self._child, self.progress = child, QProgressBar()
        self.start_button = RingedButton(tr("&Start"))
        self.pause_button = RingedButton(tr("&Pause"))
        self.stop_button = RingedButton(stop)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(counted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.progress, 1)
        layout.addStretch()
        for button in (self.pause_button, self.stop_button, self.start_button):
            layout.addWidget(button)
        for button in (self.pause_button, self.stop_button):
            button.setAutoDefault(False)
        self.start_button.clicked.connect(self.start_wanted)
        self.pause_button.clicked.connect(self._pause)
        self.stop_button.clicked.connect(child.stop)

    def show_run(self, pace: Pace, *, is_ready: bool) -> None:
        """Show how far the run is, or whether one can be started."""
        child = self._child
        for widget in (self.progress, self.pause_button, self.stop_button):
            widget.setVisible(child.is_running)
        for button in (self.pause_button, self.stop_button):
            button.setEnabled(not child.is_stopping)
        self.start_button.setVisible(not child.is_running)
        self.start_button.setEnabled(not child.is_running and is_ready)
        self.pause_button.setText(tr("&Resume") if child.is_paused else tr("&Pause"))
        self.progress.setRange(0, pace.total)  # 0: it is not known yet
        self.progress.setValue(pace.done)

    def _pause(self) -> None:
        (self._child.resume if self._child.is_paused else self._child.pause)()
