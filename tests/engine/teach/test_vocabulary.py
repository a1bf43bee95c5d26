"""The streamed head against the whole one: losses, gradients, beliefs."""

import pytest
import torch
from torch.nn import functional as F

from engine.model import ModelConfig
from engine.model.quantized import QuantizedEmbedding
from engine.teach.vocabulary import Head
from kernels.quantized import Int8Channel
from tests.tiny import VOCAB_SIZE, config_json, random_model

# One row's target is a block's first or last token, or the vocabulary's.
TARGETS = torch.tensor([0, 6, 7, 13, VOCAB_SIZE - 1, 100])


@pytest.fixture(params=["plain", "int8"])
def model(request):
    # Logits of order ten, where the cap of thirty bends them.
    model = random_model(ModelConfig.from_json(config_json()), scale=0.5)
    if request.param == "int8":
        record = Int8Channel.quantize(model.embed_tokens.weight)
        model.set_submodule("embed_tokens", QuantizedEmbedding(record, torch.float32))
    return model


@pytest.fixture
def hidden() -> torch.Tensor:
    return torch.randn(len(TARGETS), 32, generator=torch.Generator().manual_seed(1)) * 4


@pytest.mark.parametrize("block", [7, VOCAB_SIZE, 1000], ids=["with a tail", "one", "less"])
def test_losses_and_their_gradients_are_those_of_whole_logits(model, hidden, block) -> None:
    rows = hidden.requires_grad_()
    toward = torch.arange(1.0, len(TARGETS) + 1)
    ours = Head(model, block).losses(rows, TARGETS)
    logits = model.logits(rows)
    assert logits.abs().max() > 15
    whole = F.cross_entropy(logits, TARGETS, reduction="none")
    torch.testing.assert_close(ours, whole, rtol=1e-5, atol=1e-5)
    got, wanted = (torch.autograd.grad(loss, rows, toward)[0] for loss in (ours, whole))
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-5)


def test_beliefs_are_the_expected_embeddings(model, hidden) -> None:
    expected = model.soft_embed(model.logits(hidden).softmax(dim=-1))
    torch.testing.assert_close(Head(model, 7).beliefs(hidden), expected, rtol=1e-5, atol=1e-5)
