"""A safetensors file of known layout, written in any order and resumed after a kill."""

import errno
import json
import os
import shutil
from collections.abc import Mapping
from math import prod
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from torch import Tensor

from engine.checkpoints.cache import tensor_bytes
from engine.checkpoints.files import DTYPE_NAMES
from engine.checkpoints.resident import Spec
from engine.errors import ModelFolderError
from engine.hub.converted import JOURNAL, RESIDENT

PARTIAL = RESIDENT + ".partial"
SPARE_BYTES = 256 << 20  # left free on the disk
_ALIGNMENT = 64  # of the data in the file


class PartialFile:
    """The file, and the journal of the weights that are in it for good.

    A context manager; `done` maps finished weights to the checksums of their parts.
    """

    def __init__(
        self, folder: Path, specs: Mapping[str, Spec], metadata: Mapping[str, str]
    ) -> None:
        """Create the file at its full size, or find what an earlier run left.

        Raises:
            ModelFolderError: If the disk is too small or cannot be written.
        """
        self.folder, self.done = folder, dict[str, list[int]]()
        self._specs, self._starts = specs, dict[str, int]()
        header = self._header(specs, metadata)
        self._size = len(header) + sum(_num_bytes(spec) for spec in specs.values())
        self._lock, self._unnoted = Lock(), list[tuple[str, list[int]]]()
        self._unnoted_bytes = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._open(header, metadata)
        except OSError as error:
            raise self._disk_error(error) from error

    def write(self, name: str, first_row: int, tensor: Tensor) -> None:
        """Write rows of a tensor to their place; from any thread.

        Raises:
            ModelFolderError: If the disk refuses them.
        """
        dtype, shape = self._specs[name]
        # A matrix in parts has one global scale, which every part brings along.
        row_bytes = prod(shape[1:]) * dtype.itemsize if shape else 0
        data = tensor_bytes(tensor)
        assert tensor.dtype == dtype
        assert first_row * row_bytes + len(data) <= _num_bytes(self._specs[name])
        try:
            # One file and one position in it for all threads.
            with self._lock:
                self._file.seek(self._starts[name] + first_row * row_bytes)
                self._file.write(data)
                self._unnoted_bytes += len(data)
        except OSError as error:
            raise self._disk_error(error) from error

    def note(self, name: str, checksums: list[int], every: int) -> None:
        """Take a weight for finished; every so many bytes, see to it that it stays so."""
        self._unnoted.append((name, checksums))
        self.done[name] = checksums
        if self._unnoted_bytes >= every:
            self.flush()

    def flush(self) -> None:
        """Bring the data to the disk, then the journal that says so."""
        if not self._unnoted:
            return
        try:
            with self._lock:
                # The data first: a note of what is not on the disk would be believed after a kill.
                self._file.flush()
                os.fsync(self._file.fileno())
                noted, self._unnoted, self._unnoted_bytes = self._unnoted, [], 0
            with (self.folder / JOURNAL).open("a", encoding="utf-8") as journal:
                journal.writelines(json.dumps(line) + "\n" for line in noted)
                journal.flush()
                os.fsync(journal.fileno())
        except OSError as error:
            raise self._disk_error(error) from error

    def finish(self) -> None:
        """Give the complete file its name."""
        self.flush()
        self._file.close()
        (self.folder / PARTIAL).replace(self.folder / RESIDENT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if isinstance(error, OSError):  # of what else is written into the folder
            raise self._disk_error(error) from error

    def _header(self, specs: Mapping[str, Spec], metadata: Mapping[str, str]) -> bytes:
        # The library writes a file only whole and from memory; this one is larger than that, comes
        # in any order, and goes on after a kill.
        table: dict[str, object] = {"__metadata__": dict(metadata)}
        offset = 0
        for name, (dtype, shape) in specs.items():
            end = offset + _num_bytes((dtype, shape))
            table[name] = {
                "dtype": DTYPE_NAMES[dtype],
                "shape": list(shape),
                "data_offsets": [offset, end],
            }
            self._starts[name], offset = offset, end
        text = json.dumps(table, separators=(",", ":")).encode()
        # The format allows spaces behind its header, which align the data.
        text += b" " * (-(len(text) + 8) % _ALIGNMENT)
        self._starts = {name: start + 8 + len(text) for name, start in self._starts.items()}
        return len(text).to_bytes(8, "little") + text

    def _open(self, header: bytes, metadata: Mapping[str, str]) -> None:
        path, journal = self.folder / PARTIAL, self.folder / JOURNAL
        first = json.dumps(dict(metadata) | {"bytes": self._size})
        finished = self.folder / RESIDENT
        if finished.is_file() and not path.exists():  # killed before the manifest was written
            finished.replace(path)
        # Of another size, it is of another layout, or its space was never there.
        if path.is_file() and path.stat().st_size == self._size:
            self.done = _read_journal(journal, first)
        if not self.done:
            path.unlink(missing_ok=True)
            journal.unlink(missing_ok=True)
            self._reserve(path)
            journal.write_text(first + "\n", encoding="utf-8")
        self._file = path.open("r+b")
        self._file.write(header)

    def _reserve(self, path: Path) -> None:
        """Take the space now, so that a disk that is too small says so at once."""
        free = shutil.disk_usage(self.folder).free
        if free < self._size + SPARE_BYTES:
            raise OSError(errno.ENOSPC, f"{free / 2**30:.1f} GiB are free")
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                # A file that is merely long has no blocks yet, and may fill the disk hours later.
                os.posix_fallocate(file.fileno(), 0, self._size)
            else:
                file.truncate(self._size)

    def _disk_error(self, error: OSError) -> ModelFolderError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return ModelFolderError(
                f"The converted model takes {self._size / 2**30:.1f} GiB, for which the disk of "
                f"{self.folder.parent} has no room ({error.strerror}). Free some space and load "
                "the model again; what is done is kept."
            )
        return ModelFolderError(f"{self.folder} cannot be written ({error}).")


def _read_journal(journal: Path, first: str) -> dict[str, list[int]]:
    """Return what a journal that begins with `first` notes; a line cut by a kill ends it."""
    if not journal.is_file():
        return {}
    lines = journal.read_text(encoding="utf-8", errors="replace").split("\n")
    done: dict[str, list[int]] = {}
    # Notes of another checkpoint, or of other formats: nothing of them is of use.
    if lines[0] != first:
        return done
    for line in lines[1:-1]:
        try:
            name, checksums = json.loads(line)
        except ValueError:
            break
        done[name] = checksums
    return done


def _num_bytes(spec: Spec) -> int:
    return prod(spec[1]) * spec[0].itemsize
