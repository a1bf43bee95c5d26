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


def equally_likely(*judged: Any) -> list[Likelihood]:
    """Judge all texts alike, so that the rules alone decide."""
    return [Likelihood((0.0,), ())] * len(judged[3])


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
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
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
    # Before another sentence, too; behind half of one, it would stand in the middle.
    whole, half = "It was bought by Anna.", "It was bought by"
    for region, after, more in ((whole, " So it is hers.", " It shines."), (half, " Anna.", "")):
        answers(monkeypatch, [], [" It shines."])
        found = run(engine, "Longer.", region, after=after, length=Length(mode=LengthMode.LONGER))
        assert texts(found) == [region + more]


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
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
    answers(monkeypatch, ["We saw one of those boats."], ["We saw two of those boats."])
    region = "  We saw one of the boats.\n\nWe saw two of the boats.\n"
    assert texts(run(engine, "Make it friendlier.", region)) == [
        "  We saw one of those boats.\n\nWe saw two of those boats.\n"
    ]


def test_nothing_to_rewrite_is_refused(engine: InfillEngine) -> None:
    with pytest.raises(BadRequestError, match="Select the text"):
        run(engine, "Make it shorter.", " \n")


def test_what_is_right_stays_when_it_is_to_be_corrected(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, ["Wholly other words."], ["And others again here."])
    assert texts(run(engine, "Fix the spelling and grammar.")) == [PASSAGE]


def test_a_mistake_is_corrected_where_that_makes_the_document_likelier(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(model: Any, cache: Any, last: Any, ids: list[list[int]], _: Any) -> Any:
        texts = [engine.codec.decode(one) for one in ids]
        return [Likelihood((-8.0 * ("were bought" in text),), ()) for text in texts]

    monkeypatch.setattr("engine.infill.answering.likelihoods", judged)
    # That the model wrote the sentence itself as well, and before another, changes nothing.
    written = ["It were bought by Anna in 1912.", "It was bought by Anna in 1912.", "It is Bob's."]
    answers(monkeypatch, written)
    region = "It were bought by Anna in 1912."
    assert texts(run(engine, "Fix the grammar.", region)) == ["It was bought by Anna in 1912."]


# What is unchanged costs 0.9.
@pytest.mark.parametrize(("loss", "is_changed"), [(2.0, True), (3.5, False)])
def test_nothing_is_changed_only_in_order_to_change_something(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch, loss: float, is_changed: bool
) -> None:
    region, worse = "It was bought by Anna in 1912.", "It was bought by the Anna in 1912."

    def judged(*arguments: Any) -> list[Likelihood]:
        found = [engine.codec.decode(ids) for ids in arguments[3]]
        return [Likelihood((-loss * (text == worse),), ()) for text in found]

    monkeypatch.setattr("engine.infill.answering.likelihoods", judged)
    answers(monkeypatch, [worse])
    assert texts(run(engine, "Make it nicer.", region)) == [worse if is_changed else region]


def test_candidates_differ_only_where_the_next_best_is_nearly_as_good(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def much_worse(*judged: Any) -> list[Likelihood]:
        texts = [engine.codec.decode(ids) for ids in judged[3]]
        return [Likelihood((-5.0 * ("stands" not in text),), ()) for text in texts]

    monkeypatch.setattr("engine.infill.answering.likelihoods", much_worse)
    answers(
        monkeypatch,
        ["The green lamp stands here.", "The green lamp is here."],
        ["In 1912 Anna bought what stands.", "Anna bought in 1912 what stands."],
    )
    found = texts(run(engine, "Make it clearer.", candidates=2))
    assert len(set(found)) == 2
    assert all("stands here" in text for text in found)


def test_letters_and_corrections_begin_their_sentences(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
    written = ["hello all, we meet here at noon."]
    answers(monkeypatch, [], [], written)
    region = "hi all, we meet here at noon."
    assert texts(run(engine, "Make it more formal.", region)) == ["Hi all, we meet here at noon."]
    # Half a sentence is none, and for other wishes nobody has asked.
    assert texts(run(engine, "Make it more formal.", region, before="So ")) == [region]
    assert texts(run(engine, "Make it nicer.", region)) == written

    def judged(model: Any, cache: Any, last: Any, ids: list[list[int]], _: Any) -> Any:
        found = [engine.codec.decode(one) for one in ids]
        return [Likelihood((-4.0 * (one[:1].islower() + (" i " in one)),), ()) for one in found]

    monkeypatch.setattr("engine.infill.answering.likelihoods", judged)
    answers(monkeypatch, [])
    found = texts(run(engine, "Fix the grammar.", "on monday i was at home."))
    assert found == ["On monday I was at home."]


def test_what_is_cut_off_at_its_longest_loses_its_half_sentence(engine: InfillEngine) -> None:
    """The model never ends a text here, so all are as long as they may be."""
    for text in texts(run(engine, "Make it longer.", length=Length(mode=LengthMode.LONGER))):
        assert text.rstrip().endswith((".", "!", "?"))


def test_what_is_not_rewritten_yet_stands_behind_what_is(engine: InfillEngine) -> None:
    """So that who stops in the middle loses nothing."""
    region = "  The lamp is green.\n\nIt was bought by Anna.\n"
    steps = [one for one in run(engine, "Make it clearer.", region) if isinstance(one, DraftStep)]
    assert steps[0].draft.text.startswith("  ")
    assert steps[0].draft.text.endswith("\n\nIt was bought by Anna.\n")
    assert not steps[-1].draft.text.endswith("It was bought by Anna.\n")


def test_a_sentence_that_is_left_out_leaves_its_paragraph_s_end(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
    answers(monkeypatch, [], [], [])
    region = "We met Anna in Ghent.\n\nWe saw the long green hills.\n\nWe left Anna in Rome."
    (text,) = texts(run(engine, "Make it shorter.", region))
    assert text == "We met Anna in Ghent.\n\nWe left Anna in Rome."


LIST = """- We saw one of the boats.
2. We saw two of the boats.
  * [ ] We saw six of the boats
-
> ## We saw ten of the boats"""


def test_the_marks_of_lists_stay_and_the_model_never_sees_them(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
    asked = []
    prompt = Rewriting._prompt

    def noted(job: Rewriting, sentence: str) -> list[int]:
        asked.extend([sentence] if sentence else [])
        return prompt(job, sentence)

    monkeypatch.setattr(Rewriting, "_prompt", noted)
    written = [f"We saw {number} of those boats." for number in ("one", "two", "six", "ten")]
    answers(monkeypatch, written[:1], [f"- {written[1]}"], written[2:3], written[3:])
    (text,) = texts(run(engine, "Make it friendlier.", LIST))
    assert text == (
        "- We saw one of those boats.\n2. We saw two of those boats.\n"
        "  * [ ] We saw six of those boats\n-\n> ## We saw ten of those boats"
    )
    assert asked == [
        "We saw one of the boats.",
        "We saw two of the boats.",
        "We saw six of the boats",
        "We saw ten of the boats",
    ]


def test_a_list_that_gets_no_shorter_keeps_its_items(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
    answers(monkeypatch, [], [], [])
    region = "- met her in the city\n- saw the long green hills\n- left her there then"
    assert texts(run(engine, "Make it shorter.", region)) == [region]


def test_half_a_sentence_gets_no_full_stop_before_what_goes_on(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
    # Alike in all else, letters decide: a made-up stop and capital cost, and "were" costs most.
    monkeypatch.setattr("engine.infill.answering.change", lambda old, new: 9.0 * ("were" in new))
    answers(monkeypatch, ["The lamp was bought."], ["The lamp was bought."])
    region, instruction = "the lamp were bought", "Fix the grammar."
    around = {"before": "As you see, ", "after": " by Anna in 1912."}
    assert texts(run(engine, instruction, region, **around)) == ["the lamp was bought"]
    assert texts(run(engine, instruction, region)) == ["The lamp was bought."]


def test_a_correction_is_judged_by_what_the_sentence_goes_on_with(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind: list[str] = []

    def judged(_: Any, __: Any, ___: Any, ids: list[list[int]], following: list[int]) -> Any:
        behind.append(engine.codec.decode(following))
        led = [-9.0 * ("were" in engine.codec.decode(one)) for one in ids]
        return [Likelihood((0.0,), (nats,)) for nats in led]

    monkeypatch.setattr("engine.infill.answering.likelihoods", judged)
    answers(monkeypatch, ["The lamp was bought"])
    found = run(engine, "Fix the grammar.", "The lamp were bought", after=" by Anna.")
    assert texts(found) == ["The lamp was bought"]
    assert behind == [" by Anna."]


@pytest.mark.parametrize("instruction", ["Make it shorter.", "Make it longer."])
def test_the_half_of_a_sentence_is_neither_left_out_nor_ended(
    instruction: str, engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.infill.answering.likelihoods", equally_likely)
    answers(monkeypatch, [], [], [" It shines at night. And"])
    region = "We met Anna. The long green hills and many old trees there"
    found = texts(run(engine, instruction, region, after=" were seen."))
    assert found == [region]


def test_a_cancel_is_looked_at_while_a_sentence_is_judged(
    engine: InfillEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []

    def one_more(*asked: Any) -> list[Likelihood]:
        judged.append(len(asked[3]))
        return equally_likely(*asked)

    monkeypatch.setattr("engine.infill.answering.likelihoods", one_more)
    monkeypatch.setattr("engine.infill.answering._JUDGED_AT_ONCE", 1)
    answers(monkeypatch, ["The lamp stands.", "A lamp stands.", "It stands here."])
    request = generate(region=PASSAGE, instruction="Make it friendlier.", seed=3)
    task = plan_job(engine, request, ContextCache()).task
    job = Rewriting(task, lambda: len(judged) == 2)
    assert list(job.run()) == []
    assert judged == [1, 1]
