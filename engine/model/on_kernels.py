"""The model's passes on the operations of `kernels`: what runs on CUDA, on weights of any format.

`put_on_kernels` gives a loaded model other layers, as `fused.fuse` does for a CPU; they are
called as before, so encoding and scoring need not know. Each operation is its kernel or its torch
twin (`kernels.dispatch`), and nothing here knows which: on a CPU the same code runs on twins. What
a whole denoising step needs is returned. Dimensions as in `layers.py`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from engine.model.host_experts import HostExperts, opened_by
from engine.model.kv_cache import KeyValue, Past
from engine.model.layers import GatedMLP, Layer, RMSNorm, Rope
from engine.model.model import DiffusionGemma, SelfConditioning
from engine.model.quantized import QuantizedEmbedding, QuantizedExperts, QuantizedLinear
from kernels.heads import Heads
from kernels.model_pass import (
    ConditioningWeights,
    LayerWeights,
    ModelWeights,
    believed,
    encode_attention,
    layer_pass,
)
from kernels.norms import rms_norm
from kernels.packed import Weight
from kernels.quantized import Int8Channel, Nvfp4, Quantized


def put_on_kernels(model: DiffusionGemma, host_layers: int = 0) -> ModelWeights:
    """Run a loaded model on layers that call the kernels, and return their weights.

    The experts of the last `host_layers` layers stay in the host's memory, or go there.
    """
    layers: list[LayerWeights] = []
    first_kept = len(model.layers) - host_layers
    kept = HostExperts(model.device) if host_layers else None

    def rebuilt(index: int, layer: Layer) -> KernelLayer:
        is_sliding = model.config.layers[index].is_sliding
        window = model.config.sliding_window if is_sliding else None
        own = _layer_weights(layer, model.dtype)
        if kept is not None and index >= first_kept:
            own = kept.keep(own)
        # The first layer opens each pass, whether its own experts wait on the host or not.
        if kept is not None and index == 0:
            own = opened_by(own, kept, is_kept=first_kept <= 0)
        layers.append(own)
        return KernelLayer(own, window)

    def conditioned(plain: SelfConditioning) -> KernelConditioning:
        conditioning = ConditioningWeights(
            norm=_norm(plain.pre_norm),
            gate_up=_gate_up(plain, model.dtype),
            down=_weight(plain.down_proj),
            eps=plain.pre_norm.eps,
        )
        return KernelConditioning(conditioning)

    model.rebuild(rebuilt, conditioned)
    assert isinstance(model.self_conditioning, KernelConditioning)
    return ModelWeights(
        embedding=_embedding(model.embed_tokens),
        layers=tuple(layers),
        final_norm=_norm(model.norm),
        conditioning=model.self_conditioning.weights,
        eps=model.config.rms_norm_eps,
        cap=model.config.final_logit_softcapping,
    )


class KernelLayer(nn.Module):
    """One layer, called as `Layer` is."""

    def __init__(self, weights: LayerWeights, window: int | None) -> None:
        """Take the weights over; `window`: rows a token sees when encoding, None: all."""
        super().__init__()
        self.weights, self.window = weights, window

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        past: Past = (),
        mask: Tensor | None = None,
        is_encoder: bool = False,
    ) -> tuple[Tensor, KeyValue]:
        """Map x [B, L, M] to [B, L, M]; the rest as in `Attention.forward`.

        The mask itself is not read: it is causal, within the window, or there is none.
        """
        own, batch = self.weights, len(x)
        new: list[KeyValue] = []

        def attend(parts: Heads) -> Tensor:
            _, keys, values = (p.view(batch, -1, *p.shape[1:]) for p in parts)
            new.append((keys.transpose(1, 2), values.transpose(1, 2)))
            return _attend(parts, batch, past, self.window, is_causal=mask is not None)

        stream = x.flatten(0, 1).contiguous()
        hidden = rms_norm(stream, own.input_norm, own.eps)
        tables = rope[0].repeat(batch, 1), rope[1].repeat(batch, 1)
        scalar = own.encoder_scalar if is_encoder else own.scalar
        # What stands behind the next norm is the next layer's own business here.
        stream, _ = layer_pass(own, stream, hidden, tables, attend, scalar, own.input_norm)
        return stream.view_as(x), new[0]


class KernelConditioning(nn.Module):
    """Self-conditioning, called as `SelfConditioning` is."""

    def __init__(self, weights: ConditioningWeights) -> None:
        """Take the weights over."""
        super().__init__()
        self.weights = weights

    def combine(self, embeddings: Tensor, soft_embeddings: Tensor | None) -> Tensor:
        """Combine canvas embeddings with soft embeddings, both [B, L, M]; None stands for zeros."""
        x = embeddings
        if soft_embeddings is not None:
            said = believed(self.weights, soft_embeddings.flatten(0, 1).contiguous())
            x = x + said.view_as(x)
        flat = x.flatten(0, 1).contiguous()
        return rms_norm(flat, None, self.weights.eps).view_as(x)


def _attend(parts: Heads, batch: int, past: Past, window: int | None, *, is_causal: bool) -> Tensor:
    """Attend from the new rows of all sequences [B · L, H, D] behind what is cached of each."""
    # The kernel takes one ring for all canvases; branches that differ are attended to one by one.
    if all(len(keys) == 1 for keys, _ in past):  # one context for all
        return encode_attention(parts, _rows(past, 0, parts[1]), window, is_causal, batch)
    each = zip(*(part.chunk(batch) for part in parts), strict=True)
    attended = [
        encode_attention((q, k, v), _rows(past, sequence, k), window, is_causal)
        for sequence, (q, k, v) in enumerate(each)
    ]
    return torch.cat(attended)


def _rows(past: Past, sequence: int, like: Tensor) -> KeyValue:
    """Return a sequence's cached keys and values [S, G, D]; none for an empty cache."""
    if not past:
        return like[:0], like[:0]
    own = [(keys[sequence % len(keys)], values[sequence % len(values)]) for keys, values in past]
    keys, values = (
        torch.cat([part.transpose(0, 1) for part in rows]) for rows in zip(*own, strict=True)
    )
    return keys, values


def _layer_weights(layer: Layer, dtype: torch.dtype) -> LayerWeights:
    attention, router = layer.self_attn, layer.router
    inputs = [attention.q_proj, attention.k_proj]
    if attention.v_proj is not None:
        inputs.append(attention.v_proj)
    gate_up, down = _experts(layer)
    # Folded in float32 and rounded once: rounded twice, experts that are nearly as good change
    # places.
    route = router.proj.weight.float() * (router.scale.float() * router.root)
    return LayerWeights(
        qkv=_stacked([_weight(linear) for linear in inputs], dtype),
        out=_weight(attention.o_proj),
        query_norm=_norm(attention.q_norm),
        key_norm=_norm(attention.k_norm),
        num_kv_heads=attention.num_kv_heads,
        has_values=attention.v_proj is not None,
        input_norm=_norm(layer.input_layernorm),
        post_attention=_norm(layer.post_attention_layernorm),
        pre_dense=_norm(layer.pre_feedforward_layernorm),
        pre_experts=_norm(layer.pre_feedforward_layernorm_2),
        post_dense=_norm(layer.post_feedforward_layernorm_1),
        post_experts=_norm(layer.post_feedforward_layernorm_2),
        post_feed_forward=_norm(layer.post_feedforward_layernorm),
        dense_gate_up=_gate_up(layer.mlp, dtype),
        dense_down=_weight(layer.mlp.down_proj),
        router=route.to(dtype),
        expert_scale=router.per_expert_scale.detach().float(),
        experts_gate_up=gate_up,
        experts_down=down,
        scalar=layer.layer_scalar,
        encoder_scalar=layer.encoder_layer_scalar,
        top_k=router.top_k,
        eps=layer.input_layernorm.eps,
    )


def _norm(norm: RMSNorm) -> Tensor:
    assert norm.weight is not None
    return norm.weight.detach()


def _weight(linear: nn.Module) -> Weight:
    if isinstance(linear, QuantizedLinear):
        return linear.record
    assert isinstance(linear, nn.Linear)
    return linear.weight.detach()


def _gate_up(mlp: GatedMLP, dtype: torch.dtype) -> Weight:
    return _stacked([_weight(mlp.gate_proj), _weight(mlp.up_proj)], dtype)


def _experts(layer: Layer) -> tuple[Weight, Weight]:
    experts: nn.Module = layer.experts
    if isinstance(experts, QuantizedExperts):
        return experts.gate_up_proj.record, experts.down_proj.record
    return layer.experts.gate_up_proj.detach(), layer.experts.down_proj.detach()


def _embedding(embedding: nn.Module) -> Tensor | Int8Channel:
    if not isinstance(embedding, QuantizedEmbedding):
        assert isinstance(embedding, nn.Embedding)
        return embedding.weight.detach()
    record = embedding.record
    # The vocabulary's kernels read plain and 8-bit rows.
    return record if isinstance(record, Int8Channel) else Int8Channel.quantize(embedding.weight)


def _stacked(weights: Sequence[Weight], dtype: torch.dtype) -> Weight:
    """Return weights [N, K] as one, one above the other; in `dtype` if their formats differ."""
    packed = [weight for weight in weights if not isinstance(weight, Tensor)]
    if len(packed) < len(weights) or len({type(weight) for weight in packed}) > 1:
        return torch.cat([_plain(weight, dtype) for weight in weights])
    scales = [weight.global_scale for weight in packed if isinstance(weight, Nvfp4)]
    if scales:
        # The largest, so that no weight of another part exceeds what its codes can say.
        largest = torch.stack(scales).amax(dim=0)
        return _joined([w.with_global_scale(largest) for w in packed if isinstance(w, Nvfp4)])
    return _joined(packed)


def _plain(weight: Weight, dtype: torch.dtype) -> Tensor:
    return weight.to(dtype) if isinstance(weight, Tensor) else weight.dequantize(dtype)


def _joined(parts: Sequence[Quantized]) -> Quantized:
    joined = {
        name: torch.cat([_bytes(part.tensors()[name]) for part in parts]).view(first.dtype)
        if first.dim()
        else first  # one global scale, the same of all
        for name, first in parts[0].tensors().items()
    }
    return type(parts[0])(**joined)


def _bytes(tensor: Tensor) -> Tensor:
    """Return float8 as bytes: it cannot be joined everywhere."""
    return tensor.view(torch.uint8) if tensor.dtype == torch.float8_e4m3fn else tensor
