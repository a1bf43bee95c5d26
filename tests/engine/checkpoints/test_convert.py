"""Conversion: exact, resumable, honest about disks, and a cache that notices damage."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.checkpoints import (
    CachedReader,
    Conversion,
    Residency,
    convert,
    fingerprint,
    open_reader,
    verify,
)
from engine.checkpoints.layout import plain
from engine.checkpoints.resident import num_bytes, target_of, to_format
from engine.errors import BadRequestError, ModelFolderError, StoppedError
from engine.hub.converted import JOURNAL, MANIFEST, RESIDENT, is_converted, list_converted
from engine.loaders import load_checkpoint
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from tests.engine.checkpoints import layouts

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A tiny model in the released layout."""
    return layouts.bf16_folder(tmp_path / "source")


def run(source: Path, root: Path, **options) -> Path:
    return convert(Conversion(reader=open_reader(source), threads=2, **options), root)


def test_every_weight_is_what_its_format_makes_of_it(source, tmp_path) -> None:
    folder = run(source, tmp_path / "cache")
    cached = {entry.name: entry for entry in CachedReader(folder).entries()}
    for entry in open_reader(source).entries():
        target = target_of(entry, Residency())
        for part in range(entry.num_parts):
            expected = to_format(entry.read(part), target, "")
            found = cached[entry.name].read(part)
            found = {"": found} if isinstance(found, torch.Tensor) else found.tensors()
            for field, tensor in expected.items():
                assert torch.equal(tensor.float(), found[field].float()), (entry.name, field)


def test_kinds_of_weights_take_the_formats_that_were_asked_for(source, tmp_path) -> None:
    residency = Residency(experts="nvfp4", dense="int4", embedding="int8")
    reader = CachedReader(run(source, tmp_path / "cache", residency=residency))
    kinds = {
        "layers.0.experts.down_proj": Nvfp4,
        "layers.0.self_attn.q_proj.weight": Int4Group,
        "self_conditioning.up_proj.weight": Int4Group,
        "embed_tokens.weight": Int8Channel,
        "layers.0.router.proj.weight": torch.Tensor,
        "norm.weight": torch.Tensor,
    }
    for name, kind in kinds.items():
        assert isinstance(reader.record(name), kind), name


def test_nvfp4_stays_as_it_is(tmp_path) -> None:
    source = layouts.modelopt_folder(tmp_path / "source")
    cached = CachedReader(run(source, tmp_path / "cache"))
    entry = next(e for e in open_reader(source).entries() if e.name.endswith("0.experts.down_proj"))
    assert torch.equal(cached.record(entry.name).codes[1], entry.read(1).codes)
    assert torch.equal(cached.record(entry.name).global_scale[1], entry.read(1).global_scale)


@pytest.mark.parametrize("write", [layouts.bf16_folder, layouts.compressed_folder])
def test_matrices_in_parts_convert_to_the_same_weights(write, tmp_path, monkeypatch) -> None:
    source = write(tmp_path / "source")
    whole = CachedReader(run(source, tmp_path / "whole"))
    monkeypatch.setattr("engine.checkpoints.stored_tensor.PART_ROWS", 24)
    parts_folder = run(source, tmp_path / "parts")
    verify(parts_folder)
    parts = CachedReader(parts_folder)
    for entry in whole.entries():
        expected, found = (plain(one.record(entry.name)) for one in (whole, parts))
        assert torch.equal(expected, found), entry.name


def test_a_converted_model_loads_without_its_source(source, tmp_path) -> None:
    folder = run(source, tmp_path / "cache")
    for file in source.iterdir():
        file.unlink()
    model = load_checkpoint(folder).model
    name = "layers.1.experts.down_proj"
    expected = CachedReader(folder).record(name).dequantize(torch.bfloat16)
    assert torch.equal(model.state_dict()[name], expected)
    assert (folder / "tokenizer.json").exists()


def test_the_file_has_the_size_its_shapes_say(source, tmp_path) -> None:
    folder = run(source, tmp_path / "cache")
    entries = open_reader(source).entries()
    stated = sum(num_bytes(entry.shape, target_of(entry, Residency())) for entry in entries)
    header = int.from_bytes((folder / RESIDENT).read_bytes()[:8], "little")
    assert (folder / RESIDENT).stat().st_size == stated + 8 + header


def test_a_second_conversion_finds_the_first(source, tmp_path) -> None:
    folder = run(source, tmp_path / "cache")
    before = (folder / RESIDENT).stat().st_mtime_ns
    assert run(source, tmp_path / "cache") == folder
    assert (folder / RESIDENT).stat().st_mtime_ns == before


def test_a_changed_source_or_choice_is_another_conversion(source, tmp_path) -> None:
    first = run(source, tmp_path / "cache")
    assert run(source, tmp_path / "cache", residency=Residency(dense="int4")) != first
    path = source / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert run(source, tmp_path / "cache") != first
    assert len(list_converted(tmp_path / "cache")) == 3


def test_progress_rises_to_one(source, tmp_path) -> None:
    seen: list[float] = []
    run(source, tmp_path / "cache", progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)


def test_a_cancelled_conversion_goes_on_where_it_was(source, tmp_path) -> None:
    whole = run(source, tmp_path / "whole")
    parts = iter(range(20))
    with pytest.raises(StoppedError):
        run(source, tmp_path / "cache", is_cancelled=lambda: next(parts, None) is None)
    read: list[str] = []
    reader = open_reader(source)
    total = len(reader.entries())
    _watch(reader, read)
    folder = convert(Conversion(reader=reader, threads=2), tmp_path / "cache")
    assert 0 < len(set(read)) < total
    assert _bytes(folder) == _bytes(whole)


def _watch(reader, read: list[str]) -> None:
    """Note the names of the weights that a reader reads."""
    from dataclasses import replace

    def watched(entry):
        return replace(entry, read=lambda part: (read.append(entry.name), entry.read(part))[1])

    entries = [watched(entry) for entry in reader.entries()]
    reader.entries = lambda: entries


def _bytes(folder: Path) -> bytes:
    return (folder / RESIDENT).read_bytes()


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from engine.checkpoints import Conversion, convert, open_reader
source, root, draws = Path(sys.argv[1]), Path(sys.argv[2]), random.Random(11)

def run(place, after):
    pid = os.fork()
    if pid == 0:
        signal.setitimer(signal.ITIMER_REAL, after)  # whose signal ends a process on the spot
        convert(Conversion(reader=open_reader(source), threads=2, note_bytes=2000), root / place)
        os._exit(0)
    return os.waitpid(pid, 0)[1]

start = time.monotonic()
assert run("whole", 3600) == 0
seconds, kills, place = time.monotonic() - start, 0, 0
while kills < 10:
    status = run(str(place), draws.uniform(0.001, seconds))
    assert status in (0, signal.SIGALRM), status
    kills += status != 0
    place += status == 0  # it was quicker: another one begins
assert run(str(place), 3600) == 0
print(kills)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children that it forks")
def test_killed_at_ten_random_moments_it_ends_with_the_same_bytes(source, tmp_path) -> None:
    command = [sys.executable, "-c", KILLED, str(source), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("10\n", 0), done.stderr
    (whole,) = (tmp_path / "whole").iterdir()
    for root in tmp_path.glob("[0-9]*"):
        (folder,) = root.iterdir()
        assert _bytes(folder) == _bytes(whole)
        assert {file.name for file in folder.iterdir()} == {file.name for file in whole.iterdir()}
        verify(folder)


def test_a_full_disk_says_so_at_the_start_and_in_the_middle(source, tmp_path, monkeypatch) -> None:
    from engine.checkpoints import partial_file

    class Usage:
        free = 1000

    with monkeypatch.context() as patch:
        patch.setattr(partial_file.shutil, "disk_usage", lambda path: Usage)
        with pytest.raises(ModelFolderError, match=r"takes 0\.0 GiB.*no room"):
            run(source, tmp_path / "cache")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(partial_file.os, "fsync", full)
        with pytest.raises(ModelFolderError, match="no room"):
            run(source, tmp_path / "cache")
    assert is_converted(run(source, tmp_path / "cache"))


def test_a_changed_byte_is_found(source, tmp_path) -> None:
    folder = run(source, tmp_path / "cache")
    verify(folder)
    data = bytearray((folder / RESIDENT).read_bytes())
    data[-5] ^= 0x40
    (folder / RESIDENT).write_bytes(data)
    with pytest.raises(ModelFolderError, match="checksum"):
        verify(folder)


def test_a_copy_of_another_version_is_refused(source, tmp_path) -> None:
    folder = run(source, tmp_path / "cache")
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"version": 0}))
    with pytest.raises(ModelFolderError, match="another version"):
        open_reader(folder)


def test_values_that_are_no_numbers_stop_the_conversion(source, tmp_path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(source / "model.safetensors")
    tensors["model.decoder.layers.0.experts.down_proj"][1, 2, 3] = float("nan")
    save_file(tensors, source / "model.safetensors")
    with pytest.raises(ModelFolderError, match=r"layers\.0\.experts\.down_proj.*no numbers"):
        run(source, tmp_path / "cache")
    assert (next((tmp_path / "cache").iterdir()) / JOURNAL).exists()


def test_an_impossible_choice_is_refused() -> None:
    with pytest.raises(BadRequestError, match="embedding is 'nvfp4'"):
        Residency(embedding="nvfp4")


def test_the_fingerprint_does_not_depend_on_where_the_files_are(source, tmp_path) -> None:
    moved = source.rename(tmp_path / "elsewhere")
    first = fingerprint(open_reader(moved), Residency())
    assert first == fingerprint(open_reader(moved.rename(source)), Residency())


def test_a_fused_stack_and_its_split_layout_convert_alike(source, tmp_path) -> None:
    """Stacks come back in the order gate above up, experts by number."""
    split = layouts.modelopt_folder(tmp_path / "split")
    fused = {e.name: e for e in open_reader(source).entries()}
    for entry in open_reader(split).entries():
        if len(entry.shape) < 2:
            continue
        # The writer overwrote the first weight of each half.
        ours, theirs = (plain(e.read(0)).float()[:, 1:] for e in (fused[entry.name], entry))
        assert (ours - theirs).norm() < 0.15 * ours.norm() + 1e-6, entry.name
