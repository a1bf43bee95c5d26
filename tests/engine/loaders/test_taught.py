"""A taught adapter in use: both passes change as its halves say, and the base is there once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.adapters import CONFIG, WEIGHTS
from engine.api import SamplerOptions
from engine.errors import BadRequestError, EngineError
from engine.infill import ContextCache
from engine.loaders.llama_checkpoint import load_llama
from engine.loaders.taught import TaughtModels
from engine.loading import LoadedModel, load_model
from engine.model import KVCache
from engine.model.llama import Llama
from tests.tiny import write_folder as write_gemma
from tests.tiny_llama import HIDDEN
from tests.tiny_student import CANVAS, halves, write_model

SCALE = 1.5  # alpha / rank
RANK = 2
IDS = torch.randint(3, 100, (1, 40), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


def write_taught(folder: Path, seed: int = 9, **config: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    random = torch.Generator().manual_seed(seed)
    save_file(halves(random, "base_model.model.model.layers.{}.{}", RANK), folder / WEIGHTS)
    values = {"peft_type": "LORA", "r": RANK, "lora_alpha": SCALE * RANK, **config}
    (folder / CONFIG).write_text(json.dumps({"base_model_name_or_path": "Tiny", **values}))
    return folder


def passes(model: Llama, change: Callable[[Tensor], Tensor] = lambda x: x) -> list[Tensor]:
    """Return what the causal pass and that of a canvas say."""
    cache = KVCache(model.config)
    states = model.encode(IDS[:, :16], cache)
    free = torch.arange(CANVAS)[None] % 3 == 0
    return [states, model.denoise(IDS[:, 16:], None, cache, free)]


def taught(folder: Path, adapter: Path) -> Llama:
    return TaughtModels(load_llama(folder)[1], folder, in_halves=False).model(adapter)


@torch.inference_mode()
def test_both_passes_are_those_of_merged_weights(folder, tmp_path, monkeypatch) -> None:
    """Against the same model built from a base whose weights the change was added to."""
    adapter = write_taught(tmp_path / "taught")
    stored = load_file(adapter / WEIGHTS)

    from engine.checkpoints.gguf_llama import LlamaFile

    plain = LlamaFile.weights

    def merged(self: LlamaFile):
        for name, weight in plain(self):
            key = f"base_model.model.model.{name.removesuffix('.weight')}"
            if f"{key}.lora_A.weight" in stored:
                a, b = (stored[f"{key}.lora_{letter}.weight"] for letter in "AB")
                weight = weight + SCALE * b @ a  # noqa: PLW2901
            yield name, weight

    found, without = passes(taught(folder, adapter)), passes(load_llama(folder)[1])
    monkeypatch.setattr(LlamaFile, "weights", merged)
    expected = passes(load_llama(folder)[1])
    for one, wanted, other in zip(found, expected, without, strict=True):
        torch.testing.assert_close(one, wanted, rtol=1e-4, atol=1e-4)
        assert (one - other).norm() > 0.1 * other.norm()


def test_the_bases_weights_are_there_once(folder, tmp_path) -> None:
    plain = load_llama(folder)[1]
    models = TaughtModels(plain, folder, in_halves=False)
    one, other = (
        models.model(write_taught(tmp_path / name, seed)) for seed, name in enumerate("ab")
    )
    assert one is models.model(tmp_path / "a")
    assert one is not other
    assert one.embedding.data_ptr() == other.embedding.data_ptr() == plain.embedding.data_ptr()
    bases = [
        {id(getattr(layer, name).base) for layer in model._causal + model._canvas for name in PARTS}
        for model in (one, other)
    ]
    assert (
        bases[0] == bases[1] == {id(getattr(one, name)) for one in plain._causal for name in PARTS}
    )


PARTS = ("qkv", "out", "gate_up", "down")


def test_one_that_was_taught_anew_is_read_anew(folder, tmp_path) -> None:
    models = TaughtModels(load_llama(folder)[1], folder, in_halves=False)
    adapter = write_taught(tmp_path / "a", seed=1)
    before = passes(models.model(adapter))
    write_taught(adapter, seed=2)
    after = passes(models.model(adapter))
    assert not torch.allclose(before[0], after[0])


def test_only_the_latest_stay_in_memory(folder, tmp_path) -> None:
    models = TaughtModels(load_llama(folder)[1], folder, in_halves=False)
    first = models.model(write_taught(tmp_path / "0"))
    for number in range(1, 4):
        models.model(write_taught(tmp_path / str(number)))
    assert models.model(tmp_path / "3") is models.model(tmp_path / "3")
    assert models.model(tmp_path / "0") is not first


def test_a_context_is_encoded_anew_with_another_adapter(folder, tmp_path) -> None:
    plain = load_llama(folder)[1]
    other = taught(folder, write_taught(tmp_path / "a"))
    contexts, ids = ContextCache(), IDS[0, :12].tolist()
    contexts.encode(plain, ids)
    assert contexts.encode(plain, ids)[1] == 12
    cache, reused = contexts.encode(other, ids)
    fresh, _ = ContextCache().encode(other, ids)
    assert reused == 0
    assert all(
        torch.equal(one, wanted)
        for parts, whole in zip(cache.layer(0), fresh.layer(0), strict=True)
        for one, wanted in zip(parts, whole, strict=True)
    )


def cut_off(adapter: Path) -> None:
    data = (adapter / WEIGHTS).read_bytes()
    (adapter / WEIGHTS).write_bytes(data[: len(data) // 2])


def without_weights(adapter: Path) -> None:
    (adapter / WEIGHTS).unlink()


def no_json(adapter: Path) -> None:
    (adapter / CONFIG).write_text("hello")


def no_numbers(adapter: Path) -> None:
    stored = load_file(adapter / WEIGHTS)
    stored[max(stored)][0, 0] = torch.nan
    save_file(stored, adapter / WEIGHTS)


def of_another_shape(adapter: Path) -> None:
    stored = load_file(adapter / WEIGHTS)
    name = max(name for name in stored if "lora_A" in name)
    stored[name] = torch.zeros(RANK, HIDDEN + 1)
    save_file(stored, adapter / WEIGHTS)


def of_more_layers(adapter: Path) -> None:
    stored = load_file(adapter / WEIGHTS)
    stored |= {n.replace("layers.0", "layers.7"): t for n, t in stored.items() if "layers.0" in n}
    save_file({n: t.clone() for n, t in stored.items()}, adapter / WEIGHTS)


def of_another_base(adapter: Path) -> None:
    write_taught(adapter, base_model_name_or_path="someone/Other")


def of_another_kind(adapter: Path) -> None:
    write_taught(adapter, use_dora=True)


@pytest.fixture(scope="module")
def loaded(folder: Path) -> LoadedModel:
    return load_model(folder, "cpu")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_off, "adapter a is damaged.*teach it again"),
        (without_weights, "missing"),
        (no_json, CONFIG),
        (no_numbers, "no number"),
        (of_another_shape, "not for this model"),
        (of_more_layers, "not for this model.*layers.7"),
        (of_another_base, "taught on someone/Other"),
        (of_another_kind, "use_dora"),
    ],
)
def test_one_that_cannot_be_used_says_so_before_anything_is_drawn(
    loaded, tmp_path, damage, said
) -> None:
    adapter = write_taught(tmp_path / "a")
    damage(adapter)
    with pytest.raises(EngineError, match=said):
        loaded.engine(SamplerOptions(), str(adapter))


def test_the_model_says_whether_it_takes_adapters(loaded, tmp_path) -> None:
    gemma = load_model(write_gemma(tmp_path / "gemma"), "cpu")
    assert (loaded.info().takes_adapters, gemma.info().takes_adapters) == (True, False)
    with pytest.raises(BadRequestError, match="takes no adapter"):
        gemma.engine(SamplerOptions(), str(write_taught(tmp_path / "a")))


def test_a_name_from_peft_with_its_owner_is_the_same_base(folder, tmp_path) -> None:
    adapter = write_taught(tmp_path / "a", base_model_name_or_path="owner/tiny")
    assert isinstance(taught(folder, adapter), Llama)
