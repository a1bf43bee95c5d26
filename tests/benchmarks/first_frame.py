"""From Ctrl+Enter in the real window to the first frame of the draft, model already loaded."""

import os
import statistics
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def measure(folder: Path, rounds: int = 8) -> dict[str, Any]:
    """Return the median and the worst time in ms from the key press to a frame in the proposal."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from tests.journeys.driver import Journey

    samples, steps = [], []
    with Journey(folder, "The old house stood on a hill, and the wind came up from the sea.") as j:
        j.wait_ready()
        for _ in range(rounds):
            j.select("stood on a hill")
            start = time.perf_counter()
            QTest.keyClick(j.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            j.wait(lambda: j.session.status.num_frames > 0)
            samples.append((time.perf_counter() - start) * 1e3)
            j.wait_done()
            steps.append(j.session.status.step_ms)
            j.press(Qt.Key.Key_Escape)
    return {
        "median_ms": round(statistics.median(samples), 1),
        "worst_ms": round(max(samples), 1),
        "step_ms": round(statistics.median(steps), 1),
    }
