"""Our denoising step beside `transformers`', on the embedded model, in one run.

Ours is what the editor runs on a CPU: float32, fused layers, one random number a row. Beside it
stand our plain layers, which give the reference's tokens, and the reference in both precisions.
"""

import logging
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from engine.denoise_step import Clamp
from engine.denoiser import Begun, Denoising, generate
from engine.generation_config import GenerationConfig
from engine.loaders import Checkpoint, load_checkpoint
from engine.model import KVCache
from engine.model.fused import fuse
from engine.sampler import QuickDraws, Sampler
from engine.stepping import PlainStepper

PROMPT_LENGTH = 128
FEW, MANY = 3, 11  # steps of the two runs whose difference is the time of MANY - FEW steps
NEVER = 1e-9  # a confidence no canvas reaches, so that every step is run
Run = Callable[[int], float]


def measure(folder: Path, rounds: int = 7) -> dict[str, Any]:
    """Return ms per step of each, measured in turns, and how much longer the others take."""
    checkpoint = load_checkpoint(folder, dtype=torch.float32)
    generator = torch.Generator().manual_seed(0)
    prompt = torch.randint(4, checkpoint.config.vocab_size, (1, PROMPT_LENGTH), generator=generator)
    runs = {
        "ours": _ours(folder, prompt),
        "ours, plain layers": _plain(checkpoint, prompt),
        "transformers float32": _reference(folder, torch.float32, prompt),
        "transformers bfloat16": _reference(folder, torch.bfloat16, prompt),
    }
    samples: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(FEW)
    for _ in range(rounds):
        for name, run in runs.items():
            samples[name].append((run(MANY) - run(FEW)) / (MANY - FEW))
    ms = {name: statistics.median(values) * 1e3 for name, values in samples.items()}
    return {
        "canvas": checkpoint.config.canvas_length,
        "threads": torch.get_num_threads(),
        "ms": {name: round(value, 2) for name, value in ms.items()},
        "ms_fastest": {name: round(min(v) * 1e3, 2) for name, v in samples.items()},
        "times_ours": {name: round(value / ms["ours"], 2) for name, value in ms.items()},
    }


def _ours(folder: Path, prompt: torch.Tensor) -> Run:
    checkpoint = load_checkpoint(folder, dtype=torch.float32)
    model, length = checkpoint.model, checkpoint.config.canvas_length
    fuse(model)

    def run(steps: int) -> float:
        sampler = Sampler.from_config(_config(checkpoint, steps), QuickDraws())
        start = time.perf_counter()
        with torch.inference_mode():
            cache = KVCache(checkpoint.config)
            model.encode(prompt, cache)
            clamp = Clamp.none(length, model.device)
            generators = [torch.Generator().manual_seed(0)]
            begun = Begun.from_noise(model, cache, clamp, sampler, generators)
            denoising = Denoising(PlainStepper(model), begun)
            for _ in range(steps):
                denoising.step()
        return time.perf_counter() - start

    return run


def _plain(checkpoint: Checkpoint, prompt: torch.Tensor) -> Run:
    length = checkpoint.config.canvas_length

    def run(steps: int) -> float:
        changed = replace(checkpoint, generation=_config(checkpoint, steps))
        start = time.perf_counter()
        generate(changed, prompt[0].tolist(), length, torch.Generator().manual_seed(0))
        return time.perf_counter() - start

    return run


def _config(checkpoint: Checkpoint, steps: int) -> GenerationConfig:
    return replace(checkpoint.generation, max_denoising_steps=steps, confidence_threshold=NEVER)


def _reference(folder: Path, dtype: torch.dtype, prompt: torch.Tensor) -> Run:
    import transformers

    logging.getLogger("transformers").setLevel(logging.ERROR)
    model = transformers.DiffusionGemmaForBlockDiffusion.from_pretrained(folder, dtype=dtype)

    def run(steps: int) -> float:
        start = time.perf_counter()
        model.generate(
            prompt,
            max_new_tokens=model.config.canvas_length,
            max_denoising_steps=steps,
            confidence_threshold=NEVER,
        )
        return time.perf_counter() - start

    return run
