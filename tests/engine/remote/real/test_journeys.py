"""What only `transformers serve` has taught: its suffixes, thoughts, tags and doubled ends."""

import pytest

from engine.api import (
    CanvasUpdated,
    Fewer,
    Finished,
    FinishReason,
    Ready,
    Reasoned,
)
from tests.engine.remote.conftest import Editor
from tests.engine.remote.real.processes import RealServer


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


def test_a_suffix_that_is_only_appended_is_not_taken_for_a_fill(editor, server) -> None:
    """This server answers `suffix` with 200, and writes it behind whatever it has written."""
    connect(editor, server, "plain")
    finished = editor.generate()
    assert (finished.text, finished.reason) == ("jumped over it", FinishReason.CONVERGED)


def test_equal_candidates_are_explained(editor, server) -> None:
    connect(editor, server, "greedy")
    finished = editor.generate(instruction="livelier", candidates=3)
    assert len(finished.candidates) == 1
    assert finished.why_fewer == Fewer(asked=3, same=3)


@pytest.mark.parametrize("name", ["inside", "channel"])
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
