"""How late the interface paints while the embedded model denoises on the same cores."""

import os
import statistics
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TICK_MS = 16  # a repaint is asked for so often
GOOD_MS, BAD_MS = 33.0, 100.0
WORDS = "in the evening the children came home and sat down by the fire"
STORY = f"# The House\n\nIt was late, and {WORDS}, while the wind came up from the sea.\n" + (
    "\nThere was a garden behind the house, and nobody went there any more.\n" * 30
)


def measure(folder: Path, rounds: int = 6, candidates: int = 3) -> dict[str, Any]:
    """Return the times in ms from one paint of the text to the next, while drafts settle."""
    from dataclasses import replace

    from PySide6.QtCore import QEvent, QObject, Qt, QTimer

    from tests.journeys.driver import CONTROL, Journey

    class Watch(QObject):
        """Notes when a widget is painted."""

        def __init__(self) -> None:
            super().__init__()
            self.times: list[float] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            """Look on."""
            if event.type() == QEvent.Type.Paint:
                self.times.append(time.perf_counter())
            return False

    gaps: list[float] = []
    num_frames = 0
    with Journey(folder, STORY) as j:
        j.wait_ready()
        options = j.session.options
        options.set_settings(replace(options.settings, candidates=candidates))
        watch, timer = Watch(), QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        j.editor.viewport().installEventFilter(watch)
        timer.timeout.connect(j.editor.viewport().update)
        for _ in range(rounds):
            j.select(WORDS)
            timer.start()
            watch.times.clear()
            j.press(Qt.Key.Key_Return, CONTROL)
            _spin(lambda: bool(j.session.proposal and j.session.proposal.is_busy))
            timer.stop()
            gaps += [(b - a) * 1e3 for a, b in zip(watch.times, watch.times[1:], strict=False)]
            num_frames += sum(len(candidate.frames) for candidate in j.session.proposal.candidates)
            j.press(Qt.Key.Key_Escape)
    return {
        "paints": len(gaps),
        "model_frames": num_frames,
        "median_ms": round(statistics.median(gaps), 1),
        "p99_ms": round(sorted(gaps)[int(len(gaps) * 0.99)], 1),
        "worst_ms": round(max(gaps), 1),
        "under_33_ms": round(sum(gap < GOOD_MS for gap in gaps) / len(gaps), 4),
        "over_100_ms": sum(gap > BAD_MS for gap in gaps),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _spin(condition: Any) -> None:
    """Let the interface run as its own loop does, without a pause of ours."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    while condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
