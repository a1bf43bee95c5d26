"""Where a kernel's tests run, in which dtype, and how near its twin it must come."""

import pytest
import torch

# The interpreter computes nonsense in bfloat16; a card runs what users run.
RUNS = pytest.mark.parametrize(
    ("device", "dtype"),
    [
        pytest.param("cpu", torch.float32, marks=pytest.mark.interpreter, id="interpreter-fp32"),
        pytest.param("cpu", torch.float16, marks=pytest.mark.interpreter, id="interpreter-fp16"),
        pytest.param("cuda", torch.bfloat16, marks=pytest.mark.gpu, id="gpu-bf16"),
    ],
)
ONE_RUN = pytest.mark.parametrize(
    ("device", "dtype"),
    [
        pytest.param("cpu", torch.float32, marks=pytest.mark.interpreter, id="interpreter"),
        pytest.param("cuda", torch.bfloat16, marks=pytest.mark.gpu, id="gpu-bf16"),
    ],
)
# Of the largest output: the twin computes in float32 and rounds once, the kernel rounds weights
# and intermediate results to the dtype as well.
TOLERANCE = {torch.float32: 1e-5, torch.float16: 3e-3, torch.bfloat16: 3e-2}


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    """Return standard normal numbers, float32 on the CPU."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def assert_near(out: torch.Tensor, expected: torch.Tensor, dtype: torch.dtype) -> None:
    """Fail unless out is as near to its twin as `dtype` allows; print how near it is."""
    assert out.dtype == expected.dtype
    assert out.shape == expected.shape
    size = expected.float().abs().max().item()
    error = (out.float() - expected.float()).abs().max().item() / max(size, 1e-30)
    print(f"relative error {error:.1e}")
    assert error <= TOLERANCE[dtype]  # also false for NaN
