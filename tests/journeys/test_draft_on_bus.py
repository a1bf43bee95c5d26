"""What a screen reader sees and hears of a draft, on the real accessibility bus."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.slow]

SYSTEM_PYTHON = "/usr/bin/python3"
BINDINGS = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
BUTTONS = {"Before", "Again", "Live", "Options", "Reject", "Accept"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list]:
    """Rewrite a word over the bus, and return what was shown and said."""
    for tool in ("dbus-run-session", "Xvfb", "openbox", "xdotool", SYSTEM_PYTHON):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    known = subprocess.run([SYSTEM_PYTHON, "-c", BINDINGS], check=False, capture_output=True)
    if known.returncode:
        pytest.skip("the system's Python has no bindings to AT-SPI (gir1.2-atspi-2.0, python3-gi)")
    home = tmp_path_factory.mktemp("home")
    (home / "story.md").write_text("The quiet road went down to the sea.\n")
    kept = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY")}
    homes = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    editor = [sys.executable, "-c", "import sys; from app.main import main; sys.exit(main())"]
    made = subprocess.run(
        [
            *("dbus-run-session", "--", SYSTEM_PYTHON, "tests/journeys/draft_listener.py"),
            *(*editor, str(home / "story.md")),
        ],
        env=kept | homes | {"LANG": "C.UTF-8"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    found: dict[str, list] = json.loads(made.stdout.strip().splitlines()[-1])
    assert found["controls"] is not None, "the editor never came to the bus"
    return found


def test_every_change_of_its_state_is_said(told: dict[str, list]) -> None:
    heard = told["heard"]
    assert heard[0] == "Drafting"
    assert heard[1].startswith(("Draft settled: ", "Draft not quite settled: "))
    assert "Old text: quiet" in heard
    assert any(text.startswith("Step ") for text in heard)
    assert heard[-1] == "Draft accepted"


def test_its_controls_have_names_roles_and_say_what_they_do(told: dict[str, list]) -> None:
    named = {name: (role, tip) for role, name, tip in told["controls"]}
    assert set(named) >= BUTTONS
    assert {named[name][0] for name in BUTTONS} <= {"push button", "check box"}
    assert all(named[name][1] for name in BUTTONS)
    assert named["Timeline of denoising steps"][0] == "slider"
