"""A long run does what it is told, by commands and signals, and gives way to everybody."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.background import Control

ROOT = Path(__file__).resolve().parents[2]
RUN = textwrap.dedent(
    """
    from engine.background import Control, Progress, lower_priority
    import time
    lower_priority()
    with Control() as control:
        control.listen()
        progress = Progress(control)
        number = 0
        while not control.is_stopped:
            control.wait_while_paused()
            progress.tell({"number": number})
            number += 1
            time.sleep(0.01)
    print("kept", flush=True)
    """
)


@pytest.fixture
def run() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b'{"number": 0}\n'
    yield process
    process.kill()
    process.communicate()


def say(run: subprocess.Popen[bytes], command: str) -> None:
    assert run.stdin is not None
    run.stdin.write(command.encode() + b"\n")
    run.stdin.flush()


def test_it_is_stopped_by_a_command_and_keeps_what_it_has(run: subprocess.Popen[bytes]) -> None:
    say(run, "stop")
    out, _ = run.communicate(timeout=20)
    assert out.endswith(b"kept\n")
    assert run.returncode == 0


def test_the_end_of_its_commands_stops_it(run: subprocess.Popen[bytes]) -> None:
    out, _ = run.communicate(timeout=20)  # closes its standard input
    assert out.endswith(b"kept\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
def test_a_signal_stops_it_too(run: subprocess.Popen[bytes]) -> None:
    run.send_signal(signal.SIGTERM)
    assert run.stdout is not None
    *_, last = run.stdout
    assert last == b"kept\n"


def test_nothing_is_done_while_it_is_paused(run: subprocess.Popen[bytes]) -> None:
    say(run, "pause")
    assert run.stdout is not None
    read, stdout = list[bytes](), run.stdout
    reader = threading.Thread(target=lambda: read.extend(stdout))
    reader.start()
    time.sleep(0.5)  # for the command to come through
    count = len(read)
    time.sleep(0.3)
    assert len(read) == count
    say(run, "resume")
    say(run, "stop")
    reader.join(20)
    assert read[-1] == b"kept\n"


@pytest.mark.skipif(sys.platform != "linux", reason="scheduling classes of Linux")
def test_it_has_only_what_nobody_else_wants(run: subprocess.Popen[bytes]) -> None:
    assert os.getpriority(os.PRIO_PROCESS, run.pid) == 19
    assert os.sched_getscheduler(run.pid) == os.SCHED_IDLE
    assert Path(f"/proc/{run.pid}/oom_score_adj").read_text() == "500\n"


def test_a_stop_ends_a_pause_and_cancels_what_is_waited_for() -> None:
    control, cancelled = Control(), threading.Event()
    control.on_stop(cancelled.set)
    control.pause()
    waiting = threading.Thread(target=control.wait_while_paused)
    waiting.start()
    assert control.is_paused
    control.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    assert control.is_stopped
    assert cancelled.is_set()


@pytest.mark.expected_log("there is no such command")
def test_commands_may_come_in_pieces_and_others_are_passed_over() -> None:
    reader, writer = os.pipe()
    control, stopped = Control(), threading.Event()
    control.on_stop(stopped.set)
    control.listen(reader)
    os.write(writer, b"dance\npa")
    os.write(writer, b"use\nresume\nst")
    os.write(writer, b"op\n")
    assert stopped.wait(5)
    os.close(writer)
    assert not control.is_paused
