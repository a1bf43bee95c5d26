"""Triton where it can run; elsewhere stand-ins with which every module still imports.

Kernel modules take `triton` and `tl` from here. Without Triton the decorated functions exist and
cannot run; `dispatch` never chooses them then.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

import torch

__all__ = ["HAS_TRITON", "TritonError", "cdiv", "next_power_of_2", "tl", "triton"]


def _is_of_use() -> bool:
    """Whether there is a card, or somebody who runs or compiles kernels without one."""
    asked = "TRITON_INTERPRET" in os.environ or "triton" in sys.modules
    return asked or torch.cuda.is_available()


try:
    if not _is_of_use():  # it would take 70 MB of memory and a quarter of a second for nothing
        raise ImportError
    import triton
    import triton.language as tl
    from triton.errors import TritonError

    HAS_TRITON = True
except ImportError:
    HAS_TRITON = False

    class TritonError(Exception):  # type: ignore[no-redef]
        """Never raised."""

    class _Constant:
        """Holds what a kernel would take for a constant."""

        def __init__(self, value: object) -> None:
            self.value = value

    class _Absent:
        """Answers every attribute, and decorates nothing."""

        constexpr = _Constant

        def jit(self, function: Callable[..., Any]) -> Callable[..., Any]:
            """Return the function as it is."""
            return function

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401
            return _Absent()

    triton = tl = _Absent()


def cdiv(a: int, b: int) -> int:
    """Return a / b, rounded up."""
    return -(-a // b)


def next_power_of_2(n: int) -> int:
    """Return the smallest power of two that is at least n ≥ 1."""
    return 1 << (n - 1).bit_length()
