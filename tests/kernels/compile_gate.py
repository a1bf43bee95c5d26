"""Compile every kernel for cards that are not here, and judge registers, spills and shared memory.

Run in a process of its own: `python tests/kernels/compile_gate.py --arch 86 90`. The launchers run
as they are, on tensors without storage; each launch is compiled instead, so what is checked is
exactly what would run: argument types, alignment, tiles.
"""

import argparse
import itertools
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.backends.nvidia.driver import CudaDriver
from triton.runtime.driver import driver
from triton.runtime.jit import JITFunction

from kernels import heads, norms, tuning, vocabulary
from kernels.canvas_attention import canvas_attention
from kernels.experts import experts
from kernels.linear import gated_linear, linear
from kernels.packed import Weight
from kernels.philox import Draws
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from kernels.routing import Routing, num_tiles, route
from kernels.step import StepRules, StepState, advance
from kernels.vocabulary import Rules

KIB = 1024
SHARED_LIMIT = {86: 99 * KIB, 89: 99 * KIB, 90: 227 * KIB, 120: 99 * KIB}
CUOBJDUMP = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "cuobjdump"


@dataclass(frozen=True, slots=True)
class Compiled:
    """One kernel, compiled for one card."""

    case: str
    kernel: str
    arch: int
    warps: int
    registers: int
    stack: int  # bytes a thread: spills, or an array that is indexed at run time
    shared: int  # bytes a program
    seconds: float

    @property
    def complaint(self) -> str:
        """What is wrong with it, or nothing."""
        if self.stack:
            return "spills"
        return "shared memory" if self.shared > SHARED_LIMIT[self.arch] else ""


class _Driver:
    """Stands in for a card: names the target, and has no device."""

    def __init__(self, arch: int) -> None:
        self.arch = arch

    def get_current_target(self) -> GPUTarget:
        return GPUTarget("cuda", self.arch, 32)

    def get_current_device(self) -> int:
        return 0

    def get_current_stream(self, device: int) -> int:
        return 0

    map_python_to_cpp_type = CudaDriver.map_python_to_cpp_type


@contextmanager
def compiling_for(arch: int, candidate: int = 0) -> Iterator[list[Compiled]]:
    """Compile every launch inside for `arch` instead of running it; yield what came of it.

    The tiles are the card's defaults, or each operation's `candidate`-th other choice.
    """
    found: list[Compiled] = []
    fresh, seen = set(), set()

    def compile_only(kernel: JITFunction, grid: tuple[int, ...]) -> Callable[..., None]:
        def run(*args: object, **options: object) -> None:
            if kernel not in fresh:  # what it holds may be for another card
                fresh.add(kernel)
                kernel.device_caches.clear()
            started = time.perf_counter()
            compiled = kernel.warmup(*args, grid=grid, **options)
            if compiled.hash not in seen:
                seen.add(compiled.hash)
                seconds = time.perf_counter() - started
                found.append(_judged(kernel.__name__, arch, compiled, seconds))

        return run

    driver.set_active(_Driver(arch))
    # Where there is no such choice, all stays as it is, exceptions for the card included.
    tiles = {name: own[candidate:] or own for name, own in tuning._TILES.items()}
    special = {
        card: {name: tile for name, tile in own.items() if len(tuning._TILES[name]) <= candidate}
        for card, own in tuning._SPECIAL.items()
    }
    with (
        patch.object(JITFunction, "__getitem__", compile_only),
        patch.object(tuning, "capability_of", lambda device: divmod(arch, 10)),
        patch.object(tuning, "num_sms", lambda device: 1),  # or others than the first were chosen
        patch.object(tuning, "_TILES", tiles),
        patch.object(tuning, "_SPECIAL", special if candidate else tuning._SPECIAL),
    ):
        yield found


def _judged(name: str, arch: int, compiled: object, seconds: float) -> Compiled:
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(compiled.asm["cubin"])
        file.flush()
        command = [CUOBJDUMP, "--dump-resource-usage", file.name]
        usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    numbers = {key: int(value) for key, value in re.findall(r"\b([A-Z]+):(\d+)", usage)}
    return Compiled(
        case="",
        kernel=name,
        arch=arch,
        warps=compiled.metadata.num_warps,
        registers=numbers["REG"],
        stack=numbers["STACK"] + numbers["LOCAL"],
        shared=compiled.metadata.shared,
        seconds=seconds,
    )


def _nothing(*shape: int, dtype: torch.dtype = torch.bfloat16) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def _nvfp4(*shape: int) -> Nvfp4:
    *lead, out, inputs = shape
    return Nvfp4(
        codes=_nothing(*lead, out, inputs // 2, dtype=torch.uint8),
        scales=_nothing(*lead, out, inputs // 16, dtype=torch.float8_e4m3fn),
        global_scale=_nothing(*lead, dtype=torch.float32),
    )


def _int4(*shape: int) -> Int4Group:
    *lead, out, inputs = shape
    return Int4Group(
        codes=_nothing(*lead, out, inputs // 2, dtype=torch.uint8),
        scales=_nothing(*lead, out, inputs // 32),
    )


def _int8(*shape: int) -> Int8Channel:
    scales = _nothing(*shape[:-1], dtype=torch.float32)
    return Int8Channel(codes=_nothing(*shape, dtype=torch.int8), scales=scales)


def _int32(*shape: int) -> torch.Tensor:
    return _nothing(*shape, dtype=torch.int32)


def _float32(*shape: int) -> torch.Tensor:
    return _nothing(*shape, dtype=torch.float32)


# The 26B model, a canvas of 256 rows.
ROWS, HIDDEN, DENSE, VOCAB, EXPERTS, INNER, TOP_K = 256, 2816, 2112, 262_144, 128, 704, 8


def _route() -> None:
    x, weight = _nothing(ROWS, HIDDEN), _nothing(EXPERTS, HIDDEN)
    route.kernel(x, weight, _float32(EXPERTS), TOP_K, 1e-6)


def _experts(pack: Callable[..., Weight], block_tokens: int) -> None:
    slots = ROWS * TOP_K
    tiles = num_tiles(slots, EXPERTS, block_tokens)
    routing = Routing(
        index=_int32(ROWS, TOP_K),
        weights=_float32(ROWS, TOP_K),
        order=_int32(slots),
        offsets=_int32(EXPERTS + 1),
        tile_expert=_int32(tiles),
        tile_start=_int32(tiles),
        block_tokens=block_tokens,
    )
    gate_up, down = pack(EXPERTS, 2 * INNER, HIDDEN), pack(EXPERTS, HIDDEN, INNER)
    experts.kernel(_nothing(ROWS, HIDDEN), gate_up, down, routing)


def _linear(pack: Callable[..., Weight], rows: int) -> None:
    linear.kernel(_nothing(rows, HIDDEN), pack(4096 + 2 * 2048, HIDDEN))
    gated_linear.kernel(_nothing(rows, HIDDEN), pack(2 * DENSE, HIDDEN))


def _attention(head_dim: int, num_kv_heads: int, capacity: int, splits: int, causal: bool) -> None:
    keys, ring = _nothing(ROWS, num_kv_heads, head_dim), _nothing(capacity, num_kv_heads, head_dim)
    queries = _nothing(ROWS, 16, head_dim)
    live = None if causal else _int32(1)
    canvas_attention.kernel(
        queries, keys, keys, ring, ring, _int32(1), causal, 1024, splits, live=live
    )


def _vocabulary(pack: Callable[..., torch.Tensor | Int8Channel], rows: int, top_k: int) -> None:
    draws = Draws(_nothing(rows, dtype=torch.int64), _int32(rows), _int32(1))
    rules = Rules(_nothing(1, VOCAB, dtype=torch.bool), _int32(rows))
    # One chunk: the others run the same three kernels.
    vocabulary.vocabulary_pass.kernel(
        _nothing(rows, HIDDEN), pack(VOCAB, HIDDEN), _float32(1), 30.0, 53.07, draws, rules, top_k
    )


def _norms() -> None:
    x, weight = _nothing(ROWS, HIDDEN), _nothing(HIDDEN)
    norms.rms_norm.kernel(x, weight, 1e-6)
    norms.attention_end.kernel(x, x, weight, weight, weight, 1e-6)
    slots, scalar = _nothing(ROWS, TOP_K, HIDDEN), _nothing(1)
    norms.feed_forward_end.kernel(x, x, slots, weight, weight, weight, scalar, weight, 1e-6)
    norms.embed.kernel(_int32(ROWS), _int8(VOCAB, HIDDEN), 53.07, torch.bfloat16, x, 1e-6)


def _heads(head_dim: int, num_kv_heads: int, has_values: bool) -> None:
    width = 16 + num_kv_heads * (2 if has_values else 1)
    table, weight = _float32(ROWS, head_dim), _nothing(head_dim)
    heads.heads.kernel(
        _nothing(ROWS, width * head_dim), weight, weight, table, table, num_kv_heads, has_values,
        1e-6,
    )  # fmt: skip
    keys, ring = _nothing(ROWS, num_kv_heads, head_dim), _nothing(1023, num_kv_heads, head_dim)
    heads.append_cache.kernel(keys, keys, ring, ring, _int32(1))


def _step() -> None:
    rules = StepRules(
        vocab=VOCAB, max_steps=48, t_min=0.4, t_max=0.8, bound=0.1, stability=1, confidence=0.005
    )
    state = StepState.start(_int32(1, ROWS), ROWS, rules)
    draws = Draws(_nothing(ROWS, dtype=torch.int64), _int32(ROWS), _int32(1))
    ids = _int32(ROWS)
    advance.kernel(state, ids, ids, ids, _float32(ROWS), draws, rules)


# What every session of the 26B model runs.
CASES: dict[str, Callable[[], None]] = {
    "routing": _route,
    "experts nvfp4, 16 rows a tile": lambda: _experts(_nvfp4, 16),
    "experts int4, 16 rows a tile": lambda: _experts(_int4, 16),
    "linear int8, 256 rows": lambda: _linear(_int8, 256),
    "linear int4, 256 rows": lambda: _linear(_int4, 256),
    "attention, sliding": lambda: _attention(256, 8, 1023, 2, False),
    "attention, full": lambda: _attention(512, 2, 8192, 4, False),
    "vocabulary int8, 256 rows": lambda: _vocabulary(_int8, 256, 0),
    "norms": _norms,
    "heads, sliding": lambda: _heads(256, 8, True),
    "heads, full": lambda: _heads(512, 2, False),
    "step": _step,
}
# Other sizes and formats of the same kernels.
MORE_CASES: dict[str, Callable[[], None]] = {
    "experts nvfp4, 32 rows a tile": lambda: _experts(_nvfp4, 32),
    "experts int4, 32 rows a tile": lambda: _experts(_int4, 32),
    "experts nvfp4, 64 rows a tile": lambda: _experts(_nvfp4, 64),
    "experts int4, 64 rows a tile": lambda: _experts(_int4, 64),
    "experts int8, 16 rows a tile": lambda: _experts(_int8, 16),
    "experts int8, 64 rows a tile": lambda: _experts(_int8, 64),
    "experts bfloat16, 16 rows a tile": lambda: _experts(_nothing, 16),
    "experts bfloat16, 64 rows a tile": lambda: _experts(_nothing, 64),
    "linear nvfp4, 256 rows": lambda: _linear(_nvfp4, 256),
    "linear bfloat16, 256 rows": lambda: _linear(_nothing, 256),
    "linear int8, 16 rows": lambda: _linear(_int8, 16),
    "linear int4, 16 rows": lambda: _linear(_int4, 16),
    "attention, sliding, whole": lambda: _attention(256, 8, 1023, 1, False),
    "attention, full, whole": lambda: _attention(512, 2, 8192, 1, False),
    "attention, sliding, causal": lambda: _attention(256, 8, 1023, 1, True),
    "attention, full, causal": lambda: _attention(512, 2, 8192, 1, True),
    "vocabulary bfloat16, 16 rows": lambda: _vocabulary(_nothing, 16, 5),
    "vocabulary int8, 32 rows": lambda: _vocabulary(_int8, 32, 5),
}


def compile_all(arch: int, is_thorough: bool) -> list[Compiled]:
    """Compile the cases for one card, with every tile there is."""
    results: dict[tuple[object, ...], Compiled] = {}
    cases = CASES | MORE_CASES if is_thorough else CASES
    tiles = max(map(len, tuning._TILES.values()))
    for (name, case), tile in itertools.product(cases.items(), range(tiles)):
        with compiling_for(arch, tile) as found:
            case()
        for one in found:
            # What has no such tile was compiled with its default once more.
            key = (name, one.kernel, one.warps, one.registers, one.stack, one.shared)
            results.setdefault(key, replace(one, case=f"{name}, tile {tile}" if tile else name))
    return list(results.values())


def main() -> int:
    """Print the table; return 1 if any kernel spills or asks for too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", type=int, nargs="+", default=sorted(SHARED_LIMIT))
    parser.add_argument("--all", action="store_true", help="every size and format, too")
    options = parser.parse_args()
    print(f"{'case':40} {'kernel':24} sm  warps  regs  stack  shared KiB (limit)  compile s")
    failed = 0
    # Triton's compiler keeps to one core; processes of their own, for a target is a process's.
    workers = min(len(options.arch), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        thorough = itertools.repeat(options.all)
        for r in itertools.chain.from_iterable(pool.map(compile_all, options.arch, thorough)):
            failed += bool(r.complaint)
            shared = f"{r.shared / KIB:.1f} ({SHARED_LIMIT[r.arch] // KIB})"
            print(
                f"{r.case:40} {r.kernel:24} {r.arch:3} {r.warps:4} {r.registers:6} {r.stack:5}"
                f"  {shared:>18}  {r.seconds:.1f} {r.complaint}",
                flush=True,
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
