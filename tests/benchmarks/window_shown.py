"""From the start of the process to the first paint of the window."""

import os
import re
import statistics
import subprocess
import sys
from typing import Any

_TRACE = re.compile(r"first-paint-ms (\d+(?:\.\d+)?)")


def measure(rounds: int = 5) -> dict[str, Any]:
    """Return the median and the worst time in ms; each start is a process of its own."""
    samples = [_start() for _ in range(rounds)]
    return {
        "median_ms": round(statistics.median(samples), 1),
        "worst_ms": round(max(samples), 1),
        "first_start_ms": round(samples[0], 1),
    }


def _start() -> float:
    environment = {**os.environ, "INLAY_STARTUP_TRACE": "1"}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-c", "import sys; from app.main import main; sys.exit(main())"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := _TRACE.search(line):
                process.terminate()
                process.stderr.read()
                return float(found[1])
    raise RuntimeError("the window never reported its first paint")
