"""The GPU benchmark runs from end to end, here with the twins on tiny shapes, and ends in time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.benchmarks.gpu import baseline, gate, run
from tests.benchmarks.gpu.budget import Budget
from tests.benchmarks.gpu.shapes import TINY


def test_it_measures_every_operation(tmp_path, capsys) -> None:
    out = tmp_path / "out.json"
    assert run.main(["--tiny", "--no-baseline", "--out", str(out)]) == 0
    found = json.loads(out.read_text())
    setting = found["canvas 8, context 20"]
    assert setting["ms per step"] > 0
    assert setting["tokens/s at 16 steps and a commit"] > 0
    assert {"routing", "experts", "attention, full", "vocabulary"} <= set(setting["operations"])
    assert found["left out for want of time"] == []
    assert "vocabulary" in capsys.readouterr().out


def test_without_time_it_says_what_it_left_out(tmp_path, capsys) -> None:
    out = tmp_path / "out.json"
    assert run.main(["--tiny", "--minutes", "0.2", "--out", str(out)]) == 0
    left_out = json.loads(out.read_text())["left out for want of time"]
    assert left_out == ["canvas 8, context 20", "transformers"]
    assert "left out: transformers; it needs about 60 s" in capsys.readouterr().out


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_without_a_card_it_says_why_it_measures_nothing(tmp_path, capsys) -> None:
    out = tmp_path / "out.json"
    assert run.main(["--out", str(out)]) == 0
    assert "skipped: no CUDA device" in capsys.readouterr().out
    assert not out.exists()


def test_a_budget_counts_down_and_names_what_it_refuses() -> None:
    clock = [100.0]
    budget = Budget(60, lambda: clock[0])
    assert budget.allows("much", 60)
    clock[0] = 130.0
    assert budget.left == 30
    assert not budget.allows("too much", 31)
    clock[0] = 500.0
    assert budget.left == 0
    assert budget.left_out == ["too much"]


def test_the_comparison_is_stopped_when_the_time_is_over() -> None:
    found = baseline.measured(TINY, 8, 20, seconds=0.5)
    assert list(found) == ["left out"]
    assert "no time was left" in found["left out"]


def test_tests_pass_fail_or_do_not_finish(tmp_path, capsys, monkeypatch) -> None:
    def start(file: Path, log: Path) -> "subprocess.Popen[bytes]":
        with log.open("wb") as out:
            return subprocess.Popen([sys.executable, "-S", file], stdout=out, stderr=out)

    monkeypatch.setattr(gate, "_start", start)
    bodies = {
        "good": "",
        "none": "raise SystemExit(5)",
        "bad": "raise SystemExit('1 is not 2')",
        "slow": "while 1: pass",
    }
    for name, body in bodies.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    verdict = gate.run_tests([tmp_path / name for name in bodies], 10, tmp_path / "log")
    assert (verdict.passed, verdict.failed) == (["good", "none"], ["bad"])
    assert verdict.unfinished == ["slow"]
    assert "1 is not 2" in capsys.readouterr().out


def test_a_file_s_tests_run_under_the_rules_of_all_tests(tmp_path) -> None:
    file = gate.ROOT / "tests" / "kernels" / "test_frames.py"
    verdict = gate.run_tests([file], 100, tmp_path)
    assert verdict.passed == ["tests/kernels/test_frames.py"]
    said = (tmp_path / "test_frames.txt").read_text("utf-8")
    assert ("passed" if torch.cuda.is_available() else "no CUDA device") in said


def test_all_files_with_tests_for_a_card_are_found() -> None:
    names = {file.stem for file in gate.gpu_test_files()}
    assert {"test_experts", "test_frames", "test_on_a_card", "test_host_experts"} <= names
    assert "test_dispatch" not in names
