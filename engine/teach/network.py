"""A causal Llama and its canvases, laid out for training low-rank changes of it.

The base (architecture `llama`) stays as it is. A text runs through it causally; canvases go
through the same layers, each row seeing the whole canvas and the context before it. Predictions
are shifted: a canvas begins with the context's last token, and row i says what stands in row
i + 1, which is what the base's head is made for. Either pass may be changed by halves
(`Factors`), which gradients reach.

Dimensions: B sequences, N tokens of each, S canvases of all, T rows of a canvas, M hidden, R rank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

KeyValue = tuple[Tensor, Tensor]
# A product's halves: those [R, M] of its parts below each other, and each part's own [out, R].
# Without any, the product is the base's.
Factors = tuple[Tensor, ...]
UNCHANGED: tuple[Factors, ...] = ((), (), (), ())  # a layer's four products


@dataclass(frozen=True, slots=True)
class Shape:
    """The base's sizes."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head: int
    inner: int
    theta: float
    eps: float

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Shape":
        """Take them from what `LlamaFile.config` says."""
        return cls(
            layers=config["num_layers"],
            hidden=config["hidden_size"],
            heads=config["num_heads"],
            kv_heads=config["num_kv_heads"],
            head=config["head_dim"],
            inner=config["intermediate_size"],
            theta=config["rope_theta"],
            eps=config["rms_norm_eps"],
        )


def products(shape: Shape) -> dict[str, tuple[tuple[tuple[str, int], ...], int]]:
    """Return the four products of a layer: their parts with output sizes, and the input size.

    Parts are called as `transformers` calls them.
    """
    q, kv = shape.heads * shape.head, shape.kv_heads * shape.head
    attention, inner = "self_attn", shape.inner
    qkv = (("q_proj", q), ("k_proj", kv), ("v_proj", kv))
    return {
        "qkv": (tuple((f"{attention}.{name}", size) for name, size in qkv), shape.hidden),
        "out": (((f"{attention}.o_proj", shape.hidden),), q),
        "gate_up": ((("mlp.gate_proj", inner), ("mlp.up_proj", inner)), shape.hidden),
        "down": ((("mlp.down_proj", shape.hidden),), inner),
    }


class BaseLayer:
    """One layer's frozen weights; products of one input are one matrix."""

    def __init__(self, weights: Mapping[str, Tensor], index: int, shape: Shape) -> None:
        """Take the layer's weights out of the base's."""

        def get(*names: str) -> Tensor:
            parts = [weights[f"layers.{index}.{name}.weight"] for name in names]
            return torch.cat(parts).to(torch.bfloat16) if len(parts) > 1 else parts[0].bfloat16()

        self.norms = get("input_layernorm"), get("post_attention_layernorm")
        self.products = tuple(
            get(*(name for name, _ in parts)) for parts, _ in products(shape).values()
        )


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn heads [B, H, T, D] by tables [B, 1, T, D]."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def rope_tables(positions: Tensor, shape: Shape) -> tuple[Tensor, Tensor]:
    """Return cosines and sines [B, 1, T, D] in bfloat16 of positions [B, T]."""
    exponents = torch.arange(0, shape.head, 2, device=positions.device).float() / shape.head
    inverse = shape.theta**-exponents
    angles = positions[..., None].float() * inverse
    angles = torch.cat([angles, angles], -1)[:, None]
    return angles.cos().bfloat16(), angles.sin().bfloat16()


def norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """RMS norm with a weight, computed in float32."""
    y = x.float()
    return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + eps) * weight.float()).to(x.dtype)


def split_heads(x: Tensor, cos: Tensor, sin: Tensor, s: Shape) -> tuple[Tensor, Tensor, Tensor]:
    """Return rotated queries and keys, and values, [B, H, T, D], of products [B, T, *]."""
    heads = x.view(*x.shape[:2], -1, s.head).transpose(1, 2)
    turned = rotate(heads[:, : s.heads + s.kv_heads], cos, sin)
    return turned[:, : s.heads], turned[:, s.heads :], heads[:, s.heads + s.kv_heads :]


def attend(q: Tensor, k: Tensor, v: Tensor, *, is_causal: bool) -> Tensor:
    """Grouped attention, each row to all or, if causal, to those up to it; [B, T, H·D].

    Written out for a CPU, where torch's own takes three times as long backward; heads of one group
    stand as rows of one product.
    """
    if q.is_cuda:
        own = F.scaled_dot_product_attention(q, k, v, is_causal=is_causal, enable_gqa=True)
        return own.transpose(1, 2).flatten(2)
    batch, heads, rows, size = q.shape
    folded = q.reshape(batch, k.shape[1], -1, size)
    scores = (folded @ k.transpose(-1, -2)).float() * size**-0.5
    if is_causal:
        later = torch.ones(rows, rows, dtype=torch.bool).triu_(1).repeat(heads // k.shape[1], 1)
        scores = scores.masked_fill(later, -torch.inf)
    out: Tensor = scores.softmax(-1).to(v.dtype) @ v
    return out.view(batch, heads, rows, size).transpose(1, 2).flatten(2)


def changed(x: Tensor, weight: Tensor, factors: Factors) -> Tensor:
    """Return x · weightᵀ and what the halves add, part by part."""
    whole = F.linear(x, weight)
    if not factors:
        return whole
    a, *bs = factors
    thin = F.linear(x, a).chunk(len(bs), -1)
    parts = [F.linear(t, b) for t, b in zip(thin, bs, strict=True)]
    return whole + (torch.cat(parts, -1) if len(parts) > 1 else parts[0])


def run_layer(
    x: Tensor,
    base: tuple[tuple[Tensor, ...], tuple[Tensor, ...]],
    factors: Sequence[Factors],
    tables: tuple[Tensor, Tensor],
    shape: Shape,
    past: KeyValue | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Run one layer over rows x [B, T, M]; return them with their keys and values.

    Args:
        x: The rows.
        base: The frozen norms and products.
        factors: Of each product.
        tables: Of `rope_tables`.
        shape: Sizes.
        past: Keys and values that every row sees beside all rows of x, as a canvas's do; None: each
            row sees those before it, as a text's do.
    """
    (norm_1, norm_2), (qkv, out, gate_up, down) = base
    q, k, v = split_heads(changed(norm(x, norm_1, shape.eps), qkv, factors[0]), *tables, shape)
    if past is None:
        seen = attend(q, k, v, is_causal=True)
    else:
        keys, values = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        seen = attend(q, keys, values, is_causal=False)
    x = x + changed(seen, out, factors[1])
    gate, up = changed(norm(x, norm_2, shape.eps), gate_up, factors[2]).chunk(2, -1)
    return x + changed(F.silu(gate) * up, down, factors[3]), k, v


class Network:
    """Both passes over one set of frozen weights."""

    def __init__(
        self, weights: Mapping[str, Tensor], shape: Shape, device: torch.device, *, compiles: bool
    ) -> None:
        """Lay the base's weights out for training."""
        self.shape, self.device = shape, device
        weights = {name: weight.to(device) for name, weight in weights.items()}
        self.embedding = weights["embed_tokens.weight"].bfloat16()
        self.final_norm = weights["norm.weight"].bfloat16()
        layers = [BaseLayer(weights, index, shape) for index in range(shape.layers)]
        self.layers = [(layer.norms, layer.products) for layer in layers]
        self._layer: Any = torch.compile(run_layer) if compiles else run_layer

    def encode(
        self, ids: Tensor, factors: Sequence[Sequence[Factors]] | None = None
    ) -> tuple[Tensor, list[KeyValue]]:
        """Run ids [B, N] causally; return hidden states [B, N, M] and each layer's cache."""
        x = F.embedding(ids, self.embedding)
        positions = torch.arange(ids.shape[1], device=ids.device)[None].expand(len(ids), -1)
        tables, cache = rope_tables(positions, self.shape), []
        for base, own in zip(self.layers, factors or self._unchanged, strict=True):
            x, k, v = self._layer(x, base, own, tables, self.shape)
            cache.append((k, v))
        return norm(x, self.final_norm, self.shape.eps), cache

    def denoise(
        self,
        x: Tensor,
        factors: Sequence[Sequence[Factors]],
        past: Sequence[KeyValue],
        positions: Tensor,
    ) -> Tensor:
        """Run the rows of canvases [S, T, M] at positions [S, T]; return their hidden states.

        Args:
            x: What the rows carry.
            factors: Each layer's.
            past: Each layer's keys and values before each canvas, of `windows`.
            positions: Where the rows stand.
        """
        tables = rope_tables(positions, self.shape)
        for base, own, seen in zip(self.layers, factors, past, strict=True):
            x, _, _ = self._layer(x, base, own, tables, self.shape, seen)
        return norm(x, self.final_norm, self.shape.eps)

    def logits(self, hidden: Tensor) -> Tensor:
        """Return logits [..., V] in bfloat16."""
        return F.linear(hidden, self.embedding)

    @property
    def _unchanged(self) -> list[tuple[Factors, ...]]:
        return [UNCHANGED] * self.shape.layers


def windows(
    cache: Sequence[KeyValue], sequence: Tensor, starts: Tensor, size: int
) -> list[KeyValue]:
    """Cut the `size` rows before each canvas's first out of the sequences' cache.

    Args:
        cache: Of `Network.encode`.
        sequence: In which sequence each canvas lies [S].
        starts: Where it begins there [S], `size` or later.
        size: Rows.
    """
    rows = starts[:, None] + torch.arange(-size, 0, device=starts.device)

    def cut(part: Tensor) -> Tensor:
        return part.transpose(1, 2)[sequence[:, None], rows].transpose(1, 2).contiguous()

    return [(cut(keys), cut(values)) for keys, values in cache]
