"""Whether a model fits, before it is loaded or even fetched."""

from pathlib import Path

import pytest
import torch

from engine import fit
from engine.api import FindFit
from engine.errors import ModelFolderError
from engine.hub.embedded import base_file
from engine.model.products import Choice
from resources import resource_path

GIB = 2**30


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    memory = {"free": 24 * GIB, "ours": 0}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (memory["free"], 24 * GIB))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _: memory["ours"])
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Some Card")
    return memory


def test_the_embedded_model_fits_a_processor() -> None:
    found = fit.find_fit(FindFit(question_id=7, folder=str(resource_path("model"))))
    assert (found.question_id, found.card, found.fits) == (7, "", True)
    assert 20e6 < found.needed_bytes < 200e6


@pytest.mark.skipif(base_file() is None, reason="packaging/base.txt is not installed")
@pytest.mark.parametrize(
    ("choice", "weight_bytes", "beside"),
    [
        (Choice(torch.float32, "a test"), 4, 0),
        # and the embedding once more, as it is looked up
        (Choice(torch.float32, "a test", in_halves=True), 2, 4 * 49_152 * 576),
        # 4 bits, and of each 32 weights a scale and a zero of two bytes
        (Choice(torch.bfloat16, "a test", has_four_bits=True), 2, 30 * 3_538_944 * 20 // 32),
    ],
)
def test_the_better_embedded_model_takes_base_and_adapter(
    choice: Choice, weight_bytes: int, beside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "fastest", lambda: choice)
    found = fit.find_fit(FindFit(question_id=7, folder=str(resource_path("models/small"))))
    # 30 layers of 3,538,944 weights, the embedding, which is the head; of the adapter, in each
    # layer 32 times the widths of its products' inputs and outputs, and what free rows carry.
    adapter = 30 * 32 * (6 * 576 + 1536 + 576 + 2 * 192 + 576 + 2 * 1536 + 576) + 576 + 576 * 576
    needed = weight_bytes * (30 * 3_538_944 + 49_152 * 576 + adapter) + beside
    assert found.needed_bytes == pytest.approx(needed, rel=2e-3)


def test_the_released_model_is_too_large_for_a_small_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fit, "host_bytes", lambda: 32 * GIB)
    found = fit.find_fit(FindFit(question_id=1))
    assert not found.fits
    assert found.needed_bytes == pytest.approx(25.25e9 * 4, rel=0.01)


def test_a_card_is_judged_by_the_memory_plan(card: dict[str, int]) -> None:
    found = fit.find_fit(FindFit(question_id=1, has_nvfp4=True))
    assert found.fits
    assert found.card == "Some Card"
    assert "nvfp4" in found.table
    assert 16e9 < found.converted_bytes < 19e9
    card["free"] = 6 * GIB
    assert not fit.find_fit(FindFit(question_id=1)).fits


def test_what_our_own_model_holds_counts_as_free(card: dict[str, int]) -> None:
    card.update(free=6 * GIB, ours=18 * GIB)
    found = fit.find_fit(FindFit(question_id=1))
    assert found.fits
    assert found.free_bytes == 24 * GIB


def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError):
        fit.find_fit(FindFit(question_id=1, folder=str(tmp_path)))
