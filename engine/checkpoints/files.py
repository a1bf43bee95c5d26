"""Safetensors files and the JSON beside them, read with distrust.

Headers are the library's business. Weights are read by us, not mapped as it does: a mapped file
that somebody shortens ends the process, and its pages count as this process's memory. What is read
is never more than one part of one weight.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader
from math import prod
from pathlib import Path, PurePosixPath, PureWindowsPath
from stat import S_ISREG
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.errors import ModelFolderError
from engine.small_files import open_regular, read_object

MAX_NAME = 250  # characters of a tensor's or a file's; they stand in messages
SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"

_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "I64": torch.int64,
    "I32": torch.int32,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
DTYPE_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a tensor lies."""

    path: Path
    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int  # byte in the file

    @property
    def num_bytes(self) -> int:
        """Bytes in the file."""
        return prod(self.shape) * self.dtype.itemsize

    def read(self, rows: slice = slice(None)) -> Tensor:
        """Return the tensor, or a range of its first dimension.

        Raises:
            ModelFolderError: If the file is gone, cut short or cannot be read.
        """
        shape, start = self.shape, self.start
        if rows != slice(None):
            first, last, _ = rows.indices(shape[0])
            shape = (max(last - first, 0), *shape[1:])
            start += first * prod(shape[1:]) * self.dtype.itemsize
        size = prod(shape) * self.dtype.itemsize
        return read_bytes(self.path, start, size).view(self.dtype).view(shape)


def read_bytes(path: Path, start: int, size: int) -> Tensor:
    """Return bytes of a file as uint8 [size].

    Raises:
        ModelFolderError: If the file is gone, cut short or cannot be read.
    """
    try:
        # Read into torch's own memory, so that nothing is copied once more.
        buffer = torch.empty(size, dtype=torch.uint8)
        with open_regular(path) as file:
            file.seek(start)
            _read_into(file, buffer.numpy().data)
    except FileNotFoundError as error:
        raise _missing(path) from error
    except (OSError, ValueError, EOFError, OverflowError, RuntimeError) as error:
        raise damaged(path, error) from error
    return buffer


def _read_into(file: BufferedReader, view: memoryview) -> None:
    while view:
        # It may read less than asked, at a signal or on a network's disk.
        count = file.readinto(view)
        if not count:
            raise EOFError("it ends too early")
        view = view[count:]


def read_json(folder: Path, name: str, required: bool = True) -> dict[str, Any]:
    """Return the decoded object in `folder/name`; an absent file that is not required is empty.

    Raises:
        ModelFolderError: If it is required and absent, or is no JSON object.
    """
    path = folder / name
    try:
        return read_object(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        if not required:
            return {}
        raise ModelFolderError(
            f"{folder} is no model folder: it has no {name}. Choose the folder that holds "
            "config.json, tokenizer.json and the safetensors files."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelFolderError(f"{path} cannot be read ({error}). Download it again.") from error


def stored_tensors(folder: Path) -> dict[str, Stored]:
    """Return every tensor of the folder's safetensors file or shards, by its name on disk.

    Raises:
        ModelFolderError: If a file is missing or damaged, or the shards and their index disagree.
    """
    single = folder / SINGLE
    if single.exists():
        return read_header(single)
    weight_map = _weight_map(folder)
    found: dict[str, Stored] = {}
    for file in sorted(set(weight_map.values())):
        for name, tensor in read_header(folder / file).items():
            # Shards of two downloads fit together but for such names.
            if weight_map.get(name) != file:
                raise ModelFolderError(
                    f"{folder / file} holds {name}, which {INDEX} looks for in "
                    f"{weight_map.get(name, 'no file')}. The shards do not belong together; "
                    "download them again."
                )
            found[name] = tensor
    missing = sorted(weight_map.keys() - found.keys())
    if missing:
        raise ModelFolderError(
            f"{folder / weight_map[missing[0]]} lacks {missing[0]}, which {INDEX} lists there. "
            "Delete it and download it again."
        )
    return found


def _weight_map(folder: Path) -> dict[str, str]:
    weight_map = read_json(folder, INDEX, required=False).get("weight_map", {})
    if not isinstance(weight_map, dict):
        raise ModelFolderError(f"{folder / INDEX} has no weight_map. Download it again.")
    if not weight_map:
        raise ModelFolderError(
            f"{folder} has a config.json but no model.safetensors. Download the weights as well."
        )
    if max(map(len, weight_map)) > MAX_NAME:
        raise ModelFolderError(f"{folder / INDEX} has absurdly long names. Download it again.")
    # As `repr`, because what is no text at all in the file has one, too.
    for file in set(map(repr, weight_map.values())):
        _check_plain(folder, file)
    return weight_map


def _check_plain(folder: Path, quoted: str) -> None:
    """Refuse what is no file name: an index must not lead out of its folder."""
    name = quoted[1:-1]
    is_plain = (
        quoted == repr(name)
        # For both systems: a folder that was made on the one is read on the other.
        and PurePosixPath(name).name == PureWindowsPath(name).name == name
        and name.endswith(".safetensors")
        and ":" not in name
        and name.isprintable()
        and len(name) <= MAX_NAME
    )
    if not is_plain:
        raise ModelFolderError(
            f"{folder / INDEX} names {quoted[:MAX_NAME]}, which is no file of this folder. Nothing "
            "was read; download the checkpoint from a source you trust."
        )


def read_header(path: Path) -> dict[str, Stored]:
    """Return the tensors of a safetensors file by name, in the order of the file.

    Raises:
        ModelFolderError: If the file is missing, or anything in it contradicts itself.
    """
    with _opened(path) as (file, size):
        # The library says in which order tensors lie, not where: as the format allows no holes,
        # that follows. It reads them through a mapping only, so reading is ours (see above).
        placed: dict[str, Stored] = {}
        start = 0
        for name in file.offset_keys():
            described = file.get_slice(name)
            dtype, shape = described.get_dtype(), tuple(described.get_shape())
            if dtype not in _DTYPES:
                raise ModelFolderError(
                    f"{path} holds numbers of the kind {str(dtype)[:MAX_NAME]}, which Inlay does "
                    "not read (MLX and others pack weights so). The file may be quite all right; "
                    "choose a checkpoint in bfloat16, FP8, NVFP4 or GGUF."
                )
            if len(name) > MAX_NAME:
                raise ValueError("its header has absurdly long names")
            placed[name] = Stored(path, _DTYPES[dtype], shape, start)
            start += placed[name].num_bytes
        first = size - start
    return {name: replace(one, start=first + one.start) for name, one in placed.items()}


def read_metadata(path: Path) -> dict[str, str]:
    """Return the text a safetensors file carries about itself; raises as `read_header` does."""
    with _opened(path) as (file, _):
        return file.metadata() or {}


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, int]]:
    """Yield a safetensors file whose header has been read and checked, and its size in bytes."""
    try:
        size = file_size(path)
        with safe_open(path, framework="pt") as file:
            yield file, size
    except FileNotFoundError as error:
        raise _missing(path) from error
    except (OSError, ValueError, OverflowError, SafetensorError) as error:
        raise damaged(path, error) from error


def file_size(path: Path) -> int:
    """Return a regular file's bytes; ValueError for a pipe, a device or a folder."""
    status = path.stat()
    if not S_ISREG(status.st_mode):
        raise ValueError("it is no regular file")
    return status.st_size


def damaged(path: Path, why: object) -> ModelFolderError:
    """Return the error for a file that exists and cannot be right."""
    return ModelFolderError(
        f"{path} is damaged or cut short ({why}). Delete it and download it again."
    )


def _missing(path: Path) -> ModelFolderError:
    return ModelFolderError(
        f"{path.parent} lacks {path.name}. The download is incomplete; fetch it again."
    )
