"""One denoising step of a batch of canvases from the operations, with no host in between.

Dimensions: B canvases of L rows each, F slots (rows that are free in any canvas), V vocabulary, M
hidden, R rules. Every tensor that a step reads or writes is its own and stays where it is, so that
a step can be recorded as one CUDA graph and played back; what changes from step to step is written
into the buffers before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from kernels.dispatch import Operation
from kernels.model_pass import PASS_OPERATIONS, LayerContext, ModelWeights, denoise_pass
from kernels.philox import Draws
from kernels.step import StepRules, StepState, advance
from kernels.vocabulary import Rules, VocabularyOutput, vocabulary_pass

OPERATIONS: tuple[Operation[..., Any], ...] = (*PASS_OPERATIONS, vocabulary_pass, advance)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShape:
    """The sizes of a step's buffers; canvases, slots and rules may be fewer than their room."""

    batch: int
    rows: int
    slots: int
    rules: int = 0  # 0: every token may stand everywhere


@dataclass(frozen=True, slots=True)
class StepBuffers:
    """What a step reads beside the state and the context; written between two steps."""

    soft: Tensor  # [B · L, M], the self-conditioning signal, written by the step itself too
    known: Tensor  # [B · L, M], what rows say that are not free
    slots: Tensor  # [F] int32, the slots' rows
    hidden_rows: Tensor  # [B · F] int64, the slots among all canvases' rows
    sources: Tensor  # [B · L] int64, a row's slot among all slots; 0 where it has none
    has_source: Tensor  # [B · L, 1] bool: the rows that are free slots
    seeds: Tensor  # [B · F] int64, a canvas's seed, repeated for its slots
    positions: Tensor  # [B · F] int32, the slots' rows on their canvas
    live: Tensor  # [1] int32, rows of a canvas that are there
    forbidden: Tensor  # [R, V] bool
    rule: Tensor  # [B · F] int32, a slot's line of `forbidden`; -1: everything is allowed

    @classmethod
    def allocate(cls, model: ModelWeights, shape: StepShape) -> "StepBuffers":
        """Return buffers in which every row is a slot, as far as there are slots for it."""
        like, rows = model.final_norm, shape.batch * shape.rows
        device, slots = like.device, shape.batch * shape.slots
        soft = torch.zeros(rows, len(like), dtype=like.dtype, device=device)
        places = torch.arange(shape.slots, dtype=torch.int32, device=device)
        vocab = model.embedding.shape[0] if shape.rules else 0
        buffers = cls(
            soft=soft,
            known=torch.zeros_like(soft),
            slots=places,
            hidden_rows=torch.zeros(slots, dtype=torch.int64, device=device),
            sources=torch.zeros(rows, dtype=torch.int64, device=device),
            has_source=torch.zeros(rows, 1, dtype=torch.bool, device=device),
            seeds=torch.zeros(slots, dtype=torch.int64, device=device),
            positions=torch.zeros(slots, dtype=torch.int32, device=device),
            live=torch.full((1,), shape.rows, dtype=torch.int32, device=device),
            forbidden=torch.zeros(shape.rules, vocab, dtype=torch.bool, device=device),
            rule=torch.full((slots,), -1, dtype=torch.int32, device=device),
        )
        buffers.lay_out(places, torch.ones(shape.batch, shape.slots, dtype=torch.bool), shape.rows)
        return buffers

    def lay_out(self, slots: Tensor, is_free: Tensor, rows: int) -> None:
        """Say which of a canvas's `rows` the slots [F] are, and which [B, F] bool are free.

        A row may be named twice only where no canvas has it free.
        """
        batch, places, slots = len(is_free), slots.int(), slots.long()
        is_free = is_free.to(slots.device)
        first = torch.arange(batch, device=slots.device)[:, None]
        self.slots.copy_(places)
        self.positions.copy_(places.repeat(batch))
        self.hidden_rows.copy_((first * rows + slots).flatten())
        free_rows = (first * rows + slots)[is_free]
        self.has_source.zero_().index_fill_(0, free_rows, value=True)
        numbers = torch.arange(is_free.numel(), device=slots.device).view(is_free.shape)
        self.sources.zero_().index_copy_(0, free_rows, numbers[is_free])


class CanvasStep:
    """A denoising step that can be called again and again, or recorded."""

    def __init__(
        self, model: ModelWeights, contexts: Sequence[LayerContext], length: Tensor,
        shape: StepShape, rules: StepRules, *, has_fresh_seeds: bool = False,
    ) -> None:  # fmt: skip
        """Prepare the buffers; at first all slots are free and nothing is known.

        Args:
            model: The weights.
            contexts: One for each layer.
            length: [1] int32: positions committed.
            shape: Of the buffers.
            rules: The sampler's numbers.
            has_fresh_seeds: The seeds are new at every step, so that its number, which hangs on
                where the loop was entered, has no part in what is drawn.
        """
        self.model, self.contexts, self.length = model, contexts, length
        self.shape, self.rules = shape, rules
        self.buffers = StepBuffers.allocate(model, shape)
        canvas = torch.zeros(
            shape.batch, shape.rows, dtype=torch.int32, device=self.buffers.soft.device
        )
        self.state = StepState.start(canvas, shape.slots, rules)
        # A step's number would be counted on by the graph, whoever goes back to an earlier frame.
        number = torch.zeros_like(self.length) if has_fresh_seeds else self.state.step[:1]
        self._draws = Draws(self.buffers.seeds, self.buffers.positions, number)

    def __call__(self) -> VocabularyOutput:
        """Run one step; the state and one of its frames change."""
        own, state = self.buffers, self.state
        hidden = denoise_pass(
            self.model, state.canvas, own.soft, self.contexts, self.length, own.live
        )
        draws = self._draws
        found = vocabulary_pass(
            hidden.index_select(0, own.hidden_rows), self.model.embedding, state.temperature[:1],
            self.model.cap, self.model.embed_scale, draws,
            Rules(own.forbidden, own.rule) if self.shape.rules else None,
        )  # fmt: skip
        # Gathered, not scattered: several slots may name one row.
        said = found.soft.index_select(0, own.sources)
        torch.where(own.has_source, said, own.known, out=own.soft)
        advance(state, own.slots, found.draft, found.sample, found.entropy, draws, self.rules)
        return found


class Recorder:
    """Records steps as CUDA graphs; what lies between their operations shares one memory pool.

    So no two of them may play at once, and what a step leaves must lie in buffers of its own.
    """

    def __init__(self) -> None:
        """Open the pool; only on a CUDA device."""
        self._pool = torch.cuda.graph_pool_handle()

    def record(self, step: Callable[[], object]) -> Callable[[], None]:
        """Record a step and return what plays it back; nothing runs meanwhile.

        The step must have run before, so that every kernel is compiled.
        """
        graph = torch.cuda.CUDAGraph()
        # Of this thread alone: what others do meanwhile with the card is no business of the graph.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            step()
        return graph.replay


def runs_on_kernels(device: torch.device) -> bool:
    """Whether all operations of a step that has run on `device` were kernels.

    Twins may wait for the host, which a graph cannot.
    """
    return all(operation.runs_kernel(device) for operation in OPERATIONS)
