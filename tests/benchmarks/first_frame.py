"""From Ctrl+Enter in the real window to the first frame of the draft, model already loaded."""

import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from tests.journeys.driver import Journey


def measure(folder: Path, rounds: int = 8) -> dict[str, Any]:
    """Return the median and the worst time in ms from the key press to a frame in the proposal."""
    from tests.journeys.driver import Journey

    with Journey(folder, "The old house stood on a hill, and the wind came up from the sea.") as j:
        j.wait_ready()
        samples = [timed_edit(j, "stood on a hill") for _ in range(rounds)]
    return {
        "median_ms": round(statistics.median(first for first, _, _ in samples), 1),
        "worst_ms": round(max(first for first, _, _ in samples), 1),
        "step_ms": round(statistics.median(step for _, _, step in samples), 1),
    }


def timed_edit(journey: "Journey", words: str) -> tuple[float, float, float]:
    """Have words rewritten and leave them as they were.

    Returns:
        The ms to the first frame, to the end, and of a step.
    """
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    journey.select(words)
    start = time.perf_counter()
    QTest.keyClick(journey.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    journey.wait(lambda: journey.session.status.num_frames > 0)
    first_ms = (time.perf_counter() - start) * 1e3
    journey.wait_done()
    settled_ms = (time.perf_counter() - start) * 1e3
    step_ms = journey.session.status.frame.step_ms
    journey.press(Qt.Key.Key_Escape)
    return first_ms, settled_ms, step_ms
