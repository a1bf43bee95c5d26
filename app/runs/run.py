"""A run beside the editor, followed from here: a model without widgets."""

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.runs.pace import Pace
from app.system.child import Child
from app.system.making_way import MakingWay


class Run(QObject):
    """One at a time; what is told of it is taken by whoever knows its kind.

    Signals:
        changed: How far it is, or whether it is paused; or it was begun.
        ended: What it is kept under, which may be nothing; and what went wrong, empty if nothing
            did.
    """

    changed = Signal()
    ended = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.child = Child(self)
        self.pace = Pace()
        self.give_way = MakingWay(self.child).take
        self.child.told.connect(self._take)
        self.child.ended.connect(self._end)
        self.child.changed.connect(self.changed)

    @Slot(object)
    def _take(self, what: dict[str, Any]) -> None:
        raise NotImplementedError

    @Slot(str)
    def _end(self, problem: str) -> None:
        raise NotImplementedError
