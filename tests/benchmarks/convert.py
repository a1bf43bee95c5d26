"""Convert a synthetic 51 GB BF16 checkpoint of 26B shape: time, peak host memory, output size.

`make bench-convert`. The shards are sparse files, which take no disk space; reading them costs what
reading a cached file costs. By default every part is read, quantized and checksummed, and nothing
is written; `--out folder` writes the converted model there as well. Prints JSON.
"""

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import threading
import time
from math import prod
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from engine.checkpoints import Conversion, Residency, convert, open_reader
from engine.checkpoints.cache import checksum
from engine.checkpoints.convert import THREADS, stream
from engine.checkpoints.resident import num_bytes, target_of
from engine.checkpoints.shapes import RELEASED_CONFIG, ModelShapes

SHARDS = 11
GIB = 2**30
Results = dict[str, Any]


def main() -> None:
    """Write the checkpoint, convert it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the converted model into this folder")
    parser.add_argument("--experts", default=Residency().experts)
    parser.add_argument("--dense", default=Residency().dense)
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seconds", type=float, help="stop after so long and report the share")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    residency = Residency(experts=arguments.experts, dense=arguments.dense)
    with tempfile.TemporaryDirectory() as folder:
        write_sparse(Path(folder))
        print(json.dumps(measure(Path(folder), residency, arguments), indent=1))


def measure(folder: Path, residency: Residency, arguments: argparse.Namespace) -> Results:
    """Return what the conversion of `folder` took."""
    deadline = time.monotonic() + (arguments.seconds or 1e9)
    before = peak_bytes()
    start = time.perf_counter()
    share = [0.0]
    job = Conversion(
        reader=open_reader(folder),
        residency=residency,
        device=arguments.device,
        threads=arguments.threads,
        progress=lambda fraction: share.__setitem__(0, fraction),
    )
    opened = time.perf_counter() - start
    if arguments.out:
        convert(job, arguments.out)
    else:
        discard(job, deadline, share)
    seconds = time.perf_counter() - start
    entries = job.reader.entries()
    stated = sum(num_bytes(entry.shape, target_of(entry, residency)) for entry in entries)
    source = sum(file.stat().st_size for file in job.reader.files)
    return {
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_at_start": round(os.getloadavg()[0], 1),
        "threads": arguments.threads,
        "device": arguments.device,
        "formats": str(residency),
        "source_gib": round(source / GIB, 2),
        "output_gib": round(stated / GIB, 2),
        "written": bool(arguments.out),
        "seconds_to_open": round(opened, 2),
        "share_converted": round(share[0], 4),
        "seconds": round(seconds, 1),
        "seconds_for_all": round(opened + (seconds - opened) / max(share[0], 1e-9), 1),
        "gib_read_per_second": round(share[0] * source / GIB / seconds, 2),
        "peak_host_mib": round(peak_bytes() / 2**20),
        "of_which_before": round(before / 2**20),
    }


def discard(job: Conversion, deadline: float, share: list[float]) -> None:
    """Do everything but write."""
    entries = job.reader.entries()
    total = sum(entry.num_weights for entry in entries)
    done, lock = [0], threading.Lock()

    def put(entry: Any, part: int, tensors: dict[str, torch.Tensor]) -> None:
        checksum(tensors.values())
        with lock:
            done[0] += entry.num_weights // entry.num_parts

    for _ in stream(job, entries, put):
        if time.monotonic() > deadline:
            break
    share[0] = done[0] / total


def write_sparse(folder: Path) -> None:
    """Write the released layout as sparse shards: headers, and holes for the weights."""
    shapes = [(disk_name(n), shape) for n, shape in ModelShapes.released().weights.items()]
    total = sum(prod(shape) for _, shape in shapes)
    shards: list[dict[str, tuple[int, ...]]] = [{}]
    filled = 0
    for name, shape in shapes:
        if filled >= total * len(shards) / SHARDS and len(shards) < SHARDS:
            shards.append({})
        shards[-1][name] = shape
        filled += prod(shape)
    weight_map = {}
    for index, shard in enumerate(shards, start=1):
        file = f"model-{index:05}-of-{len(shards):05}.safetensors"
        weight_map |= dict.fromkeys(shard, file)
        _write_shard(folder / file, shard)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    (folder / "config.json").write_text(json.dumps(RELEASED_CONFIG))


def _write_shard(path: Path, shard: dict[str, tuple[int, ...]]) -> None:
    table, end = {}, 0
    for name, shape in shard.items():
        start, end = end, end + 2 * prod(shape)
        table[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [start, end]}
    header = json.dumps(table).encode()
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + end)


def disk_name(name: str) -> str:
    """Return a weight's name in the released files."""
    if name.endswith("encoder_layer_scalar"):
        return f"model.encoder.language_model.{name.replace('encoder_', '')}"
    return f"model.decoder.{name}"


def peak_bytes() -> int:
    """Return the most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
