"""The memory of this machine."""

import contextlib
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
