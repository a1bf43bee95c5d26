"""What Inlay Small was taught against PEFT on `transformers`' Llama: one file, one result."""

import json
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

from engine.adapters import CONFIG, WEIGHTS
from engine.checkpoints.gguf_llama import LlamaFile
from engine.loaders.llama_checkpoint import load_llama
from engine.loaders.taught import TaughtModels
from engine.model import KVCache
from tests.tiny_llama import HEADS, HIDDEN, INNER, KV_HEADS, LAYERS
from tests.tiny_student import student, write_model

TOLERANCE = 1e-4  # absolute, on logits of up to 10


def reference(path: Path) -> LlamaForCausalLM:
    file = LlamaFile(path)
    weights = {f"model.{name}": weight for name, weight in file.weights()}
    config = LlamaConfig(
        vocab_size=file.config()["vocab_size"],
        hidden_size=HIDDEN,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        rms_norm_eps=1e-5,
        rope_theta=10_000.0,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
    )
    model = LlamaForCausalLM(config)
    model.load_state_dict(weights | {"lm_head.weight": weights["model.embed_tokens.weight"]})
    return model.eval()


@torch.no_grad()
# PEFT asks a model of `transformers` by a name that is to go.
@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated")
def test_peft_makes_of_the_file_what_the_engine_makes_of_it(tmp_path: Path) -> None:
    folder, pupil = write_model(tmp_path / "model"), student(write_model(tmp_path / "other"))
    random = torch.Generator().manual_seed(1)
    for half in pupil.trained.values():
        half.add_(torch.randn(half.shape, generator=random), alpha=0.1)
    taught = tmp_path / "taught"
    taught.mkdir()
    save_file(dict(pupil.trained), taught / WEIGHTS, {"format": "pt"})
    (taught / CONFIG).write_text(json.dumps(pupil.peft_config()))
    ids = torch.randint(3, 100, (1, 30), generator=random)

    plain = load_llama(folder)[1]
    engine = TaughtModels(plain, folder, in_halves=False).model(taught)
    expected = PeftModel.from_pretrained(reference(folder / "base.gguf"), taught)(ids).logits
    found, without = (
        model.logits(model.encode(ids, KVCache(model.config))) for model in (engine, plain)
    )
    error = (found - expected).abs().max().item()
    print(f"max abs error {error:.1e}")
    assert error < TOLERANCE < (without - expected).abs().max()
