"""A second start hands its files to the first."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.system.single_instance import SingleInstance, hand_over, server_name

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.system.single_instance import hand_over
application = QCoreApplication([])
print(hand_over(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
"""


@pytest.fixture
def instance(qtbot: QtBot, tmp_path: Path) -> SingleInstance:
    instance = SingleInstance(tmp_path)
    assert instance._server.isListening()
    yield instance
    instance.close()


def test_the_files_of_a_second_start_arrive(
    qtbot: QtBot, instance: SingleInstance, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", SECOND, str(tmp_path), "/a b.txt", "rel.txt"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as second:
        with qtbot.waitSignal(instance.rung, timeout=20000) as rung:
            pass
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=20000)
        assert second.stdout.read() == "True\n"
    assert rung.args == [[Path("/a b.txt"), tmp_path / "rel.txt"]]


def test_nobody_at_home(qapp: object, tmp_path: Path) -> None:
    assert not hand_over(tmp_path, [])


def test_two_users_folders_have_two_sockets(tmp_path: Path) -> None:
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")
