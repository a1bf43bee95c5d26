"""Hidden states, cache and logits against `transformers`, float32, on tiny random checkpoints."""

import torch

from engine.loaders import load_checkpoint
from engine.model import KVCache
from tests.parity.conftest import PROMPT_LENGTH, Pair

TOLERANCE = 1e-4  # absolute, on values of order 1


def assert_equal(name: str, ours: torch.Tensor, reference: torch.Tensor) -> None:
    """Compare within the tolerance and print the error either way."""
    error = (ours - reference).abs().max().item()
    print(f"{name}: max abs error {error:.2e}")
    assert ours.shape == reference.shape
    assert error <= TOLERANCE


@torch.inference_mode()
def test_the_encoder_gives_the_same_hidden_states_and_cache(pair: Pair) -> None:
    expected = pair.reference.model.encoder(input_ids=pair.prompt())
    cache = KVCache(pair.ours.config)
    hidden = pair.ours.model.encode(pair.prompt(), cache)
    assert_equal("hidden", hidden, expected.last_hidden_state)
    assert_same_cache(cache, expected)


@torch.inference_mode()
def test_encoding_in_pieces_gives_the_same_as_at_once(pair: Pair) -> None:
    expected = pair.reference.model.encoder(input_ids=pair.prompt())
    cache = KVCache(pair.ours.config)
    pieces = [pair.ours.model.encode(p, cache) for p in pair.prompt().split((17, 1, 11), dim=1)]
    assert_equal("hidden", torch.cat(pieces, dim=1), expected.last_hidden_state)
    assert_same_cache(cache, expected)


@torch.inference_mode()
def test_the_denoiser_gives_the_same_logits_without_self_conditioning(pair: Pair) -> None:
    canvas = torch.arange(pair.ours.config.canvas_length)[None] * 7 % 97
    expected = pair.reference(input_ids=pair.prompt(), decoder_input_ids=canvas)
    model, cache = pair.ours.model, KVCache(pair.ours.config)
    model.encode(pair.prompt(), cache)
    logits = model.logits(model.denoise(canvas, None, cache))
    assert logits.std() > 0.3
    assert_equal("logits", logits, expected.logits)


@torch.inference_mode()
def test_the_denoiser_gives_the_same_logits_with_self_conditioning(pair: Pair) -> None:
    length = pair.ours.config.canvas_length
    canvas = torch.arange(length)[None] * 5 % 97
    beliefs = torch.randn(1, length, 97, generator=torch.Generator().manual_seed(3)) * 3
    expected = pair.reference(
        input_ids=pair.prompt(), decoder_input_ids=canvas, self_conditioning_logits=beliefs
    )
    model, cache = pair.ours.model, KVCache(pair.ours.config)
    model.encode(pair.prompt(), cache)
    soft = model.soft_embed(beliefs.softmax(dim=-1))
    assert_equal("logits", model.logits(model.denoise(canvas, soft, cache)), expected.logits)


@torch.inference_mode()
def test_denoising_leaves_the_cache_as_it_was(pair: Pair) -> None:
    model, cache = pair.ours.model, KVCache(pair.ours.config)
    model.encode(pair.prompt(), cache)
    layers = range(len(pair.ours.config.layers))
    before = [[t.clone() for part in cache.layer(i) for t in part] for i in layers]
    model.denoise(torch.zeros(1, 7, dtype=torch.int64), None, cache)
    assert cache.length == PROMPT_LENGTH
    for index, rows in enumerate(before):
        after = [t for part in cache.layer(index) for t in part]
        assert all(torch.equal(a, b) for a, b in zip(rows, after, strict=True))


@torch.inference_mode()
def test_bfloat16_stays_near_float32(pair: Pair) -> None:
    canvas = torch.arange(7)[None]
    logits = []
    for dtype in (torch.float32, torch.bfloat16):
        ours = load_checkpoint(pair.folder, dtype=dtype)
        cache = KVCache(ours.config)
        ours.model.encode(pair.prompt(), cache)
        logits.append(ours.model.logits(ours.model.denoise(canvas, None, cache)))
    assert logits[1].dtype == torch.float32
    similarity = torch.cosine_similarity(logits[0].flatten(), logits[1].flatten(), dim=0)
    assert similarity > 0.9  # random routers sit near ties, which rounding decides


def assert_same_cache(ours: KVCache, expected: object) -> None:
    # transformers 5.24 has renamed it.
    reference = expected.cache if hasattr(expected, "cache") else expected.past_key_values
    for index, layer in enumerate(reference.layers):
        ((keys, values),) = ours.layer(index)
        assert_equal(f"keys {index}", keys, layer.keys)
        assert_equal(f"values {index}", values, layer.values)
