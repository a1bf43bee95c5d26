"""The GPU benchmark runs from end to end, here with the twins on tiny shapes."""

import json

import pytest
import torch

from tests.benchmarks.gpu import run


def test_it_measures_every_operation(tmp_path, capsys) -> None:
    out = tmp_path / "out.json"
    assert run.main(["--tiny", "--no-baseline", "--out", str(out)]) == 0
    setting = json.loads(out.read_text())["canvas 8, context 20"]
    assert setting["ms per step"] > 0
    assert {"routing", "experts", "attention, full", "vocabulary"} <= set(setting["operations"])
    assert "vocabulary" in capsys.readouterr().out


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_without_a_card_it_says_why_it_measures_nothing(tmp_path, capsys) -> None:
    out = tmp_path / "out.json"
    assert run.main(["--out", str(out)]) == 0
    assert "skipped: no CUDA device" in capsys.readouterr().out
    assert not out.exists()
