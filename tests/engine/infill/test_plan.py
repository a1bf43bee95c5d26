"""Laying out the canvas: nothing outside the region is lost, moved or made free."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.models import BPE

from engine.errors import ModelFolderError
from engine.infill import InfillPlan, Profile, TextCodec, TextSide, make_plan
from engine.infill.plan import healed_slots
from engine.region.canvas import MIN_SUFFIX_SLOTS
from engine.region.region import Region
from tests.requests import generate
from tests.tiny import INLAY, VOCAB_SIZE, byte_tokenizer

CODEC = TextCodec(byte_tokenizer(), VOCAB_SIZE)
PROFILE = Profile.from_json(INLAY)
CANVAS = 40
TEXTS = st.text(max_size=80) | st.text("the ing lo\r\n", max_size=80)


def plan_of(before: str = "", region: str = "", after: str = "", **options) -> InfillPlan:
    """Plan with the tiny codec and profile."""
    text = TextSide(
        codec=CODEC,
        profile=options.pop("profile", PROFILE),
        canvas_length=CANVAS,
        max_context=options.pop("max_context", 4096),
    )
    request = generate(before=before, region=region, after=after, **options)
    return make_plan(text, Region.of(request))


@given(TEXTS, TEXTS, TEXTS)
def test_context_and_suffix_are_the_document_around_the_region(before, region, after) -> None:
    plan = plan_of(before, region, after)
    context = b"".join(map(CODEC.token_bytes, plan.prefix[plan.opening :])) + plan.healed
    suffix = b"".join(map(CODEC.token_bytes, plan.suffix))
    assert context == (before + plan.lead).encode()
    assert (plan.trail + after).encode().startswith(suffix)
    assert region.startswith(plan.lead)
    assert region.endswith(plan.trail) or not region  # a new sentence needs a space
    assert (plan.lead + plan.trail).strip() == ""


def test_white_space_at_the_region_s_ends_stays() -> None:
    plan = plan_of("one", "  two three\n", "four")
    assert (plan.lead, plan.trail) == ("  ", "\n")
    assert CODEC.decode(plan.suffix[:2]) == "\nf"


def test_a_region_of_white_space_is_a_region() -> None:
    plan = plan_of("one", "  ", "four")
    assert (plan.lead, plan.trail) == ("", "")


@given(TEXTS, TEXTS, st.integers(1, 150))
def test_slots_fill_canvases_and_leave_room_for_the_suffix(region, after, slots) -> None:
    plan = plan_of("x", region, after, num_slots=slots)
    assert sum(plan.blocks) == plan.num_slots
    assert all(1 <= block <= CANVAS for block in plan.blocks)
    last = plan.block_suffix(len(plan.blocks) - 1)
    assert plan.blocks[-1] + len(last) <= CANVAS
    if after:
        assert len(last) >= min(MIN_SUFFIX_SLOTS, len(CODEC.encode(after)))


def test_the_last_of_several_canvases_has_slots_to_meet_the_suffix_with() -> None:
    assert plan_of("x", "", "y" * 50, num_slots=25).blocks == (5, 20)
    assert plan_of("x", "", "y" * 50, num_slots=61).blocks == (40, 21)


def test_a_cut_token_is_healed() -> None:
    plan = plan_of(before="on th", region="e road")
    assert plan.healed == b" th"  # “the” is one token with the space before it
    assert CODEC.decode(plan.prefix) == "on"


def test_a_given_length_counts_a_word_and_the_healed_space_before_it_as_one() -> None:
    plan = plan_of("on ", "the", " road", num_slots=1)
    assert (plan.healed, plan.num_slots) == (b" ", 1)


def test_a_healed_line_break_has_a_slot_beside_the_given_length() -> None:
    assert healed_slots(joining_codec(), b"\n") == 1
    assert healed_slots(joining_codec(), b"") == 0


def test_a_clean_cut_needs_no_healing() -> None:
    assert plan_of(before="on ", region="x").healed == b""


def joining_codec() -> TextCodec:
    """Return a tokenizer that, as many do, joins line breaks with the indentation behind them."""
    merges = [("Ċ", "Ċ"), ("Ċ", "Ġ"), ("ĊĠ", "Ġ"), ("ĊĠĠ", "Ġ"), ("ĊĊ", "Ġ"), ("ĊĊĠ", "Ġ")]
    tokenizer = byte_tokenizer()
    model = json.loads(tokenizer.to_str())["model"]
    vocab = dict(model["vocab"])
    for one, other in merges:
        vocab[one + other] = len(vocab)
    tokenizer.model = BPE(vocab=vocab, merges=merges)
    return TextCodec(tokenizer, len(vocab))


def border(before: str, region: str, language: str) -> tuple[str, bytes]:
    """Return how the context ends, and what the first slot begins with."""
    codec = joining_codec()
    text = TextSide(codec=codec, profile=PROFILE, canvas_length=60)
    request = generate(before=before, region=region, after="\n", language=language)
    plan = make_plan(text, Region.of(request))
    return codec.decode(plan.prefix[plan.opening :])[-3:], plan.healed


@pytest.mark.parametrize(
    ("before", "region", "language", "expected"),
    [
        # At a caret of a program an indentation may come, and would be joined to it.
        ("a:\n", "", "python", ("a:", b"\n")),
        ("a\n\n", "", "python", ("a", b"\n\n")),
        # Prose is not indented, and what begins its line goes on doing so.
        ("a.\n\n", "", "markdown", (".\n\n", b"")),
        ("a.\n\n", "It is.", "markdown", (".\n\n", b"")),
        ("a\n\n", "def b", "python", ("a\n\n", b"")),
        # Its own indentation stays.
        ("a:\n", "    b()", "python", ("   ", b"")),
    ],
)
def test_an_indentation_may_come_where_one_is_likely(before, region, language, expected) -> None:
    assert border(before, region, language) == expected


def test_long_context_is_cut_to_its_last_tokens() -> None:
    plan = plan_of(before="a" * 500 + "z.", region="x", max_context=10)
    assert len(plan.prefix) <= 10
    assert CODEC.decode(plan.prefix).endswith("aaz.")


def test_the_document_end_is_marked_only_where_it_is_in_sight() -> None:
    assert plan_of(after="end").suffix[-1] == PROFILE.end_token_id
    assert PROFILE.end_token_id not in plan_of(after="x" * 100).suffix
    assert plan_of(after="").suffix == ()


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 3))
def test_a_soft_edge_moves_text_into_the_slots_and_loses_none(before, region, after, words) -> None:
    plan = plan_of(before, region, after, soft_edge=words)
    context = b"".join(map(CODEC.token_bytes, plan.prefix[plan.opening :]))
    held = b"".join(map(CODEC.token_bytes, plan.old[: plan.edge_before]))
    assert context + held + plan.healed == (before + lead_of(region)).encode()
    assert before.endswith(plan.soft_before)
    assert after.startswith(plan.soft_after)


def lead_of(region: str) -> str:
    """Return the white space that a region begins with, unless it is nothing else."""
    return region[: len(region) - len(region.lstrip())] if region.strip() else ""


def test_an_unknown_profile_field_is_refused() -> None:
    with pytest.raises(ModelFolderError, match="wings"):
        Profile.from_json({"wings": 2})


def test_a_document_s_beginning_follows_another_s_end_or_a_paragraph_s() -> None:
    """So that there is something to go on from; the text itself gets no more of it."""
    assert plan_of("", "one", " two", language="python").prefix == (PROFILE.end_token_id,)
    assert plan_of("", "one", " two").prefix == tuple(CODEC.encode("\n\n"))
    assert plan_of("a ", "one", " two").prefix == tuple(CODEC.encode("a "))


def test_a_sentence_before_another_gets_the_space_that_stands_before_it() -> None:
    assert plan_of("He sat. ", "", "She rose.").trail == " "
    assert plan_of("He sat.\n\n", "", "She rose.").trail == "\n\n"
    assert plan_of("", "", "She rose.").trail == "\n\n"
    assert plan_of("He sat. ", "", "").trail == ""
    assert (
        plan_of("He sat. ", "", "She rose.").suffix == plan_of("He sat.", "", " She rose.").suffix
    )


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [("He sat. ", " She rose.", ""), ("He ", "She rose.", ""), ("x. ", "Y", "python")],
)
def test_no_other_caret_gets_a_space(before, after, language) -> None:
    assert plan_of(before, "", after, language=language).trail == ""
