"""The memory of this machine."""

import contextlib
import ctypes
import os
import sys

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


def give_back() -> None:
    """Give freed memory back to the system, where the C library keeps it otherwise (glibc).

    Weights are read and logits come and go in megabytes; what they leave adds up to a tenth of a
    small model.
    """
    if sys.platform == "linux":
        # Other C libraries have no such function, and no such habit.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
