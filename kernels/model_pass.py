"""The model's layers put together from the operations: one pass over canvases or over new text.

Dimensions: B canvases of L rows each, T = B · L, M hidden. Nothing here knows whether an operation
is its kernel or its twin.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from kernels.canvas_attention import canvas_attention
from kernels.dispatch import Operation
from kernels.experts import experts
from kernels.heads import Heads, heads
from kernels.linear import gated_linear, linear
from kernels.norms import attention_end, embed, feed_forward_end, rms_norm
from kernels.packed import Weight
from kernels.quantized import Int8Channel
from kernels.routing import route

Attend = Callable[[Heads], Tensor]
PASS_OPERATIONS: tuple[Operation[..., Any], ...] = (
    rms_norm, linear, gated_linear, embed, heads, canvas_attention, attention_end, route, experts,
    feed_forward_end,
)  # fmt: skip


class ExpertSupply(Protocol):
    """Brings experts to the device that do not live there; told where a layer has got to."""

    def enter(self) -> None:
        """Say that the layer begins."""

    def wait(self) -> None:
        """Say that what follows reads the experts."""

    def release(self) -> None:
        """Say that the experts have been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerWeights:
    """The weights of one layer; norm weights are [M] but for the heads' [D]."""

    qkv: Weight  # [(H + G [+ G]) · D, M]
    out: Weight  # [M, H · D]
    query_norm: Tensor
    key_norm: Tensor
    num_kv_heads: int
    has_values: bool
    input_norm: Tensor
    post_attention: Tensor
    pre_dense: Tensor
    pre_experts: Tensor
    post_dense: Tensor
    post_experts: Tensor
    post_feed_forward: Tensor
    dense_gate_up: Weight  # [2 · I, M]
    dense_down: Weight  # [M, I]
    router: Tensor  # [E, M], scale and M^-½ folded in
    expert_scale: Tensor  # [E] float32
    experts_gate_up: Weight  # [E, 2 · J, M]
    experts_down: Weight  # [E, M, J]
    scalar: Tensor  # [1], of a canvas
    encoder_scalar: Tensor  # [1], of new text
    top_k: int
    eps: float
    supply: ExpertSupply | None = None  # None: all there is lives on the device


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditioningWeights:
    """The weights of self-conditioning."""

    norm: Tensor  # [M]
    gate_up: Weight  # [2 · I, M]
    down: Weight  # [M, I]
    eps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWeights:
    """The weights of the denoiser."""

    embedding: Tensor | Int8Channel  # [V, M]
    layers: tuple[LayerWeights, ...]
    final_norm: Tensor
    conditioning: ConditioningWeights
    eps: float
    cap: float  # of the logits

    @property
    def embed_scale(self) -> float:
        """What embeddings are multiplied by, √M."""
        return math.sqrt(self.embedding.shape[1])


@dataclass(frozen=True, slots=True)
class LayerContext:
    """What a layer's attention needs to know about the context."""

    cache_keys: Tensor  # [C, G, D], the ring
    cache_values: Tensor
    cos: Tensor  # [B · L, D] of the rows' positions
    sin: Tensor


def layer_pass(
    layer: LayerWeights, x: Tensor, hidden: Tensor, rope: tuple[Tensor, Tensor], attend: Attend,
    scalar: Tensor, next_norm: Tensor,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Run one layer.

    Args:
        layer: Its weights.
        x: The residual stream [T, M].
        hidden: The same behind the layer's first norm.
        rope: Cosines and sines [T, D].
        attend: Attention of queries, keys and values, [T, H, D].
        scalar: [1], what the layer's output is multiplied by.
        next_norm: Weight [M] of the norm behind the layer.

    Returns:
        The residual stream, and the same behind the next norm, each [T, M].
    """
    if layer.supply:
        layer.supply.enter()
    parts = heads(
        linear(hidden, layer.qkv), layer.query_norm, layer.key_norm, *rope, layer.num_kv_heads,
        layer.has_values, layer.eps,
    )  # fmt: skip
    attended = linear(attend(parts).flatten(1), layer.out)
    x, dense_in, experts_in = attention_end(
        x, attended, layer.post_attention, layer.pre_dense, layer.pre_experts, layer.eps
    )
    routing = route(x, layer.router, layer.expert_scale, layer.top_k, layer.eps)
    if layer.supply:
        layer.supply.wait()
    # Before the dense part: where experts come from the host, the next layer's are on their way all
    # the sooner.
    slots = experts(experts_in, layer.experts_gate_up, layer.experts_down, routing)
    if layer.supply:
        layer.supply.release()
    dense = linear(gated_linear(dense_in, layer.dense_gate_up), layer.dense_down)
    return feed_forward_end(
        x, dense, slots, layer.post_dense, layer.post_experts, layer.post_feed_forward, scalar,
        next_norm, layer.eps,
    )  # fmt: skip


def believed(weights: ConditioningWeights, soft: Tensor) -> Tensor:
    """Return what self-conditioning adds to the canvas embeddings for soft embeddings [T, M]."""
    normed = rms_norm(soft, weights.norm, weights.eps)
    return linear(gated_linear(normed, weights.gate_up), weights.down)


def denoise_pass(
    model: ModelWeights, canvas: Tensor, soft: Tensor, contexts: Sequence[LayerContext],
    length: Tensor, live: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Run the layers over canvases behind one cached context.

    Args:
        model: The weights.
        canvas: Ids [B, L] int32.
        soft: Self-conditioning [B · L, M]; zeros: nobody says anything yet.
        contexts: One for each layer; the caches are only read.
        length: [1] int32: positions committed.
        live: [1] int32: rows of a canvas that are there, the others only fill it up; None: all.

    Returns:
        The final hidden states [B · L, M], normed.
    """
    # Zeros stand for a first step in which nobody says anything: a graph has no branch for it, and
    # no part of these products has a bias.
    said = believed(model.conditioning, soft)
    x = embed(canvas.view(-1), model.embedding, model.embed_scale, soft.dtype, said, model.eps)
    hidden = rms_norm(x, model.layers[0].input_norm, model.eps)
    following = [layer.input_norm for layer in model.layers[1:]] + [model.final_norm]
    for layer, context, next_norm in zip(model.layers, contexts, following, strict=True):
        # Bound as a default: a closure would see the last layer's context.
        def attend(parts: Heads, context: LayerContext = context) -> Tensor:
            rings = context.cache_keys, context.cache_values
            return canvas_attention(*parts, *rings, length, canvases=len(canvas), live=live)

        rope = context.cos, context.sin
        x, hidden = layer_pass(layer, x, hidden, rope, attend, layer.scalar, next_norm)
    return hidden


def encode_attention(
    parts: Heads, cached: tuple[Tensor, Tensor], window: int | None, is_causal: bool = True,
    sequences: int = 1,
) -> Tensor:  # fmt: skip
    """Attend from the new rows of sequences that share the rows of a plain cache.

    Args:
        parts: Queries, keys and values of all sequences' new rows, [T, ·, D].
        cached: Keys and values [S, G, D]; S may be 0.
        window: How many positions a causal row sees, itself included; None: all.
        is_causal: False: everyone sees the whole cache and its own sequence.
        sequences: How many there are.
    """
    keys, values = cached
    length = torch.full((1,), len(keys), dtype=torch.int32, device=keys.device)
    if not len(keys):  # a ring has a row at least
        keys = values = parts[1][:1]
    return canvas_attention(*parts, keys, values, length, is_causal, window, canvases=sequences)
