"""Running pip, and other programs, with their words kept in the log."""

import re
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from places import Places, SetupError, python_of

RAW_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
Progress = Callable[[int, int], None]


def run(
    command: Sequence[str],
    places: Places,
    progress: Progress = lambda done, total: None,
    show: Callable[[str], None] = lambda line: None,
) -> tuple[int, list[str]]:
    """Run a program; return its exit code and its last lines.

    Args:
        command: The program and its arguments.
        places: Whose log takes what it prints.
        progress: Called with pip's raw progress.
        show: Called with every other line.
    """
    last: deque[str] = deque(maxlen=12)
    with places.log.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=places.root,
            close_fds=False,  # the lock is theirs as well
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if found := RAW_PROGRESS.match(line):
                    progress(int(found[1]), int(found[2]))
                    continue
                log.write(line)
                log.flush()
                last.append(line.rstrip())
                show(line.rstrip())
    return process.returncode, list(last)


def pip(
    folder: Path, places: Places, *arguments: str | Path, progress: Progress = lambda d, t: None
) -> list[str]:
    """Run an environment's pip; return its last lines.

    Raises:
        SetupError: If it fails, with what it says.
    """
    command = [str(python_of(folder)), "-I", "-m", "pip", "--no-input", *map(str, arguments)]
    code, last = run(command, places, progress)
    if code:
        words = [line for line in last if line.startswith("ERROR")] or last[-3:]
        raise SetupError(
            "pip could not do its part:\n  " + "\n  ".join(words) + "\n"
            "If the network failed, the same command goes on from here. More stands in "
            f"{places.log}."
        )
    return last
