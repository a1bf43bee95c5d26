"""Measure the kernels on a GPU: `make bench-gpu`. Under ten minutes; skips where there is none."""

import argparse
import gc
import json
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import torch

from kernels import tuning
from kernels.dispatch import uses_twins
from kernels.model_pass import ModelWeights
from kernels.triton_guard import HAS_TRITON, triton
from tests.benchmarks.gpu import baseline, gate, operations, whole
from tests.benchmarks.gpu.budget import Budget
from tests.benchmarks.gpu.measure import Roofline, seconds
from tests.benchmarks.gpu.shapes import LARGE, TINY, Maker, Shapes
from tests.benchmarks.gpu.tune import tune

MINUTES = 9.5
# About what the parts take on a card, in seconds; the tests may take more of what is there.
_TESTS, _SETTING, _OPERATIONS, _BASELINE = 200, 25, 20, 60
_BASELINE_GIB = 60


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/bench-gpu.json"))
    parser.add_argument("--experts", choices=("nvfp4", "int4"), default="nvfp4")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="after these it ends")
    parser.add_argument("--tiny", action="store_true", help="twins on the CPU: checks the script")
    parser.add_argument("--no-baseline", action="store_true", help="leave transformers out")
    parser.add_argument("--no-tests", action="store_true", help="do not run the GPU tests first")
    parser.add_argument("--no-tuning", action="store_true", help="take the tiles as they are")
    options = parser.parse_args(arguments)
    if not options.tiny and not torch.cuda.is_available():
        print("skipped: no CUDA device; nothing was measured")
        return 0
    if not options.tiny and uses_twins():
        print("skipped: Triton is missing or INLAY_KERNELS=twins; nothing was measured")
        return 0
    budget = Budget(options.minutes * 60)
    report = _Report(options.out)
    if not options.tiny and not options.no_tests:
        folder = options.out.parent / "gpu-tests"
        verdict = gate.run_tests(gate.gpu_test_files(), min(_TESTS, budget.left / 2), folder)
        report.add(tests=asdict(verdict))
        if verdict.failed:
            print(f"refused: GPU tests fail in {', '.join(verdict.failed)}; nothing was measured")
            return 1
    _measure(options, report, budget)
    report.add(**{"left out for want of time": budget.left_out})
    print(f"written to {options.out}")
    return 0


class _Report:
    """What was found so far, on disk after each part: a run may be cut off."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, Any] = {"date": datetime.now(UTC).strftime("%Y-%m-%d")}
        path.parent.mkdir(parents=True, exist_ok=True)

    def add(self, **found: Any) -> None:
        self._found |= found
        self._path.write_text(json.dumps(self._found, indent=1) + "\n", encoding="utf-8")


def _measure(options: argparse.Namespace, report: _Report, budget: Budget) -> None:
    """Measure one model's shapes on this machine, the goals' own setting first."""
    shapes = TINY if options.tiny else LARGE
    device = torch.device("cpu" if options.tiny else "cuda")
    maker = Maker(device, torch.float32 if options.tiny else torch.bfloat16, options.experts)
    torch.manual_seed(0)
    roofline = Roofline.measure(device)
    report.add(
        machine=_machine(device),
        model=shapes.name,
        experts=options.experts,
        roofline={"GB/s": roofline.bytes_per_s / 1e9, "TFLOP/s": roofline.flop_per_s / 1e12},
    )
    with torch.inference_mode():
        model = maker.model(shapes)
        if device.type == "cuda" and not options.no_tuning:
            report.add(tiles=tune(shapes, maker, model, budget))
        reserved = 0 if options.no_baseline else _BASELINE
        for rows, length in ((r, c) for r in shapes.canvases for c in shapes.contexts):
            name = f"canvas {rows}, context {length}"
            if budget.allows(name, reserved + _SETTING):
                found = whole.setting(shapes, maker, model, rows, length)
                _print_setting(f"{shapes.name}, {name}", found)
                report.add(**{name: found})
                if budget.allows(f"operations at {name}", reserved + _OPERATIONS):
                    found["operations"] = _operations(maker, model, roofline, (rows, length))
                    report.add(**{name: found})
        del model
    if not options.no_baseline:
        report.add(transformers=_baseline(shapes, device, budget))


def _print_setting(name: str, found: dict[str, Any]) -> None:
    print(f"\n{name}")
    for what, value in found.items():
        if value is not None:
            print(f"  {value:10.2f} {what}")


def _operations(
    maker: Maker, model: ModelWeights, roofline: Roofline, setting: tuple[int, int]
) -> dict[str, Any]:
    shapes = TINY if maker.device.type == "cpu" else LARGE
    found: dict[str, Any] = {}
    print(f"{'operation':28} {'calls':>5} {'us':>9} {'GB/s':>8} {'TFLOP/s':>8} {'roofline':>8}")
    for case in operations.cases(shapes, maker, model, *setting):
        took = seconds(case.run, maker.device)
        share = roofline.floor(case.num_bytes, case.flop) / took
        rates = case.num_bytes / took / 1e9, case.flop / took / 1e12
        print(
            f"{case.name:28} {case.calls:5} {took * 1e6:9.1f} {rates[0]:8.1f} {rates[1]:8.2f}"
            f" {share:8.0%}"
        )
        found[case.name] = {
            "us": took * 1e6, "calls": case.calls, "bytes": case.num_bytes, "FLOP": case.flop,
            "GB/s": rates[0], "TFLOP/s": rates[1], "share of roofline": share,
        }  # fmt: skip
    whole_ms = sum(one["us"] * one["calls"] for one in found.values()) / 1e3
    print(f"{'all of them, ms a step':28} {whole_ms:15.2f}")
    return found


def _baseline(shapes: Shapes, device: torch.device, budget: Budget) -> dict[str, Any]:
    rows, length = shapes.canvases[0], shapes.contexts[0]
    if device.type == "cuda":
        gc.collect()
        torch.cuda.empty_cache()
        free = torch.cuda.mem_get_info()[0] / 2**30
        if free < _BASELINE_GIB:
            reason = f"needs {_BASELINE_GIB} GiB in bfloat16, {free:.0f} GiB are free"
            print(f"transformers left out: {reason}")
            return {"left out": reason}
    if not budget.allows("transformers", _BASELINE):
        return {"left out": "no time was left"}
    found = baseline.measured(shapes, rows, length, max(1.0, budget.left - 5))
    for name, value in found.items():
        print(f"transformers, canvas {rows}, context {length}, {name}: {value}")
    return found


def _machine(device: torch.device) -> dict[str, Any]:
    return {
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "CPU, twins",
        "capability": tuning.capability_of(device) if device.type == "cuda" else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "triton": triton.__version__ if HAS_TRITON else None,
    }


if __name__ == "__main__":
    sys.exit(main())
