"""Cutting, branching and choosing from the cache."""

import torch

from engine.model import KVCache, ModelConfig
from engine.model.fused import fuse
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


def rows(cache: KVCache, index: int) -> list[torch.Tensor]:
    """Return a layer's keys and values, each in one piece for each sequence."""
    parts = cache.layer(index)
    batch = max(len(keys) for keys, _ in parts)
    pieces = zip(*parts, strict=True)
    return [torch.cat([one.expand(batch, -1, -1, -1) for one in own], dim=2) for own in pieces]


@torch.inference_mode()
def test_a_cut_cache_is_that_of_the_shorter_text() -> None:
    whole, expected = encoded(IDS), encoded(IDS[:, :25])
    assert whole.can_cut(25)
    cut = whole.cut(25)
    assert (cut.length, whole.length) == (25, 40)
    for index in range(len(CONFIG.layers)):
        for found, wanted in zip(rows(cut, index), rows(expected, index), strict=True):
            torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_appending_to_a_cut_cache_leaves_the_whole_one_alone() -> None:
    whole = encoded(IDS)
    before = [rows(whole, index) for index in range(len(CONFIG.layers))]
    MODEL.encode(IDS[:, :5], whole.cut(20))
    for index, expected in enumerate(before):
        assert all(map(torch.equal, rows(whole, index), expected))


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
def test_one_cache_serves_each_canvas_alike() -> None:
    one = encoded(IDS)
    canvas = torch.arange(12).view(2, 6)
    both = MODEL.denoise(canvas, None, one)
    second = MODEL.denoise(canvas[1:], None, one)
    torch.testing.assert_close(both[1:], second, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_branches_go_their_own_ways() -> None:
    """Through the plain layers and the fused ones; longer than a sliding window, and cut back."""
    fused = random_model(CONFIG)
    fuse(fused)
    ends = torch.tensor([[3, 4, 5], [6, 7, 8]])
    for model in (MODEL, fused):
        trunk = KVCache(CONFIG)
        model.encode(IDS[:, :20], trunk)
        for begun in (trunk, trunk.cut(13)):
            branches = begun.branch()
            hidden = [model.encode(piece, branches) for piece in ends.split((2, 1), dim=1)]
            assert (begun.length, branches.length) == (begun.length, begun.length + 3)
            for row in range(2):
                alone = KVCache(CONFIG)
                text = torch.cat((IDS[:, : begun.length], ends[row : row + 1]), dim=1)
                expected = model.encode(text, alone)[0, -3:]
                found = torch.cat(hidden, dim=1)[row]
                torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_a_branch_can_be_branched_and_cut() -> None:
    branch = encoded(IDS[:, :20]).branch()
    MODEL.encode(IDS[:, 20:30], branch)
    expected = encoded(IDS[:, :25])
    for one in (branch.cut(25), branch.branch().cut(25)):
        assert one.length == 25
        for index in range(len(CONFIG.layers)):
            for found, wanted in zip(rows(one, index), rows(expected, index), strict=True):
                torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_a_sequence_may_be_taken_twice_and_goes_its_own_way() -> None:
    cache = KVCache(CONFIG)
    MODEL.encode(torch.cat((IDS[:, :9], IDS[:, 9:18])), cache)
    taken = cache.take(torch.tensor([1, 1, 0]))
    MODEL.encode(torch.tensor([[5], [6], [7]]), taken)
    assert (cache.length, taken.length) == (9, 10)
    expected = encoded(torch.cat((IDS[:, 9:18], torch.tensor([[6]])), dim=1))
    for index in range(len(CONFIG.layers)):
        for found, wanted in zip(rows(taken, index), rows(expected, index), strict=True):
            torch.testing.assert_close(found[1:2], wanted, rtol=1e-5, atol=1e-5)
