"""The colours of the editor, light and dark, following the desktop's scheme."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One set of colours. `syntax` maps Pygments token names to colours."""

    is_dark: bool
    base: QColor
    text: QColor
    faint: QColor  # line numbers, parked text
    line: QColor  # behind the line with the caret
    selection: QColor
    found: QColor  # behind what a search has found
    found_current: QColor  # behind the one that is chosen
    misspelt: QColor  # the wavy line
    bracket: QColor  # behind a pair of brackets
    accent: QColor  # the bar beside a proposal
    tint: QColor  # behind a proposal
    unsettled: QColor  # a word the model has no idea of
    panel: QColor  # behind a parked proposal
    syntax: Mapping[str, QColor]

    def palette(self, base: QPalette) -> QPalette:
        """Return `base` with the colours of the text area in it."""
        palette = QPalette(base)
        palette.setColor(QPalette.ColorRole.Base, self.base)
        palette.setColor(QPalette.ColorRole.Window, self.base)
        palette.setColor(QPalette.ColorRole.Text, self.text)
        palette.setColor(QPalette.ColorRole.PlaceholderText, self.faint)
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.Highlight, self.selection)
            palette.setColor(group, QPalette.ColorRole.HighlightedText, self.text)
        return palette


def mix(low: QColor, high: QColor, share: float) -> QColor:
    """Return the colour `share` (0..1) of the way from `low` to `high`."""
    share = min(1.0, max(0.0, share))
    return QColor.fromRgbF(
        low.redF() + (high.redF() - low.redF()) * share,
        low.greenF() + (high.greenF() - low.greenF()) * share,
        low.blueF() + (high.blueF() - low.blueF()) * share,
        low.alphaF() + (high.alphaF() - low.alphaF()) * share,
    )


def current_theme() -> Theme:
    """Return the theme of the desktop's colour scheme; light where it has none."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def _colors(names: Mapping[str, str]) -> dict[str, QColor]:
    return {name: QColor(value) for name, value in names.items()}


LIGHT = Theme(
    is_dark=False,
    base=QColor("#fdfcfa"),
    text=QColor("#2b2d33"),
    faint=QColor("#a5a49c"),
    line=QColor("#f6f4ef"),
    selection=QColor("#d3e4ec"),
    found=QColor("#fbe9b7"),
    found_current=QColor("#f6c76b"),
    misspelt=QColor("#c4544f"),
    bracket=QColor("#dcd9cf"),
    accent=QColor("#2f6f8f"),
    tint=QColor("#e7f1f5"),
    unsettled=QColor("#a2bdca"),
    panel=QColor("#f3f2ef"),
    syntax=_colors(
        {
            "Comment": "#8a8b82",
            "Keyword": "#7a4fb5",
            "Keyword.Constant": "#a3562a",
            "Name.Builtin": "#33679e",
            "Name.Builtin.Pseudo": "#a3562a",
            "Name.Class": "#33679e",
            "Name.Function": "#2c64a8",
            "Name.Decorator": "#8b6914",
            "Name.Exception": "#b0413e",
            "Name.Attribute": "#33679e",
            "Name.Tag": "#7a4fb5",
            "Name.Namespace": "#2b2d33",
            "Literal.String": "#4b7a3a",
            "Literal.String.Escape": "#a3562a",
            "Literal.String.Interpol": "#a3562a",
            "Literal.Number": "#a3562a",
            "Operator.Word": "#7a4fb5",
            "Generic.Heading": "#2c4f86",
            "Generic.Subheading": "#2c4f86",
            "Generic.Strong": "#2b2d33",
            "Generic.Emph": "#2b2d33",
            "Generic.Deleted": "#b0413e",
            "Generic.Inserted": "#4b7a3a",
        }
    ),
)

DARK = Theme(
    is_dark=True,
    base=QColor("#1d1e21"),
    text=QColor("#d6d8de"),
    faint=QColor("#6b6f7a"),
    line=QColor("#232529"),
    selection=QColor("#2f4a58"),
    found=QColor("#4a4223"),
    found_current=QColor("#7d6520"),
    misspelt=QColor("#d9716d"),
    bracket=QColor("#3d4048"),
    accent=QColor("#6fb3d2"),
    tint=QColor("#25404d"),
    unsettled=QColor("#65879a"),
    panel=QColor("#26272b"),
    syntax=_colors(
        {
            "Comment": "#7c808c",
            "Keyword": "#c3a2ea",
            "Keyword.Constant": "#e0a479",
            "Name.Builtin": "#86b7e8",
            "Name.Builtin.Pseudo": "#e0a479",
            "Name.Class": "#86b7e8",
            "Name.Function": "#8fbdf0",
            "Name.Decorator": "#d8bd78",
            "Name.Exception": "#ec8f8c",
            "Name.Attribute": "#86b7e8",
            "Name.Tag": "#c3a2ea",
            "Name.Namespace": "#d6d8de",
            "Literal.String": "#a4c98f",
            "Literal.String.Escape": "#e0a479",
            "Literal.String.Interpol": "#e0a479",
            "Literal.Number": "#e0a479",
            "Operator.Word": "#c3a2ea",
            "Generic.Heading": "#9dbff2",
            "Generic.Subheading": "#9dbff2",
            "Generic.Strong": "#e6e8ee",
            "Generic.Emph": "#d6d8de",
            "Generic.Deleted": "#ec8f8c",
            "Generic.Inserted": "#a4c98f",
        }
    ),
)
