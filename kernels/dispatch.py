"""Kernel or twin: decided once for each operation and kind of device.

On a CPU an operation is its torch twin; on CUDA it is the Triton kernel, unless the environment
says `INLAY_KERNELS=twins`, Triton is missing, or the kernel does not compile for the card (or
nothing does, for want of a C compiler): then the twin takes over for good, with one warning that
names the operation.
"""

import logging
import os
import subprocess
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

import torch
from torch import Tensor

from kernels.triton_guard import HAS_TRITON, TritonError

_log = logging.getLogger(__name__)

# What Triton raises where it cannot build a kernel: its own errors, those of the C compiler with
# which it makes launchers, and plain ones that say so: a compiler pass that fails, no C compiler,
# no library of the driver to link with.
_BUILDING = (TritonError, subprocess.CalledProcessError, FileNotFoundError)
_PLAIN = (RuntimeError, AssertionError)
_SIGNS = ("PassManager", "C compiler", "libcuda")

P = ParamSpec("P")
R = TypeVar("R")


class Operation(Generic[P, R]):
    """One operation with its two implementations of equal signature and meaning."""

    def __init__(self, name: str, kernel: Callable[P, R], twin: Callable[P, R]) -> None:
        """Pair a kernel's launcher with its twin."""
        self.name = name
        self.kernel = kernel
        self.twin = twin
        self._chosen: dict[str, Callable[P, R]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run what was chosen for the first tensor's kind of device."""
        kind = _device_of(args).type
        # Chosen at the first call, as Triton is asked about a card only when there is one.
        chosen = self._chosen.get(kind)
        if chosen is None:
            chosen = self._chosen[kind] = self._choose(kind)
        try:
            return chosen(*args, **kwargs)
        except (*_BUILDING, *_PLAIN) as error:
            # Only a kernel that cannot be built is replaced: an error of a running one is a bug, or
            # a card in trouble, and must be seen.
            if chosen is not self.kernel or not _is_compile_failure(error):
                raise
            _log.warning(
                "the kernel of %s does not compile on this card; its torch twin runs instead (%s)",
                self.name,
                _last_line(error),
            )
        self._chosen[kind] = self.twin
        return self.twin(*args, **kwargs)

    def runs_kernel(self, device: torch.device) -> bool:
        """Whether the kernel is what has run on this kind of device and will run again."""
        return self._chosen.get(device.type) is self.kernel

    def _choose(self, kind: str) -> Callable[P, R]:
        return self.twin if kind != "cuda" or uses_twins() else self.kernel


def operation(name: str, kernel: Callable[P, R], twin: Callable[P, R]) -> Operation[P, R]:
    """Return an operation that is `twin` on a CPU and `kernel` on CUDA."""
    return Operation(name, kernel, twin)


def uses_twins() -> bool:
    """Return True if CUDA tensors too go to the twins."""
    return twins_are_forced() or not HAS_TRITON


def twins_are_forced() -> bool:
    """Return True if the environment asks for twins, whatever the device.

    Raises:
        ValueError: If it asks for something else.
    """
    choice = os.environ.get("INLAY_KERNELS", "")
    if choice not in ("", "twins"):
        raise ValueError(f"INLAY_KERNELS is {choice!r}; it may be 'twins' or unset")
    return choice == "twins"


def _device_of(args: tuple[object, ...]) -> torch.device:
    # Weights may be packed into records; some argument is always a plain tensor.
    return next(value.device for value in args if isinstance(value, Tensor))


def _is_compile_failure(error: Exception) -> bool:
    is_certain = isinstance(error, _BUILDING)
    return is_certain or any(sign in str(error) for sign in _SIGNS)


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__
