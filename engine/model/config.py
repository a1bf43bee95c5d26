"""The architecture, read from either serialisation of a DiffusionGemma `config.json`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.errors import ModelFolderError
from engine.schema import Strict, TokenId, TokenIds, shown, validated

SLIDING = "sliding_attention"
FULL = "full_attention"

MAX_LAYERS = 1000
# Four times the released checkpoints'; a pass over more rows takes memory by their square.
MAX_CANVAS = 1024  # tokens

_Size = Annotated[int, Field(ge=1, le=1 << 20)]
_Heads = Annotated[int, Field(ge=1, le=1 << 12)]
_HeadDim = Annotated[int, Field(ge=2, le=1 << 12, multiple_of=2)]


class _Rope(Strict):
    rope_type: Literal["default", "proportional"] = "default"
    rope_theta: float = Field(ge=1, le=1e12)
    partial_rotary_factor: Annotated[float, Field(gt=0, le=1)] = 1.0


_DEFAULT_ROPE = {
    SLIDING: _Rope(rope_theta=10_000.0),
    FULL: _Rope(rope_type="proportional", partial_rotary_factor=0.25, rope_theta=1_000_000.0),
}


class _LayerFile(Strict):
    head_dim: _HeadDim | None = None
    num_key_value_heads: _Heads | None = None


class _TextFile(Strict):
    """`text_config`, in either serialisation."""

    vocab_size: int = Field(ge=1, le=1 << 24)
    hidden_size: _Size
    intermediate_size: _Size
    num_hidden_layers: int = Field(ge=1, le=MAX_LAYERS)
    layer_types: list[Literal["sliding_attention", "full_attention"]] | None = None
    num_attention_heads: _Heads
    num_key_value_heads: _Heads
    head_dim: _HeadDim
    per_layer_config: dict[str, _LayerFile] | None = None  # the newer serialisation
    global_head_dim: _HeadDim = 512
    num_global_key_value_heads: _Heads | None = None
    attention_k_eq_v: bool | None = None
    num_experts: _Heads
    top_k_experts: _Heads
    moe_intermediate_size: _Size
    sliding_window: int = Field(ge=1, le=1 << 30)
    rope_parameters: dict[str, _Rope] | None = None
    rms_norm_eps: Annotated[float, Field(gt=0, lt=1)] = 1e-6
    final_logit_softcapping: Annotated[float | None, Field(gt=0, le=1e6)] = None
    max_position_embeddings: Annotated[int, Field(ge=1, le=1 << 30)] = 131_072
    pad_token_id: TokenId | None = 0
    eos_token_id: TokenIds = (1,)
    dtype: str | None = None
    attention_bias: bool | None = None
    use_bidirectional_attention: str | bool | None = None
    hidden_activation: str = "gelu_pytorch_tanh"


class _ConfigFile(Strict):
    text_config: _TextFile
    canvas_length: Annotated[int | None, Field(ge=1, le=MAX_CANVAS)] = None
    dtype: str | None = None


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
        """Reject what contradicts itself.

        Raises:
            ModelFolderError: With the name, the value and the bound.
        """
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
        check_tokens("config.json: pad_token_id", [self.pad_token_id], self.vocab_size)
        check_tokens("config.json: eos_token_id", self.eos_token_ids, self.vocab_size)

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> "ModelConfig":
        """Read the decoded `config.json` of a DiffusionGemma folder.

        Raises:
            ModelFolderError: If it is another model type, lacks a field, has one that cannot be, or
                asks for something this engine does not do.
        """
        if config.get("model_type") != "diffusion_gemma":
            raise ModelFolderError(
                f"config.json describes a {shown(config.get('model_type', 'nameless'))} model; "
                "Inlay runs 'diffusion_gemma' checkpoints. Choose another folder."
            )
        file = validated(_ConfigFile, config, "config.json")
        text = file.text_config
        _reject_unsupported(text)
        return cls(
            vocab_size=text.vocab_size,
            hidden_size=text.hidden_size,
            intermediate_size=text.intermediate_size,
            num_attention_heads=text.num_attention_heads,
            num_experts=text.num_experts,
            top_k_experts=text.top_k_experts,
            moe_intermediate_size=text.moe_intermediate_size,
            sliding_window=text.sliding_window,
            rms_norm_eps=text.rms_norm_eps,
            final_logit_softcapping=text.final_logit_softcapping or 30.0,
            canvas_length=file.canvas_length or 256,
            max_position_embeddings=text.max_position_embeddings,
            pad_token_id=text.pad_token_id,
            eos_token_ids=text.eos_token_id,
            dtype=file.dtype or text.dtype or "float32",
            layers=tuple(_layers(text)),
        )


def check_tokens(what: str, tokens: Iterable[int | None], vocab_size: int) -> None:
    """Check that a model has the tokens that a file names.

    Raises:
        ModelFolderError: If not.
    """
    for token in tokens:
        if token is not None and not 0 <= token < vocab_size:
            raise ModelFolderError(
                f"{what} is {token}, outside the vocabulary of {vocab_size} tokens. The files do "
                "not belong together; download them again."
            )


def _reject_unsupported(text: _TextFile) -> None:
    if text.attention_bias:
        raise ModelFolderError("config.json: attention_bias is set; this engine has none.")
    if text.use_bidirectional_attention == "all":
        raise ModelFolderError(
            "config.json: use_bidirectional_attention is 'all', but the encoder must be causal."
        )
    if text.hidden_activation != "gelu_pytorch_tanh":
        raise ModelFolderError(
            f"config.json: hidden_activation is {shown(text.hidden_activation)}; only "
            "gelu_pytorch_tanh is known."
        )


def _layers(text: _TextFile) -> list[LayerConfig]:
    count = text.num_hidden_layers
    types: list[str] = list(text.layer_types or _default_layer_types(count))
    if len(types) != count:
        raise ModelFolderError(
            f"config.json: layer_types has {len(types)} entries for {count} layers. "
            "Download it again."
        )
    # The reference forces the last layer to full attention whatever the file says.
    types[-1] = FULL
    return [_layer(text, index, kind) for index, kind in enumerate(types)]


def _default_layer_types(count: int) -> list[str]:
    return [SLIDING if (index + 1) % 6 else FULL for index in range(count)]


def _layer(text: _TextFile, index: int, kind: str) -> LayerConfig:
    own = _own_shape(text, index, kind)
    head_dim = own.head_dim or text.head_dim
    ropes = text.rope_parameters or _DEFAULT_ROPE
    if kind not in ropes:
        raise ModelFolderError(f"config.json: rope_parameters lacks {kind!r}. Download it again.")
    rope = ropes[kind]
    if rope.rope_type == "default" and rope.partial_rotary_factor != 1.0:
        raise ModelFolderError("config.json: default RoPE with a partial_rotary_factor is unknown.")
    return LayerConfig(
        is_sliding=kind == SLIDING,
        head_dim=head_dim,
        num_key_value_heads=own.num_key_value_heads or text.num_key_value_heads,
        rope_theta=rope.rope_theta,
        rope_pairs=int(rope.partial_rotary_factor * head_dim // 2),
    )


def _own_shape(text: _TextFile, index: int, kind: str) -> _LayerFile:
    """Return the layer's own attention shape, from the newer or the older serialisation."""
    if text.per_layer_config is not None:
        return text.per_layer_config.get(str(index), _LayerFile())
    if kind == SLIDING:
        return _LayerFile()
    shares_keys = text.attention_k_eq_v is not False
    return _LayerFile(
        head_dim=text.global_head_dim,
        num_key_value_heads=text.num_global_key_value_heads if shares_keys else None,
    )
