"""From the hub to the disk, through the hub library's client and into its cache.

The library starts a file anew after every interruption, which is no way to fetch 27 GB in one
file. So large files come through its HTTP client into unfinished files that stay, and go where the
library looks for them; small files, links and revisions are its own work.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import filelock
from huggingface_hub import HfApi, hf_hub_download, hf_hub_url
from huggingface_hub.file_download import are_symlinks_supported
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils import (
    WeakFileLock,
    build_hf_headers,
    disable_progress_bars,
    filter_repo_objects,
)

from engine.hub.blob import Receiver, size_of
from engine.hub.errors import disk_error, disk_full, explained
from engine.hub.local import OURS, WEIGHTS, free_bytes, repo_folder
from engine.hub.network_thread import STOPPED, Wait, answer
from engine.hub.source import (
    HubError,
    Listing,
    Progress,
    RemoteFile,
    Report,
    Source,
    Stage,
    StoppedError,
)

_MOST_NAMES = 8  # in a message
_SHA256 = re.compile(r"[0-9a-f]{64}")


def list_files(source: Source, token: str | None, cache: Path) -> Listing:
    """Ask the hub what a source comes to.

    Raises:
        HubError: If it does not tell, or has no such files.
    """
    with explained(source.repo_id, cache):
        info = HfApi().model_info(source.repo_id, files_metadata=True, token=token)
    found = filter_repo_objects(
        info.siblings or [], allow_patterns=list(source.patterns), key=lambda file: file.rfilename
    )
    files = tuple(_file(sibling) for sibling in found)
    if not files or info.sha is None:
        raise HubError(_without(source, [file.rfilename for file in info.siblings or []]))
    licence = info.card_data.license if info.card_data else None
    return Listing(
        source=source,
        commit=info.sha,
        # Weights last: a token that is refused, or a file that is missing, shows at once.
        files=tuple(sorted(files, key=lambda file: (file.name.endswith(WEIGHTS), file.name))),
        is_gated=bool(info.gated),
        licence=str(licence or ""),
    )


def _without(source: Source, names: Sequence[str]) -> str:
    """Say that a repository has none of the files that are wanted, and which it has."""
    weights = sorted(name for name in names if name.endswith(WEIGHTS))
    found = ", ".join(weights[:_MOST_NAMES]) + (" …" if len(weights) > _MOST_NAMES else "")
    return (
        f"{source.repo_id} has no {', '.join(source.patterns)} any more; its weights are "
        f"{found or 'gone'}. Fetch what you want with another tool and add its folder here."
    )


def _file(sibling: RepoSibling) -> RemoteFile:
    name, sha256 = sibling.rfilename, sibling.lfs.sha256 if sibling.lfs else None
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or (sha256 and not _SHA256.fullmatch(sha256)):
        raise HubError(f"The hub lists a file {name!r} that no model has. Nothing was fetched.")
    return RemoteFile(name=name, num_bytes=sibling.size or 0, sha256=sha256)


@dataclass(slots=True, kw_only=True)
class Download:
    """A download of one or several sources; stopped, another one goes on where it was."""

    sources: Sequence[Source]
    cache: Path
    report: Report
    wait: Wait
    token: str | None = None  # None: the one that the hub's tools know
    first_wait_s: float = 1.0
    _done: int = 0
    _total: int = 0

    def run(self) -> tuple[Path, ...]:
        """Fetch what is missing and return the folder of each source.

        Raises:
            HubError: If it cannot be done, or was stopped; what has come stays.
        """
        disable_progress_bars()  # they would go to a terminal that may not be there
        self._tell(Stage.ASKING)
        listings = [self._list(source) for source in self.sources]
        self._total = sum(listing.num_bytes for listing in listings)
        self._check_room(listings)
        return tuple(self._fetch(listing) for listing in listings)

    def _list(self, source: Source) -> Listing:
        return answer(lambda: list_files(source, self.token, self.cache), self.wait)

    def _check_room(self, listings: Sequence[Listing]) -> None:
        missing = sum(
            file.num_bytes - size_of(self._partial(listing, file))
            for listing in listings
            for file in listing.files
            if not self._place(listing, file).exists()
        )
        free = free_bytes(self.cache)
        if missing > free:
            raise disk_full(self.cache, missing, free)

    def _fetch(self, listing: Listing) -> Path:
        repo_id = listing.source.repo_id
        with explained(repo_id, self.cache):
            for file in listing.files:
                if self.wait(0.0):
                    raise StoppedError(STOPPED)
                if file.sha256 is not None:
                    self._fetch_blob(listing, file)
                # Fetches a small file; of a large one, which is there, it makes the link. The
                # branch's name lets other programs find the revision when they are offline.
                fetch = partial(
                    hf_hub_download, repo_id, file.name, cache_dir=self.cache, token=self.token
                )
                answer(fetch, self.wait)
                self._done += file.num_bytes
                self._tell(Stage.FETCHING)
        folder = repo_folder(self.cache, repo_id) / "snapshots" / listing.commit
        if not all((folder / file.name).exists() for file in listing.files):
            raise HubError(f"{repo_id} was changed meanwhile. Press Resume to fetch what is new.")
        return folder

    def _fetch_blob(self, listing: Listing, file: RemoteFile) -> None:
        repo = repo_folder(self.cache, listing.source.repo_id)
        place, begun = self._place(listing, file), self._partial(listing, file)
        locks = self.cache / ".locks" / repo.name
        for folder in (locks, place.parent, begun.parent):
            folder.mkdir(parents=True, exist_ok=True)
        receiver = Receiver(
            headers=build_hf_headers(token=self.token),
            tell=self._tell,
            wait=self.wait,
            disk_error=lambda error, missing: disk_error(error, begun.parent, missing),
            first_wait_s=self.first_wait_s,
        )
        try:
            with WeakFileLock(locks / f"{file.sha256}.lock", timeout=1):
                if not place.exists():
                    url = hf_hub_url(
                        listing.source.repo_id,
                        file.name,
                        revision=listing.commit,
                    )
                    receiver.receive(url, file, begun)
                    begun.replace(place)
        except filelock.Timeout as error:
            raise HubError(
                f"Another program is fetching {file.name} of {listing.source.repo_id}. Wait for "
                "it, then press Resume; what it has fetched is used."
            ) from error

    def _place(self, listing: Listing, file: RemoteFile) -> Path:
        """Return where a file's bytes belong."""
        repo = repo_folder(self.cache, listing.source.repo_id)
        # Without links the library would copy the bytes, so they go to their last place at once.
        if file.sha256 is not None and are_symlinks_supported(self.cache):
            return repo / "blobs" / file.sha256
        return repo / "snapshots" / listing.commit / file.name

    def _partial(self, listing: Listing, file: RemoteFile) -> Path:
        repo = repo_folder(self.cache, listing.source.repo_id)
        return repo / "blobs" / f"{file.sha256}{OURS}"

    def _tell(self, stage: Stage, extra: int = 0) -> None:
        done = self._done + extra
        self.report(Progress(stage=stage, done_bytes=done, total_bytes=self._total))
