"""A server that refuses, breaks off, stalls or talks nonsense; and a user who stops it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.api import (
    Cancel,
    CanvasUpdated,
    Failed,
    FailureKind,
    FinishReason,
    Ready,
)
from engine.remote.answer import Answer, _grown
from tests.engine.remote.conftest import FINAL, Editor
from tests.engine.remote.stand_in import StandIn


@pytest.fixture(params=["canvas", "plain"])
def kind(request, editor: Editor, server: StandIn) -> str:
    """The kind of server that the editor is connected to."""
    server.does.takes_canvas = request.param == "canvas"
    assert isinstance(editor.connect(server), Ready)
    server.asked.clear()
    return request.param


def failure(editor: Editor, **fields) -> str:
    """Return what is said of a job that ends badly, once."""
    failed = editor.generate(**fields)
    assert isinstance(failed, Failed)
    assert failed.kind is FailureKind.SERVER
    assert len(editor.of(2, *FINAL)) == 1
    return failed.message


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "wants a key"),
        (404, "does not know this model"),
        (429, "is busy"),
        (500, "has failed"),
        (503, "not ready"),
        (400, "does not take this request"),
        (302, "sends us elsewhere"),
    ],
)
def test_a_refusal_says_what_to_do(editor, server, kind, status, words) -> None:
    server.does.status, server.does.error = status, "just so"
    message = failure(editor)
    assert words in message
    assert "just so" in message


def test_an_error_in_the_middle_of_a_stream_is_an_error(editor, server, kind) -> None:
    server.does.breaks = True
    assert "has failed. Try again" in failure(editor, after="")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "not the JSON"),
        (b"[1]", "something else than an object"),
        (b"[" * 100_000, "not the JSON"),
        (b"\xff\xfe", "not the JSON"),
    ],
)
def test_nonsense_is_told(editor, server, kind, body, words) -> None:
    server.does.garbage = body
    assert words in failure(editor)


def test_a_stream_that_is_cut_is_no_text(editor, server) -> None:
    server.does.takes_canvas = server.does.chats = False
    server.does.cuts_off = True
    editor.connect(server)
    assert "untouched" in failure(editor, after="")
    assert editor.of(2, CanvasUpdated)


def test_a_server_that_goes_away_is_told(editor, server, kind) -> None:
    server.close()
    try:
        assert "no connection to" in failure(editor)
    finally:
        server.__init__()


def test_cancelling_closes_the_connection_and_keeps_what_came(editor, server) -> None:
    server.does.takes_canvas = server.does.chats = False
    server.does.stalls_at = 1
    editor.connect(server)
    editor.submit(before="", region="", after="")
    editor.wait(2, (CanvasUpdated,))
    assert server.is_stalled.wait(10)
    editor.engine.submit(Cancel(job_id=2))
    finished = editor.wait(2)
    assert server.was_left.wait(10)
    assert (finished.reason, finished.text) == (FinishReason.CANCELLED, " jumped")
    assert len(editor.of(2, *FINAL)) == 1


def test_a_job_stopped_before_any_text_gives_its_region_back(editor, server, kind) -> None:
    server.does.stalls_at = 0
    editor.submit()
    assert server.is_stalled.wait(10)
    editor.engine.submit(Cancel(job_id=2))
    finished = editor.wait(2)
    assert server.was_left.wait(10)
    assert (finished.text, finished.reason) == ("went", FinishReason.CANCELLED)


def test_closing_ends_what_runs(editor, server) -> None:
    server.does.takes_canvas = server.does.chats = False
    server.does.stalls_at = 1
    editor.connect(server)
    editor.submit(before="", region="", after="")
    editor.submit(3)
    assert server.is_stalled.wait(10)
    editor.engine.close()
    assert [len(editor.of(job_id, *FINAL)) for job_id in (1, 2, 3)] == [1, 1, 1]


SHAPES = ("text", "delta", "message", "content", "token_ids", "finish_reason")
NAMES = (*SHAPES, "logprobs", "tokens", "token_logprobs", "top_logprobs")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(choice=st.dictionaries(st.sampled_from(["text", "delta", "logprobs", "token_ids"]), JSON))
def test_an_answer_of_any_shape_is_read_or_left(choice) -> None:
    answer = _grown(Answer(), choice)
    spans = answer.spans(0, len(answer.text), counts_slots=True)
    assert "".join(answer.text[s.start : s.end] for s in spans) == answer.text
    answer.text.encode()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON)
def test_a_server_that_sends_anything_is_survived(editor, server, body) -> None:
    server.does.garbage = b""
    editor.events.clear()
    assert isinstance(editor.connect(server), Ready)
    server.does.garbage = json.dumps(body).encode()
    assert isinstance(editor.generate(), Failed)
