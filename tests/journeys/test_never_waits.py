"""Invariant 7: while a denoising step hangs, the interface goes on."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from app.proposal import Phase
from engine.api import Finished, FinishReason, Generate, Load, ModelInfo, Ready
from engine.local_backend import LocalBackend
from tests.journeys.driver import CONTROL, Journey

STORY = "One two three. " * 40
MODEL = ModelInfo(
    name="stuck", folder="stuck", parameters=1, bytes=1, device="cpu", dtype="float32",
    canvas_length=32, max_denoising_steps=1,
)  # fmt: skip


class StuckBackend:
    """A model whose every step takes as long as the test wants."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.may_go_on = threading.Event()

    def generate(self, backend: LocalBackend, request: Generate) -> None:
        self.entered.set()
        assert self.may_go_on.wait(60)
        backend._emit(
            Finished(
                job_id=request.job_id,
                reason=FinishReason.CANCELLED,
                text=request.region,
                spans=(),
                steps=0,
                tokens=0,
                ms=0.0,
            )
        )


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[StuckBackend]:
    """The engine, stuck inside a step."""
    stuck = StuckBackend()

    def generate(backend: LocalBackend, request: Generate, *_: object) -> None:
        stuck.generate(backend, request)

    def load(backend: LocalBackend, request: Load, *_: object) -> None:
        backend._emit(Ready(job_id=request.job_id, model=MODEL))

    monkeypatch.setattr(LocalBackend, "load", load)
    monkeypatch.setattr(LocalBackend, "generate", generate)
    yield stuck
    stuck.may_go_on.set()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text("ab ,.é\n", min_size=1, max_size=15))
def test_typing_drawing_and_cancelling_go_on_while_a_step_hangs(qapp, tmp_path, stuck, typed):
    stuck.entered.clear()
    stuck.may_go_on.clear()
    with Journey(tmp_path, STORY) as j:
        try:
            type_while_it_hangs(j, stuck, typed)
        finally:
            stuck.may_go_on.set()


def type_while_it_hangs(j: Journey, stuck: StuckBackend, typed: str) -> None:
    """Ask for a rewrite, and use the editor while the engine is inside its first step."""
    j.select("two")
    j.press(Qt.Key.Key_Return, CONTROL)
    j.wait(stuck.entered.is_set)
    j.editor.moveCursor(QTextCursor.MoveOperation.End)
    for character in typed:
        j.editor.insertPlainText(character)
    assert j.text == STORY + typed
    j.editor.viewport().grab()
    j.session.stop_or_reject()
    assert j.session.status.phase is Phase.IDLE
