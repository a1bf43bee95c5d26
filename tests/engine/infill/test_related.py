"""Regions with relations through a whole job: what comes out keeps them, and nothing else moves."""

import random
import re
from functools import partial

import pytest

from engine.api import (
    Branch,
    CanvasUpdated,
    Constraints,
    Event,
    FindAlternatives,
    Form,
    FormKind,
    Relation,
    RelationKind,
)
from engine.errors import BadRequestError
from engine.infill import ContextCache, plan_job
from engine.region.progress import CandidateDone, DraftStep
from engine.region.report import Report, Reported
from engine.tasks import read_request
from tests.engine.infill.test_forms import DRAFTING
from tests.engine.infill.test_infill import PROFILE, engine_of
from tests.requests import generate

DIGITS = Form(kind=FormKind.ONE_OF, values=tuple("123456789"))
EQUAL = RelationKind.EQUAL


def run(profile=PROFILE, **options):
    """Return all that a job yields, and the candidates it comes to."""
    job = plan_job(engine_of(profile), generate(**options), ContextCache())
    shown = list(job.run())
    return shown, [item for item in shown if isinstance(item, CandidateDone)]


def sudoku(side: int, cells: str) -> dict[str, object]:
    """Return the request of a Sudoku of `side`² columns, a zero standing for an empty cell."""
    width = side * side
    text, regions, number = "", list[tuple[int, int]](), dict[int, int]()
    for place, cell in enumerate(cells):
        text += "|"
        if cell == "0":
            number[place] = len(regions)
            regions.append((len(text), len(text)))
        else:
            text += cell
        text += "|\n" if place % width == width - 1 else ""
    rows = [[width * row + column for column in range(width)] for row in range(width)]
    boxes = [
        [width * (side * a + i) + side * b + j for i in range(side) for j in range(side)]
        for a in range(side)
        for b in range(side)
    ]
    units = [*rows, *map(list, zip(*rows, strict=True)), *boxes]
    relations = tuple(
        Relation(
            kind=RelationKind.DIFFERENT,
            regions=tuple(number[place] for place in unit if place in number),
            known=tuple(cells[place] for place in unit if place not in number),
        )
        for unit in units
        if any(place in number for place in unit)
    )
    values = Form(kind=FormKind.ONE_OF, values=tuple("123456789"[:width]))
    forms = (values,) * len(regions)
    return {"region": text, "regions": tuple(regions), "forms": forms, "relations": relations}


def test_a_sudoku_has_the_solution_that_its_newspaper_printed() -> None:
    """The example of Wikipedia's article, with the solution from there."""
    cells = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
    solved = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
    _, (done,) = run(**sudoku(3, cells))
    assert re.sub(r"[|\n]", "", done.draft.text) == solved
    assert (done.decided.by_rules, done.decided.by_model) == (51, 0)


@pytest.mark.parametrize("seed", range(3))
def test_where_rules_come_no_further_the_model_chooses_and_takes_back(seed: int) -> None:
    cells = list("1234341221434321")
    for place in random.Random(seed).sample(range(16), 13):
        cells[place] = "0"
    given = "".join(cells)
    shown, done = run(**sudoku(2, given), candidates=2, seed=seed)
    for one in done:
        found = re.sub(r"[|\n]", "", one.draft.text)
        assert all(a in ("0", b) for a, b in zip(given, found, strict=True))
        rows = [found[4 * row : 4 * row + 4] for row in range(4)]
        columns = ["".join(column) for column in zip(*rows, strict=True)]
        corners = [rows[a][b : b + 2] + rows[a + 1][b : b + 2] for a in (0, 2) for b in (0, 2)]
        assert all(sorted(unit) == list("1234") for unit in [*rows, *columns, *corners])
    assert done[0].decided.by_model > 0
    # In every frame all cells hold a digit, and what is between them is as it was.
    for item in shown:
        assert re.fullmatch(r"(\|[1-4]\|[1-4]\|[1-4]\|[1-4]\|\n){4}", item.draft.text)


def test_a_sum_is_kept() -> None:
    both = Relation(kind=RelationKind.SUM, regions=(0, 1), known=("3",), total="13")
    apart = Relation(kind=RelationKind.DIFFERENT, regions=(0, 1))
    options = {"region": "a and b and 3", "regions": ((0, 1), (6, 7)), "forms": (DIGITS, DIGITS)}
    _, (done,) = run(**options, relations=(both, apart))
    one, other = re.fullmatch(r"(\d) and (\d) and 3", done.draft.text).groups()
    assert int(one) + int(other) == 10
    assert one != other


@pytest.mark.parametrize("profile", [PROFILE, DRAFTING])
@pytest.mark.parametrize("seed", range(5))
def test_regions_that_are_tied_have_one_text_in_every_frame(profile, seed) -> None:
    region, places = "foo = 1; (foo) + foo", ((0, 3), (10, 13), (17, 20))
    tied = (Relation(kind=EQUAL, regions=(2, 0, 1)),)
    shown, done = run(
        profile, before="x ", region=region, after=" z", regions=places, relations=tied, seed=seed,
        candidates=2,
    )  # fmt: skip
    assert done
    assert [one.candidate for one in done] == list(range(len(done)))
    for item in shown:
        first, second, third = re.fullmatch(
            r"(.*?) = 1; \((.*)\) \+ (.*)", item.draft.text, re.DOTALL
        ).groups()
        assert first == second == third
    steps = [item for item in shown if isinstance(item, DraftStep)]
    for item in steps:
        assert "".join(item.draft.text[s.start : s.end] for s in item.draft.spans) == (
            item.draft.text
        )


def test_choices_that_are_taken_back_add_steps_to_those_that_are_told() -> None:
    """An odd sum of even numbers: each way to it is gone to its end."""
    lists = (Form(kind=FormKind.ONE_OF, values=("0", "2", "4", "6")),) * 4
    odd = Relation(kind=RelationKind.SUM, regions=(0, 1, 2, 3), total="13")
    places = ((0, 1), (2, 3), (4, 5), (6, 7))
    request = generate(region="a b c d", regions=places, forms=lists, relations=(odd,))
    job, told = plan_job(engine_of(PROFILE), request, ContextCache()), list[Event]()
    most = job.max_steps
    report = Report(
        Reported(job_id=1, seed=0, text="", candidates=1, num_slots=4, max_steps=most), told.append
    )
    with pytest.raises(BadRequestError, match="No texts keep these relations"):
        list(map(partial(report.take, ms=1.0), job.run()))
    steps = [(one.step, one.max_steps) for one in told if isinstance(one, CanvasUpdated)]
    assert len(steps) > most
    assert steps == [(step, max(most, step)) for step in range(1, len(steps) + 1)]


def test_what_is_tied_may_have_a_form() -> None:
    tied = (Relation(kind=EQUAL, regions=(0, 1)),)
    forms = (Form(pattern="[xyz]{2}"),) * 2
    _, done = run(region="a b", regions=((0, 1), (2, 3)), relations=tied, forms=forms)
    assert all(re.fullmatch(r"([xyz]{2}) \1", one.draft.text) for one in done)


def test_what_cannot_be_kept_fails_with_a_sentence() -> None:
    apart = (Relation(kind=RelationKind.DIFFERENT, regions=(0, 1, 2)),)
    few = (Form(kind=FormKind.ONE_OF, values=("a", "b")),) * 3
    with pytest.raises(BadRequestError, match="No texts keep these relations"):
        run(region="x y z", regions=((0, 1), (2, 3), (4, 5)), relations=apart, forms=few)
    with pytest.raises(BadRequestError, match="relations are of regions"):
        run(region="x", relations=apart)


def test_a_line_of_the_command_has_relations() -> None:
    line = {"before": "", "region": "ab", "after": "", "regions": [[0, 1], [1, 2]]}
    one = {"sum": [0, 1], "total": "4", "known": ["1"]}
    (found,) = read_request({**line, "relations": [one]}, 1, 0).relations
    assert found == Relation(kind=RelationKind.SUM, regions=(0, 1), total="4", known=("1",))
    for bad in ([3], [{}], [{"equal": [0], "sum": [0]}], [{"equal": 0}], [{"equal": [0], "x": 1}]):
        with pytest.raises(BadRequestError, match="line 9"):
            read_request({**line, "relations": bad}, 9, 0)


@pytest.mark.parametrize("seed", range(6))
def test_branching_from_what_was_chosen_goes_on_from_that_very_text(seed) -> None:
    """Of six texts the best is shown as the first candidate, whichever of them it was."""
    tied = (Relation(kind=EQUAL, regions=(0, 1)),)
    request = generate(region="a b", regions=((0, 1), (2, 3)), relations=tied, seed=seed)
    job = plan_job(engine_of(PROFILE), request, ContextCache())
    shown = list(job.run())
    (done,) = [item for item in shown if isinstance(item, CandidateDone)]
    steps = [item.step for item in shown if isinstance(item, DraftStep)]
    assert steps == list(range(1, len(steps) + 1))
    assert done.steps == steps[-1]
    branch = Branch(job_id=2, parent=1, candidate=0, step=done.steps, seed=9, holds_rest=True)
    found = [item for item in job.branch(branch).run() if isinstance(item, CandidateDone)]
    assert [one.draft.text for one in found] == [done.draft.text]


def test_other_constraints_strike_texts_out_of_the_lists() -> None:
    lists = (Form(kind=FormKind.ONE_OF, values=("1", "x", "2")),) * 2
    options = {
        "region": "a b",
        "regions": ((0, 1), (2, 3)),
        "forms": lists,
        "relations": (Relation(kind=RelationKind.DIFFERENT, regions=(0, 1)),),
    }
    _, (done,) = run(**options, constraints=Constraints(characters="0-9 "))
    assert re.fullmatch("1 2|2 1", done.draft.text)
    with pytest.raises(BadRequestError, match="allow none"):
        run(**options, constraints=Constraints(characters="a "))


def test_no_other_words_are_offered_where_a_form_holds() -> None:
    request = generate(before="x = ", region="12", after=" + y", regions=((0, 2),),
                       forms=(Form(kind=FormKind.INTEGER),))  # fmt: skip
    job = plan_job(engine_of(PROFILE), request, ContextCache())
    (done,) = [item for item in job.run() if isinstance(item, CandidateDone)]
    question = FindAlternatives(
        question_id=1, job_id=1, candidate=0, step=done.steps, slot=done.draft.spans[0].slot
    )
    assert job.alternatives(question) == ()
