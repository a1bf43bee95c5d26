"""What is wanted of the hub, what it holds, and what can go wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class HubError(Exception):
    """A foreseen error; its text is for the user and says what to do next."""


class AccessError(HubError):
    """The repository asks for a token, or for another one."""


class DiskFullError(HubError):
    """There is no room for what is still missing."""


class StoppedError(HubError):
    """The user stopped it; what was fetched so far is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The files of one repository that make up a model, or a part of it."""

    repo_id: str
    patterns: tuple[str, ...]  # of names in the repository, as a shell has them


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file as the hub describes it."""

    name: str
    num_bytes: int
    sha256: str | None  # None: a small file, kept in git itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source comes to today."""

    source: Source
    commit: str
    files: tuple[RemoteFile, ...]
    is_gated: bool
    licence: str  # as the repository names it; empty: it does not

    @property
    def num_bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.num_bytes for file in self.files)


class Stage(Enum):
    """What a download is doing."""

    ASKING = "asking"  # the hub, for the list of files
    FETCHING = "fetching"
    CHECKING = "checking"  # the hashes of what has come
    WAITING = "waiting"  # to try again after a cut connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a download or a check stands."""

    stage: Stage
    done_bytes: int
    total_bytes: int


Report = Callable[[Progress], None]
IsStopped = Callable[[], bool]
