"""A server that denoises canvases: what it is sent, and what is made of what it sends back."""

import pytest

from engine.api import (
    Branch,
    CandidateFinished,
    CanvasUpdated,
    Changes,
    Constraints,
    Failed,
    Finished,
    Length,
    LengthMode,
    Mode,
    SamplerOptions,
    SlotChoice,
    Started,
)
from tests.engine.remote.conftest import Editor
from tests.engine.remote.stand_in import CANVAS, StandIn

SAME = Length(mode=LengthMode.SAME)


@pytest.fixture(autouse=True)
def connected(editor: Editor, server: StandIn) -> None:
    """The editor has found out that the server takes canvases."""
    assert editor.connect(server).model.canvas_length == CANVAS


def canvas_of(server: StandIn) -> dict:
    """Return the body of the one request for text."""
    (body,) = server.bodies("/v1/completions")
    return body


def test_the_region_is_free_and_the_text_behind_it_is_held(editor, server) -> None:
    finished = editor.generate(region="went and ran", length=SAME)
    body = canvas_of(server)
    seed, pinned = (body["vllm_xargs"][f"diffusion_{n}"] for n in ("seed_canvas", "pinned"))
    behind = server.tokens.encode(" into the wood.<turn|>")
    assert len(seed) == 3 + len(behind)
    assert pinned == list(range(3, 3 + len(behind)))
    assert seed[3 : 3 + len(behind)] == behind
    assert body["max_tokens"] == 3
    assert finished.text == "jumped over it"


def test_the_prompt_is_the_template_and_then_the_text_before(editor, server) -> None:
    editor.generate(length=SAME, instruction=" make it so ")
    prompt = "".join(map(server.tokens.piece, canvas_of(server)["prompt"]))
    assert prompt == (
        "<|turn>user\nmake it so<turn|>\n<|turn>model\n<|channel>thought\n<channel|>The fox"
    )


def test_a_canvas_does_not_end_with_a_paragraph(editor, server) -> None:
    failed = editor.generate(length=Length(mode=LengthMode.PARAGRAPH), mode=Mode.CAUSAL)
    assert "end of a paragraph" in failed.message
    assert server.bodies("/v1/completions") == []


def test_names_of_special_tokens_in_the_text_stay_text(editor, server) -> None:
    editor.generate(length=SAME, before="write <turn|> and <|turn>user ", after=" <|channel>.")
    special = {server.tokens.encode(name)[0] for name in ("<turn|>", "<|turn>", "<|channel>")}
    body = canvas_of(server)
    own = body["prompt"][-10:]
    held = [body["vllm_xargs"]["diffusion_seed_canvas"][i] for i in range(1, 6)]
    assert not special & {*own, *held}


def test_every_event_of_a_job_comes_in_order(editor) -> None:
    finished = editor.generate(length=SAME)
    kinds = [type(event) for event in editor.of(2, object)]
    assert kinds == [Started, CanvasUpdated, CandidateFinished, Finished]
    assert editor.of(2, CanvasUpdated)[0].text == finished.text
    assert editor.of(2, CanvasUpdated)[0].max_steps == 0


def test_spans_tile_the_draft_and_are_slots(editor, server) -> None:
    finished = editor.generate(region="  went and ran ", before="The fox", length=SAME)
    assert finished.text == "  jumped over it "
    assert [s.start for s in finished.spans[1:]] == [s.end for s in finished.spans[:-1]]
    assert [span.slot for span in finished.spans] == [-1, 0, 1, 2, -1]


def test_one_candidate_tries_several_lengths_and_the_best_stays(editor, server) -> None:
    finished = editor.generate(region="went and ran", length=Length(mode=LengthMode.WORDS, count=3))
    tried = sorted(body["max_tokens"] for body in server.bodies("/v1/completions"))
    assert tried == [4, 5, 6]  # 3 words of 1.6 tokens: 5, and a little less and more
    assert finished.text == "jumped over it jumped"


def test_candidates_come_one_by_one_with_seeds_of_their_own(editor, server) -> None:
    finished = editor.generate(region="went and ran", candidates=4)
    assert {c.seed for c in editor.of(2, CandidateFinished)} == {7, 8, 9, 10}
    canvases = [b["vllm_xargs"]["diffusion_seed_canvas"] for b in server.bodies("/v1/completions")]
    assert len(canvases) == len({tuple(canvas) for canvas in canvases}) == 4
    assert len({c.text for c in finished.candidates}) == len(finished.candidates)


def test_the_same_seed_sends_the_same_canvas(editor, server) -> None:
    for job_id in (2, 3):
        editor.generate(job_id, length=SAME)
    one, other = server.bodies("/v1/completions")
    assert one == other


def test_a_light_touch_starts_from_the_old_text_with_fewer_steps(editor, server) -> None:
    editor.generate(region="went and ran and sang and slept", strength=0.25)
    xargs = canvas_of(server)["vllm_xargs"]
    old = server.tokens.encode(" went and ran and sang and slept")
    kept = sum(a == b for a, b in zip(xargs["diffusion_seed_canvas"], old, strict=False))
    assert kept >= 3
    assert xargs["diffusion_max_steps"] == 12


def test_the_wish_for_fewer_steps_is_passed_on(editor, server) -> None:
    editor.generate(length=SAME, sampler=SamplerOptions(max_denoising_steps=5))
    assert canvas_of(server)["vllm_xargs"]["diffusion_max_steps"] == 5


def test_a_region_that_ends_early_is_shorter(editor, server) -> None:
    server.does.text = " hopped<turn|>"
    assert editor.generate(region="went and ran", length=SAME).text == "hopped"


def test_a_long_text_behind_is_held_as_far_as_the_canvas_goes_and_quoted_beyond(
    editor, server
) -> None:
    editor.generate(length=SAME, after=" word" * 60 + " at last")
    body = canvas_of(server)
    assert body["vllm_xargs"]["diffusion_pinned"] == list(range(1, CANVAS))
    prompt = "".join(map(server.tokens.piece, body["prompt"]))
    assert "This comes later in the text" in prompt
    assert "at last" in prompt


def test_other_words_are_those_the_server_named(editor) -> None:
    editor.generate(length=SAME)
    found = editor.options(job_id=2, candidate=0, step=1, slot=0)
    assert [(option.text, option.rank) for option in found] == [("jumped", 0), ("else", 1)]


def test_a_pinned_word_is_held_while_the_rest_is_drafted_anew(editor, server) -> None:
    editor.generate(region="went and ran", length=SAME)
    server.does.text = " leapt"
    changes = Changes(pin=(SlotChoice(slot=1),), renoise=(0, 2))
    editor.engine.submit(Branch(job_id=3, parent=2, candidate=0, step=1, seed=9, changes=changes))
    finished = editor.wait(3)
    assert finished.text == "leapt over leapt"
    assert [span.pinned for span in finished.spans] == [False, True, False]


def test_another_word_can_be_put_in_and_melting_leaves_the_rest(editor, server) -> None:
    editor.generate(region="went and ran", length=SAME)
    server.does.text = " leapt"
    changes = Changes(pin=(SlotChoice(slot=0, rank=1),), renoise=(2,))
    branch = Branch(
        job_id=3, parent=2, candidate=0, step=1, seed=9, changes=changes, holds_rest=True
    )
    editor.engine.submit(branch)
    assert editor.wait(3).text == "else over leapt"


def test_a_branch_can_be_branched_from(editor, server) -> None:
    editor.generate(region="went and ran", length=SAME)
    for job_id in (3, 4):
        editor.engine.submit(Branch(job_id=job_id, parent=job_id - 1, candidate=0, step=1, seed=9))
        assert isinstance(editor.wait(job_id), Finished)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"region": "word " * 40}, "too long for this server"),
        ({"num_slots": 0}, "goes from 1"),
        ({"soft_edge": 1}, "soft edge"),
        ({"sampler": SamplerOptions(t_min=0.1)}, "temperatures"),
        ({"constraints": Constraints(characters="0-9")}, "other characters than 0-9"),
        ({"constraints": Constraints(pattern="x+")}, "does not match x+"),
        ({"constraints": Constraints(pattern="(")}, "cannot be used as a pattern"),
    ],
)
def test_what_cannot_be_had_fails_with_the_reason(editor, fields, words) -> None:
    failed = editor.generate(**fields)
    assert isinstance(failed, Failed)
    assert words in failed.message


@pytest.mark.parametrize("parent", [1, 99])
def test_a_branch_from_nothing_fails(editor, parent) -> None:
    editor.engine.submit(Branch(job_id=3, parent=parent, candidate=0, step=1, seed=9))
    assert "not remembered" in editor.wait(3).message


def test_the_oldest_drafts_are_forgotten(editor) -> None:
    for job_id in range(2, 10):
        editor.generate(job_id, length=SAME)
    editor.engine.submit(Branch(job_id=20, parent=2, candidate=0, step=1, seed=9))
    assert "not remembered" in editor.wait(20).message
