"""The whole application in a process of its own: first paint, torch, errors, the end."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import application
from app.recovery import find_lost
from app.system.background import Background
from app.system.crash import CrashReporter

TYPIST = """
import sys
from functools import partial
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app import application
from app.engine_bridge import EngineBridge
from app.main import main

class StubService:
    def __init__(self, on_event):
        window = next(w for w in QApplication.topLevelWidgets() if hasattr(w, "message_bar"))
        window.workspace.current.editor.insertPlainText("precious ")
        print("typed", flush=True)
    def submit(self, request):
        pass
    def close(self):
        print("closed", flush=True)

application.EngineBridge = partial(EngineBridge, StubService)
sys.exit(main(sys.argv[1:]))
"""

SCRIPT = """
import sys
from functools import partial
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app import application
from app.engine_bridge import EngineBridge
from app.main import main

class StubService:
    def __init__(self, on_event):
        print("torch" in sys.modules, QApplication.activeWindow() is not None)
    def submit(self, request):
        print(type(request).__name__, request.device)
        QTimer.singleShot(0, stumble)
    def close(self):
        print("closed")

def stumble():
    QTimer.singleShot(50, finish)
    raise ValueError("odd")

def finish():
    window = next(w for w in QApplication.topLevelWidgets() if hasattr(w, "message_bar"))
    print([message.text for message in window.message_bar.messages])
    for tab in window.workspace.tabs():
        tab.editor.document().setModified(False)
    window.close()

application.EngineBridge = partial(EngineBridge, StubService)
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment with folders of its own."""
    names = {name: str(tmp_path / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    platform = os.environ.get("QT_QPA_PLATFORM", "offscreen")
    return {**os.environ, **names, "QT_QPA_PLATFORM": platform, "INLAY_STARTUP_TRACE": "1"}


@pytest.fixture
def finished(tmp_path: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    (tmp_path / "note.txt").write_text("text")
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "note.txt"), "--device", "cpu"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_run_from_the_first_paint_to_the_end(
    finished: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    assert finished.returncode == 0, finished.stderr
    assert re.search(r"^first-paint-ms \d+$", finished.stderr, re.MULTILINE)
    torch, load, messages, closed = finished.stdout.splitlines()
    assert torch.startswith("False")
    assert load == "Load cpu"
    assert "ValueError: odd" in messages
    assert closed == "closed"
    if sys.platform == "linux":
        log = (tmp_path / "XDG_DATA_HOME" / "Inlay" / "inlay.log").read_text("utf-8")
        assert "unforeseen error" in log
        assert "in stumble" in log


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_keeps_the_texts_and_closes_the_engine(
    tmp_path: Path, environment: dict[str, str], number: signal.Signals
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("text")
    command = [sys.executable, "-c", TYPIST, str(path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "typed\n"
        process.send_signal(number)
        assert process.stdout.read() == "closed\n"
        assert process.wait(timeout=30) == 0
    assert path.read_text() == "text"
    (session,) = find_lost(tmp_path / "XDG_DATA_HOME" / "Inlay" / "journal")
    (document,) = session.documents
    assert document.text == "precious text"
    session.lock.unlock()


def test_what_still_waits_when_the_window_is_closed_is_ended(qapp: QApplication) -> None:
    background, ended = Background(), []

    async def wait_for_nothing() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append(True)

    QTimer.singleShot(0, lambda: background.start(wait_for_nothing()))
    QTimer.singleShot(20, lambda: qapp.exit(3))
    reporter = CrashReporter(list, Path())
    assert application._run_loop(qapp, reporter) == 3
    assert ended == [True]
