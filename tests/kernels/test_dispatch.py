"""Kernel or twin: who is chosen, and what happens when a kernel does not compile."""

import os
import subprocess
import sys

import pytest
import torch

from kernels import dispatch
from kernels.triton_guard import TritonError

CARD = torch.device("cuda")


@pytest.fixture
def on_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every tensor count as one on a CUDA device."""
    monkeypatch.setattr(dispatch, "_device_of", lambda args: CARD)
    monkeypatch.setattr(dispatch, "HAS_TRITON", True)


def counting(name: str, calls: list[str], error: Exception | None = None):
    def run(x: torch.Tensor) -> str:
        calls.append(name)
        if error:
            raise error
        return name

    return run


def make(error: Exception | None = None) -> tuple[dispatch.Operation, list[str]]:
    calls: list[str] = []
    kernel, twin = counting("kernel", calls, error), counting("twin", calls)
    return dispatch.operation("thing", kernel, twin), calls


def test_the_cpu_runs_twins() -> None:
    assert make()[0](torch.zeros(1)) == "twin"


@pytest.mark.usefixtures("on_a_card")
def test_a_card_runs_kernels() -> None:
    assert make()[0](torch.zeros(1)) == "kernel"


@pytest.mark.usefixtures("on_a_card")
def test_the_environment_can_force_twins_until_the_first_call(monkeypatch) -> None:
    monkeypatch.setenv("INLAY_KERNELS", "twins")
    thing, calls = make()
    thing(torch.zeros(1))
    monkeypatch.delenv("INLAY_KERNELS")
    thing(torch.zeros(1))
    assert calls == ["twin", "twin"]


@pytest.mark.usefixtures("on_a_card")
def test_a_misspelt_choice_is_named(monkeypatch) -> None:
    monkeypatch.setenv("INLAY_KERNELS", "twin")
    with pytest.raises(ValueError, match="INLAY_KERNELS is 'twin'"):
        make()[0](torch.zeros(1))


@pytest.mark.usefixtures("on_a_card")
@pytest.mark.expected_log("kernel of thing does not compile on this card.*")
@pytest.mark.parametrize(
    "error",
    [
        TritonError("at 1:2\nout of registers"),
        RuntimeError("out of registers: PassManager::run"),
        RuntimeError("Failed to find C compiler. Please specify via CC environment variable."),
        subprocess.CalledProcessError(1, ["gcc", "main.c"]),  # no Python.h, say
        AssertionError("libcuda.so cannot found!"),
    ],
)
def test_a_kernel_that_does_not_compile_gives_way_with_one_warning(error, caplog) -> None:
    thing, calls = make(error)
    assert [thing(torch.zeros(1)) for _ in range(3)] == ["twin"] * 3
    assert calls == ["kernel", "twin", "twin", "twin"]
    assert len(caplog.records) == 1


@pytest.mark.usefixtures("on_a_card")
@pytest.mark.parametrize("error", [RuntimeError("CUDA out of memory"), AssertionError("a shape")])
def test_other_errors_are_not_hidden(error) -> None:
    with pytest.raises(type(error), match=str(error)):
        make(error)[0](torch.zeros(1))


def test_everything_imports_and_runs_without_triton() -> None:
    script = """
import sys
sys.modules["triton"] = None  # what an import finds when it is not installed
import torch
from kernels import canvas_attention, experts, heads, linear, norms, routing, step, vocabulary
x = torch.ones(2, 32)
print(linear.linear(x, x).tolist(), routing.route(x, x, torch.ones(2), 1, 1e-6).block_tokens)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["[[32.0,", "32.0],", "[32.0,", "32.0]]", "16"]


@pytest.mark.parametrize(("has_card", "is_imported"), [(False, "False"), (True, "True")])
def test_triton_is_imported_only_where_there_is_a_card(has_card, is_imported) -> None:
    if has_card:
        pytest.importorskip("triton")
    script = f"""
import sys, torch
torch.cuda.is_available = lambda: {has_card}
from kernels import linear
print("triton" in sys.modules)
"""
    without = {k: v for k, v in os.environ.items() if not k.startswith("TRITON_")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=without
    )
    assert done.stdout.split() == [is_imported]


def test_the_package_itself_imports_neither_triton_nor_torch() -> None:
    script = "import sys, kernels; print('triton' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
