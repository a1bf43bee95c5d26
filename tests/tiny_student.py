"""A tiny model with a denoising adapter in a folder, and a student of it on short canvases."""

import random
from pathlib import Path

import torch
from safetensors.torch import save_file

from engine.teach.canvases import Drawing
from engine.teach.small import SmallStudent
from tests.tiny_llama import HIDDEN, INNER, LAYERS, write_base, write_folder

CANVAS = 24
RANK = 4
DRAWING = Drawing(
    length=64,
    windows=(8, 16),
    window_shares=(1, 1),
    canvas=CANVAS,
    canvases=2,
    gap_lengths=(1, 2, 4),
    gap_shares=(2, 1, 1),
)
_TEXT = "red green blue lamp door house walks stands over under the a one two three"
_WORDS = _TEXT.split()


def write_texts(folder: Path, count: int = 12) -> Path:
    """Write files of sentences, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        rng = random.Random(number)
        sentences = (" ".join(rng.choices(_WORDS, k=9)).capitalize() for _ in range(60))
        (folder / f"{number:02}.md").write_text(".\n".join(sentences) + f". File {number}.\n")
    return folder


def write_model(folder: Path) -> Path:
    """Write a model folder whose adapter changes every product."""
    folder.mkdir(parents=True, exist_ok=True)
    write_base(folder / "base.gguf", [_TEXT] * 20)
    write_folder(folder, folder / "base.gguf", canvas_length=CANVAS)
    random_, tensors = torch.Generator().manual_seed(5), {}
    tensors["free"] = torch.randn(HIDDEN, generator=random_)
    tensors["told"] = 0.3 * torch.randn(HIDDEN, HIDDEN, generator=random_)
    tensors |= halves(random_, "layers.{}.{}", RANK)
    save_file(tensors, folder / "adapter.safetensors", {"scale": "2.0"})
    return folder


def halves(random_: torch.Generator, name: str, rank: int) -> dict[str, torch.Tensor]:
    """Return random halves of every product, by a pattern of layer and part."""
    found = {}
    for layer in range(LAYERS):
        for part, (width, size) in SIZES.items():
            a = torch.randn(rank, size, generator=random_) / size**0.5
            b = 0.3 * torch.randn(width, rank, generator=random_)
            found[f"{name.format(layer, part)}.lora_A.weight"] = a
            found[f"{name.format(layer, part)}.lora_B.weight"] = b
    return found


SIZES = {
    "self_attn.q_proj": (32, HIDDEN),
    "self_attn.k_proj": (16, HIDDEN),
    "self_attn.v_proj": (16, HIDDEN),
    "self_attn.o_proj": (HIDDEN, 32),
    "mlp.gate_proj": (INNER, HIDDEN),
    "mlp.up_proj": (INNER, HIDDEN),
    "mlp.down_proj": (HIDDEN, INNER),
}


def student(folder: Path, seed: int = 0) -> SmallStudent:
    """Return a student of a tiny model."""
    cpu = torch.device("cpu")
    return SmallStudent(folder, cpu, seed=seed, rank=RANK, drawing=DRAWING)
