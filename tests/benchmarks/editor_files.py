"""Opening, typing in and searching large files, in the real window, colours on."""

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SIZES_MB = (1, 10, 50)
KEYS = 300
LINE = 'def name_{number}(value):  # a comment\n    return value + {number}, "text"\n\n'
WORD = "value"


def measure() -> dict[str, Any]:
    """Return times in ms and memory in MiB, per size in MB."""
    from app.application import make_application
    from app.system.turns import shorten_switch_interval
    from tests.app.house import House

    shorten_switch_interval()  # as the program does
    application = make_application()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES_MB:
            path = Path(folder) / f"{size}.py"
            path.write_text(_content(size * 1_000_000))
            house = House(Path(folder))
            house.window.show()
            _settle(application.processEvents, 0.5)
            results[f"{size}_mb"] = _measure_one(house, path, application.processEvents)
            house.leave()
            house.window.close()
            house.window.deleteLater()
    return results


def _content(num_chars: int) -> str:
    pieces, length, number = [], 0, 0
    while length < num_chars:
        pieces.append(LINE.format(number=number))
        length, number = length + len(pieces[-1]), number + 1
    return "".join(pieces)


def _measure_one(house: Any, path: Path, process: Callable[[], None]) -> dict[str, Any]:
    from PySide6.QtTest import QTest

    first_ms, opened_ms, pause_ms = _open(house, path, process)
    middle = house.tab.editor.document().characterCount() // 2
    house.tab.show_place(middle, middle)
    _settle(process, 1.0)
    samples = []
    for number in range(KEYS):
        start = time.perf_counter()
        QTest.keyClick(house.tab.editor, "x" if number % 20 else "\r")
        house.tab.editor.viewport().repaint()
        samples.append((time.perf_counter() - start) * 1e3)
        _settle(process, 0.01)
    saved_ms, save_pause_ms = _save(house, process)
    found_ms, count = _find(house, process)
    replaced_ms = _replace(house, process)
    house.tab.editor.undo()
    start = time.perf_counter()
    house.window.resize(house.window.width() - 60, house.window.height())
    house.tab.editor.viewport().repaint()
    resized_ms = (time.perf_counter() - start) * 1e3
    samples.sort()
    return {
        "first_lines_ms": round(first_ms, 1),
        "open_ms": round(opened_ms, 1),
        "longest_pause_ms": round(pause_ms, 1),
        "key_p50_ms": round(statistics.median(samples), 2),
        "key_p99_ms": round(samples[int(len(samples) * 0.99)], 2),
        "save_ms": round(saved_ms, 1),
        "save_longest_pause_ms": round(save_pause_ms, 1),
        "find_all_ms": round(found_ms, 1),
        "matches": count,
        "replace_all_ms": round(replaced_ms, 1),
        "resize_ms": round(resized_ms, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _open(house: Any, path: Path, process: Callable[[], None]) -> tuple[float, float, float]:
    """Return when the first lines were seen and all were there, and how long the window paused."""
    start = last = time.perf_counter()
    house.workspace.open_paths([path])
    first_ms, pause = 0.0, 0.0
    while True:
        if not first_ms and house.tab.editor.document().characterCount() > 1:
            house.tab.editor.viewport().repaint()
            first_ms = (time.perf_counter() - start) * 1e3
        if not house.tab.document.is_loading:
            break
        process()
        now = time.perf_counter()
        last, pause = now, max(pause, now - last)
    return first_ms, (time.perf_counter() - start) * 1e3, pause * 1e3


def _save(house: Any, process: Callable[[], None]) -> tuple[float, float]:
    """Return how long it takes until the file is there, and how long the window paused."""
    start = last = time.perf_counter()
    house.workspace.save()
    pause = 0.0
    while True:
        now = time.perf_counter()
        last, pause = now, max(pause, now - last)
        if not house.tab.document.is_modified:
            return (now - start) * 1e3, pause * 1e3
        process()
        time.sleep(0.001)  # or this loop would take the saving's time


def _replace(house: Any, process: Callable[[], None]) -> float:
    """Return how long it takes to replace all that was found."""
    bar = house.window.find_bar
    bar.replacement.setText("other")
    revision = house.tab.editor.document().revision()
    start = time.perf_counter()
    house.window.finder.replace_all()
    while house.tab.editor.document().revision() == revision:
        process()
        time.sleep(0.001)
    return (time.perf_counter() - start) * 1e3


def _find(house: Any, process: Callable[[], None]) -> tuple[float, int]:
    """Return how long it takes from the last letter to the count."""
    bar, finder = house.window.find_bar, house.window.finder
    finder.open()
    _settle(process, 0.5)
    start = time.perf_counter()
    bar.pattern.setText(WORD)
    while not bar.count.text():
        process()
        time.sleep(0.001)  # or this loop would take the search's time
    return (time.perf_counter() - start) * 1e3, len(finder._found)


def _settle(process: Callable[[], None], seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        process()
