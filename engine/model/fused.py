"""An inference-only layout of the layers for float32 on a CPU: fewer and larger operations.

A norm's weight in front of a projection is folded into it; projections of one input run as one
product. Results equal those of `layers.py` to rounding, not to the bit: comparing generated tokens
with the reference, seed by seed, needs the plain layers. Dimensions as in `layers.py`.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.layers import Attention, GatedMLP, KeyValue, Layer, RMSNorm, Rope, rotate
from engine.model.model import DiffusionGemma, SelfConditioning
from kernels.attention import attention_grouped, attention_torch
from kernels.moe import moe_quick


def fuse(model: DiffusionGemma) -> None:
    """Rebuild a loaded model's layers in place."""
    for index, layer in enumerate(model.layers):
        assert isinstance(layer, Layer)
        model.layers[index] = FusedLayer(layer)
    assert isinstance(model.self_conditioning, SelfConditioning)
    model.self_conditioning = FusedSelfConditioning(model.self_conditioning)


class FusedLayer(nn.Module):
    """One layer, called as `Layer` is."""

    def __init__(self, layer: Layer) -> None:
        """Fold the layer's weights; the layer itself can be dropped afterwards."""
        super().__init__()
        self.attention = _FusedAttention(layer.self_attn, layer.input_layernorm)
        self.feed_forward = _FusedFeedForward(layer)
        self.post_attention = layer.post_attention_layernorm
        self.post_feed_forward = layer.post_feedforward_layernorm
        self.scalars = nn.Buffer(torch.cat((layer.layer_scalar, layer.encoder_layer_scalar)))
        self._is_scaled = bool((self.scalars != 1).any())

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        past: KeyValue | None = None,
        mask: Tensor | None = None,
        is_encoder: bool = False,
    ) -> tuple[Tensor, KeyValue]:
        """Map x [B, L, M] to [B, L, M]; the rest as in `Attention.forward`."""
        attended, key_value = self.attention(x, rope, past, mask)
        x = x + _norm(attended, self.post_attention)
        x = x + _norm(self.feed_forward(x), self.post_feed_forward)
        return (x * self.scalars[int(is_encoder)] if self._is_scaled else x), key_value


class FusedSelfConditioning(nn.Module):
    """Self-conditioning, called as `SelfConditioning` is."""

    def __init__(self, plain: SelfConditioning) -> None:
        """Fold the norm's weight into gate and up."""
        super().__init__()
        self.eps = plain.pre_norm.eps
        self.gate_up = _folded(_gate_up(plain), plain.pre_norm)
        self.down = plain.down_proj.weight

    def combine(self, embeddings: Tensor, soft_embeddings: Tensor | None) -> Tensor:
        """Combine canvas embeddings with soft embeddings, both [B, L, M]; None stands for zeros."""
        if soft_embeddings is not None:
            normed = _unit(soft_embeddings, self.eps)
            gate, up = F.linear(normed, self.gate_up).chunk(2, dim=-1)
            embeddings = embeddings + F.linear(_gated(gate, up), self.down)
        return _unit(embeddings, self.eps)


class _FusedAttention(nn.Module):
    def __init__(self, plain: Attention, norm: RMSNorm) -> None:
        super().__init__()
        self.eps = norm.eps
        self.head_dim, self.num_heads = plain.head_dim, plain.num_heads
        self.num_kv_heads = plain.num_kv_heads
        weight, norm_weights = plain.packed()
        self.qkv = _folded(weight, norm)
        self.norm_weights = nn.Parameter(norm_weights.to(weight.dtype), requires_grad=False)
        self.out = plain.o_proj.weight

    def forward(
        self, x: Tensor, rope: Rope, past: KeyValue | None, mask: Tensor | None
    ) -> tuple[Tensor, KeyValue]:
        heads = F.linear(_unit(x, self.eps), self.qkv).view(*x.shape[:-1], -1, self.head_dim)
        heads = _unit(heads, self.eps)
        sizes = [self.num_heads, self.num_kv_heads]
        rotated = rotate(heads[:, :, : sum(sizes)] * self.norm_weights, rope)
        queries, keys = torch.split(rotated.transpose(1, 2), sizes, dim=1)
        values = heads[:, :, -self.num_kv_heads :].transpose(1, 2)
        seen_keys, seen_values = keys, values
        if past is not None:
            seen_keys = torch.cat((past[0], keys), dim=2)
            seen_values = torch.cat((past[1], values), dim=2)
        if mask is None:
            out = attention_grouped(queries, seen_keys, seen_values)
        else:
            out = attention_torch(queries, seen_keys, seen_values, mask)
        return F.linear(out.transpose(1, 2).flatten(2), self.out), (keys, values)


class _FusedFeedForward(nn.Module):
    """Dense MLP and routed experts side by side."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        norm, router, experts = layer.pre_feedforward_layernorm, layer.router, layer.experts
        self.eps, self.top_k = norm.eps, router.top_k
        self.sizes = [layer.mlp.gate_proj.out_features] * 2 + [router.proj.out_features]
        route = router.proj.weight.float() * router.scale.float() * router.root
        parts = (_folded(_gate_up(layer.mlp), norm), route.to(router.proj.weight.dtype))
        self.wide = nn.Parameter(torch.cat(parts), requires_grad=False)  # [gate | up | router]
        self.down = layer.mlp.down_proj.weight
        self.experts_gate_up = _folded(experts.gate_up_proj, layer.pre_feedforward_layernorm_2)
        self.experts_down = experts.down_proj
        self.expert_scale = nn.Parameter(router.per_expert_scale.float(), requires_grad=False)
        self.post_dense = layer.post_feedforward_layernorm_1
        self.post_experts = layer.post_feedforward_layernorm_2

    def forward(self, x: Tensor) -> Tensor:
        normed = _unit(x, self.eps)
        gate, up, scores = torch.split(F.linear(normed, self.wide), self.sizes, dim=-1)
        dense = F.linear(_gated(gate, up), self.down)
        # The softmax over all, renormalised over the chosen, is the softmax over the chosen.
        best, index = scores.flatten(0, 1).topk(self.top_k, dim=-1)
        weights = best.softmax(dim=-1) * self.expert_scale[index]
        tokens = normed.flatten(0, 1)
        routed = moe_quick(tokens, self.experts_gate_up, self.experts_down, index, weights)
        return _norm(dense, self.post_dense) + _norm(routed.view_as(x), self.post_experts)


def _gated(gate: Tensor, up: Tensor) -> Tensor:
    return F.gelu(gate, approximate="tanh") * up


def _unit(x: Tensor, eps: float) -> Tensor:
    """Return x [..., size] at unit root mean square; the floor under tiny vectors is `eps`'s.

    torch has one operation for the length of a vector and five for an RMS norm.
    """
    size = x.shape[-1]
    length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x * (math.sqrt(size) / length.clamp_min_(math.sqrt(size * eps)))


def _norm(x: Tensor, norm: RMSNorm) -> Tensor:
    assert norm.weight is not None
    return _unit(x, norm.eps) * norm.weight


def _gate_up(mlp: GatedMLP) -> Tensor:
    return torch.cat((mlp.gate_proj.weight, mlp.up_proj.weight))


def _folded(weight: Tensor, norm: RMSNorm) -> nn.Parameter:
    """Return weight · diag(norm), rounded once."""
    assert norm.weight is not None
    folded = (weight.float() * norm.weight.float()).to(weight.dtype)
    return nn.Parameter(folded, requires_grad=False)
