"""The recipe from texts to a model that was measured, each command, on a corpus of our own files.

Nothing is learned in two steps; what is tested is that the commands fit together, take up where
they were stopped, and write what the model card speaks of.
"""

import json
import lzma
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors import safe_open

ROOT = Path(__file__).parents[2]
BOOK_CHARACTERS = 10_000
# Compiling takes longer than the few steps; one thread as other tests run beside.
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "TORCHDYNAMO_DISABLE": "1", "OMP_NUM_THREADS": "1"}


def run(script: str, *arguments: str | Path) -> str:
    """Run a command of the recipe; return what it printed."""
    command = [sys.executable, ROOT / "packaging" / "model" / f"{script}.py", *arguments]
    environment = os.environ | ENVIRONMENT
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_corpus(folder: Path) -> None:
    """Write our sources as code and our documents, cut into books, as prose."""
    code = [
        (str(path), path.read_text("utf-8")) for path in sorted((ROOT / "engine").rglob("*.py"))
    ]
    prose = "\n".join(path.read_text("utf-8") for path in sorted(ROOT.glob("*.md")))
    starts = range(0, len(prose), BOOK_CHARACTERS)
    books = [(str(start), prose[start : start + BOOK_CHARACTERS]) for start in starts]
    for kind, documents in (("code", code), ("prose", books)):
        with lzma.open(folder / f"{kind}.jsonl.xz", "wt", encoding="utf-8") as file:
            for path, text in documents:
                file.write(json.dumps({"source": "ours", "path": path, "text": text}) + "\n")


def steps_of(data: Path) -> int:
    with safe_open(data / "checkpoint.safetensors", "pt") as file:
        return int(file.metadata()["step"])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Split texts, tokenizer and tokens."""
    corpus, out = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("data")
    write_corpus(corpus)
    run("corpus", "--corpus", corpus, "--out", out)
    run("tokenizer_training", "--data", out)
    run("tokens", "--data", out)
    return out


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder after one causal step and two of denoising, which resumed the first."""
    folder = tmp_path_factory.mktemp("model")
    checkpoint = data / "checkpoint.safetensors"
    run("train", "--data", data, "--steps", "1", "--causal-alone")
    run("export", "--checkpoint", checkpoint, "--out", folder)
    assert steps_of(data) == 1
    run("train", "--data", data, "--steps", "3", "--start-from", folder)
    run("export", "--checkpoint", checkpoint, "--out", folder)
    assert steps_of(data) == 3
    return folder


def test_no_document_is_in_both_splits(data: Path) -> None:
    for kind in ("prose", "code"):
        train, validation = (
            set((data / f"{split}_{kind}.jsonl").read_text("utf-8").splitlines())
            for split in ("train", "validation")
        )
        assert train
        assert validation
        assert not train & validation


def test_what_was_trained_is_measured_and_the_rows_are_kept(model: Path, data: Path) -> None:
    printed = run(
        "evaluate", "--model", model, "--data", data, "--tasks", "2", "--only", "gap_2(_causal)?$"
    )
    kept = json.loads((model / "evaluation.json").read_text("utf-8"))
    for kind in ("prose", "code"):
        assert list(kept[kind]) == ["gap_2", "gap_2_causal"]
        assert kept[kind]["gap_2"]["tasks"] == 2
    assert len(re.findall("^(?:prose|code) +gap_2", printed, re.MULTILINE)) == 4
    assert "| tokens missing | prose: exact |" in printed
    only = ("--kinds", "code", "--only", "line_causal", "--tasks", "1")
    run("evaluate", "--model", model, "--data", data, *only)
    kept = json.loads((model / "evaluation.json").read_text("utf-8"))
    assert list(kept["code"]) == ["gap_2", "gap_2_causal", "line_causal"]


def test_the_losses_are_drawn(model: Path, data: Path) -> None:
    # Every tenth step is logged, and these were fewer.
    line = {"step": 10, "seconds": 1.0, "causal_loss": 7.5, "denoising_loss": 7.6}
    (data / "training_log.jsonl").write_text(json.dumps(line | {"step": 20}) + "\n")
    run("curves", "--log", data / "training_log.jsonl", "--out", model)
    assert json.loads((model / "training.json").read_text("utf-8"))["step"] == [20]
    assert (model / "training.svg").read_text("utf-8").startswith("<svg")


def test_a_part_is_left_out_and_what_was_learned_is_probed(
    model: Path, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ablations.json"
    short = ("--steps", "1", "--batches", "1", "--only", "everything$")
    places = ("--start-from", model, "--data", data, "--folder", tmp_path / "variants")
    run("ablations", *places, "--out", out, *short)
    figures = json.loads(out.read_text("utf-8"))["everything"]
    assert {"single", "four", "whole canvas", "causal"} <= set(figures)
    assert all(0 <= figures[name] <= 1 for name in ("single", "four", "causal"))
