"""From folders in every published layout to students."""

import pytest
import torch

from engine.checkpoints import Conversion, convert, open_reader
from engine.checkpoints.plan import GIB, LADDER
from engine.checkpoints.shapes import ModelShapes
from engine.errors import BadRequestError, ModelFolderError
from engine.hub.local import adapted_model, name_for_adapters
from engine.model.quantized import QuantizedExperts, QuantizedLinear
from engine.teach import gemma_loading
from engine.teach.gemma import GemmaStudent, Lora
from engine.teach.gemma_loading import load_packed, student_for
from engine.teach.gemma_plan import teaching_plan
from tests.engine.checkpoints import layouts
from tests.tiny import gemma_like_tokenizer, write_folder

CPU = torch.device("cpu")
LAYOUTS = {
    "bfloat16": layouts.bf16_folder,
    "fp8": layouts.fp8_folder,
    "ModelOpt": layouts.modelopt_folder,
    "nvfp4": layouts.compressed_folder,
}
# Experts and MLP: FP8 becomes bfloat16 where there is room, NVFP4 stays what it is.
PUBLISHED_PACKED = {
    "bfloat16": [False, False],
    "fp8": [False, False],
    "ModelOpt": [True, False],
    "nvfp4": [True, True],
}


def steps(student: GemmaStudent) -> list[float]:
    """Take three steps on one text; return the losses of one and the same drawing."""
    ids = torch.arange(student.length)[None] % 200 + 4
    adam, losses = torch.optim.AdamW(student.trained.values(), lr=1e-2), []
    for _ in range(4):
        loss = student.loss(ids, torch.Generator().manual_seed(5))
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_published_layout_is_taught_packed_as_tightly_as_it_has_to_be(
    layout, tmp_path
) -> None:
    folder, lora = LAYOUTS[layout](tmp_path / "model"), Lora(rank=4)
    shapes = ModelShapes.stored(open_reader(folder))
    tightest = teaching_plan(GIB, shapes, lora, ladder=LADDER[-1:]).device_bytes
    for free in (GIB, tightest):
        model = load_packed(folder, free, lora, CPU, root=tmp_path / "cache").model
        is_packed = [
            isinstance(model.get_submodule(f"layers.0.{name}"), QuantizedExperts | QuantizedLinear)
            for name in ("experts", "mlp.up_proj")
        ]
        assert is_packed == ([True, True] if free < GIB else PUBLISHED_PACKED[layout])
        losses = steps(GemmaStudent(model, "model", lora, context=16))
        assert losses[-1] < losses[0]


def test_a_model_that_fits_in_no_format_is_refused_with_what_it_lacks(tmp_path) -> None:
    folder = layouts.bf16_folder(tmp_path / "model")
    with pytest.raises(ModelFolderError, match=r"cannot be taught on this card.*lacks 0\.2. GiB"):
        load_packed(folder, 1 << 20, Lora(), CPU, root=tmp_path / "cache")


def test_on_a_processor_a_model_is_taught_as_it_is_used_there(tmp_path) -> None:
    student = student_for(write_folder(tmp_path / "model"), CPU)
    assert student.model.dtype == torch.float32
    assert student.length == 64 + 24  # the context that it says it was trained on, and a canvas
    losses = steps(student)
    assert losses[-1] < losses[0]


def test_a_converted_copy_is_taught_as_it_is(tmp_path) -> None:
    source = layouts.bf16_folder(tmp_path / "source")
    folder = convert(Conversion(reader=open_reader(source), threads=1), tmp_path / "cache")
    student = student_for(folder, CPU)
    losses = steps(student)
    assert losses[-1] < losses[0]


def test_a_model_larger_than_the_memory_is_refused_before_it_is_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(gemma_loading, "host_bytes", lambda: 1000)
    with pytest.raises(ModelFolderError, match="Teach it on a card"):
        student_for(write_folder(tmp_path / "model"), CPU)


def test_an_adapter_is_not_taught_on_top_of(tmp_path) -> None:
    layouts.bf16_folder(tmp_path / "base")
    adapter = layouts.lora_folder(tmp_path / "lora", {}, base_model_name_or_path="base")
    with pytest.raises(BadRequestError, match="Choose the model that it is for"):
        student_for(adapter, CPU)


def test_a_model_that_takes_instructions_reads_texts_behind_its_turns(tmp_path) -> None:
    folder, tokenizer = write_folder(tmp_path / "model"), gemma_like_tokenizer()
    (folder / "inlay.json").unlink()
    tokenizer.save(str(folder / "tokenizer.json"))
    opening = student_for(folder, CPU)._opening.tolist()
    names = [tokenizer.id_to_token(token) for token in opening]
    assert names[:3] == ["<bos>", "<|turn>", "<0x75>"]  # the u of user
    turns = [name for name in names if "turn" in name or "channel" in name]
    assert turns == ["<|turn>", "<turn|>", "<|turn>", "<|channel>", "<channel|>"]


@pytest.mark.parametrize("is_cached", [True, False])
def test_an_adapter_of_a_student_finds_its_model_again(is_cached, tmp_path) -> None:
    hub = tmp_path / "hub"
    place = hub / "models--some--model" / "snapshots" / "abc" if is_cached else tmp_path / "model"
    layouts.bf16_folder(place)
    name = name_for_adapters(place)
    assert (name == "some/model") == is_cached
    adapter = layouts.lora_folder(tmp_path / "lora", {}, base_model_name_or_path=name)
    assert adapted_model(adapter, hub) == place
