"""Files are read and written with care, and errors say what to do."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.documents import text_file
from app.documents.encoding import UTF_8, Encoding
from app.documents.text_file import NotEncodableError, TextFileError

ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """Give up root's rights, if we have them, and return a folder the test may write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(folder, 65534, 65534)
            os.setresuid(65534, 65534, 0)
        yield folder
        if is_root:
            os.setresuid(0, 0, 0)
        folder.chmod(0o700)


@ON_POSIX
def test_saving_keeps_the_link_and_the_mode(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    text_file.write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@ON_POSIX
def test_a_read_only_file_is_left_alone(as_nobody: Path) -> None:
    path = as_nobody / "fixed.txt"
    path.write_bytes(b"old")
    path.chmod(0o400)
    with pytest.raises(TextFileError, match=r"fixed\.txt was not saved.*Save As"):
        text_file.write(path, b"new")
    assert path.read_bytes() == b"old"


@ON_POSIX
def test_a_file_in_a_read_only_folder_is_left_alone(as_nobody: Path) -> None:
    path = as_nobody / "note.txt"
    path.write_bytes(b"old")
    as_nobody.chmod(0o500)
    with pytest.raises(TextFileError, match="was not saved"):
        text_file.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(as_nobody.iterdir()) == [path]


@ON_POSIX
def test_an_unreadable_file_is_not_opened(as_nobody: Path) -> None:
    path = as_nobody / "secret.txt"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(TextFileError, match="no permission"):
        text_file.read(path)


@ON_POSIX
def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "note.txt"
    path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(TextFileError, match="Your text is still here"):
            text_file.write(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextFileError, match=r"gone\.txt could not be opened: it does not exist"):
        text_file.read(tmp_path / "gone.txt")


def test_a_folder_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(TextFileError, match="is a folder"):
        text_file.read(tmp_path)


@ON_POSIX
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TextFileError, match="not a regular file"):
        text_file.read(tmp_path / "pipe")


def test_a_giant_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "giant.txt"
    with path.open("wb") as file:
        file.truncate(text_file.MAX_BYTES + 1)
    with pytest.raises(TextFileError, match="up to 64 MiB"):
        text_file.read(path)


def test_a_binary_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(TextFileError, match=r"picture\.png is not a text file"):
        text_file.read(path)


def test_a_character_without_a_place_is_named_with_its_line() -> None:
    with pytest.raises(NotEncodableError, match=r"line 2 contains “中” \(U\+4E2D\).*CP1252"):
        text_file.encode("a\n中", Encoding("cp1252"))


def test_half_a_character_is_named_by_its_number() -> None:
    with pytest.raises(NotEncodableError, match=r"line 1 contains U\+D800"):
        text_file.encode("\ud800", UTF_8)
