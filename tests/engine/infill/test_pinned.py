"""Old words that are pinned before the first step: they are in the result, whatever is asked."""

import math
import random
from dataclasses import replace

import pytest

from engine.api import Branch, Changes, Constraints, Length, LengthMode, Steer
from engine.errors import BadRequestError
from engine.infill import CandidateDone, ContextCache, DraftStep, InfillJob, Profile
from engine.infill.codec import TextCodec
from engine.infill.hypotheses import make_hypotheses
from engine.region.pins import parts_of
from tests.engine.infill.test_infill import CODEC, PROFILE, engine_of, job_of, results, run
from tests.requests import generate
from tests.tiny import INLAY, VOCAB_SIZE, gemma_like_tokenizer

CASES = 200
DRAFTING = Profile.from_json({**INLAY, "drafts_causally": True})
WORDS = [
    *("a", "the", "thing", "lo", "in,", "(on)", "ning.", "naïve", "日本", "שלום", "👩\u200d👧"),
    *("\n", "\r\n", ".", "'", "_x", "e\u0301"),
]
TEXT = "one two three four"


def region_of(rng: random.Random) -> str:
    """Return a few awkward words, with or without white space around them."""
    gaps = rng.choices(("", " ", " ", " ", "  ", "\n", "\t"), k=8)
    words = rng.choices(WORDS, k=rng.randint(2, 6))
    return "".join(gap + word for gap, word in zip(gaps, words, strict=False)) + gaps[-1]


def pins_of(region: str, rng: random.Random) -> tuple[tuple[int, int], ...]:
    """Return one to three stretches of a region that do not overlap, in any order."""
    cuts = sorted(rng.sample(range(len(region) + 1), min(2 * rng.randint(1, 3), len(region) + 1)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return tuple(rng.sample(pairs, len(pairs)))


def options_of(rng: random.Random) -> dict:
    """Return any settings of a run that no text can fail."""
    return {
        "length": Length(mode=rng.choice([m for m in LengthMode if m.value.isalpha()][:4])),
        "strength": rng.choice((1.0, 1.0, 0.4)),
        "soft_edge": rng.choice((0, 0, 0, 1)),
        "candidates": rng.choice((1, 1, 2)),
        "constraints": Constraints(),
        "profile": rng.choice((PROFILE, DRAFTING)),
    }


def assert_pinned(region: str, pinned: tuple[tuple[int, int], ...], text: str) -> None:
    """Look the pinned parts up in a text: in order, with something for every free part."""
    core = region.strip() or region
    lead = region.index(core)
    at = 0
    for part in parts_of(region, pinned, region[:lead], region[lead + len(core) :]):
        if part.is_pinned:
            found = text.find(part.text, at)
            assert found >= 0, (region, pinned, text)
            at = found + len(part.text)


def test_pinned_text_is_in_every_frame_and_result_whatever_else_is_asked() -> None:
    rng, num_run = random.Random(11), 0
    while num_run < CASES:
        region = region_of(rng)
        pinned, options = pins_of(region, rng), options_of(rng)
        before, after = (rng.choice(("", "in the", " lo", "th", "\n")) for _ in range(2))
        try:
            job = job_of(before, region, after, seed=num_run, steps=2, pinned=pinned, **options)
        except BadRequestError as error:
            assert "is pinned, so there is nothing" in str(error)  # noqa: PT017 - and go on
            continue
        num_run += 1
        items = list(job.run())
        assert any(isinstance(item, CandidateDone) for item in items)
        for item in items:
            # A frame of the first of several canvases does not reach farther.
            is_whole = all(len(hypothesis.plan.blocks) == 1 for hypothesis in job.hypotheses)
            if is_whole or isinstance(item, CandidateDone):
                assert_pinned(region, pinned, item.draft.text)


@pytest.mark.parametrize("mode", [LengthMode.SHORTER, LengthMode.SAME, LengthMode.LONGER])
def test_the_free_parts_alone_become_shorter_or_longer(mode) -> None:
    job = job_of("", TEXT, " end", pinned=((4, 7), (14, 18)), length=Length(mode=mode))
    assert {len(hypothesis.plan.pinned) for hypothesis in job.hypotheses} == {
        len(CODEC.encode(" two four"))
    }
    free = [
        hypothesis.plan.num_slots - len(hypothesis.plan.pinned) for hypothesis in job.hypotheses
    ]
    old = len(CODEC.encode("one")) + len(CODEC.encode(" three"))
    if mode is LengthMode.SAME:
        assert free == [old]
    else:
        assert all((count > old) == (mode is LengthMode.LONGER) for count in free)
    assert min(free) >= 2  # a slot for each free part


def test_pinned_words_are_told_of_as_pinned_and_can_be_let_go() -> None:
    job = job_of("", TEXT, " end", pinned=((4, 7),), num_slots=8, steps=6)
    steps = (item for item in job.run() if isinstance(item, DraftStep))
    first = next(steps)
    pinned = [span for span in first.draft.spans if span.pinned]
    assert "".join(first.draft.text[s.start : s.end] for s in pinned) == " two"
    slots = tuple(span.slot for span in pinned)
    job.steer(Steer(job_id=1, candidate=0, step=1, changes=Changes(release=slots)))
    second = next(steps)
    assert not any(span.pinned for span in second.draft.spans)
    assert job.hypotheses[0].last.clamp.free[0, list(slots)].all()


def test_a_branch_keeps_them() -> None:
    job = job_of("", TEXT, " end", pinned=((4, 7),), num_slots=8)
    list(job.run())
    branch = job.branch(Branch(job_id=2, parent=1, candidate=0, step=1, seed=5))
    for item in branch.run():
        assert " two" in item.draft.text


def test_the_text_around_a_pinned_word_does_not_grow_into_it() -> None:
    for seed in range(40):
        (done,) = results("", "one (two) three", " end", seed=seed, steps=2, pinned=((5, 8),))
        at = done.draft.text.index("two")
        around = done.draft.text[at - 1 : at] + done.draft.text[at + 3 : at + 4]
        assert not any(map(str.isalnum, around)), done.draft.text


def test_no_text_ends_before_its_last_pinned_word() -> None:
    """Nothing follows the region, so the model might end the text anywhere."""
    for seed in range(40):
        for step in run("a ", TEXT, "", seed=seed, steps=2, pinned=((14, 18),)):
            assert " four" in step.draft.text


def test_a_pattern_is_fitted_around_pinned_words() -> None:
    constraints = Constraints(pattern=r"\w two \w")
    (done,) = results("", "a two b", " end", pinned=((2, 5),), num_slots=7, constraints=constraints)
    assert done.draft.text[1:6] == " two "
    with pytest.raises(BadRequestError, match="satisfies the constraints"):
        results("", TEXT, "", pinned=((4, 7),), constraints=Constraints(pattern="[a-m]+"))


@pytest.mark.parametrize("mode", [LengthMode.WORDS, LengthMode.LINES])
def test_a_counted_length_is_that_of_the_whole_text(mode) -> None:
    length = Length(mode=mode, count=3 if mode is LengthMode.WORDS else 1)
    before = "aa bb cc dd ee ff gg hh\n" * 3
    job = job_of(before, "one two or", "", pinned=((4, 7),), length=length)
    job.task.rule.limit.left = math.inf  # on a slow machine it is fitted in just about the time
    (done,) = (item for item in job.run() if isinstance(item, CandidateDone))
    assert " two" in done.draft.text
    assert len(done.draft.text.split("\n" if mode is LengthMode.LINES else None)) == length.count


@pytest.mark.parametrize("rules", [{"characters": "a-z"}, {"is_single_line": True}])
def test_a_pinned_text_that_the_rules_forbid_is_refused_at_once(rules) -> None:
    with pytest.raises(BadRequestError, match="do not allow all"):
        job_of("", "one \n two three", "", pinned=((4, 9),), constraints=Constraints(**rules))


def test_pins_in_a_region_of_several_canvases() -> None:
    region = "the thing " * 14
    pinned = ((4, 9), (64, 69), (134, 139))
    job = job_of("a ", region, " and more", pinned=pinned, length=Length(mode=LengthMode.SAME))
    assert len(job.task.plan.blocks) > 2
    *_, done = job.run()
    assert_pinned(region, pinned, done.draft.text)


@pytest.mark.parametrize("region", [TEXT, TEXT + " and more words" * 3])
def test_a_draft_has_the_pinned_words_in_their_slots(region: str) -> None:
    """Short regions by a beam, long ones written on."""
    engine = replace(engine_of(DRAFTING), canvas_length=128)
    request = generate(
        job_id=1, revision=0, before="on ", region=region, after=".", seed=1, pinned=((4, 7),)
    )
    job = InfillJob.planned(engine, request, ContextCache())
    (hypothesis,) = make_hypotheses(job.task)
    assert hypothesis.start is not None
    assert len(hypothesis.start.ids) == hypothesis.num_slots
    assert {
        slot: hypothesis.start.ids[slot] for slot in hypothesis.plan.pinned
    } == hypothesis.plan.pinned


@pytest.mark.parametrize(
    ("pinned", "words"),
    [
        (((4, 4),), "the region goes from 0 to 18"),
        (((4, 19),), "the region goes from 0 to 18"),
        (((-1, 3),), "the region goes from 0 to 18"),
        (((0, 5), (4, 7)), "pinned already"),
        (((0, 18),), "nothing to write"),
        (((0, 7), (8, 18)), "nothing to write"),
    ],
)
def test_pins_that_cannot_be_are_refused(pinned, words) -> None:
    with pytest.raises(BadRequestError, match=words):
        job_of("", TEXT, "", pinned=pinned)


def test_too_few_slots_for_the_pins_are_refused() -> None:
    with pytest.raises(BadRequestError, match="at the least"):
        job_of("", TEXT, "", pinned=((4, 7),), num_slots=3)


def test_a_text_without_exact_tokens_cannot_be_pinned() -> None:
    for region, why in (("a \0 b", "“␀” .* a NUL"), ("a \ud83d b", "“\\?” .* half a character")):
        with pytest.raises(BadRequestError, match=why.replace(" .* ", " cannot be pinned: .*")):
            job_of("", region, "", pinned=((2, 3),))


def test_pinning_only_white_space_at_the_ends_pins_nothing() -> None:
    job = job_of("one", "  two ", "four", pinned=((0, 2), (5, 6)))
    assert job.task.plan.layout is None


def test_the_tokens_of_other_tokenizers_are_kept_apart_too() -> None:
    codec = TextCodec(gemma_like_tokenizer(), VOCAB_SIZE)
    engine = replace(engine_of(Profile()), codec=codec)
    request = generate(
        job_id=1, revision=0, before="", region="the naïve the", after="", seed=1, pinned=((4, 9),)
    )
    done = [
        item
        for item in InfillJob.planned(engine, request, ContextCache()).run()
        if isinstance(item, CandidateDone)
    ]
    assert " naïve" in done[0].draft.text
