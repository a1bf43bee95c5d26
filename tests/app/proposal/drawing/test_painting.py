"""Drawing costs what is seen, however long the draft is: what depends on that is known before."""

import random
import sys
import traceback
from collections.abc import Callable
from pkgutil import resolve_name
from types import FrameType

import pytest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from tests.app.fakes import FakeEngine, view_of, views_of

WORDS = ["hills", "and", "the", "river", "over", "grass", "wind,", "stone", "of", "light."]
SHORT, LONG = 2000, 16_000  # characters; either is more than the window shows


class Calls:
    """Counts what Python and C functions are called in a block."""

    def __enter__(self) -> "Calls":
        self.count = 0
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, _frame: FrameType, event: str, _what: object) -> None:
        self.count += event in ("call", "c_call")


def draft_of(length: int) -> str:
    """Return prose in paragraphs."""
    draws, text = random.Random(length), ""
    while len(text) < length:
        text += draws.choice(WORDS) + draws.choice([" "] * 30 + ["\n"])
    return text.strip()


def show(editor: Editor, engine: FakeEngine, session: ProposalSession, text: str) -> None:
    """Show a draft of which parts are accepted, with a pinned and a marked word."""
    editor.setPlainText(" ".join(text.split()[::2]))
    editor.selectAll()
    session.regenerate()
    engine.start()
    engine.frame(text, pinned=range(0, len(text) // 4, 3))
    engine.finish(text, pinned=range(0, len(text) // 4, 3))
    session.accepting.accept_word()
    assert view_of(session) is not None
    view_of(session).pointer.move_word(1)
    editor.viewport().grab()  # what is made once


def calls_of_a_paint(editor: Editor) -> int:
    with Calls() as calls:
        editor.viewport().grab()
    return calls.count


@pytest.mark.parametrize("is_animated", [False, True])
def test_a_paint_calls_no_more_for_a_longer_draft(
    editor: Editor, engine: FakeEngine, session: ProposalSession, is_animated: bool
) -> None:
    counts = []
    for length in (SHORT, LONG):
        views_of(session).reduced_motion = not is_animated
        show(editor, engine, session, draft_of(length))
        if is_animated and view_of(session) is not None:
            engine_text = draft_of(length)
            session.regenerate()
            engine.start()
            engine.frame(engine_text)
            engine.frame("longer " + engine_text)
            assert view_of(session).animation.is_moving
        counts.append(calls_of_a_paint(editor))
        session.close()
    assert counts[1] <= 1.5 * counts[0]  # of a draft eight times as long


COMPUTING = [
    "app.text.hunks.common_runs",
    "app.proposal.drawing.word_marks.WordMarks.follow",
    "app.proposal.model.candidate.as_document_text",
    "app.proposal.drawing.view.lay_out_in_place",
    "app.proposal.drawing.draft_layout.DraftLayout.tint_rects",
    "app.proposal.drawing.draft_layout.DraftLayout.full_rects",
    "app.proposal.drawing.draft_layout.DraftLayout.stretch_rects",
    "app.proposal.model.candidate.all_words",
    "app.proposal.drawing.pointer.words_between",
    "app.proposal.widgets.candidate_list.diff_pieces",
]


def test_nothing_is_compared_converted_or_found_in_a_paint(
    editor: Editor, engine: FakeEngine, session: ProposalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: dict[str, list[bool]] = {name: [] for name in COMPUTING}

    def noted(name: str, work: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **fields: object) -> object:
            frames = traceback.walk_stack(None)
            is_paint = any(frame.f_code.co_name == "paintEvent" for frame, _ in frames)
            called[name].append(is_paint)
            return work(*args, **fields)

        return call

    for name in COMPUTING:
        monkeypatch.setattr(name, noted(name, resolve_name(name)))
    show(editor, engine, session, draft_of(SHORT))
    session.accepting.accept_line()
    editor.viewport().grab()
    assert not [name for name, paints in called.items() if any(paints)]
    assert called["app.text.hunks.common_runs"]  # but it was, for the event


def test_what_is_accepted_pinned_and_meant_is_still_drawn(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    show(editor, engine, session, "one two three four")
    assert view_of(session) is not None
    marks = view_of(session)._marks
    assert len(marks._accepted) >= 1
    assert len(marks._pinned) == 2  # slots 0 and 3
    assert len(marks._meant) == 1
    view_of(session).pointer.close()
