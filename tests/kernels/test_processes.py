"""What needs a process of its own: Triton reads its settings when it is imported."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GATE = "tests/kernels/compile_gate.py"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("triton") is None, reason="Triton is not installed"
)


def run(*command: str, **environment: str) -> None:
    """Run Python in the repository's root, print what it says, and fail with it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TRITON_")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.timeout(1500)
@pytest.mark.skipif(os.environ.get("TRITON_INTERPRET") == "1", reason="already inside")
def test_the_kernels_match_their_twins_in_the_interpreter() -> None:
    folders = ("tests/kernels", "tests/engine/kernel_step")
    run("-m", "pytest", "-q", "-m", "interpreter", *folders, TRITON_INTERPRET="1")


@pytest.mark.timeout(1500)
def test_every_kernel_compiles_for_every_card_without_spills() -> None:
    run(GATE)


@pytest.mark.skipif(
    not os.environ.get("INLAY_ALL_TILES"), reason="takes long; INLAY_ALL_TILES=1 runs it"
)
@pytest.mark.timeout(3600)
def test_every_size_format_and_tile_compiles_without_spills() -> None:
    run(GATE, "--all")
