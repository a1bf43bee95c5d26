"""Train the embedded model: `python packaging/model/train.py`; run again to resume.

With `--start-from FOLDER` training begins at the weights of an exported model, and without the
causal warm-up. Its vocabulary may be larger: byte-pair merges are ordered, so the first ids of a
larger tokenizer are those of a smaller one trained on the same text. A second run needs a `--seed`
of its own, or it sees the text of the first again.

`--causal-alone` trains the plain causal model that the denoiser is compared with.
"""

import argparse
import json
import logging
import time
from dataclasses import replace
from pathlib import Path

import torch
from architecture import new_model
from batches import BatchMaker
from muon import Muon
from objective import Metrics, Objective
from recipe import Recipe
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn

from engine.model import DiffusionGemma

log = logging.getLogger(__name__)
CHECKPOINT = "checkpoint.safetensors"
LOG_FILE = "training_log.jsonl"


class Trainer:
    """Model, optimizers and step counter; everything else follows from the recipe and the step."""

    def __init__(
        self, recipe: Recipe, folder: Path, device: str, start_from: Path | None = None
    ) -> None:
        """Start fresh or from an exported model, or resume the checkpoint in `folder`."""
        torch.manual_seed(recipe.seed)
        self.recipe, self.folder, self.device = recipe, folder, torch.device(device)
        self.model = new_model(recipe).to(self.device)
        self.objective = Objective(self.model, recipe)
        matrices, rest = _split_parameters(self.model)
        dtype = _compute_dtype(self.device)
        self.uses_bfloat16 = dtype is torch.bfloat16
        self.muon = Muon(matrices, recipe.momentum, dtype)
        self.adam = torch.optim.AdamW(rest, betas=(0.9, 0.95), weight_decay=0.0)
        self.step, self.seconds = 0, 0.0
        if start_from:
            load_exported(self.model, start_from)
        if (folder / CHECKPOINT).exists():
            self.resume()
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.batches = BatchMaker(recipe, folder, "train", tokenizer)

    def run(self, checkpoint_every: int = 50) -> None:
        """Train to the recipe's last step, with a checkpoint every so many steps."""
        while self.step < self.recipe.total_steps:
            start = time.perf_counter()
            metrics = self.train_step()
            self.seconds += time.perf_counter() - start
            if self.step % 10 == 0:
                self.record({name: value.item() for name, value in metrics.items()})
            if self.step % checkpoint_every == 0 or self.step == self.recipe.total_steps:
                self.save()

    def train_step(self) -> Metrics:
        """Run one optimizer step and return its metrics."""
        recipe = self.recipe
        generator = torch.Generator().manual_seed(recipe.seed + self.step)
        with self.autocast():
            if self.step < recipe.causal_steps:
                text = self.batches.causal(self.step).to(self.device)
                loss, metrics = self.objective.causal(text)
            else:
                batch = self.batches.denoising(self.step).to(self.device)
                condition = torch.rand((), generator=generator) < recipe.self_conditioning_share
                loss, metrics = self.objective.denoising(batch, bool(condition), generator)
        torch.autograd.backward(loss)
        for parameter in self.model.parameters():
            # The causal phase leaves self-conditioning without gradients.
            parameter.grad = (
                torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            )
        scale = self.schedule()
        self.adam.param_groups[0]["lr"] = recipe.adam_learning_rate * scale
        self.adam.step()
        self.muon.step(recipe.muon_learning_rate * scale)
        self.adam.zero_grad()
        self.step += 1
        return {**metrics, "learning_rate_scale": torch.tensor(scale)}

    def autocast(self) -> torch.autocast:
        """Return the context in which the model runs: bfloat16 where that is fast."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.uses_bfloat16)

    def schedule(self) -> float:
        """Return the learning-rate factor of the step: warm-up, flat, linear to zero."""
        recipe = self.recipe
        left = (recipe.total_steps - self.step) / (recipe.decay_share * recipe.total_steps)
        return min(1.0, (self.step + 1) / recipe.warmup_steps, left)

    def record(self, metrics: dict[str, float]) -> None:
        """Append one line to the training log."""
        line = {"step": self.step, "seconds": round(self.seconds, 1)}
        line |= {name: round(value, 4) for name, value in metrics.items()}
        with (self.folder / LOG_FILE).open("a") as file:
            file.write(json.dumps(line) + "\n")
        log.info("%s", line)

    def save(self) -> None:
        """Write weights, momenta and counters; a kill in between leaves the old file."""
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"muon.{i}": buffer for i, buffer in enumerate(self.muon.buffers)}
        for index, state in self.adam.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{name}": value for name, value in state.items()}
        temporary = self.folder / f"{CHECKPOINT}.part"
        counters = {"step": str(self.step), "seconds": str(self.seconds)}
        save_file(tensors, temporary, metadata=counters)
        temporary.replace(self.folder / CHECKPOINT)

    def resume(self) -> None:
        """Continue from the checkpoint."""
        tensors = load_file(self.folder / CHECKPOINT, device=str(self.device))
        self.model.load_state_dict(_with_prefix(tensors, "model."))
        for index, buffer in enumerate(self.muon.buffers):
            buffer.copy_(tensors[f"muon.{index}"])
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in _with_prefix(tensors, "adam.").items():
            number, _, leaf = name.partition(".")
            state.setdefault(int(number), {})[leaf] = tensor
        groups = self.adam.state_dict()["param_groups"]
        self.adam.load_state_dict({"state": state, "param_groups": groups})
        counters = read_counters(self.folder / CHECKPOINT)
        self.step, self.seconds = int(counters["step"]), float(counters["seconds"])
        log.info("resumed at step %d", self.step)


def _compute_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 where it is fast: on a GPU, and on a CPU that multiplies it."""
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    is_fast = device.type != "cpu" or bool(capabilities.get("avx512_bf16"))
    return torch.bfloat16 if is_fast else torch.float32


def read_counters(path: Path) -> dict[str, str]:
    """Return the metadata of a checkpoint file: step and seconds trained."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    counters: dict[str, str] = header["__metadata__"]
    return counters


def load_exported(model: DiffusionGemma, folder: Path) -> None:
    """Copy the weights of a model folder; of a larger vocabulary the first rows."""
    tensors = _with_prefix(load_file(folder / "model.safetensors"), "model.decoder.")
    embedding = tensors["embed_tokens.weight"]
    tensors["embed_tokens.weight"] = embedding[: model.config.vocab_size]
    missing, _ = model.load_state_dict(tensors, strict=False)
    if lacking := [name for name in missing if not name.endswith("encoder_layer_scalar")]:
        raise ValueError(f"{folder} lacks {lacking}")


def _with_prefix(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _split_parameters(model: DiffusionGemma) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Return the matrices for Muon, and the embedding, router and vectors for AdamW."""
    matrices, rest = list[nn.Parameter](), list[nn.Parameter]()
    for name, parameter in model.named_parameters():
        is_matrix = parameter.dim() >= 2 and "embed" not in name and "router" not in name
        (matrices if is_matrix else rest).append(parameter)
    return matrices, rest


def main() -> None:
    """Run or resume the training."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(recipe.data_folder))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--start-from", type=Path, help="a model folder")
    parser.add_argument("--steps", type=int, default=recipe.total_steps)
    parser.add_argument("--seed", type=int, default=recipe.seed)
    parser.add_argument("--causal-alone", action="store_true", help="train no denoising")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    causal_steps = 0 if arguments.start_from else recipe.causal_steps
    recipe = replace(
        recipe,
        seed=arguments.seed,
        total_steps=arguments.steps,
        causal_steps=arguments.steps if arguments.causal_alone else causal_steps,
    )
    Trainer(recipe, arguments.data, arguments.device, arguments.start_from).run()


if __name__ == "__main__":
    main()
