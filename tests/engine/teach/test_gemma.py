"""A DiffusionGemma that is taught: its gradients against an unpacked model's without any of it."""

import copy

import pytest
import torch
from torch.func import functional_call
from torch.nn import functional as F

from engine.checkpoints.lora import PREFIX
from engine.checkpoints.resident import FORMATS, kind_of
from engine.checkpoints.shapes import ModelShapes
from engine.model import DiffusionGemma, KVCache, ModelConfig
from engine.model.quantized import install
from engine.teach import gemma
from engine.teach.gemma import CHANGED, GemmaStudent, Lora
from engine.teach.gemma_plan import half_numbers
from kernels.quantized import Int8Channel
from tests.tiny import config_json, random_model

# Rows of 64 can be packed; all experts are chosen, as rounding must not choose others.
SHAPE = {
    "hidden_size": 64, "intermediate_size": 96, "moe_intermediate_size": 32, "top_k_experts": 4,
    "head_dim": 16, "sliding_window": 6,
}  # fmt: skip
CONFIG = ModelConfig.from_json(config_json(canvas_length=8, **SHAPE))
LORA = Lora(rank=3, alpha=6)
OPENING, CONTEXT = (5, 6), 9  # longer than the window
KINDS = ["plain", *FORMATS]


def models(kind: str) -> tuple[DiffusionGemma, DiffusionGemma]:
    """Return a model with its weights packed in a format, and the same one with none packed."""
    model = random_model(CONFIG)
    twin = copy.deepcopy(model)
    if kind == "plain":
        return model, twin
    records = {
        name: (Int8Channel if name == "embed_tokens.weight" else FORMATS[kind]).quantize(weight)
        for name, weight in model.state_dict().items()
        if kind_of(name, tuple(weight.shape))
    }
    for name, record in records.items():
        twin.state_dict()[name].copy_(record.dequantize())
    install(model, records, torch.float32)
    return model, twin


def student_of(model: DiffusionGemma) -> GemmaStudent:
    student = GemmaStudent(model, "base", LORA, OPENING, CONTEXT)
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for half in student.trained.values():  # with some of both, every gradient is something
            half.normal_(std=0.2, generator=generator)
    return student


def texts(count: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(4, 300, (count, CONTEXT + CONFIG.canvas_length), generator=generator)


def random(seed: int = 7) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Twin(torch.nn.Module):
    """The objective written down once more: whole logits, nothing frozen, nothing recomputed."""

    def __init__(self, model: DiffusionGemma) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids, noisy, is_told) -> torch.Tensor:
        model, cache = self.model, KVCache(CONFIG)
        canvas, opening = ids[:, CONTEXT:], torch.tensor(OPENING).expand(len(ids), -1)
        read = model.encode(torch.cat([opening, ids[:, :CONTEXT]], 1), cache)
        with torch.no_grad():
            believed = model.logits(model.denoise(noisy, None, cache)).softmax(-1)
            soft = model.soft_embed(believed) * is_told[:, None, None]
        denoised = model.logits(model.denoise(noisy, soft, cache))
        # Row 1 is the opening's last: it says what the text begins with.
        causal = model.logits(read[:, 1:])
        losses = [
            F.cross_entropy(logits.flatten(0, 1), wanted.flatten())
            for logits, wanted in ((denoised, canvas), (causal, ids[:, : CONTEXT + 1]))
        ]
        return sum(losses) / 2


def module_of(name: str) -> str:
    """Return the product that a half belongs to."""
    return name.split(".lora", maxsplit=1)[0].removeprefix(f"{PREFIX}model.decoder.")


def twins_loss(twin: DiffusionGemma, student: GemmaStudent, ids, noisy, is_told) -> torch.Tensor:
    merged = {f"model.{name}": weight for name, weight in twin.state_dict().items()}
    for name in [name for name in student.trained if name.endswith("A.weight")]:
        module = module_of(name)
        change = student.trained[name.replace("lora_A", "lora_B")] @ student.trained[name]
        merged[f"model.{module}.weight"] = merged[f"model.{module}.weight"] + LORA.scale * change
    return functional_call(Twin(twin), merged, (ids, noisy, is_told))


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_and_the_gradient_of_every_half_are_those_of_merged_unpacked_weights(kind) -> None:
    model, twin = models(kind)
    student, ids = student_of(model), texts()
    drawn = student._drawn(ids[:, CONTEXT:], random())
    assert drawn[1].tolist().count(True) in (1, 2, 3)  # some are told something and some are not
    ours, theirs = student.loss(ids, random()), twins_loss(twin, student, ids, *drawn)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    leaves = list(student.trained.values())
    got, wanted = (torch.autograd.grad(loss, leaves) for loss in (ours, theirs))
    for name, one, other in zip(student.trained, got, wanted, strict=True):
        assert other.abs().max() > 1e-4, name
        torch.testing.assert_close(one, other, rtol=1e-3, atol=2e-6, msg=name)


def test_the_loss_changes_along_the_gradient_as_the_gradient_says(monkeypatch) -> None:
    # What a first pass believes is taken as given: no gradient goes there, but the loss does.
    monkeypatch.setattr(gemma, "TOLD_SHARE", 0.0)
    student, ids, step = student_of(models("int4")[0]), texts(), 1e-2
    grads = torch.autograd.grad(student.loss(ids, random()), list(student.trained.values()))
    size = sum(grad.square().sum() for grad in grads).sqrt()

    @torch.no_grad()
    def moved(by: float) -> float:
        for half, grad in zip(student.trained.values(), grads, strict=True):
            half.add_(grad, alpha=by / size.item())
        return student.loss(ids, random()).item()

    ahead, behind = moved(step), moved(-2 * step)
    assert (ahead - behind) / (2 * step) == pytest.approx(size.item(), rel=1e-2)


def test_computing_layers_again_gives_the_gradients_of_keeping_all(monkeypatch) -> None:
    student, ids = student_of(models("int8")[0]), texts()
    leaves = list(student.trained.values())
    again = torch.autograd.grad(student.loss(ids, random()), leaves)
    monkeypatch.setattr(gemma, "checkpoint", lambda run, *given, **options: run(*given))
    kept = torch.autograd.grad(student.loss(ids, random()), leaves)
    assert all(torch.equal(one, other) for one, other in zip(again, kept, strict=True))


def test_a_student_begins_as_the_model_that_it_is_made_of() -> None:
    model, twin = models("plain")
    canvas, context = texts()[:, CONTEXT:], texts()[:, :CONTEXT]
    GemmaStudent(model, "base", LORA)
    for one, other in zip(*(passes(each, context, canvas) for each in (model, twin)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def passes(model, context, canvas) -> tuple[torch.Tensor, torch.Tensor]:
    cache = KVCache(CONFIG)
    return model.encode(context, cache), model.denoise(canvas, None, cache)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_learned_and_no_weight_of_the_model_moves(kind) -> None:
    model, _ = models(kind)
    student = GemmaStudent(model, "base", LORA, OPENING, CONTEXT)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    assert not any(weight.requires_grad for weight in model.parameters())
    ids, adam = texts(2), torch.optim.AdamW(student.trained.values(), lr=1e-2)

    def held_out() -> float:
        with torch.no_grad():
            return sum(student.loss(ids, random(seed)).item() for seed in (100, 101))

    first = held_out()
    for seed in range(25):
        adam.zero_grad()
        student.loss(ids, random(seed)).backward()
        adam.step()
    assert held_out() < 0.8 * first
    after = model.state_dict()
    assert before.keys() == after.keys()
    for name, weight in before.items():
        assert torch.equal(bytes_of(weight), bytes_of(after[name])), name


def bytes_of(weight: torch.Tensor) -> torch.Tensor:
    return weight.flatten().view(torch.uint8)  # float8 cannot be compared everywhere


def test_what_is_drawn_hangs_on_the_generator_alone() -> None:
    student, ids = student_of(models("plain")[0]), texts()
    first, again, other = (student.loss(ids, random(seed)).item() for seed in (1, 1, 2))
    assert first == again != other
    with torch.no_grad():
        assert student.loss(ids, random(1)).item() == first


def test_noise_takes_every_share_of_a_canvas() -> None:
    student = GemmaStudent(models("plain")[0], "base", LORA)
    canvas = torch.full((3000, CONFIG.canvas_length), 9)
    noisy, is_told = student._drawn(canvas, random())
    shares = (noisy != 9).float().mean(1)
    # Even over 0..1: the mean of 3,000 is within 0.02 of a half, four times its deviation, and a
    # tenth of them, or a little more for canvases of eight tokens, have nothing replaced or all.
    assert shares.mean() == pytest.approx(0.5, abs=0.02)
    for count in range(9):
        assert (shares * 8).round().eq(count).float().mean() == pytest.approx(1 / 9, abs=0.025)
    assert is_told.float().mean() == pytest.approx(0.5, abs=0.04)


def test_every_product_of_attention_and_mlp_has_two_halves_and_nothing_else() -> None:
    model, _ = models("plain")
    student = GemmaStudent(model, "base", LORA)
    modules = {
        name.split(".lora")[0].removeprefix(f"{PREFIX}model.decoder.") for name in student.trained
    }
    products = ("q", "k", "v", "o"), ("gate", "up", "down")
    wanted = {f"layers.0.self_attn.{name}_proj" for name in products[0]}
    wanted |= {f"layers.1.self_attn.{name}_proj" for name in "qko"}  # full layers: values are keys
    wanted |= {f"layers.{layer}.mlp.{name}_proj" for layer in (0, 1) for name in products[1]}
    assert modules == wanted
    assert all(CHANGED.fullmatch(name) for name in wanted)
    numbers = sum(half.numel() for half in student.trained.values())
    assert numbers == half_numbers(ModelShapes.of(CONFIG), LORA.rank)
    assert all(half.dtype == torch.float32 and half.is_leaf for half in student.trained.values())
