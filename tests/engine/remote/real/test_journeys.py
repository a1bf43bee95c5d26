"""The journeys of one selection against `transformers serve`, which the tests start themselves."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from engine.api import (
    Cancel,
    CandidateFinished,
    CanvasUpdated,
    Failed,
    Finished,
    FinishReason,
    Length,
    LengthMode,
    Ready,
    Reasoned,
)
from engine.remote import client
from tests.engine.remote.conftest import Editor
from tests.engine.remote.real.processes import RealServer, start_transformers

SOME = Length(mode=LengthMode.WORDS, count=100)
MANY = Length(mode=LengthMode.WORDS, count=1000)


def connect(editor: Editor, server: RealServer, name: str, **fields) -> Ready:
    """Connect to one of the models of `conftest.py`."""
    fields = {"model": f"inlay/{name}", "key": server.key, **fields}
    ready = editor.connect(server, **fields)
    assert isinstance(ready, Ready), ready
    return ready


@pytest.fixture
def server(transformers_server: RealServer) -> RealServer:
    return transformers_server


def rewritten(editor: Editor, **fields) -> str:
    """Return what a word becomes by an instruction, which only a chat can take."""
    finished = editor.generate(**{"instruction": "livelier", **fields})
    assert isinstance(finished, Finished), finished
    return finished.text


def test_a_word_is_rewritten(editor: Editor, server: RealServer) -> None:
    assert connect(editor, server, "plain").model.takes_instructions
    assert rewritten(editor) == "jumped over it"


def test_a_suffix_that_is_only_appended_is_not_taken_for_a_fill(editor, server) -> None:
    """This server answers `suffix` with 200, and writes it behind whatever it has written."""
    connect(editor, server, "plain")
    finished = editor.generate()
    assert (finished.text, finished.reason) == ("jumped over it", FinishReason.CONVERGED)


def test_a_text_is_written_on_at_its_end(editor, server) -> None:
    connect(editor, server, "plain")
    assert editor.generate(region="", after="").text == "ran home"


def test_the_text_comes_in_pieces(editor, server) -> None:
    connect(editor, server, "talks")
    finished = editor.generate(region="", length=SOME)
    texts = [event.text for event in editor.of(2, CanvasUpdated)]
    assert len(texts) > 1
    assert all(finished.text.startswith(text) for text in texts)


def test_it_stops_when_it_is_cancelled(editor, server) -> None:
    connect(editor, server, "talks")
    editor.submit(region="", length=MANY)
    editor.wait(2, (CanvasUpdated,))
    editor.engine.submit(Cancel(job_id=2))
    finished = editor.wait(2)
    assert finished.reason is FinishReason.CANCELLED
    assert finished.text
    connect(editor, server, "plain", job_id=3)
    assert rewritten(editor, job_id=4) == "jumped over it"


def test_candidates_differ_where_the_server_draws(editor, server) -> None:
    connect(editor, server, "two")
    rewritten(editor, candidates=8)
    texts = {event.text for event in editor.of(2, CandidateFinished)}
    assert texts == {"jumped", "leapt"}


def test_equal_candidates_are_explained(editor, server) -> None:
    connect(editor, server, "greedy")
    finished = editor.generate(instruction="livelier", candidates=3)
    assert len(finished.candidates) == 1
    assert "the same text 3 times" in finished.why_fewer


def test_pins_are_refused_before_anything_is_sent(editor, server) -> None:
    connect(editor, server, "plain")
    failed = editor.generate(region="went and ran", pinned=((5, 8),))
    assert isinstance(failed, Failed)
    assert "single words of the old text" in failed.message


def test_without_its_key_it_says_so(editor, server) -> None:
    failed = editor.connect(server, model="inlay/plain")
    assert isinstance(failed, Failed)
    assert "wants a key" in failed.message


@pytest.mark.parametrize("name", ["thinks", "inside", "channel"])
def test_a_thought_is_no_part_of_any_draft(editor, server, name) -> None:
    connect(editor, server, name)
    assert rewritten(editor) == "jumped"
    shown = [event.text for event in editor.of(2, CanvasUpdated)]
    assert not [text for text in shown if "fox" in text or "<" in text]


def test_reasoning_that_is_wanted_is_told_as_it_comes(editor, server, monkeypatch) -> None:
    monkeypatch.setattr("engine.remote.report._THOUGHT_S", 0.0)
    assert connect(editor, server, "ponders", wants_reasoning=True).model.reasons
    assert rewritten(editor) == "jumped"
    words = [event.words for event in editor.of(2, Reasoned)]
    assert words
    assert words == sorted(words)


def test_tags_of_the_question_are_no_part_of_the_text(editor, server) -> None:
    connect(editor, server, "echoes")
    assert rewritten(editor) == "jumped"


def test_what_stands_behind_is_not_written_twice(editor, server) -> None:
    connect(editor, server, "doubles")
    assert rewritten(editor) == "jumped"  # and then “ into the wood.”


def test_a_long_text_is_taken(editor, server) -> None:
    connect(editor, server, "plain")
    assert rewritten(editor, before="word " * 20_000) == "jumped over it"


def test_a_server_that_is_too_slow_is_told(editor, server, monkeypatch) -> None:
    connect(editor, server, "plain")
    monkeypatch.setattr(client, "_TIMEOUT", httpx2.Timeout(connect=5, read=1, write=5, pool=5))
    server.freeze()
    try:
        failed = editor.generate(instruction="livelier")
    finally:
        server.thaw()
    assert isinstance(failed, Failed)
    assert "has stopped answering" in failed.message


@pytest.fixture
def mortal(transformers_cache: Path, tmp_path: Path) -> Iterator[RealServer]:
    """A server that a test may end."""
    server = start_transformers(transformers_cache, tmp_path / "serve.log")
    yield server
    server.kill()


def test_a_server_that_is_stopped_in_the_middle_is_told(editor, mortal) -> None:
    connect(editor, mortal, "talks")
    editor.submit(region="", length=MANY)
    editor.wait(2, (CanvasUpdated,))
    mortal.kill()
    failed = editor.wait(2)
    assert isinstance(failed, Failed)
    assert "Your text is untouched" in failed.message
