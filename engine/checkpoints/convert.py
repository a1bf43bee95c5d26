"""A checkpoint to a converted model: streamed part by part, stopped and resumed at any point.

Each part is read, quantized and written to its place by one of a few threads, so that the host
holds a part per thread and nothing else. What is on the disk for good is noted in a journal; a
conversion that was killed goes on behind its last note. The bytes do not depend on any of this.
"""

import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.checkpoints.cache import (
    FORMAT_NAMES,
    Progress,
    cache_folder,
    checksum,
    fingerprint,
)
from engine.checkpoints.partial_file import PartialFile
from engine.checkpoints.resident import (
    DEFAULT_RESIDENCY,
    Residency,
    target_of,
    tensor_specs,
    to_format,
)
from engine.checkpoints.stored_tensor import Format, Reader, StoredTensor, num_parts, part_rows
from engine.errors import StoppedError
from engine.hub.converted import FORMAT_VERSION, JOURNAL, MANIFEST, ORIGIN, is_converted, name_of

COPIED = ("tokenizer.json", "tokenizer_config.json", "inlay.json", "chat_template.jinja")
# One core is left to the interface.
THREADS = max(1, min(8, (os.cpu_count() or 2) - 1))

Put = Callable[[StoredTensor, int, dict[str, Tensor]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What a conversion is to do."""

    reader: Reader
    residency: Residency = DEFAULT_RESIDENCY
    device: torch.device | str = "cpu"  # where parts are quantized
    threads: int = THREADS
    note_bytes: int = 256 << 20  # written between two notes in the journal: what a kill may cost
    progress: Progress = lambda fraction: None  # share of the weights, 0..1
    is_cancelled: Callable[[], bool] = lambda: False

    def targets(self, entries: list[StoredTensor]) -> dict[str, Format | None]:
        """Return the format of each weight."""
        return {entry.name: target_of(entry, self.residency) for entry in entries}


def convert(job: Conversion, root: Path) -> Path:
    """Convert a checkpoint into a folder under `root`, or find it there, and return the folder.

    Raises:
        ModelFolderError: If the checkpoint is damaged, or the disk is full.
        StoppedError: If it was cancelled; what is done stays for the next time.
    """
    source_hash = fingerprint(job.reader, job.residency)
    folder = cache_folder(root, source_hash, job.residency)
    if is_converted(folder):
        return folder
    entries = job.reader.entries()
    targets = job.targets(entries)
    metadata = {"format": "inlay", "version": str(FORMAT_VERSION), "source": source_hash}
    specs = {
        f"{entry.name}.{field}" if field else entry.name: spec
        for entry in entries
        for field, spec in tensor_specs(entry.shape, targets[entry.name]).items()
    }
    with PartialFile(folder, specs, metadata) as file:
        source = job.reader.folder
        # Before the weights: an unfinished copy can be named and deleted as well.
        write_json(folder / ORIGIN, {"name": name_of(source), "source": source.name})
        _run(job, entries, file)
        file.finish()
        _write_companions(job.reader, folder)
        manifest = {
            "version": FORMAT_VERSION,
            "source_hash": source_hash,
            "scheme": job.reader.scheme,
            "weights": {
                entry.name: {
                    "format": FORMAT_NAMES.get(targets[entry.name]),  # type: ignore[arg-type]
                    "crc32": file.done[entry.name],
                }
                for entry in entries
            },
        }
        # Last of all: a copy is complete if and only if it has a manifest.
        write_json(folder / MANIFEST, manifest)
    # After the manifest: killed in between, the copy is complete and the journal only lies there.
    (folder / JOURNAL).unlink(missing_ok=True)
    return folder


def _run(job: Conversion, entries: list[StoredTensor], file: PartialFile) -> None:
    """Convert what is not done yet, noting every so often what is."""
    total = sum(entry.num_weights for entry in entries)
    before = sum(entry.num_weights for entry in entries if entry.name in file.done)
    sums: dict[str, list[int]] = {}

    def put(entry: StoredTensor, part: int, tensors: dict[str, Tensor]) -> None:
        for field, tensor in tensors.items():
            name = f"{entry.name}.{field}" if field else entry.name
            file.write(name, part_rows(entry.shape, part).start or 0, tensor)
        sums.setdefault(entry.name, [0] * entry.num_parts)[part] = checksum(tensors.values())

    try:
        for entry, fraction in stream(job, [e for e in entries if e.name not in file.done], put):
            file.note(entry.name, sums.pop(entry.name), every=job.note_bytes)
            job.progress((before + fraction * (total - before)) / total)
    finally:
        file.flush()


def stream(
    job: Conversion, entries: list[StoredTensor], put: Put
) -> Iterator[tuple[StoredTensor, float]]:
    """Hand every part of every entry to `put`, in several threads; yield what is complete.

    Yields:
        An entry all of whose parts were put, and the share of the weights done so far.

    Raises:
        StoppedError: If the job was cancelled.
    """
    targets = job.targets(entries)
    total, done = sum(entry.num_weights for entry in entries), 0
    running: deque[tuple[StoredTensor, int, Future[None]]] = deque()

    def work(entry: StoredTensor, part: int) -> None:
        weight = entry.read(part)
        if isinstance(weight, Tensor):
            # A card quantizes where there is one; the host is left with reading and writing.
            weight = weight.to(job.device)
        tensors = to_format(weight, targets[entry.name], entry.source)
        put(entry, part, {field: tensor.cpu() for field, tensor in tensors.items()})

    with ThreadPoolExecutor(job.threads, thread_name_prefix="inlay-convert") as pool:
        try:
            for entry in entries:
                for part in range(num_parts(entry.shape)):
                    if job.is_cancelled():
                        raise StoppedError("The conversion was cancelled. It goes on next time.")
                    running.append((entry, part, pool.submit(work, entry, part)))
                    # One more than there are threads: none waits, and no more is held.
                    while len(running) > job.threads:
                        finished = _finish_first(running)
                        if finished is not None:
                            done += finished.num_weights
                            yield finished, done / total
            while running:
                finished = _finish_first(running)
                if finished is not None:
                    done += finished.num_weights
                    yield finished, done / total
        finally:
            for _, _, future in running:
                future.cancel()


def _finish_first(running: deque[tuple[StoredTensor, int, Future[None]]]) -> StoredTensor | None:
    """Wait for the oldest part; return its entry if it was the last of it."""
    entry, part, future = running.popleft()
    future.result()
    return entry if part == entry.num_parts - 1 else None


def _write_companions(reader: Reader, folder: Path) -> None:
    """Put beside the weights what a model folder needs, so that the source may be deleted."""
    write_json(folder / "config.json", dict(reader.config()))
    generation = dict(reader.generation_config())
    if generation:
        write_json(folder / "generation_config.json", generation)
    for name in COPIED:
        if (reader.folder / name).is_file():
            shutil.copyfile(reader.folder / name, folder / name)


def write_json(path: Path, value: object) -> None:
    """Write a JSON file so that it is there completely or not at all."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.flush()
        # A rename may reach the disk before the content does.
        os.fsync(file.fileno())
    partial.replace(path)
