"""Every operation of a step by itself: its time, bytes, operations and share of the roofline."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from kernels.canvas_attention import canvas_attention
from kernels.experts import experts
from kernels.heads import heads
from kernels.linear import gated_linear, linear
from kernels.model_pass import ModelWeights
from kernels.norms import attention_end, embed, feed_forward_end, rms_norm
from kernels.packed import Weight
from kernels.philox import Draws
from kernels.routing import route
from kernels.step import StepRules, StepState, advance
from kernels.vocabulary import vocabulary_pass
from tests.benchmarks.gpu.shapes import Maker, Shapes


@dataclass(frozen=True, slots=True)
class Case:
    """One operation, as often as a step calls it."""

    name: str
    run: Callable[[], object]
    num_bytes: float  # a call
    flop: float
    calls: int  # a step


def _size(weight: Weight) -> int:
    return weight.nbytes if isinstance(weight, torch.Tensor) else weight.num_bytes


def cases(
    shapes: Shapes, maker: Maker, model: ModelWeights, rows: int, length: int
) -> Iterator[Case]:
    """Yield the operations of one step of a canvas of `rows` rows after `length` positions."""
    hidden, layers = shapes.hidden, shapes.num_layers
    x, layer = maker.normal(rows, hidden), model.layers[0]
    row_bytes = x.nbytes
    routing = route(x, layer.router, layer.expert_scale, shapes.top_k, model.eps)
    slots = rows * shapes.top_k
    yield Case(
        "routing",
        lambda: route(x, layer.router, layer.expert_scale, shapes.top_k, model.eps),
        row_bytes + layer.router.nbytes, 2 * rows * hidden * shapes.num_experts, layers,
    )  # fmt: skip
    touched = torch.unique(routing.index).numel() / shapes.num_experts
    packed = _size(layer.experts_gate_up) + _size(layer.experts_down)
    yield Case(
        "experts",
        lambda: experts(x, layer.experts_gate_up, layer.experts_down, routing),
        touched * packed + row_bytes * (1 + shapes.top_k),
        6 * slots * hidden * shapes.inner, layers,
    )  # fmt: skip
    gate = maker.normal(rows, shapes.dense)
    weights: list[tuple[str, torch.Tensor, Weight, int]] = [
        ("dense down", gate, layer.dense_down, layers + 1)  # self-conditioning's among them
    ]
    full_layers = sum(map(shapes.is_full, range(layers)))
    for kind, index, count in (
        ("sliding", 0, layers - full_layers), ("full", shapes.full_every - 1, full_layers)
    ):  # fmt: skip
        own = model.layers[index]
        weights += [
            (f"qkv, {kind}", x, own.qkv, count),
            (f"out, {kind}", maker.normal(rows, own.out.shape[1]), own.out, count),
        ]
        yield from _attention(shapes, maker, model, (kind, index, count), rows, length)
    for name, inputs, weight, count in weights:
        yield Case(
            f"linear: {name}", lambda i=inputs, w=weight: linear(i, w),
            _size(weight) + inputs.nbytes + rows * weight.shape[0] * 2,
            2 * rows * weight.shape[0] * weight.shape[1], count,
        )  # fmt: skip
    yield Case(
        "gated linear", lambda: gated_linear(x, layer.dense_gate_up),
        _size(layer.dense_gate_up) + row_bytes + gate.nbytes, 4 * rows * hidden * shapes.dense,
        layers + 1,
    )  # fmt: skip
    yield from _norms(shapes, maker, model, rows)
    yield _vocabulary(shapes, maker, model, rows)
    yield _end(shapes, maker, rows)


def _attention(
    shapes: Shapes, maker: Maker, model: ModelWeights, which: tuple[str, int, int], rows: int,
    length: int,
) -> Iterator[Case]:  # fmt: skip
    kind, index, count = which
    groups, size = shapes.full if kind == "full" else shapes.sliding
    layer, context = model.layers[index], maker.context(shapes, index, length, rows)
    committed = torch.tensor([length], dtype=torch.int32, device=maker.device)
    qkv = maker.normal(rows, layer.qkv.shape[0])
    parts = heads(
        qkv, layer.query_norm, layer.key_norm, context.cos, context.sin, groups, layer.has_values,
        model.eps,
    )  # fmt: skip
    rings = context.cache_keys, context.cache_values
    seen = min(length, len(rings[0])) + rows
    yield Case(
        f"heads, {kind}",
        lambda: heads(
            qkv, layer.query_norm, layer.key_norm, context.cos, context.sin, groups,
            layer.has_values, model.eps,
        ),
        2 * qkv.nbytes, 0, count,
    )  # fmt: skip
    yield Case(
        f"attention, {kind}", lambda: canvas_attention(*parts, *rings, committed),
        2 * parts[0].nbytes + 4 * seen * groups * size, 4 * rows * shapes.heads * seen * size,
        count,
    )  # fmt: skip


def _norms(shapes: Shapes, maker: Maker, model: ModelWeights, rows: int) -> Iterator[Case]:
    x, layer = maker.normal(rows, shapes.hidden), model.layers[0]
    slots = maker.normal(rows * shapes.top_k, shapes.hidden).view(rows, shapes.top_k, -1)
    yield Case(
        "attention end",
        lambda: attention_end(
            x, x, layer.post_attention, layer.pre_dense, layer.pre_experts, model.eps
        ),
        5 * x.nbytes, 0, shapes.num_layers,
    )  # fmt: skip
    yield Case(
        "feed-forward end",
        lambda: feed_forward_end(
            x, x, slots, layer.post_dense, layer.post_experts, layer.post_feed_forward,
            layer.scalar, layer.input_norm, model.eps,
        ),
        4 * x.nbytes + slots.nbytes, 0, shapes.num_layers,
    )  # fmt: skip

    ids = torch.randint(shapes.vocab, (rows,), dtype=torch.int32, device=maker.device)
    yield Case(
        "embedding",
        lambda: embed(ids, model.embedding, model.embed_scale, maker.dtype, x, model.eps),
        3 * x.nbytes, 0, 1,
    )  # fmt: skip
    yield Case(
        "norm", lambda: rms_norm(x, layer.input_norm, model.eps), 2 * x.nbytes, 0, 2
    )  # fmt: skip


def _end(shapes: Shapes, maker: Maker, rows: int) -> Case:
    rules = StepRules(
        vocab=shapes.vocab, max_steps=10**6, t_min=0.4, t_max=0.8, bound=0.1, stability=1,
        confidence=-1.0,
    )  # fmt: skip
    ids = torch.zeros(rows, dtype=torch.int32, device=maker.device)
    entropy = torch.rand(rows, device=maker.device)
    slots = torch.arange(rows, dtype=torch.int32, device=maker.device)
    state = StepState.start(ids[None].clone(), rows, rules)
    draws = Draws(torch.ones_like(ids).long(), slots, state.step)
    return Case(
        "step's end", lambda: advance(state, slots, ids, ids, entropy, draws, rules),
        10 * ids.nbytes, 0, 1,
    )  # fmt: skip


def _vocabulary(shapes: Shapes, maker: Maker, model: ModelWeights, rows: int) -> Case:
    x, device = maker.normal(rows, shapes.hidden), maker.device
    positions = torch.arange(rows, dtype=torch.int32, device=device)
    draws = Draws(torch.ones_like(positions).long(), positions, positions[:1])
    temperature = torch.tensor([0.6], device=device)
    return Case(
        "vocabulary",
        lambda: vocabulary_pass(
            x, model.embedding, temperature, model.cap, model.embed_scale, draws
        ),
        _size(model.embedding) + 2 * x.nbytes, 4 * rows * shapes.vocab * shapes.hidden, 1,
    )  # fmt: skip
