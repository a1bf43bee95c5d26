"""A save that fails, at any step and for any reason, leaves the old text or the new one."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.documents import TextFileError, text_file
from app.documents.writing import replace_private
from app.proposal.model.history_file import HistoryFile
from app.settings import MAX_RECENT, Settings
from tests.app.house import House
from tests.app.proposal.model.test_history import CANDIDATE

resource = pytest.importorskip("resource", reason="POSIX limits")

OLD, NEW = b"old text\n" * 500, b"the new text\n" * 4000
STEPS = ("open", "write", "fsync", "replace")
NOBODY = 65534


@contextmanager
def room_for(num_bytes: int) -> Iterator[None]:
    """Let no file grow beyond a size: writes fail half-way, as on a disk that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        made = subprocess.run(mount, check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if made.returncode:
        pytest.skip("mounting needs root's rights")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def target() -> Iterator[Path]:
    """A file in a folder of its own, without root's rights, which know no permissions."""
    # Not pytest's folder: nobody but its owner may look into that.
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "note.txt"
        path.write_bytes(OLD)
        is_root = os.geteuid() == 0
        if is_root:
            for each in (path.parent, path):
                os.chown(each, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, 0)
        yield path
        if is_root:
            os.setresuid(0, 0, 0)
        path.parent.chmod(0o700)


def contents(path: Path) -> bytes | None:
    """What stands at a path; None if that is nothing, or a folder."""
    path.parent.chmod(0o700)
    return path.read_bytes() if path.is_file() else None


def lock_folder(path: Path) -> None:
    path.parent.chmod(0o500)


def hide_folder(path: Path) -> None:
    path.parent.chmod(0)


def lock_file(path: Path) -> None:
    path.chmod(0o400)


def remove(path: Path) -> None:
    path.unlink()


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_link(path: Path) -> None:
    other = path.with_name("other.txt")
    other.write_bytes(b"somebody else's")
    path.unlink()
    path.symlink_to(other)


def make_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def make_dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere" / "note.txt")


def replace_by_other(path: Path) -> None:
    other = path.with_name("other.txt")
    other.write_bytes(b"somebody else's")
    other.replace(path)


ACCIDENTS = (
    *(lock_folder, hide_folder, lock_file, remove, make_folder),
    *(make_link, make_loop, make_dangling_link, replace_by_other),
)


@pytest.mark.parametrize("accident", ACCIDENTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("step", STEPS)
def test_an_accident_at_any_step_leaves_one_whole_text(
    target: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    accident: Callable[[Path], None],
) -> None:
    real, told = getattr(os, step), ""

    def strike(*args: object) -> object:
        monkeypatch.setattr(os, step, real)  # once
        accident(target)
        return real(*args)

    monkeypatch.setattr(os, step, strike)
    try:
        text_file.write(target, NEW)
    except TextFileError as error:
        told = str(error)
    left = [OLD, b"somebody else's", None] if "Save As" in told else [NEW]
    assert contents(target) in left
    names = {path.name for path in target.parent.iterdir()}
    assert names <= {"note.txt", "other.txt"} or accident in (lock_folder, hide_folder)


@pytest.mark.parametrize("room", [0, 1, *range(3000, len(NEW), 7001), len(NEW) - 1])
def test_a_disk_that_fills_up_at_any_byte_leaves_the_old_text(tmp_path: Path, room: int) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(OLD)
    with room_for(room), pytest.raises(TextFileError, match="Your text is still here"):
        text_file.write(path, NEW)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_with_just_enough_room_takes_the_new_text(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(OLD)
    with room_for(len(NEW)):
        text_file.write(path, NEW)
    assert path.read_bytes() == NEW


def test_a_full_file_system_leaves_the_old_text_and_no_rest(small_disk: Path) -> None:
    path = small_disk / "note.txt"
    path.write_bytes(OLD)
    with pytest.raises(TextFileError, match="No space left on device"):
        text_file.write(path, NEW * 2)
    assert path.read_bytes() == OLD
    assert list(small_disk.iterdir()) == [path]
    text_file.write(path, NEW)
    assert path.read_bytes() == NEW


def test_the_user_is_told_and_can_save_elsewhere(
    house: House, small_disk: Path, tmp_path: Path, answers: dict[str, object]
) -> None:
    path = small_disk / "note.txt"
    path.write_bytes(OLD)
    house.workspace.open_paths([path])
    house.type("x" * 100_000)
    house.choose("Save")
    assert "No space left on device" in house.messages[-1]
    assert (path.read_bytes(), house.tab.document.is_modified) == (OLD, True)
    answers["ask_save_path"] = tmp_path / "elsewhere.txt"
    house.choose("Save As")
    assert (tmp_path / "elsewhere.txt").read_bytes() == b"x" * 100_000 + OLD
    assert not house.tab.document.is_modified


@pytest.mark.parametrize("accident", [lock_folder, hide_folder, lock_file])
def test_a_file_that_is_out_of_reach_is_not_taken_for_gone(
    house: House, target: Path, accident: Callable[[Path], None]
) -> None:
    house.workspace.open_paths([target])
    accident(target)
    house.window.disk_guard.check_all()
    assert house.messages == []
    house.type("mine ")
    house.choose("Save")
    assert "was not saved" in house.messages[-1]
    assert contents(target) == OLD
    assert house.tab.document.text().startswith("mine ")


@pytest.mark.parametrize("room", range(0, len(NEW), 6007))
def test_a_journal_file_is_the_old_or_the_new_one(tmp_path: Path, room: int) -> None:
    path = tmp_path / "doc-1.base"
    replace_private(path, OLD)
    with room_for(room), pytest.raises(OSError, match="File too large"):
        replace_private(path, NEW)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_settings_that_cannot_be_kept_are_told_of_once(target: Path) -> None:
    lock_folder(target)
    settings = Settings(target.parent / "settings.ini")
    told: list[str] = []
    settings.failed.connect(told.append)
    settings.set_value("font_size", 17)
    settings.set_value("font_size", 18)
    assert settings.value("font_size") == 18
    assert len(told) == 1
    assert "cannot be written" in told[0]


@pytest.mark.expected_log("The history cannot be written")
def test_a_history_that_does_not_fit_is_not_cut_short(small_disk: Path) -> None:
    file = HistoryFile(small_disk / "history.jsonl")
    file.append(CANDIDATE, lambda: [CANDIDATE])
    file.write([CANDIDATE] * 2000)
    assert list(file.read()) == [CANDIDATE]


def test_settings_on_a_full_disk_stay_whole(small_disk: Path) -> None:
    settings = Settings(small_disk / "settings.ini")
    settings.set_value("font_size", 17)
    settings.sync()
    (small_disk / "rest").write_bytes(b"x" * 60 * 1024)
    for number in range(MAX_RECENT):
        settings.add_recent_file(Path("/long") / ("x" * 1000) / str(number))
    settings.sync()
    assert Settings(settings.path).value("font_size") == 17
    (small_disk / "rest").unlink()
    settings.sync()
    assert len(Settings(settings.path).recent_files) == MAX_RECENT


@pytest.mark.expected_log("The history cannot be written")
@pytest.mark.parametrize("room", [1, 100, 400])
def test_a_history_that_cannot_grow_keeps_what_it_has(tmp_path: Path, room: int) -> None:
    path = tmp_path / "history.jsonl"
    file = HistoryFile(path)
    file.append(CANDIDATE, lambda: [CANDIDATE])
    with room_for(path.stat().st_size + room):
        for _ in range(4):
            file.append(CANDIDATE, lambda: [CANDIDATE])
        file.write([CANDIDATE] * 4)
    assert all(candidate == CANDIDATE for candidate in file.read())
    file.append(CANDIDATE, lambda: [CANDIDATE])
    assert list(file.read())[-1] == CANDIDATE
