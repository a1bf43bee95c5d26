"""What Inlay Small learns by: the loss of both passes, and the file that comes of it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from engine.adapters import CONFIG, WEIGHTS
from engine.loaders.llama_checkpoint import load_llama
from engine.loaders.taught import TaughtModels
from engine.model import KVCache, llama
from engine.teach.canvases import draw_canvases
from engine.teach.denoising import cross_entropy
from engine.teach.small import SmallStudent
from tests.tiny_student import DRAWING, SIZES, student, write_model

UNTOLD = replace(DRAWING, drafted_share=0.0, believed_share=0.0)
IDS = torch.randint(3, 100, (1, DRAWING.length), generator=torch.Generator().manual_seed(2))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


def moved(model: Path) -> SmallStudent:
    """Return a student that has learned something."""
    found, random = student(model), torch.Generator().manual_seed(4)
    with torch.no_grad():
        for half in found.trained.values():
            half.add_(torch.randn(half.shape, generator=random), alpha=0.1)
    return found


def write_adapter(folder: Path, pupil: SmallStudent) -> Path:
    folder.mkdir()
    save_file({name: half.detach() for name, half in pupil.trained.items()}, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(pupil.peft_config()))
    return folder


@torch.no_grad()
def test_the_loss_is_that_of_both_passes_as_the_engine_runs_them(model, tmp_path) -> None:
    """Canvases that are told nothing, one by one, through the engine's own passes in float32."""
    pupil = moved(model)
    pupil._drawing = UNTOLD
    adapter = write_adapter(tmp_path / "taught", pupil)
    engine = TaughtModels(load_llama(model)[1], model, in_halves=False).model(adapter)
    random = torch.Generator().manual_seed(8)
    seed = int(torch.randint(2**62, (), generator=random))
    drawn = draw_canvases(pupil._drawing, 1, np.random.default_rng(seed))

    states = engine.encode(IDS, KVCache(engine.config))
    causal = F.cross_entropy(engine.logits(states[0, :-1]), IDS[0, 1:], reduction="none")
    total, weights = float(causal.sum()), float(len(causal))
    for start, free, weight in zip(drawn.starts.tolist(), drawn.free, drawn.weights, strict=True):
        cache = KVCache(engine.config)
        engine.encode(IDS[:, : start + 1], cache)
        canvas = IDS[:, start + 1 : start + 1 + DRAWING.canvas]
        hidden = _denoised(engine, canvas, cache, free[None], start - drawn.window)
        losses = F.cross_entropy(engine.logits(hidden[0]), canvas[0], reduction="none")
        total += float((losses * weight).sum())
        weights += float(weight.sum())
    found = float(pupil.loss(IDS, torch.Generator().manual_seed(8)))
    assert found == pytest.approx(total / weights, rel=1e-2)  # bfloat16 against float32


def _denoised(engine, canvas, cache, free, unseen: int) -> torch.Tensor:
    """Denoise with the first rows of the cache out of sight."""
    attention = llama.attention_in_parts

    def seeing(queries, parts, mask):
        (keys, values), *rest = parts
        past = keys[:, :, unseen:], values[:, :, unseen:]
        return attention(queries, (past, *rest), mask)

    llama.attention_in_parts = seeing
    try:
        return engine.denoise(canvas, None, cache, free)
    finally:
        llama.attention_in_parts = attention


def test_every_half_learns_from_both_passes(model) -> None:
    """As long as B is nothing, A learns nothing; then both do."""
    pupil = moved(model)
    loss = pupil.loss(IDS, torch.Generator().manual_seed(1))
    gradients = torch.autograd.grad(loss, list(pupil.trained.values()))
    assert all(one.abs().max() > 0 for one in gradients)


def test_the_gradient_is_that_of_finite_differences(model) -> None:
    """Along its own direction, since bfloat16 hides single numbers."""
    pupil = moved(model)
    pupil._drawing = UNTOLD  # what is told counts as given
    halves = list(pupil.trained.values())
    gradients = torch.autograd.grad(pupil.loss(IDS, torch.Generator().manual_seed(1)), halves)
    length = float(torch.cat([one.flatten() for one in gradients]).norm())
    step = 0.1 / length

    def at(distance: float) -> float:
        with torch.no_grad():
            for half, gradient in zip(halves, gradients, strict=True):
                half.add_(gradient, alpha=distance / length)
            return float(pupil.loss(IDS, torch.Generator().manual_seed(1)))

    above, below = at(step), at(-2 * step)
    assert (above - below) / (2 * step) == pytest.approx(length, rel=0.1)


def test_the_head_gives_the_losses_and_gradients_of_torchs_own() -> None:
    random = torch.Generator().manual_seed(3)
    hidden = torch.randn(300, 8, generator=random).requires_grad_()
    head, targets = torch.randn(40, 8, generator=random), torch.arange(300) % 40
    weights = torch.rand(300, generator=random)
    ours = cross_entropy(hidden, head, targets)
    theirs = F.cross_entropy(hidden @ head.T, targets, reduction="none")
    (found,), (expected,) = (
        torch.autograd.grad((losses * weights).sum(), [hidden]) for losses in (ours, theirs)
    )
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert cross_entropy(hidden[:0], head, targets[:0]).shape == (0,)


def test_the_file_has_pefts_names_and_shapes(model) -> None:
    pupil = student(model)
    shapes = {name: tuple(half.shape) for name, half in pupil.trained.items()}
    expected = {}
    for layer in range(2):
        for part, (width, size) in SIZES.items():
            prefix = f"base_model.model.model.layers.{layer}.{part}"
            expected[f"{prefix}.lora_A.weight"] = (4, size)
            expected[f"{prefix}.lora_B.weight"] = (width, 4)
    assert shapes == expected
    config = pupil.peft_config()
    assert config["r"] == 4
    assert config["lora_alpha"] == 8
    assert {f"{part}" for part in config["target_modules"]} == {
        name.rpartition(".")[2] for name in SIZES
    }
