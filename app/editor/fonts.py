"""Which typeface a file is set in: a monospace for code, a comfortable one for prose."""

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtGui import QFont, QFontDatabase

from app.editor.highlighter import lexer_for

POINT_SIZE = 12.0
MIN_POINT_SIZE, MAX_POINT_SIZE = 6.0, 48.0
PROSE_SUFFIXES = {".md", ".markdown", ".txt", ".text", ".rst"}

CODE_FAMILIES = (
    "JetBrains Mono",
    "Cascadia Code",
    "SF Mono",
    "Fira Code",
    "Source Code Pro",
    "IBM Plex Mono",
    "Menlo",
    "Consolas",
    "Noto Sans Mono",
    "DejaVu Sans Mono",
    "Liberation Mono",
)
PROSE_FAMILIES = (
    "Literata",
    "Source Serif 4",
    "Source Serif Pro",
    "Charter",
    "Iowan Old Style",
    "Cambria",
    "Noto Serif",
    "DejaVu Serif",
    "Liberation Serif",
)


def is_prose(file_name: str) -> bool:
    """Return whether a file is read as prose; a nameless document is."""
    suffix = PurePath(file_name).suffix.lower()
    # A name without an ending may be a language's own: Makefile, Dockerfile.
    return suffix in PROSE_SUFFIXES or (not suffix and lexer_for(file_name) is None)


def editor_font(*, prose: bool, point_size: float, family: str | None = None) -> QFont:
    """Return the font to set a document in; without a family, in the best there is."""
    font = QFont()
    family = family or _first_available(PROSE_FAMILIES if prose else CODE_FAMILIES)
    if family:
        font.setFamily(family)
    elif not prose:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(point_size)
    font.setStyleHint(QFont.StyleHint.Serif if prose else QFont.StyleHint.Monospace)
    # Kerned, the columns of a monospace would not stand below each other.
    font.setKerning(prose)
    return font


def _first_available(families: Sequence[str]) -> str | None:
    # A family may be listed with its foundry: "Charter [Bitstream]".
    available = {name.split(" [")[0] for name in QFontDatabase.families()}
    return next((family for family in families if family in available), None)
