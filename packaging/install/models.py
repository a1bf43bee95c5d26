"""The models Inlay has downloaded: in the cache that the hub's tools share, and in its own."""

import json
import os
import sys
from pathlib import Path

MODEL_TYPE = "diffusion_gemma"  # the one family Inlay runs


def cache_root() -> Path:
    """Return the cache, where the hub's own library looks for it."""
    if named := os.environ.get("HF_HUB_CACHE"):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("HF_HOME") or Path(base) / "huggingface") / "hub"


def base_folder() -> Path:
    """Return where Inlay keeps what its embedded model is built on, if it has fetched that."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "inlay" / "base"


def find_models() -> list[Path]:
    """Return the repositories of Inlay's family; other programs' models are not among them."""
    fetched = [base_folder()] if base_folder().is_dir() else []
    return fetched + sorted(
        repository
        for repository in cache_root().glob("models--*")
        if any(_is_ours(config) for config in repository.glob("snapshots/*/config.json"))
    )


def _is_ours(config: Path) -> bool:
    try:
        content = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("model_type") == MODEL_TYPE
