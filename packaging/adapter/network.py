"""The base and its denoising adapter, laid out for training.

The base (architecture `llama`) stays as it is and encodes the context causally. The canvas goes
through the same layers with LoRA on every product, each row seeing the whole canvas and the
context before it. Predictions are shifted: the canvas begins with the context's last token, and
row i says what stands in row i + 1, which is what the base's head is made for.

Dimensions: B sequences, N tokens of each, S canvases of all, T rows of a canvas, M hidden.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from settings import Settings
from torch import Tensor, nn
from torch.nn import functional as F

KeyValue = tuple[Tensor, Tensor]


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


class BaseLayer:
    """One layer's frozen weights; products of one input are one matrix."""

    def __init__(self, weights: Mapping[str, Tensor], index: int) -> None:
        """Take the layer's weights out of the base's."""

        def get(*names: str) -> Tensor:
            parts = [weights[f"layers.{index}.{name}.weight"] for name in names]
            return torch.cat(parts).to(torch.bfloat16) if len(parts) > 1 else parts[0].bfloat16()

        self.norm_1, self.norm_2 = get("input_layernorm"), get("post_attention_layernorm")
        self.qkv = get("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
        self.out = get("self_attn.o_proj")
        self.gate_up = get("mlp.gate_proj", "mlp.up_proj")
        self.down = get("mlp.down_proj")


def products(shape: Shape) -> dict[str, tuple[tuple[tuple[str, int], ...], int]]:
    """Return the four products of a layer: their parts with output sizes, and the input size."""
    q, kv = shape.heads * shape.head, shape.kv_heads * shape.head
    return {
        "qkv": ((("q_proj", q), ("k_proj", kv), ("v_proj", kv)), shape.hidden),
        "out": ((("o_proj", shape.hidden),), q),
        "gate_up": ((("gate_proj", shape.inner), ("up_proj", shape.inner)), shape.hidden),
        "down": ((("down_proj", shape.hidden),), shape.inner),
    }


class Adapter(nn.Module):
    """All that is trained: LoRA, and what free rows of a canvas carry."""

    def __init__(self, shape: Shape, settings: Settings) -> None:
        """Create an adapter that leaves the base as it is."""
        super().__init__()
        self.lora = nn.ParameterDict()
        rank = settings.rank
        for layer in range(shape.layers):
            for parts, size in products(shape).values():
                for name, width in parts:
                    a = torch.randn(rank, size) / math.sqrt(size)
                    self.lora[f"{layer}_{name}_a"] = nn.Parameter(a)
                    self.lora[f"{layer}_{name}_b"] = nn.Parameter(torch.zeros(width, rank))
        self.free = nn.Parameter(torch.zeros(shape.hidden))  # the embedding of a free row
        self.told = nn.Parameter(torch.eye(shape.hidden) * 0.5)  # of what it is told

    def in_bfloat16(self, layer: int, shape: Shape, scale: float) -> list[Tensor]:
        """Return a layer's factors as the layer function takes them: a, b of each product."""
        found = []
        for parts, _ in products(shape).values():
            found.append(torch.cat([self.lora[f"{layer}_{n}_a"] for n, _ in parts]).bfloat16())
            found += [(self.lora[f"{layer}_{n}_b"] * scale).bfloat16() for n, _ in parts]
        return found


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


def attend_causally(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Grouped causal attention of a text to itself; [B, T, H·D]."""
    k, v = (t.repeat_interleave(q.shape[1] // k.shape[1], 1) for t in (k, v))
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return out.transpose(1, 2).flatten(2)


def attend_to_all(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Grouped attention without a mask; heads of one group stand as rows of one product.

    Written out for a CPU: compiled, forward and backward take a third of the time of torch's own.
    """
    if q.is_cuda:
        own = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
        return own.transpose(1, 2).flatten(2)
    batch, heads, rows, size = q.shape
    folded = q.reshape(batch, k.shape[1], -1, size)
    scores = (folded @ k.transpose(-1, -2)).float() * size**-0.5
    out: Tensor = scores.softmax(-1).to(v.dtype) @ v
    return out.view(batch, heads, rows, size).transpose(1, 2).flatten(2)


def causal_layer(
    x: Tensor, weights: Sequence[Tensor], cos: Tensor, sin: Tensor, shape: Shape
) -> tuple[Tensor, Tensor, Tensor]:
    """One layer of the base; returns the rows and their keys and values."""
    norm_1, norm_2, qkv, out, gate_up, down = weights
    q, k, v = split_heads(F.linear(norm(x, norm_1, shape.eps), qkv), cos, sin, shape)
    x = x + F.linear(attend_causally(q, k, v), out)
    gate, up = F.linear(norm(x, norm_2, shape.eps), gate_up).chunk(2, -1)
    return x + F.linear(F.silu(gate) * up, down), k, v


def lora(x: Tensor, weight: Tensor, a: Tensor, *bs: Tensor) -> Tensor:
    """Return x · weightᵀ and what the adapter adds, part by part."""
    thin = F.linear(x, a).chunk(len(bs), -1)
    parts = [F.linear(t, b) for t, b in zip(thin, bs, strict=True)]
    return F.linear(x, weight) + (torch.cat(parts, -1) if len(parts) > 1 else parts[0])


def canvas_layer(
    x: Tensor,
    weights: Sequence[Tensor],
    factors: Sequence[Tensor],
    past: KeyValue,
    tables: tuple[Tensor, Tensor],
    shape: Shape,
) -> Tensor:
    """One layer with its adapter; every row of a canvas sees its past and the whole canvas."""
    norm_1, norm_2, qkv, out, gate_up, down = weights
    q, k, v = split_heads(lora(norm(x, norm_1, shape.eps), qkv, *factors[:4]), *tables, shape)
    keys, values = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
    x = x + lora(attend_to_all(q, keys, values), out, *factors[4:6])
    gate, up = lora(norm(x, norm_2, shape.eps), gate_up, *factors[6:9]).chunk(2, -1)
    return x + lora(F.silu(gate) * up, down, *factors[9:11])


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
        layers = [BaseLayer(weights, index) for index in range(self.shape.layers)]
        self.layers = [(a.norm_1, a.norm_2, a.qkv, a.out, a.gate_up, a.down) for a in layers]
        self._causal: Any = torch.compile(causal_layer) if compiles else causal_layer
        self._canvas: Any = torch.compile(canvas_layer) if compiles else canvas_layer

    @torch.no_grad()
    def encode(self, ids: Tensor) -> tuple[Tensor, list[KeyValue]]:
        """Run ids [B, N] causally; return hidden states [B, N, M] and each layer's cache."""
        x = F.embedding(ids, self.embedding)
        positions = torch.arange(ids.shape[1], device=ids.device)[None].expand(len(ids), -1)
        cos, sin = rope_tables(positions, self.shape)
        cache = []
        for weights in self.layers:
            x, k, v = self._causal(x, weights, cos, sin, self.shape)
            cache.append((k, v))
        return norm(x, self.final_norm, self.shape.eps), cache

    def denoise(
        self,
        x: Tensor,
        factors: Sequence[Sequence[Tensor]],
        past: Sequence[KeyValue],
        positions: Tensor,
    ) -> Tensor:
        """Run the rows of canvases [S, T, M] at positions [S, T]; return their hidden states.

        Args:
            x: What the rows carry.
            factors: Each layer's, of `Adapter.in_bfloat16`.
            past: Each layer's keys and values before each canvas, of `windows`.
            positions: Where the rows stand.
        """
        tables = rope_tables(positions, self.shape)
        for weights, own, seen in zip(self.layers, factors, past, strict=True):
            x = self._canvas(x, weights, own, seen, tables, self.shape)
        return norm(x, self.final_norm, self.shape.eps)

    def logits(self, hidden: Tensor) -> Tensor:
        """Return logits [..., V] in bfloat16."""
        return F.linear(hidden, self.embedding)


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
