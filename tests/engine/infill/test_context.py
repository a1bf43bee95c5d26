"""Where a context begins, and what of its cache is used again."""

import itertools

import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.infill.context import ContextCache, anchored
from engine.model import ModelConfig
from tests.tiny import config_json, random_model

CONFIG = ModelConfig.from_json(config_json())
MODEL = random_model(CONFIG)
IDS = st.lists(st.integers(4, CONFIG.vocab_size - 1), max_size=60)


@given(IDS, st.integers(1, 50))
def test_a_context_is_the_end_of_the_text_and_not_much_shorter_than_allowed(ids, limit) -> None:
    kept = anchored(ids, limit)
    assert kept == ids[len(ids) - len(kept) :]
    assert min(len(ids), limit) - limit // 4 <= len(kept) <= limit


def test_typing_moves_the_beginning_seldom() -> None:
    generator = torch.Generator().manual_seed(2)
    ids = torch.randint(4, 300, (1500,), generator=generator).tolist()
    begins = [end - len(anchored(ids[:end], 400)) for end in range(1000, 1500)]
    moves = sum(one != other for one, other in itertools.pairwise(begins))
    # Cut at the limit it would move 499 times.
    assert moves < 25


@given(IDS, IDS)
def test_a_reused_cache_says_what_a_fresh_one_says(first, second) -> None:
    contexts = ContextCache()
    contexts.encode(MODEL, first)
    cache, reused = contexts.encode(MODEL, second)
    fresh, nothing = ContextCache().encode(MODEL, second)
    shared = next(
        (place for place, pair in enumerate(zip(first, second, strict=False)) if len({*pair}) > 1),
        min(len(first), len(second)),
    )
    assert (reused, nothing, cache.length) == (shared, 0, len(second))
    canvas = torch.arange(5)[None]
    with torch.inference_mode():
        found, expected = (MODEL.denoise(canvas, None, one) for one in (cache, fresh))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_a_cancelled_context_is_remembered_as_far_as_it_went() -> None:
    contexts = ContextCache()
    looks = iter([False, True])
    cache, _ = contexts.encode(MODEL, list(range(4, 304)) * 2, lambda: next(looks))
    assert cache.length == 256
    _, reused = contexts.encode(MODEL, list(range(4, 304)) * 2)
    assert reused == 256
