"""The published file that an adapter is for: where it is found, and that it is the right one."""

import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Annotated

from pydantic import Field

from engine.errors import BaseMissingError, ModelFolderError
from engine.hub.local import cache_root, snapshot
from engine.schema import Strict, validated
from engine.small_files import read_object, sha256_of
from kernels.folders import cache_folder

_Text = Annotated[str, Field(min_length=1, max_length=200)]


_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_FOLDER = "base"  # in the cache folder


class _Base(Strict):
    name: _Text
    file: _Text
    sha256: _Hash
    package: _Text
    version: _Text
    wheel_sha256: _Hash
    wheel_bytes: Annotated[int, Field(ge=1)]
    repository: _Text


class _File(Strict):
    base: _Base


@dataclass(frozen=True, slots=True)
class Base:
    """One file, as an adapter's `config.json` names it."""

    name: str  # for people
    file: str  # path in the package
    sha256: str
    package: str  # of the package index, whose wheel holds the file
    version: str
    wheel_sha256: str
    wheel_bytes: int
    repository: str  # on the hub, for those who have it from there

    @property
    def fetched_file(self) -> Path:
        """Where the file lies if Inlay has fetched it itself."""
        return base_folder() / Path(self.file).name

    @classmethod
    def of(cls, folder: Path) -> "Base":
        """Read which base an adapter's `config.json` names.

        Raises:
            ModelFolderError: If the file is damaged, or names none.
        """
        try:
            values = read_object(folder / "config.json")
        except (OSError, ValueError) as error:
            raise ModelFolderError(
                f"{folder / 'config.json'} cannot be read ({error}). Download it again."
            ) from error
        return cls(**validated(_File, values, "config.json").base.model_dump())

    def locate(self, folder: Path) -> Path:
        """Return the file: beside the adapter, fetched, in the installed wheel or the hub's cache.

        Raises:
            BaseMissingError: If it is nowhere.
        """
        beside = folder / Path(self.file).name
        # One after the other: the last two take their time.
        for find in (lambda: beside, lambda: self.fetched_file, self._in_wheel, self._in_hub):
            place = find()
            if place is not None and place.is_file():
                return place
        raise BaseMissingError(
            f"{self.name}, which this model is built on, is not on this disk. Fetch it in Models, "
            f"or install the package {self.package} without its dependencies."
        )

    def check(self, path: Path) -> None:
        """Check a file against the hash, once as long as it stays as it is.

        Raises:
            ModelFolderError: If it is another file, or cannot be read.
        """
        seen = cache_folder() / "checked" / f"{self.sha256}.json"
        try:
            status = path.stat()
            state = [str(path), status.st_size, status.st_mtime_ns]
            # The hash reads the file whole, which is not for every start: a file of the same size
            # and time counts as the one that was checked.
            if _read(seen) == state:
                return
            found = sha256_of(path)
        except OSError as error:
            raise ModelFolderError(f"{path} cannot be read ({error}).") from error
        if found != self.sha256:
            raise ModelFolderError(
                f"{path} is damaged, or not {self.name} as this model knows it. Fetch it again."
            )
        _write(seen, state)

    def _in_wheel(self) -> Path | None:
        # The package is looked up and never imported: its own code is not needed.
        try:
            return Path(str(distribution(self.package).locate_file(self.file)))
        except PackageNotFoundError:
            return None

    def _in_hub(self) -> Path | None:
        folder = snapshot(cache_root(), self.repository)
        return folder / Path(self.file).name if folder else None


def base_folder() -> Path:
    """Return the folder of what Inlay has fetched itself."""
    return cache_folder() / _FOLDER


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write(path: Path, state: object) -> None:
    """Remember a check; where that fails, it is made again the next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(state), encoding="utf-8")
    except OSError:
        path.unlink(missing_ok=True)
