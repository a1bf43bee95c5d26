"""The lines of the README in a clean clone, as a new user types them: `make readme-test`."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme.pages import LINES, PAGES, ROOT, Run, blocks

IS_WINDOWS = sys.platform == "win32"
TIMEOUT_S = 3000.0
BLOCKS = {
    lines[0]: lines
    for page in PAGES
    for lines in blocks(page)
    if any(isinstance(LINES.get(line), Run) for line in lines)
}

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("INLAY_README") != "1", reason="downloads everything: make readme-test"
    ),
    pytest.mark.slow,
    pytest.mark.timeout(TIMEOUT_S),
]


def environment(home: Path) -> dict[str, str]:
    """Return what a new user has, with this user's settings of pip: they say where wheels are."""
    ours = ("INLAY_", "PYTEST_", "PYTHONPATH", "VIRTUAL_ENV", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    kept["PATH"] = os.pathsep.join(
        part for part in kept["PATH"].split(os.pathsep) if not Path(part, "pytest").exists()
    )
    settings = Path.home() / ".config/pip/pip.conf"
    if settings.is_file():
        kept.setdefault("PIP_CONFIG_FILE", str(settings))
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    return {**kept, **folders, "QT_QPA_PLATFORM": "offscreen", "INLAY_STARTUP_TRACE": "1"}


def shell(line: str) -> list[str]:
    """Return the call that runs a line as its reader's shell does."""
    if IS_WINDOWS:
        return ["powershell", "-NoProfile", "-Command", f"{line}; exit $LASTEXITCODE"]
    return ["sh", "-ec", line]


def run(line: str, how: Run, clone: Path, variables: dict[str, str]) -> None:
    """Run a line to its end, or until the window is painted."""
    with subprocess.Popen(
        shell(line),
        cwd=clone,
        env={**variables, "PYTEST_ADDOPTS": how.pytest_options},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        told: list[str] = []
        for words in process.stdout:
            told.append(words)
            if how.opens_editor and "first-paint-ms" in words:
                end(process)
                return
        code = process.wait()
    assert (code, how.opens_editor) == (0, False), f"{line}:\n{''.join(told[-60:])}"


def end(process: "subprocess.Popen[str]") -> None:
    """End a shell with all that it has started."""
    if IS_WINDOWS:
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(command, check=True, capture_output=True)
    else:
        os.killpg(process.pid, signal.SIGTERM)
    process.communicate()


@pytest.mark.parametrize("first", BLOCKS)
def test_the_lines_of_a_block_do_what_they_say(first: str, tmp_path: Path) -> None:
    known = [(line, LINES[line]) for line in BLOCKS[first]]
    lines = [(line, how) for line, how in known if isinstance(how, Run)]
    if any(how.on_windows != IS_WINDOWS and not how.needs for _, how in lines):
        pytest.skip("for another system")
    if missing := [how.needs for _, how in lines if how.needs and not shutil.which(how.needs)]:
        pytest.skip(f"{missing[0]} is not installed")
    clone = tmp_path / "inlay"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    for line, how in lines:
        run(line, how, clone, environment(tmp_path))
