"""What runs beside the window, said in the status line while it does."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QToolButton

from app.runs.run import Run
from app.window.status_text import percent


class RunButton(QToolButton):
    """How far a run is; a click shows the dialog that began it."""

    def __init__(self, run: Run, name: str, show: Callable[[], object]) -> None:
        super().__init__()
        self._run, self._name = run, name
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        self.setToolTip(self.tr("It goes on in the background; click to see how far it is"))
        self.clicked.connect(show)
        run.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        child, pace = self._run.child, self._run.pace
        said = percent(pace.done / pace.total) if pace.total else "…"
        paused = self.tr("paused")
        self.setText(f"{self._name} {paused if child.is_paused else said}")
        self.setVisible(child.is_running)
