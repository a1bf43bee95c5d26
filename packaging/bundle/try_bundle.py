"""Try a bundle as somebody would who has just unpacked it: `try_bundle.py BUNDLE`.

It is copied into an empty folder and started without any of this environment: no Python on the
path, a home of its own, a screen of its own. Needs Xvfb, openbox, xdotool and ImageMagick.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLS = ("Xvfb", "openbox", "xdotool", "import")
TIMEOUT_S = 120.0
STARTS = 5
IDLE_S = 2.0  # without work for so long: the model is loaded, or the draft is finished
TEXT = "The old house stood on a hill above the sea.\n\nThis line stays as it is: ä, 你, 👍🏽.\n"
SELECTED_WORDS = 3
REST = TEXT.partition("house")[2]
FIRST_PAINT = re.compile(r"first-paint-ms (\d+)")


class Trial:
    """One bundle in one empty folder."""

    def __init__(self, bundle: Path, folder: Path, display: str) -> None:
        """Copy the bundle; nothing of the place where it was built may be needed."""
        self.folder, self.display = folder, display
        self.bundle = folder / "unpacked" / "inlay"
        shutil.copytree(bundle, self.bundle, symlinks=True)
        self.program = self.bundle / "inlay"
        self.home = folder / "home"
        self.home.mkdir()
        self.environment = {
            "HOME": str(self.home),
            "PATH": str(folder / "no-programs-here"),
            "DISPLAY": display,
            "LANG": "C.UTF-8",
            "INLAY_STARTUP_TRACE": "1",
        }

    @property
    def history(self) -> Path:
        """The file to which every draft goes."""
        return self.home / ".local" / "share" / "Inlay" / "history.jsonl"

    def run(self, *arguments: str) -> str:
        """Run a command to its end and return what it prints."""
        command = [str(self.program), *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True,
            check=False, timeout=TIMEOUT_S,
        )  # fmt: skip
        if done.returncode:
            sys.exit(
                f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    @contextmanager
    def editor(self, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
        """Start the editor; give it and its time to the first paint, in ms."""
        command = [str(self.program), *arguments]
        process = subprocess.Popen(
            command, env=self.environment, cwd=self.folder, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        said = ""
        try:
            for line in process.stderr:
                said += line
                if found := FIRST_PAINT.search(line):
                    yield process, int(found[1])
                    return
            sys.exit(f"The editor ended before its window was there:\n{said}")
        finally:
            process.terminate()
            process.wait(TIMEOUT_S)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run(["xdotool", "key", "--delay", "60", *keys], env=environment, check=True)

    def picture(self, path: Path) -> None:
        """Keep what the screen shows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run(["import", "-window", "root", str(path)], env=environment, check=True)


def start_times(trial: Trial) -> None:
    """Print how long the window takes: from a cold disk, and again."""
    for path in trial.bundle.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    times = []
    for _ in range(1 + STARTS):
        with trial.editor() as (_, first_paint_ms):
            times.append(first_paint_ms)
    print(f"first paint: {times[0]} ms from a cold disk, {statistics.median(times[1:])} ms again")


def journey(trial: Trial, pictures: Path) -> None:
    """Open a file, select three words, have them rewritten, accept, save, and quit."""
    file = trial.folder / "story.md"
    file.write_text(TEXT, "utf-8")
    with trial.editor(str(file)) as (process, _):
        started = time.monotonic()
        wait_idle(process)
        print(f"model ready: {time.monotonic() - started - IDLE_S:.1f} s after the first paint")
        _refuse_foreign_files(process.pid, trial.bundle)
        trial.press("ctrl+Home", *["ctrl+shift+Right"] * SELECTED_WORDS, "ctrl+Return")
        wait_idle(process)
        trial.picture(pictures / "draft.png")
        trial.press("Return", "ctrl+s")
        wait(lambda: "accepted" in _outcomes(trial), "no draft was accepted")
        wait(lambda: file.stat().st_mtime_ns != 0 and file.read_text("utf-8") != "", "not saved")
        wait_idle(process)
        trial.picture(pictures / "saved.png")
        trial.press("ctrl+q")
        code = process.wait(TIMEOUT_S)
    text = file.read_text("utf-8")
    new = json.loads(trial.history.read_bytes().splitlines()[-1])["new"]
    if code or not text.endswith(REST) or not text.lstrip().startswith(new.strip()):
        sys.exit(f"The journey failed: it ended with {code}, and the file holds:\n{text}")
    print(f"journey: {TEXT.splitlines()[0]!r} became {text.splitlines()[0]!r}, the rest stayed")


def wait_idle(process: "subprocess.Popen[str]") -> None:
    """Wait until the process has had nothing to do for a while."""
    since, before = time.monotonic(), -1
    end = since + TIMEOUT_S
    while time.monotonic() - since < IDLE_S:
        if time.monotonic() > end:
            sys.exit("The editor works and works.")
        time.sleep(0.25)
        now = _ticks(process.pid)
        if now - before > 2:  # of 25: a blinking caret takes less
            since = time.monotonic()
        before = now


def wait(condition: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"The journey failed: {what}.")
        time.sleep(0.1)


def _outcomes(trial: Trial) -> list[str]:
    if not trial.history.exists():
        return []
    return [json.loads(line)["outcome"] for line in trial.history.read_bytes().splitlines() if line]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _refuse_foreign_files(pid: int, bundle: Path) -> None:
    """Fail if a library of another Python than the bundle's own is in use."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    used = {line.split(maxsplit=5)[5] for line in lines if line.count("/")}
    foreign = [
        name
        for name in used
        if not name.startswith(str(bundle)) and ("python" in name or "site-packages" in name)
    ]
    if foreign:
        sys.exit(f"Not from the bundle: {', '.join(sorted(foreign))}")


@contextmanager
def screen() -> Iterator[str]:
    """Run a screen that nobody else uses, with a window manager; give its name."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    manager = None
    try:
        assert server.stdout is not None
        number = server.stdout.readline().strip()
        if not number:
            sys.exit("Xvfb does not start.")
        display = f":{number}"
        manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": display})
        time.sleep(1)
        yield display
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait(TIMEOUT_S)


def main() -> None:
    """Try everything; ends with an error at the first thing that is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--pictures", type=Path, default=Path("build/bundle/pictures"))
    arguments = parser.parse_args()
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        sys.exit(
            f"Install {', '.join(missing)} first (on Debian: xvfb openbox xdotool imagemagick)."
        )
    with tempfile.TemporaryDirectory() as name, screen() as display:
        trial = Trial(arguments.bundle, Path(name), display)
        print(trial.run("--version").strip())
        start_times(trial)
        journey(trial, arguments.pictures)
        print(trial.run("--self-test"))


if __name__ == "__main__":
    main()
