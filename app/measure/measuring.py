"""A measurement beside the editor: begun, followed, paused, ended; a model without widgets."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.runs.pace import Pace
from app.system.child import Child
from app.system.making_way import MakingWay
from engine.measure.subject import KEY, Subject


class Measuring(QObject):
    """One run at a time.

    Signals:
        changed: How far it is, or whether it is paused; or it was begun.
        ended: The name of what is kept, finished or not, empty if nothing is; and what went wrong.
    """

    changed = Signal()
    ended = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.child = Child(self)
        self.pace = Pace()  # gaps
        self._kept = ""
        self.give_way = MakingWay(self.child).take
        self.child.told.connect(self._take)
        self.child.ended.connect(self._end)
        self.child.changed.connect(self.changed)

    def start(
        self,
        places: Sequence[Path],
        patterns: Sequence[str],
        subjects: Sequence[Subject],
        count: int,
        key: str = "",
    ) -> None:
        """Measure; what was asked the same before and not finished goes on.

        Args:
            places: Folders and files.
            patterns: Which files of the folders; none: all.
            subjects: What is measured.
            count: Gaps of each sort.
            key: Of the server among the subjects.
        """
        options = [f"--pattern={pattern}" for pattern in patterns]
        options += [f"--subject={subject.to_json()}" for subject in subjects]
        self._run([*options, f"--tasks={count}", "--", *map(str, places)], key)

    def go_on(self, name: str, key: str = "") -> None:
        """Go on with a measurement that was stopped."""
        self._run([f"--resume={name}"], key)

    def _run(self, options: Sequence[str], key: str) -> None:
        self._kept, self.pace = "", Pace()
        self.child.start(["measure", "--progress", *options], {KEY: key} if key else None)

    @Slot(object)
    def _take(self, what: dict[str, Any]) -> None:
        if "done" not in what:
            self._kept = str(what.get("finished") or what.get("stopped") or "")
            return
        self.pace.take(int(what["done"]), int(what["of"]))
        self.changed.emit()

    @Slot(str)
    def _end(self, problem: str) -> None:
        self.ended.emit(self._kept, problem)
