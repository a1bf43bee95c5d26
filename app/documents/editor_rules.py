"""What a project's `.editorconfig` says of a file."""

import gc
import re
import warnings
from collections.abc import Mapping
from pathlib import Path

from editorconfig import EditorConfigError, get_properties

from app.text.indentation import Indentation

NAME = ".editorconfig"
MAX_BYTES = 2**20  # of all of them; nobody writes so many rules
MAX_COLUMNS = 16


def indentation_rule(path: Path) -> Indentation | None:
    """Return how a file is to be indented; None if no rule says it, or none can be read."""
    rules = _rules_of(path.absolute())
    style, size = rules.get("indent_style"), rules.get("indent_size", "")
    columns = _columns(size) or _columns(rules.get("tab_width", ""))
    if style == "tab":
        return Indentation(columns or Indentation().columns, uses_tabs=True)
    return Indentation(columns) if style == "space" and columns else None


def _rules_of(path: Path) -> Mapping[str, str]:
    with warnings.catch_warnings(action="ignore"):
        try:
            return get_properties(str(path)) if _can_be_read(path) else {}
        except (EditorConfigError, OSError, ValueError, re.error):
            pass
        # The library leaves a file open that it cannot parse, until this.
        gc.collect()
        return {}


def _can_be_read(path: Path) -> bool:
    """Return whether there are such files above, and all are plain ones of a sane size.

    Raises:
        ValueError: One is no UTF-8; the library would leave it open.
    """
    found = [folder / NAME for folder in path.parents if (folder / NAME).exists()]
    if not found or not all(file.is_file() for file in found):
        return False
    if sum(file.stat().st_size for file in found) > MAX_BYTES:
        return False
    return all(file.read_text("utf-8") is not None for file in found)


def _columns(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_COLUMNS))
    return int(text) if is_number and 1 <= int(text) <= MAX_COLUMNS else None
