"""How long a piece of a stream takes from the server's socket to the editor; run it by hand.

    PYTHONPATH=. python tests/benchmarks/server_stream.py

A talkative tiny model on `transformers serve` writes thousands of pieces. Counted is what our side
adds to each: from the moment its bytes have been read to the event that shows it, or a later one.
`wait` is by the clock, and so with whatever else the machine does; `work` is what our thread had of
a processor in that time, to which a pause between two frames comes, of 2 ms at the most.
"""

import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2

from engine.api import Length, LengthMode
from engine.remote import plain_job
from tests.engine.remote.conftest import Editor
from tests.engine.remote.real.conftest import SCRIPTS
from tests.engine.remote.real.processes import RealServer, start_transformers
from tests.engine.remote.real.scripted import write_repo

WORDS = 1000
Moment = tuple[float, float]  # seconds: of the clock, and of this thread's work


def main() -> None:
    """Measure, and print milliseconds a piece."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_repo(folder, "talks", SCRIPTS["talks"])
        server = start_transformers(folder, folder / "log")
        try:
            came, shown = streamed(server)
        finally:
            server.kill()
    waits, work = waited(came, shown)
    print(json.dumps({"pieces": len(waits), "wait": figures(waits), "work": figures(work)}))


def figures(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}


def streamed(server: RealServer) -> tuple[list[Moment], list[Moment]]:
    """Return when bytes came, and when what had come by then was shown."""
    came: list[Moment] = []
    shown: list[Moment] = []
    read, show = httpx2.Response.aiter_bytes, plain_job.PlainJob._show

    async def reading(response: httpx2.Response, *args: int) -> AsyncIterator[bytes]:
        async for chunk in read(response, *args):
            came.append(now())
            yield chunk

    def showing(*args: Any) -> None:
        show(*args)
        shown.append(now())

    editor = Editor()
    try:
        editor.connect(server, key=server.key, model="inlay/talks")
        httpx2.Response.aiter_bytes, plain_job.PlainJob._show = reading, showing
        editor.generate(region="", length=Length(mode=LengthMode.WORDS, count=WORDS))
    finally:
        httpx2.Response.aiter_bytes, plain_job.PlainJob._show = read, show
        editor.engine.close()
    return came, shown


def waited(came: list[Moment], shown: list[Moment]) -> tuple[list[float], list[float]]:
    """Return for each piece how long it waited, and how long this side worked in the meantime."""
    waits, work, place = [], [], 0
    for moment in came:
        while place < len(shown) and shown[place] < moment:
            place += 1
        if place < len(shown):
            waits.append((shown[place][0] - moment[0]) * 1e3)
            work.append((shown[place][1] - moment[1]) * 1e3)
    return waits, work


def now() -> Moment:
    """Return the time, and what this thread has had of it on a processor."""
    return time.perf_counter(), time.thread_time()


if __name__ == "__main__":
    main()
