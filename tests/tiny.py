"""Tiny random checkpoints in the real layout, written without `transformers`."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from tokenizers.models import BPE

from engine.model import DiffusionGemma, ModelConfig

SPECIALS = ["<|pad|>", "<|eos|>", "<|bos|>", "<|filler|>"]
VOCAB_SIZE = 320
TEXT_CONFIG: dict[str, Any] = {
    "model_type": "diffusion_gemma_text",
    "vocab_size": VOCAB_SIZE,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "layer_types": ["sliding_attention", "full_attention"],
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "global_head_dim": 16,
    "num_global_key_value_heads": 1,
    "sliding_window": 8,
    "num_experts": 4,
    "top_k_experts": 2,
    "moe_intermediate_size": 16,
}
INLAY = {
    "name": "tiny",
    "filler_token_id": 3,
    "context_length": 64,
    "mark_known_from_start": True,
    "end_token_id": 1,
    "forbidden_token_ids": [0, 1, 2],
    "takes_instructions": False,
}


def config_json(canvas_length: int = 24, **text: Any) -> dict[str, Any]:
    """Return a `config.json`; keywords replace fields of the text config."""
    return {
        "model_type": "diffusion_gemma",
        "canvas_length": canvas_length,
        "dtype": "float32",
        "text_config": {**TEXT_CONFIG, **text},
    }


def random_model(config: ModelConfig, seed: int = 0, scale: float = 0.2) -> DiffusionGemma:
    """Return a model with random weights; norms and scalars stay at one."""
    model = DiffusionGemma(config).requires_grad_(requires_grad=False).eval()
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            parameter.normal_(std=scale, generator=generator)
    return model


def byte_tokenizer() -> Tokenizer:
    """Return a byte-level BPE: special tokens, the 256 bytes and a few merges."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("in", "g"), ("l", "o")]
    tokens = [*SPECIALS, *alphabet, *("".join(pair) for pair in merges)]
    vocab = {token: place for place, token in enumerate(tokens)}
    tokenizer = Tokenizer(BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIALS)
    return tokenizer


def gemma_like_tokenizer() -> Tokenizer:
    """Return a byte-fallback tokenizer with Gemma 4's turn tokens."""
    specials = ["<bos>", "<|turn>", "<turn|>", "<|channel>", "<channel|>"]
    pieces = [f"<0x{byte:02X}>" for byte in range(256)] + ["▁", "the", "▁the", "user", "model"]
    vocab = {token: place for place, token in enumerate([*specials, *pieces])}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[], byte_fallback=True))
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    tokenizer.add_special_tokens(specials)
    return tokenizer


def disk_tensors(model: DiffusionGemma) -> dict[str, torch.Tensor]:
    """Return the model's tensors under the names they have in a checkpoint."""
    names = {}
    for name, tensor in model.state_dict().items():
        disk = f"model.decoder.{name}"
        if ".encoder_layer_scalar" in name:
            leaf = name.replace("encoder_layer_scalar", "layer_scalar")
            disk = f"model.encoder.language_model.{leaf}"
        names[disk] = tensor.contiguous()
    return names


def write_folder(folder: Path, generation: dict[str, Any] | None = None, **text: Any) -> Path:
    """Write a complete tiny model folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = config_json(**text)
    model = random_model(ModelConfig.from_json(config))
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "inlay.json").write_text(json.dumps(INLAY))
    generation = {"max_denoising_steps": 6, **(generation or {})}
    (folder / "generation_config.json").write_text(json.dumps(generation))
    save_file(disk_tensors(model), folder / "model.safetensors")
    byte_tokenizer().save(str(folder / "tokenizer.json"))
    return folder
