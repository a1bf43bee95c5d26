"""The GPU tests, before anything is measured; several files at once, for most is compiling."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDERS = ("tests/kernels", "tests/engine/kernel_step", "tests/engine/model")
NOTHING_COLLECTED = 5  # pytest's exit status
_MOST_AT_ONCE = 6  # each holds a CUDA context of its own
_POLL_S = 0.2


@dataclass(slots=True)
class Verdict:
    """What became of the test files, by path."""

    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)  # no failure up to the end of the time


def gpu_test_files() -> list[Path]:
    """Return the files that have tests for a card."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).glob("test_*.py"))]
    marks = ("mark.gpu", "@RUNS", "@ONE_RUN")
    return [file for file in files if any(mark in file.read_text("utf-8") for mark in marks)]


def run_tests(files: Sequence[Path], seconds: float, folder: Path) -> Verdict:
    """Run the GPU tests of these files for at most so many seconds; print what fails.

    Args:
        files: Test files, each run in a process of its own.
        seconds: After these, what still runs is stopped.
        folder: Where each file's output goes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    verdict, waiting = Verdict(), list(files)
    running: dict[Path, subprocess.Popen[bytes]] = {}
    end = time.monotonic() + seconds
    at_once = max(1, min(_MOST_AT_ONCE, (os.cpu_count() or 2) - 1))
    while (waiting or running) and time.monotonic() < end:
        while waiting and len(running) < at_once:
            file = waiting.pop(0)
            running[file] = _start(file, folder / f"{file.stem}.txt")
        for file, process in list(running.items()):
            if process.poll() is not None:
                del running[file]
                _judge(file, process.returncode, verdict, folder)
        time.sleep(_POLL_S)
    for process in running.values():
        process.kill()
        process.wait()
    verdict.unfinished += [_name(file) for file in (*running, *waiting)]
    return verdict


def _start(file: Path, log: Path) -> "subprocess.Popen[bytes]":
    config = Path(__file__).with_name("pytest.ini")
    command = [
        sys.executable, "-m", "pytest", "-c", str(config), "--rootdir", str(ROOT),
        "--confcutdir", str(ROOT), "-x", "-m", "gpu", str(file),
    ]  # fmt: skip
    with log.open("wb") as out:
        return subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)


def _judge(file: Path, status: int, verdict: Verdict, folder: Path) -> None:
    if status in (0, NOTHING_COLLECTED):
        verdict.passed.append(_name(file))
        return
    verdict.failed.append(_name(file))
    lines = (folder / f"{file.stem}.txt").read_text("utf-8", errors="replace").splitlines()
    print(f"\n{_name(file)} fails:", *lines[-40:], sep="\n")


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
