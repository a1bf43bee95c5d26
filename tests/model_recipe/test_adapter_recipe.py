"""The adapter's recipe on a tiny base: texts to tokens, training, export, evaluation."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.checkpoints.files import read_metadata
from engine.loading import load_model
from tests.model_recipe.test_recipe import ENVIRONMENT, ROOT, write_corpus
from tests.tiny_llama import write_base, write_folder

CANVAS = 24
SIZES = {
    "rank": 4,
    "sequences": 2,
    "length": 64,
    "windows": [8, 16],
    "window_shares": [1, 1],
    "canvas": CANVAS,
    "canvases": 2,
    "gap_lengths": [1, 2, 4],
    "gap_shares": [2, 1, 1],
    "total_steps": 4,
    "warmup_steps": 2,
}
ADAPTER_SCRIPTS = ROOT / "packaging" / "adapter"
MODEL_SCRIPTS = ROOT / "packaging" / "model"


def run(script: str, *arguments: str | Path) -> str:
    """Run a command of the recipe; return what it printed."""
    command = [sys.executable, ADAPTER_SCRIPTS / f"{script}.py", *arguments]
    places = os.pathsep.join([str(ROOT), str(MODEL_SCRIPTS)])
    environment = os.environ | ENVIRONMENT | {"PYTHONPATH": places}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base whose tokenizer knows our own sources."""
    path = tmp_path_factory.mktemp("base") / "tiny.gguf"
    write_base(path, [path.read_text("utf-8") for path in sorted(ROOT.glob("engine/*.py"))])
    return path


@pytest.fixture(scope="module")
def data(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts and tokens, and a checkpoint after two runs of two steps and four."""
    corpus, out = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("data")
    write_corpus(corpus)
    run("prepare", "--corpus", corpus, "--base", base, "--out", out)
    run("train_adapter", "--base", base, "--eager", "--settings", settings(out, total_steps=2))
    assert steps_of(out) == 2
    run("train_adapter", "--base", base, "--eager", "--settings", settings(out))
    return out


@pytest.fixture(scope="module")
def model(base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported folder."""
    folder = tmp_path_factory.mktemp("model")
    write_folder(folder, base, CANVAS)
    run("export_adapter", "--out", folder, "--settings", settings(data))
    return folder


def settings(data: Path, **others: object) -> str:
    return json.dumps({**SIZES, "folder": str(data), **others})


def steps_of(data: Path) -> int:
    return int(read_metadata(data / "checkpoint.safetensors")["step"])


def test_training_goes_on_where_it_was_stopped(data: Path) -> None:
    assert steps_of(data) == 4


def test_what_was_trained_is_exported_with_its_history(model: Path) -> None:
    assert read_metadata(model / "adapter.safetensors") == {"scale": "2.0"}
    history = json.loads((model / "training.json").read_text("utf-8"))
    assert history["steps"] == 4
    assert load_model(model, "cpu").info().canvas_length == CANVAS


def test_rows_are_measured_kept_and_not_measured_again(
    model: Path, data: Path, tmp_path: Path
) -> None:
    where = ("--model", model, "--data", data, "--texts", tmp_path, "--threads", "1")
    wanted = ("--only", "code/(single|four|draft_of_4|line)|instructions/shorter", "--tasks", "2")
    printed = run("evaluate_small", *where, *wanted)
    kept = json.loads((model / "evaluation.json").read_text("utf-8"))
    assert list(kept["code"]) == ["single_token", "four_tokens", "draft_of_4", "line"]
    assert kept["code"]["line"]["tasks"] == 2
    assert kept["instructions"]["shorter"]["tasks"] == 2
    assert len(printed.splitlines()) == 5
    written = (tmp_path / "shorter.jsonl").read_text("utf-8").splitlines()
    assert json.loads(written[0])["was"].startswith("Hi Marta")


def test_a_row_is_kept_for_its_adapter_and_as_many_tasks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (MODEL_SCRIPTS, ADAPTER_SCRIPTS):
        monkeypatch.syspath_prepend(str(folder))
    from evaluate_small import is_kept

    path = tmp_path / "evaluation.json"
    assert not is_kept(path, "code", "line", "abc", 10)
    path.write_text(json.dumps({"code": {"line": {"adapter": "abc", "asked": 10}}}))
    assert is_kept(path, "code", "line", "abc", 10)
    assert not is_kept(path, "code", "line", "abc", 11)
    assert not is_kept(path, "code", "line", "abd", 10)
    assert not is_kept(path, "code", "word", "abc", 10)
