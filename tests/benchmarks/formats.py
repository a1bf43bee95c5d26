"""What each resident format costs: error on the embedded model and on a layer of 26B shape.

`python tests/benchmarks/formats.py` prints a table; `--out` writes it as JSON as well. All products
are computed in float32, so that what differs is the weights alone.
"""

import argparse
import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from tokenizers import Tokenizer
from torch import Tensor

from engine.checkpoints.resident import FORMATS, Residency, kind_of
from engine.checkpoints.shapes import RELEASED_CONFIG, ModelShapes
from engine.loaders import load_checkpoint
from engine.model import DiffusionGemma, KVCache, ModelConfig
from engine.model.config import LayerConfig
from engine.model.layers import Layer, rope_frequencies, rope_table
from resources import resource_path

GIB = 2**30
FULL = {"experts": "bfloat16", "dense": "bfloat16", "embedding": "bfloat16"}
CHOICES = [
    FULL,
    *({**FULL, "experts": kind} for kind in ("int8", "int4", "nvfp4")),
    *({**FULL, "dense": kind} for kind in ("int8", "int4", "nvfp4")),
    *({**FULL, "embedding": kind} for kind in ("int8", "int4")),
    {"experts": "int4", "dense": "bfloat16", "embedding": "int8"},
    {"experts": "int4", "dense": "int8", "embedding": "int8"},
    {"experts": "int4", "dense": "int4", "embedding": "int8"},
    {"experts": "nvfp4", "dense": "int8", "embedding": "int8"},
    {"experts": "nvfp4", "dense": "int4", "embedding": "int8"},
]
CONTEXT, CANVAS, CANVASES = 96, 96, 12
NOISE = (0.25, 0.5, 0.75)  # share of the canvas that is random ids
QK_NORM = 0.35  # makes the random layer's attention logits spread by about 2
HEAD_ROWS, ROWS, EXPERTS = 8_192, 96, 16  # of the random layer; the real one has 128 experts


def main() -> None:
    """Measure every choice and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", nargs="*", choices=MEASURES)
    arguments = parser.parse_args()
    results: dict[str, list[dict[str, Any]]] = {}
    for name in arguments.only or MEASURES:
        print(f"\n{name}")
        results[name] = []
        for row in MEASURES[name]():
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
            results[name].append(row)
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def embedded() -> Iterator[dict[str, Any]]:
    """Yield KL, agreement and 26B GiB of each choice on the embedded model's real text."""
    reference = load_checkpoint(resource_path("model"), dtype=torch.float32).model
    batches = _canvases(reference)
    expected = [_distributions(reference, *batch) for batch in batches]
    shapes = ModelShapes.released()
    for choice in CHOICES:
        model = copy.deepcopy(reference)
        _degrade(model, choice)
        found = [_distributions(model, *batch) for batch in batches]
        size = shapes.weight_bytes(Residency(**choice)) / GIB
        yield {**choice, **_compare(expected, found), "gib_26b": round(size, 2)}


def random_layer() -> Iterator[dict[str, Any]]:
    """Yield the same of a sliding layer of 26B shape, its random weights light- or heavy-tailed."""
    for tails in ("normal", "student-t 4"):
        layer, head, x = _layer(tails)
        expected = [_through(layer, head, x)]
        for choice in CHOICES[1:]:
            if choice["embedding"] == "int4":
                continue
            other, other_head = copy.deepcopy(layer), head
            _degrade(other, choice)
            if choice["embedding"] != "bfloat16":
                other_head = FORMATS[choice["embedding"]].quantize(head).dequantize()
            yield {
                "tails": tails,
                **choice,
                **_compare(expected, [_through(other, other_head, x)]),
            }


def _degrade(module: torch.nn.Module, choice: dict[str, str]) -> None:
    """Round every weight to its format, in place."""
    for name, weight in module.state_dict().items():
        full_name = name if isinstance(module, DiffusionGemma) else f"layers.0.{name}"
        kind = kind_of(full_name, tuple(weight.shape))
        format_ = FORMATS.get(choice[kind]) if kind else None
        if format_ is None:
            continue
        parts = weight if weight.dim() == 3 else [weight]
        for part in parts:
            part.copy_(format_.quantize(part).dequantize())


def _canvases(model: DiffusionGemma) -> list[tuple[Tensor, Tensor]]:
    """Return contexts [1, P] and canvases [1, L] of text that ships, partly noise."""
    folder = resource_path("model")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    root = Path(__file__).parents[2]
    text = "\n".join(
        (root / name).read_text("utf-8") for name in ("README.md", "app/window/main_window.py")
    )
    ids = torch.tensor(tokenizer.encode(text, add_special_tokens=False).ids)
    rng = torch.Generator().manual_seed(0)
    found = []
    for index in range(CANVASES):
        span = CONTEXT + CANVAS
        start = int(torch.randint(len(ids) - span, (1,), generator=rng))
        canvas = ids[start + CONTEXT : start + span].clone()
        noisy = torch.rand(CANVAS, generator=rng) < NOISE[index % len(NOISE)]
        noise = torch.randint(4, model.config.vocab_size, (CANVAS,), generator=rng)
        found.append((ids[None, start : start + CONTEXT], torch.where(noisy, noise, canvas)[None]))
    return found


def _distributions(model: DiffusionGemma, context: Tensor, canvas: Tensor) -> Tensor:
    """Return log-probabilities [2 · L, V] of the first and the second denoising step."""
    cache = KVCache(model.config)
    model.encode(context, cache)
    first = model.logits(model.denoise(canvas, None, cache))
    soft = model.soft_embed(first.softmax(-1))
    second = model.logits(model.denoise(canvas, soft, cache))
    return torch.cat((first[0], second[0])).log_softmax(-1)


def _compare(expected: list[Tensor], found: list[Tensor]) -> dict[str, float]:
    """Return the mean KL divergence in nats and the share of equal argmaxes."""
    p, q = torch.cat(expected), torch.cat(found)
    kl = (p.exp() * (p - q)).sum(-1)
    return {
        "kl": round(kl.mean().item(), 6),
        "kl_p99": round(kl.quantile(0.99).item(), 5),
        "top1": round((p.argmax(-1) == q.argmax(-1)).float().mean().item(), 4),
    }


def _layer(tails: str) -> tuple[Layer, Tensor, Tensor]:
    rng = torch.Generator().manual_seed(1)
    draw = _normal if tails == "normal" else _student
    config = ModelConfig.from_json(_released_json(EXPERTS))
    layer = Layer(config, config.layers[0]).eval().requires_grad_(requires_grad=False)
    for parameter in layer.parameters():
        if parameter.dim() > 1:
            for part in parameter if parameter.dim() == 3 else [parameter]:
                part.copy_(draw(part.shape, rng) * part.shape[-1] ** -0.5)
    # With a scale of 1, normed heads of 256 would make random attention look at one row alone.
    for norm in (layer.self_attn.q_norm, layer.self_attn.k_norm):
        assert norm.weight is not None
        norm.weight.fill_(QK_NORM)
    # A head whose logits spread as a trained one's do: a few tokens carry the mass.
    head = draw(torch.Size((HEAD_ROWS, config.hidden_size)), rng) * config.hidden_size**-0.5 * 4
    x = torch.randn(1, ROWS, config.hidden_size, generator=rng)
    return layer, head, x


def _normal(shape: torch.Size, rng: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=rng)


def _student(shape: torch.Size, rng: torch.Generator) -> Tensor:
    """Return Student's t with four degrees of freedom, at unit variance."""
    squares = sum((torch.randn(shape, generator=rng).square() for _ in range(4)), torch.zeros(()))
    return torch.randn(shape, generator=rng) / (squares / 4).sqrt() / 2**0.5


def _through(layer: Layer, head: Tensor, x: Tensor) -> Tensor:
    config: LayerConfig = _LAYER
    rope = rope_table(rope_frequencies(config), torch.arange(x.shape[1]), torch.float32)
    hidden, _ = layer(x, rope)
    normed = torch.nn.functional.rms_norm(hidden[0], hidden.shape[-1:])
    return (normed @ head.T).log_softmax(-1)


def _released_json(experts: int) -> dict[str, Any]:
    text = {**RELEASED_CONFIG["text_config"], "num_experts": experts, "num_hidden_layers": 6}
    return {**RELEASED_CONFIG, "text_config": text}


_LAYER = ModelConfig.from_json(_released_json(EXPERTS)).layers[0]

MEASURES = {"embedded": embedded, "random_26b_layer": random_layer}

if __name__ == "__main__":
    main()
