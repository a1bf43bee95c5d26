"""Several regions in one request: nothing between them changes, whatever they become."""

import random
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from engine.api import Form, LengthMode
from engine.errors import BadRequestError
from engine.infill import Profile, TextCodec, TextSide, make_plan
from engine.infill.draft import draft_of
from engine.infill.holes import grouped, of_group
from engine.region.pins import Part, holes_of
from engine.region.region import Region
from resources import resource_path
from tests.engine.infill.test_infill import CODEC, PROFILE, job_of, results
from tests.engine.infill.test_outside import text_of
from tests.requests import generate
from tests.tiny import INLAY

DRAFTING = replace(PROFILE, drafts_causally=True)
CASES = 10_000


def parts(region: str, *holes: tuple[int, int]) -> list[str]:
    """Return a region's parts, those that are written in angle brackets."""
    found = holes_of(region, holes, "", "")
    return [part.text if part.is_pinned else f"<{part.text}>" for part in found]


def test_a_region_is_cut_at_its_holes() -> None:
    assert parts("one two three", (0, 3), (8, 13)) == ["<one>", " two ", "<three>"]
    assert parts("a = , b = ", (4, 4), (10, 10)) == ["a = ", "<>", ", b = ", "<>"]
    assert parts("(a)(b)", (1, 2), (4, 5)) == ["(", "<a>", ")(", "<b>", ")"]


def planned(codec: TextCodec, region: str, *holes: tuple[int, int]) -> list[Part]:
    """Return a region's parts as a tokenizer has them."""
    request = generate(before="So ", region=region, after=" end.", regions=holes)
    side = TextSide(codec=codec, profile=PROFILE, canvas_length=64)
    plan = make_plan(side, Region.of(request))
    assert plan.layout is not None
    return [replace(part, ids=()) for part in plan.layout.parts]


def test_a_hole_begins_with_the_space_before_it_where_the_tokenizer_joins_the_two() -> None:
    stays, writes = partial(Part, is_pinned=True), partial(Part, is_pinned=False)
    embedded = TextCodec.from_folder(resource_path("model"), 2048)
    assert planned(embedded, "one two three", (0, 3), (8, 13)) == [
        writes(text="one"), stays(text=" two"), writes(text=" three", begins=" "),
    ]  # fmt: skip
    texts = [part.text for part in planned(embedded, "(a)(b)", (1, 2), (4, 5))]
    assert texts == ["(", "a", ")(", "b", ")"]
    # Of a tokenizer that has every space by itself, none goes with a word.
    assert [part.text for part in planned(CODEC, "x:\n    y", (0, 1), (7, 8))] == [
        "x", ":\n    ", "y",
    ]  # fmt: skip


def test_where_words_take_one_space_of_an_indentation_so_does_a_hole() -> None:
    """As the tokenizers of GPT-2 and its like, whose expression leaves a word its last space."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    text = "def one():\n    return 2\n\n\ndef two():\n    return 1\n"
    trainer = BpeTrainer(vocab_size=400, initial_alphabet=ByteLevel.alphabet())
    tokenizer.train_from_iterator([text] * 20, trainer)
    codec = TextCodec(tokenizer, tokenizer.get_vocab_size())
    pieces = [codec.token_bytes(token) for token in codec.encode("():\n    return")]
    assert pieces[-2:] == [b"\n   ", b" return"]
    parts = planned(codec, "():\n    return 1", (0, 2), (8, 14))
    assert [part.text for part in parts] == ["()", ":\n   ", " return", " 1"]


@pytest.mark.parametrize(
    "holes",
    [((0, 2), (1, 3)), ((0, 1), (1, 2)), ((0, 9),), ((2, 1),), ((-1, 1),)],
)
def test_stretches_that_are_none_or_touch_are_refused(holes) -> None:
    with pytest.raises(BadRequestError, match="regions has"):
        holes_of("abcd", holes, "", "")


@pytest.mark.parametrize(
    "options",
    [
        {"num_slots": 4},
        {"mode": LengthMode.SHORTER},
        {"soft_edge": 1},
        {"strength": 0.5},
        {"pinned": ((1, 2),)},
        {"instruction": "shorter"},
    ],
)
def test_what_is_said_of_one_whole_text_is_refused_beside_several_regions(options) -> None:
    mode = options.pop("mode", None)
    length = {"length": replace(generate().settings.length, mode=mode)} if mode else {}
    with pytest.raises(BadRequestError, match="Several regions"):
        Region.of(generate(region="a b c", regions=((0, 1), (4, 5)), **options, **length))


@pytest.mark.parametrize(("between", "why"), [("\0", "a NUL"), ("\ud83d", "half a character")])
def test_what_no_model_can_keep_between_regions_is_called_what_it_is(
    between: str, why: str
) -> None:
    region = f"a {between} b"
    with pytest.raises(BadRequestError, match=f"between the selected places .* {why}"):
        job_of("", region, "", regions=((0, 1), (4, 5)))


def holes_in(text: str, rng: random.Random) -> tuple[tuple[int, int], ...]:
    """Return one to three stretches of a text that do not touch."""
    cuts = sorted(rng.sample(range(len(text) + 1), min(2 * rng.randint(1, 3), len(text) // 2 * 2)))
    found = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return tuple((a, a if rng.random() < 0.3 else b) for a, b in found)


def check(side: TextSide, before: str, region: str, after: str, rng: random.Random) -> bool:
    """Write any tokens into a region's holes; whether there were any that could be asked for."""
    holes = holes_in(region, rng)
    if not holes or any(one[1] >= other[0] for one, other in pairwise(holes)):
        return False
    request = generate(before=before, region=region, after=after, regions=holes)
    try:
        plan = make_plan(side, Region.of(request))
    except BadRequestError:  # half a character, or a NUL, cannot stand to the letter
        return False
    codec = side.codec
    ids = [rng.randrange(codec.vocab_size) for _ in range(plan.num_slots)]
    ids = [plan.pinned.get(slot, token) for slot, token in enumerate(ids)]
    must_begin = dict(plan.layout.beginnings() if plan.layout else ())
    if plan.healed and 0 not in plan.pinned:
        must_begin[0] = plan.healed.decode()
    for slot, begins in must_begin.items():  # the mask lets only such tokens stand there
        ids[slot] = next(
            token
            for token in rng.sample(range(codec.vocab_size), codec.vocab_size)
            if codec.token_bytes(token).startswith(begins.encode())
        )
    numbers = [0.0] * len(ids)
    draft = draft_of(codec, ids, numbers, [True] * len(ids), plan.healed, (), (), set(plan.pinned))
    # What stands between the holes comes in its order, before, between and behind what is written.
    ends = [0, *(place for hole in holes for place in hole), len(region)]
    between = [region[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True)]
    stays = [draft.text[s.start : s.end] for s in draft.spans if s.slot < 0]
    said = "".join(stays)
    assert draft.text.startswith(between[0])
    assert draft.text.endswith(between[-1])
    place = 0
    for text in between:
        place = draft.text.index(text, place) + len(text)
    # All of it is told to stay but for the spaces that words take along.
    assert said.replace(" ", "") == "".join(between).replace(" ", "")
    return True


def test_no_character_between_the_holes_changes_in_ten_thousand_cases() -> None:
    rng, side = random.Random(21), TextSide(codec=CODEC, profile=PROFILE, canvas_length=40)
    done = sum(
        check(side, text_of(rng), text_of(rng) + text_of(rng), text_of(rng), rng)
        for _ in range(2 * CASES)
    )
    assert done >= CASES


def test_nor_does_any_with_the_tokenizer_of_the_embedded_model() -> None:
    folder = resource_path("model")
    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    codec = TextCodec(tokenizer, tokenizer.get_vocab_size())
    side = TextSide(codec=codec, profile=Profile.from_json(INLAY), canvas_length=64)
    rng = random.Random(22)
    done = sum(
        check(side, text_of(rng), text_of(rng) + " two, " + text_of(rng), text_of(rng), rng)
        for _ in range(1500)
    )
    assert done >= 500


@pytest.mark.parametrize("profile", [DRAFTING, PROFILE])
@pytest.mark.parametrize("seed", range(4))
def test_no_run_of_a_random_model_touches_what_is_between(profile, seed) -> None:
    holes = ((0, 3), (6, 6), (8, 11))
    for done in results("and ", "one, () six", "", regions=holes, seed=seed, profile=profile):
        assert ", (" in done.draft.text
        assert ") " in done.draft.text.split(", (", 1)[1]


def test_each_candidate_has_a_draft_of_its_own_length() -> None:
    job = job_of(
        "and ", "one, two", " then.", regions=((0, 3), (5, 8)), profile=DRAFTING, candidates=3
    )
    for hypothesis in job.hypotheses:
        assert hypothesis.start is not None
        assert len(hypothesis.start.ids) == hypothesis.plan.num_slots


def test_places_that_no_canvas_holds_are_refused_with_what_to_do() -> None:
    far = "one " + "x" * 60 + " two"
    with pytest.raises(BadRequestError, match="nearer to each other"):
        job_of("", far, "", regions=((0, 3), (65, 68)), profile=DRAFTING)


@pytest.mark.parametrize("between", [8, 14, 16])
@pytest.mark.parametrize("form", [None, Form(pattern="[a-z]{1,20}")])
def test_places_that_fit_one_canvas_get_no_drafts_that_do_not(between, form) -> None:
    """The canvas has 24 slots; with three letters in each place, up to all of them are taken."""
    region = "one " + "x" * between + " two"
    holes = ((0, 3), (between + 5, between + 8))
    options = {"regions": holes, "forms": (form, form) if form else (), "profile": DRAFTING}
    for seed in range(4):
        for hypothesis in job_of("and ", region, "", seed=seed, **options).hypotheses:
            assert hypothesis.start is not None
            assert len(hypothesis.start.ids) <= 24


def test_far_regions_are_filled_in_their_order_each_seeing_what_was_written() -> None:
    region = "one two " + "x" * 60 + " six"
    request = generate(before="<", region=region, after=">", regions=((0, 3), (4, 7), (69, 72)))
    groups = grouped(CODEC, request, 40)
    assert groups == [((0, 3), (4, 7)), ((69, 72),)]
    own, place = of_group(request, groups[0], region, 0)
    assert (own.before, own.region, own.after) == ("<", "one two", region[7:] + ">")
    written = "three four" + region[place.stop :]
    own, place = of_group(request, groups[1], written, 3)
    assert (own.before, own.region, own.after) == ("<three four " + "x" * 60 + " ", "six", ">")
    assert own.regions == ((0, 3),)
    assert written[place] == "six"


@pytest.mark.parametrize("seed", range(6))
def test_a_place_on_a_line_stays_on_it_and_one_in_a_cell_in_its_cell(seed) -> None:
    row = "| a |"
    for done in results("|---|\n", row, "\n", regions=((2, 3),), seed=seed, profile=DRAFTING):
        assert done.draft.text.count("|") == 2
        assert "\n" not in done.draft.text
        assert done.draft.text.startswith("| ")
