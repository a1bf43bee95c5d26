"""What is on disk becomes the list; models of several parts become one folder."""

import json
import struct
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models.known import BASE, KNOWN, KnownModel
from app.models.local_models import LocalModels, LocalModelsError
from app.models.model_entries import (
    ModelEntry,
    ModelOrigin,
    entries_of_folder,
    find_entries,
    folder_to_load,
    index_of,
)
from app.models.model_texts import about_text, state_text
from engine.hub import local
from engine.hub.local import repo_folder
from tests.app.house import House


def put(cache: Path, repo_id: str, **files: bytes) -> Path:
    folder = repo_folder(cache, repo_id) / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def gguf() -> KnownModel:
    return next(model for model in KNOWN if len(model.sources) > 1)


def entry(cache: Path, key: str) -> ModelEntry:
    return next(entry for entry in find_entries(cache, ()) if entry.key == key)


def test_with_an_empty_cache_the_embedded_model_is_complete_and_no_other(tmp_path: Path) -> None:
    found = find_entries(tmp_path, ())
    complete = [entry.key for entry in found if entry.is_complete]
    assert [key for key in complete if key != "embedded-small"] == ["embedded"]
    assert len(found) == len(complete) + len(KNOWN)


def test_what_another_tool_has_fetched_is_found(tmp_path: Path) -> None:
    config = json.dumps({"model_type": "diffusion_gemma"}).encode()
    files = {"config__json": config, "model__safetensors": b"x" * 10, "tokenizer__json": b"{}"}
    put(tmp_path, "some/tuned-model", **files)
    put(tmp_path, "some/llama", config__json=b'{"model_type": "llama"}', model__safetensors=b"x")
    (found,) = [e for e in find_entries(tmp_path, ()) if e.origin is ModelOrigin.CACHED]
    assert (found.place, found.title, found.is_complete) == (
        "some/tuned-model",
        "tuned-model",
        True,
    )


def test_a_gguf_needs_the_tokenizer_of_the_base(tmp_path: Path) -> None:
    put(tmp_path, gguf().repo_id, **{"model-Q4_K_M__gguf": b"GGUF" * 9})
    assert not entry(tmp_path, gguf().key).is_complete
    put(tmp_path, BASE, tokenizer__json=b"{}")
    found = entry(tmp_path, gguf().key)
    assert found.is_complete
    assert found.on_disk == 36


def test_the_base_is_not_begun_by_its_tokenizer_alone(tmp_path: Path) -> None:
    put(tmp_path, BASE, tokenizer__json=b"{}", config__json=b"{}")
    assert entry(tmp_path, "bf16").on_disk == 0


@pytest.mark.parametrize("has_links", [True, False])
def test_parts_are_put_together_in_one_folder_without_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    put(tmp_path, gguf().repo_id, **{"model-Q4_K_M__gguf": b"GGUF" * 9})
    put(tmp_path, BASE, tokenizer__json=b"{}")
    if not has_links:

        def refuse(path: Path, target: Path) -> None:
            raise OSError("A required privilege is not held by the client")

        monkeypatch.setattr(Path, "symlink_to", refuse)
    found = entry(tmp_path, gguf().key)
    for _ in range(2):  # a second time nothing is in the way
        folder = folder_to_load(found, tmp_path / "joined")
    assert {path.name for path in folder.iterdir()} == {"model-Q4_K_M.gguf", "tokenizer.json"}
    assert (folder / "model-Q4_K_M.gguf").read_bytes() == b"GGUF" * 9
    assert index_of([found], folder, tmp_path / "joined") == gguf().key


def test_a_folder_that_is_gone_stays_in_the_list_and_cannot_be_used(tmp_path: Path) -> None:
    found = find_entries(tmp_path, [tmp_path / "gone"])[-1]
    assert (found.origin, found.is_complete) == (ModelOrigin.FOLDER, False)


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_models = LocalModels(house.settings, tmp_path, tmp_path / "joined")
    monkeypatch.setattr(local, "free_bytes", lambda place: 10 * 10**9)
    assert local_models.disk_space_text(entry(tmp_path, "nvfp4")).startswith(
        "Too full by 8.8 GB: 10.0 GB free"
    )
    monkeypatch.setattr(local, "free_bytes", lambda place: 90 * 10**9)
    assert local_models.disk_space_text(entry(tmp_path, "nvfp4")).startswith("90.0 GB free in")
    assert local_models.disk_space_text(entry(tmp_path, "embedded")) == ""


def test_parts_that_cannot_be_put_together_are_an_error_with_words(
    house: House, tmp_path: Path
) -> None:
    put(tmp_path, gguf().repo_id, **{"model-Q4_K_M__gguf": b"GGUF" * 9})
    put(tmp_path, BASE, tokenizer__json=b"{}")
    (tmp_path / "file").write_text("in the way")
    local_models = LocalModels(house.settings, tmp_path, tmp_path / "file")
    with pytest.raises(LocalModelsError, match="cannot be written"):
        local_models.folder_of(entry(tmp_path, gguf().key))


def test_deleting_the_base_leaves_the_tokenizer_that_a_gguf_needs(
    qtbot: QtBot, house: House, tmp_path: Path
) -> None:
    put(tmp_path, gguf().repo_id, **{"model-Q4_K_M__gguf": b"GGUF" * 9})
    put(tmp_path, BASE, tokenizer__json=b"{}", model__safetensors=b"x", other__json=b"{}")
    local_models = LocalModels(house.settings, tmp_path, tmp_path / "joined")
    with qtbot.waitSignal(local_models.found):
        local_models.look()
    with qtbot.waitSignal(local_models.found):
        local_models.remove(entry(tmp_path, "bf16"))
    assert entry(tmp_path, gguf().key).is_complete
    assert not entry(tmp_path, "bf16").is_complete
    local_models.folder_of(entry(tmp_path, gguf().key))
    with qtbot.waitSignal(local_models.found):
        local_models.remove(entry(tmp_path, gguf().key))
    assert not list((tmp_path / "joined").iterdir())


def test_both_embedded_models_are_listed_where_the_better_one_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = tmp_path / "small"
    better.mkdir()
    monkeypatch.setattr("app.models.model_entries.default_model", lambda: better)
    keys = [entry.key for entry in find_entries(tmp_path / "cache", ())]
    assert keys[:2] == ["embedded-small", "embedded"]


def gguf_bytes(architecture: bytes) -> bytes:
    """Return the head of a GGUF file: version 3, no tensors, and one value, a text."""
    key = b"general.architecture"
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 1)
    text = struct.pack("<IQ", 8, len(architecture)) + architecture
    return head + struct.pack("<Q", len(key)) + key + text


OURS = gguf_bytes(b"diffusion-gemma")


def cached(cache: Path) -> list[ModelEntry]:
    return [one for one in find_entries(cache, ()) if one.origin is ModelOrigin.CACHED]


def test_each_gguf_file_of_a_repository_is_an_entry(tmp_path: Path) -> None:
    files = {"a-Q4_K_M__gguf": OURS, "a-Q8_0__gguf": OURS + b"more", "tokenizer__json": b"{}"}
    put(tmp_path, "some/many", **files)
    few, many = cached(tmp_path)
    assert [few.title, many.title] == ["a-Q4_K_M", "a-Q8_0"]
    assert many.on_disk == few.on_disk + 4
    folder = folder_to_load(many, tmp_path / "joined")
    assert {path.name for path in folder.iterdir()} == {"a-Q8_0.gguf", "tokenizer.json"}
    assert index_of([few, many], folder, tmp_path / "joined") == many.key


def test_a_gguf_without_a_tokenizer_is_listed_and_gets_that_of_its_base(tmp_path: Path) -> None:
    put(tmp_path, "some/bare", **{"a-Q4_K_M__gguf": OURS})
    put(tmp_path, "some/llama", **{"b__gguf": gguf_bytes(b"llama"), "tokenizer__json": b"{}"})
    (bare,) = cached(tmp_path)
    assert not bare.is_complete
    assert "tokenizer.json" in bare.why_not
    assert about_text(bare) == bare.why_not
    assert state_text(bare, None, is_used=False) == "cannot be opened · 79 bytes"
    put(tmp_path, BASE, tokenizer__json=b"{}")
    (bare,) = cached(tmp_path)
    assert [part.name for part in bare.parts] == ["a-Q4_K_M.gguf", "tokenizer.json"]


MLX = b', "quantization": {"bits": 4, "group_size": 64}'
CONFIG = b'{"model_type": "diffusion_gemma"%s}'


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"config__json": CONFIG % MLX, "tokenizer__json": b"{}"}, "MLX"),
        ({"config__json": CONFIG % b""}, "tokenizer.json"),
        ({"config__json": CONFIG % b"", "tokenizer__json": b"{}"}, ""),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_opened_is_listed_with_the_reason(
    tmp_path: Path, files: dict[str, bytes], reason: str
) -> None:
    put(tmp_path, "some/model", model__safetensors=b"weights", **files)
    (found,) = cached(tmp_path)
    assert reason in found.why_not
    assert found.is_complete is not bool(reason)


def test_a_folder_whose_weights_are_gone_is_listed_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(CONFIG % b"")
    (tmp_path / "tokenizer.json").write_bytes(b"{}")
    index = b'{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}'
    (tmp_path / "model.safetensors.index.json").write_bytes(index)
    (tmp_path / "model-1.safetensors").write_bytes(b"half")
    (found,) = entries_of_folder(tmp_path / "cache", tmp_path)
    assert not found.is_complete
    assert "not downloaded to the end" in found.why_not


def test_a_known_repository_with_two_files_loads_the_one_that_is_meant(tmp_path: Path) -> None:
    put(tmp_path, gguf().repo_id, **{"m-Q4_K_M__gguf": OURS, "m-Q8_0__gguf": OURS})
    put(tmp_path, BASE, tokenizer__json=b"{}")
    folder = folder_to_load(entry(tmp_path, gguf().key), tmp_path / "joined")
    assert {path.name for path in folder.iterdir()} == {"m-Q4_K_M.gguf", "tokenizer.json"}
    assert [one.title for one in cached(tmp_path)] == ["m-Q8_0"]


def test_a_folder_of_the_users_with_two_files_is_two_entries(tmp_path: Path) -> None:
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(OURS)
    found = [e for e in find_entries(tmp_path, [tmp_path]) if e.origin is ModelOrigin.FOLDER]
    assert [one.title for one in found] == ["a", "b"]
    assert {one.place for one in found} == {str(tmp_path)}


def test_deleting_one_file_of_a_repository_leaves_the_others(
    qtbot: QtBot, house: House, tmp_path: Path
) -> None:
    put(tmp_path, "some/many", **{"a__gguf": OURS, "b__gguf": OURS, "tokenizer__json": b"{}"})
    local_models = LocalModels(house.settings, tmp_path, tmp_path / "joined")
    with qtbot.waitSignal(local_models.found):
        local_models.remove(cached(tmp_path)[0])
    assert [path.name for path in cached(tmp_path)[0].parts[0].glob("*.gguf")] == ["b.gguf"]
