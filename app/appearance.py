"""Light and dark: two palettes for the Fusion style, following the desktop or the user."""

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

Role = QPalette.ColorRole


class Appearance(Enum):
    """The user's choice."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


SCHEMES = {
    Appearance.SYSTEM: Qt.ColorScheme.Unknown,
    Appearance.LIGHT: Qt.ColorScheme.Light,
    Appearance.DARK: Qt.ColorScheme.Dark,
}

LIGHT = {
    Role.Window: "#f3f2ef",
    Role.WindowText: "#26262a",
    Role.Base: "#fdfcfa",
    Role.AlternateBase: "#f3f2ef",
    Role.Text: "#202024",
    Role.Button: "#ecebe7",
    Role.ButtonText: "#26262a",
    Role.BrightText: "#ffffff",
    Role.Highlight: "#2f6f8f",
    Role.HighlightedText: "#ffffff",
    Role.Accent: "#2f6f8f",
    Role.Link: "#1f6485",
    Role.LinkVisited: "#6a4c93",
    Role.ToolTipBase: "#fffef8",
    Role.ToolTipText: "#26262a",
    Role.PlaceholderText: "#6d6d72",
    Role.Light: "#ffffff",
    Role.Midlight: "#f5f4f1",
    Role.Mid: "#cfcdc7",
    Role.Dark: "#a9a7a1",
    Role.Shadow: "#6f6d68",
}

DARK = {
    Role.Window: "#26272b",
    Role.WindowText: "#dcdcdf",
    Role.Base: "#1d1e21",
    Role.AlternateBase: "#26272b",
    Role.Text: "#dedee1",
    Role.Button: "#32343a",
    Role.ButtonText: "#dcdcdf",
    Role.BrightText: "#ffffff",
    Role.Highlight: "#36718c",
    Role.HighlightedText: "#ffffff",
    Role.Accent: "#6fb3d2",
    Role.Link: "#7cbfdb",
    Role.LinkVisited: "#b79be0",
    Role.ToolTipBase: "#32343a",
    Role.ToolTipText: "#dcdcdf",
    Role.PlaceholderText: "#9a9aa0",
    Role.Light: "#45474e",
    Role.Midlight: "#3a3c42",
    Role.Mid: "#1f2023",
    Role.Dark: "#17181a",
    Role.Shadow: "#0c0c0d",
}

DISABLED_TEXT = ("#908f8b", "#74747a")  # light, dark

EDGES = "#c4c2bb", "#9c9ca5"  # light, dark; the style darkens them by 40 %
EDGED = (
    "QMenu",
    "QCheckBox",
    "QRadioButton",
    "QLineEdit",
    "QAbstractSpinBox",
    "QComboBox",
    "CheckList",
)


def is_dark() -> bool:
    """Say whether light text on a dark ground is being shown."""
    palette = QApplication.palette()
    return palette.color(Role.Base).lightness() < palette.color(Role.Text).lightness()


def apply(appearance: Appearance) -> None:
    """Show the chosen appearance."""
    hints = QApplication.styleHints()
    hints.setColorScheme(SCHEMES[appearance])
    wants_dark = appearance is Appearance.DARK or (
        appearance is Appearance.SYSTEM and hints.colorScheme() is Qt.ColorScheme.Dark
    )
    palette = make_palette(is_dark=wants_dark)
    QApplication.setPalette(palette)
    # The style draws the edges of these in a shade of the window behind them, which nobody sees.
    palette.setColor(Role.Window, QColor(EDGES[wants_dark]))
    for name in EDGED:
        QApplication.setPalette(palette, name)  # type: ignore[arg-type]  # takes no bytes


def make_palette(*, is_dark: bool) -> QPalette:
    """Return the light or the dark palette."""
    palette = QPalette()
    for role, colour in (DARK if is_dark else LIGHT).items():
        palette.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(DISABLED_TEXT[is_dark]))
    # What cannot be used is not drawn in the accent's colour either, as the way of a slider is.
    for role in (Role.Highlight, Role.Accent):
        palette.setColor(QPalette.ColorGroup.Disabled, role, palette.color(Role.Mid))
    # Ours on purpose: the selection stays visible while a menu has the focus.
    palette.setColor(
        QPalette.ColorGroup.Inactive, Role.Highlight, palette.color(Role.Highlight).lighter(108)
    )
    return palette
