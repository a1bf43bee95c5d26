"""Where a proposal is in its life."""

from enum import Enum

from app.translation import QT_TR_NOOP

# Said of one that is `STALE`, with the keys of these commands in place of their names.
PARKED = QT_TR_NOOP("Its text was changed. {rewrite} here drafts it again, {stop} removes it.")
# Said of one that is shown while the text around it is another than it was computed from.
OUTDATED = QT_TR_NOOP("made before your last edit")


class Phase(Enum):
    """Where a proposal is in its life."""

    IDLE = "idle"  # there is none: accepted, rejected or replaced
    WAITING = "waiting"  # sent, nothing drafted yet
    RUNNING = "running"  # denoising
    FINISHED = "finished"  # can be accepted
    STALE = "stale"  # parked: the text it was computed from is gone
