"""Side files of a model, damaged in thousands of ways: `make fuzz`.

Exit status 1 with the findings: an exception that is no `EngineError`, a case that does not end, a
process that does, or more than 1 GiB of memory. `--first N --cases 1` runs case N alone.
"""

import argparse
import json
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 30.0
START_S = 120.0  # torch is imported, and the models are written

Result = tuple[int, str, str, float]  # number, what was changed, outcome, seconds
END = None


def run(first: int, last: int) -> Iterator[Result]:
    """Yield the results of the cases from `first` to before `last`, whatever becomes of workers."""
    while first < last:
        for result in _one_worker(first, last):
            first = result[0] + 1
            yield result


def findings(results: list[Result]) -> list[Result]:
    """Return the results that must not be."""
    return [result for result in results if not result[2].startswith(("filled", "refused"))]


def _one_worker(first: int, last: int) -> Iterator[Result]:
    """Yield results until the worker ends, or has to be ended."""
    command = [sys.executable, "-m", "tests.fuzz.worker", str(first), str(last)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as worker:
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=_pump, args=(worker, lines), daemon=True).start()
        current, deadline = (first, "nothing yet"), START_S
        while current[0] < last:
            try:
                line = lines.get(timeout=deadline)
            except queue.Empty:
                worker.kill()
                yield (*current, f"no end in {deadline:.0f} s", deadline)
                return
            if line is END:
                yield (*current, f"the process ended with {worker.wait()}", 0.0)
                return
            number, what, outcome, seconds = json.loads(line)
            if outcome == "started":
                current, deadline = (number, what), DEADLINE_S
                continue
            yield number, what, outcome, seconds
            if outcome.startswith("took"):
                return
            current = (number + 1, "nothing yet")


def _pump(worker: "subprocess.Popen[str]", lines: "queue.SimpleQueue[str | None]") -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        lines.put(line)
    lines.put(END)


def main() -> int:
    """Run the cases, print the findings, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--cases", type=int, default=10_000)
    arguments = parser.parse_args()
    results: list[Result] = []
    for result in run(arguments.first, arguments.first + arguments.cases):
        results.append(result)
        if findings([result]) or arguments.cases == 1:
            print(*result, sep="\n  ", flush=True)
        if len(results) % 1000 == 0:
            print(f"{len(results)} cases", flush=True)
    kinds = Counter(outcome.partition(":")[0] for _, _, outcome, _ in results)
    slowest = max(results, key=lambda result: result[3])
    print(dict(kinds), f"the slowest took {slowest[3]:.2f} s: {slowest[:2]}")
    return 1 if findings(results) else 0


if __name__ == "__main__":
    sys.exit(main())
