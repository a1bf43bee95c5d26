"""A whole step, played from its graph, and a whole commit: what one setting costs."""

import time
from collections.abc import Callable
from typing import Any

import torch

from kernels.canvas_attention import canvas_attention
from kernels.canvas_step import CanvasStep, Recorder
from kernels.frames import FrameReader
from kernels.heads import Heads, append_cache
from kernels.model_pass import LayerContext, ModelWeights, layer_pass
from kernels.norms import embed, rms_norm
from tests.benchmarks.gpu.measure import seconds
from tests.benchmarks.gpu.shapes import Maker, Shapes

STEPS = 16  # of the tokens per second, and one commit
_IN_A_ROW = 20  # steps


def setting(
    shapes: Shapes, maker: Maker, model: ModelWeights, rows: int, length: int
) -> dict[str, Any]:
    """Return what a step and a commit of `rows` tokens after `length` positions cost."""
    is_cuda = maker.device.type == "cuda"
    if is_cuda:
        torch.cuda.reset_peak_memory_stats()
    step = maker.step(shapes, model, rows, length)
    step()  # compiles
    play: Callable[[], object] = Recorder().record(step) if is_cuda else step
    peak = torch.cuda.max_memory_allocated() / 2**30 if is_cuda else None
    took = seconds(play, maker.device)
    plain, shown = (_in_a_row(play, step, shows) for shows in (False, True))
    committing = commit(shapes, maker, model, rows, length)
    committing()  # compiles
    last = seconds(committing, maker.device)
    return {
        "ms per step": took * 1e3,
        "ms per step, one after the other": plain * 1e3,
        "ms per step, one after the other, each frame read": shown * 1e3,
        "ms per commit, launched": last * 1e3,
        f"tokens/s at {STEPS} steps and a commit": rows / (took * STEPS + last),
        "peak GiB": peak,
    }


def _in_a_row(play: Callable[[], object], step: CanvasStep, shows: bool) -> float:
    """Return the seconds a step takes among others.

    If it shows, each frame is read after the next step was launched, as the engine reads it.
    """
    reader, device = FrameReader(step.state.frames), step.state.frames.device
    _wait(device)
    started = time.perf_counter()
    for number in range(_IN_A_ROW):
        play()
        if shows:
            reader.send(number % 2)
            if number:
                reader.read((number - 1) % 2)
    _wait(device)
    return (time.perf_counter() - started) / _IN_A_ROW


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def commit(
    shapes: Shapes, maker: Maker, model: ModelWeights, rows: int, length: int
) -> Callable[[], object]:
    """Return a causal pass over `rows` tokens that writes their keys and values into the rings."""
    ids = torch.randint(shapes.vocab, (rows,), dtype=torch.int32, device=maker.device)
    committed = torch.tensor([length], dtype=torch.int32, device=maker.device)
    contexts = maker.contexts(shapes, length, rows)
    following = [layer.input_norm for layer in model.layers[1:]] + [model.final_norm]

    def attend(parts: Heads, context: LayerContext, window: int | None) -> torch.Tensor:
        rings = context.cache_keys, context.cache_values
        out = canvas_attention(*parts, *rings, committed, True, window)
        append_cache(parts[1], parts[2], *rings, committed)
        return out

    def run() -> torch.Tensor:
        x = embed(ids, model.embedding, model.embed_scale, maker.dtype)
        hidden = rms_norm(x, model.layers[0].input_norm, model.eps)
        for index, (layer, context) in enumerate(zip(model.layers, contexts, strict=True)):
            window = None if shapes.is_full(index) else shapes.window
            x, hidden = layer_pass(
                layer, x, hidden, (context.cos, context.sin),
                lambda parts, c=context, w=window: attend(parts, c, w), layer.encoder_scalar,
                following[index],
            )  # fmt: skip
        return hidden

    return run
