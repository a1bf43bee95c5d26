"""Measure what the README claims: `make bench`."""

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from resources import resource_path
from tests.benchmarks import (
    denoising_step,
    editor_files,
    first_frame,
    frame_times,
    prompt_cache,
    small_model,
    window_shown,
)

BENCHMARKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "window_shown": lambda _: window_shown.measure(),
    "keystroke_to_first_frame": first_frame.measure,
    "editor_files": lambda _: editor_files.measure(),
    "frame_times": frame_times.measure,
    "denoising_step": denoising_step.measure,
    "prompt_cache": prompt_cache.measure,
    "small_model": lambda _: small_model.measure(),
}


def main() -> None:
    """Run every benchmark in a process of its own, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--model", type=Path, default=resource_path("model"))
    parser.add_argument("--only", choices=BENCHMARKS, help="run one here and print its JSON")
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(BENCHMARKS[arguments.only](arguments.model)))
        return
    results = {"date": datetime.now(UTC).strftime("%Y-%m-%d"), "machine": _machine()}
    results |= {name: _in_its_own_process(name, arguments.model) for name in BENCHMARKS}
    text = json.dumps(results, indent=2)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def _in_its_own_process(name: str, model: Path) -> Any:
    # The number of torch's threads, once changed, leaves its mark on what follows.
    command = [sys.executable, __file__, "--only", name, "--model", str(model)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


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
