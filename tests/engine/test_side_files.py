"""What the side files of a model cannot say: refused at load, with file, field and value."""

import json
import os
import socket
from collections.abc import Callable
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError, ModelFolderError
from engine.hub.local import is_model, missing_weights
from engine.loading import load_model
from engine.model import ModelConfig
from tests.tiny import config_json, write_folder

INDEX = "model.safetensors.index.json"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("model"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A whole model's folder, whose side files may be changed."""
    for path in whole.iterdir():
        os.link(path, tmp_path / path.name)
    return tmp_path


def change(folder: Path, name: str, edit: Callable[[dict[str, Any]], object]) -> None:
    """Edit a JSON file of a folder, which may not be there yet."""
    path = folder / name
    values = json.loads(path.read_text()) if path.exists() else {}
    edit(values)
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(values))


TEXT = [
    ("sliding_window", 8.5, "sliding_window is 8.5"),
    ("sliding_window", 0, "sliding_window is 0"),
    ("sliding_window", True, "sliding_window is True"),
    ("rms_norm_eps", nan, "rms_norm_eps is nan"),
    ("rms_norm_eps", 0, "rms_norm_eps is 0"),
    ("rms_norm_eps", "1e-6", "rms_norm_eps is '1e-6'"),
    ("final_logit_softcapping", inf, "final_logit_softcapping is inf"),
    ("final_logit_softcapping", -30.0, "final_logit_softcapping is -30.0"),
    ("num_hidden_layers", 10**9, "num_hidden_layers is 1000000000"),
    ("num_hidden_layers", 0, "num_hidden_layers is 0"),
    ("num_hidden_layers", 3, "layer_types has 2 entries for 3 layers"),
    ("layer_types", ["full_attention", "no_attention"], r"layer_types\.1 is 'no_attention'"),
    ("layer_types", "full_attention", "layer_types is 'full_attention'"),
    ("head_dim", 0, "head_dim is 0"),
    ("head_dim", 7, "head_dim is 7"),
    ("global_head_dim", -16, "global_head_dim is -16"),
    ("num_attention_heads", -1, "num_attention_heads is -1"),
    ("num_key_value_heads", 0, "num_key_value_heads is 0"),
    ("num_attention_heads", 10**40, "num_attention_heads is 1000000"),
    ("hidden_size", None, "hidden_size is None"),
    ("hidden_size", [32], r"hidden_size is \[32\]"),
    ("vocab_size", "320", "vocab_size is '320'"),
    ("top_k_experts", 5, "top_k_experts is 5"),
    ("max_position_embeddings", -1, "max_position_embeddings is -1"),
    ("pad_token_id", 320, "pad_token_id is 320"),
    ("eos_token_id", 320, "eos_token_id is 320"),
    ("eos_token_id", [1, -2], r"eos_token_id\.1 is -2"),
    ("eos_token_id", "1", "eos_token_id is '1'"),
    ("rope_parameters", {"full_attention": {"rope_theta": 0}}, r"full_attention\.rope_theta is 0"),
    ("rope_parameters", {"full_attention": {"rope_theta": 1e4}}, "lacks 'sliding_attention'"),
    ("rope_parameters", {"full_attention": {"rope_theta": 1e4, "rope_type": "yarn"}}, "'yarn'"),
    ("per_layer_config", {"1": {"head_dim": "8"}}, r"per_layer_config\.1\.head_dim is '8'"),
    ("per_layer_config", [], r"per_layer_config is \[\]"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "named"), TEXT)
def test_a_text_config_that_cannot_be_is_refused_by_name(name, value, named) -> None:
    with pytest.raises(ModelFolderError, match=rf"config\.json.*{named}"):
        ModelConfig.from_json(config_json(**{name: value}))


FILES = [
    ("config.json", {"canvas_length": 0}, "canvas_length is 0"),
    ("config.json", {"canvas_length": 10**6}, "canvas_length is 1000000"),
    ("config.json", {"text_config": [1]}, r"text_config is \[1\]"),
    ("config.json", {"model_type": ["x" * 10**6]}, "describes a"),
    ("generation_config.json", {"max_denoising_steps": 10**9}, "max_denoising_steps is 1000000000"),
    ("generation_config.json", {"max_denoising_steps": 4.0}, "max_denoising_steps is 4.0"),
    ("generation_config.json", {"max_denoising_steps": True}, "max_denoising_steps is True"),
    ("generation_config.json", {"t_max": inf}, "t_max is inf"),
    ("generation_config.json", {"t_min": nan}, "t_min is nan"),
    ("generation_config.json", {"confidence_threshold": -1}, "confidence_threshold is -1"),
    ("generation_config.json", {"stability_threshold": -1}, "stability_threshold is -1"),
    ("generation_config.json", {"sampler_config": {"entropy_bound": nan}}, "entropy_bound is nan"),
    ("generation_config.json", {"sampler_config": 3}, "sampler_config is 3"),
    ("generation_config.json", {"eos_token_id": [1, 320]}, "eos_token_id is 320"),
    ("generation_config.json", {"pad_token_id": 999}, "pad_token_id is 999"),
    ("generation_config.json", {"max_length": 0}, "max_length is 0"),
    ("inlay.json", {"context_length": "64"}, "context_length is '64'"),
    ("inlay.json", {"context_length": 0}, "context_length is 0"),
    ("inlay.json", {"name": 5}, "name is 5"),
    ("inlay.json", {"mark_known_from_start": "no"}, "mark_known_from_start is 'no'"),
    ("inlay.json", {"filler_token_id": 320}, "320"),
    ("inlay.json", {"end_token_id": 1.0}, "end_token_id is 1.0"),
    ("inlay.json", {"forbidden_token_ids": [0, True]}, r"forbidden_token_ids\.1 is True"),
    ("inlay.json", {"forbidden_token_ids": list(range(320))}, "every token"),
    ("inlay.json", {"unheard_of": 1}, "unheard_of"),
    (INDEX, {"weight_map": {"a": 5}}, "names 5"),
    (INDEX, {"weight_map": {"a": "x" * 10**6}}, "names 'xxx"),
    (INDEX, {"weight_map": {"x" * 10**6: "a.safetensors"}}, "long names"),
    (INDEX, {"weight_map": ["a"]}, "no weight_map"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "named"), FILES)
def test_a_value_that_cannot_be_is_refused_by_name(folder, name, values, named) -> None:
    if name == INDEX:
        (folder / "model.safetensors").unlink()
    change(folder, name, lambda found: found.update(values))
    with pytest.raises(ModelFolderError, match=rf"{name}.*{named}") as refused:
        load_model(folder, "cpu")
    assert len(str(refused.value)) < 600 + len(str(folder))


SIDE = ["config.json", "generation_config.json", "inlay.json", "tokenizer.json", INDEX]


def brackets(path: Path) -> None:
    path.write_text('{"a":' * 100_000 + "[" * 200_000)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**10)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the names of sockets are short
    with socket.socket(socket.AF_UNIX) as place:
        place.bind(path.name)
    os.chdir(here)


@pytest.mark.skipif(os.name == "nt", reason="no pipes and devices in folders")
@pytest.mark.parametrize("name", SIDE)
@pytest.mark.parametrize(
    "make",
    [brackets, sparse, os.mkfifo, Path.mkdir, listening, lambda p: p.symlink_to("/dev/zero")],
)
@pytest.mark.timeout(20)
def test_what_is_no_such_file_is_refused_at_once(folder, name, make) -> None:
    if name == INDEX:
        (folder / "model.safetensors").unlink()
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    with pytest.raises(EngineError, match=name):
        load_model(folder, "cpu")


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
@pytest.mark.timeout(20)
def test_the_list_of_models_waits_for_no_pipe(folder) -> None:
    (folder / "model.safetensors").unlink()
    pipe(folder / INDEX)
    assert missing_weights(folder) == (INDEX,)
    (folder / "config.json").unlink()
    pipe(folder / "config.json")
    assert not is_model(folder)
    pipe(folder / "adapter_config.json")
    assert not is_model(folder)


@pytest.mark.parametrize("name", ["config.json", INDEX, "adapter_config.json"])
def test_the_list_of_models_bears_any_depth(folder, name) -> None:
    (folder / "model.safetensors").unlink()
    (folder / name).unlink(missing_ok=True)
    brackets(folder / name)
    assert not is_model(folder)


@pytest.mark.parametrize("alpha", [nan, inf, True, "16", [16]])
def test_an_adapters_alpha_that_is_no_number_is_refused(folder, tmp_path, alpha) -> None:
    adapter = folder / "adapter"
    adapter.mkdir()
    values = {"base_model_name_or_path": str(folder), "lora_alpha": alpha}
    (adapter / "adapter_config.json").write_text(json.dumps(values))
    with pytest.raises(ModelFolderError, match=r"adapter_config\.json: lora_alpha is"):
        load_model(adapter, "cpu")


def test_an_adapter_for_a_model_of_an_endless_name_is_refused(folder) -> None:
    adapter = folder / "adapter"
    adapter.mkdir()
    values = {"base_model_name_or_path": "x" * 5000}
    (adapter / "adapter_config.json").write_text(json.dumps(values))
    with pytest.raises(ModelFolderError, match="not on this disk"):
        load_model(adapter, "cpu")
