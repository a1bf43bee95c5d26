"""A server that only writes on: how it is asked, and how its answer is made to fit."""

import pytest

from engine.api import (
    Branch,
    CanvasUpdated,
    Constraints,
    Failed,
    FinishReason,
    Length,
    LengthMode,
    SamplerOptions,
)
from engine.region.region import Region
from engine.remote.plain import make_task
from engine.remote.server import RemoteServer
from tests.engine.remote.conftest import Editor
from tests.engine.remote.stand_in import StandIn
from tests.requests import generate


def connect(editor: Editor, server: StandIn, **does) -> None:
    """Connect to a server without canvases."""
    for name, value in {"takes_canvas": False, **does}.items():
        setattr(server.does, name, value)
    assert editor.connect(server).model.canvas_length == 0


def test_a_server_with_a_suffix_gets_the_text_on_both_sides(editor, server) -> None:
    connect(editor, server, takes_suffix=True, chats=False, text="jumped")
    finished = editor.generate()
    (body,) = server.bodies("/v1/completions")
    assert (body["prompt"], body["suffix"]) == ("The fox ", " into the wood.")
    assert (finished.text, finished.reason) == ("jumped", FinishReason.CONVERGED)


def test_a_server_without_one_is_asked_in_a_chat(editor, server) -> None:
    connect(editor, server, text="“no”")
    editor.generate(instruction="Make it livelier", region="went slowly")
    (body,) = server.bodies("/v1/chat/completions")
    asked = body["messages"][1]["content"]
    for part in ("Make it livelier", "The fox ", " into the wood.", "went slowly"):
        assert part in asked


def test_at_the_end_of_a_text_it_is_a_plain_completion(editor, server) -> None:
    connect(editor, server, text=" and so on")
    finished = editor.generate(before="The fox", region="", after="")
    (body,) = server.bodies("/v1/completions")
    assert body["prompt"] == "The fox"
    assert "suffix" not in body
    assert finished.text == " and so on"


def test_a_server_that_only_chats_does_that_too(editor, server) -> None:
    connect(editor, server, completes=False)
    assert editor.generate(after="").text == "jumped over it"


def test_the_text_is_shown_as_it_comes(editor, server) -> None:
    connect(editor, server, chats=False, text="one two three")
    finished = editor.generate(before="", region="", after="")
    texts = [event.text for event in editor.of(2, CanvasUpdated)]
    assert texts[0] == "one"
    assert texts[-1] == finished.text == "one two three"


def test_a_server_that_does_not_stream_is_read_whole(editor, server) -> None:
    connect(editor, server, streams=False)
    assert editor.generate().text == "jumped over it"


def test_each_candidate_is_a_request_with_its_seed(editor, server) -> None:
    connect(editor, server)
    finished = editor.generate(candidates=3)
    assert {b["seed"] for b in server.bodies("/v1/chat/completions")} == {7, 8, 9}
    assert [c.text for c in finished.candidates] == ["jumped over it"]  # equal texts are one


def test_one_candidate_that_fails_does_not_spoil_the_others(editor, server) -> None:
    connect(editor, server)
    server.does.only_after, server.does.status = len(server.asked) + 1, 429
    assert editor.generate(candidates=3).text == "jumped over it"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"strength": 0.5}, "strength to 100 %"),
        ({"soft_edge": 1}, "soft edge"),
        ({"sampler": SamplerOptions(max_denoising_steps=4)}, "does not denoise"),
        ({"constraints": Constraints(characters="0-9")}, "other characters"),
    ],
)
def test_what_it_cannot_do_fails_with_the_reason(editor, server, fields, words) -> None:
    connect(editor, server)
    failed = editor.generate(**fields)
    assert isinstance(failed, Failed)
    assert words in failed.message


def test_nothing_of_its_drafts_can_be_steered(editor, server) -> None:
    connect(editor, server)
    finished = editor.generate()
    assert all(span.slot == -1 for span in finished.spans)
    editor.engine.submit(Branch(job_id=3, parent=2, candidate=0, step=1, seed=9))
    assert "takes no canvas" in editor.wait(3).message
    assert "does not tell" in editor.ask(job_id=2, candidate=0, step=1, slot=0).message


def test_an_empty_answer_is_no_text(editor, server) -> None:
    connect(editor, server)
    server.does.text = " \n "
    assert "wrote nothing" in editor.generate().message


def test_an_instruction_needs_a_server_that_takes_one(editor, server) -> None:
    connect(editor, server, takes_suffix=True, chats=False)
    assert not editor.events[-1].model.takes_instructions
    assert "no instructions" in editor.generate(instruction="shorter").message


CHAT = RemoteServer(address="", key="", model="m", served=("m",), chats=True)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("jumped", "jumped"),
        ("\njumped \n", "jumped"),
        ("```\njumped\n```", "jumped"),
        ("```text\njumped", "jumped"),
        ("The quick brown fox jumped", "jumped"),
        ("jumped into the dark wood.", "jumped"),
    ],
)
def test_an_answer_is_freed_of_wrapping_and_repetition(answer, text) -> None:
    request = request_of(before="The quick brown fox ", after=" into the dark wood.")
    assert make_task(CHAT, Region.of(request)).fitted(answer, is_complete=True) == text


def test_words_do_not_grow_together_at_the_edges() -> None:
    request = request_of(before="The fox", region=", went,", after="into")
    text = make_task(CHAT, Region.of(request)).fitted("jumped", is_complete=True)
    assert text == " jumped "


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (LengthMode.SHORTER, "shorter than 2 words"),
        (LengthMode.WORDS, "exactly 5 words"),
        (LengthMode.LINES, "exactly 5 lines"),
    ],
)
def test_a_wished_length_is_said(mode, words) -> None:
    request = request_of(region="went slowly", length=Length(mode=mode, count=5))
    assert words in make_task(CHAT, Region.of(request)).body["messages"][1]["content"]


def request_of(**fields):
    """Return a request to rewrite a word."""
    defaults = {"job_id": 2, "revision": 0, "seed": 7, "region": "went"}
    return generate(**{**defaults, "before": "The fox ", "after": " off.", **fields})
