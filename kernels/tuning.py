"""Tile shapes of the kernels: defaults by card and operation, and what tuning on a card found.

Tuned tiles lie in one JSON file per card and Triton version, in the user's cache folder; a file
that cannot be read counts as empty. Nothing is tuned behind the user's back: `record` is called by
the benchmark, which tries tiles with `trying` first.
"""

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from kernels.folders import cache_folder


@dataclass(frozen=True, slots=True)
class Tile:
    """The block of outputs one program owns, and how it is compiled."""

    block_n: int  # outputs
    block_k: int  # inputs an iteration
    num_warps: int
    num_stages: int

    def options(self) -> dict[str, int]:
        """Return the arguments by which a kernel takes the tile."""
        return {
            "BLOCK_N": self.block_n,
            "BLOCK_K": self.block_k,
            "num_warps": self.num_warps,
            "num_stages": self.num_stages,
        }


@dataclass(frozen=True, slots=True)
class AttentionTile:
    """Rows and keys of one attention program, and how it is compiled."""

    block_rows: int  # query rows, heads that share keys included
    block_keys: int
    num_warps: int
    num_stages: int


# The first that fills the card is the default; the others are tried by `candidates`' callers. What
# decides is the latency of a program's loads, so each iteration takes 128 inputs where 64 would do:
# on an H200 the dense products of 64 rows take 0.5 to 0.7 of the time (benchmarks' results).
_TILES: dict[str, tuple[Tile, ...]] = {
    "experts_gate_up": (Tile(64, 128, 4, 3), Tile(64, 64, 4, 4), Tile(32, 128, 2, 3)),
    "experts_down": (Tile(128, 64, 4, 4), Tile(64, 128, 4, 3), Tile(64, 64, 4, 4)),
    "experts_gate_up8": (Tile(64, 64, 4, 3), Tile(32, 64, 4, 4)),
    "experts_down8": (Tile(64, 64, 4, 4), Tile(128, 64, 4, 3)),
    "linear": (Tile(64, 128, 4, 3), Tile(128, 64, 8, 3), Tile(32, 128, 4, 3)),
    "gated_linear": (Tile(64, 128, 4, 3), Tile(32, 128, 4, 3), Tile(16, 128, 2, 4)),
    "linear4": (Tile(64, 128, 4, 3),),
    "gated_linear4": (Tile(32, 128, 4, 3),),
    "logits": (Tile(64, 64, 4, 3), Tile(128, 64, 8, 3)),
    "soft_embedding": (Tile(64, 64, 4, 3), Tile(32, 64, 4, 4)),
}
# From 64 activations a tile on, on every card.
_WIDE = {"experts_gate_up": Tile(64, 64, 8, 3), "experts_down": Tile(128, 64, 4, 4)}
# By compute capability, where the default is not the best guess.
_SPECIAL: dict[tuple[int, int], dict[str, Tile]] = {
    # Two warps: with four, Triton takes the warp-group instruction, and decoding 4-bit weights into
    # its operand layout takes half as many instructions again (README.md, counted).
    (9, 0): {
        "experts_gate_up": Tile(32, 256, 2, 3),
        "experts_down": Tile(64, 64, 2, 5),
        "gated_linear4": Tile(32, 64, 4, 3),  # the default spills 8 bytes for NVFP4
    },
    # The defaults have 8 bytes of stack for int4, the dense one at 16 activations a tile.
    (12, 0): {"experts_down": Tile(64, 128, 4, 3), "linear4": Tile(32, 128, 4, 3)},
}
# Eight warps: with four, the sums of a row of values do not fit the registers.
_SMALL = {256: AttentionTile(64, 32, 8, 2), 512: AttentionTile(32, 32, 8, 2)}
_LARGE = {256: AttentionTile(64, 64, 8, 2), 512: AttentionTile(32, 32, 8, 2)}

_trials: dict[str, Tile] = {}


def tile_for(operation: str, device: torch.device, rows: int, outputs: int, blocks: int) -> Tile:
    """Return the tile to use: the tuned one, or the default.

    Args:
        operation: Whose.
        device: Where it runs.
        rows: Activations a tile.
        outputs: Of the weight; tiles are tuned for each number of them.
        blocks: Programs that share each block of outputs, one for each tile of activations.
    """
    key = _key(operation, rows, outputs)
    if key in _trials:
        return _trials[key]
    tuned = _tuned(card_of(device)).get(key)
    if tuned:
        return Tile(**tuned)
    if rows >= 64 and operation in _WIDE:
        return _WIDE[operation]
    special = _SPECIAL.get(capability_of(device), {}).get(operation)
    return special or _filling(_TILES[operation], device, outputs, blocks)


def _filling(tiles: tuple[Tile, ...], device: torch.device, outputs: int, blocks: int) -> Tile:
    """Return the first tile of which there are programs for the whole card, or else the narrowest.

    A program's time is the latency of its loads, one after the other, whatever its width: half as
    many multiprocessors at work take twice as long.
    """
    for tile in tiles:
        if blocks * -(-outputs // tile.block_n) >= num_sms(device):
            return tile
    return min(tiles, key=lambda tile: tile.block_n)


def attention_tile_for(head_dim: int, device: torch.device) -> AttentionTile:
    """Return the attention's tile; cards with 227 KiB of shared memory take larger ones."""
    default = _LARGE if capability_of(device) in ((9, 0), (10, 0)) else _SMALL
    return default.get(head_dim, AttentionTile(32, 32, 4, 2))


def candidates(operation: str) -> tuple[Tile, ...]:
    """Return the tiles worth trying for an operation."""
    return _TILES[operation]


@contextmanager
def trying(operation: str, rows: int, outputs: int, tile: Tile) -> Iterator[None]:
    """Let `tile_for` return this tile inside; nothing is written, whatever becomes of it."""
    key = _key(operation, rows, outputs)
    _trials[key] = tile
    try:
        yield
    finally:
        del _trials[key]


def record(operation: str, device: torch.device, rows: int, outputs: int, tile: Tile) -> None:
    """Keep `tile` as this card's best, on disk."""
    card = card_of(device)
    tuned = {**_tuned(card), _key(operation, rows, outputs): asdict(tile)}
    path = _path(card)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(tuned, indent=1, sort_keys=True), encoding="utf-8")
    partial.replace(path)
    _tuned.cache_clear()


@functools.cache
def capability_of(device: torch.device) -> tuple[int, int]:
    """Return the compute capability; devices other than CUDA count as the smallest card's."""
    return torch.cuda.get_device_capability(device) if device.type == "cuda" else (8, 6)


@functools.cache
def num_sms(device: torch.device) -> int:
    """Return the multiprocessors; devices other than CUDA count as a middling card."""
    if device.type != "cuda":
        return 128
    return torch.cuda.get_device_properties(device).multi_processor_count


@functools.cache
def card_of(device: torch.device) -> str:
    """Return the card's name as part of a file name; "" where there is none."""
    if device.type != "cuda":
        return ""
    name = torch.cuda.get_device_name(device)
    return "".join(c if c.isalnum() else "-" for c in name.lower())


@functools.cache
def _tuned(card: str) -> dict[str, dict[str, int]]:
    if not card:
        return {}
    try:
        tuned = json.loads(_path(card).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in tuned.items() if _is_tile(v)} if isinstance(tuned, dict) else {}


def _is_tile(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"block_n", "block_k", "num_warps", "num_stages"}
        and all(isinstance(number, int) for number in value.values())
    )


def _key(operation: str, rows: int, outputs: int) -> str:
    return f"{operation}/{rows}/{outputs}"


def _path(card: str) -> Path:
    from kernels.triton_guard import triton

    return cache_folder() / "kernels" / f"{card}-triton-{triton.__version__}.json"
