"""Times, and what the card can do at best in the same minute."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch


def seconds(run: Callable[[], object], device: torch.device, repeats: int = 20) -> float:
    """Return the median time of a call; on a card its L2 cache is emptied before each."""
    if device.type != "cuda":
        started = time.perf_counter()
        run()
        return time.perf_counter() - started
    for _ in range(3):
        run()
    flush = torch.empty(256 << 20, dtype=torch.int8, device=device)
    times = []
    for _ in range(repeats):
        flush.zero_()
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        run()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end) / 1e3)
    return statistics.median(times)


@dataclass(frozen=True, slots=True)
class Roofline:
    """What the card reaches with torch's own operations."""

    bytes_per_s: float  # read and written, of a large copy
    flop_per_s: float  # bfloat16 products

    @classmethod
    def measure(cls, device: torch.device) -> "Roofline":
        """Copy a large tensor and multiply large matrices, of numbers: zeros multiply faster."""
        size = (1 << 29, 8192) if device.type == "cuda" else (1 << 20, 64)
        data = torch.empty(size[0], dtype=torch.int32, device=device)
        other = torch.empty_like(data)
        square = torch.randn(size[1], size[1], device=device).bfloat16()
        copying = seconds(lambda: other.copy_(data), device)
        multiplying = seconds(lambda: square @ square, device)
        return cls(2 * data.nbytes / copying, 2 * size[1] ** 3 / multiplying)

    def floor(self, num_bytes: float, flop: float) -> float:
        """Return the least seconds for so many bytes and operations."""
        return max(num_bytes / self.bytes_per_s, flop / self.flop_per_s)
