"""Saving changes a file's text, and nothing else that belongs to the file."""

import os
import socket
import stat
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.documents import TextFileError, text_file, writing
from app.documents.text_file import NotKeptError
from tests.app.house import House

if os.name != "posix":
    pytest.skip("POSIX owners and kinds of files", allow_module_level=True)

OLD, NEW = b"old text\n" * 500, b"the new text\n" * 4000
NOBODY, SOMEBODY = 65534, 1234
NO_ID = 0xFFFFFFFF

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root's rights")


@contextmanager
def acting_as(user: int) -> Iterator[None]:
    """Have no more rights than a user."""
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(user, user, 0)
    os.setresuid(user, user, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that everybody may write to; pytest's may be entered by its owner alone."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        (path / "data").mkdir()
        monkeypatch.setattr(writing, "data_folder", lambda: path / "data")
        for each in (path, path / "data"):
            each.chmod(0o777)
        yield path
        path.chmod(0o777)


@pytest.fixture
def note(folder: Path) -> Path:
    path = folder / "note.txt"
    path.write_bytes(OLD)
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "data")


def set_attribute(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except (AttributeError, OSError) as error:
        pytest.skip(f"{name} cannot be set here: {error}")


def acl(*entries: tuple[int, int, int]) -> bytes:
    """Return an access control list: what each entry is for, its rights, and whose it is."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


SHARED = acl((1, 6, NO_ID), (2, 4, SOMEBODY), (4, 4, NO_ID), (16, 6, NO_ID), (32, 0, NO_ID))
MAY_BIND = struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0)  # a program may use low ports


@needs_root
@pytest.mark.parametrize("mode", [0o640, 0o4755, 0o2775, 0o606])
def test_root_saves_a_file_of_somebody_else(note: Path, mode: int) -> None:
    os.chown(note, SOMEBODY, NOBODY)
    note.chmod(mode)
    text_file.write(note, NEW)
    status = note.stat()
    assert (status.st_uid, status.st_gid) == (SOMEBODY, NOBODY)
    assert stat.S_IMODE(status.st_mode) == mode
    assert note.read_bytes() == NEW
    assert names_in(note.parent) == ["note.txt"]


@pytest.mark.parametrize("size", [0, 10, 4500, 100_000])
def test_all_names_of_a_file_have_the_new_text(note: Path, size: int) -> None:
    other = note.with_name("other.txt")
    os.link(note, other)
    text_file.write(other, b"x" * size)
    assert note.read_bytes() == other.read_bytes() == b"x" * size
    assert note.stat().st_nlink == 2
    assert names_in(note.parent) == ["note.txt", "other.txt"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("user.origin", b"a web page"),
        ("user.empty", b""),
        ("system.posix_acl_access", SHARED),
        ("security.capability", MAY_BIND),
    ],
)
@pytest.mark.parametrize("is_linked", [False, True])
def test_attributes_stay(note: Path, name: str, value: bytes, is_linked: bool) -> None:
    set_attribute(note, name, value)
    mode = note.stat().st_mode
    if is_linked:
        os.link(note, note.with_name("other.txt"))
    text_file.write(note, NEW)
    assert os.getxattr(note, name) == value
    assert (note.stat().st_mode, note.read_bytes()) == (mode, NEW)


def test_what_a_folder_gives_to_new_files_does_not_come_to_an_old_one(note: Path) -> None:
    note.chmod(0o600)
    set_attribute(note.parent, "system.posix_acl_default", SHARED)
    text_file.write(note, NEW)
    assert "system.posix_acl_access" not in os.listxattr(note)
    assert stat.S_IMODE(note.stat().st_mode) == 0o600


def test_a_new_file_is_as_the_system_makes_new_files(folder: Path) -> None:
    old_mask = os.umask(0o027)
    try:
        text_file.write(folder / "new.txt", NEW)
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE((folder / "new.txt").stat().st_mode) == 0o640


@needs_root
@pytest.mark.parametrize("is_sticky", [False, True])
def test_a_file_of_somebody_else_that_one_may_write_stays_theirs(
    note: Path, is_sticky: bool
) -> None:
    note.chmod(0o666)
    note.parent.chmod(0o1777 if is_sticky else 0o777)
    with acting_as(NOBODY):
        text_file.write(note, NEW)
    assert (note.stat().st_uid, note.read_bytes()) == (0, NEW)
    assert names_in(note.parent) == ["note.txt"]


@needs_root
def test_a_file_in_a_folder_that_one_may_not_write_to(note: Path) -> None:
    note.chmod(0o666)
    note.parent.chmod(0o755)
    with acting_as(NOBODY):
        text_file.write(note, NEW)
    assert note.read_bytes() == NEW
    assert list((note.parent / "data").rglob("*.backup")) == []


@needs_root
def test_a_link_to_a_file_of_somebody_else(note: Path) -> None:
    os.chown(note, SOMEBODY, SOMEBODY)
    note.chmod(0o666)
    link = note.with_name("link.txt")
    link.symlink_to(note)
    with acting_as(NOBODY):
        text_file.write(link, NEW)
    assert link.is_symlink()
    assert (note.stat().st_uid, note.read_bytes()) == (SOMEBODY, NEW)


def test_a_link_to_a_file_that_is_to_be_made(folder: Path) -> None:
    (folder / "link.txt").symlink_to(folder / "made.txt")
    text_file.write(folder / "link.txt", NEW)
    assert (folder / "link.txt").is_symlink()
    assert (folder / "made.txt").read_bytes() == NEW


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_folder(path: Path) -> None:
    path.mkdir()


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def make_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making a device needs root's rights")


KINDS = (make_fifo, make_folder, make_socket, make_device)


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("is_linked", [False, True])
def test_what_is_no_file_is_not_replaced_by_one(
    house: House,
    folder: Path,
    answers: dict[str, object],
    make: Callable[[Path], None],
    is_linked: bool,
) -> None:
    path = folder / "thing"
    make(path)
    before = path.lstat()
    target = path
    if is_linked:
        target = folder / "link"
        target.symlink_to(path)
    house.type("precious")
    answers["ask_save_path"] = target
    house.choose("Save As")
    assert "no regular file" in house.messages[-1]
    after = path.lstat()
    assert (after.st_mode, after.st_ino) == (before.st_mode, before.st_ino)
    assert house.tab.document.is_modified
    assert house.tab.document.path is None


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_what_has_come_into_a_files_place_meanwhile_is_not_replaced(
    house: House, note: Path, answers: dict[str, object], make: Callable[[Path], None]
) -> None:
    house.workspace.open_paths([note])
    house.type("mine ")
    note.unlink()
    make(note)
    mode = note.lstat().st_mode
    answers["ask_overwrite"] = True
    house.choose("Save")
    assert note.lstat().st_mode == mode
    assert "no regular file" in house.messages[-1]
    assert house.tab.document.is_modified


@pytest.mark.parametrize("room", [0, 1, *range(3000, len(NEW), 7001), len(NEW) - 1])
def test_a_disk_that_fills_up_leaves_a_file_with_two_names_as_it_was(note: Path, room: int) -> None:
    resource = pytest.importorskip("resource", reason="POSIX limits")
    os.link(note, note.with_name("other.txt"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(TextFileError, match="Your text is still here"):
            text_file.write(note, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert note.read_bytes() == OLD
    assert names_in(note.parent) == ["note.txt", "other.txt"]


class Disk:
    """A disk that fails while a file is written over, and what it fails with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: BaseException, times: int) -> None:
        self.error, self.times = error, times
        self._real = os.ftruncate
        monkeypatch.setattr(os, "ftruncate", self.fail)

    def fail(self, number: int, size: int) -> None:
        if self.times:
            self.times -= 1
            raise self.error
        self._real(number, size)


def test_a_disk_that_fails_half_way_gives_the_old_text_back(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.link(note, note.with_name("other.txt"))
    Disk(monkeypatch, OSError(5, "Input/output error"), times=1)
    with pytest.raises(TextFileError, match="was not saved: Input/output error"):
        text_file.write(note, NEW)
    assert note.read_bytes() == OLD
    assert names_in(note.parent) == ["note.txt", "other.txt"]


def test_where_nothing_can_be_given_back_the_copy_is_named(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.link(note, note.with_name("other.txt"))
    Disk(monkeypatch, OSError(5, "Input/output error"), times=2)
    with pytest.raises(TextFileError) as told:
        text_file.write(note, NEW)
    (copy,) = note.parent.glob("note.txt.*.backup")
    assert str(copy) in str(told.value)
    assert copy.read_bytes() == OLD


def test_a_program_that_ends_half_way_leaves_the_copy(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.link(note, note.with_name("other.txt"))
    Disk(monkeypatch, KeyboardInterrupt(), times=1)
    with pytest.raises(KeyboardInterrupt):
        text_file.write(note, NEW)
    (copy,) = note.parent.glob("note.txt.*.backup")
    assert copy.read_bytes() == OLD
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


@needs_root
def test_the_user_is_asked_where_a_right_would_be_lost(house: House, note: Path) -> None:
    note.chmod(0o4777)
    house.workspace.open_paths([note])
    house.type("mine ")
    with acting_as(NOBODY):
        house.choose("Save")
        assert (note.read_bytes(), note.stat().st_uid) == (OLD, 0)
        assert stat.S_IMODE(note.stat().st_mode) == 0o4777
        (message,) = house.window.message_bar.messages
        assert "Operation not permitted" in message.text
        next(r for r in message.remedies if r.label == "Save Anyway").run()
    assert (note.read_bytes(), note.stat().st_uid) == (b"mine " + OLD, NOBODY)
    assert not house.tab.document.is_modified


@needs_root
def test_without_asking_nothing_is_lost(note: Path) -> None:
    set_attribute(note, "security.capability", MAY_BIND)
    note.chmod(0o666)
    with acting_as(NOBODY), pytest.raises(NotKeptError):
        text_file.write(note, NEW)
    assert note.read_bytes() == OLD
    assert os.getxattr(note, "security.capability") == MAY_BIND
    with suppress(OSError):
        os.removexattr(note, "security.capability")
