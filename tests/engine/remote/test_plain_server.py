"""A server that only writes on: how it is asked, and how its answer is made to fit."""

import asyncio
from dataclasses import replace
from typing import cast

import pytest

from engine.api import (
    Branch,
    Constraints,
    Failed,
    FinishReason,
    Length,
    LengthMode,
    SamplerOptions,
)
from engine.region.region import Region
from engine.remote import plain_job
from engine.remote.answer import Answer
from engine.remote.client import Client
from engine.remote.errors import ServerError
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


@pytest.mark.parametrize(
    ("answer", "after", "text"),
    [
        ("jumped into", " into the wood.", "jumped"),
        ("jumped.", ". Then it slept.", "jumped"),
        ("jumped ", " off.", "jumped"),
        ("the", "elephant", "the"),  # half a word is no word
        ("g(x)", ")", "g(x)"),  # what it closes it has opened
        ("x)", ")", "x"),
        ('say "no"', '"', 'say "no"'),
        ("say no”", "” he said", "say no"),
    ],
)
def test_nothing_that_follows_is_written_twice_however_short(answer, after, text) -> None:
    request = request_of(after=after)
    assert make_task(CHAT, Region.of(request)).fitted(answer, is_complete=True) == text


def test_an_end_that_was_doubled_before_stays() -> None:
    request = request_of(region="went.", after=".. and so on")
    assert make_task(CHAT, Region.of(request)).fitted("ran.", is_complete=True) == "ran."


def test_as_much_is_quoted_as_the_server_has_room_for() -> None:
    request = request_of(before="b" * 20_000, after="a" * 20_000)
    small = replace(CHAT, max_quoted=1000)
    content = make_task(small, Region.of(request)).body["messages"][1]["content"]
    assert "<before>" + "b" * 750 + "</before>" in content
    assert "<after>" + "a" * 250 + "</after>" in content
    # 1,000 tokens, of which 32 are for the text and 200 for the template, at three characters; the
    # region itself has four.
    told = replace(CHAT, context_length=1000)
    content = make_task(told, Region.of(request)).body["messages"][1]["content"]
    assert "<before>" + "b" * 1725 + "</before>" in content
    assert "<after>" + "a" * 575 + "</after>" in content


def test_a_model_that_thinks_has_room_for_it() -> None:
    thinking = replace(CHAT, reasons=True)
    assert make_task(CHAT, Region.of(request_of())).body["max_tokens"] == 32
    assert make_task(thinking, Region.of(request_of())).body["max_tokens"] == 32 + 4096


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


def learnt(
    monkeypatch: pytest.MonkeyPatch, looked: RemoteServer | ServerError, *meanwhile: Answer
) -> RemoteServer:
    """What is known after two cut answers, of which one asks, and what is written meanwhile."""
    looks: list[RemoteServer] = []

    async def look(_: Client, server: RemoteServer) -> RemoteServer:
        looks.append(server)
        await asyncio.sleep(0.02)
        if isinstance(looked, ServerError):
            raise looked
        return looked

    monkeypatch.setattr(plain_job, "look_inside", look)
    region = Region.of(generate(before="It ", region="was", after=" so."))
    job = plain_job.PlainJob(replace(CHAT, begins_inside=None), region)
    cut, client = Answer(text="I think so and", finish="length"), cast("Client", None)

    async def see(*answers: Answer) -> None:
        await asyncio.gather(*(job._see_inside(client, answer) for answer in answers))

    asyncio.run(see(cut, cut, *meanwhile))
    assert len(looks) == 1
    return job.server


def test_a_look_into_the_server_that_came_to_nothing_teaches_nothing(monkeypatch) -> None:
    assert learnt(monkeypatch, ServerError("gone")).begins_inside is None
    assert learnt(monkeypatch, replace(CHAT, begins_inside=False)).begins_inside is False


def test_what_an_answer_has_shown_is_not_forgotten_by_an_older_look(monkeypatch) -> None:
    whole = Answer(text="hm </think> The text.", finish="stop")
    server = learnt(monkeypatch, replace(CHAT, begins_inside=False), whole)
    assert (server.begins_inside, server.reasons) == (True, True)
