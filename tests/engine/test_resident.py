"""The memory that the better embedded model takes, in a process of its own."""

import subprocess
import sys

import pytest
import torch

from engine.errors import EngineError
from engine.hub.base import Base
from engine.model.products import fastest
from resources import resource_path

MOST_MB = 700
SCRIPT = """
import sys
from pathlib import Path
from engine.commands import main
folder, tasks, out = sys.argv[1:]
text = '{"before": "It was late. ", "region": "The wind came up.", "after": " Nobody slept."}'
Path(tasks).write_text(text)
assert main(["fill", "--device", "cpu", "--model", folder, "--jsonl", tasks, "--out", out]) == 0
assert '"text"' in Path(out).read_text()
lines = Path("/proc/self/status").read_text().splitlines()
kib = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
print(kib * 1024 // 10**6, "triton" in sys.modules)
"""


def test_after_a_fill_inlay_small_takes_what_the_readme_says(tmp_path) -> None:
    folder = resource_path("models/small")
    try:
        Base.of(folder).locate(folder)
    except EngineError as error:
        pytest.skip(str(error))
    if sys.platform != "linux" or torch.version.cuda or fastest().dtype is not torch.bfloat16:
        pytest.skip("said of Linux, torch for processors, and one that multiplies bfloat16")
    paths = [str(folder), str(tmp_path / "in"), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    megabytes, has_triton = done.stdout.split()
    assert has_triton == "False"
    assert int(megabytes) <= MOST_MB
