"""Tiles: defaults by card, tuned ones from disk, and damaged files."""

import pytest
import torch

from kernels import tuning
from kernels.tuning import Tile

CARD = torch.device("cuda")


@pytest.fixture(autouse=True)
def a_card(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Name a card that is not there, and a cache folder of its own; return the file."""
    monkeypatch.setattr(tuning, "card_of", lambda device: "a-card")
    monkeypatch.setattr(tuning, "capability_of", lambda device: (8, 9))
    monkeypatch.setattr(tuning, "num_sms", lambda device: 128)
    path = tmp_path / "kernels" / "a-card.json"
    monkeypatch.setattr(tuning, "_path", lambda card: path)
    tuning._tuned.cache_clear()
    yield path
    tuning._tuned.cache_clear()


def test_what_was_recorded_is_used_for_its_own_size_only() -> None:
    other = Tile(16, 32, 2, 5)
    default = tuning.tile_for("linear", CARD, 64, 8192, 4)
    tuning.record("linear", CARD, 16, 8192, other)
    assert tuning.tile_for("linear", CARD, 16, 8192, 4) == other
    assert tuning.tile_for("linear", CARD, 64, 8192, 4) == default == tuning.candidates("linear")[0]


def test_records_add_up_and_outlive_the_process() -> None:
    first, second = Tile(16, 32, 2, 5), Tile(32, 32, 2, 5)
    tuning.record("linear", CARD, 16, 8192, first)
    tuning.record("logits", CARD, 16, 8192, second)
    tuning._tuned.cache_clear()
    assert tuning.tile_for("linear", CARD, 16, 8192, 4) == first
    assert tuning.tile_for("logits", CARD, 16, 8192, 4) == second


def test_a_tile_that_is_tried_is_used_meanwhile_and_written_nowhere(a_card) -> None:
    other, default = Tile(16, 32, 2, 5), tuning.tile_for("linear", CARD, 64, 8192, 4)
    with tuning.trying("linear", 64, 8192, other):
        assert tuning.tile_for("linear", CARD, 64, 8192, 4) == other
    assert tuning.tile_for("linear", CARD, 64, 8192, 4) == default
    assert not a_card.exists()


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"linear/16": 3}', '{"linear/16": {"block_n": "a"}}', "\xff"]
)
def test_a_damaged_file_counts_as_empty(a_card, text) -> None:
    a_card.parent.mkdir()
    a_card.write_bytes(text.encode("latin-1"))
    assert tuning.tile_for("linear", CARD, 16, 8192, 4) == tuning.candidates("linear")[0]


def test_a_weight_of_few_outputs_has_narrow_tiles_so_that_the_card_is_full() -> None:
    widths = {
        (outputs, blocks): tuning.tile_for("linear", CARD, 64, outputs, blocks).block_n
        for outputs, blocks in ((8192, 1), (2816, 1), (2816, 4), (16384, 1))
    }
    # 128 multiprocessors: 8192 / 64 are as many; 2816 / 64 are 44 and 2816 / 32 are 88, too few.
    assert widths == {(8192, 1): 64, (2816, 1): 32, (2816, 4): 64, (16384, 1): 64}


def test_hopper_has_tiles_of_its_own(monkeypatch) -> None:
    before = tuning.tile_for("experts_down", CARD, 16, 8192, 4)
    monkeypatch.setattr(tuning, "capability_of", lambda device: (9, 0))
    assert tuning.tile_for("experts_down", CARD, 16, 8192, 4) != before
