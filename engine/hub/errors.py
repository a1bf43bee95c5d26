"""The hub library's errors in words for the user."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)

from engine.hub.local import free_bytes
from engine.hub.source import AccessError, DiskFullError, HubError, RemoteFile

log = logging.getLogger(__name__)
GIB = 2**30
FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def explained(repo_id: str, cache: Path) -> Iterator[None]:
    """Turn what the library and the disk raise into `HubError`s."""
    try:
        yield
    except GatedRepoError as error:
        raise AccessError(
            f"{repo_id} is only for those who accept its terms. Accept them at "
            f"{constants.ENDPOINT}/{repo_id}, then enter an access token of that account here."
        ) from error
    except RepositoryNotFoundError as error:
        raise AccessError(
            f"The hub shows no {repo_id}: it is gone, or private. If you have access to it, enter "
            "an access token."
        ) from error
    except HfHubHTTPError as error:
        raise _from_status(error, repo_id) from error
    except (OfflineModeIsEnabled, LocalEntryNotFoundError, httpx2.HTTPError) as error:
        raise _unreachable(error) from error
    except OSError as error:
        raise disk_error(error, cache) from error


def disk_error(error: OSError, cache: Path, missing: int = 0) -> HubError:
    """Return what to say of a disk that takes no more."""
    if error.errno in FULL:
        free = free_bytes(cache)
        # A quota ends before the disk does.
        return disk_full(cache, missing, free if free < missing else 0)
    return HubError(
        f"{cache} cannot be written ({error.strerror or error}). Make it writable, or set HF_HOME "
        "to another folder."
    )


def disk_full(cache: Path, missing: int, free: int) -> DiskFullError:
    """Return the error of a disk without room; it names the place and how much is missing."""
    short = f"{max(missing - free, 0) / GIB:.2f} GiB" if missing else "room"
    needed = f" ({missing / GIB:.2f} GiB are to come, {free / GIB:.2f} are free)" if missing else ""
    return DiskFullError(
        f"The disk of {cache} lacks {short}{needed}. Make room there, or set HF_HOME to a folder "
        "on another disk, and press Resume; what has come is kept."
    )


def wrong_size(file: RemoteFile, size: int) -> HubError:
    """Return the error of a file that is not as long as the hub says."""
    return HubError(
        f"{file.name} should have {file.num_bytes:,} bytes, and the server sends {size:,}. What "
        "came of it was thrown away; try again, later if it happens again."
    )


def _from_status(error: HfHubHTTPError, repo_id: str) -> HubError:
    status = error.response.status_code
    if status in (401, 403):
        return AccessError(
            f"The hub refuses {repo_id} to this access token ({status}). Enter another one."
        )
    return HubError(f"The hub answered {status} for {repo_id}. Try again later.")


def _unreachable(error: Exception) -> HubError:
    if constants.HF_HUB_OFFLINE:
        return HubError(
            "The environment variable HF_HUB_OFFLINE forbids downloads. Start Inlay without it."
        )
    # What the system calls it ("[Errno -2]") helps whoever reads the log, and nobody else.
    log.info("%s cannot be reached: %s", constants.ENDPOINT, error.__cause__ or error)
    return HubError(
        f"{urlsplit(constants.ENDPOINT).netloc} cannot be reached. Try again when the network is "
        "back; what has come is kept."
    )
