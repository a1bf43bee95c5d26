"""The embedded model's architecture as a `config.json`, and its start weights."""

from typing import Any, Final

import torch
from recipe import BOS, EOS, PAD, Recipe
from torch import nn

from engine.model import DiffusionGemma, ModelConfig
from engine.model.layers import Experts, Layer

CANVAS_LENGTH: Final = 128
# Tokens of left context in training; the engine gives the model no more than that.
CONTEXT_LENGTH: Final = 128

_VISION: Final = {
    # The reference builds an image encoder in any case; this is the smallest it can be.
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


def config_json(recipe: Recipe) -> dict[str, Any]:
    """Return the `config.json` of the embedded model."""
    rope = {"rope_theta": 10_000.0}
    layer_types = (["sliding_attention"] * 2 + ["full_attention"]) * recipe.layer_groups
    return {
        "architectures": ["DiffusionGemmaForBlockDiffusion"],
        "model_type": "diffusion_gemma",
        "canvas_length": CANVAS_LENGTH,
        "tie_word_embeddings": True,
        "text_config": {
            "model_type": "diffusion_gemma_text",
            "vocab_size": recipe.vocab_size,
            "hidden_size": recipe.hidden_size,
            "intermediate_size": recipe.intermediate_size,
            "num_hidden_layers": len(layer_types),
            "layer_types": layer_types,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 64,
            "global_head_dim": 64,
            "num_global_key_value_heads": 2,
            "sliding_window": 96,
            "num_experts": recipe.num_experts,
            "top_k_experts": recipe.top_k_experts,
            "moe_intermediate_size": recipe.moe_intermediate_size,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "sliding_attention": {"rope_type": "default", **rope},
                "full_attention": {
                    "rope_type": "proportional",
                    "partial_rotary_factor": 0.5,
                    **rope,
                },
            },
            "pad_token_id": PAD,
            "eos_token_id": EOS,
            "bos_token_id": BOS,
        },
        "vision_config": _VISION,
    }


def new_model(recipe: Recipe) -> DiffusionGemma:
    """Return the model with its start weights, drawn from torch's global generator."""
    model = DiffusionGemma(ModelConfig.from_json(config_json(recipe)))
    hidden = model.config.hidden_size
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5)
        elif isinstance(module, Experts):
            nn.init.normal_(module.gate_up_proj, std=hidden**-0.5)
            nn.init.normal_(module.down_proj, std=module.down_proj.shape[-1] ** -0.5)
    nn.init.normal_(model.embed_tokens.weight, std=hidden**-0.5)
    _quiet_branches(model)
    return model


def _quiet_branches(model: DiffusionGemma) -> None:
    # Each branch ends in a norm of its own; small weights there make every layer start near the
    # identity, which trains faster than six unit-sized updates of the residual stream.
    for layer in model.layers:
        assert isinstance(layer, Layer)
        for norm in (layer.post_attention_layernorm, layer.post_feedforward_layernorm):
            assert norm.weight is not None
            with torch.no_grad():
                norm.weight.fill_(0.3)
