"""What is measured: a model, perhaps with what it was taught, and the way it writes."""

from dataclasses import dataclass

from engine.api import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model here or on a server, and how it is asked. A key of a server is not kept."""

    model: str = ""  # a folder; with a server, what that calls it
    adapter: str = ""  # a folder of what was taught
    server: str = ""  # an address
    mode: Mode = Mode.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A subject as it was found to be, and what it has taken."""

    subject: Subject
    name: str  # of the model
    device: str = ""
    dtype: str = ""
    weights_bytes: int = 0
    peak_bytes: int = 0  # of the whole process; 0: not known, or it is on a server
    failure: str = ""  # why nothing, or not all, could be measured
