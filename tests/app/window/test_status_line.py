"""The status line says it in few words, and its words stay where they are."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.commands import CommandKeys
from app.engine_model import LoadingModel, ModelFailed, NotStarted
from app.proposal import Phase, Snapshot
from app.proposal.model.candidate import Candidate, Draft
from app.widgets.elided_label import ElidedLabel
from app.window.goto_line import go_to
from app.window.status_line import StatusLine
from app.window.status_text import (
    engine_text,
    model_text,
    position_text,
    proposal_text,
    short_count,
)
from engine.api import CanvasUpdated, FinishReason, Mode, ModelInfo
from tests.app.house import House
from tests.requests import generate

MODEL = ModelInfo(
    name="inlay-tiny",
    folder="models/inlay-tiny",
    parameters=9_012_345,
    bytes=36 * 1024**2,
    device="cpu",
    dtype="float32",
    canvas_length=64,
    max_denoising_steps=32,
)


pytestmark = pytest.mark.usefixtures("qapp")


def told(status: Snapshot) -> str:
    return proposal_text(status, CommandKeys(), shows_figures=True)


def at_step(
    step: int,
    phase: Phase = Phase.FINISHED,
    reason: FinishReason | None = None,
    *,
    mode: Mode = Mode.BOTH,
    entropy: float = 0.1234,
    ms: float = 8.12,
    note: str = "",
) -> Snapshot:
    frame = CanvasUpdated(
        job_id=1, step=step, max_steps=48, text="", spans=(), mean_entropy=entropy, step_ms=ms
    )
    candidate = Candidate(job=generate(mode=mode), frames=(frame,), reason=reason)
    return Snapshot(phase=phase, candidates=(candidate,), note=note)


def running(step: int, entropy: float = 0.1234, ms: float = 8.12) -> Snapshot:
    return at_step(step, Phase.RUNNING, entropy=entropy, ms=ms)


def test_a_running_step_is_told_in_figures() -> None:
    expected = "step 12 of 48 · entropy 0.123 · 8.1 ms/step · Esc stops"
    assert told(running(12)).replace("\u2007", "") == expected


@pytest.mark.parametrize(
    ("status", "start"),
    [
        (at_step(5, reason=FinishReason.CONVERGED), "settled in 5 steps"),
        (replace(running(12), phase=Phase.WAITING), "waiting for the model…"),
        (at_step(3, Phase.RUNNING, mode=Mode.CAUSAL), "writing…"),
        (running(12), "step 12 of 48 · entropy 0.123 · 8.1 ms/step"),
        (replace(at_step(5), phase=Phase.STALE), "the text of a draft was changed"),
        (replace(at_step(5), is_outdated=True), "made before your last edit"),
        (replace(at_step(5), shows_old=True), "the old text, to compare"),
        (replace(at_step(5), past_frame=0), "step 1 of 1"),
    ],
)
def test_no_key_is_named_that_does_not_mean_the_draft(status: Snapshot, start: str) -> None:
    text = told(replace(status, has_focus=False)).replace("\u2007", "")
    assert text == f"{start} · click it or press F8 to decide on it"


def test_figures_of_every_step_take_the_same_room(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    metrics = line.fontMetrics()
    steps = [running(1), running(48, 2.9, 12.3), running(9, 0.0, 99.9)]
    assert len({metrics.horizontalAdvance(told(status)) for status in steps}) == 1


@pytest.mark.parametrize(
    ("reason", "start"),
    [
        (FinishReason.CONVERGED, "settled in 5 steps"),
        (FinishReason.MAX_STEPS, "not quite settled after 5 steps"),
        (FinishReason.CANCELLED, "stopped after 5 steps"),
    ],
)
def test_the_end_names_its_reason_and_the_keys(reason: FinishReason, start: str) -> None:
    status = at_step(5, reason=reason)
    assert told(status) == f"{start} · Enter accepts · Esc rejects"


def test_a_draft_that_changes_nothing_says_so() -> None:
    draft = Draft(text="It is right.", spans=())
    place = replace(Snapshot().place, old_text="It is right.")
    status = replace(at_step(5, reason=FinishReason.CONVERGED), draft=draft, place=place)
    assert told(status) == "the model leaves it as it is · Enter accepts · Esc rejects"
    other = replace(status, place=replace(place, old_text="It is wrong."))
    assert told(other) == "settled in 5 steps · Enter accepts · Esc rejects"


@pytest.mark.parametrize(
    ("phase", "reason", "text"),
    [
        (Phase.RUNNING, None, "writing on… · Esc stops and keeps what there is"),
        (
            Phase.FINISHED,
            FinishReason.CONVERGED,
            "written to its end · Enter accepts · Esc rejects",
        ),
        (
            Phase.FINISHED,
            FinishReason.MAX_STEPS,
            "as long as it gets at a time · Enter accepts · Esc rejects",
        ),
        (Phase.FINISHED, FinishReason.CANCELLED, "stopped · Enter accepts · Esc rejects"),
    ],
)
def test_writing_on_is_told_without_steps(
    phase: Phase, reason: FinishReason | None, text: str
) -> None:
    status = at_step(5, phase, reason, mode=Mode.CAUSAL)
    assert told(status) == text


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_words(phase: Phase) -> None:
    assert told(Snapshot(phase=phase))


def test_the_model_is_told_with_size_and_place() -> None:
    assert model_text(MODEL) == "inlay-tiny · 9.0 M · cpu float32"
    assert short_count(25_800_000_000) == "25.8 B"
    assert short_count(999_999_999) == "1.0 B"


def test_loading_is_told() -> None:
    assert engine_text(NotStarted()) == "loading model…"
    text = engine_text(LoadingModel("weights", 0.42)).replace("\u2007", "")
    assert text == "loading model… 42 % · weights"
    assert engine_text(ModelFailed("no")) == "no model"


@pytest.mark.parametrize(
    ("line", "utf16_column", "shown"),
    [("", 0, "Ln 3, Col 1"), ("abc", 2, "Ln 3, Col 3"), ("a😀b", 3, "Ln 3, Col 3")],
)
def test_columns_count_characters(line: str, utf16_column: int, shown: str) -> None:
    assert position_text(line, 2, utf16_column) == shown


FACTS = ("format", "model", "indentation", "position", "pauses")  # from left to right


@pytest.fixture
def full_line(qtbot: QtBot) -> StatusLine:
    """A line as wide as its facts and 200 pixels more."""
    line = StatusLine()
    qtbot.addWidget(line)
    line.model.tell("Inlay Small · 134.6 M · cpu float32", "Inlay Small", "")
    line.position.tell("Ln 1, Col 1")
    line.format.tell("UTF-8 · LF", "")
    line.indentation.setText("Spaces: 4")
    line.pauses.setText("Fills: off")
    line.show()
    for width in range(400, 2000, 10):
        line.resize(width, 30)
        if shown(line) == list(FACTS) and line.model.told == line.model.text():
            break
    line.resize(line.width() + 200, 30)
    qtbot.wait(2)
    return line


def shown(line: StatusLine) -> list[str]:
    return [name for name in FACTS if not getattr(line, name).isHidden()]


def test_a_text_neither_widens_the_window_nor_moves_what_stays(
    full_line: StatusLine, qtbot: QtBot
) -> None:
    line = full_line
    places = {name: getattr(line, name).geometry().right() for name in FACTS}
    line.proposal.setText("word " * 200)
    line.position.tell("Ln 1234, Col 56")
    qtbot.wait(2)
    assert line.minimumSizeHint().width() < line.width()
    line.proposal.setText("words " * 12)
    qtbot.wait(2)
    left = shown(line)
    assert "format" not in left
    assert "pauses" in left
    assert [getattr(line, name).geometry().right() for name in left] == [places[n] for n in left]


def test_facts_give_way_to_the_sentence_the_least_important_first(
    full_line: StatusLine, qtbot: QtBot
) -> None:
    line = full_line
    seen = []
    for count in range(1, 60):
        line.proposal.setText("word " * count)
        qtbot.wait(2)
        advance = line.fontMetrics().horizontalAdvance(line.proposal.text())
        assert line.proposal.width() >= advance or shown(line) == []
        seen.append((shown(line), line.model.told))
    whole, name = "Inlay Small · 134.6 M · cpu float32", "Inlay Small"
    steps = list(dict.fromkeys((tuple(names), told) for names, told in seen))
    expected = [
        (FACTS, whole),
        (FACTS[1:], whole),
        (FACTS[1:], name),
        (FACTS[2:], ""),
        (FACTS[3:], ""),
        (FACTS[4:], ""),
        ((), ""),
    ]
    assert [step for step in steps if step in expected] == steps
    assert (steps[0], steps[-1]) == (expected[0], expected[-1])
    assert line.model.text() == whole  # for assistive tools
    line.proposal.setText("done")
    qtbot.wait(2)
    assert shown(line) == list(FACTS)


def test_what_is_wrong_with_a_document_stays_and_a_hint_has_its_room(
    full_line: StatusLine, qtbot: QtBot
) -> None:
    line = full_line
    line.format.tell("UTF-8 · LF · read-only", "read-only")
    line.show_hint("word " * 20)
    qtbot.wait(2)
    assert line.format.told == "read-only"
    assert not line.format.isHidden()


def test_a_failure_comes_behind_the_keys_because_it_may_be_long() -> None:
    status = at_step(3, note="out of memory")
    expected = "failed after 3 steps · Enter accepts · Esc rejects · out of memory"
    assert told(status) == expected


@pytest.mark.parametrize(("width", "tip"), [(60, "Select text and press Ctrl+Enter"), (900, "")])
def test_a_shortened_text_is_told_in_full_to_the_mouse(qtbot: QtBot, width: int, tip: str) -> None:
    label = ElidedLabel(Qt.TextElideMode.ElideRight)
    qtbot.addWidget(label)
    label.resize(width, 20)
    label.setText("Select text and press Ctrl+Enter")
    place = QPoint(5, 5)
    QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, place, label.mapToGlobal(place)))
    assert label.toolTip() == tip
    QToolTip.hideText()


def plain(status: Snapshot) -> str:
    return proposal_text(status, CommandKeys())


def test_a_writer_is_told_no_figures() -> None:
    assert plain(running(12)).startswith("settling… ")
    assert plain(running(12)).endswith(" % · Esc stops")
    assert "step" not in plain(running(12))


def test_a_hint_is_said_where_it_is_true(house: House) -> None:
    line, first = house.window.status_line, house.tab
    first.session.go_to(1)
    assert line.currentMessage() == "There is no draft. Ctrl+Enter asks for one."
    house.workspace.new()
    assert line.currentMessage() == ""
    first.session.go_to(1)  # nobody is there any more
    assert line.currentMessage() == ""


def test_a_hint_goes_when_it_is_no_longer_true(house: House) -> None:
    line = house.window.status_line
    house.tab.session.go_to(1)
    house.type("one two")
    house.tab.session.regenerate()
    assert line.currentMessage() == ""


def test_going_to_a_column_counts_as_the_line_does(house: House) -> None:
    house.tab.editor.setPlainText("😀😀 one")
    go_to(house.tab.editor, 1, 3)
    assert house.tab.editor.textCursor().position() == 4  # behind two characters of two units
    assert house.window.status_line.position.text() == "Ln 1, Col 3"
