"""What is written from left to right: on at a caret, and as far as a paragraph goes."""

from itertools import pairwise

import pytest

from engine.api import Generate, Length, LengthMode, Mode, SamplerOptions
from engine.errors import BadRequestError
from engine.infill import CandidateDone, ContextCache, DraftStep, plan_job
from engine.infill.left_to_right import LeftToRight, _is_looping
from engine.loading import load_model
from resources import resource_path
from tests.requests import generate

LOADED = load_model(resource_path("model"), "cpu")
BEFORE = "The old man came home late. He sat down by the fire and"


def request(**wishes: object) -> Generate:
    fields = {"before": BEFORE, "region": "", "after": "", "seed": 3, "mode": Mode.CAUSAL}
    fields |= {"length": Length(mode=LengthMode.PARAGRAPH)}
    return generate(job_id=1, revision=0, **(fields | wishes))


def run(wanted: Generate) -> list[DraftStep | CandidateDone]:
    job = plan_job(LOADED.engine(SamplerOptions()), wanted, ContextCache())
    assert isinstance(job, LeftToRight)
    return list(job.run())


def test_every_token_is_a_step_and_the_text_grows() -> None:
    found = run(request())
    steps = [item.draft.text for item in found if isinstance(item, DraftStep)]
    (done,) = [item for item in found if isinstance(item, CandidateDone)]
    assert len(steps) > 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(steps))
    assert steps[-1].startswith(done.draft.text)
    assert "\n" not in done.draft.text  # the paragraph's end is not crossed
    assert "".join(done.draft.text[s.start : s.end] for s in done.draft.spans) == done.draft.text


def test_a_seed_gives_its_text_whatever_is_written_beside_it() -> None:
    alone = [i for i in run(request(seed=4)) if isinstance(i, CandidateDone)]
    both = [i for i in run(request(candidates=2)) if isinstance(i, CandidateDone)]
    assert alone[0].draft.text in {done.draft.text for done in both if done.seed == 4}


def test_what_it_cannot_keep_is_refused() -> None:
    with pytest.raises(BadRequestError, match="pinned words, soft edges or patterns"):
        run(request(soft_edge=2))
    with pytest.raises(BadRequestError, match="takes no instructions"):
        run(request(instruction="Shorter", region="x"))


def test_a_region_from_left_to_right_is_a_draft_that_is_not_denoised() -> None:
    wanted = request(region="sat", after=" by the fire.", length=Length(), before="He ")
    job = plan_job(LOADED.engine(SamplerOptions()), wanted, ContextCache())
    *steps, done = job.run()
    assert len(steps) == 1
    assert isinstance(done, CandidateDone)
    assert steps[0].draft.text == done.draft.text


def test_three_times_the_same_is_a_loop() -> None:
    assert _is_looping([9, 1, 2, 1, 2, 1, 2])
    assert not _is_looping([1, 2, 1, 2, 3])
