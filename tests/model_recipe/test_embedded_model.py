"""The model that ships: `transformers` reads it, and the engine fills with it."""

import json
from difflib import SequenceMatcher

import pytest
import torch

from engine.api import Length, LengthMode, SamplerOptions
from engine.infill import CandidateDone, ContextCache, InfillJob
from engine.loaders import load_checkpoint
from engine.loading import LoadedModel, load_model
from engine.model import KVCache
from resources import resource_path
from tests.requests import generate

FOLDER = resource_path("model")
MAX_BYTES = 24_000_000
BEFORE = "Once upon a time there was a little "
AFTER = ", who lived with her mother in a house beside the wood.\n"


@pytest.fixture(scope="module")
def loaded() -> LoadedModel:
    """The embedded model on the CPU."""
    return load_model(FOLDER, "cpu")


def fill(loaded: LoadedModel, seed: int, **fields: object) -> str:
    """Return the result of one fill."""
    texts = {"before": BEFORE, "region": "girl", "after": AFTER, **fields}
    request = generate(job_id=1, revision=0, seed=seed, **texts)
    job = InfillJob.planned(loaded.engine(SamplerOptions()), request, ContextCache())
    (done,) = [item for item in job.run() if isinstance(item, CandidateDone)]
    return done.draft.text


def test_the_first_candidate_does_not_hang_on_what_runs_beside_it(loaded: LoadedModel) -> None:
    texts = {"before": BEFORE, "region": "girl", "after": AFTER}
    length = Length(mode=LengthMode.SAME)
    request = generate(job_id=1, revision=0, seed=3, candidates=4, length=length, **texts)
    job = InfillJob.planned(loaded.engine(SamplerOptions()), request, ContextCache())
    together = {item.seed: item.draft.text for item in job.run() if isinstance(item, CandidateDone)}
    # The others start from drafts that the first one has left them.
    assert fill(loaded, 3, length=length) == together[3]


def test_between_two_sentences_it_writes_one(loaded: LoadedModel) -> None:
    before = (
        "The old man sat down by the fire. His wife had gone to the village for bread and milk. "
    )
    after = "The door opened, and a cold wind came in. "
    for seed in range(3):
        text = fill(loaded, seed, before=before, region="", after=after)
        assert len(text.split()) >= 4
        assert text[-2] in ".!?”"
        assert text[-1] == " "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The old man sat down by the fire.\n", ""),
        ("The old man sat down by the fire.\n", "\nThe door opened.\n"),
        ("", "The old man sat down by the fire.\n"),
        ("Dear Anna,\n\n", "\n\nYours,\nPeter\n"),
    ],
)
def test_where_a_paragraph_may_begin_it_writes_a_sentence(loaded, before, after) -> None:
    for seed in range(3):
        text = fill(loaded, seed, before=before, region="", after=after)
        assert len(text.split()) >= 3
        assert not text[0].isspace()
        assert "\n" not in text.rstrip()
        assert text.endswith("\n\n") == bool(after and after[0] != "\n")


@pytest.mark.parametrize("language", ["", "python"])
def test_the_end_of_a_document_is_not_the_end_of_the_text(loaded, language) -> None:
    before = "    total = 0\n    for price in prices:\n        total += price\n    return total\n"
    for seed in range(3):
        assert fill(loaded, seed, before=before, region="", after="", language=language).strip()


def test_a_single_token_before_is_enough(loaded: LoadedModel) -> None:
    text = fill(loaded, 1, before="The ", region="quiet", after=" road went down to the sea.\n")
    assert text.strip()


def test_less_strength_changes_less(loaded: LoadedModel) -> None:
    """On average, that is; at none the text is as it was."""
    old = "very old woman with a basket"
    means = []
    for strength in (0.0, 0.3, 0.6, 1.0):
        texts = [fill(loaded, seed, region=old, strength=strength) for seed in range(10)]
        ratios = [SequenceMatcher(None, old, text, autojunk=False).ratio() for text in texts]
        means.append(sum(ratios) / len(ratios))
    assert means[0] == 1.0
    assert means == sorted(means, reverse=True)
    assert means[1] > means[3]


def test_it_is_small_enough() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MAX_BYTES


def test_it_has_the_family_s_parts() -> None:
    config = load_checkpoint(FOLDER).config
    assert {layer.is_sliding for layer in config.layers} == {True, False}
    assert config.num_experts > config.top_k_experts >= 1
    assert config.layers[-1].has_v_proj is False


@torch.inference_mode()
def test_transformers_reads_it_and_agrees() -> None:
    from transformers import DiffusionGemmaForBlockDiffusion

    reference, report = DiffusionGemmaForBlockDiffusion.from_pretrained(
        FOLDER, dtype=torch.float32, output_loading_info=True
    )
    assert not any(report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    ours = load_checkpoint(FOLDER, dtype=torch.float32)
    prompt = torch.arange(300, 340)[None]
    canvas = torch.arange(1000, 1128)[None]
    expected = reference(input_ids=prompt, decoder_input_ids=canvas).logits
    cache = KVCache(ours.config)
    ours.model.encode(prompt, cache)
    logits = ours.model.logits(ours.model.denoise(canvas, None, cache))
    assert (logits - expected).abs().max() <= 1e-4


def test_the_same_seed_gives_the_same_text(loaded: LoadedModel) -> None:
    assert fill(loaded, 7) == fill(loaded, 7)
    again = fill(loaded, 7, avoid=(fill(loaded, 7),))
    assert again != fill(loaded, 7)


def test_surplus_slots_leave_no_trace_in_the_text(loaded: LoadedModel) -> None:
    text = fill(loaded, 1, num_slots=24)
    assert "<|" not in text
    assert loaded.profile.filler_token_id == loaded.codec.token_id("<|filler|>")


def test_its_tokenizer_and_its_profile_belong_to_it(loaded: LoadedModel) -> None:
    profile = json.loads((FOLDER / "inlay.json").read_text())
    names = ("<|pad|>", "<|eos|>", "<|bos|>")
    assert profile["forbidden_token_ids"] == [loaded.codec.token_id(name) for name in names]
    assert loaded.profile.mark_known_from_start
