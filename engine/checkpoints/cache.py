"""Converted models on disk: one safetensors file, its checksums, and the JSON a model needs.

`hub.converted` has the names of the files, and what a person does with a copy.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.checkpoints.files import Stored, damaged, file_size, read_header, read_json
from engine.checkpoints.resident import FORMATS, Residency
from engine.checkpoints.stored_tensor import Reader, StoredTensor, Weight, part_rows
from engine.errors import ModelFolderError
from engine.hub.converted import FORMAT_VERSION, MANIFEST, RESIDENT
from engine.small_files import open_regular

FORMAT_NAMES = {kind: name for name, kind in FORMATS.items()}

_SAMPLES, _SAMPLE_BYTES = 64, 4096  # of each file, for its fingerprint
Progress = Callable[[float], None]


class CachedReader:
    """A converted model; its parts come in the formats they are kept in."""

    def __init__(self, folder: Path) -> None:
        """Read manifest and header.

        Raises:
            ModelFolderError: If they are damaged, disagree, or come from another version.
        """
        self.folder = folder
        self.files: tuple[Path, ...] = (folder / RESIDENT,)
        self.manifest = read_json(folder, MANIFEST)
        version = self.manifest.get("version")
        if version != FORMAT_VERSION:
            raise ModelFolderError(
                f"{folder} was converted by another version of Inlay (format {version!r}, this one "
                f"reads {FORMAT_VERSION}). Delete it; the model is converted again when loaded."
            )
        self.scheme = f"converted from {self.manifest.get('scheme')}"
        self._stored = read_header(self.files[0])
        weights = self.manifest.get("weights")
        if not isinstance(weights, dict):
            raise damaged(folder / MANIFEST, "it lists no weights")
        self._weights: dict[str, Any] = weights

    def config(self) -> Mapping[str, Any]:
        """Return the decoded `config.json`."""
        return read_json(self.folder, "config.json")

    def generation_config(self) -> Mapping[str, Any]:
        """Return the decoded `generation_config.json`, empty if there is none."""
        return read_json(self.folder, "generation_config.json", required=False)

    def entries(self) -> list[StoredTensor]:
        """Return the weights in the order of the file."""
        return [self._entry(name) for name in self._weights]

    def record(self, name: str) -> Weight:
        """Return a whole weight in its resident format, read at once."""
        stored, kind = self._tensors(name)
        return _weight(kind, {field: tensor.read() for field, tensor in stored.items()})

    def _entry(self, name: str) -> StoredTensor:
        stored, kind = self._tensors(name)
        first = next(iter(stored.values()))
        shape = first.shape
        if kind in ("int4", "nvfp4"):
            # Of the weight, not of what is stored: two codes of 4 bits are one byte.
            shape = (*shape[:-1], 2 * shape[-1])
        return StoredTensor(
            name=name,
            source=name,
            shape=shape,
            read=partial(_read_part, stored, kind, shape),
            is_nvfp4=kind == "nvfp4",
        )

    def _tensors(self, name: str) -> tuple[dict[str, Stored], str | None]:
        try:
            kind = self._weights[name]["format"]
            fields = FORMATS[kind].__dataclass_fields__ if kind is not None else {"": None}
            return {field: self._stored[_tensor_name(name, field)] for field in fields}, kind
        except (KeyError, TypeError) as error:
            raise damaged(self.folder / MANIFEST, f"it does not describe {name}") from error


def _tensor_name(name: str, field: str) -> str:
    return f"{name}.{field}" if field else name


def _read_part(
    stored: Mapping[str, Stored], kind: str | None, shape: tuple[int, ...], part: int
) -> Weight:
    rows = part_rows(shape, part)
    tensors = {
        # A matrix has one global scale for all of its rows.
        field: tensor.read(rows if tensor.shape else slice(None))
        for field, tensor in stored.items()
    }
    if len(shape) == 3:
        tensors = {field: tensor[0] for field, tensor in tensors.items()}
    return _weight(kind, tensors)


def _weight(kind: str | None, tensors: dict[str, Tensor]) -> Weight:
    return tensors[""] if kind is None else FORMATS[kind](**tensors)


def verify(folder: Path, progress: Progress = lambda fraction: None) -> None:
    """Read a converted model from end to end and compare its checksums.

    Raises:
        ModelFolderError: At the first weight that is not what was written.
    """
    reader = CachedReader(folder)
    entries = reader.entries()
    for count, entry in enumerate(entries, start=1):
        sums = [checksum(_tensors(entry.read(part))) for part in range(entry.num_parts)]
        # A CRC finds what a disk or a copy has damaged, at the speed of reading; it is no proof
        # against forgery.
        if sums != reader.manifest["weights"][entry.name].get("crc32"):
            raise ModelFolderError(
                f"{folder / RESIDENT} has changed since it was written: the checksum of "
                f"{entry.name} is wrong. Delete the folder; the model is converted again."
            )
        progress(count / len(entries))


def checksum(tensors: Iterable[Tensor]) -> int:
    """Return the CRC-32 over the bytes of a part's tensors, in the order of their fields."""
    total = 0
    for tensor in tensors:
        total = zlib.crc32(tensor_bytes(tensor), total)
    return total


def _tensors(weight: Weight) -> Iterable[Tensor]:
    return [weight] if isinstance(weight, Tensor) else weight.tensors().values()


def tensor_bytes(tensor: Tensor) -> memoryview:
    """Return a host tensor's bytes, as they are in a file."""
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data


def fingerprint(reader: Reader, residency: Residency) -> str:
    """Return a hash of what the conversion depends on: formats, files' sizes, samples of them.

    The samples cover each file's header and 64 places spread over it; reading 51 GB to learn
    whether they have changed would take as long as converting them.
    """
    state = blake2b(f"{FORMAT_VERSION} {residency}".encode(), digest_size=16)
    state.update(json.dumps(dict(reader.config()), sort_keys=True, default=str).encode())
    for path in reader.files:
        try:
            size = file_size(path)
            state.update(f"{path.name} {size}".encode())
            with open_regular(path) as file:
                for sample in range(_SAMPLES):
                    # The first at the beginning, where the header is, and the last at the very end.
                    file.seek(sample * max(size - _SAMPLE_BYTES, 0) // (_SAMPLES - 1))
                    state.update(file.read(_SAMPLE_BYTES))
        except (OSError, ValueError) as error:
            raise damaged(path, error) from error
    return state.hexdigest()


def cache_folder(root: Path, source_hash: str, residency: Residency) -> Path:
    """Return the folder in which a conversion is kept."""
    return root / f"{source_hash[:16]}-{residency}-v{FORMAT_VERSION}"
