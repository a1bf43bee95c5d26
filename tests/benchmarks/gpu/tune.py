"""Try every tile on this card at the registry's shapes, and keep the best ones on disk."""

import math
from collections.abc import Callable

import torch

from kernels import tuning
from kernels.experts import experts
from kernels.linear import gated_linear, linear
from kernels.model_pass import ModelWeights
from kernels.packed import Weight
from kernels.routing import route
from kernels.triton_guard import TritonError
from kernels.vocabulary import CHUNK, MOST_ROWS, vocabulary_pass
from tests.benchmarks.gpu.budget import Budget
from tests.benchmarks.gpu.measure import seconds
from tests.benchmarks.gpu.shapes import Maker, Shapes

_SECONDS = 15  # about what a kernel's tiles take, compiled and timed


def tune(shapes: Shapes, maker: Maker, model: ModelWeights, budget: Budget) -> dict[str, str]:
    """Return what was chosen, by operation and number of activations a tile.

    Where several canvases fill tiles alike, the largest decides.
    """
    chosen: dict[str, str] = {}
    for rows in sorted(shapes.canvases, reverse=True):
        for name, block, outputs, run in _runs(shapes, maker, model, rows):
            key = f"{name}/{block}/{outputs}"
            if key in chosen or not budget.allows(f"tiles of {key}", _SECONDS):
                continue
            default = tuning.tile_for(name, maker.device, block, outputs, blocks=-(-rows // block))
            tiles = dict.fromkeys((default, *tuning.candidates(name)))
            times = {
                tile: _timed((name, block, outputs), run, tile, maker.device) for tile in tiles
            }
            best = min(times, key=times.__getitem__)
            if math.isinf(times[best]):
                continue  # the operation runs as its twin on this card
            tuning.record(name, maker.device, block, outputs, best)
            chosen[key] = str(best)
            print(
                f"tuned {name} for {block} activations a tile and {outputs} outputs: {best}, "
                f"{times[best] * 1e6:.0f} us"
            )
    return chosen


def _timed(
    what: tuple[str, int, int], run: Callable[[], object], tile: tuning.Tile, device: torch.device
) -> float:
    with tuning.trying(*what, tile):
        try:
            return seconds(run, device, repeats=10)
        except (TritonError, RuntimeError):  # does not fit this card
            return math.inf


def _runs(
    shapes: Shapes, maker: Maker, model: ModelWeights, rows: int
) -> list[tuple[str, int, int, Callable[[], object]]]:
    x, layer = maker.normal(rows, shapes.hidden), model.layers[0]
    routing = route(x, layer.router, layer.expert_scale, shapes.top_k, model.eps)
    block = min(rows, 64)
    temperature = torch.ones(1, device=maker.device)

    def run_experts() -> object:
        return experts.kernel(x, layer.experts_gate_up, layer.experts_down, routing)

    def run_vocabulary() -> object:
        return vocabulary_pass.kernel(x, model.embedding, temperature, model.cap, model.embed_scale)

    def run_linear(weight: Weight) -> Callable[[], object]:
        inputs = maker.normal(rows, weight.shape[1])
        return lambda: linear.kernel(inputs, weight)

    full = model.layers[shapes.full_every - 1]
    dense = (layer.qkv, layer.out, layer.dense_down, full.qkv, full.out)
    return [
        ("experts_gate_up", routing.block_tokens, shapes.inner, run_experts),
        ("experts_down", routing.block_tokens, shapes.hidden, run_experts),
        *(("linear", block, weight.shape[0], run_linear(weight)) for weight in dense),
        ("gated_linear", block, shapes.dense, lambda: gated_linear.kernel(x, layer.dense_gate_up)),
        ("logits", min(rows, MOST_ROWS), min(CHUNK, shapes.vocab), run_vocabulary),
        ("soft_embedding", min(rows, MOST_ROWS), shapes.hidden, run_vocabulary),
    ]
