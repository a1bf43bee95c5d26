"""Running a plan on a tiny random model: drafts, edges, long regions."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.denoiser import denoise_canvas
from engine.generation_config import GenerationConfig
from engine.infill import InfillStep, Profile, TextCodec, draft_of, infill, make_plan
from engine.infill.infill import clamp_of, encode_context
from engine.model import ModelConfig
from engine.sampler import Sampler
from tests.tiny import INLAY, VOCAB_SIZE, byte_tokenizer, config_json, random_model

CODEC = TextCodec(byte_tokenizer(), VOCAB_SIZE)
PROFILE = Profile.from_json(INLAY)
CONFIG = ModelConfig.from_json(config_json())
MODEL = random_model(CONFIG)
SAMPLER = Sampler.from_config(GenerationConfig(max_denoising_steps=3))
TEXTS = st.text(max_size=30) | st.text("the ing lo\r\n", max_size=30)


def run(before: str, region: str, after: str, seed: int = 0, **options) -> list[InfillStep]:
    """Return all steps of a fill."""
    plan = make_plan(
        CODEC, PROFILE, CONFIG.canvas_length, before=before, region=region, after=after, **options
    )
    generator = torch.Generator().manual_seed(seed)
    cache = encode_context(MODEL, plan)
    return list(infill(MODEL, CODEC, PROFILE, plan, SAMPLER, generator, cache))


@settings(max_examples=25)
@given(TEXTS, TEXTS, TEXTS, st.integers(0, 99))
def test_every_draft_is_text_tiled_by_its_spans(before, region, after, seed) -> None:
    steps = run(before, region, after, seed)
    for step in steps:
        ends = [0, *(span.end for span in step.draft.spans)]
        assert [span.start for span in step.draft.spans] == ends[:-1]
        assert ends[-1] == len(step.draft.text)
        assert "\ufffd" not in step.draft.text.strip(region)
    assert steps[-1].is_last


@settings(max_examples=25)
@given(st.sampled_from(["on th", "in ", "lo", " t"]), st.integers(0, 99))
def test_a_healed_edge_keeps_its_characters(before, seed) -> None:
    """The cut token may grow, but it begins as it was, and the draft is what came behind."""
    plan = make_plan(CODEC, PROFILE, 24, before=before, region="e", after=" end.")
    clamp, cache = clamp_of(MODEL, CODEC, PROFILE, plan, 0), encode_context(MODEL, plan)
    generator = torch.Generator().manual_seed(seed)
    *_, last = denoise_canvas(MODEL, cache, clamp, SAMPLER, generator)
    ids = last.output.draft[0].tolist()
    raw = b"".join(map(CODEC.token_bytes, ids))
    draft = draft_of(CODEC, ids, [0.0] * len(ids), [True] * len(ids), plan.healed)
    assert raw.startswith(plan.healed)
    assert draft.text == raw.removeprefix(plan.healed).decode(errors="ignore").replace("\0", "")


def test_white_space_at_the_ends_is_in_every_draft() -> None:
    for step in run("one", "  two\n", "three"):
        assert step.draft.text.startswith("  ")
        assert step.draft.text.endswith("\n")


def test_the_same_seed_gives_the_same_text_and_another_seed_another() -> None:
    texts = [run("one two ", "three", " four", seed)[-1].draft.text for seed in (5, 5, 6)]
    assert texts[0] == texts[1] != texts[2]


def test_a_region_longer_than_a_canvas_goes_block_by_block() -> None:
    steps = run("a", "b", " and what follows it", num_slots=60)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    assert len(steps) == steps[-1].max_steps == 12  # four canvases of three steps
    assert sum(step.is_last for step in steps) == 1


def test_forbidden_tokens_never_appear() -> None:
    plan = make_plan(CODEC, PROFILE, 24, before="th", region="e words", after=" end")
    clamp = clamp_of(MODEL, CODEC, PROFILE, plan, 0)
    generator = torch.Generator().manual_seed(3)
    cache = encode_context(MODEL, plan)
    for step in denoise_canvas(MODEL, cache, clamp, SAMPLER, generator):
        drawn = step.output.draft[0].tolist()
        assert not set(drawn) & set(PROFILE.forbidden_token_ids)
        assert CODEC.token_bytes(drawn[0]).startswith(b"th")


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
