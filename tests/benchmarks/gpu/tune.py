"""Try every tile on this card at the registry's shapes, and keep the best ones on disk."""

from collections.abc import Callable

import torch

from kernels import tuning
from kernels.experts import experts
from kernels.linear import gated_linear, linear
from kernels.model_pass import ModelWeights
from kernels.routing import route
from kernels.triton_guard import TritonError
from kernels.vocabulary import vocabulary_pass
from tests.benchmarks.gpu.measure import seconds
from tests.benchmarks.gpu.shapes import Maker, Shapes


def tune(shapes: Shapes, maker: Maker, model: ModelWeights) -> dict[str, str]:
    """Return what was chosen, by operation and number of activations a tile."""
    chosen = {}
    for rows in shapes.canvases:
        for name, block, run in _runs(shapes, maker, model, rows):
            best = min(tuning.candidates(name), key=_timed(name, block, run, maker.device))
            tuning.record(name, maker.device, block, best)
            chosen[f"{name}/{block}"] = str(best)
            print(f"tuned {name} for {block} activations a tile: {best}")
    return chosen


def _timed(
    name: str, block: int, run: Callable[[], object], device: torch.device
) -> Callable[[tuning.Tile], float]:
    def time_of(tile: tuning.Tile) -> float:
        tuning.record(name, device, block, tile)
        try:
            return seconds(run, device, repeats=10)
        except (TritonError, RuntimeError):  # does not fit this card
            return float("inf")

    return time_of


def _runs(
    shapes: Shapes, maker: Maker, model: ModelWeights, rows: int
) -> list[tuple[str, int, Callable[[], object]]]:
    x, layer = maker.normal(rows, shapes.hidden), model.layers[0]
    routing = route(x, layer.router, layer.expert_scale, shapes.top_k, model.eps)
    block = min(rows, 64)
    temperature = torch.ones(1, device=maker.device)

    def run_experts() -> object:
        return experts.kernel(x, layer.experts_gate_up, layer.experts_down, routing)

    def run_vocabulary() -> object:
        return vocabulary_pass.kernel(x, model.embedding, temperature, model.cap, model.embed_scale)

    return [
        ("experts_gate_up", routing.block_tokens, run_experts),
        ("experts_down", routing.block_tokens, run_experts),
        ("linear", block, lambda: linear.kernel(x, layer.qkv)),
        ("gated_linear", block, lambda: gated_linear.kernel(x, layer.dense_gate_up)),
        ("logits", block, run_vocabulary),
        ("soft_embedding", block, run_vocabulary),
    ]
