"""Lines of all kinds: each gets a line of JSON, whatever it holds, and none ends the batch."""

import io
import json
from pathlib import Path

import pytest

from engine.api import Constraints, Length, LengthMode, Mode, RunSettings
from engine.commands import main
from engine.errors import BadRequestError
from engine.infill import InfillJob
from engine.tasks import MAX_LINE, read_lines, read_request, read_task, result_line
from tests.engine.faulty import panic
from tests.tiny import write_folder

GOOD = b'{"id": "good", "before": "x ", "after": " y"}'
BOM = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model folder."""
    return write_folder(tmp_path_factory.mktemp("model"))


def fill(folder: Path, tmp_path: Path, data: bytes) -> list[dict]:
    """Run `inlay fill` on a file, and read its output as strictly as anybody may."""
    tasks, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    tasks.write_bytes(data)
    arguments = ["--jsonl", str(tasks), "--out", str(out), "--model", str(folder)]
    status = main(["fill", *arguments])
    lines = out.read_bytes().decode("ascii").splitlines()
    results = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert status == (3 if any("error" in result for result in results) else 0)
    return results


def task(**fields: object) -> bytes:
    return json.dumps({"id": 7, "before": "x ", "after": " y", **fields}).encode()


BAD_LINES = {
    b'{"id": 1e999, "before": "", "after": ""}': (None, "1e999 is too large"),
    b'{"id": -1e999, "before": "", "after": ""}': (None, "-1e999 is too large"),
    b'{"id": NaN, "before": "", "after": ""}': (None, "NaN is no number"),
    b'{"id": -Infinity, "before": "", "after": ""}': (None, "-Infinity is no number"),
    b'{"id": %s, "before": "", "after": ""}' % (b"9" * 5000): (None, "4300"),
    b'{"id": %s1%s}' % (b"[" * 100_000, b"]" * 100_000): (None, "recursion"),
    b'{"id": 1, "before": "a", "before": "b", "after": ""}': (None, "'before' more than once"),
    b'{"id": 1, "before": "a", "after": "\xff"}': (None, "utf-8"),
    b'"text"': (None, "no JSON object"),
    b"null": (None, "no JSON object"),
    b"[1]": (None, "no JSON object"),
    b"\0\0": (None, "no JSON"),
    b"{} {}": (None, "no JSON"),
    task(num_slots=10**9): (7, "num_slots is 1000000000; it goes from 1 to 4,096"),
    task(words=30_000): (7, "words is 30000; it goes from 1 to 1,000"),
    task(lines=5000): (7, "lines is 5000; it goes from 1 to 400"),
    task(candidates=10**9): (7, "candidates is 1000000000; it goes from 1 to 8"),
    task(soft_edge=10**9): (7, "soft_edge is 1000000000"),
    task(strength=1e308): (7, "strength is far too large"),
    task(strength=10**400): (7, "strength is far too large"),
    task(seed=10**4000): (7, "seed is far too large"),
    task(num_slots=True): (7, "whole number"),
    task(num_slots=3.0): (7, "whole number"),
    task(seed=None): (7, "whole number"),
    task(region="x" * 100_001): (7, "100,000 are the most"),
    task(pattern="(?:ab?){1000000000}"): (7, "more than 20,000"),
    task(pattern="(" * 600): (7, "nested too deep"),
    task(characters="a{1000000000}]{1000000000}["): (7, "more than 20,000"),
    task(pinned=[[0, 10**30]]): (7, "pinned"),
    task(pinned=[[0]] * 1000): (7, "pairs"),
}


def test_every_bad_line_is_told_and_the_batch_goes_on(folder, tmp_path) -> None:
    results = fill(folder, tmp_path, b"\n".join([*BAD_LINES, GOOD]))
    assert len(results) == len(BAD_LINES) + 1
    for (task_id, words), result in zip(BAD_LINES.values(), results, strict=False):
        assert result["id"] == task_id
        assert words in result["error"]
    assert results[-1].keys() == {"id", "text", "steps", "tokens", "ms"}


FINE_LINES = [
    BOM + GOOD,
    GOOD + b"\r",
    task(before="\ud800 half", after="\udfff"),
    task(before="\0", region="\0", after="\0"),
    task(language="../../../../etc/passwd"),
    task(language="x" * 100_000),
    task(language="__init__"),
    task(id="\ud800"),
    task(id=None),
    task(id={"file": "a", "line": [1, 2.5]}),
    task(id=10**4000),
    task(id=1e308, unknown=[[]]),
    task(before="x" * 5_000_000),
]


def test_every_odd_line_is_filled_and_its_id_comes_back(folder, tmp_path) -> None:
    results = fill(folder, tmp_path, BOM + b"\r\n" + b"\n\n \n".join(FINE_LINES))
    assert ["text" in result for result in results] == [True] * len(FINE_LINES)
    ids = [json.loads(line.decode("utf-8-sig"))["id"] for line in FINE_LINES]
    assert [result["id"] for result in results] == ids


def test_a_line_s_settings_are_those_of_the_editor() -> None:
    line = {
        "before": "",
        "after": "",
        "instruction": "as a poem",
        "words": 3,
        "mode": "causal",
        "num_slots": 5,
        "strength": 0.5,
        "soft_edge": 2,
        "candidates": 3,
        "seed": 7,
        "single_line": True,
        "characters": "a-z",
        "pattern": "x+",
    }
    assert read_request(line, 1, seed=0).settings == RunSettings(
        instruction="as a poem",
        length=Length(mode=LengthMode.WORDS, count=3),
        mode=Mode.CAUSAL,
        num_slots=5,
        strength=0.5,
        soft_edge=2,
        candidates=3,
        seed=7,
        constraints=Constraints(is_single_line=True, characters="a-z", pattern="x+"),
    )


def test_a_line_too_long_is_not_kept_in_memory() -> None:
    file = io.BytesIO(GOOD + b"\n" + b"x" * (3 * MAX_LINE) + b"\n" + GOOD)
    (_, first), (number, long), (last, third) = read_lines(file)
    assert (first, third, number, last) == (GOOD + b"\n", GOOD, 2, 3)
    assert len(long) == MAX_LINE + 1
    with pytest.raises(BadRequestError, match="line 2 has more than 16,777,216 bytes"):
        read_task(long, 2)


def test_a_line_as_long_as_it_may_be_is_read() -> None:
    fitting = b'{"id": "%s"}' % (b"x" * (MAX_LINE - 10))
    assert len(fitting) == MAX_LINE
    ((_, line),) = read_lines(io.BytesIO(fitting + b"\r\n"))
    assert len(read_task(line, 1)["id"]) == MAX_LINE - 10


def test_what_is_no_json_becomes_an_error_line() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for result in ({"id": 1, "score": float("nan")}, {"id": deep}):
        told = json.loads(result_line(result, 3))
        assert told["id"] is None
        assert "line 3" in told["error"]


@pytest.mark.expected_log("line 1 failed")
@pytest.mark.parametrize("error", [panic, KeyError, SystemExit, OSError, RecursionError])
def test_code_that_fails_in_its_own_way_costs_one_line(
    folder, tmp_path, monkeypatch, error
) -> None:
    run = InfillJob.run

    def fail(_: InfillJob) -> None:
        monkeypatch.setattr(InfillJob, "run", run)
        if error is panic:
            panic()
        raise error("on purpose")

    monkeypatch.setattr(InfillJob, "run", fail)
    bad, good = fill(folder, tmp_path, GOOD + b"\n" + GOOD)
    assert "PanicException" in bad["error"] if error is panic else "on purpose" in bad["error"]
    assert (bad["id"], "text" in good) == ("good", True)


def test_only_the_user_ends_a_batch(folder, tmp_path, monkeypatch) -> None:
    def interrupt(_: InfillJob) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(InfillJob, "run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fill(folder, tmp_path, GOOD)
