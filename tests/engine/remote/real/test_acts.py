"""The acts of one selection, each against every real server that there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from engine.api import (
    Cancel,
    CandidateFinished,
    CanvasUpdated,
    Failed,
    FailureKind,
    Finished,
    FinishReason,
    Length,
    LengthMode,
    Ready,
)
from engine.remote import client
from tests.engine.remote.conftest import Editor
from tests.engine.remote.real.conftest import SCRIPTS
from tests.engine.remote.real.processes import (
    RealServer,
    start_llama,
    start_transformers,
    why_no_llama,
)
from tests.engine.remote.real.scripted import write_gguf

SOME = Length(mode=LengthMode.WORDS, count=100)
MANY = Length(mode=LengthMode.WORDS, count=1000)
LLAMA = pytest.param(
    "llama.cpp", marks=pytest.mark.skipif(bool(why_no_llama()), reason=why_no_llama())
)


@dataclass
class Kind:
    """One kind of server, which starts with the script of a name."""

    name: str
    start: Callable[[str], RealServer]

    def model(self, script: str) -> str:
        return f"inlay/{script}" if self.name == "transformers" else ""


@pytest.fixture(params=["transformers", LLAMA])
def kind(
    request: pytest.FixtureRequest, transformers_cache: Path, tmp_path: Path
) -> Iterator[Kind]:
    """Servers that a test may freeze and kill, and that end with it."""
    running: list[RealServer] = []

    def start(script: str) -> RealServer:
        if request.param == "transformers":
            running.append(start_transformers(transformers_cache, tmp_path / "log"))
        else:
            write_gguf(tmp_path / "model.gguf", SCRIPTS[script])
            running.append(start_llama(tmp_path / "model.gguf", tmp_path / "log"))
        return running[-1]

    yield Kind(request.param, start)
    for server in running:
        server.kill()


@pytest.fixture
def use(kind: Kind, editor: Editor, request: pytest.FixtureRequest) -> Callable[[str], RealServer]:
    """Connect an editor to a server with the script of a name."""

    def connected(script: str, *, is_mortal: bool = False) -> RealServer:
        is_shared = kind.name == "transformers" and not is_mortal
        shared = request.getfixturevalue("transformers_server") if is_shared else None
        server = shared or kind.start(script)
        ready = editor.connect(server, key=server.key, model=kind.model(script))
        assert isinstance(ready, Ready), ready
        return server

    return connected


def rewritten(editor: Editor, **fields) -> str:
    """Return what a word becomes by an instruction, which only a chat can take."""
    finished = editor.generate(**{"instruction": "livelier", **fields})
    assert isinstance(finished, Finished), finished
    return finished.text


def refusal(failed: Finished | Failed, kind: FailureKind) -> str:
    """Return the words with which an act was refused."""
    assert isinstance(failed, Failed), failed
    assert failed.kind is kind
    return failed.message


def test_a_word_is_rewritten_and_a_text_written_on(use, editor: Editor) -> None:
    use("plain")
    assert rewritten(editor) == "jumped over it"
    assert editor.generate(3, region="", after="").text == "ran home"


def test_the_text_comes_in_pieces(use, editor) -> None:
    use("talks")
    finished = editor.generate(region="", length=SOME)
    texts = [event.text for event in editor.of(2, CanvasUpdated)]
    assert len(texts) > 1
    assert all(finished.text.startswith(text) for text in texts)


def test_it_stops_when_it_is_cancelled_and_can_be_asked_again(use, editor) -> None:
    use("talks")
    editor.submit(region="", length=MANY)
    editor.wait(2, (CanvasUpdated,))
    editor.engine.submit(Cancel(job_id=2))
    finished = editor.wait(2)
    assert finished.reason is FinishReason.CANCELLED
    assert finished.text
    assert rewritten(editor, job_id=3).startswith("word after")


def test_candidates_are_all_written(use, editor) -> None:
    use("two")
    rewritten(editor, candidates=8)
    done = editor.of(2, CandidateFinished)
    assert sorted(event.candidate for event in done) == list(range(8))
    assert {event.text for event in done} == {"jumped", "leapt"}


def test_pins_are_refused_before_anything_is_sent(use, editor, monkeypatch) -> None:
    use("plain")
    monkeypatch.setattr(client.Client, "_sent", None)  # would raise
    failed = editor.generate(region="went and ran", pinned=((5, 8),))
    words = refusal(failed, FailureKind.BAD_REQUEST)
    assert "Let the pinned words go, or select the text on either side of them." in words


def test_without_its_key_it_says_so(kind, editor, request) -> None:
    shared = request.getfixturevalue("transformers_server") if "trans" in kind.name else None
    server = shared or kind.start("plain")
    failed = editor.connect(server, model=kind.model("plain"))
    assert "The server wants a key" in refusal(failed, FailureKind.SERVER)


def test_a_server_that_is_stopped_in_the_middle_is_told(use, editor) -> None:
    server = use("talks", is_mortal=True)
    editor.submit(region="", length=MANY)
    editor.wait(2, (CanvasUpdated,))
    server.kill()
    words = refusal(editor.wait(2), FailureKind.SERVER)
    assert "broke before the text was complete. Your text is untouched; try again." in words
    # And then it is not there at all.
    assert "There is no connection to" in refusal(editor.generate(3), FailureKind.SERVER)


def test_a_server_that_is_too_slow_is_told_and_may_come_back(use, editor, monkeypatch) -> None:
    server = use("plain")
    with monkeypatch.context() as patience:
        short = httpx2.Timeout(connect=5, read=1, write=5, pool=5)
        patience.setattr(client, "_TIMEOUT", short)
        server.freeze()
        try:
            failed = editor.generate(instruction="livelier")
        finally:
            server.thaw()
    words = refusal(failed, FailureKind.SERVER)
    assert "has stopped answering. Try again, or restart the server." in words
    assert rewritten(editor, job_id=3) == "jumped over it"


def test_a_text_that_is_too_long_is_rewritten_all_the_same(use, editor) -> None:
    """One of the servers takes it all, the other has to be sent less."""
    use("plain")
    assert rewritten(editor, before="word " * 2300) == "jumped over it"


def test_a_thought_is_no_part_of_any_draft(use, editor) -> None:
    use("thinks")
    assert rewritten(editor) == "jumped"
    shown = [event.text for event in editor.of(2, CanvasUpdated)]
    assert not [text for text in shown if "fox" in text or "<" in text]
