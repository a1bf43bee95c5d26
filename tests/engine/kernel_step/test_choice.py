"""What a loaded model runs on: decided once, when it is loaded."""

from types import SimpleNamespace

import pytest
import torch

from engine.kernel_step import KernelStepper
from engine.loaders import architectures, loading
from engine.model.fused import FusedLayer
from engine.stepping import PlainStepper
from tests.tiny import write_folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "tiny")


def test_a_cpu_runs_the_fused_layers(folder) -> None:
    loaded = loading.load_model(folder, "cpu")
    assert isinstance(loaded.stepper, PlainStepper)
    assert isinstance(loaded.checkpoint.model.layers[0], FusedLayer)


def test_the_environment_puts_twins_on_any_device(folder, monkeypatch) -> None:
    monkeypatch.setenv("INLAY_KERNELS", "twins")
    assert isinstance(loading.load_model(folder, "cpu").stepper, KernelStepper)


@pytest.mark.parametrize("has_triton", [True, pytest.param(False, marks=[
    pytest.mark.expected_log("Triton is not installed, so the card runs torch's own operations")
])])  # fmt: skip
def test_a_card_runs_kernels_if_triton_is_there(has_triton, monkeypatch) -> None:
    put: list[object] = []
    monkeypatch.setattr(architectures, "use_kernels", lambda model, _: put.append(model))
    monkeypatch.setattr(architectures, "HAS_TRITON", has_triton)
    model = SimpleNamespace(device=torch.device("cuda"))
    architectures.choose_path(model)
    assert put == ([model] if has_triton else [])
