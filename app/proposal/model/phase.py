"""Where a proposal is in its life."""

from enum import Enum

from app.translation import QT_TR_NOOP

# Said of one that is `STALE`, with the keys of these commands in place of their names.
PARKED = QT_TR_NOOP(
    "The text around it changed. {rewrite} here drafts it again, {stop} removes it."
)


class Phase(Enum):
    """Where a proposal is in its life."""

    IDLE = "idle"  # there is none: accepted, rejected or replaced
    WAITING = "waiting"  # sent, nothing drafted yet
    RUNNING = "running"  # denoising
    FINISHED = "finished"  # can be accepted
    STALE = "stale"  # parked: the text it was computed from is gone
