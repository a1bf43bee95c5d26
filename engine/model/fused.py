"""An inference-only layout of the layers for float32 on a CPU: fewer and larger operations.

A norm is a division by the row's length; its weight and the root of its size are folded into what
comes behind it. Projections of one input run as one product, and weights lie as [in, out], which a
CPU multiplies in less time. Results equal those of `layers.py` to rounding, not to the bit:
comparing generated tokens with the reference, seed by seed, needs the plain layers. Dimensions as
in `layers.py`.
"""

import math

import torch
from torch import Tensor, nn

from engine.model.kv_cache import KeyValue, Past
from engine.model.layers import Attention, GatedMLP, Layer, RMSNorm, Rope, rotate
from engine.model.model import DiffusionGemma, SelfConditioning
from kernels.attention import attention_in_parts
from kernels.moe import gated, moe_quick


def fuse(model: DiffusionGemma) -> None:
    """Run a loaded model on fused layers."""
    model.rebuild(lambda _, layer: FusedLayer(layer), FusedSelfConditioning)


class FusedLayer(nn.Module):
    """One layer, called as `Layer` is."""

    def __init__(self, layer: Layer) -> None:
        """Fold the layer's weights; the layer itself can be dropped afterwards."""
        super().__init__()
        self.attention = _FusedAttention(layer.self_attn, layer.input_layernorm)
        self.feed_forward = _FusedFeedForward(layer)
        self.post_attention = _NormWeight(layer.post_attention_layernorm)
        self.post_feed_forward = _NormWeight(layer.post_feedforward_layernorm)
        self.scalars = nn.Buffer(torch.cat((layer.layer_scalar, layer.encoder_layer_scalar)))
        # Looked at once here: a product by one is a pass over all rows.
        self._is_scaled = bool((self.scalars != 1).any())

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        past: Past = (),
        mask: Tensor | None = None,
        is_encoder: bool = False,
    ) -> tuple[Tensor, KeyValue]:
        """Map x [B, L, M] to [B, L, M]; the rest as in `Attention.forward`."""
        attended, key_value = self.attention(x, rope, past, mask)
        x = self.post_attention.add(x, attended)
        x = self.post_feed_forward.add(x, self.feed_forward(x))
        return (x * self.scalars[int(is_encoder)] if self._is_scaled else x), key_value


class FusedSelfConditioning(nn.Module):
    """Self-conditioning, called as `SelfConditioning` is."""

    def __init__(self, plain: SelfConditioning) -> None:
        """Fold the norm's weight into gate and up."""
        super().__init__()
        self.floor, self.root = _floor(plain.pre_norm), math.sqrt(plain.pre_norm.size[0])
        self.gate_up = _parameter(_folded(_gate_up(plain), plain.pre_norm).T)
        self.down = _parameter(plain.down_proj.weight.T)

    def combine(self, embeddings: Tensor, soft_embeddings: Tensor | None) -> Tensor:
        """Combine canvas embeddings with soft embeddings, both [B, L, M]; None stands for zeros."""
        if soft_embeddings is not None:
            gate, up = (_unit(soft_embeddings, self.floor) @ self.gate_up).chunk(2, dim=-1)
            embeddings = embeddings + gated(gate, up) @ self.down
        return _unit(embeddings, self.floor) * self.root


class _FusedAttention(nn.Module):
    def __init__(self, plain: Attention, norm: RMSNorm) -> None:
        super().__init__()
        self.floor, self.head_floor = _floor(norm), _floor(plain.q_norm)
        self.head_dim, self.num_heads = plain.head_dim, plain.num_heads
        self.num_kv_heads = plain.num_kv_heads
        weight, norm_weights = plain.packed()
        root = math.sqrt(plain.head_dim)
        # Contiguous in this order by `_parameter`: a transposed view would be multiplied as slowly
        # as before.
        self.qkv = _parameter(_folded(weight, norm).T)
        self.norm_weights = _parameter(norm_weights * root)
        self.out = _parameter(plain.o_proj.weight.T * root)  # values have no weight of their own

    def forward(
        self, x: Tensor, rope: Rope, past: Past, mask: Tensor | None
    ) -> tuple[Tensor, KeyValue]:
        heads = (_unit(x, self.floor) @ self.qkv).view(*x.shape[:-1], -1, self.head_dim)
        heads = _unit(heads, self.head_floor)
        sizes = [self.num_heads, self.num_kv_heads]
        rotated = rotate(heads[:, :, : sum(sizes)] * self.norm_weights, rope)
        queries, keys = torch.split(rotated.transpose(1, 2), sizes, dim=1)
        values = heads[:, :, -self.num_kv_heads :].transpose(1, 2)
        out = attention_in_parts(queries, (*past, (keys, values)), mask)
        return out.transpose(1, 2).flatten(2) @ self.out, (keys, values)


class _FusedFeedForward(nn.Module):
    """Dense MLP and routed experts side by side."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        norm, router, experts = layer.pre_feedforward_layernorm, layer.router, layer.experts
        self.floor, self.top_k = _floor(norm), router.top_k
        self.sizes = [layer.mlp.gate_proj.out_features] * 2 + [router.proj.out_features]
        # The norm's root of the size and the router's own cancel out.
        route = router.proj.weight.float() * router.scale.float()
        self.wide = _parameter(torch.cat((_folded(_gate_up(layer.mlp), norm), route)).T)
        self.down = _parameter(layer.mlp.down_proj.weight.T)
        inner = _folded(experts.gate_up_proj, layer.pre_feedforward_layernorm_2)
        self.experts_gate_up = _parameter(inner.mT)
        scale = router.per_expert_scale.float()[:, None, None]
        # The scale of an expert is a factor of all it gives, so it can stand in its last weights.
        self.experts_down = _parameter((experts.down_proj * scale).mT)
        self.post_dense = _NormWeight(layer.post_feedforward_layernorm_1)
        self.post_experts = _NormWeight(layer.post_feedforward_layernorm_2)

    def forward(self, x: Tensor) -> Tensor:
        normed = _unit(x, self.floor)
        gate, up, scores = torch.split(normed @ self.wide, self.sizes, dim=-1)
        dense = gated(gate, up) @ self.down
        # The softmax over all, renormalised over the chosen, is the softmax over the chosen.
        best, index = scores.flatten(0, 1).topk(self.top_k, dim=-1)
        tokens, weights = normed.flatten(0, 1), best.softmax(dim=-1)
        routed = moe_quick(tokens, self.experts_gate_up, self.experts_down, index, weights)
        return self.post_experts.add(self.post_dense(dense), routed.view_as(x))


class _NormWeight(nn.Module):
    """A norm whose weight could be folded into nothing."""

    def __init__(self, norm: RMSNorm) -> None:
        super().__init__()
        assert norm.weight is not None
        self.floor = _floor(norm)
        self.weight = _parameter(norm.weight.float() * math.sqrt(norm.size[0]))

    def forward(self, x: Tensor) -> Tensor:
        return _unit(x, self.floor) * self.weight

    def add(self, x: Tensor, y: Tensor) -> Tensor:
        """Return x + norm(y)."""
        return torch.addcmul(x, _unit(y, self.floor), self.weight)


def _unit(x: Tensor, floor: float) -> Tensor:
    """Return x [..., size] at length one; vectors shorter than `floor` are divided by that.

    torch has one operation for the length of a vector and five for an RMS norm.
    """
    length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x / length.clamp_min_(floor)


def _floor(norm: RMSNorm) -> float:
    """Return the length at which a norm's eps counts as much as the vector."""
    return math.sqrt(norm.size[0] * norm.eps)


def _gate_up(mlp: GatedMLP) -> Tensor:
    return torch.cat((mlp.gate_proj.weight, mlp.up_proj.weight))


def _folded(weight: Tensor, norm: RMSNorm) -> Tensor:
    """Return weight · diag(norm) [..., out, in] for vectors of length one."""
    assert norm.weight is not None
    return weight.float() * (norm.weight.float() * math.sqrt(norm.size[0]))


def _parameter(tensor: Tensor) -> nn.Parameter:
    return nn.Parameter(tensor.float().contiguous(), requires_grad=False)
