"""What a GGUF file of DiffusionGemma says about itself, in the words of the JSON files."""

from collections.abc import Mapping
from typing import Any

from engine.errors import ModelFolderError

ARCHITECTURE = "diffusion-gemma"

_SAMPLER = {
    "diffusion.eb_max_steps": "max_denoising_steps",
    "diffusion.eb_t_min": "t_min",
    "diffusion.eb_t_max": "t_max",
    "diffusion.eb_stability_threshold": "stability_threshold",
    "diffusion.eb_confidence_threshold": "confidence_threshold",
}


def config_of(metadata: Mapping[str, Any], rotated_share: float) -> dict[str, Any]:
    """Return GGUF metadata in the form of `config.json`.

    `rotated_share` is that of a full layer's pairs that RoPE turns; no key has it.

    Raises:
        ModelFolderError: If a key that has no default is missing or of the wrong kind.
    """
    try:
        return _config_of(metadata, rotated_share)
    except KeyError as error:
        raise ModelFolderError(f"The GGUF file lacks the key {error}.") from error
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        raise ModelFolderError(
            f"The GGUF file's metadata are of the wrong kind ({error})."
        ) from error


def _config_of(metadata: Mapping[str, Any], rotated_share: float) -> dict[str, Any]:
    def get(key: str) -> Any:  # noqa: ANN401 - metadata may be anything
        return metadata[f"{ARCHITECTURE}.{key}"]

    count = int(get("block_count"))
    sliding = [bool(flag) for flag in get("attention.sliding_window_pattern")]
    kv_heads = [int(heads) for heads in get("attention.head_count_kv")]
    if not len(sliding) == len(kv_heads) == count:
        raise ValueError(f"{count} layers, {len(sliding)} windows, {len(kv_heads)} head counts")
    full = {"head_dim": int(get("attention.key_length"))}
    text = {
        "model_type": "diffusion_gemma_text",
        "vocab_size": len(metadata["tokenizer.ggml.tokens"]),
        "hidden_size": int(get("embedding_length")),
        "intermediate_size": int(get("feed_forward_length")),
        "num_hidden_layers": count,
        "layer_types": ["sliding_attention" if flag else "full_attention" for flag in sliding],
        "num_attention_heads": int(get("attention.head_count")),
        "num_key_value_heads": kv_heads[0],
        "head_dim": int(get("attention.key_length_swa")),
        "per_layer_config": {
            str(layer): full | {"num_key_value_heads": kv_heads[layer]}
            for layer in range(count)
            if not sliding[layer]
        },
        "sliding_window": int(get("attention.sliding_window")),
        "num_experts": int(get("expert_count")),
        "top_k_experts": int(get("expert_used_count")),
        "moe_intermediate_size": int(get("expert_feed_forward_length")),
        "rms_norm_eps": float(get("attention.layer_norm_rms_epsilon")),
        "final_logit_softcapping": float(get("final_logit_softcapping")),
        "max_position_embeddings": int(get("context_length")),
        "pad_token_id": metadata.get("tokenizer.ggml.padding_token_id", 0),
        "eos_token_id": metadata.get("tokenizer.ggml.eos_token_id", 1),
        "rope_parameters": {
            "sliding_attention": {
                "rope_type": "default",
                "rope_theta": float(get("rope.freq_base_swa")),
            },
            "full_attention": {
                "rope_type": "proportional",
                "rope_theta": float(get("rope.freq_base")),
                "partial_rotary_factor": rotated_share,
            },
        },
    }
    return {
        "model_type": "diffusion_gemma",
        "canvas_length": int(metadata["diffusion.canvas_length"]),
        "dtype": "bfloat16",
        "text_config": text,
    }


def generation_config_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sampler's settings of GGUF metadata in the form of `generation_config.json`."""
    found: dict[str, Any] = {
        name: metadata[key] for key, name in _SAMPLER.items() if key in metadata
    }
    if "diffusion.eb_entropy_bound" in metadata:
        bound = metadata["diffusion.eb_entropy_bound"]
        found["sampler_config"] = {
            "_cls_name": "EntropyBoundSamplerConfig",
            "entropy_bound": bound,
        }
    return found
