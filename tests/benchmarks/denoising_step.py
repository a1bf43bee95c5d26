"""Our denoising step beside `transformers`', on the embedded model, in one run."""

import dataclasses
import logging
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from engine.denoiser import generate
from engine.model import Checkpoint, load_checkpoint

PROMPT_LENGTH = 128
FEW, MANY = 3, 11  # steps of the two runs whose difference is the time of MANY - FEW steps
NEVER = 1e-9  # a confidence no canvas reaches, so that every step is run
Run = Callable[[int], float]


def measure(folder: Path, rounds: int = 7) -> dict[str, Any]:
    """Return ms per step and their ratio, per dtype, measured in turns."""
    return {
        str(dtype).removeprefix("torch."): _compare(folder, dtype, rounds)
        for dtype in (torch.bfloat16, torch.float32)
    }


def _compare(folder: Path, dtype: torch.dtype, rounds: int) -> dict[str, float]:
    checkpoint = load_checkpoint(folder, dtype=dtype)
    generator = torch.Generator().manual_seed(0)
    vocab = checkpoint.config.vocab_size
    prompt = torch.randint(4, vocab, (1, PROMPT_LENGTH), generator=generator)
    runs = {"ours": _ours(checkpoint, prompt), "transformers": _reference(folder, dtype, prompt)}
    samples: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(FEW)
    for _ in range(rounds):
        for name, run in runs.items():
            samples[name].append((run(MANY) - run(FEW)) / (MANY - FEW))
    ms = {name: statistics.median(values) * 1e3 for name, values in samples.items()}
    best = {name: min(values) * 1e3 for name, values in samples.items()}
    return {
        "canvas": checkpoint.config.canvas_length,
        "ours_ms": round(ms["ours"], 2),
        "transformers_ms": round(ms["transformers"], 2),
        "ratio": round(ms["transformers"] / ms["ours"], 2),
        "ratio_of_fastest": round(best["transformers"] / best["ours"], 2),
    }


def _ours(checkpoint: Checkpoint, prompt: torch.Tensor) -> Run:
    length = checkpoint.config.canvas_length

    def run(steps: int) -> float:
        config = dataclasses.replace(
            checkpoint.generation, max_denoising_steps=steps, confidence_threshold=NEVER
        )
        changed = dataclasses.replace(checkpoint, generation=config)
        start = time.perf_counter()
        generate(changed, prompt[0].tolist(), length, torch.Generator().manual_seed(0))
        return time.perf_counter() - start

    return run


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
