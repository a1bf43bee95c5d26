"""Cutting, expanding and choosing from the cache."""

import torch

from engine.model import KVCache, ModelConfig
from engine.model.kv_cache import SLACK
from tests.tiny import config_json, random_model

CONFIG = ModelConfig.from_json(config_json())
MODEL = random_model(CONFIG)
IDS = torch.randint(CONFIG.vocab_size, (1, 40), generator=torch.Generator().manual_seed(0))


def encoded(ids: torch.Tensor) -> KVCache:
    """Return the cache of ids."""
    cache = KVCache(CONFIG)
    MODEL.encode(ids, cache)
    return cache


@torch.inference_mode()
def test_a_cut_cache_is_that_of_the_shorter_text() -> None:
    whole, expected = encoded(IDS), encoded(IDS[:, :25])
    assert whole.can_cut(25)
    cut = whole.cut(25)
    assert (cut.length, whole.length) == (25, 40)
    for index in range(len(CONFIG.layers)):
        for found, wanted in zip(cut.layer(index), expected.layer(index), strict=True):
            torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_appending_to_a_cut_cache_leaves_the_whole_one_alone() -> None:
    whole = encoded(IDS)
    before = [tuple(t.clone() for t in whole.layer(i)) for i in range(len(CONFIG.layers))]
    MODEL.encode(IDS[:, :5], whole.cut(20))
    for index, rows in enumerate(before):
        assert all(map(torch.equal, whole.layer(index), rows))


@torch.inference_mode()
def test_rows_that_left_a_sliding_layer_cannot_be_cut_back_to() -> None:
    cache = KVCache(CONFIG)
    long = torch.zeros(1, SLACK, dtype=torch.int64)
    for _ in range(3):
        MODEL.encode(long, cache)
    assert cache.can_cut(cache.length - SLACK)
    assert not cache.can_cut(cache.length - SLACK - 1)
    assert not cache.can_cut(cache.length + 1)


@torch.inference_mode()
def test_an_expanded_cache_serves_each_sequence_alike() -> None:
    one = encoded(IDS)
    canvas = torch.arange(12).view(2, 6)
    both = MODEL.denoise(canvas, None, one.expand(2))
    second = MODEL.denoise(canvas[1:], None, one)
    torch.testing.assert_close(both[1:], second, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_a_sequence_may_be_taken_twice_and_goes_its_own_way() -> None:
    cache = KVCache(CONFIG)
    MODEL.encode(torch.cat((IDS[:, :9], IDS[:, 9:18])), cache)
    taken = cache.take(torch.tensor([1, 1, 0]))
    MODEL.encode(torch.tensor([[5], [6], [7]]), taken)
    assert (cache.length, taken.length) == (9, 10)
    expected = encoded(torch.cat((IDS[:, 9:18], torch.tensor([[6]])), dim=1))
    for index in range(len(CONFIG.layers)):
        for found, wanted in zip(taken.layer(index), expected.layer(index), strict=True):
            torch.testing.assert_close(found[1:2], wanted, rtol=1e-5, atol=1e-5)
