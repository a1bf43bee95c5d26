"""The colours of a draft: the surer the model is of a word, the fuller its ink."""

import math

from PySide6.QtGui import QColor, QTextCharFormat

from app.editor.theme import Theme, mix

ACCEPTED_LIFT = 0.4  # of what an accepted token lacks of full ink
OLD_TEXT_SHARE = 0.42  # of full ink, for the region's own text before the first frame


def settledness(entropy: float, *, is_accepted: bool) -> float:
    """Return 1 for a settled token, towards 0 the higher its entropy is, in nats."""
    share = math.exp(-max(0.0, entropy))
    return share + (1.0 - share) * ACCEPTED_LIFT if is_accepted else share


def draft_format(theme: Theme, entropy: float, *, is_accepted: bool) -> QTextCharFormat:
    """Return the format of a token of a draft that is being denoised."""
    return _colored(mix(theme.unsettled, theme.ink, settledness(entropy, is_accepted=is_accepted)))


def final_format(theme: Theme) -> QTextCharFormat:
    """Return the format of a draft that can be accepted."""
    return _colored(theme.ink)


def old_format(theme: Theme) -> QTextCharFormat:
    """Return the format of the region's own text while there is no draft."""
    return _colored(mix(theme.tint, theme.ink, OLD_TEXT_SHARE))


def parked_format(theme: Theme) -> QTextCharFormat:
    """Return the format of a parked draft."""
    return _colored(theme.faint)


def _colored(color: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(color)
    return made
