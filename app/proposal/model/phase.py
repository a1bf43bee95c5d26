"""Where a proposal is in its life."""

from enum import Enum


class Phase(Enum):
    """Where a proposal is in its life."""

    IDLE = "idle"  # there is none: accepted, rejected or replaced
    WAITING = "waiting"  # sent, nothing drafted yet
    RUNNING = "running"  # denoising
    FINISHED = "finished"  # can be accepted
    STALE = "stale"  # parked: the text it was computed from is gone
