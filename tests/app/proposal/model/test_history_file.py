"""The history outlives the program, stays within its size, and survives a broken file."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proposal import DraftOrigin, History
from app.proposal.model.history_file import HistoryFile
from app.proposal.model.selections import Places
from engine.api import Form, FormKind, Relation, RelationKind
from tests.app.proposal.model.test_history import CANDIDATE

NEWEST = replace(
    CANDIDATE,
    origin=DraftOrigin(title="x.md", path=Path("/tmp/x.md")),
    text="ünï\u2028😀\n",
    instruction="as a poem",
    strength=0.5,
    score=-1.25,
    places=Places(
        ((0, 1), (2, 3)),
        (Form(kind=FormKind.ONE_OF, values=("a", "ü")), Form(pattern="[a-z]+")),
        (Relation(kind=RelationKind.SUM, regions=(0, 1), known=("1",), total="3"),),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "history.jsonl"


def seeds(history: History) -> list[int]:
    return [candidate.seed for candidate in history.candidates]


def test_what_was_kept_is_there_in_the_next_run(path: Path) -> None:
    history = History(file=HistoryFile(path))
    history.add(CANDIDATE)
    history.add(NEWEST)
    assert History(file=HistoryFile(path)).candidates == (NEWEST, CANDIDATE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_deleted_is_gone_from_the_file(path: Path) -> None:
    history = History(file=HistoryFile(path))
    for seed in range(4):
        history.add(replace(CANDIDATE, seed=seed))
    history.delete(history.candidates[1:3])
    assert seeds(history) == [3, 0]
    assert seeds(History(file=HistoryFile(path))) == [3, 0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_oldest_go_beyond_the_size(path: Path) -> None:
    size = 4_000
    history = History(file=HistoryFile(path, max_bytes=size))
    for seed in range(60):
        history.add(replace(CANDIDATE, seed=seed))
        assert path.stat().st_size <= size
    kept = seeds(History(file=HistoryFile(path)))
    assert kept == list(range(59, 59 - len(kept), -1))
    assert 5 <= len(kept) < 60


def test_a_smaller_size_takes_effect_at_once(path: Path) -> None:
    history = History(file=HistoryFile(path))
    for seed in range(30):
        history.add(replace(CANDIDATE, seed=seed))
    history.set_max_bytes(2_000)
    assert path.stat().st_size <= 2_000


@given(cut=st.integers(1, 200))
def test_a_line_cut_short_costs_that_line_alone(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "history.jsonl"
    history = History(file=HistoryFile(path))
    history.add(replace(CANDIDATE, seed=1))
    history.add(replace(CANDIDATE, seed=2))
    path.write_bytes(path.read_bytes()[:-cut])
    HistoryFile(path).append(replace(CANDIDATE, seed=3), list)
    kept = seeds(History(file=HistoryFile(path)))
    assert kept[0] == 3
    assert kept[-1] == 1


@pytest.mark.expected_log("cannot be written", "cannot be read")
def test_a_folder_that_cannot_be_written_leaves_the_history_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    history = History(file=HistoryFile(tmp_path / "file" / "history.jsonl"))
    history.add(CANDIDATE)
    assert history.candidates == (CANDIDATE,)
