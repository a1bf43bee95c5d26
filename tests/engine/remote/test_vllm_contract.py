"""Every request for a canvas, held against what vLLM 0.33 documents."""

import pytest

from engine.api import Branch, Changes, Finished, Length, LengthMode, SlotChoice
from tests.engine.remote.conftest import Editor
from tests.engine.remote.stand_in import CANVAS, VOCABULARY, StandIn
from tests.engine.remote.vllm_contract import FIELDS, XARGS, refusal

SAME = Length(mode=LengthMode.SAME)


def sent(server: StandIn) -> list[dict]:
    """Return all that was asked for as a completion, while connecting as well."""
    return [asked.body for asked in server.asked if asked.path == "/v1/completions"]


def canvases(server: StandIn) -> list[dict]:
    """Return the parts of the requests for text that only a diffusion model takes."""
    return [body["vllm_xargs"] for body in server.bodies("/v1/completions")]


@pytest.fixture(autouse=True)
def journey(editor: Editor, server: StandIn) -> None:
    """Rewrite, with candidates, with pins, with less strength; pin in the draft, and melt."""
    assert editor.connect(server).model.canvas_length == CANVAS
    for number, fields in enumerate(
        ({"candidates": 3}, {"pinned": ((5, 8),)}, {"strength": 0.5}, {"instruction": "shorter"})
    ):
        region = "went and ran"
        assert isinstance(editor.generate(number + 2, region=region, **fields), Finished)
    changes = Changes(pin=(SlotChoice(slot=1),), renoise=(0,))
    editor.engine.submit(Branch(job_id=9, parent=3, candidate=0, step=1, seed=9, changes=changes))
    assert isinstance(editor.wait(9), Finished)


def test_no_request_for_text_is_refused_and_none_has_an_unknown_field(server: StandIn) -> None:
    bodies = server.bodies("/v1/completions")
    assert len(bodies) >= 8
    assert [refusal(body, CANVAS, VOCABULARY) for body in bodies] == [""] * len(bodies)
    assert {name for body in sent(server) for name in body} <= FIELDS
    assert {name for body in sent(server) for name in body["vllm_xargs"]} <= XARGS


def test_a_canvas_is_as_short_as_its_region_and_the_text_behind_it(server: StandIn) -> None:
    xargs = canvases(server)[0]
    behind = len(server.tokens.encode(" into the wood.<turn|>"))
    slots = server.bodies("/v1/completions")[0]["max_tokens"]
    assert xargs["diffusion_canvas_length"] == slots + behind
    assert len(xargs["diffusion_seed_canvas"]) == slots + behind


def test_a_server_without_shorter_canvases_gets_whole_ones(server: StandIn) -> None:
    other = StandIn()
    other.does.has_narrow_canvas = False
    editor = Editor()
    try:
        editor.connect(other)
        editor.generate()
        (xargs, *_) = canvases(other)
        assert "diffusion_canvas_length" not in xargs
        assert len(xargs["diffusion_seed_canvas"]) == CANVAS
    finally:
        editor.engine.close()
        other.close()
