"""Writing a file so that, whatever happens, the disk holds what it held or what it is to hold.

A file is replaced in one step by another that is like it: owner, permissions, attributes. Where
that cannot be, or where the file has other names, it is written in place, and a copy of what it
held stays beside it until the new content is safe.
"""

import errno
import os
import secrets
import stat
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from app.system.logs import data_folder

BACKUPS = "backups"  # the folder for copies, in the data folder, where there is no room beside
NAME_CHARS = 40  # of a file in the name of its copy; each may take four bytes of 255

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
# Whatever has come into the file's place meanwhile is neither followed nor waited for.
OLD = os.O_RDWR | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))

# macOS has extended attributes, and Python no way to them.
CAN_COPY_ALL = hasattr(os, "listxattr") or os.name != "posix"
REFUSALS = (errno.EACCES, errno.EPERM, errno.EBUSY)  # of a new file in another one's place
CAPABILITY = "security.capability"


class NotRegularError(Exception):
    """What stands at a path is a folder, a device, a pipe or a socket."""


class NotAlikeError(Exception):
    """What belongs to a file besides its content would be lost; the text says why."""


class DamagedError(Exception):
    """A file holds neither the old content nor the new; the old is in `backup`."""

    def __init__(self, reason: str, backup: Path) -> None:
        super().__init__(reason)
        self.backup = backup


@dataclass(frozen=True, slots=True)
class Facts:
    """What belongs to a file besides its content."""

    owner: int
    group: int
    mode: int
    attributes: dict[str, bytes]  # access control lists are among them

    @property
    def vanish_by_writing(self) -> bool:
        """Whether the system takes rights away as soon as the file is written."""
        return bool(self.mode & (stat.S_ISUID | stat.S_ISGID)) or CAPABILITY in self.attributes


def write_file(path: Path, data: bytes | bytearray, *, may_lose: bool = False) -> None:
    """Make `data` the content of a file, through links; `may_lose` all else that belongs to it.

    Raises:
        NotRegularError: There is something else than a file.
        NotAlikeError: Not without losing what belongs to the file; it is as before.
        DamagedError: The file is not as before, nor as it is to be.
        OSError: The file is as before.
    """
    # Through links: what is replaced is the file, not the link to it.
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
    except FileNotFoundError:
        replace(target, data)
        return
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if may_lose:
        replace(target, data, Facts(status.st_uid, status.st_gid, status.st_mode, {}))
        return
    # A file with other names would be torn from them by a replacement.
    if status.st_nlink == 1 and CAN_COPY_ALL:
        try:
            replace(target, data, _facts(target), is_exact=True)
            return
        except NotAlikeError:
            pass
        except OSError as error:
            if error.errno not in REFUSALS:
                raise
    _write_in_place(target, data)


def replace(
    target: Path, data: bytes | bytearray, facts: Facts | None = None, *, is_exact: bool = False
) -> None:
    """Put a new file in a file's place, as like it as can be; or exactly, or not at all.

    Raises:
        NotAlikeError: It would not be exactly alike; the file is as before.
        OSError: The file is as before.
    """
    # In the same folder, so that the rename stays within one disk; of a name that nobody can guess
    # and lay a link at.
    partial = target.with_name(f".{secrets.token_hex(8)}.part")
    # Private until it has its rights: the old file may have been.
    number = os.open(partial, NEW, 0o666 if facts is None else 0o600)
    with ExitStack() as unless_done:
        # Half a file only takes room, of which there may be none.
        unless_done.callback(_forget, partial)
        try:
            _write_all(number, data)
            if facts is not None and os.name == "posix":
                _dress(number, facts)
                if is_exact and _facts(number) != facts:
                    raise NotAlikeError
            os.fsync(number)
        finally:
            os.close(number)
        os.replace(partial, target)
        unless_done.pop_all()
    # Done already; not every folder can be made durable.
    with suppress(OSError):
        sync_folder(target.parent)


def replace_private(path: Path, data: bytes | bytearray) -> None:
    """Replace a file of the program's own, which nobody else may read, in one step.

    Raises:
        OSError: The file is as before.
    """
    replace(path, data, Facts(os.geteuid() if os.name == "posix" else 0, -1, 0o600, {}))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _forget(partial: Path) -> None:
    with suppress(OSError):
        partial.unlink()


def _facts(file: Path | int) -> Facts:
    status = os.stat(file)
    attributes: dict[str, bytes] = {}
    if hasattr(os, "listxattr"):
        try:
            attributes = {name: os.getxattr(file, name) for name in os.listxattr(file)}
        except OSError as error:
            if error.errno != errno.ENOTSUP:
                raise
    return Facts(status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode), attributes)


def _dress(number: int, facts: Facts) -> None:
    """Give a new file what belonged to the old one, as far as the system lets us."""
    own = _facts(number)
    if (own.owner, own.group) != (facts.owner, facts.group):
        with suppress(OSError):
            os.fchown(number, facts.owner, facts.group)
    for name in own.attributes.keys() - facts.attributes.keys():
        with suppress(OSError):
            os.removexattr(number, name)
    # Rights that go when the owner changes or the file is written come last.
    os.fchmod(number, stat.S_IMODE(facts.mode))
    for name, value in facts.attributes.items():
        if own.attributes.get(name) != value:
            with suppress(OSError):
                os.setxattr(number, name, value)


def _write_in_place(target: Path, data: bytes | bytearray) -> None:
    try:
        number = os.open(target, OLD)
    except OSError as error:
        raise NotAlikeError(error.strerror) from error
    try:
        facts = _facts(number)
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise NotRegularError
        if facts.vanish_by_writing and os.name == "posix":
            _try_to_set_again(number, facts)
        # All of it in memory: it goes into the backup, and back if the writing fails.
        old = _read_all(number)
        backup = _back_up(target, old)
        try:
            _overwrite(number, old, data, backup)
            if facts.vanish_by_writing and os.name == "posix":
                _dress(number, facts)
            # Somebody has replaced the file meanwhile: what was written has no name any more.
            if not os.path.samestat(os.fstat(number), target.stat()):
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        except OSError:
            backup.unlink(missing_ok=True)
            raise
        backup.unlink(missing_ok=True)
    finally:
        os.close(number)


def _try_to_set_again(number: int, facts: Facts) -> None:
    """Find out whether we may give rights back that writing takes away."""
    try:
        os.fchmod(number, facts.mode)
        if CAPABILITY in facts.attributes:
            os.setxattr(number, CAPABILITY, facts.attributes[CAPABILITY])
    except OSError as error:
        raise NotAlikeError(error.strerror) from error


def _back_up(target: Path, old: bytes) -> Path:
    """Keep a copy of what a file holds, beside it or where we may write; return where it is."""
    name = f"{target.name[:NAME_CHARS]}.{secrets.token_hex(4)}.backup"
    try:
        replace_private(target.with_name(name), old)
    except OSError:
        folder = data_folder() / BACKUPS
        folder.mkdir(parents=True, exist_ok=True)
        replace_private(folder / name, old)
        return folder / name
    return target.with_name(name)


def _overwrite(number: int, old: bytes, data: bytes | bytearray, backup: Path) -> None:
    """Write over a file; what fails half-way is undone."""
    try:
        if len(data) > len(old):
            _reserve_space(number, len(old), len(data))
        _write_over(number, data)
    except OSError as error:
        try:
            _write_over(number, old)
        except OSError:
            raise DamagedError(error.strerror or str(error), backup) from error
        raise


def _reserve_space(number: int, old_size: int, size: int) -> None:
    """Let a file grow before a byte of it is changed: most disks are full by then or not at all."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(number, old_size, size - old_size)
    else:
        os.lseek(number, 0, os.SEEK_END)
        _write_all(number, bytes(size - old_size))


def _write_over(number: int, data: bytes | bytearray) -> None:
    os.lseek(number, 0, os.SEEK_SET)
    _write_all(number, data)
    # After the writing: a shorter file would lose its end before it has its new beginning.
    os.ftruncate(number, len(data))
    os.fsync(number)


def _read_all(number: int) -> bytes:
    with os.fdopen(os.dup(number), "rb") as file:
        return file.read()


def _write_all(number: int, data: bytes | bytearray) -> None:
    """Write until it fails: a disk that fills up takes a part, and says why only after that."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(number, rest) :]
