"""Measure what the README claims: `make bench`."""

import argparse
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from resources import resource_path
from tests.benchmarks import denoising_step, first_frame, window_shown


def main() -> None:
    """Run every benchmark and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--model", type=Path, default=resource_path("model"))
    arguments = parser.parse_args()
    results = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": _machine(),
        # First: the engine later takes one thread less than torch does by itself.
        "denoising_step": denoising_step.measure(arguments.model),
        "window_shown": window_shown.measure(),
        "keystroke_to_first_frame": first_frame.measure(arguments.model),
    }
    text = json.dumps(results, indent=2)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def _machine() -> dict[str, object]:
    return {
        "cpu": getattr(torch.cpu, "get_capabilities", dict)().get("cpu_name", platform.machine()),
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


if __name__ == "__main__":
    main()
