"""What a screen reader finds of the real window on the real accessibility bus."""

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


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    for tool in ("dbus-run-session", "Xvfb", SYSTEM_PYTHON):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    known = subprocess.run([SYSTEM_PYTHON, "-c", BINDINGS], check=False, capture_output=True)
    if known.returncode:
        pytest.skip("the system's Python has no bindings to AT-SPI (gir1.2-atspi-2.0, python3-gi)")
    home = tmp_path_factory.mktemp("home")
    (home / "story.md").write_text("The quiet road.\n")
    kept = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY")}
    homes = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    editor = [sys.executable, "-c", "import sys; from app.main import main; sys.exit(main())"]
    made = subprocess.run(
        [
            *("dbus-run-session", "--", SYSTEM_PYTHON, "tests/journeys/bus_reader.py"),
            *(*editor, str(home / "story.md")),
        ],
        env=kept | homes | {"LANG": "C.UTF-8"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=150,
        check=True,
    )
    nodes: list[dict[str, str]] | None = json.loads(made.stdout.strip().splitlines()[-1])
    assert nodes is not None, "the editor never came to the bus"
    return nodes


def test_the_text_can_be_read_under_the_name_of_its_file(found: list[dict[str, str]]) -> None:
    texts = [node for node in found if node["text"].startswith("The quiet road.")]
    assert [node["name"] for node in texts] == ["story.md"]


def test_everything_that_takes_the_focus_has_a_name_and_a_role(found: list[dict[str, str]]) -> None:
    # A filler is a container that hands the focus on to what is in it.
    own = [node for node in found if node["role"] != "filler"]
    assert len(own) > 1
    assert [node for node in own if not node["name"].strip() or node["role"] == "unknown"] == []
