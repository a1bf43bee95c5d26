"""What infilling needs of a model: two passes over one set of habits, whatever the architecture.

Dimensions: B sequences, T new tokens, L canvas rows, M hidden, V vocabulary.
"""

from typing import Protocol

import torch
from torch import Tensor

from engine.model.kv_cache import KVCache


class DenoiserConfig(Protocol):
    """The sizes that a job looks at."""

    @property
    def vocab_size(self) -> int:
        """Ids of tokens."""

    @property
    def canvas_length(self) -> int:
        """Tokens of a canvas at most."""

    @property
    def max_position_embeddings(self) -> int:
        """Tokens of context and canvas together."""

    @property
    def windows(self) -> tuple[int | None, ...]:
        """For each layer the cached rows a token sees, without itself; None: all of them."""

    def describe(self) -> str:
        """Say what the model is, in a line for people."""


class Denoiser(Protocol):
    """A model that reads a text causally and fills canvases behind it."""

    @property
    def config(self) -> DenoiserConfig:
        """Its sizes."""

    @property
    def device(self) -> torch.device:
        """Where the weights are."""

    @property
    def dtype(self) -> torch.dtype:
        """What its passes are computed in."""

    def embed(self, ids: Tensor) -> Tensor:
        """Return what tokens [...] carry on the canvas, [..., M]."""

    def soft_embed(self, probs: Tensor) -> Tensor:
        """Return the expected embedding [..., M] under probabilities [..., V]."""

    def told(self, soft: Tensor | None, tokens: Tensor, where: Tensor) -> Tensor | None:
        """Return what rows are told of the step before once they hold tokens.

        Args:
            soft: What they were told, [B, L, M]; None: nothing.
            tokens: What the canvas holds [B, L].
            where: The rows in which that is a guess and no noise, [B, L] bool.
        """

    def encode(self, ids: Tensor, cache: KVCache) -> Tensor:
        """Run ids [B, T] causally behind the cache and commit them; return hidden [B, T, M]."""

    def denoise(self, canvas: Tensor, soft: Tensor | None, cache: KVCache, free: Tensor) -> Tensor:
        """Run one pass over a canvas; every row sees the whole canvas and all cached rows.

        Args:
            canvas: Token ids [B, L] at the positions behind the cache.
            soft: What each row is told of the step before [B, L, M]; None: nothing.
            cache: The committed context of one sequence; it is not changed.
            free: The rows that are not known [B, L] bool.

        Returns:
            Hidden states [B, L, M]; `logits` turns a row's into what may stand in that row.
        """

    def logits(self, hidden: Tensor) -> Tensor:
        """Return float32 logits [..., V] of hidden states [..., M]."""
