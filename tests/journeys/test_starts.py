"""Started, started again, ended and killed: whole processes, the engine and its model included."""

import os
import time
from pathlib import Path

import pytest

from tests.journeys.other_process import OtherProcess, start_again

pytestmark = [pytest.mark.journey, pytest.mark.slow]

PROMISE_S = 2.0  # what was typed longer ago than this is never lost
STORY = "The old woman lit the lamp, and the room was warm again in the evening.\n"
WORDS = "the room was warm again"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("one.txt", "two words.txt", "three.md")]
    for path in paths:
        path.write_text(STORY)
    return paths


def test_a_second_start_opens_its_files_in_the_first_window(
    tmp_path: Path, files: list[Path]
) -> None:
    with OtherProcess(tmp_path, files[0]) as first:
        first.do("type", "mine ")
        first.do("minimise")
        assert start_again(tmp_path, "two words.txt", folder=tmp_path) == 0
        state = first.wait(lambda s: len(s["titles"]) == 2)
        assert (state["titles"], state["front"]) == (["one.txt", "two words.txt"], 1)
        assert state["is_shown"]
        assert state["texts"][0] == "mine " + STORY
        first.do("minimise")
        assert start_again(tmp_path) == 0
        first.wait(lambda s: s["is_shown"])
        assert start_again(tmp_path, "new.txt", "one.txt", folder=tmp_path) == 0
        state = first.wait(lambda s: len(s["titles"]) == 3)
        assert (state["titles"][2], state["front"]) == ("new.txt", 0)
        assert "new.txt does not exist yet" in state["messages"][-1]


def test_a_window_that_was_closed_comes_back_as_it_was(tmp_path: Path, files: list[Path]) -> None:
    with OtherProcess(tmp_path, *files) as first:
        first.do("bring", 0)
        first.do("choose", "Split Side by Side")
        first.do("press", "F6")
        first.do("bring", 1)
        before = first.do("put", 12, 4)
        assert first.leave() == 0
    with OtherProcess(tmp_path) as again:
        state = again.state
        told = ("titles", "texts", "unsaved", "front", "caret", "second")
        # The caret is back, and not what was selected: the first key typed would replace it.
        before["caret"] = [12, 12]
        assert {key: state[key] for key in told} == {key: before[key] for key in told}
        assert state["messages"] == []


def test_another_language_is_spoken_from_the_next_start_on(tmp_path: Path) -> None:
    with OtherProcess(tmp_path) as first:
        first.do("prefer", "language", "de")
        assert first.do("choose", "New")["titles"][-1] == "Untitled"
        assert first.leave() == 0
    with OtherProcess(tmp_path) as again:
        assert again.do("choose", "Neu")["titles"][-1] == "Unbenannt"
        again.do("prefer", "language", "system")


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_killed_beside_a_draft_it_brings_the_text_back_and_not_the_draft(
    tmp_path: Path, files: list[Path]
) -> None:
    start = STORY.index(WORDS)
    with OtherProcess(tmp_path, files[0]) as first:
        first.wait(lambda s: s["is_ready"])
        first.do("choose", "New")
        first.do("type", "never saved")
        first.do("bring", 0)
        first.do("press", "End")
        first.do("type", " And more.")
        first.do("put", start + len(WORDS), start)
        first.do("press", "Ctrl+Return")
        before = first.wait(lambda s: s["phase"] == "FINISHED")
        assert before["draft"]
        assert before["texts"][0].startswith(STORY.strip())
        time.sleep(PROMISE_S)
        first.kill()
    assert files[0].read_text() == STORY
    with OtherProcess(tmp_path) as again:
        state = again.state
        assert state["texts"] == before["texts"]
        assert state["unsaved"] == [True, True]
        assert (state["phase"], state["draft"]) == ("IDLE", None)
        assert state["caret"] == [start + len(WORDS)] * 2  # and nothing is selected
        assert "All 2 unsaved documents are back" in state["messages"][-1]
        state = again.do("press", "Ctrl+Z")
        assert state["texts"][0] == STORY
        assert again.do("press", "Ctrl+Shift+Z")["texts"] == before["texts"]
        again.do("press", "Ctrl+S")
        assert files[0].read_text() == before["texts"][0]
