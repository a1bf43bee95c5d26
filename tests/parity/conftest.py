"""Tiny random checkpoints saved by `transformers`, the oracle of these tests."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.loaders import Checkpoint, load_checkpoint

PROMPT_LENGTH = 29  # longer than every sliding window below
VISION = {
    "model_type": "gemma4_vision",
    "hidden_size": 8,
    "intermediate_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "global_head_dim": 8,
    "patch_size": 2,
    "position_embedding_size": 4,
}
BASE: dict[str, Any] = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "global_head_dim": 16,
    "num_global_key_value_heads": 1,
    "num_experts": 4,
    "moe_intermediate_size": 24,
}
SLIDING, FULL = "sliding_attention", "full_attention"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One checkpoint: why it is there, its text config, and how its files are written."""

    why: str
    text: dict[str, Any]
    canvas_length: int
    generation: dict[str, Any]
    embedding_std: float = 0.25  # logits of order 1; more makes the model sure of itself
    shard_size: str = "1GB"
    is_older_config: bool = False


SHAPES = [
    Shape(
        why="several sliding windows within the prompt; the generation config is silent",
        text={
            "num_hidden_layers": 3,
            "layer_types": [SLIDING, SLIDING, FULL],
            "sliding_window": 5,
            "top_k_experts": 2,
        },
        canvas_length=7,
        generation={},
    ),
    Shape(
        why="k = 1, sharded files, the older config serialisation, early stops and end tokens",
        text={
            "num_hidden_layers": 2,
            "layer_types": [SLIDING, FULL],
            "sliding_window": 11,
            "top_k_experts": 1,
        },
        canvas_length=12,
        generation={
            "max_denoising_steps": 20,
            "confidence_threshold": 2.5,
            "eos_token_id": [1, 5, 42, 86],
            "pad_token_id": 0,
        },
        embedding_std=2.0,
        shard_size="20KB",
        is_older_config=True,
    ),
    Shape(
        why="the default layer pattern, k = E, full layers with the sliding layers' KV heads",
        text={
            "num_hidden_layers": 6,
            "sliding_window": 4,
            "top_k_experts": 4,
            "num_global_key_value_heads": None,
        },
        canvas_length=10,
        generation={
            "max_denoising_steps": 16,
            "stability_threshold": 2,
            "confidence_threshold": 2.5,
            "sampler_config": 1.5,  # entropy bound
            "t_min": 0.1,
            "t_max": 0.3,
        },
        embedding_std=1.2,
    ),
]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The same folder in both implementations."""

    reference: Any
    ours: Checkpoint
    folder: Path

    def prompt(self) -> torch.Tensor:
        """Return fixed prompt ids [1, PROMPT_LENGTH]."""
        generator = torch.Generator().manual_seed(1)
        return torch.randint(0, 97, (1, PROMPT_LENGTH), generator=generator)


@pytest.fixture(scope="session", params=SHAPES, ids=lambda shape: shape.why.split(",")[0])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Write a shape's checkpoint with `transformers` and load it twice."""
    from transformers import DiffusionGemmaForBlockDiffusion

    folder = tmp_path_factory.mktemp("parity")
    _write(request.param, folder)
    reference = DiffusionGemmaForBlockDiffusion.from_pretrained(folder, dtype=torch.float32).eval()
    return Pair(reference=reference, ours=load_checkpoint(folder), folder=folder)


def _write(shape: Shape, folder: Path) -> None:
    from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion

    config = DiffusionGemmaConfig(
        text_config={**BASE, **shape.text},
        vision_config=VISION,
        canvas_length=shape.canvas_length,
        # A step's rounding goes into the next by self-conditioning. With weights of 0.25 it grows
        # tenfold every other step, and whole generations part on one processor and not on another;
        # with these it stays below 1e-4 of a probability.
        initializer_range=0.1,
    )
    torch.manual_seed(0)
    model = DiffusionGemmaForBlockDiffusion(config)
    torch.nn.init.normal_(model.model.decoder.embed_tokens.weight, std=shape.embedding_std)
    for index, (encoder, decoder) in enumerate(
        zip(model.model.encoder.language_model.layers, model.model.decoder.layers, strict=True)
    ):
        # The two copies may differ in a fine-tuned checkpoint.
        encoder.layer_scalar.fill_(0.9 + 0.02 * index)
        decoder.layer_scalar.fill_(1.1 - 0.03 * index)
    model.save_pretrained(folder, max_shard_size=shape.shard_size)
    _write_generation_config(shape, folder)
    if shape.is_older_config:
        _write_older_config(folder)


def _write_generation_config(shape: Shape, folder: Path) -> None:
    values = dict(shape.generation)
    if "sampler_config" in values:
        bound = values["sampler_config"]
        values["sampler_config"] = {
            "_cls_name": "EntropyBoundSamplerConfig",
            "entropy_bound": bound,
        }
    (folder / "generation_config.json").write_text(json.dumps(values))


def _write_older_config(folder: Path) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    text = config["text_config"]
    del text["per_layer_config"]
    text |= {"global_head_dim": 16, "num_global_key_value_heads": 1, "attention_k_eq_v": True}
    path.write_text(json.dumps(config))
