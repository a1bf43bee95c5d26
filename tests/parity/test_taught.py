"""A taught DiffusionGemma in `transformers`: gradients, and the adapter merged by PEFT."""

import copy
import json

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from engine.checkpoints.lora import CONFIG, WEIGHTS
from engine.loaders import load_checkpoint
from engine.model import KVCache
from engine.teach.gemma import GemmaStudent, Lora
from tests.parity.conftest import Pair
from tests.parity.test_model import assert_equal

CONTEXT = 15  # longer than every sliding window of the shapes


@pytest.fixture
def student(pair: Pair) -> GemmaStudent:
    """The pair's model with a change that nobody could miss."""
    model = load_checkpoint(pair.folder).model
    student = GemmaStudent(model, str(pair.folder), Lora(rank=4, alpha=8), context=CONTEXT)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for half in student.trained.values():
            half.normal_(std=0.1, generator=generator)
    return student


def texts(student: GemmaStudent, count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.randint(97, (count, student.length), generator=generator)


@pytest.fixture
def adapter(student: GemmaStudent, tmp_path):
    """The change as files in PEFT's layout."""
    halves = {name: half.detach().contiguous() for name, half in student.trained.items()}
    save_file(halves, tmp_path / WEIGHTS)
    (tmp_path / CONFIG).write_text(json.dumps(student.peft_config()))
    return tmp_path


@torch.no_grad()
def passes(model, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the hidden states of the context and the logits of a canvas."""
    cache = KVCache(model.config)
    read = model.encode(ids[:, :CONTEXT], cache)
    return read, model.logits(model.denoise(ids[:, CONTEXT:], None, cache))


def test_a_taught_adapter_merged_at_loading_gives_the_students_logits(
    pair: Pair, student: GemmaStudent, adapter
) -> None:
    ids = texts(student, 1)
    taught, plain = passes(student.model, ids), passes(pair.ours.model, ids)
    loaded = passes(load_checkpoint(pair.folder, dtype=torch.float32, adapter=adapter).model, ids)
    for name, one, other, before in zip(("hidden", "logits"), taught, loaded, plain, strict=True):
        assert (one - before).abs().max() > 0.3
        assert_equal(name, other, one)


# PEFT asks a model of `transformers` by a name that is to go.
@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated")
def test_peft_reads_a_taught_adapter_and_merges_it_into_both_passes(
    pair: Pair, student: GemmaStudent, adapter
) -> None:
    from peft import PeftModel

    ids = texts(student, 1)
    read, logits = passes(student.model, ids)
    merged = PeftModel.from_pretrained(copy.deepcopy(pair.reference), adapter).merge_and_unload()
    with torch.no_grad():
        theirs = merged(input_ids=ids[:, :CONTEXT], decoder_input_ids=ids[:, CONTEXT:])
        encoded = merged.model.encoder(input_ids=ids[:, :CONTEXT]).last_hidden_state
    assert_equal("hidden", read, encoded)
    assert_equal("logits", logits, theirs.logits)


def test_gradients_are_those_of_transformers_on_merged_weights(
    pair: Pair, student: GemmaStudent
) -> None:
    ids, reference = texts(student, 6), copy.deepcopy(pair.reference)
    decoder, changed = reference.model.decoder, {}
    for name in [name for name in student.trained if name.endswith("A.weight")]:
        a, b = (student.trained[name.replace("lora_A", f"lora_{half}")].detach() for half in "AB")
        weight = decoder.get_submodule(name.split("decoder.")[1].split(".lora")[0]).weight
        weight.data += student.lora.scale * b @ a
        changed[name] = a, b, weight
    noisy, is_told = student._drawn(ids[:, CONTEXT:], torch.Generator().manual_seed(4))
    assert 0 < is_told.count_nonzero() < 6
    expected = reference_loss(reference, ids, noisy, is_told)
    loss = student.loss(ids, torch.Generator().manual_seed(4))
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-5)
    loss.backward()
    expected.backward()
    for name, (a, b, weight) in changed.items():
        gradient = student.lora.scale * weight.grad
        for half, wanted in (("A", b.T @ gradient), ("B", gradient @ a.T)):
            ours = student.trained[name.replace("lora_A", f"lora_{half}")].grad
            assert (ours - wanted).abs().max() <= 1e-3 * wanted.abs().max(), name


def reference_loss(reference, ids, noisy, is_told) -> torch.Tensor:
    context = ids[:, :CONTEXT]
    with torch.no_grad():
        believed = reference(input_ids=context, decoder_input_ids=noisy).logits
    seen = reference.model(
        input_ids=context,
        decoder_input_ids=noisy,
        self_conditioning_logits=believed,
        self_conditioning_mask=is_told,
    )
    cap = reference.final_logit_softcapping
    losses = [
        F.cross_entropy(
            (torch.tanh(reference.lm_head(hidden) / cap) * cap).flatten(0, 1), wanted.flatten()
        )
        for hidden, wanted in (
            (seen.last_hidden_state, ids[:, CONTEXT:]),
            (seen.encoder_last_hidden_state, ids[:, 1 : CONTEXT + 1]),
        )
    ]
    return sum(losses) / 2
