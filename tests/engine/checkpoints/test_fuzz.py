"""Damaged and hostile files: errors with a message, no other exception, no hang, no stray read.

Seeded mutations of small valid files, a few thousand each. What is read is watched through Python's
audit events, so that a path that leads out of the folder cannot go unseen.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.checkpoints import open_reader
from engine.checkpoints.convert import Conversion, convert
from engine.errors import EngineError, ModelFolderError
from engine.hub.converted import MANIFEST, RESIDENT
from engine.loaders.checkpoint import build
from tests.engine.checkpoints import layouts

ROOT = Path(__file__).resolve().parents[3]
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
TOKENS = [
    b"-1", b"0", b"1e9", b"9223372036854775808", b"99999999999999999999", b"null", b"[]", b"{}",
    b'"F32"', b'"F4"', b'"../../x"', b"true", b"\\u0000", b"\xff\xfe", b"[[[[", b",", b'"', b"NaN",
]  # fmt: skip

_watchers: list[list[str]] = []  # audit hooks cannot be removed; this one is quiet when empty


def _audit(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str | bytes | Path):
        for watcher in _watchers:
            watcher.append(os.fsdecode(arguments[0]))


sys.addaudithook(_audit)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The paths that were opened during the test."""
    paths: list[str] = []
    _watchers.append(paths)
    yield paths
    _watchers.remove(paths)


def mutated(data: bytes, rng: Random, reach: int) -> bytes:
    """Return data with a few bytes of its first `reach` changed, cut, repeated or replaced."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        place = rng.randrange(min(reach, len(out)) or 1)
        kind = rng.randrange(6)
        if kind == 0:
            out[place : place + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            out[place : place + rng.randrange(1, 9)] = b""
        elif kind == 2:
            out[place:place] = rng.choice(TOKENS)
        elif kind == 3:
            token = rng.choice(TOKENS)
            out[place : place + len(token)] = token
        elif kind == 4:
            out[place : place + 8] = rng.randrange(1 << 64).to_bytes(8, "little")
        else:
            del out[rng.randrange(len(out) or 1) :]
    return bytes(out)


def attempt(run: Callable[[], object]) -> bool:
    """Run and return whether it was refused; every other exception fails the test."""
    try:
        run()
    except EngineError as error:
        return bool(str(error))
    return False


def read_all(path: Path) -> None:
    for entry in open_reader(path).entries():
        for part in range(entry.num_parts):
            entry.read(part)


def check_opened(opened: list[str], folder: Path) -> None:
    # Modules that are imported late lie elsewhere, and torch looks at the machine.
    allowed = (sys.prefix, sys.base_prefix, str(ROOT), "/dev/", "/proc/", "/sys/", str(folder))
    assert not {name for name in opened if not os.path.abspath(name).startswith(allowed)}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with four tensors, two of them a quantized projection."""
    folder = tmp_path / "small"
    folder.mkdir()
    module = "model.decoder.layers.0.mlp.up_proj"
    tensors = {
        "model.decoder.norm.weight": torch.ones(4),
        f"{module}.weight": torch.zeros(2, 16).to(torch.float8_e4m3fn),
        f"{module}.weight_scale": torch.ones(2, 1).bfloat16(),
        "model.decoder.layers.0.experts.down_proj": torch.ones(2, 3, 4).bfloat16(),
    }
    save_file(tensors, folder / WEIGHTS)
    (folder / "config.json").write_text("{}")
    read_all(folder)
    return folder


def test_safetensors_headers(small, opened) -> None:
    path, rng = small / WEIGHTS, Random(1)
    good = path.read_bytes()
    reach = 8 + int.from_bytes(good[:8], "little")
    refused = 0
    for _ in range(2500):
        path.write_bytes(mutated(good, rng, reach))
        refused += attempt(lambda: read_all(small))
    assert refused > 1500
    check_opened(opened, small)


def test_indexes(small, opened) -> None:
    tensors = load_file(small / WEIGHTS)
    (small / WEIGHTS).rename(small / "a.safetensors")
    good = json.dumps({"weight_map": dict.fromkeys(tensors, "a.safetensors")}).encode()
    (small / INDEX).write_bytes(good)
    read_all(small)
    rng, refused = Random(2), 0
    for _ in range(1000):
        (small / INDEX).write_bytes(mutated(good, rng, len(good)))
        refused += attempt(lambda: read_all(small))
    assert refused > 500
    check_opened(opened, small)


@pytest.mark.parametrize(
    "name",
    [
        "../a.safetensors", "/etc/passwd", "/tmp/a.safetensors", "b/a.safetensors",
        "..\\a.safetensors", "C:\\a.safetensors", "C:a.safetensors", "..", "", "a.bin", "a.json",
        "a\0.safetensors", "file:///a.safetensors", 5, None, ["a.safetensors"],
    ],
)  # fmt: skip
def test_an_index_that_leads_out_of_the_folder_is_refused_unread(name, small, opened) -> None:
    (small / WEIGHTS).rename(small.parent / "a.safetensors")
    (small / INDEX).write_text(json.dumps({"weight_map": {"x": name}}))
    with pytest.raises(ModelFolderError, match="no file of this folder"):
        open_reader(small)
    check_opened(opened, small)


def test_swapped_shards_are_noticed(small) -> None:
    tensors = load_file(small / WEIGHTS)
    (small / WEIGHTS).unlink()
    names = sorted(tensors)
    halves = {"a.safetensors": names[:2], "b.safetensors": names[2:]}
    for file, half in halves.items():
        save_file({name: tensors[name] for name in half}, small / file)
    index = {name: file for file, half in halves.items() for name in half}
    (small / INDEX).write_text(json.dumps({"weight_map": index}))
    read_all(small)
    (small / "a.safetensors").rename(small / "c")
    (small / "b.safetensors").rename(small / "a.safetensors")
    (small / "c").rename(small / "b.safetensors")
    with pytest.raises(ModelFolderError, match="do not belong together"):
        open_reader(small)


def test_gguf_headers(tmp_path, opened) -> None:
    path = layouts.gguf_file(tmp_path / "m")
    good, rng, refused = path.read_bytes(), Random(3), 0
    reach = good.index(b"rope_freqs.weight") + 64
    for _ in range(1000):
        path.write_bytes(mutated(good, rng, rng.choice([64, 1500, reach])))
        refused += attempt(lambda: open_reader(path).config())
    assert refused > 500
    check_opened(opened, tmp_path)


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_configs(tmp_path, opened) -> None:
    folder = layouts.bf16_folder(tmp_path / "m")
    good = (folder / "config.json").read_bytes()
    rng, refused = Random(4), 0
    for _ in range(400):
        (folder / "config.json").write_bytes(mutated(good, rng, len(good)))
        refused += attempt(lambda: build(open_reader(folder)))
    assert refused > 150
    check_opened(opened, tmp_path)


def test_adapters(small, tmp_path, opened) -> None:
    adapter = layouts.lora_folder(
        tmp_path / "lora", {"model.decoder.layers.0.mlp.up_proj": (2, 16)}
    )
    rng, refused = Random(5), 0
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        good = (adapter / name).read_bytes()
        for _ in range(300):
            (adapter / name).write_bytes(mutated(good, rng, 300))
            refused += attempt(lambda: open_reader(small, adapter).entries())
        (adapter / name).write_bytes(good)
    assert refused > 200
    check_opened(opened, tmp_path)


def test_converted_models(small, tmp_path, opened) -> None:
    folder = convert(Conversion(reader=open_reader(small), threads=1), tmp_path / "cache")
    rng, refused = Random(6), 0
    for name in (MANIFEST, RESIDENT):
        good = (folder / name).read_bytes()
        for _ in range(300):
            (folder / name).write_bytes(mutated(good, rng, 600))
            refused += attempt(lambda: read_all(folder))
        (folder / name).write_bytes(good)
    assert refused > 300
    check_opened(opened, tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_a_pipe_in_place_of_a_file_is_an_error(name, small) -> None:
    (small / name).unlink()
    os.mkfifo(small / name)
    with pytest.raises(ModelFolderError, match="no regular file"):
        open_reader(small)


def test_absurd_shapes_are_refused_before_anything_is_reserved(small) -> None:
    header = {"x": {"dtype": "F32", "shape": [1 << 40, 1 << 20], "data_offsets": [0, 1 << 62]}}
    text = json.dumps(header).encode()
    (small / WEIGHTS).write_bytes(len(text).to_bytes(8, "little") + text)
    with pytest.raises(ModelFolderError, match="damaged or cut short"):
        open_reader(small)
