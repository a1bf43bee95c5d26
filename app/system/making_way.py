"""The editor goes first: a run beside it waits while a draft is made."""

from PySide6.QtCore import QObject, QTimer, Slot

from app.system.child import Child
from engine.api import (
    CandidateFinished,
    CanvasUpdated,
    Event,
    Failed,
    Finished,
    Reasoned,
    Started,
)

QUIET_MS = 2000  # after the end of a draft, until the run goes on


class MakingWay(QObject):
    """Lets a run wait from the first sign of a draft until some time after its end."""

    def __init__(self, child: Child) -> None:
        super().__init__(child)
        self._child = child
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(lambda: child.give_way(is_wanted=False))

    @Slot(object)
    def take(self, event: Event) -> None:
        """Hear what the engine says."""
        if isinstance(event, Started | CanvasUpdated | CandidateFinished | Reasoned):
            # Not for so long alone: a step of a large model may take longer.
            self._quiet.stop()
            self._child.give_way(is_wanted=True)
        elif isinstance(event, Finished | Failed):  # with one of which each draft ends
            self._quiet.start()
