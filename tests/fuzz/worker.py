"""Runs cases in a process of its own: each is loaded and, if it loads, asked for one token.

A line of JSON for each: its number, what was changed, and how it ended. What matters is what is
neither a fill nor an `EngineError`; a case that never ends, or ends the process, is noticed by
`tests.fuzz.run`.
"""

import json
import logging
import shutil
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from pathlib import Path

import torch

from engine.api import SamplerOptions
from engine.errors import EngineError
from engine.infill import CandidateDone, ContextCache, InfillJob
from engine.loading import load_model
from engine.tasks import read_request
from tests.fuzz.cases import Bases, write_case

MAX_BYTES = 1 << 30
TEXT = "The  CAFÉ ﬁ\u0301\t▁ <0x41> He  house \r\n<bos>👩‍👩‍👧 "
TASK = {"before": "He said  <b>\n", "region": "in", "after": " the house.", "num_slots": 1}


def attempt(folder: Path) -> str:
    """Load a folder and fill one slot; return how it ended."""
    try:
        loaded = load_model(folder, "cpu")
        if loaded.codec.decode(loaded.codec.encode(TEXT)) != TEXT:
            return "lost text"
        # As many as a file may ask for would take minutes, and show nothing else.
        request = replace(read_request(TASK, 1, 0), sampler=SamplerOptions(max_denoising_steps=3))
        job = InfillJob.planned(loaded.engine(request.settings.sampler), request, ContextCache())
        done = [item for item in job.run() if isinstance(item, CandidateDone)]
    except EngineError as error:
        return f"refused: {str(error)[:200]}" if len(str(error)) < 2000 else "an endless message"
    except BaseException:  # noqa: BLE001 - a panic of Rust is a finding as well
        return "escaped: " + traceback.format_exc(limit=-6)
    return "filled" if len(done) == 1 else f"{len(done)} candidates"


def main() -> None:
    """Run the cases whose numbers are given: from, to."""
    torch.set_num_threads(1)
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as root:
        bases = Bases(Path(root, "bases"))
        for number in range(int(sys.argv[1]), int(sys.argv[2])):
            folder = Path(root, "case")
            what = write_case(number, bases, folder)
            _say(number, what, "started")
            start = time.monotonic()
            outcome = attempt(folder)
            seconds = round(time.monotonic() - start, 2)
            if _peak_bytes() > MAX_BYTES:
                outcome = f"took {_peak_bytes() >> 20} MiB: {outcome}"
            _say(number, what, outcome, seconds)
            if outcome.startswith("took"):
                return  # the peak would stand against all that follow
            shutil.rmtree(folder)


def _say(number: int, what: str, outcome: str, seconds: float = 0.0) -> None:
    print(json.dumps([number, what, outcome, seconds]), flush=True)


def _peak_bytes() -> int:
    if sys.platform == "win32":
        return 0
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux the peak of `getrusage` begins with that of the process that started this one.
        peak_kib = next(line for line in status.read_text().splitlines() if "VmHWM" in line)
        return int(peak_kib.split()[1]) << 10
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


if __name__ == "__main__":
    main()
