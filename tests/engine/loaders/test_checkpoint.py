"""Loading a folder: what is skipped, and how every kind of damage is named."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.errors import ModelFolderError
from engine.loaders import load_checkpoint
from tests.tiny import write_folder

WEIGHTS = "model.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A complete tiny model folder."""
    return write_folder(tmp_path / "model")


def rewrite(folder: Path, change: object) -> None:
    """Load, change and save the weights."""
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS)


def test_a_folder_loads_and_reports_its_progress(folder: Path) -> None:
    fractions: list[float] = []
    checkpoint = load_checkpoint(folder, progress=fractions.append)
    assert fractions[-1] == 1.0
    assert fractions == sorted(fractions)
    assert checkpoint.generation.max_denoising_steps == 6


def test_the_vision_tower_is_skipped(folder: Path) -> None:
    extra = {
        "model.encoder.vision_tower.x": torch.ones(1),
        "model.encoder.embed_vision.y": torch.ones(1),
    }
    rewrite(folder, lambda tensors: tensors.update(extra))
    load_checkpoint(folder)


def test_a_missing_tensor_is_named(folder: Path) -> None:
    rewrite(folder, lambda tensors: tensors.pop("model.decoder.layers.1.router.scale"))
    with pytest.raises(ModelFolderError, match=r"lacks 1 tensor.*layers\.1\.router\.scale"):
        load_checkpoint(folder)


def test_an_extra_tensor_is_named(folder: Path) -> None:
    rewrite(folder, lambda tensors: tensors.update({"model.decoder.layers.0.bias": torch.ones(1)}))
    with pytest.raises(ModelFolderError, match=r"model\.decoder\.layers\.0\.bias"):
        load_checkpoint(folder)


def test_a_misshapen_tensor_is_named_with_both_shapes(folder: Path) -> None:
    name = "model.decoder.norm.weight"
    rewrite(folder, lambda tensors: tensors.update({name: torch.ones(31)}))
    with pytest.raises(ModelFolderError, match=r"norm\.weight has shape \[31\].*\[32\]"):
        load_checkpoint(folder)


def test_a_truncated_file_is_told_from_a_missing_one(folder: Path) -> None:
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFolderError, match=r"damaged or cut short.*download it again"):
        load_checkpoint(folder)


def test_shards_are_read_through_their_index(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    names = sorted(tensors)
    parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for file, part in parts.items():
        save_file({name: tensors[name] for name in part}, folder / file)
    index = {"weight_map": {name: file for file, part in parts.items() for name in part}}
    (folder / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    load_checkpoint(folder)
    (folder / "b.safetensors").unlink()
    with pytest.raises(ModelFolderError, match=r"lacks b\.safetensors"):
        load_checkpoint(folder)


@pytest.mark.parametrize("name", ["config.json", WEIGHTS])
def test_a_folder_that_is_no_model_says_what_it_lacks(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelFolderError, match=name):
        load_checkpoint(folder)


@pytest.mark.parametrize("text", ["{", "[1]", "\ufeff"])
def test_a_broken_config_says_so(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(ModelFolderError, match=r"config\.json"):
        load_checkpoint(folder)


def test_a_file_in_place_of_a_folder_is_no_model(folder: Path) -> None:
    with pytest.raises(ModelFolderError, match="no model folder"):
        load_checkpoint(folder / "config.json")


@pytest.mark.parametrize(
    "values",
    [{"sampler_config": {"_cls_name": "Other"}}, {"t_min": 0.9}, {"max_denoising_steps": 0}],
)
def test_an_impossible_generation_config_is_refused(folder: Path, values: dict) -> None:
    (folder / "generation_config.json").write_text(json.dumps(values))
    with pytest.raises(ModelFolderError, match=r"generation_config\.json"):
        load_checkpoint(folder)
