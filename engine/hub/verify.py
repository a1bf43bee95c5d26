"""Files against their hashes."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path

from engine.hub.local import files_in, folder_bytes
from engine.hub.source import IsStopped, Progress, Report, Stage, StoppedError

_READ_BYTES = 1 << 20
_SHA256_DIGITS, _GIT_DIGITS = 64, 40

CountBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of comparing files with their hashes."""

    num_checked: int
    damaged: tuple[str, ...]  # names
    num_unknown: int  # files whose hash is not on record here


def verify(folder: Path, report: Report, is_stopped: IsStopped) -> Verdict:
    """Compare a snapshot's files with their hashes, which are the names of what they link to.

    Raises:
        StoppedError: If `is_stopped` says so.
    """
    total, done = folder_bytes(folder), 0
    damaged, num_checked, num_unknown = [], 0, 0
    for path in sorted(files_in(folder)):
        blob = path.resolve()
        size = blob.stat().st_size
        if not path.is_symlink() or len(blob.name) not in (_SHA256_DIGITS, _GIT_DIGITS):
            num_unknown += 1
        else:
            num_checked += 1
            count = _counting(report, done, total)
            if file_hash(blob, len(blob.name), count, is_stopped) != blob.name:
                damaged.append(path.relative_to(folder).as_posix() if path != folder else path.name)
        done += size
    return Verdict(num_checked=num_checked, damaged=tuple(damaged), num_unknown=num_unknown)


def file_hash(path: Path, digits: int, count: CountBytes, is_stopped: IsStopped) -> str:
    """Return SHA-256 (64 digits) or git's SHA-1 (40) of a file.

    Raises:
        StoppedError: If `is_stopped` says so.
    """
    # Git puts a header before the bytes; its SHA-1 finds damage, and is no proof against forgery.
    header = b"blob %d\0" % path.stat().st_size
    state = sha256() if digits == _SHA256_DIGITS else sha1(header, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            if is_stopped():
                raise StoppedError("The check was stopped.")
            state.update(block)
            count(file.tell())
    return state.hexdigest()


def _counting(report: Report, start: int, total: int) -> CountBytes:
    def count(num_bytes: int) -> None:
        progress = Progress(stage=Stage.CHECKING, done_bytes=start + num_bytes, total_bytes=total)
        report(progress)

    return count
