"""What a denoiser is trained on: rows of canvases that are to be found, and what they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.teach.canvases import Canvases, Drawing
from engine.teach.network import Factors, KeyValue, Network, windows

_ROWS = 128  # of logits at a time: with a vocabulary of 49,152 they take 25 MB


@dataclass(frozen=True, slots=True)
class Change:
    """What makes a denoiser of a base."""

    factors: Sequence[Sequence[Factors]]  # of each layer
    free: Tensor  # what a free row carries [M] bfloat16
    told: Tensor  # what it makes of what it is told [M, M] bfloat16


@dataclass(frozen=True, slots=True)
class Encoded:
    """Sequences that the causal pass has read."""

    ids: Tensor  # [B, N]
    states: Tensor  # [B, N, M]
    cache: list[KeyValue]


@dataclass(frozen=True, slots=True)
class Found:
    """The loss of every free row, one behind the other [R]."""

    losses: Tensor  # nats
    weights: Tensor  # what it counts
    modes: Tensor  # what its canvas was told: 0 nothing, 1 a draft, 2 the denoiser's own belief

    @property
    def mean(self) -> Tensor:
        """The weighted mean, a scalar."""
        return (self.losses * self.weights).sum() / self.weights.sum()


class Denoiser:
    """A base with a change, on canvases."""

    def __init__(self, network: Network, change: Change, drawing: Drawing) -> None:
        """Join them."""
        self._network, self._change, self._drawing = network, change, drawing

    def loss(self, text: Encoded, canvases: Canvases, random: torch.Generator) -> Found:
        """Return the losses of canvases that lie in encoded texts.

        Args:
            text: What the canvases look back on; gradients reach it.
            canvases: Of its sequences.
            random: Of the processor; draws what they are told.
        """
        device = text.ids.device
        rows = canvases.starts[:, None] + torch.arange(self._drawing.canvas + 1, device=device)
        tokens = text.ids[canvases.sequence[:, None], rows]
        past = windows(text.cache, canvases.sequence, canvases.starts, canvases.window)
        told, guesses, modes = self._told(tokens, text.states, canvases, past, random)
        free = canvases.free
        hidden = self.hidden(tokens, free, told, past, canvases.starts)
        targets, weights = tokens[:, 1:][free], canvases.weights[free]
        losses = cross_entropy(hidden[free], self._network.embedding, targets)
        is_told = guesses[free] == targets
        weights = torch.where(is_told, self._drawing.told_weight * weights, weights)
        return Found(losses, weights, modes[:, None].expand_as(free)[free])

    def hidden(
        self, ids: Tensor, free: Tensor, told: Tensor, past: list[KeyValue], starts: Tensor
    ) -> Tensor:
        """Return hidden states [S, T, M] that predict rows 1..T of canvases.

        Args:
            ids: The canvases' tokens [S, 1 + T], with the context's last in front.
            free: Rows that are not known [S, T].
            told: What free rows are told of the step before [S, T, M]; zeros for nothing.
            past: Of `windows`.
            starts: The canvases' places [S].
        """
        known = F.embedding(ids, self._network.embedding)
        own = self._change.free + F.linear(told, self._change.told)
        x = torch.cat([known[:, :1], torch.where(free[..., None], own, known[:, 1:])], 1)
        positions = starts[:, None] + torch.arange(ids.shape[1], device=ids.device)
        return self._network.denoise(x, self._change.factors, past, positions)[:, :-1]

    @torch.no_grad()
    def _told(
        self,
        tokens: Tensor,
        states: Tensor,
        canvases: Canvases,
        past: list[KeyValue],
        random: torch.Generator,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Choose what free rows are told.

        Returns:
            Embeddings [S, T, M], the tokens told for sure [S, T] (-1: none), and the canvases'
            modes [S], as `Found.modes` numbers them.
        """
        drawing, count, device = self._drawing, len(tokens), tokens.device
        free, embedding = canvases.free, self._network.embedding
        draw = torch.rand(count, generator=random).to(device)
        is_drafted = draw < drawing.drafted_share
        is_believed = ~is_drafted & (draw < drawing.drafted_share + drawing.believed_share)
        guesses = torch.full_like(tokens[:, 1:], -1)
        told = embedding.new_zeros(*free.shape, embedding.shape[1])
        rows = free & is_drafted[:, None]
        if rows.any():
            place = canvases.starts[:, None] + torch.arange(drawing.canvas, device=device)
            drawn = self._drawn(states[canvases.sequence[:, None], place][rows], random)
            truth = tokens[:, 1:][rows]
            of_canvas = rows.nonzero()[:, 0]
            sure = torch.rand(count, generator=random).to(device)[of_canvas]
            silent = (torch.rand(count, generator=random) * 1.6 - 0.8).clamp_min(0)
            silent = silent.to(device)[of_canvas]
            is_true, is_silent = torch.rand(2, len(truth), generator=random).to(device)
            drawn = torch.where(is_true < sure, truth, drawn)
            drawn[is_silent < silent] = -1
            guesses[rows] = drawn
            told[rows] = F.embedding(drawn.clamp_min(0), embedding) * (drawn >= 0)[:, None]
        if is_believed.any():
            some = is_believed
            part = [(k[some], v[some]) for k, v in past]
            hidden = self.hidden(tokens[some], free[some], told[some], part, canvases.starts[some])
            beliefs = self._network.logits(hidden[free[some]]).float().softmax(-1)
            told[free & some[:, None]] = beliefs.bfloat16() @ embedding
        return told, guesses, is_drafted.int() + 2 * is_believed.int()

    def _drawn(self, states: Tensor, random: torch.Generator) -> Tensor:
        """Draw a token from the base's causal belief behind each state [R, M]."""
        logits = self._network.logits(states).float()
        shares = logits.div_(self._drawing.draft_temperature).softmax(-1).cumsum(-1)
        wanted = torch.rand(len(shares), 1, generator=random).to(states.device) * shares[:, -1:]
        return torch.searchsorted(shares, wanted)[:, 0].clamp_max(shares.shape[1] - 1)


def cross_entropy(hidden: Tensor, embedding: Tensor, targets: Tensor) -> Tensor:
    """Return the loss [R] float32 of hidden states [R, M] under a fixed head [V, M].

    Logits are made some rows at a time, and what comes back of them at once with them: all of them
    and their gradients would take a gigabyte for a thousand rows.
    """
    losses: Tensor = _FixedHead.apply(hidden, embedding, targets)  # type: ignore[no-untyped-call]
    return losses


class _FixedHead(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, embedding: Tensor, targets: Tensor) -> Tensor:  # noqa: ANN401
        losses, gradients = [], []
        for rows, wanted in zip(
            torch.split(hidden, _ROWS), torch.split(targets, _ROWS), strict=True
        ):
            logs = F.linear(rows, embedding).float().log_softmax(-1)
            losses.append(-logs.gather(1, wanted[:, None])[:, 0])
            if ctx.needs_input_grad[0]:
                shares = logs.exp_()
                shares.scatter_add_(1, wanted[:, None], -shares.new_ones(len(wanted), 1))
                gradients.append(shares.to(embedding.dtype) @ embedding)
        if gradients:
            ctx.save_for_backward(torch.cat(gradients))
        return torch.cat(losses) if losses else hidden.new_zeros(0, dtype=torch.float32)

    @staticmethod
    def backward(ctx: Any, of_losses: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        (gradient,) = ctx.saved_tensors
        return (gradient * of_losses[:, None]).to(gradient.dtype), None, None
