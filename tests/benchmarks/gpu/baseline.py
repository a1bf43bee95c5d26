"""`transformers` in bfloat16 on the same shapes, random weights: what users have today.

Run in a process of its own, which may be stopped at any time: a line for each result.
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))

import torch

from tests.benchmarks.gpu.shapes import LARGE, TINY, Shapes

FEW, MANY = 4, 12  # steps of the two runs whose difference is the time of MANY − FEW steps
NEVER = 1e-9  # a confidence no canvas reaches
_VISION = {
    "model_type": "gemma4_vision", "hidden_size": 8, "intermediate_size": 8,
    "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 8,
    "global_head_dim": 8, "patch_size": 2, "position_embedding_size": 4,
}  # fmt: skip


def step_seconds(
    shapes: Shapes, rows: int, length: int, device: torch.device
) -> Iterator[tuple[str, float]]:
    """Yield the best seconds per step with the default cache and the compiled static one."""
    model = _model(shapes, rows, device)
    prompt = torch.randint(4, shapes.vocab, (1, length), device=device)
    for name, options in (("default", {}), ("static", {"cache_implementation": "static"})):
        for steps in (FEW, MANY):  # compiles, too
            _run(model, prompt, rows, steps, options)
        yield (
            name,
            min(
                (_run(model, prompt, rows, MANY, options) - _run(model, prompt, rows, FEW, options))
                / (MANY - FEW)
                for _ in range(2)
            ),
        )


def measured(shapes: Shapes, rows: int, length: int, seconds: float) -> dict[str, Any]:
    """Run this file for at most so many seconds; return the ms per step, or why there are none."""
    command = [sys.executable, __file__, "tiny" if shapes is TINY else "large"]
    started = time.monotonic()
    try:
        done = subprocess.run(
            [*command, str(rows), str(length)], capture_output=True, text=True, check=False,
            timeout=seconds,
        )  # fmt: skip
        out, error = done.stdout, done.stderr.strip().splitlines()[-1:] if done.returncode else []
    except subprocess.TimeoutExpired as late:
        out = (late.stdout or b"").decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        error = [f"stopped after {time.monotonic() - started:.0f} s: no time was left"]
    found: dict[str, Any] = {}
    for line in out.splitlines():
        if line.startswith("{"):
            found |= json.loads(line)
    return found | ({"left out": error[0]} if error else {})


def _run(model: Any, prompt: torch.Tensor, rows: int, steps: int, options: dict[str, str]) -> float:
    _wait(prompt.device)
    started = time.perf_counter()
    model.generate(
        prompt, max_new_tokens=rows, max_denoising_steps=steps, confidence_threshold=NEVER,
        **options,
    )  # fmt: skip
    _wait(prompt.device)
    return time.perf_counter() - started


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def _model(shapes: Shapes, rows: int, device: torch.device) -> Any:
    from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion

    logging.getLogger("transformers").setLevel(logging.ERROR)
    kinds = ["sliding_attention", "full_attention"]
    text = {
        "vocab_size": shapes.vocab, "hidden_size": shapes.hidden,
        "intermediate_size": shapes.dense, "num_hidden_layers": shapes.num_layers,
        "layer_types": [kinds[shapes.is_full(i)] for i in range(shapes.num_layers)],
        "num_attention_heads": shapes.heads, "num_key_value_heads": shapes.sliding[0],
        "head_dim": shapes.sliding[1], "global_head_dim": shapes.full[1],
        "num_global_key_value_heads": shapes.full[0], "sliding_window": shapes.window,
        "num_experts": shapes.num_experts, "top_k_experts": shapes.top_k,
        "moe_intermediate_size": shapes.inner,
    }  # fmt: skip
    config = DiffusionGemmaConfig(text_config=text, vision_config=_VISION, canvas_length=rows)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with device:
            return DiffusionGemmaForBlockDiffusion(config).eval()
    finally:
        torch.set_default_dtype(before)


def main() -> None:
    """Print a line of JSON for each result."""
    shapes = {"tiny": TINY, "large": LARGE}[sys.argv[1]]
    device = torch.device("cuda" if shapes is LARGE else "cpu")
    rows, length = map(int, sys.argv[2:4])
    for name, value in step_seconds(shapes, rows, length, device):
        print(json.dumps({f"{name} cache, ms per step": value * 1e3}), flush=True)


if __name__ == "__main__":
    main()
