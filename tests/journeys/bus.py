"""The real window on the real accessibility bus, watched by a script of the system's Python."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"
BINDINGS = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"


def watch(script: str, text: str, home: Path, timeout_s: float, *more_tools: str) -> Any:
    """Return what a script of this folder printed, as JSON, of the editor on a document.

    Skips the test where a tool is missing.
    """
    for tool in ("dbus-run-session", "Xvfb", *more_tools, SYSTEM_PYTHON):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    known = subprocess.run([SYSTEM_PYTHON, "-c", BINDINGS], check=False, capture_output=True)
    if known.returncode:
        pytest.skip("the system's Python has no bindings to AT-SPI (gir1.2-atspi-2.0, python3-gi)")
    (home / "story.md").write_text(text)
    kept = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY")}
    homes = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    editor = [sys.executable, "-c", "import sys; from app.main import main; sys.exit(main())"]
    made = subprocess.run(
        [
            *("dbus-run-session", "--", SYSTEM_PYTHON, f"tests/journeys/{script}"),
            *(*editor, str(home / "story.md")),
        ],
        env=kept | homes | {"LANG": "C.UTF-8"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=True,
    )
    return json.loads(made.stdout.strip().splitlines()[-1])
