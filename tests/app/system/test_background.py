"""The thread beside the interface outlives whatever fails in it."""

import subprocess
import sys
import threading

import pytest
from pytestqt.qtbot import QtBot

from app.system.background import Background


@pytest.mark.parametrize("error", [KeyError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_work_is_done_after_work_that_has_failed_in_any_way(qtbot: QtBot, error) -> None:
    background, said = Background(), []

    def fail() -> None:
        raise error("on purpose")

    background.run(fail, said.append, lambda failure: said.append(str(failure)))
    background.run(lambda: "done", said.append)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert "on purpose" in said[0]
    assert said[1] == "done"


def test_a_coroutine_waits_for_work_and_is_told_its_error(qtbot: QtBot) -> None:
    background, said = Background(), []

    def fail() -> str:
        raise OSError("on purpose")

    async def ask() -> None:
        said.append(await background.do(lambda: "done"))
        try:
            await background.do(fail)
        except OSError as error:
            said.append(str(error))

    background.start(ask())
    assert said == []  # it runs from the loop's next turn on
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said == ["done", "on purpose"]


def test_a_coroutine_ends_with_its_owner(qtbot: QtBot) -> None:
    background, release, said = Background(), threading.Event(), []

    async def ask() -> None:
        try:
            await background.do(release.wait)
            said.append("answered")
        finally:
            said.append("over")

    background.start(ask())
    qtbot.wait(10)
    background.deleteLater()
    qtbot.waitUntil(lambda: said == ["over"])
    release.set()
    qtbot.wait(10)
    assert said == ["over"]


DELETED_MEANWHILE = """
from PySide6.QtCore import QCoreApplication, QEvent
from app.system.background import Background
application = QCoreApplication([])
for _ in range(3000):
    background = Background()
    background.run(lambda: None, lambda _: None)
    background.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()
"""


def test_one_that_is_deleted_while_its_thread_answers_ends_no_process() -> None:
    done = subprocess.run([sys.executable, "-c", DELETED_MEANWHILE], check=False)
    assert done.returncode == 0
