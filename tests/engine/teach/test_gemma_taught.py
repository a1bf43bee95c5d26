"""A DiffusionGemma taught from a folder of texts, and what came of it opened as a model."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.adapters import CONFIG, WEIGHTS, Condition, described
from engine.background import Control
from engine.checkpoints import Conversion, Residency, convert, open_reader
from engine.loaders import load_checkpoint
from engine.loaders.converted import load_converted
from engine.loading import load_model
from engine.model import DiffusionGemma, KVCache
from engine.teach.asked import Teaching
from engine.teach.command import said
from engine.teach.gemma import GemmaStudent, Lora
from engine.teach.run import teach
from tests.engine.checkpoints import layouts
from tests.tiny import write_folder

WORDS = ("lamp", "went", "out", "third", "time", "week", "nobody", "said", "door", "cold", "water")


@pytest.fixture
def texts(tmp_path) -> Path:
    folder, rng = tmp_path / "texts", random.Random(1)
    folder.mkdir()
    for number in range(12):
        words = " ".join(rng.choice(WORDS) for _ in range(150))
        (folder / f"{number}.md").write_text(words)
    return folder


def taught(texts: Path, root: Path, seed: int, gaps: int = 0):
    asked = Teaching(
        name="lamp",
        places=(str(texts),),
        steps=6,
        seed=seed,
        model=str(write_folder(root / "model")),
        device="cpu",
        gaps=gaps,
    )
    return teach(asked, Control(), lambda what: None, root=root), root / "lamp"


@torch.no_grad()
def logits(model: DiffusionGemma) -> torch.Tensor:
    cache = KVCache(model.config)
    model.encode(torch.arange(20, 44)[None], cache)
    return model.logits(model.denoise(torch.arange(50, 74)[None], None, cache))


def as_student(base: DiffusionGemma, adapter: Path, lora: Lora) -> DiffusionGemma:
    """Return a student's model with the halves of an adapter."""
    student = GemmaStudent(base, "base", lora)
    halves = load_file(adapter / WEIGHTS)
    assert halves.keys() == student.trained.keys()
    with torch.no_grad():
        for name, half in student.trained.items():
            half.copy_(halves[name])
    return base


def test_what_was_taught_of_a_diffusion_gemma_is_opened_as_a_model(texts, tmp_path) -> None:
    card, adapter = taught(texts, tmp_path, seed=3, gaps=2)
    assert described(adapter).condition is Condition.READY
    assert card.loss_after < card.loss_before
    assert card.measured_before.keys() == card.measured_after.keys() != set()
    assert "lamp" in said("lamp", replace(card, helps=True)).rpartition("--model")[2]
    assert load_model(adapter, "cpu").profile.name == "tiny"
    opened = logits(load_checkpoint(adapter, dtype=torch.float32).model)
    base = load_checkpoint(tmp_path / "model").model
    assert (opened - logits(base)).abs().max() > 1e-3
    student = as_student(base, adapter, Lora())
    torch.testing.assert_close(opened, logits(student), rtol=1e-4, atol=1e-5)


def test_a_seed_gives_one_adapter_to_the_last_bit(texts, tmp_path) -> None:
    files = [
        (taught(texts, tmp_path / str(run), seed)[1] / WEIGHTS).read_bytes()
        for run, seed in enumerate((3, 3, 4))
    ]
    assert files[0] == files[1] != files[2]


@pytest.mark.parametrize("dense", ["bfloat16", "int8", "int4"])
@pytest.mark.parametrize("layout", [layouts.modelopt_folder, layouts.compressed_folder])
def test_converted_with_its_model_it_computes_what_the_packed_student_does(
    layout, dense, tmp_path
) -> None:
    folder = layout(tmp_path / "base")  # with NVFP4 experts, and with all of it in NVFP4

    def packed(adapter: Path | None, residency: Residency) -> DiffusionGemma:
        job = Conversion(reader=open_reader(folder, adapter), residency=residency, threads=1)
        return load_converted(convert(job, tmp_path / "cache"), dtype=torch.float32).model

    base, lora = packed(None, Residency(dense="bfloat16")), Lora(rank=4, alpha=8)
    plain, adapter = logits(base), tmp_path / "adapter"
    student, generator = GemmaStudent(base, "base", lora), torch.Generator().manual_seed(1)
    with torch.no_grad():
        halves = {
            name: half.normal_(std=0.1, generator=generator).detach()
            for name, half in student.trained.items()
        }
    adapter.mkdir()
    save_file(halves, adapter / WEIGHTS)
    (adapter / CONFIG).write_text(json.dumps(student.peft_config()))
    ours, theirs = logits(student.model), logits(packed(adapter, Residency(dense=dense)))
    # The sum is rounded to its format, where the student has the halves by themselves; in 4 bits
    # the difference would be half of all that the adapter does.
    assert (ours - theirs).norm() < 0.1 * (ours - plain).norm()
