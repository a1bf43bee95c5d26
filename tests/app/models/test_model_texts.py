"""Sizes, speeds and times as one reads them."""

import pytest

from app import translation
from app.models.downloads import Speed, Task, Work, WorkPhase
from app.models.model_texts import fit_text, size_text, time_text, work_text
from engine.api import FitFound
from engine.hub.source import Progress, Stage


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (17_100_000, "17.1 MB"), (51_650_000_000, "51.6 GB")],
)
def test_sizes_are_in_the_units_of_the_hub(num_bytes: int, text: str) -> None:
    assert size_text(num_bytes) == text


def test_sizes_are_written_as_the_language_writes_numbers(monkeypatch) -> None:
    monkeypatch.setattr(translation, "tr", lambda *_: "de")
    assert size_text(17_100_000) == "17,1 MB"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(20, "less than a minute"), (1500, "25 minutes"), (7260, "2 h 1 min")],
)
def test_the_time_left_is_no_finer_than_one_can_use(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_speed_is_of_the_last_moments_only() -> None:
    now = [0.0]
    speed = Speed(lambda: now[0])
    for second in range(30):
        now[0] = float(second)
        done = second * 1000 if second < 15 else 15_000 + (second - 15) * 100
        found = speed.take(Progress(stage=Stage.FETCHING, done_bytes=done, total_bytes=99_999))
    assert found == pytest.approx(100)


def test_bytes_that_were_there_before_make_no_speed() -> None:
    speed = Speed(lambda: 0.0)
    assert speed.take(Progress(stage=Stage.FETCHING, done_bytes=10**9, total_bytes=10**10)) == 0.0


def work(stage: Stage, phase: WorkPhase = WorkPhase.RUNNING, speed: float = 0.0) -> Work:
    progress = Progress(stage=stage, done_bytes=10**9, total_bytes=4 * 10**9)
    return Work(key="toy", task=Task.DOWNLOAD, phase=phase, progress=progress, bytes_per_s=speed)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (work(Stage.FETCHING, speed=10e6), "1.0 GB of 4.0 GB · 10.0 MB a second · 5 minutes left"),
        (work(Stage.FETCHING), "1.0 GB of 4.0 GB"),
        (work(Stage.WAITING), "The connection broke; trying again · 1.0 GB of 4.0 GB"),
        (work(Stage.CHECKING), "Comparing hashes · 1.0 GB of 4.0 GB"),
        (work(Stage.FETCHING, WorkPhase.PAUSED), "Paused at 1.0 GB of 4.0 GB"),
        (work(Stage.FETCHING, WorkPhase.STOPPING), "Stopping…"),
    ],
)
def test_work_is_told_with_speed_and_time_left(shown: Work, text: str) -> None:
    assert work_text(shown) == text


def test_a_model_that_does_not_fit_is_told_with_the_reason() -> None:
    fit = FitFound(
        question_id=1,
        card="Some Card",
        fits=False,
        needed_bytes=18 << 30,
        free_bytes=8 << 30,
        reason="even the tightest layout lacks 10.00 GiB",
        table="",
    )
    assert fit_text(fit).startswith("Does not fit Some Card: 18.0 GiB needed, 8.0 GiB free. Even")


def test_a_model_that_is_converted_tells_what_that_takes_on_the_disk() -> None:
    fit = FitFound(
        question_id=1,
        card="Some Card",
        fits=True,
        needed_bytes=18 << 30,
        free_bytes=24 << 30,
        reason="everything at its best",
        table="",
        converted_bytes=17 * 10**9,
    )
    assert fit_text(fit).endswith("converts it and keeps a copy of 17.0 GB on the disk.")
