"""The architecture, read from either serialisation of a DiffusionGemma `config.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import ModelFolderError

SLIDING = "sliding_attention"
FULL = "full_attention"

_DEFAULT_ROPE: dict[str, dict[str, Any]] = {
    SLIDING: {"rope_type": "default", "rope_theta": 10_000.0},
    FULL: {
        "rope_type": "proportional",
        "partial_rotary_factor": 0.25,
        "rope_theta": 1_000_000.0,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerConfig:
    """What differs from layer to layer: the attention."""

    is_sliding: bool
    head_dim: int
    num_key_value_heads: int
    rope_theta: float
    rope_pairs: int  # rotated pairs of the head's first half; the others do not rotate

    @property
    def has_v_proj(self) -> bool:
        """Whether values have a projection of their own; full layers reuse the keys."""
        return self.is_sliding


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The text model's shape; names as in the checkpoint's `text_config`."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_attention_heads: int
    num_experts: int
    top_k_experts: int
    moe_intermediate_size: int
    sliding_window: int  # rows a token sees including itself
    rms_norm_eps: float
    final_logit_softcapping: float
    canvas_length: int  # tokens
    max_position_embeddings: int  # tokens
    pad_token_id: int | None
    eos_token_ids: tuple[int, ...]
    dtype: str  # of the stored weights, as the file says
    layers: tuple[LayerConfig, ...]

    @property
    def windows(self) -> tuple[int | None, ...]:
        """For each layer the cached rows a token sees, without itself; None: all of them."""
        return tuple(self.sliding_window - 1 if layer.is_sliding else None for layer in self.layers)

    def describe(self) -> str:
        """Say what the model is, in a line for people."""
        sliding = sum(layer.is_sliding for layer in self.layers)
        return (
            f"diffusion_gemma, {len(self.layers)} layers ({sliding} sliding, window "
            f"{self.sliding_window}), hidden {self.hidden_size}, {self.num_experts} experts "
            f"top-{self.top_k_experts}, vocabulary {self.vocab_size}"
        )

    def __post_init__(self) -> None:
        """Reject shapes that cannot run.

        Raises:
            ModelFolderError: With the name, the value and the bound.
        """
        names = ("vocab_size", "hidden_size", "num_experts", "sliding_window", "canvas_length")
        for name in names:
            if getattr(self, name) < 1:
                raise ModelFolderError(f"config.json: {name} is {getattr(self, name)}, must be ≥ 1")
        if not 1 <= self.top_k_experts <= self.num_experts:
            raise ModelFolderError(
                f"config.json: top_k_experts is {self.top_k_experts}, "
                f"must lie between 1 and num_experts ({self.num_experts})"
            )
        for index, layer in enumerate(self.layers):
            if self.num_attention_heads % layer.num_key_value_heads:
                raise ModelFolderError(
                    f"config.json: layer {index} shares {self.num_attention_heads} query heads "
                    f"among {layer.num_key_value_heads} key-value heads, which does not divide"
                )

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> "ModelConfig":
        """Read the decoded `config.json` of a DiffusionGemma folder.

        Raises:
            ModelFolderError: If it is another model type, lacks a field or asks for something
                this engine does not do.
        """
        text = config.get("text_config")
        if config.get("model_type") != "diffusion_gemma" or not isinstance(text, Mapping):
            raise ModelFolderError(
                f"config.json describes a {config.get('model_type', 'nameless')!r} model; "
                "Inlay runs 'diffusion_gemma' checkpoints. Choose another folder."
            )
        _reject_unsupported(text)
        try:
            return cls._from_text_config(config, text)
        except KeyError as error:
            raise ModelFolderError(
                f"config.json lacks {error}; the file is incomplete. Download it again."
            ) from error
        except (TypeError, AttributeError, ValueError, ZeroDivisionError) as error:
            raise ModelFolderError(
                f"config.json has a value of the wrong kind ({error}). Download it again."
            ) from error

    @classmethod
    def _from_text_config(cls, config: Mapping[str, Any], text: Mapping[str, Any]) -> "ModelConfig":
        eos = text.get("eos_token_id", 1)
        return cls(
            vocab_size=text["vocab_size"],
            hidden_size=text["hidden_size"],
            intermediate_size=text["intermediate_size"],
            num_attention_heads=text["num_attention_heads"],
            num_experts=text["num_experts"],
            top_k_experts=text["top_k_experts"],
            moe_intermediate_size=text["moe_intermediate_size"],
            sliding_window=text["sliding_window"],
            rms_norm_eps=text.get("rms_norm_eps", 1e-6),
            final_logit_softcapping=text.get("final_logit_softcapping") or 30.0,
            canvas_length=config.get("canvas_length") or 256,
            max_position_embeddings=text.get("max_position_embeddings", 131_072),
            pad_token_id=text.get("pad_token_id", 0),
            eos_token_ids=(eos,) if isinstance(eos, int) else tuple(eos or ()),
            dtype=str(config.get("dtype") or text.get("dtype") or "float32"),
            layers=tuple(_layers(text)),
        )


def _reject_unsupported(text: Mapping[str, Any]) -> None:
    if text.get("attention_bias"):
        raise ModelFolderError("config.json: attention_bias is set; this engine has none.")
    if text.get("use_bidirectional_attention") == "all":
        raise ModelFolderError(
            "config.json: use_bidirectional_attention is 'all', but the encoder must be causal."
        )
    activation = text.get("hidden_activation", "gelu_pytorch_tanh")
    if activation != "gelu_pytorch_tanh":
        raise ModelFolderError(
            f"config.json: hidden_activation is {activation!r}; only gelu_pytorch_tanh is known."
        )


def _layers(text: Mapping[str, Any]) -> list[LayerConfig]:
    count = text["num_hidden_layers"]
    types = list(text.get("layer_types") or _default_layer_types(count))
    if len(types) != count or set(types) - {SLIDING, FULL}:
        raise ModelFolderError(
            f"config.json: layer_types has {len(types)} entries {sorted(set(types))} "
            f"for {count} layers of kinds {SLIDING!r} and {FULL!r}"
        )
    # The reference forces the last layer to full attention whatever the file says.
    types[-1] = FULL
    return [_layer(text, index, kind) for index, kind in enumerate(types)]


def _default_layer_types(count: int) -> list[str]:
    return [SLIDING if (index + 1) % 6 else FULL for index in range(count)]


def _layer(text: Mapping[str, Any], index: int, kind: str) -> LayerConfig:
    overrides = _layer_overrides(text, index, kind)
    head_dim = overrides.get("head_dim", text["head_dim"])
    rope = (text.get("rope_parameters") or _DEFAULT_ROPE)[kind]
    share = rope.get("partial_rotary_factor", 1.0)
    if rope.get("rope_type", "default") == "default" and share != 1.0:
        raise ModelFolderError("config.json: default RoPE with a partial_rotary_factor is unknown.")
    return LayerConfig(
        is_sliding=kind == SLIDING,
        head_dim=head_dim,
        num_key_value_heads=overrides.get("num_key_value_heads", text["num_key_value_heads"]),
        rope_theta=float(rope["rope_theta"]),
        rope_pairs=int(share * head_dim // 2),
    )


def _layer_overrides(text: Mapping[str, Any], index: int, kind: str) -> Mapping[str, Any]:
    """Return the layer's own attention shape, from the newer or the older serialisation."""
    if "per_layer_config" in text:
        overrides: Mapping[str, Any] = text["per_layer_config"].get(str(index), {})
        return overrides
    if kind == SLIDING:
        return {}
    shape = {"head_dim": text.get("global_head_dim", 512)}
    kv_heads = text.get("num_global_key_value_heads")
    if kv_heads is not None and text.get("attention_k_eq_v", True):
        shape["num_key_value_heads"] = kv_heads
    return shape
