"""The vocabulary pass: kernels against the twin, the twin against softmax over all logits."""

import pytest
import torch

from kernels.philox import Draws
from kernels.quantized import Int8Channel
from kernels.vocabulary import Rules, vocabulary_pass
from tests.kernels.runs import ONE_RUN, RUNS, assert_near, normal

CAP, SCALE = 30.0, 4.0
# rows, hidden, vocabulary
SHAPES = [
    pytest.param(1, 16, 50, id="one row, less than a chunk"),
    pytest.param(7, 48, 197, id="tails in every dimension, several chunks"),
    pytest.param(3, 32, 128, id="whole chunks"),
    pytest.param(131, 16, 70, id="several tiles of rows"),
]


def embedding(vocab: int, hidden: int, is_packed: bool, device: str, dtype: torch.dtype):
    weight = normal(vocab, hidden, seed=6).to(device)
    return Int8Channel.quantize(weight) if is_packed else weight.to(dtype)


def draws(rows: int, device: str = "cpu", step: int = 3) -> Draws:
    return Draws(
        seeds=(torch.arange(rows, device=device) // 5 + 1) * 0x1234567_89ABCDEF,
        positions=torch.arange(rows, dtype=torch.int32, device=device),
        step=torch.tensor([step], dtype=torch.int32, device=device),
    )


def rules(rows: int, vocab: int, device: str = "cpu") -> Rules:
    """Forbid the first chunk to some rows, every second token to others, nothing to the rest."""
    tokens = torch.arange(vocab, device=device)
    forbidden = torch.stack((tokens < min(64, vocab - 5), tokens % 2 == 0))
    return Rules(forbidden, torch.arange(rows, dtype=torch.int32, device=device) % 3 - 1)


@RUNS
@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize(("rows", "hidden", "vocab"), SHAPES)
def test_the_kernels_match_the_twin(device, dtype, is_packed, rows, hidden, vocab) -> None:
    states = normal(rows, hidden).to(device, dtype)
    weight = embedding(vocab, hidden, is_packed, device, dtype)
    temperature = torch.tensor([0.6], device=device)
    args = (
        states,
        weight,
        temperature,
        CAP,
        SCALE,
        draws(rows, device),
        rules(rows, vocab, device),
    )
    out = vocabulary_pass.kernel(*args, 3, None, 64)
    expected = vocabulary_pass.twin(*args, 3)
    assert torch.equal(out.draft, expected.draft)
    assert torch.equal(out.sample, expected.sample)
    assert torch.equal(out.top_ids, expected.top_ids)
    torch.testing.assert_close(out.top_probs, expected.top_probs, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(out.entropy, expected.entropy, rtol=1e-4, atol=1e-5)
    assert_near(out.soft, expected.soft, dtype)


@ONE_RUN
def test_confident_rows_have_next_to_no_entropy(device, dtype) -> None:
    weight = torch.eye(64, device=device).to(dtype)
    states = 100 * weight[[5, 63, 0]]
    args = (states, weight, torch.tensor([0.4], device=device), CAP, 1.0)
    out, expected = (run(*args, chunk=64) for run in (vocabulary_pass.kernel, vocabulary_pass.twin))
    assert out.draft.tolist() == out.sample.tolist() == [5, 63, 0]
    assert (out.entropy >= 0).all()
    torch.testing.assert_close(out.entropy, expected.entropy, rtol=1e-3, atol=1e-30)
    assert_near(out.soft, expected.soft, dtype)


@ONE_RUN
def test_alternatives_are_made_for_the_rows_that_ask(device, dtype) -> None:
    states = normal(4, 16).to(device, dtype)
    weight = embedding(150, 16, False, device, dtype)
    asks = torch.tensor([True, False, False, True], device=device)
    args = (states, weight, torch.tensor([0.8], device=device), CAP, SCALE, None, None, 5)
    out, expected = vocabulary_pass.kernel(*args, asks, 64), vocabulary_pass.twin(*args)
    assert torch.equal(out.top_ids[asks], expected.top_ids[asks])
    torch.testing.assert_close(out.top_probs[asks], expected.top_probs[asks], rtol=1e-4, atol=1e-5)


def test_the_twin_is_the_softmax_over_all_logits() -> None:
    states, weight = normal(6, 16), embedding(90, 16, False, "cpu", torch.float32)
    out = vocabulary_pass(states, weight, torch.tensor([0.5]), CAP, SCALE, None, rules(6, 90), 4)
    logits = (states @ weight.T / CAP).tanh() * CAP / 0.5
    line = rules(6, 90).row.long()
    logits[rules(6, 90).forbidden[line] & (line >= 0)[:, None]] = -torch.inf
    probs = logits.softmax(dim=-1)
    assert torch.equal(out.draft, logits.argmax(dim=-1).int())
    torch.testing.assert_close(out.entropy, torch.distributions.Categorical(probs).entropy())
    torch.testing.assert_close(out.soft, probs @ weight * SCALE)
    torch.testing.assert_close(out.top_probs, probs.topk(4).values)


def test_samples_are_distributed_as_the_softmax_says() -> None:
    rows, vocab = 6000, 7
    weight = torch.eye(vocab)
    states = torch.tensor([[3.0, 2, 1, 0, 0, -1, 2.5]]).expand(rows, -1)
    numbers = Draws(torch.full((rows,), 42), torch.arange(rows).int(), torch.tensor([0]).int())
    out = vocabulary_pass(states, weight, torch.tensor([1.0]), CAP, 1.0, numbers)
    counts = torch.bincount(out.sample.long(), minlength=vocab)
    expected = ((states[0] / CAP).tanh() * CAP).softmax(dim=-1) * rows
    chi_squared = ((counts - expected).square() / expected).sum().item()
    print(f"chi squared {chi_squared:.1f} at 6 degrees of freedom")
    assert chi_squared < 22.5  # p = 0.001
