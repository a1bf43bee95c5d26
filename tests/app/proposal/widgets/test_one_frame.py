"""A frame is computed, laid out and told once, however many show it."""

from collections import Counter
from collections.abc import Callable
from pkgutil import resolve_name

import pytest

from app.proposal import ProposalSession
from app.proposal.model.snapshot import Snapshot
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from engine.api import RunSettings
from tests.app.fakes import FakeEngine

SNAPSHOT = "app.proposal.model.proposal.Snapshot"
POSITIONS = "app.proposal.model.candidate.as_document_text"
WORDS = "app.proposal.model.candidate.all_words"
DIFFERENCES = "app.text.hunks.common_runs"
LAYOUT = "app.proposal.drawing.view.lay_out_in_place"


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of these has been done."""
    counts: Counter[str] = Counter()

    def counted(name: str, work: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **fields: object) -> object:
            counts[name] += 1
            return work(*args, **fields)

        return call

    for name in (SNAPSHOT, POSITIONS, WORDS, DIFFERENCES, LAYOUT):
        monkeypatch.setattr(name, counted(name, resolve_name(name)))
    return counts


def begin(session: ProposalSession, engine: FakeEngine, **settings: int) -> None:
    """Start a run and let its first frame come, so that the panel has its place."""
    session.options.set_settings(RunSettings(**settings))
    session.regenerate()
    engine.start()
    engine.frame("a first frame")


@pytest.mark.usefixtures("widgets")
def test_one_snapshot_is_made_and_told_once(
    session: ProposalSession, engine: FakeEngine, called: Counter[str]
) -> None:
    begin(session, engine)
    assert session.proposal is not None
    told: list[tuple[str, Snapshot | None]] = []
    session.proposal.candidates.changed.connect(lambda: told.append(("candidates", None)))
    session.proposal.look_changed.connect(lambda snapshot: told.append(("look", snapshot)))
    session.proposal.status_changed.connect(lambda snapshot: told.append(("said", snapshot)))
    session.status_changed.connect(lambda snapshot: told.append(("session", snapshot)))
    called.clear()
    engine.frame("a second frame")
    assert [name for name, _ in told] == ["candidates", "look", "session", "said"]
    assert all(one is session.status for _, one in told[1:])
    assert called == {SNAPSHOT: 1, POSITIONS: 1, LAYOUT: 1}


def test_words_are_found_once_where_one_is_marked(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine, called: Counter[str]
) -> None:
    begin(session, engine)
    assert widgets.pointer is not None
    widgets.pointer.move_word(1)
    called.clear()
    engine.frame("a second frame")
    widgets.pointer.move_word(1)
    assert called[WORDS] == 1


def test_a_draft_is_compared_once_with_what_is_left_of_the_old_text(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine, called: Counter[str]
) -> None:
    begin(session, engine)
    engine.finish("a first draft")
    called.clear()
    session.accepting.accept_word()
    # Which word comes; what came, to be told; and what is left, for the marks and to be told.
    assert called[DIFFERENCES] == 3
    assert widgets.announcer.last == "Accepted: a, 1 change left"


@pytest.mark.usefixtures("widgets")
def test_a_candidate_that_is_done_is_compared_no_more_while_others_run(
    session: ProposalSession, engine: FakeEngine, called: Counter[str]
) -> None:
    begin(session, engine, candidates=2)
    engine.finish_one(1, "another text", -1.0)
    assert called[DIFFERENCES] == 1
    for step in range(40):  # more than were ever remembered
        engine.frame(f"frame {step}")
    assert called[DIFFERENCES] == 1
