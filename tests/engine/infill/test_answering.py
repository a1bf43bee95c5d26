"""A passage rewritten sentence by sentence: what is chosen of what was written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from engine.api import Length, LengthMode, SamplerOptions
from engine.errors import BadRequestError
from engine.infill import CandidateDone, ContextCache, DraftStep, plan_job
from engine.infill.answering import Rewriting
from engine.infill.engine import InfillEngine
from engine.infill.ranking import Likelihood
from engine.loading import load_model
from tests.requests import generate
from tests.tiny_llama import HIDDEN, write_base, write_folder

PASSAGE = "The lamp, which is green, stands here. It was bought by Anna in 1912."


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> InfillEngine:
    folder = tmp_path_factory.mktemp("model")
    write_base(folder / "base.gguf", [PASSAGE] * 20)
    write_folder(folder, folder / "base.gguf", canvas_length=64)
    zeros = {"free": torch.zeros(HIDDEN), "told": torch.zeros(HIDDEN, HIDDEN)}
    save_file(zeros, folder / "adapter.safetensors", {"scale": "1.0"})
    path = folder / "inlay.json"
    values = json.loads(path.read_text()) | {"rewrites_in_chat": True, "context_length": 512}
    path.write_text(json.dumps(values))
    return load_model(folder, "cpu").engine(SamplerOptions())


def run(
    engine: InfillEngine, instruction: str, region: str = PASSAGE, **wishes: object
) -> list[DraftStep | CandidateDone]:
    fields = {"before": "", "after": "", "seed": 3, "region": region, "instruction": instruction}
    request = generate(job_id=1, revision=0, **(fields | wishes))
    job = plan_job(engine, request, ContextCache())
    assert isinstance(job, Rewriting)
    return list(job.run())


def texts(found: list[DraftStep | CandidateDone]) -> list[str]:
    return [item.draft.text for item in found if isinstance(item, CandidateDone)]


def answers(monkeypatch: pytest.MonkeyPatch, *written: list[str]) -> None:
    """Let the model write these answers, for each sentence a list."""
    lists: Iterator[list[str]] = iter(written)

    def shown(*_: object) -> Iterator[DraftStep]:
        yield from ()
        return next(lists)

    monkeypatch.setattr(Rewriting, "_shown", shown)


def test_every_token_is_a_step_and_the_text_is_shorter(engine: InfillEngine) -> None:
    found = run(engine, "Make it shorter.")
    steps = [item.step for item in found if isinstance(item, DraftStep)]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) > 2
    (text,) = texts(found)
    assert 0 < len(text.split()) < 14


def test_the_answer_that_keeps_what_is_said_is_taken(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def equal(*judged: Any) -> list[Likelihood]:
        return [Likelihood((0.0,), ())] * len(judged[3])

    monkeypatch.setattr("engine.infill.answering.likelihoods", equal)
    answers(
        monkeypatch,
        ["Sure! The lamp stands here.", "A green lamp stands here, as an AI assistant said."],
        ["She bought it.", "Anna bought it herself in 1912.", "Bob bought it in 1913."],
    )
    (text,) = texts(run(engine, "Make it friendlier."))
    assert "Sure" not in text
    assert "AI" not in text
    assert text.endswith("Anna bought it herself in 1912.")


def test_what_is_to_be_longer_gets_a_sentence_more_if_nothing_else_helps(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, [], [], ["no end", " It shines at night. And then"])
    found = run(engine, "Make it longer.", length=Length(mode=LengthMode.LONGER))
    assert texts(found) == [PASSAGE + " It shines at night."]


def test_candidates_are_different_and_seen_ones_come_last(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = ["It is Anna who bought it in 1912.", "In 1912 it was bought by our Anna."]
    answers(monkeypatch, written, written)
    region = "It was bought by Anna in 1912."
    one, other = texts(run(engine, "Make it formal.", region, candidates=2))
    assert {one, other} == set(written)
    (again,) = texts(run(engine, "Make it formal.", region, avoid=(one,)))
    assert again == other


def test_white_space_around_and_between_stays(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, ["One was here with us."], ["Two were here with us."])
    region = "  We saw one of them.\n\nWe saw two of them.\n"
    assert texts(run(engine, "Make it friendlier.", region)) == [
        "  One was here with us.\n\nTwo were here with us.\n"
    ]


def test_nothing_to_rewrite_is_refused(engine: InfillEngine) -> None:
    with pytest.raises(BadRequestError, match="Select the text"):
        run(engine, "Make it shorter.", " \n")
