"""The lengths that the bar offers: their words, and which of them have a number."""

from app.translation import QT_TR_NOOP
from engine.api import LengthMode

BY_ITSELF = {
    LengthMode.AUTO: QT_TR_NOOP("Any length"),
    LengthMode.SHORTER: QT_TR_NOOP("Shorter"),
    LengthMode.SAME: QT_TR_NOOP("Same length"),
    LengthMode.LONGER: QT_TR_NOOP("Longer"),
}
COUNTED = {LengthMode.WORDS: QT_TR_NOOP("Words:"), LengthMode.LINES: QT_TR_NOOP("Lines:")}
MAX_COUNT = 400  # of words or lines
