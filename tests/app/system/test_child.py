"""A run beside the editor is told what to do, and says how it goes and what went wrong."""

import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.system import child
from app.system.child import Child

COUNTS = """
import sys, time
from engine.background import Control, Progress
with Control() as control:
    control.listen()
    progress, number = Progress(control), 0
    while not control.is_stopped:
        progress.tell({"number": number})
        control.wait_while_paused()
        number += 1
        time.sleep(0.01)
progress.tell({"kept": number})
"""


@pytest.fixture
def run(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    """A child whose arguments are a program of Python's."""
    monkeypatch.setattr(child, "own_command", lambda: [sys.executable, "-c"])
    made = Child()
    yield made
    made.leave()


def test_it_tells_and_is_stopped_and_keeps_what_it_has(qtbot: QtBot, run: Child) -> None:
    told = []
    run.told.connect(told.append)
    run.start([COUNTS])
    qtbot.waitUntil(lambda: len(told) > 2)
    with qtbot.waitSignal(run.ended) as ended:
        run.stop()
        assert run.is_stopping
    assert not run.is_stopping
    assert ended.args == [""]
    assert [one["number"] for one in told[:3]] == [0, 1, 2]
    assert "kept" in told[-1]
    assert not run.is_running


def test_it_waits_while_it_is_paused_or_the_editor_works(qtbot: QtBot, run: Child) -> None:
    told = []
    run.told.connect(told.append)
    run.start([COUNTS])
    qtbot.waitUntil(lambda: len(told) > 2)
    run.pause()
    run.give_way(is_wanted=True)
    run.resume()  # the editor's model is still at work
    qtbot.wait(300)
    count = len(told)
    qtbot.wait(200)
    assert len(told) == count
    run.give_way(is_wanted=False)
    qtbot.waitUntil(lambda: len(told) > count)


def test_what_went_wrong_is_its_last_line(qtbot: QtBot, run: Child) -> None:
    with qtbot.waitSignal(run.ended) as ended:
        run.start(["import sys; print('inlay: no room', file=sys.stderr); sys.exit(1)"])
    assert ended.args == ["no room"]


def test_a_stop_is_nothing_that_went_wrong(qtbot: QtBot, run: Child) -> None:
    ends = "import sys; sys.stdin.readline(); print('inlay: stopped', file=sys.stderr); sys.exit(3)"
    run.start([ends])
    with qtbot.waitSignal(run.ended) as ended:
        run.stop()
    assert ended.args == [""]


def test_a_secret_goes_by_the_environment(qtbot: QtBot, run: Child) -> None:
    program = "import os, sys; sys.exit('inlay: ' + os.environ['INLAY_TEST'])"
    with qtbot.waitSignal(run.ended) as ended:
        run.start([program], {"INLAY_TEST": "word"})
    assert ended.args == ["word"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
def test_a_killed_one_is_told(qtbot: QtBot, run: Child) -> None:
    with qtbot.waitSignal(run.ended) as ended:
        run.start(["import os; os.kill(os.getpid(), 9)"])
    assert "it goes on" in ended.args[0]


def test_a_program_that_is_not_there_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "own_command", lambda: ["/nowhere/inlay"])
    run = Child()
    with qtbot.waitSignal(run.ended) as ended:
        run.start([])
    assert "could not be started" in ended.args[0]
    assert not run.is_running


@pytest.mark.expected_log("what is no progress")
def test_other_lines_are_passed_over(qtbot: QtBot, run: Child) -> None:
    told = []
    run.told.connect(told.append)
    with qtbot.waitSignal(run.ended):
        run.start(["print('hello'); print(7); print('{\"a\": 1}')"])
    assert told == [{"a": 1}]
