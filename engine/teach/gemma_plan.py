"""Whether a card can hold the teaching of a DiffusionGemma: arithmetic, never measured on one.

Weights, halves and what is kept between the two directions follow from shapes alone. What one layer
and one product hold for a moment is an upper estimate.
"""

from dataclasses import replace
from pathlib import Path

from engine.checkpoints.detect import open_reader
from engine.checkpoints.plan import GIB, LADDER, RUNTIME_BYTES, Line, Plan, why
from engine.checkpoints.resident import Residency, kind_of
from engine.checkpoints.shapes import ROW_BYTES, ModelShapes
from engine.teach.gemma import CHANGED, CONTEXT, SEQUENCES, Lora
from engine.teach.vocabulary import BLOCK

_FLOAT = 4  # bytes
# What a trainer keeps beside a half: the checkpoint's own, the average, the best and two moments,
# and a gradient of each sequence of a step and their sum.
_KEPT = 5 + SEQUENCES + 1
# Bytes a weight takes while it is unpacked: indices, their values, the scaled and the rounded ones.
_UNPACKED = 12
_OPENING = 64  # tokens of a conversation's turns before the text, about


def teaching_plan(
    free_bytes: int,
    shapes: ModelShapes,
    lora: Lora,
    context: int = CONTEXT,
    at_once: int = 1,
    ladder: tuple[Residency, ...] = LADDER,
) -> Plan:
    """Return the best layout in which a model can be taught; no weights wait on the host.

    Args:
        free_bytes: Free memory of the card.
        shapes: The model's.
        lora: The size of the change.
        context: Tokens in front of a canvas.
        at_once: Sequences that are worked out together; their gradients are added up.
        ladder: The choices of formats, best first.
    """
    for step, residency in enumerate(ladder):
        found = _plan(free_bytes, shapes, lora, context, at_once, residency)
        if found.fits:
            return replace(found, reason=why(ladder, step, free_bytes))
    short = (found.device_bytes - free_bytes) / GIB
    return replace(
        found,
        reason=f"even the tightest layout lacks {short:.2f} GiB. Close what else uses the card, or "
        "teach a smaller model; Inlay Small can be taught on any computer",
    )


def teaching_plan_for(path: Path, free_bytes: int, lora: Lora | None = None) -> Plan:
    """Return the plan of a checkpoint on disk.

    Raises:
        ModelFolderError: If the checkpoint cannot be read.
    """
    return teaching_plan(free_bytes, ModelShapes.stored(open_reader(path)), lora or Lora())


def half_numbers(shapes: ModelShapes, rank: int) -> int:
    """Return how many numbers are trained: of each changed product rank · (outputs + inputs)."""
    changed = (
        shape
        for name, shape in shapes.weights.items()
        if CHANGED.fullmatch(name.removesuffix(".weight"))
    )
    return sum(rank * sum(shape) for shape in changed)


def kept_bytes(shapes: ModelShapes, context: int, at_once: int) -> int:
    """Return the bytes kept from one direction to the other.

    The input of each layer in both passes, what the last norm and the head take, and the keys and
    values of the context, which both passes use.
    """
    config = shapes.config
    row = config.hidden_size * (ROW_BYTES * (len(config.layers) + 2) + _FLOAT)
    cache = sum(2 * one.num_key_value_heads * one.head_dim for one in config.layers) * ROW_BYTES
    return at_once * ((context + config.canvas_length) * row + context * cache)


def layer_bytes(shapes: ModelShapes, context: int, at_once: int) -> int:
    """Return an upper estimate of what one layer holds while its gradient is computed.

    Of a row: seven norms and four inputs of halves in float32, heads and the MLP with their
    float32 changes, the chosen experts' inner values; all of it again for the gradients. Beside
    that the attention's weights, where a card keeps them.
    """
    config, size = shapes.config, shapes.config.hidden_size
    heads = max(
        (config.num_attention_heads * 2 + 2 * one.num_key_value_heads) * one.head_dim
        for one in config.layers
    )
    experts = config.top_k_experts * (4 * size + 6 * config.moe_intermediate_size)
    row = 11 * size * (_FLOAT + ROW_BYTES) + 16 * (heads + 2 * config.intermediate_size)
    rows = at_once * max(context, config.canvas_length)
    seen = (context + config.canvas_length) * config.num_attention_heads * _FLOAT
    return 2 * rows * (row + experts * ROW_BYTES + 2 * seen)


def unpacked_bytes(shapes: ModelShapes) -> int:
    """Return the most that a single weight takes while it is unpacked."""
    columns = shapes.config.hidden_size
    block = min(BLOCK, shapes.config.vocab_size) * columns
    matrices = (
        shape[-2] * shape[-1]
        for name, shape in shapes.weights.items()
        if kind_of(name, shape) in ("experts", "dense")
    )
    return _UNPACKED * max(block, *matrices)


def _plan(
    free_bytes: int,
    shapes: ModelShapes,
    lora: Lora,
    context: int,
    at_once: int,
    residency: Residency,
) -> Plan:
    half_bytes, told = _FLOAT * half_numbers(shapes, lora.rank), context + _OPENING
    canvas, kind = shapes.config.canvas_length, "nvfp4" if shapes.nvfp4 else residency.experts
    rows = at_once * max(told, canvas)
    logits = 4 * rows * min(BLOCK, shapes.config.vocab_size) * _FLOAT
    weights = (
        ("experts", kind, "experts"),
        ("attention and MLP", residency.dense, "dense"),
        ("embedding", residency.embedding, "embedding"),
        ("norms, router", "bfloat16", None),
    )
    lines = (
        *(
            Line(what=what, choice=choice, num_bytes=shapes.weight_bytes(residency, of))
            for what, choice, of in weights
        ),
        Line(what="halves", choice=f"rank {lora.rank}, float32", num_bytes=half_bytes),
        Line(what="gradients, moments, copies", choice="float32", num_bytes=_KEPT * half_bytes),
        Line(
            what="layers' inputs, keys, values",
            choice=f"{at_once} × ({told} + {canvas}) tokens",
            num_bytes=kept_bytes(shapes, told, at_once),
        ),
        Line(
            what="one layer again",
            choice="estimate",
            num_bytes=layer_bytes(shapes, told, at_once),
        ),
        Line(what="one weight unpacked", choice="estimate", num_bytes=unpacked_bytes(shapes)),
        Line(what="logits", choice=f"{BLOCK:,} tokens at a time", num_bytes=logits),
        Line(what="runtime", choice="estimate", num_bytes=RUNTIME_BYTES),
    )
    return Plan(
        residency=residency,
        host_layers=0,
        lines=lines,
        host_bytes=0,
        free_bytes=free_bytes,
        context=context,
        canvas=canvas,
        fits=sum(line.num_bytes for line in lines) <= free_bytes,
        reason="",
    )
