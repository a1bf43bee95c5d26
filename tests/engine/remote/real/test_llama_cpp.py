"""What only llama.cpp has taught, where it can be run: its own server, or that in Python."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.api import (
    Failed,
    Finished,
    Ready,
)
from tests.engine.remote.conftest import Editor
from tests.engine.remote.real.processes import (
    LLAMA_SERVER,
    RealServer,
    start_llama,
    why_no_llama,
)
from tests.engine.remote.real.scripted import MIDDLE, Script, write_gguf

pytestmark = pytest.mark.skipif(bool(why_no_llama()), reason=why_no_llama())

TOO_LONG = "jumped " * 2300  # two tokens each, of which the servers take 2,048
Serve = Callable[[Script], RealServer]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers, which end with the test."""
    running: list[RealServer] = []

    def start(script: Script) -> RealServer:
        write_gguf(tmp_path / "model.gguf", script)
        running.append(start_llama(tmp_path / "model.gguf", tmp_path / "log"))
        return running[-1]

    yield start
    for server in running:
        server.kill()


def connect(editor: Editor, server: RealServer, **fields) -> Ready:
    """Connect with the right key."""
    ready = editor.connect(server, key="right", **fields)
    assert isinstance(ready, Ready), ready
    return ready


def rewritten(editor: Editor, **fields) -> str:
    """Return what a word becomes by an instruction."""
    finished = editor.generate(**{"instruction": "livelier", **fields})
    assert isinstance(finished, Finished), finished
    return finished.text


def refusals(server: RealServer) -> int:
    """Count how often a server has said that a text is too long."""
    log = server.log.read_text("utf-8", errors="replace")
    return len(re.findall("exceeds? (?:the available context size|context window)", log))


def test_a_text_that_is_too_long_is_shortened_and_that_is_remembered(editor, serve) -> None:
    server = serve(Script(chats=["jumped"]))
    connect(editor, server)
    assert rewritten(editor, before=TOO_LONG) == "jumped"
    refused = refusals(server)
    assert refused > 0
    assert rewritten(editor, job_id=3, before=TOO_LONG) == "jumped"
    assert refusals(server) == refused


def test_a_region_that_is_too_long_itself_is_told_with_the_reason(editor, serve) -> None:
    connect(editor, serve(Script(chats=["jumped"])))
    failed = editor.generate(instruction="livelier", region=TOO_LONG)
    assert isinstance(failed, Failed)
    assert "context" in failed.message
    assert "2048" in failed.message


@pytest.mark.skipif(LLAMA_SERVER not in os.environ, reason=f"{LLAMA_SERVER}: has /infill")
def test_a_gap_is_filled_the_way_of_llama_cpp(editor, serve) -> None:
    connect(editor, serve(Script(chats=["jumped"], behind={MIDDLE: "5, 6"})))
    finished = editor.generate(before="1, 2, 3, 4, ", region="and", after=", 7, 8")
    assert isinstance(finished, Finished)
    assert finished.text == "5, 6"


@pytest.mark.skipif(LLAMA_SERVER not in os.environ, reason=f"{LLAMA_SERVER}: has /infill")
def test_a_server_that_fills_gaps_with_rubbish_is_asked_in_a_chat(editor, serve) -> None:
    connect(editor, serve(Script(chats=["jumped"], behind={MIDDLE: "rubbish"})))
    assert editor.generate().text == "jumped"
