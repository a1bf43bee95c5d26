"""What must hold of a fill on the plain layers must hold on the kernels' wiring: the same tests."""

import copy
from collections.abc import Callable

import pytest

from engine.kernel_step import KernelStepper, use_kernels
from tests.engine.infill import test_infill as plain

CASES: list[Callable[[], None]] = [
    plain.test_every_draft_is_text_tiled_by_its_spans,
    plain.test_a_healed_edge_keeps_its_characters,
    plain.test_the_same_seed_gives_the_same_text_and_another_seed_another,
    plain.test_a_region_longer_than_a_canvas_goes_block_by_block,
    plain.test_forbidden_tokens_never_appear,
    plain.test_candidates_run_at_once_each_with_its_own_seed,
    plain.test_several_lengths_are_tried_and_the_surest_worked_out,
    plain.test_less_strength_starts_later_and_from_more_of_the_old_text,
    plain.test_a_soft_edge_widens_the_region_by_whole_words,
    plain.test_a_pattern_always_holds,
    plain.test_a_single_line_has_no_line_break,
    plain.test_a_pinned_slot_keeps_the_token_that_was_seen,
    plain.test_a_word_that_is_chosen_stands_from_the_next_step_on,
    plain.test_a_released_slot_is_free_again,
    plain.test_a_renoised_slot_gets_more_steps,
    plain.test_a_branch_continues_from_a_frame_and_holds_the_rest,
    plain.test_a_branch_of_a_long_region_goes_on_from_its_canvas,
]


@pytest.fixture(scope="module")
def wired():
    """Return the tests' model on the operations of `kernels`, and what takes its steps."""
    model = copy.deepcopy(plain.MODEL)
    return model, use_kernels(model)


@pytest.fixture
def num_steps(monkeypatch, wired) -> list[int]:
    """Let the tests run on the kernels' wiring, and count the steps that went through it."""
    steps, take = [0], KernelStepper.step

    def counted(self, *args: object):
        steps[0] += 1
        return take(self, *args)

    monkeypatch.setattr(plain, "MODEL", wired[0])
    monkeypatch.setattr(plain, "STEPPER", wired[1])
    monkeypatch.setattr(KernelStepper, "step", counted)
    return steps


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__.removeprefix("test_"))
def test_on_the_kernels_too(case, num_steps) -> None:
    case()
    assert num_steps[0] > 0
