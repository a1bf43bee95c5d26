"""What the engine does while it loads or connects, in the user's language; it knows none."""

from app.translation import QT_TR_NOOP, tr

STAGES = {
    "starting": QT_TR_NOOP("starting"),
    "Reading weights": QT_TR_NOOP("Reading weights"),
    "Asking the server": QT_TR_NOOP("Asking the server"),
    "Looking for a canvas": QT_TR_NOOP("Looking for a canvas"),
    "Looking how it fills gaps": QT_TR_NOOP("Looking how it fills gaps"),
    "Looking how it answers in a chat": QT_TR_NOOP("Looking how it answers in a chat"),
}


def stage_text(stage: str) -> str:
    """Return what the engine says it is doing, in the user's language where it is known."""
    return tr(STAGES.get(stage, stage))
