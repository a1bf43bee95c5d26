"""Old words pinned before the run, on a server: held, and looked for in what comes back."""

import pytest

from engine.api import (
    Branch,
    Changes,
    Failed,
    FailureKind,
    Finished,
    Length,
    LengthMode,
    SlotChoice,
)
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


def test_they_stand_where_they_stood_though_the_server_sends_others(editor, server) -> None:
    """VLLM holds pins in what it denoises, and sends back what it would have put there."""
    server.does.forgets_pins = True  # and fills the slots with “ jumped”, “ over”, “ it”
    editor.connect(server)
    finished = editor.generate(region=REGION, pinned=AND, length=SAME)
    assert isinstance(finished, Finished)
    assert finished.text == "jumped and it"
    assert [span.pinned for span in finished.spans] == [False, True, False]


def test_a_pinned_word_of_several_tokens_stays_one_word(editor, server) -> None:
    server.does.forgets_pins = True
    editor.connect(server)
    finished = editor.generate(region="went on, and on, home", pinned=((9, 16),), length=SAME)
    assert isinstance(finished, Finished)
    # Tokens: went| on|,| and| on|,| home: the fourth to the sixth are pinned.
    assert finished.text == "jumped over it and on, jumped"
    changes = Changes(pin=(SlotChoice(slot=3),))
    editor.engine.submit(Branch(job_id=3, parent=2, candidate=0, step=1, seed=9, changes=changes))
    assert editor.wait(3).text == "jumped over it and on, jumped"


def test_pinned_words_behind_the_end_of_a_text_are_there_all_the_same(editor, server) -> None:
    server.does.text = " hopped<turn|>"  # it ends its turn in the second slot of three
    editor.connect(server)
    finished = editor.generate(region="went home and", pinned=((10, 13),), length=SAME)
    assert isinstance(finished, Finished)
    assert finished.text == "hopped and"


def test_a_server_without_canvases_says_that_it_cannot(editor: Editor, server: StandIn) -> None:
    server.does.takes_canvas = False
    editor.connect(server)
    failed = editor.generate(region=REGION, pinned=AND)
    assert isinstance(failed, Failed)
    assert "single words of the old text" in failed.message
