"""The colours of a draft: the surer the model is of a word, the fuller its colour."""

import math

from PySide6.QtGui import QColor, QTextCharFormat

from app.editor.theme import Theme, mix

ACCEPTED_LIFT = 0.4  # of what an accepted token lacks of the full colour
CALM_SETTLED = 0.85  # settledness from which on a word is drawn in calm mode
HEAT_SHARE = 0.38  # of the accent, behind the least settled word
HEAT_LEVELS = (0.15, 0.7)  # nats; above them a word is underlined with dashes, then with dots
OLD_TEXT_SHARE = 0.42  # of the full colour, for the region's own text before the first frame


def settledness(entropy: float, *, is_accepted: bool) -> float:
    """Return 1 for a settled token, towards 0 the higher its entropy is, in nats."""
    # The perplexity's inverse: 1 for a certain word, a half for one of two that are equally likely.
    share = math.exp(-max(0.0, entropy))
    return share + (1.0 - share) * ACCEPTED_LIFT if is_accepted else share


def draft_format(
    theme: Theme, ink: QColor, entropy: float, *, is_accepted: bool
) -> QTextCharFormat:
    """Return the format of a token of a draft that is being denoised; `ink` is its full colour."""
    return _colored(mix(theme.unsettled, ink, settledness(entropy, is_accepted=is_accepted)))


def final_format(ink: QColor) -> QTextCharFormat:
    """Return the format of a draft that can be accepted."""
    return _colored(ink)


def calm_format(theme: Theme, ink: QColor, entropy: float, *, is_accepted: bool) -> QTextCharFormat:
    """Return the format of a token in calm mode: hardly to be seen before it has settled."""
    sure = settledness(entropy, is_accepted=is_accepted)
    share = (sure - CALM_SETTLED) / (1.0 - CALM_SETTLED)
    return _colored(mix(mix(theme.tint, theme.unsettled, 0.35), ink, share))


def heat_format(theme: Theme, ink: QColor, entropy: float) -> QTextCharFormat:
    """Return the format of a token in the heat map: ground by entropy, and an underline to read."""
    made = _colored(ink)
    made.setBackground(mix(theme.tint, theme.accent, HEAT_SHARE * (1.0 - math.exp(-entropy))))
    sure, unsure = HEAT_LEVELS
    style = QTextCharFormat.UnderlineStyle
    if entropy > unsure:
        made.setUnderlineStyle(style.DotLine)
    elif entropy > sure:
        made.setUnderlineStyle(style.DashUnderline)
    return made


def raw_format(theme: Theme) -> QTextCharFormat:
    """Return the format of a canvas with its noise."""
    return _colored(mix(theme.unsettled, theme.text, 0.5))


def old_format(theme: Theme, ink: QColor, *, is_final: bool = False) -> QTextCharFormat:
    """Return the format of the region's own text: before the first frame, or to compare."""
    return _colored(mix(theme.tint, ink, 0.8 if is_final else OLD_TEXT_SHARE))


def parked_format(theme: Theme) -> QTextCharFormat:
    """Return the format of a parked draft."""
    return _colored(theme.faint)


def _colored(color: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(color)
    return made
