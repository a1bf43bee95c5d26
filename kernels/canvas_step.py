"""One denoising step of one request, put together from the operations, with no host in between.

Dimensions: B canvases of L rows each, T = B · L, F free rows a canvas, M hidden. All tensors that
a step reads or writes are its own and stay where they are, so that a step can be recorded as one
CUDA graph and played back; what changes from step to step (canvas, soft embeddings, temperature,
step number) changes in place on the device.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.canvas_attention import canvas_attention
from kernels.experts import experts
from kernels.heads import heads
from kernels.linear import gated_linear, linear
from kernels.norms import attention_end, embed, feed_forward_end, rms_norm
from kernels.packed import Packed, Weight
from kernels.philox import Draws
from kernels.quantized import Int8Channel
from kernels.routing import route
from kernels.step import StepRules, StepState, advance
from kernels.vocabulary import Rules, VocabularyOutput, vocabulary_pass


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
    experts_gate_up: Packed  # [E, 2 · J, M]
    experts_down: Packed  # [E, M, J]
    scalar: Tensor  # [1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWeights:
    """The weights of the denoiser."""

    embedding: Tensor | Int8Channel  # [V, M]
    layers: tuple[LayerWeights, ...]
    final_norm: Tensor
    conditioning_norm: Tensor
    conditioning_gate_up: Weight
    conditioning_down: Weight
    top_k: int
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
    cos: Tensor  # [L, D] of the canvas's positions
    sin: Tensor


def denoise_pass(
    model: ModelWeights,
    canvas: Tensor,
    soft: Tensor,
    contexts: list[LayerContext],
    length: Tensor,
) -> Tensor:
    """Run the layers over canvases behind one cached context.

    Args:
        model: The weights.
        canvas: Ids [B, L] int32.
        soft: Self-conditioning [B · L, M]; zeros: nobody says anything yet.
        contexts: One for each layer; the caches are only read.
        length: [1] int32: positions committed.

    Returns:
        The final hidden states [B · L, M], normed.
    """
    normed = rms_norm(soft, model.conditioning_norm, model.eps)
    believed = linear(gated_linear(normed, model.conditioning_gate_up), model.conditioning_down)
    x = embed(canvas.view(-1), model.embedding, model.embed_scale, soft.dtype, believed, model.eps)
    hidden = rms_norm(x, model.layers[0].input_norm, model.eps)
    following = [layer.input_norm for layer in model.layers[1:]] + [model.final_norm]
    for layer, context, next_norm in zip(model.layers, contexts, following, strict=True):
        attended = _attend(layer, hidden, len(canvas), context, length, model.eps)
        x, dense_in, experts_in = attention_end(
            x, attended, layer.post_attention, layer.pre_dense, layer.pre_experts, model.eps
        )
        routing = route(x, layer.router, layer.expert_scale, model.top_k, model.eps)
        slots = experts(experts_in, layer.experts_gate_up, layer.experts_down, routing)
        dense = linear(gated_linear(dense_in, layer.dense_gate_up), layer.dense_down)
        x, hidden = feed_forward_end(
            x, dense, slots, layer.post_dense, layer.post_experts, layer.post_feed_forward,
            layer.scalar, next_norm, model.eps,
        )  # fmt: skip
    return hidden


def _attend(
    layer: LayerWeights, hidden: Tensor, batch: int, context: LayerContext, length: Tensor,
    eps: float,
) -> Tensor:  # fmt: skip
    cos, sin = (table.repeat(batch, 1) for table in (context.cos, context.sin))
    queries, keys, values = heads(
        linear(hidden, layer.qkv), layer.query_norm, layer.key_norm, cos, sin,
        layer.num_kv_heads, layer.has_values, eps,
    )  # fmt: skip
    rings = context.cache_keys, context.cache_values
    attended = [
        canvas_attention(q, k, v, *rings, length)
        for q, k, v in zip(
            queries.chunk(batch), keys.chunk(batch), values.chunk(batch), strict=True
        )
    ]
    return linear(
        torch.cat(attended).flatten(1) if batch > 1 else attended[0].flatten(1), layer.out
    )


class CanvasStep:
    """A denoising step that can be called again and again, or recorded."""

    def __init__(
        self,
        model: ModelWeights,
        contexts: list[LayerContext],
        length: Tensor,
        canvas: Tensor,
        free: Tensor,
        seeds: Tensor,
        rules: StepRules,
        forbidden: Rules | None = None,
        speaks_from_start: bool = False,
    ) -> None:
        """Prepare the buffers.

        Args:
            model: The weights.
            contexts: One for each layer.
            length: [1] int32: positions committed.
            canvas: The first canvases [B, L] int32, known tokens where they belong.
            free: [F] int32, ascending rows that are not known.
            seeds: [B] int64, one for each canvas.
            rules: The sampler's numbers.
            forbidden: What free rows [B · F] may not become.
            speaks_from_start: Known rows carry their embedding from the first step on.
        """
        batch, rows = canvas.shape
        self.model, self.contexts, self.length = model, contexts, length
        self.rules, self.forbidden = rules, forbidden
        self.state = StepState.start(canvas, len(free), rules)
        self._free = free
        offsets = torch.arange(batch, device=canvas.device)[:, None] * rows
        self._rows = (offsets + free).flatten()  # [B · F] int64, in all canvases' rows
        seeds = seeds.repeat_interleave(len(free))
        self._draws = Draws(seeds, free.repeat(batch), self.state.step[:1])
        dtype = model.final_norm.dtype
        known = embed(canvas.flatten(), model.embedding, model.embed_scale, dtype)
        self._known = known.index_fill(0, self._rows, 0)
        self.soft = self._known.clone() if speaks_from_start else torch.zeros_like(known)

    def __call__(self) -> VocabularyOutput:
        """Run one step; the state and one of its frames change."""
        hidden = denoise_pass(self.model, self.state.canvas, self.soft, self.contexts, self.length)
        found = vocabulary_pass(
            hidden.index_select(0, self._rows),
            self.model.embedding,
            self.state.temperature[:1],
            self.model.cap,
            self.model.embed_scale,
            self._draws,
            self.forbidden,
        )
        self.soft.copy_(self._known)
        self.soft.index_copy_(0, self._rows, found.soft)
        advance(
            self.state, self._free, found.draft, found.sample, found.entropy, self._draws,
            self.rules,
        )  # fmt: skip
        return found


def record(step: Callable[[], object], restore: Callable[[], None]) -> Callable[[], None]:
    """Record a step as a CUDA graph and return what plays it back.

    The step runs twice on the way, so that every kernel is compiled and every buffer exists;
    `restore` then puts the state back to where it was. Only to be called on a CUDA device.
    """
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        step()
        step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    restore()
    return graph.replay
