"""A causal Llama with a denoising adapter: the base reads, base and adapter together fill canvases.

The base is as published (RMS norm, rotary positions in half-split order, grouped-query attention,
gated SiLU, tied head). The denoiser is the same layers with a low-rank change of every product,
each canvas row seeing the whole canvas and all rows cached before it. Its predictions are shifted,
as the base's are: row i says what stands in row i + 1, so a canvas begins with the context's last
token. A free row carries one learned vector and a learned map of what it is told of the step
before; known rows carry their embedding. Nothing is committed by it.

Laid out for inference on a processor: products of one input are one product, norm weights and
the attention's scale are folded into what comes behind or before them.

Dimensions: B sequences, L new rows, H heads, D head size, M hidden, V vocabulary.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.kv_cache import KVCache, Past
from engine.model.products import Changed, Product, tall_product
from kernels.attention import attention_in_parts

Rope = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaConfig:
    """The base's shape, and the canvas the adapter was trained on."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    rms_norm_eps: float
    rope_theta: float
    max_position_embeddings: int  # tokens
    canvas_length: int  # tokens
    base: str = ""  # its name, for people

    @property
    def windows(self) -> tuple[int | None, ...]:
        """Every layer keeps all rows."""
        return (None,) * self.num_layers

    def describe(self) -> str:
        """Say what the model is, in a line for people."""
        return (
            f"llama with a denoising adapter, {self.num_layers} layers, hidden "
            f"{self.hidden_size}, vocabulary {self.vocab_size}, base {self.base or 'unnamed'}"
        )


@dataclass(frozen=True, slots=True)
class Products:
    """The four products of a layer; weights are [out, in]."""

    qkv: Product | Changed
    out: Product | Changed
    gate_up: Product | Changed
    down: Product | Changed


# The parts of each product, by the names that `transformers` gives them.
PARTS: Mapping[str, tuple[str, ...]] = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}


class Llama(nn.Module):
    """Base and adapter; see `engine.model.protocol.Denoiser`."""

    def __init__(
        self,
        config: LlamaConfig,
        *,
        embedding: Tensor,
        norm: Tensor,
        causal: list[Products],
        canvas: list[Products],
        free: Tensor,
        told: Tensor,
        head: Product | None = None,
        gains: Mapping[tuple[int, str], Tensor] | None = None,
    ) -> None:
        """Take over weights as `engine.loaders.llama_checkpoint` lays them out.

        Args:
            config: The shape.
            embedding: [V, M]; its dtype is what passes are computed in.
            norm: The last norm's weight [M].
            causal: The base's products, layer by layer, with norm weights folded in.
            canvas: The same with the adapter's changes, which share the base's weights.
            free: What a free row carries [M].
            told: What a free row makes of what it is told [M, M].
            head: The product with the embedding, where that is kept otherwise for it.
            gains: The norm weights [in] that are folded into products, by layer and product, for
                changes that come later.
        """
        super().__init__()
        self.config = config
        self.embedding, self.norm = nn.Buffer(embedding), nn.Buffer(norm)
        self.free, self.told_map = nn.Buffer(free), nn.Buffer(told)
        self._causal, self._canvas, self._head = causal, canvas, head
        self.gains = gains or {}
        self._inverse = config.rope_theta ** (
            -torch.arange(0, config.head_dim, 2, dtype=torch.float64) / config.head_dim
        )
        self._ropes: tuple[Tensor, Tensor] | None = None

    def changed(self, change: Callable[[int, str, Product], tuple[Changed, Changed]]) -> "Llama":
        """Return the same model with other changes; all that is the base's is shared.

        Args:
            change: From a layer, a product's name and the base's product to what the causal and the
                canvas pass multiply with.
        """
        causal, canvas = list[Products](), list[Products]()
        for layer, products in enumerate(self._causal):
            pairs = {name: change(layer, name, _base_of(getattr(products, name))) for name in PARTS}
            causal.append(Products(**{name: one for name, (one, _) in pairs.items()}))
            canvas.append(Products(**{name: one for name, (_, one) in pairs.items()}))
        return Llama(
            self.config,
            embedding=self.embedding,
            norm=self.norm,
            causal=causal,
            canvas=canvas,
            free=self.free,
            told=self.told_map,
            head=self._head,
            gains=self.gains,
        )

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self.embedding.device

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the passes."""
        return self.embedding.dtype

    @property
    def num_bytes(self) -> int:
        """Bytes of all weights, as they are resident."""
        layers = [*self._causal, *self._canvas]
        products = [p for one in layers for p in (one.qkv, one.out, one.gate_up, one.down)]
        # A layer that has no adapter is the base's, and there once.
        distinct = {id(product): product for product in products}
        buffers = sum(buffer.nbytes for buffer in self.buffers())
        head = self._head.num_bytes if self._head else 0
        return sum(p.num_bytes for p in distinct.values()) + head + buffers

    @property
    def num_weights(self) -> int:
        """Numbers in base and adapter, the base counted once."""
        layers = [p for one in self._causal for p in (one.qkv, one.out, one.gate_up, one.down)]
        return sum(p.num_weights for p in layers) + sum(b.numel() for b in self.buffers())

    def embed(self, ids: Tensor) -> Tensor:
        """Return the embeddings [..., M] of ids [...]."""
        return F.embedding(ids, self.embedding)

    def soft_embed(self, probs: Tensor) -> Tensor:
        """Return the expected embedding [..., M] under probabilities [..., V]."""
        return probs.to(self.dtype) @ self.embedding

    def told(self, soft: Tensor | None, tokens: Tensor, where: Tensor) -> Tensor | None:
        """Return `soft` [B, L, M] with the embeddings of tokens [B, L] where they are guesses."""
        if soft is None:
            soft = self.embedding.new_zeros(*tokens.shape, self.config.hidden_size)
        return torch.where(where[..., None], self.embed(tokens), soft)

    def logits(self, hidden: Tensor) -> Tensor:
        """Return float32 logits [..., V] of hidden states [..., M]."""
        if self._head is not None:
            return self._head(hidden)
        return tall_product(self.embedding, hidden).float()

    def encode(self, ids: Tensor, cache: KVCache) -> Tensor:
        """Run ids [B, T] causally behind the cache and commit their keys and values to it.

        Returns:
            The final hidden states [B, T, M].
        """
        length = ids.shape[1]
        mask = None
        if length > 1:
            # Of the new rows alone: all of them see what is cached, however long that is.
            mask = torch.ones(length, length, dtype=torch.bool, device=ids.device).tril_()
        rope = self._rope(cache.length, length)
        # The sums of all layers stay in float32, whatever the products are computed in: what a late
        # layer adds is small beside them.
        x = self.embed(ids).float()
        for index, products in enumerate(self._causal):
            past = cache.layer(index)
            x, keys, values = self._layer(x, products, rope, past, mask)
            cache.append(index, keys, values)
        cache.commit(ids)
        return self._final(x)

    def denoise(self, canvas: Tensor, soft: Tensor | None, cache: KVCache, free: Tensor) -> Tensor:
        """Run one denoising pass; see `Denoiser.denoise`."""
        anchor = cache.last_token
        if anchor is None:
            raise ValueError("a canvas needs a token before it")
        own = self.free.expand(*canvas.shape, -1)
        if soft is not None:
            own = own + F.linear(soft.to(self.dtype), self.told_map)
        rows = torch.where(free[..., None], own, self.embed(canvas))
        x = torch.cat((self.embed(anchor.expand(len(canvas), 1)), rows), dim=1).float()
        # The context's last token is read again as the canvas's own first row, which may look at
        # all of the canvas; its cached row, which could not, is left out.
        rope = self._rope(cache.length - 1, x.shape[1])
        for index, products in enumerate(self._canvas):
            x, _, _ = self._layer(x, products, rope, _without_last(cache.layer(index)), None)
        return self._final(x[:, :-1])

    def _layer(
        self, x: Tensor, products: Products, rope: Rope, past: Past, mask: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Map the residual stream x [B, L, M] float32; return it with the rows' keys and values."""
        config = self.config
        heads = products.qkv(self._unit(x)).view(*x.shape[:2], -1, config.head_dim).transpose(1, 2)
        turning = config.num_heads + config.num_kv_heads
        turned = _rotate(heads[:, :turning], rope)
        queries, keys = turned[:, : config.num_heads], turned[:, config.num_heads :]
        values = heads[:, turning:]
        out = attention_in_parts(queries, (*past, (keys, values)), mask)
        x = x + products.out(out.transpose(1, 2).flatten(2))
        gate, up = products.gate_up(self._unit(x)).chunk(2, dim=-1)
        return x + products.down(F.silu(gate).mul_(up)), keys, values

    def _unit(self, x: Tensor) -> Tensor:
        """Return x [..., M] at unit root mean square, in the dtype of the products."""
        return F.rms_norm(x, (x.shape[-1],), None, self.config.rms_norm_eps).to(self.dtype)

    def _final(self, x: Tensor) -> Tensor:
        return self._unit(x) * self.norm

    def _rope(self, start: int, length: int) -> Rope:
        """Return cosines and sines [L, D] of positions; a table is kept and grows."""
        if self._ropes is None or len(self._ropes[0]) < start + length:
            size = 1 << (start + length - 1).bit_length()
            # Grown by doubling: a text that becomes longer token by token must not make a table for
            # each.
            angles = torch.arange(size, dtype=torch.float64)[:, None] * self._inverse
            angles = torch.cat((angles, angles), dim=-1)
            cos, sin = angles.cos(), angles.sin()
            sin[:, : self.config.head_dim // 2] *= -1  # of the half that is subtracted
            self._ropes = cos.to(self.device, self.dtype), sin.to(self.device, self.dtype)
        rows = slice(start, start + length)
        return self._ropes[0][rows], self._ropes[1][rows]


def _rotate(heads: Tensor, rope: Rope) -> Tensor:
    """Turn heads [B, H, L, D] in half-split order; the sines' first half is negative already."""
    return torch.addcmul(heads * rope[0], heads.roll(heads.shape[-1] // 2, dims=-1), rope[1])


def _without_last(past: Past) -> Past:
    """Return cached rows in parts without the last one: the canvas's own first row."""
    *first, (keys, values) = past
    if keys.shape[2] == 1:
        return tuple(first)
    return (*first, (keys[:, :, :-1], values[:, :, :-1]))


def _base_of(product: Product | Changed) -> Product:
    return product.base if isinstance(product, Changed) else product


def query_scale(config: LlamaConfig) -> float:
    """Return what queries are multiplied by, once, in their weights."""
    return 1.0 / math.sqrt(config.head_dim)
