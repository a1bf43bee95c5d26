"""Measure the kernels on a GPU: `make bench-gpu`. Under ten minutes; skips where there is none."""

import argparse
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import torch

from kernels import tuning
from kernels.canvas_step import Recorder
from kernels.model_pass import ModelWeights
from tests.benchmarks.gpu import baseline, operations
from tests.benchmarks.gpu.measure import Roofline, seconds
from tests.benchmarks.gpu.shapes import LARGE, TINY, Maker, Shapes
from tests.benchmarks.gpu.tune import tune

STEPS = 16  # of the tokens per second, and one commit


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/bench-gpu.json"))
    parser.add_argument("--experts", choices=("nvfp4", "int4"), default="nvfp4")
    parser.add_argument("--tiny", action="store_true", help="twins on the CPU: checks the script")
    parser.add_argument("--no-baseline", action="store_true", help="leave transformers out")
    parser.add_argument("--no-tests", action="store_true", help="do not run the GPU tests first")
    options = parser.parse_args(arguments)
    if not options.tiny and not torch.cuda.is_available():
        print("skipped: no CUDA device; nothing was measured")
        return 0
    if not options.tiny and not options.no_tests and not _tests_pass():
        print("refused: the kernels' GPU tests fail; nothing was measured")
        return 1
    results = measure(TINY if options.tiny else LARGE, options.experts, not options.no_baseline)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"written to {options.out}")
    return 0


def measure(shapes: Shapes, experts: str, with_baseline: bool) -> dict[str, Any]:
    """Return everything there is to know about one model's shapes on this machine."""
    is_tiny = shapes is TINY
    device = torch.device("cpu" if is_tiny else "cuda")
    maker = Maker(device, torch.float32 if is_tiny else torch.bfloat16, experts)
    torch.manual_seed(0)
    roofline = Roofline.measure(device)
    results: dict[str, Any] = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": _machine(device),
        "model": shapes.name,
        "experts": experts,
        "roofline": {"GB/s": roofline.bytes_per_s / 1e9, "TFLOP/s": roofline.flop_per_s / 1e12},
    }
    with torch.inference_mode():
        model = maker.model(shapes)
        if device.type == "cuda":
            results["tiles"] = tune(shapes, maker, model)
        for rows in shapes.canvases:
            for length in shapes.contexts:
                name = f"canvas {rows}, context {length}"
                results[name] = _setting(shapes, maker, model, (rows, length), roofline)
    if device.type == "cuda":
        results["peak GiB"] = torch.cuda.max_memory_allocated() / 2**30
    del model
    if with_baseline:
        results["transformers"] = _baseline(shapes, device)
    return results


def _setting(
    shapes: Shapes, maker: Maker, model: ModelWeights, setting: tuple[int, int],
    roofline: Roofline,
) -> dict[str, Any]:  # fmt: skip
    rows, length = setting
    step = maker.step(shapes, model, rows, length)
    step()  # compiles
    play = Recorder().record(step) if maker.device.type == "cuda" else step
    time = seconds(play, maker.device)
    found: dict[str, Any] = {
        "ms per step": time * 1e3,
        # A commit is a pass without the vocabulary; a step's time stands for it.
        f"tokens/s at {STEPS} steps and a commit": rows / (time * (STEPS + 1)),
        "operations": {},
    }
    print(f"\n{shapes.name}, canvas {rows}, context {length}: {time * 1e3:.2f} ms per step")
    print(f"{'operation':24} {'calls':>5} {'us':>9} {'GB/s':>8} {'TFLOP/s':>8} {'roofline':>8}")
    for case in operations.cases(shapes, maker, model, rows, length):
        took = seconds(case.run, maker.device)
        share = roofline.floor(case.num_bytes, case.flop) / took
        rates = case.num_bytes / took / 1e9, case.flop / took / 1e12
        print(
            f"{case.name:24} {case.calls:5} {took * 1e6:9.1f} {rates[0]:8.1f} {rates[1]:8.2f}"
            f" {share:8.0%}"
        )
        found["operations"][case.name] = {
            "us": took * 1e6, "calls": case.calls, "GB/s": rates[0], "TFLOP/s": rates[1],
            "share of roofline": share,
        }  # fmt: skip
    return found


def _baseline(shapes: Shapes, device: torch.device) -> dict[str, Any]:
    rows, length = shapes.canvases[0], shapes.contexts[0]
    if device.type == "cuda":
        torch.cuda.empty_cache()
        free = torch.cuda.mem_get_info()[0] / 2**30
        if free < 60:
            print(f"transformers left out: needs 60 GiB in bfloat16, {free:.0f} GiB are free")
            return {"left out": f"{free:.0f} GiB free"}
    found = baseline.step_seconds(shapes, rows, length, device)
    ms = {f"{name} cache, ms per step": value * 1e3 for name, value in found.items()}
    for name, value in ms.items():
        print(f"transformers, canvas {rows}, context {length}, {name}: {value:.2f}")
    return ms


def _tests_pass() -> bool:
    folders = ["tests/kernels", "tests/engine/kernel_step"]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", *folders]
    root = Path(__file__).parents[3]
    return subprocess.run(command, cwd=root, check=False).returncode == 0


def _machine(device: torch.device) -> dict[str, Any]:
    return {
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "CPU, twins",
        "capability": tuning.capability_of(device) if device.type == "cuda" else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


if __name__ == "__main__":
    sys.exit(main())
