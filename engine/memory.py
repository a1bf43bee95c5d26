"""The memory of this machine."""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

PINNED_SHARE = 0.5  # of the host's memory, at most; pinned pages are lost to everything else


def host_bytes() -> int:
    """Return the memory of this machine; 0 where the system does not tell."""
    if sys.platform != "win32":
        with contextlib.suppress(AttributeError, ValueError, OSError):
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 0


def pinnable_bytes() -> int:
    """Return what of it may be pinned for experts that a card has no room for."""
    return int(PINNED_SHARE * host_bytes())


def forget_peak() -> None:
    """Let `peak_bytes` count anew from here, where the system can do that (Linux)."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def peak_bytes() -> int:
    """Return the most memory that this process has had at once; 0 where it is not told (Windows).

    On macOS that is since it began.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, ValueError, StopIteration):
            status = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
            line = next(line for line in status if line.startswith("VmHWM:"))
            return int(line.split()[1]) << 10
    if sys.platform == "darwin":
        import resource  # noqa: PLC0415 - there is none on Windows

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0


def give_back() -> None:
    """Give freed memory back to the system, where the C library keeps it otherwise (glibc).

    Weights are read and logits come and go in megabytes; what they leave adds up to a tenth of a
    small model.
    """
    if sys.platform == "linux":
        # Other C libraries have no such function, and no such habit.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
