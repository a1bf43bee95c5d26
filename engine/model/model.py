"""The model: causal encode that writes the KV cache, bidirectional denoise that only reads it."""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.config import LayerConfig, ModelConfig
from engine.model.kv_cache import KVCache
from engine.model.layers import (
    Attention,
    GatedMLP,
    Layer,
    RMSNorm,
    Rope,
    rope_frequencies,
    rope_table,
)


class Conditioning(Protocol):
    """What adds the previous step's beliefs to the canvas embeddings."""

    def combine(self, embeddings: Tensor, soft_embeddings: Tensor | None) -> Tensor:
        """Combine canvas embeddings with soft embeddings, both [B, L, M]; None stands for zeros."""


class SelfConditioning(GatedMLP):
    """Adds what the previous step believed to the canvas embeddings."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the block; its width is the dense MLP's."""
        super().__init__(config.hidden_size, config.intermediate_size)
        self.pre_norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_norm = RMSNorm(config.hidden_size, config.rms_norm_eps, has_weight=False)

    def combine(self, embeddings: Tensor, soft_embeddings: Tensor | None) -> Tensor:
        """Combine canvas embeddings with soft embeddings, both [B, L, M]; None stands for zeros."""
        if soft_embeddings is not None:
            embeddings = embeddings + self(self.pre_norm(soft_embeddings))
        out: Tensor = self.post_norm(embeddings)
        return out


class DiffusionGemma(nn.Module):
    """The text part of DiffusionGemma; parameter names as under `model.decoder.` on disk."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the model with uninitialised experts; `load_checkpoint` fills it."""
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config, layer) for layer in config.layers)
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_conditioning: Conditioning = SelfConditioning(config)
        self._frequencies = {layer: rope_frequencies(layer) for layer in config.layers}
        self._last_ropes: tuple[object, dict[LayerConfig, Rope]] | None = None

    def pack(self) -> None:
        """Lay projections of one input side by side; for a model that is not trained any more."""
        for module in self.modules():
            if isinstance(module, Attention):
                module.pack()

    def rebuild(
        self,
        layer: Callable[[int, Layer], nn.Module],
        conditioning: Callable[[SelfConditioning], Conditioning],
    ) -> None:
        """Run on other layers from now on, which are called as these are.

        Args:
            layer: Returns what takes a layer's place, by its number. They are asked for one after
                the other, so that the memory of one is free before the next is made.
            conditioning: Returns what takes the place of the self-conditioning.
        """
        for index, own in enumerate(self.layers):
            assert isinstance(own, Layer), "a model is rebuilt once"
            self.layers[index] = layer(index, own)
        assert isinstance(self.self_conditioning, SelfConditioning)
        self.self_conditioning = conditioning(self.self_conditioning)

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self._some_weight.device

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the weights."""
        return self._some_weight.dtype

    @property
    def _some_weight(self) -> Tensor:
        # The last norm's is never quantized.
        assert self.norm.weight is not None
        return self.norm.weight

    def embed(self, ids: Tensor) -> Tensor:
        """Return the scaled embeddings [..., M] of ids [...]."""
        embedded: Tensor = self.embed_tokens(ids)
        return embedded * self.embed_scale

    def soft_embed(self, probs: Tensor) -> Tensor:
        """Return the expected embedding [..., M] under probabilities [..., V] (any float dtype)."""
        return (probs.to(self.dtype) @ self.embed_tokens.weight) * self.embed_scale

    def logits(self, hidden: Tensor) -> Tensor:
        """Return soft-capped float32 logits [..., V] of final hidden states [..., M]."""
        cap = self.config.final_logit_softcapping
        logits = F.linear(hidden, self.embed_tokens.weight).float()
        # Training takes the same model; what is changed in place has no gradient.
        if torch.is_grad_enabled():
            return torch.tanh(logits / cap) * cap
        # In place: memory for so large a tensor costs more than what is computed.
        return logits.div_(cap).tanh_().mul_(cap)

    def encode(self, ids: Tensor, cache: KVCache) -> Tensor:
        """Run ids [B, T] causally behind the cache and commit their keys and values to it.

        Returns:
            The final hidden states [B, T, M].
        """
        hidden = self.embed(ids)
        start, length = cache.length, ids.shape[1]
        ropes = self.ropes(start, length)
        for index, layer in enumerate(self.layers):
            past = cache.layer(index)
            # A single row sees all that it is shown.
            seen = sum(keys.shape[2] for keys, _ in past)
            mask = self._causal_mask(index, length, seen) if length > 1 else None
            rope = ropes[self.config.layers[index]]
            hidden, (keys, values) = layer(hidden, rope, past, mask, is_encoder=True)
            cache.append(index, keys, values)
        cache.commit(ids)
        out: Tensor = self.norm(hidden)
        return out

    def told(self, soft: Tensor | None, tokens: Tensor, where: Tensor) -> Tensor | None:
        """Return `soft`: what the canvas holds is read from the canvas itself."""
        return soft

    def denoise(
        self,
        canvas: Tensor,
        soft_embeddings: Tensor | None,
        cache: KVCache,
        free: Tensor | None = None,
    ) -> Tensor:
        """Run one denoising pass; every canvas row sees all cached rows and the whole canvas.

        Args:
            canvas: Token ids [B, L] at the positions behind the cache, which may be that of one
                sequence: then all stand behind it.
            soft_embeddings: The self-conditioning signal [B, L, M]; None at the first step.
            cache: The committed context; it is not changed.
            free: Not looked at: nothing in the canvas says which rows are known.

        Returns:
            The final hidden states [B, L, M]; `logits` turns the wanted rows into logits.
        """
        hidden = self.self_conditioning.combine(self.embed(canvas), soft_embeddings)
        ropes = self.ropes(cache.length, canvas.shape[1])
        for index, layer in enumerate(self.layers):
            hidden, _ = layer(hidden, ropes[self.config.layers[index]], cache.layer(index))
        out: Tensor = self.norm(hidden)
        return out

    def ropes(self, start: int, length: int) -> dict[LayerConfig, Rope]:
        """Return each distinct layer shape's rotation tables for `length` positions from `start`.

        The last ones are kept: all steps of a canvas stand at the same place.
        """
        key = (start, length, self.dtype, self.device)
        last = self._last_ropes
        if last is None or last[0] != key:
            # On the CPU and moved, so that equal positions give equal tables on every device.
            positions = torch.arange(start, start + length)
            tables = {
                layer: rope_table(frequencies, positions, self.dtype)
                for layer, frequencies in self._frequencies.items()
            }
            moved = {
                layer: (cos.to(self.device), sin.to(self.device))
                for layer, (cos, sin) in tables.items()
            }
            # Not read from here again: another thread may have put its own in this place.
            last = self._last_ropes = key, moved
        return last[1]

    @property
    def embed_scale(self) -> Tensor:
        """The factor of embeddings, √M."""
        # Rounded to the weights' dtype first, as the reference does.
        return torch.tensor(self.config.hidden_size**0.5, dtype=self.dtype)

    def _causal_mask(self, index: int, length: int, past: int) -> Tensor:
        """Return [L, S]: a row sees itself and what stands before it, within its window."""
        rows = torch.arange(past, past + length, device=self.device)[:, None]
        columns = torch.arange(past + length, device=self.device)
        mask = columns <= rows
        if self.config.layers[index].is_sliding:
            mask &= columns > rows - self.config.sliding_window
        return mask
