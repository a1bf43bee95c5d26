"""Where this program keeps files; without torch, for those that only look."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Return where this program keeps what it can make again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "inlay"
