"""A training beside the editor: begun, followed, paused, ended; a model without widgets."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from app.runs.pace import Pace
from app.runs.run import Run

Curve = list[tuple[int, float]]  # steps and the loss of text held out, nats


class Teaching(Run):
    """Its pace counts steps, or gaps, of a stage; what it keeps is an adapter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name, self.stage = "", ""
        self.curve: Curve = []

    def start(
        self, name: str, places: Sequence[Path], patterns: Sequence[str], minutes: int, seed: int
    ) -> None:
        """Teach what is in folders and files.

        Args:
            name: What to call what is learned.
            places: Folders and files.
            patterns: Which files of the folders; none: all.
            minutes: About how long.
            seed: Decides all that is drawn.
        """
        options = [f"--pattern={pattern}" for pattern in patterns]
        options += [f"--minutes={minutes}", f"--seed={seed}", "--", *map(str, places)]
        self._run(name, options)

    def go_on(self, name: str) -> None:
        """Go on with what was left off."""
        self._run(name, [])

    def _run(self, name: str, options: Sequence[str]) -> None:
        self.name, self.stage, self.curve = name, "", []
        self.pace = Pace()
        self.child.start(["teach", "--progress", f"--out={name}", *options])

    @Slot(object)
    def _take(self, what: dict[str, Any]) -> None:
        if stage := what.get("stage"):
            self.stage, self.pace = str(stage), Pace()
        elif "step" in what:
            self.curve = [(int(step), float(loss)) for step, loss in what["curve"]]
            self.pace.take(int(what["step"]), int(what["steps"]))
        elif "done" in what:
            self.pace.take(int(what["done"]), int(what["of"]))
        self.changed.emit()

    @Slot(str)
    def _end(self, problem: str) -> None:
        self.ended.emit(self.name, problem)
