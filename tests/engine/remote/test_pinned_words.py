"""Old words pinned before the run, on a server: held, and looked for in what comes back."""

import pytest

from engine.api import Failed, FailureKind, Finished, Length, LengthMode
from tests.engine.remote.conftest import Editor
from tests.engine.remote.stand_in import CANVAS, StandIn

SAME = Length(mode=LengthMode.SAME)
REGION = "went and ran"
AND = ((5, 8),)


def test_the_server_is_told_to_hold_them(editor: Editor, server: StandIn) -> None:
    assert editor.connect(server).model.canvas_length == CANVAS
    finished = editor.generate(region=REGION, pinned=AND, length=SAME)
    (body,) = server.bodies("/v1/completions")
    seed, held = (body["vllm_xargs"][f"diffusion_{n}"] for n in ("seed_canvas", "pinned"))
    assert held[0] == 1
    assert server.tokens.piece(seed[1]) == " and"
    assert isinstance(finished, Finished)
    assert finished.text == "jumped and over"
    assert [span.pinned for span in finished.spans] == [False, True, False]


def test_they_are_held_at_every_length(editor: Editor, server: StandIn) -> None:
    editor.connect(server)
    for mode in (LengthMode.SHORTER, LengthMode.LONGER, LengthMode.AUTO):
        finished = editor.generate(region=REGION, pinned=AND, length=Length(mode=mode))
        assert isinstance(finished, Finished)
        assert " and" in finished.text


def test_the_old_text_is_where_it_was_with_less_strength(editor: Editor, server: StandIn) -> None:
    editor.connect(server)
    finished = editor.generate(region=REGION, pinned=AND, strength=0.3)
    assert isinstance(finished, Finished)
    assert finished.text.split()[1] == "and"


def test_a_first_word_keeps_the_space_before_it(editor: Editor, server: StandIn) -> None:
    editor.connect(server)
    finished = editor.generate(region=REGION, pinned=((0, 4),), length=SAME)
    assert isinstance(finished, Finished)
    assert finished.text.startswith("went jumped")


@pytest.mark.parametrize("pinned", [((0, 99),), ((0, 4), (2, 6)), ((0, 12),)])
def test_pins_that_cannot_be_are_refused(editor: Editor, server: StandIn, pinned) -> None:
    editor.connect(server)
    failed = editor.generate(region=REGION, pinned=pinned)
    assert isinstance(failed, Failed)
    assert failed.kind is FailureKind.BAD_REQUEST


def test_too_few_slots_are_refused(editor: Editor, server: StandIn) -> None:
    editor.connect(server)
    failed = editor.generate(region=REGION, pinned=AND, num_slots=2)
    assert isinstance(failed, Failed)
    assert "at the least" in failed.message


def test_a_text_without_them_is_not_shown(editor: Editor, server: StandIn) -> None:
    server.does.forgets_pins = True
    editor.connect(server)
    failed = editor.generate(region=REGION, pinned=AND, length=SAME)
    assert isinstance(failed, Failed)
    assert "changed pinned words" in failed.message


def test_a_server_without_canvases_says_that_it_cannot(editor: Editor, server: StandIn) -> None:
    server.does.takes_canvas = False
    editor.connect(server)
    failed = editor.generate(region=REGION, pinned=AND)
    assert isinstance(failed, Failed)
    assert "single words of the old text" in failed.message
