"""A sample of `make fuzz`: no escape, no hang, no flood, and text that goes through."""

import subprocess
import sys

import pytest

from tests.fuzz.run import ROOT, findings, run

CASES = 300


@pytest.mark.timeout(240)
def test_a_sample_of_damaged_side_files_is_refused_or_filled() -> None:
    results = list(run(0, CASES))
    assert findings(results) == []
    assert len(results) == CASES
    # Both must be met, or the cases are too wild or too tame.
    outcomes = [outcome.partition(":")[0] for _, _, outcome, _ in results]
    assert outcomes.count("filled") > CASES // 20
    assert outcomes.count("refused") > CASES // 2


@pytest.mark.parametrize(
    ("outcome", "is_finding"),
    [
        ("filled", False),
        ("refused: it says why", False),
        ("escaped: IndexError", True),
        ("took 2000 MiB: filled", True),
        ("lost text", True),
        ("no end in 30 s", True),
        ("the process ended with -9", True),
    ],
)
def test_what_counts_as_a_finding(outcome: str, is_finding: bool) -> None:
    assert bool(findings([(1, "what", outcome, 0.0)])) is is_finding


@pytest.mark.skipif(sys.platform == "win32", reason="no peak is read there")
def test_a_worker_counts_its_own_memory_and_not_that_of_who_started_it() -> None:
    code = (
        "import subprocess, sys\n"
        "held = bytes([1]) * (1 << 30)\n"
        "command = [sys.executable, '-m', 'tests.fuzz.worker', '0', '2']\n"
        "print(subprocess.run(command, capture_output=True, text=True).stdout)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert answer.stdout.count("started") == 2
    assert "took" not in answer.stdout
