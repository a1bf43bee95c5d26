"""The program in a process of its own, with its own folders, and a user who is at its keys."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
DRIVEN = Path(__file__).with_name("driven.py")
START = "import sys; from app.main import main; sys.exit(main())"
TIMEOUT_S = 90.0
POLL_S = 0.05

State = dict[str, Any]


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing but a folder is remembered."""
    names = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE")}
    platform = os.environ.get("QT_QPA_PLATFORM", "xcb")
    return {
        **os.environ,
        **names,
        "QT_QPA_PLATFORM": platform,
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
    }


def start_again(home: Path, *files: str, folder: Path | None = None) -> int:
    """Start the program as from a terminal in a folder, and return its exit code."""
    command = [sys.executable, "-c", START, *files]
    return subprocess.run(
        command, env=environment(home), cwd=folder or ROOT, timeout=TIMEOUT_S, check=False
    ).returncode


class OtherProcess:
    """One run of the program; killed at the end, if it is still there."""

    def __init__(self, home: Path, *files: Path) -> None:
        command = [sys.executable, str(DRIVEN), *map(str, files)]
        self._process = subprocess.Popen(
            command,
            env=environment(home),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self.state = self._answer()
        except AssertionError:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def do(self, name: str, *arguments: object) -> State:
        """Let the user do something, and return how things stand then."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(json.dumps([name, *arguments]) + "\n")
        stdin.flush()
        self.state = self._answer()
        return self.state

    def wait(self, condition: Callable[[State], bool]) -> State:
        """Look again and again until a condition holds."""
        end = time.monotonic() + TIMEOUT_S
        while not condition(self.do("nothing")):
            assert time.monotonic() < end, f"it never happened: {self.state}"
            time.sleep(POLL_S)
        return self.state

    def leave(self) -> int:
        """Quit as the user does, and return the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(["choose", "Quit"]) + "\n")
        self._process.stdin.close()
        return self._process.wait(TIMEOUT_S)

    def kill(self) -> None:
        """End it as the system does when there is no memory left."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _answer(self) -> State:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "it has ended"
        state: State = json.loads(line)
        return state
