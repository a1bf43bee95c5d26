"""The header of a GGUF file, every count in it checked against the bytes that are there.

The `gguf` package's own reader trusts the counts: a damaged one makes it loop without end. Its
tables and its arithmetic on blocks are used all the same. Format: ggml's docs/gguf.md.
"""

import struct
from dataclasses import dataclass
from io import BufferedReader
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from engine.checkpoints.files import damaged, file_size
from engine.errors import ModelFolderError
from engine.small_files import open_regular

MAX_HEADER_BYTES = 1 << 28  # vocabulary and merges of the 26B: 20 MB
MAX_DIMENSIONS = 4
_SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True, slots=True)
class GgufTensor:
    """Where a tensor lies and how its blocks are packed."""

    path: Path
    kind: GGMLQuantizationType
    shape: tuple[int, ...]  # as torch counts, the last dimension runs fastest
    start: int  # byte in the file

    @property
    def row_bytes(self) -> int:
        """Bytes of one row along the last dimension."""
        block, size = GGML_QUANT_SIZES[self.kind]
        return self.shape[-1] // block * size

    @property
    def num_bytes(self) -> int:
        """Bytes in the file."""
        return prod(self.shape[:-1]) * self.row_bytes


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """Metadata and tensors; texts of lists (the vocabulary) are counted unless asked for."""

    metadata: dict[str, Any]
    tensors: dict[str, GgufTensor]


def read_gguf_header(path: Path, *, has_texts: bool = False) -> GgufHeader:
    """Return a GGUF file's header.

    Args:
        path: The file.
        has_texts: Whether lists of texts, which are those of a tokenizer, are kept.

    Raises:
        ModelFolderError: If the file is missing, cut short or contradicts itself.
    """
    try:
        size = file_size(path)
        with open_regular(path) as file:
            return _Parser(path, file, size, has_texts).header()
    except (OSError, ValueError, EOFError, struct.error, OverflowError) as error:
        raise damaged(path, error) from error


class _Parser:
    """Reads front to back; little-endian only, as all published files are."""

    def __init__(self, path: Path, file: BufferedReader, size: int, has_texts: bool) -> None:
        self.path, self.file, self.size, self.has_texts = path, file, size, has_texts
        self.left = min(size, MAX_HEADER_BYTES)

    def header(self) -> GgufHeader:
        if self._take(4) != b"GGUF":
            raise ValueError("it does not begin with GGUF")
        version = self._number("I")
        if version not in (2, 3):
            raise ValueError(f"its version is {version}; 2 and 3 are known")
        num_tensors, num_pairs = self._number("Q"), self._number("Q")
        metadata: dict[str, Any] = {}
        # The least that a pair takes: the length of its key, its kind and a byte.
        for _ in range(self._plausible(num_pairs, 13)):
            key = self._text()
            # Whichever of the two counted, another program would take the other.
            if key in metadata:
                raise ValueError(f"it gives {key} twice")
            metadata[key] = self._value(self._number("I"))
        infos = [self._info() for _ in range(self._plausible(num_tensors, 32))]
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 20:
            raise ValueError(f"its alignment is {alignment}")
        data_start = -(-self.file.tell() // alignment) * alignment
        tensors: dict[str, GgufTensor] = {}
        for name, kind, shape, start in infos:
            if name in tensors:
                raise ValueError(f"it holds {name} twice")
            tensors[name] = self._tensor(name, kind, shape, data_start + start)
        return GgufHeader(metadata, tensors)

    def _info(self) -> tuple[str, int, tuple[int, ...], int]:
        name, num_dims = self._text(), self._number("I")
        if not 1 <= num_dims <= MAX_DIMENSIONS:
            raise ValueError(f"{name} has {num_dims} dimensions")
        shape = tuple(self._number("Q") for _ in range(num_dims))
        return name, self._number("I"), shape[::-1], self._number("Q")

    def _tensor(self, name: str, kind: int, shape: tuple[int, ...], start: int) -> GgufTensor:
        try:
            tensor = GgufTensor(self.path, GGMLQuantizationType(kind), shape, start)
        except ValueError as error:
            raise ModelFolderError(
                f"{self.path} stores {name} in GGUF's type {kind}, which Inlay cannot read. "
                "Choose a file in Q4_K_M, Q5_K_M, Q6_K, Q8_0 or BF16."
            ) from error
        if shape[-1] % GGML_QUANT_SIZES[tensor.kind][0]:
            raise ValueError(f"{name} has rows of {shape[-1]}, no multiple of its block")
        if start + tensor.num_bytes > self.size:
            raise ValueError(f"{name} of shape {list(shape)} lies beyond its end")
        return tensor

    def _value(self, kind: int) -> Any:  # noqa: ANN401 - metadata may be anything
        if kind in _SCALARS:
            return self._number(_SCALARS[kind])
        if kind == _STRING:
            return self._text()
        if kind != _ARRAY:
            raise ValueError(f"its metadata holds the unknown kind {kind}")
        kind, count = self._number("I"), self._number("Q")
        if kind == _STRING:
            self._plausible(count, 8)
            if self.has_texts:
                return [self._text() for _ in range(count)]
            for _ in range(count):
                self._take(self._number("Q"))
            # As many as there are, which is the size of the vocabulary; the texts themselves would
            # be 20 MB.
            return [""] * min(count, 1 << 20)
        if kind not in _SCALARS:
            raise ValueError(f"its metadata holds a list of the unknown kind {kind}")
        dtype = np.dtype("<" + _SCALARS[kind])
        data = self._take(self._plausible(count, dtype.itemsize) * dtype.itemsize)
        return np.frombuffer(data, dtype).tolist()

    def _text(self) -> str:
        return self._take(self._number("Q")).decode("utf-8")

    def _number(self, code: str) -> Any:  # noqa: ANN401 - int, float or bool by `code`
        return struct.unpack("<" + code, self._take(struct.calcsize("<" + code)))[0]

    def _take(self, count: int) -> bytes:
        self.left -= self._plausible(count, 1)
        data = self.file.read(count)
        if len(data) != count:
            raise EOFError("it ends within its header")
        return data

    def _plausible(self, count: int, least: int) -> int:
        """Return a count of things that take `least` bytes each, if they can be there."""
        if count * least > self.left:
            raise ValueError(f"its header counts {count} things where {self.left} bytes are left")
        return count
