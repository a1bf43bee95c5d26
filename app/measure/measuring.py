"""A measurement beside the editor: begun, followed, paused, ended; a model without widgets."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from app.runs.pace import Pace
from app.runs.run import Run
from engine.measure.subject import KEY, Subject


class Measuring(Run):
    """Its pace counts gaps; what it keeps is a measurement, finished or not."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept = ""

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
