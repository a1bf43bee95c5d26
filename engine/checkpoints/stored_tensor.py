"""What every reader yields: the model's weights, one after the other, in parts that fit memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from kernels.quantized import Int4Group, Int8Channel, Nvfp4, Quantized

Weight = Tensor | Quantized
Format = type[Nvfp4] | type[Int4Group] | type[Int8Channel]

PART_ROWS = 8192  # of a matrix; only the embedding has more


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTensor:
    """One weight of the model, read when it is wanted.

    A stack of experts [E, out, in] has E parts, each [out, in]. A matrix [rows, columns] has one
    part per `PART_ROWS` rows, everything else is one part.
    """

    name: str  # as in `DiffusionGemma.state_dict()`
    source: str  # as on disk, for messages
    shape: tuple[int, ...]
    read: Callable[[int], Weight]  # part 0, 1, …; raises ModelFolderError
    is_nvfp4: bool = False  # whether parts come as `Nvfp4` records
    is_changed: bool = False  # whether an adapter is merged into it

    @property
    def num_parts(self) -> int:
        """How many parts there are to read."""
        return num_parts(self.shape)

    @property
    def num_weights(self) -> int:
        """Numbers in the weight, before any quantization."""
        return prod(self.shape)


class Reader(Protocol):
    """A checkpoint in one format."""

    scheme: str  # the format's name, for people
    folder: Path  # holds config.json, the tokenizer and the like
    files: tuple[Path, ...]  # that hold the weights

    def config(self) -> Mapping[str, Any]:
        """Return what `config.json` says, or would say."""

    def generation_config(self) -> Mapping[str, Any]:
        """Return what `generation_config.json` says, or would say; empty if nothing does."""

    def entries(self) -> list[StoredTensor]:
        """Return the weights in the order in which they are stored.

        Raises:
            ModelFolderError: If the files are damaged or hold what no reader knows.
        """


def num_parts(shape: tuple[int, ...]) -> int:
    """Return the number of parts of a weight of `shape`."""
    if len(shape) == 3:
        return shape[0]
    if len(shape) == 2:
        return max(1, -(-shape[0] // PART_ROWS))
    return 1


def part_rows(shape: tuple[int, ...], part: int) -> slice:
    """Return the part's range along the first dimension."""
    if len(shape) == 3:
        return slice(part, part + 1)
    if len(shape) == 2:
        return slice(part * PART_ROWS, min((part + 1) * PART_ROWS, shape[0]))
    return slice(None)
