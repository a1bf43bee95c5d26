"""The transformer layer shared by the causal encoder and the bidirectional denoiser.

Dimensions: B sequences, L new rows, S rows seen (cached and new), H heads, D head size, M hidden.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.config import LayerConfig, ModelConfig
from engine.model.kv_cache import KeyValue, Past, joined
from kernels.attention import attention_torch
from kernels.moe import moe_torch

Rope = tuple[Tensor, Tensor]


class RMSNorm(nn.Module):
    """Root-mean-square norm over the last dimension, in float32, with or without a weight."""

    def __init__(self, size: int, eps: float, has_weight: bool = True) -> None:
        """Create the norm for vectors of `size`."""
        super().__init__()
        self.size = (size,)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size)) if has_weight else None

    def normalise(self, x: Tensor) -> Tensor:
        """Return x [..., size] at unit root mean square, float32, without the weight."""
        return F.rms_norm(x.float(), self.size, None, self.eps)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x [..., size], apply the weight and return it in x's dtype."""
        return self.apply_weight(self.normalise(x), x.dtype)

    def apply_weight(self, normed: Tensor, dtype: torch.dtype) -> Tensor:
        """Weigh what `normalise` returned and round it to `dtype`."""
        return (normed if self.weight is None else normed * self.weight.float()).to(dtype)


class GatedMLP(nn.Module):
    """The gated-GELU feed-forward: down(gelu(gate(x)) · up(x))."""

    def __init__(self, hidden: int, intermediate: int) -> None:
        """Create the three projections, none with a bias."""
        super().__init__()
        # Gate and up stay two products: in one, the vectorised GELU works on strided tails and
        # rounds otherwise than the reference. On chaotic random checkpoints an error of 1e-6 in one
        # step has become a different token within five.
        self.gate_proj = nn.Linear(hidden, intermediate, bias=False)
        self.up_proj = nn.Linear(hidden, intermediate, bias=False)
        self.down_proj = nn.Linear(intermediate, hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map x [..., M] to [..., M]."""
        gate = F.gelu(self.gate_proj(x), approximate="tanh")
        out: Tensor = self.down_proj(gate * self.up_proj(x))
        return out


class Router(nn.Module):
    """Chooses each token's experts: softmax in float32, top-k renormalised, per-expert scale."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the router of one layer."""
        super().__init__()
        self.top_k = config.top_k_experts
        self.root = config.hidden_size**-0.5
        self.proj = nn.Linear(config.hidden_size, config.num_experts, bias=False)
        self.scale = nn.Parameter(torch.ones(config.hidden_size))
        self.per_expert_scale = nn.Parameter(torch.ones(config.num_experts))

    def forward(self, normed: Tensor) -> tuple[Tensor, Tensor]:
        """Return indices [T, K] int64 and weights [T, K] float32 for normed tokens [T, M]."""
        scores = self.proj(normed * self.scale * self.root)  # [T, E]
        # In this order as the reference has it: the softmax of the chosen alone is the same number
        # but for rounding.
        weights, index = torch.topk(scores.float().softmax(dim=-1), self.top_k, dim=-1)
        weights = weights / weights.sum(dim=-1, keepdim=True)
        return index, weights * self.per_expert_scale[index]


class Experts(nn.Module):
    """The fused expert weights; the computation itself is `kernels.moe`."""

    def __init__(self, config: ModelConfig) -> None:
        """Create E experts of `moe_intermediate_size`."""
        super().__init__()
        experts, inner = config.num_experts, config.moe_intermediate_size
        self.gate_up_proj = nn.Parameter(torch.empty(experts, 2 * inner, config.hidden_size))
        self.down_proj = nn.Parameter(torch.empty(experts, config.hidden_size, inner))

    def forward(self, x: Tensor, index: Tensor, weights: Tensor) -> Tensor:
        """Mix the chosen experts' outputs for x [T, M]; index and weights [T, K]."""
        return moe_torch(x, self.gate_up_proj, self.down_proj, index, weights)


class Attention(nn.Module):
    """Grouped-query attention with normed queries, keys and values and a scale of 1."""

    def __init__(self, config: ModelConfig, layer: LayerConfig) -> None:
        """Create the projections of one layer; full layers have no `v_proj`."""
        super().__init__()
        self.head_dim = layer.head_dim
        eps, hidden = config.rms_norm_eps, config.hidden_size
        q_size = config.num_attention_heads * layer.head_dim
        kv_size = layer.num_key_value_heads * layer.head_dim
        self.q_proj = nn.Linear(hidden, q_size, bias=False)
        self.k_proj = nn.Linear(hidden, kv_size, bias=False)
        self.v_proj = nn.Linear(hidden, kv_size, bias=False) if layer.has_v_proj else None
        self.o_proj = nn.Linear(q_size, hidden, bias=False)
        self.q_norm = RMSNorm(layer.head_dim, eps)
        self.k_norm = RMSNorm(layer.head_dim, eps)
        self.num_heads, self.num_kv_heads = config.num_attention_heads, layer.num_key_value_heads
        self._packed: tuple[Tensor, Tensor] | None = None

    def pack(self) -> None:
        """Lay queries, keys and values side by side, so that they run as one product."""
        self._packed = pack_weights(*self._inputs()), self._norm_weights()

    def unpack(self) -> None:
        """Run them one by one again, as whoever puts others in their places needs it."""
        self._packed = None

    def packed(self) -> tuple[Tensor, Tensor]:
        """Return the input projections as one matrix, and the query and key heads' norm weights."""
        return self._packed or (
            torch.cat([linear.weight for linear in self._inputs()]),
            self._norm_weights(),
        )

    def forward(
        self, x: Tensor, rope: Rope, past: Past, mask: Tensor | None
    ) -> tuple[Tensor, KeyValue]:
        """Attend from x [B, L, M] to the past rows and x itself.

        Args:
            x: Normed hidden states.
            rope: Cosines and sines [L, D] of the rows' positions.
            past: Cached keys and values, as `KVCache.layer` returns them; S - L rows in all.
            mask: Boolean [L, S] or [B, 1, L, S], True where a row may look; None: everywhere.

        Returns:
            The output [B, L, M] and the new rows' keys and values [B, H, L, D].
        """
        queries, keys, values = self._project(x, rope)
        # Cached rows of one sequence stand before those of each; expanded, they are not copied
        # until they are joined.
        shape = (len(x), -1, -1, -1)
        parts = [(past_keys.expand(shape), rows.expand(shape)) for past_keys, rows in past]
        out = attention_torch(queries, *joined([*parts, (keys, values)]), mask=mask)
        return self.o_proj(out.transpose(1, 2).flatten(2)), (keys, values)

    def _project(self, x: Tensor, rope: Rope) -> tuple[Tensor, Tensor, Tensor]:
        """Return normed and rotated queries and keys and normed values, each [B, H, L, D]."""
        heads = self._heads(x).view(*x.shape[:-1], -1, self.head_dim)
        norm_weights = self._packed[1] if self._packed else self._norm_weights()
        # One norm for all heads: values have no weight, and full layers' values are their keys.
        normed = self.q_norm.normalise(heads)
        sizes = [self.num_heads, self.num_kv_heads]
        weighted = (normed[:, :, : sum(sizes)] * norm_weights).to(x.dtype)
        queries, keys = torch.split(rotate(weighted, rope).transpose(1, 2), sizes, dim=1)
        values = normed[:, :, -self.num_kv_heads :].to(x.dtype)
        return queries, keys, values.transpose(1, 2)

    def _heads(self, x: Tensor) -> Tensor:
        """Return queries, keys and values, those there are, side by side: [B, L, heads · D]."""
        if self._packed:
            return F.linear(x, self._packed[0])
        return torch.cat([linear(x) for linear in self._inputs()], dim=-1)

    def _inputs(self) -> list[nn.Linear]:
        own = [self.q_proj, self.k_proj]
        return own if self.v_proj is None else [*own, self.v_proj]

    def _norm_weights(self) -> Tensor:
        """Return the norm weights of all query and key heads, [H, D] float32."""
        queries, keys = self.q_norm.weight, self.k_norm.weight
        assert queries is not None
        assert keys is not None
        sizes = (self.num_heads, self.num_kv_heads)
        return torch.cat(
            [w.float().expand(n, -1) for w, n in zip((queries, keys), sizes, strict=True)]
        )


class Layer(nn.Module):
    """Attention, then a dense MLP and routed experts side by side, each with its own norms."""

    def __init__(self, config: ModelConfig, layer: LayerConfig) -> None:
        """Create one layer; encoder and denoiser differ in the scalar alone."""
        super().__init__()
        hidden, eps = config.hidden_size, config.rms_norm_eps
        self.self_attn = Attention(config, layer)
        self.mlp = GatedMLP(hidden, config.intermediate_size)
        self.router = Router(config)
        self.experts = Experts(config)
        self.input_layernorm = RMSNorm(hidden, eps)
        self.post_attention_layernorm = RMSNorm(hidden, eps)
        self.pre_feedforward_layernorm = RMSNorm(hidden, eps)
        self.pre_feedforward_layernorm_2 = RMSNorm(hidden, eps)
        self.post_feedforward_layernorm = RMSNorm(hidden, eps)
        self.post_feedforward_layernorm_1 = RMSNorm(hidden, eps)
        self.post_feedforward_layernorm_2 = RMSNorm(hidden, eps)
        self.layer_scalar = nn.Buffer(torch.ones(1))
        self.encoder_layer_scalar = nn.Buffer(torch.ones(1))

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        past: Past = (),
        mask: Tensor | None = None,
        is_encoder: bool = False,
    ) -> tuple[Tensor, KeyValue]:
        """Map x [B, L, M] to [B, L, M]; the rest as in `Attention.forward`."""
        attended, key_value = self.self_attn(self.input_layernorm(x), rope, past, mask)
        x = x + self.post_attention_layernorm(attended)
        x = x + self.post_feedforward_layernorm(self._feed_forward(x))
        return x * (self.encoder_layer_scalar if is_encoder else self.layer_scalar), key_value

    def _feed_forward(self, x: Tensor) -> Tensor:
        # One norm for MLP, router and experts, which differ in the weight alone.
        normed = self.pre_feedforward_layernorm.normalise(x)
        dense = self.post_feedforward_layernorm_1(
            self.mlp(self.pre_feedforward_layernorm.apply_weight(normed, x.dtype))
        )
        index, weights = self.router(normed.flatten(0, 1).to(x.dtype))
        tokens = self.pre_feedforward_layernorm_2.apply_weight(normed, x.dtype).flatten(0, 1)
        routed = self.experts(tokens, index, weights)  # [T, M]
        routed = self.post_feedforward_layernorm_2(routed.view_as(x))
        mixed: Tensor = dense + routed
        return mixed


def pack_weights(*linears: nn.Linear) -> Tensor:
    """Return the weights as one matrix [sum of outputs, M]; the linears keep views of it."""
    packed = torch.cat([linear.weight.detach() for linear in linears])
    rows = torch.split(packed, [linear.out_features for linear in linears])
    for linear, weight in zip(linears, rows, strict=True):
        linear.weight = nn.Parameter(weight, requires_grad=False)
    return packed


def rope_frequencies(layer: LayerConfig) -> Tensor:
    """Return the angle per position of each pair of a head, [D / 2] float32.

    "Proportional" RoPE gives the first `rope_pairs` pairs θ^(−2i/D) and the others none.
    """
    # On the CPU even while the weights are laid out on the meta device.
    pairs = torch.arange(layer.rope_pairs, dtype=torch.float32, device="cpu")
    rotated = 1.0 / layer.rope_theta ** (2 * pairs / layer.head_dim)
    return F.pad(rotated, (0, layer.head_dim // 2 - layer.rope_pairs))


def rope_table(frequencies: Tensor, positions: Tensor, dtype: torch.dtype) -> Rope:
    """Return cosines and sines [L, D] for positions [L]."""
    angles = positions.float()[:, None] * frequencies
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos().to(dtype), angles.sin().to(dtype)


def rotate(x: Tensor, rope: Rope) -> Tensor:
    """Rotate the two halves of each head of x [B, L, H, D] against each other."""
    # The rotation of `transformers`, half against half; llama.cpp turns neighbours, which
    # `gguf_llama` puts back into this order.
    cos, sin = rope[0][:, None], rope[1][:, None]  # [L, 1, D]
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin
