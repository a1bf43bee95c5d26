"""The text editor: typography, colours, line numbers, and room for what is drawn in place."""

from app.editor.editor import Editor
from app.editor.inset import Inset, Overlay
from app.editor.theme import Theme, current_theme, mix
from app.text.edits import replace_range

__all__ = ["Editor", "Inset", "Overlay", "Theme", "current_theme", "mix", "replace_range"]
