"""Memory that nobody has written is poison here, so that unwritten output cannot pass a test."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor


@pytest.fixture(autouse=True)
def poisoned_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill what torch leaves uninitialised: floats with NaN, integers with their largest value."""
    for name in ("empty", "empty_like", "empty_strided"):
        monkeypatch.setattr(torch, name, _poisoning(getattr(torch, name)))
    monkeypatch.setattr(Tensor, "new_empty", _poisoning(Tensor.new_empty))


def _poisoning(allocate: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def poisoned(*args: object, **kwargs: object) -> Tensor:
        tensor = allocate(*args, **kwargs)
        with torch.no_grad():
            return tensor.fill_(_poison(tensor.dtype))

    return poisoned


def _poison(dtype: torch.dtype) -> float | int | bool:
    if dtype.is_floating_point or dtype.is_complex:
        return float("nan")
    return True if dtype is torch.bool else torch.iinfo(dtype).max
