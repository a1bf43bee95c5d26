"""Running a job on a tiny random model: drafts, edges, long regions, candidates, strength."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import (
    Branch,
    Changes,
    Constraints,
    FindAlternatives,
    Length,
    LengthMode,
    Score,
    SlotChoice,
    Steer,
)
from engine.errors import BadRequestError
from engine.generation_config import GenerationConfig
from engine.infill import (
    CandidateDone,
    ContextCache,
    Draft,
    DraftStep,
    InfillEngine,
    InfillJob,
    Profile,
    TextCodec,
    draft_of,
)
from engine.infill.batch import Batch
from engine.model import ModelConfig
from engine.region.region import Region
from engine.sampler import QuickDraws, Sampler
from engine.stepping import PlainStepper
from tests.requests import generate
from tests.tiny import INLAY, VOCAB_SIZE, byte_tokenizer, config_json, random_model

CODEC = TextCodec(byte_tokenizer(), VOCAB_SIZE)
PROFILE = Profile.from_json(INLAY)
NO_FILLER = Profile.from_json({**INLAY, "filler_token_id": None})
CONFIG = ModelConfig.from_json(config_json())
MODEL = random_model(CONFIG)
STEPPER = PlainStepper(MODEL)
TEXTS = st.text(max_size=30) | st.text("the ing lo\r\n", max_size=30)


def engine_of(profile: Profile = PROFILE, steps: int = 3) -> InfillEngine:
    """Return what a job works with."""
    config = GenerationConfig(max_denoising_steps=steps)
    return InfillEngine(
        model=MODEL,
        stepper=STEPPER,
        codec=CODEC,
        profile=profile,
        sampler=Sampler.from_config(config, QuickDraws()),
        canvas_length=CONFIG.canvas_length,
        max_context=64,
    )


def job_of(before: str, region: str, after: str, seed: int = 0, **options) -> InfillJob:
    """Return a planned job."""
    engine = engine_of(options.pop("profile", PROFILE), options.pop("steps", 3))
    request = generate(
        job_id=1, revision=0, before=before, region=region, after=after, seed=seed, **options
    )
    return InfillJob.planned(engine, request, ContextCache())


def run(*texts: str, **options) -> list[DraftStep]:
    """Return all steps of a fill."""
    return [item for item in job_of(*texts, **options).run() if isinstance(item, DraftStep)]


def results(*texts: str, **options) -> list[CandidateDone]:
    """Return the finished candidates of a fill."""
    return [item for item in job_of(*texts, **options).run() if isinstance(item, CandidateDone)]


@settings(max_examples=25)
@given(TEXTS, TEXTS, TEXTS, st.integers(0, 99))
def test_every_draft_is_text_tiled_by_its_spans(before, region, after, seed) -> None:
    steps = run(before, region, after, seed=seed)
    assert steps
    for step in steps:
        ends = [0, *(span.end for span in step.draft.spans)]
        assert [span.start for span in step.draft.spans] == ends[:-1]
        assert ends[-1] == len(step.draft.text)
        assert "\ufffd" not in step.draft.text.strip(region)


@settings(max_examples=25)
@given(st.sampled_from(["on th", "in ", "lo", " t"]), st.integers(0, 99))
def test_a_healed_edge_keeps_its_characters(before, seed) -> None:
    """The cut token may grow, but it begins as it was, and the draft is what came behind."""
    job = job_of(before, "e", " end.", seed=seed, length=Length(mode=LengthMode.SAME))
    *_, done = job.run()
    ids = job.hypotheses[0].last.draft
    raw = b"".join(map(CODEC.token_bytes, ids))
    assert raw.startswith(job.task.plan.healed)
    expected = raw.removeprefix(job.task.plan.healed).decode(errors="ignore").replace("\0", "")
    assert done.draft.text == expected


def test_white_space_at_the_ends_is_in_every_draft() -> None:
    for step in run("one", "  two\n", "three"):
        assert step.draft.text.startswith("  ")
        assert step.draft.text.endswith("\n")


def test_the_same_seed_gives_the_same_text_and_another_seed_another() -> None:
    texts = [run("one two ", "three", " four", seed=seed)[-1].draft.text for seed in (5, 5, 6)]
    assert texts[0] == texts[1] != texts[2]


def test_a_region_longer_than_a_canvas_goes_block_by_block() -> None:
    job = job_of("a", "b", " and what follows it", num_slots=60)
    steps = [item for item in job.run() if isinstance(item, DraftStep)]
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    assert len(steps) == job.max_steps == 12  # four canvases of three steps
    assert len(steps[-1].draft.spans) > len(steps[0].draft.spans)


def test_the_canvases_of_a_long_region_meet_the_text_behind_it() -> None:
    job = job_of("a", "b", " and what follows it", num_slots=60)
    list(job.run())
    last = job.hypotheses[0].last
    assert last.committed + len(last.draft) == 60
    assert CODEC.decode(last.clamp.known[0, len(last.draft) :].tolist()).startswith(" and what")


def test_forbidden_tokens_never_appear() -> None:
    job = job_of("th", "e words", " end", seed=3)
    list(job.run())
    for frame in job.hypotheses[0].frames:
        assert not set(frame.draft) & set(PROFILE.forbidden_token_ids)
        assert frame.block or CODEC.token_bytes(frame.draft[0]).startswith(b"th")


def test_candidates_run_at_once_each_with_its_own_seed() -> None:
    done = results("one ", "two", " three", seed=7, candidates=3, num_slots=4)
    assert sorted(one.candidate for one in done) == [0, 1, 2]
    assert sorted(one.seed for one in done) == [7, 8, 9]
    together = {one.seed: one.draft.text for one in done}
    for seed, text in together.items():
        (again,) = results("one ", "two", " three", seed=seed, num_slots=4)
        assert again.draft.text == text


def test_candidates_differ_whichever_ends_first(monkeypatch) -> None:
    """The second ends first; it still leaves the text that both like best to the first."""
    ended = {}

    def step(batch):
        shown = original(batch)
        second = [one for one in batch.hypotheses if one.candidate == 1]
        return second or shown

    def come_to(task, hypothesis):
        number = ended.setdefault(hypothesis.candidate, 0)
        ended[hypothesis.candidate] += 1
        # Of each candidate one text is the best, the others are nearly as good.
        return CandidateDone(
            candidate=hypothesis.candidate,
            seed=hypothesis.seed,
            draft=Draft.in_one_piece("best" if number == 0 else "other"),
            steps=1,
            has_converged=True,
            score=Score(total=-0.5 * (number > 0), log_likelihood=0.0),
        )

    original = Batch._step
    monkeypatch.setattr(Batch, "_step", step)
    monkeypatch.setattr("engine.infill.job.finalize", come_to)
    found = results("one two ", "three four five", " six", candidates=2)
    assert [(one.candidate, one.draft.text) for one in found] == [(0, "best"), (1, "other")]


def test_several_lengths_are_tried_and_the_surest_worked_out() -> None:
    job = job_of("one ", "two words", " three")
    tried = {hypothesis.plan.num_slots for hypothesis in job.hypotheses}
    assert len(tried) > 2
    done = [item for item in job.run() if isinstance(item, CandidateDone)]
    assert len(done) == 1
    lengths = [len(hypothesis.frames) for hypothesis in job.hypotheses]
    assert max(lengths) > 2
    assert min(lengths) == 2  # given up after two steps


@pytest.mark.parametrize("profile", [PROFILE, NO_FILLER])
def test_the_best_of_the_surviving_lengths_is_the_result_and_the_last_step(profile) -> None:
    job = job_of("one ", "two words", " three", profile=profile)
    *steps, done = job.run()
    scored = [
        job._finalize(hypothesis) for hypothesis in job.hypotheses if len(hypothesis.frames) > 2
    ]
    assert len(scored) > 1
    assert done.score.total == max(one.score.total for one in scored)
    assert (steps[-1].draft, steps[-1].step) == (done.draft, done.steps)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))


def test_no_strength_changes_nothing() -> None:
    (done,) = results("one ", " two ", "three", strength=0.0)
    assert (done.draft.text, done.steps) == (" two ", 0)


def test_less_strength_starts_later_and_from_more_of_the_old_text() -> None:
    kept = []
    for strength in (0.1, 0.5, 1.0):
        same = 0
        for seed in range(6):
            texts = ("one ", "two!", " six")
            job = job_of(*texts, seed=seed, strength=strength, steps=20, num_slots=5)
            steps = [item for item in job.run() if isinstance(item, DraftStep)]
            assert len(steps) == job.max_steps == 20 * strength
            first = job.hypotheses[0].frames[0].before.canvas[0].tolist()
            same += sum(old == token for old, token in zip(job.task.plan.old, first, strict=False))
        kept.append(same)
    assert kept[0] > kept[1] > kept[2]


def test_a_soft_edge_widens_the_region_by_whole_words() -> None:
    job = job_of("here is one ", "two", " three and more", soft_edge=1, num_slots=3)
    assert (job.task.plan.soft_before, job.task.plan.soft_after) == (" one ", " three")
    list(job.run())
    first, last = job.hypotheses[0].frames[0], job.hypotheses[0].last
    held = job.task.plan.edge_before
    # Until the last part of the schedule the neighbours stand as they were.
    assert CODEC.decode(first.draft[:held]) == " one "
    assert not first.clamp.free[0, :held].any()
    assert last.clamp.free.all()


def test_an_impossible_strength_and_too_many_candidates_are_refused() -> None:
    for options in ({"strength": 1.5}, {"candidates": 0}, {"candidates": 9}, {"soft_edge": -1}):
        with pytest.raises(BadRequestError):
            job_of("a", "b", "c", **options)


def test_a_pattern_always_holds() -> None:
    rules = Constraints(pattern=r"[a-z]{2,9}")
    for seed in range(5):
        (done,) = results("one ", "two", " three", seed=seed, constraints=rules)
        assert 2 <= len(done.draft.text) <= 9
        assert done.draft.text.isalpha()


def test_a_pattern_that_cannot_hold_fails_clearly() -> None:
    with pytest.raises(BadRequestError, match="satisfies the constraints"):
        results("one ", "two", " three", constraints=Constraints(pattern=r"\d{200}"))


def test_a_single_line_has_no_line_break() -> None:
    for seed in range(5):
        rules = Constraints(is_single_line=True, characters="a-z ")
        (done,) = results("one\n", "two", "\n three", seed=seed, constraints=rules)
        assert set(done.draft.text) <= set("abcdefghijklmnopqrstuvwxyz ")


@pytest.mark.parametrize("before", ["one ", "o"])  # an edge that is healed, and one inside a word
def test_words_of_a_line_of_prose_get_no_line_break(before, monkeypatch) -> None:
    logits, breaks = MODEL.logits, 100.0 * CODEC.line_breaks
    monkeypatch.setattr(MODEL, "logits", lambda hidden: logits(hidden) + breaks)
    lines = [step.draft.text for step in run(before, "two\nthree", " four\n")]
    assert all("\n" in text for text in lines)
    drafts = [step.draft.text for step in run(before, "ne two three", " four\n")]
    assert drafts
    assert not any("\n" in text or "\r" in text for text in drafts)


def test_nothing_but_white_space_comes_last() -> None:
    region = Region.of(generate(before="one ", after=" two"))
    assert region.cost_of(" \n").nats > region.cost_of("x").nats + 3
    alone = Region.of(generate())
    assert alone.cost_of(" \n").nats == alone.cost_of("x").nats


def steered(changes: Changes, after_step: int = 2) -> tuple[InfillJob, list[DraftStep]]:
    """Run a job of ten steps and change its canvas after one of them."""
    job = job_of("one ", "two three", " four", steps=10, num_slots=6)
    steps: list[DraftStep] = []
    for item in job.run():
        if isinstance(item, DraftStep):
            steps.append(item)
            if len(steps) == after_step:
                job.steer(Steer(job_id=1, candidate=0, step=after_step, changes=changes))
    return job, steps


def test_a_pinned_slot_keeps_the_token_that_was_seen() -> None:
    job, _ = steered(Changes(pin=(SlotChoice(slot=1),)))
    frames = job.hypotheses[0].frames
    seen = frames[1].draft[1]
    assert all(frame.draft[1] == seen and frame.entropy[1] == 0 for frame in frames[2:])
    drafts = [job.hypotheses[0].draft(job.task.engine, frame) for frame in frames[2:]]
    assert all(span.pinned == (span.slot == 1) for draft in drafts for span in draft.spans)


def test_a_word_that_is_chosen_stands_from_the_next_step_on() -> None:
    job = job_of("one ", "two three", " four", steps=10, num_slots=6)
    options, step = (), 0
    for count, item in enumerate(job.run(), start=1):
        # The model is a random one: at some steps its words have no others.
        for slot in () if options else [span.slot for span in item.draft.spans]:
            asked = FindAlternatives(question_id=1, job_id=1, candidate=0, step=count, slot=slot)
            options, step = job.alternatives(asked), count
            if len(options) > 1:
                pin = Changes(pin=(SlotChoice(slot=slot, rank=1),))
                job.steer(Steer(job_id=1, candidate=0, step=count, changes=pin))
                break
            options = ()
    assert 0 < step < len(job.hypotheses[0].frames)
    shares = [option.probability for option in options]
    assert shares == sorted(shares, reverse=True)
    word = next(option.text for option in options if option.rank == 1)
    for frame in job.hypotheses[0].frames[step:]:
        draft = job.hypotheses[0].draft(job.task.engine, frame)
        assert "".join(draft.text[s.start : s.end] for s in draft.spans if s.pinned).strip() == word


def test_a_released_slot_is_free_again() -> None:
    job = job_of("one ", "two three", " four", steps=10, num_slots=6)
    for count, _ in enumerate(job.run(), start=1):
        if count == 2:
            pin = Changes(pin=(SlotChoice(slot=0),))
            job.steer(Steer(job_id=1, candidate=0, step=2, changes=pin))
        if count == 4:
            job.steer(Steer(job_id=1, candidate=0, step=4, changes=Changes(release=(0,))))
    entropies = [frame.entropy[0] for frame in job.hypotheses[0].frames]
    assert entropies[2] == entropies[3] == 0
    assert entropies[4] > 0


def test_a_renoised_slot_gets_more_steps() -> None:
    _, steps = steered(Changes(renoise=(0, 1)), after_step=9)
    assert len(steps) > 10
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))


def test_a_branch_continues_from_a_frame_and_holds_the_rest() -> None:
    job = job_of("one ", "two three", " four", steps=10, num_slots=6)
    list(job.run())
    parent = job.hypotheses[0].frames[-1]
    request = Branch(
        job_id=2,
        parent=1,
        candidate=0,
        step=10,
        seed=5,
        changes=Changes(renoise=(2,)),
        holds_rest=True,
    )
    branch = job.branch(request)
    list(branch.run())
    kept = [place for place in range(6) if place != 2]
    for frame in branch.hypotheses[0].frames:
        assert [frame.draft[place] for place in kept] == [parent.draft[place] for place in kept]
        assert frame.entropy[2] > 0


def test_a_branch_of_a_long_region_goes_on_from_its_canvas() -> None:
    job = job_of("a", "b", " and what follows it", num_slots=60)
    list(job.run())
    frame = job.hypotheses[0].frames[4]
    branch = job.branch(Branch(job_id=2, parent=1, candidate=0, step=5, seed=1))
    list(branch.run())
    assert (
        branch.hypotheses[0].committed[: frame.committed]
        == job.hypotheses[0].committed[: frame.committed]
    )
    assert len(branch.hypotheses[0].ids(branch.hypotheses[0].last)) == 60


def test_a_frame_that_never_was_cannot_be_branched_from() -> None:
    job = job_of("one ", "two", " three")
    list(job.run())
    with pytest.raises(BadRequestError, match="not remembered"):
        job.branch(Branch(job_id=2, parent=1, candidate=0, step=99, seed=1))
    assert (
        job.alternatives(FindAlternatives(question_id=1, job_id=1, candidate=4, step=1, slot=0))
        == ()
    )


def test_a_character_belongs_to_the_token_that_ends_it() -> None:
    ids = CODEC.encode("é!")
    draft = draft_of(CODEC, ids, [1.0, 2.0, 3.0], [True, False, True])
    assert draft.text == "é!"
    assert [(s.start, s.end, s.entropy) for s in draft.spans] == [(0, 1, 2.0), (1, 2, 3.0)]


def test_half_a_character_is_no_text() -> None:
    ids = [*CODEC.encode("a"), CODEC.encode("é")[0]]
    assert draft_of(CODEC, ids, [0.0] * 2, [True] * 2).text == "a"


def test_a_nul_is_no_text() -> None:
    ids = CODEC.encode("a\0b")
    assert draft_of(CODEC, ids, [0.0] * 3, [True] * 3).text == "ab"


def test_the_healed_text_is_taken_off_the_first_token() -> None:
    ids = CODEC.encode(" the")
    draft = draft_of(CODEC, ids, [0.5] * len(ids), [True] * len(ids), healed=b" t")
    assert draft.text == "he"
