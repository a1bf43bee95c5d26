"""Known fills: what counts as the same, and what is found to be wrong."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine import self_test
from engine.api import ModelInfo
from engine.hub.embedded import base_file
from engine.known_fills import KNOWN_FILE, REGIONS, Filled, difference, read_known
from engine.self_test import Check, checked, engine_checks, kernel_checks
from resources import resource_path

KNOWN = Filled(text="girl", steps=5, first_entropy=0.02, likelihood=-3.0, known_likelihood=-3.0)
CPU = ModelInfo(
    name="toy",
    folder="toy",
    parameters=1,
    bytes=4,
    device="cpu",
    dtype="float32",
    canvas_length=8,
    max_denoising_steps=4,
)
CARD = replace(CPU, device="cuda:0", dtype="bfloat16")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(resource_path("model"), tmp_path / "model")


def failed(folder: Path) -> list[Check]:
    return [check for check in engine_checks(folder, "cpu") if not check.is_ok]


def test_every_region_has_its_known_result() -> None:
    assert list(read_known(resource_path("model"))["fills"]) == list(REGIONS)


def test_another_text_that_is_about_as_likely_is_accepted() -> None:
    other = replace(KNOWN, text="boy", steps=7, likelihood=-3.4)
    assert difference(KNOWN, other, CPU) == ""


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (replace(KNOWN, first_entropy=0.021), "entropy is 0.021000 instead of 0.020000"),
        (replace(KNOWN, first_entropy=float("nan")), "entropy is nan"),
        (replace(KNOWN, known_likelihood=-3.01), "likelihood is -3.010000 instead of -3.000000"),
        (replace(KNOWN, text="xyz", likelihood=-5.0), "“xyz” is much less likely than “girl”"),
    ],
)
def test_more_than_rounding_is_a_problem(found: Filled, problem: str) -> None:
    assert problem in difference(KNOWN, found, CPU)


def test_a_card_begins_with_another_canvas_and_rounds_more() -> None:
    found = replace(KNOWN, first_entropy=0.5, known_likelihood=-3.01)
    assert difference(KNOWN, found, CARD) == ""
    found = replace(KNOWN, known_likelihood=-3.1)
    assert "likelihood" in difference(KNOWN, found, CARD)


def test_damaged_weights_are_found_by_their_checksum_and_by_the_fills(folder: Path) -> None:
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    half = len(content) // 2
    content[half : half + 200_000] = bytes(200_000)
    weights.write_bytes(content)
    names = [check.name for check in failed(folder)]
    assert names[0] == "weights"
    assert len(names) > 1


def better(folder: Path) -> Check:
    return next(one for one in engine_checks(folder, "cpu") if one.name == "better model")


def test_the_better_model_may_be_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "base_file", lambda: None)
    check = better(folder)
    assert check.is_ok
    assert check.detail == ("what it is built on is not here: Inlay works with its smallest model")


@pytest.mark.skipif(base_file() is None, reason="packaging/base.txt is not installed")
def test_the_better_model_fills_a_region(folder: Path) -> None:
    check = better(folder)
    assert check.is_ok
    assert check.detail.startswith("Inlay Small on cpu, ")


def test_a_missing_file_of_known_results_says_what_to_do(folder: Path) -> None:
    (folder / KNOWN_FILE).unlink()
    details = [check.detail for check in failed(folder)]
    assert len(details) == 1 + len(REGIONS)
    assert all("repair it" in detail for detail in details)


def test_a_model_that_cannot_be_loaded_is_asked_for_nothing(folder: Path) -> None:
    (folder / "config.json").unlink()
    (check,) = failed(folder)
    assert check.name == "model"
    assert "config.json" in check.detail


def test_an_unforeseen_error_is_a_detail() -> None:
    def stumble() -> str:
        raise ZeroDivisionError("by zero")

    check = checked("odd", stumble)
    assert (check.is_ok, check.detail) == (False, "ZeroDivisionError: by zero")


def test_kernels_are_checked_on_this_machine() -> None:
    checks = list(kernel_checks("cpu"))
    assert [check for check in checks if not check.is_ok] == []
    assert len(checks) > 15
