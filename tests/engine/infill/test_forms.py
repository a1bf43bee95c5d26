"""Regions with forms, through a whole job: every frame has them, whatever the model believes."""

import json
import re
from dataclasses import replace

import pytest

from engine.api import Changes, Form, FormKind, SlotChoice, Steer
from engine.errors import BadRequestError
from engine.region.progress import CandidateDone, DraftStep
from engine.tasks import read_request
from tests.engine.infill.test_infill import PROFILE, job_of, results

DRAFTING = replace(PROFILE, drafts_causally=True)
DATE = Form(kind=FormKind.DATE)
CLOCK = Form(pattern="[0-9]:[0-5][05]")
COLOUR = Form(kind=FormKind.ONE_OF, values=("red", "redder", "blue"))
TEXT = "at  , !"
HOLES = ((3, 3), (4, 4), (6, 6))
FORMS = (CLOCK, COLOUR, Form(kind=FormKind.INTEGER))
ROW = re.compile(r"at [0-9]:[0-5][05] (red|redder|blue), -?(0|[1-9]\d*)!")


@pytest.mark.parametrize("profile", [DRAFTING, PROFILE])
@pytest.mark.parametrize("seed", range(3))
def test_every_frame_and_the_result_have_the_forms(profile, seed) -> None:
    job = job_of("", TEXT, "", regions=HOLES, forms=FORMS, seed=seed, profile=profile)
    shown = [item for item in job.run() if isinstance(item, DraftStep | CandidateDone)]
    assert any(isinstance(item, CandidateDone) for item in shown)
    for item in shown:
        assert ROW.fullmatch(item.draft.text), item.draft.text


def test_all_candidates_have_them() -> None:
    found = results("", TEXT, "", regions=HOLES, forms=FORMS, candidates=4)
    assert len(found) == 4
    assert all(ROW.fullmatch(done.draft.text) for done in found)


def test_a_form_begins_behind_a_token_that_the_region_cuts() -> None:
    """The tokenizer joins a space with the word behind it; the form is of the word alone."""
    form = (Form(pattern="[xyz]{2}"),)
    for profile in (DRAFTING, PROFILE):
        for done in results("a b ", "c", " d", regions=((0, 1),), forms=form, profile=profile):
            assert re.fullmatch("[xyz]{2}", done.draft.text)


def test_letters_may_stand_beside_letters_where_the_form_wants_them() -> None:
    for done in results("", "12px", "", regions=((0, 2),), forms=(Form(kind=FormKind.INTEGER),)):
        assert re.fullmatch(r"-?\d+px", done.draft.text)


def test_pinning_a_word_in_one_keeps_the_rest_in_its_form() -> None:
    job = job_of("", "on  it", "", regions=((3, 3),), forms=(DATE,), profile=DRAFTING)
    shown, steered = [], False
    for item in job.run():
        shown.append(item)
        if isinstance(item, DraftStep) and not steered:
            steered = True
            slot = next(span.slot for span in item.draft.spans if span.slot >= 0)
            pin = Changes(pin=(SlotChoice(slot=slot),), renoise=(slot + 3,))
            job.steer(Steer(job_id=1, candidate=0, step=item.step, changes=pin))
    assert re.fullmatch(r"on \d{4}-\d\d-\d\d it", shown[-1].draft.text)


def test_forms_without_regions_or_too_few_of_them_are_refused() -> None:
    with pytest.raises(BadRequestError, match="of regions"):
        results("", "a", "", forms=(DATE,))
    with pytest.raises(BadRequestError, match="2 forms for 1 regions"):
        results("", "a", "", regions=((0, 1),), forms=(DATE, DATE))


def test_a_form_longer_than_any_text_here_is_refused_before_work_begins() -> None:
    with pytest.raises(BadRequestError, match="shortest text of this form takes"):
        job_of("", "a", "", regions=((0, 1),), forms=(Form(pattern="[a-z ]{900}"),))


def test_a_text_that_cannot_have_its_form_fails_and_says_so() -> None:
    """A place in a line may hold no line break, and this form is nothing else."""
    with pytest.raises(BadRequestError, match="constraints"):
        results("a ", "b c", " d", regions=((0, 1),), forms=(Form(pattern=r"\n\n"),))


def test_a_line_of_the_command_has_forms() -> None:
    line = {"before": "", "after": "", "region": "abcd", "regions": [[0, 0], [2, 2], [3, 3]]}
    forms = ["date", None, {"json": {"type": "integer"}}]
    request = read_request({**line, "forms": forms}, 1, 0)
    assert request.forms == (
        DATE,
        Form(),
        Form(kind=FormKind.JSON, schema=json.dumps({"type": "integer"})),
    )
    for bad in (["dat"], [3], [{"one_of": "a"}], [{"one_of": ["a"], "pattern": "b"}], [{}], "x"):
        with pytest.raises(BadRequestError, match="line 7"):
            read_request({**line, "forms": bad}, 7, 0)
