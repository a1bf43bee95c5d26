"""What is on disk becomes the list; models of several parts become one folder."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models.known import BASE, KNOWN, KnownModel
from app.models.local_models import LocalModels, LocalModelsError
from app.models.model_entries import ModelEntry, ModelOrigin, find_entries, folder_to_load, index_of
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
    put(tmp_path, "some/tuned-model", config__json=config, model__safetensors=b"x" * 10)
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
