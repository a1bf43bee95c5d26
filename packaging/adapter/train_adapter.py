"""Train the denoising adapter: `python packaging/adapter/train_adapter.py`.

Run again to resume. The base is never changed. `--minutes` ends a run early; the next goes on.
"""

import argparse
import json
import logging
import time
from pathlib import Path

import torch
from adapter import Adapter
from safetensors.torch import load_file, save_file
from settings import NO_BASE, Settings, default_settings, read_settings
from spans import Spans, draws
from torch import Tensor

from engine.checkpoints.gguf_llama import LlamaFile
from engine.hub.embedded import base_file
from engine.teach.canvases import Canvases
from engine.teach.denoising import Denoiser, Encoded, Found
from engine.teach.network import Network, Shape

log = logging.getLogger("train")
CHECKPOINT = "checkpoint.safetensors"
LOG_FILE = "training_log.jsonl"


class Trainer:
    """Adapter, its running average, optimizer and step; all else follows from the settings."""

    def __init__(self, settings: Settings, base: Path, *, compiles: bool, workers: int) -> None:
        """Start fresh, or resume the checkpoint in the settings' folder.

        Args:
            settings: What the adapter becomes.
            base: The base's GGUF file.
            compiles: Whether layers are compiled.
            workers: Processes that draw canvases ahead; a card wants some.
        """
        torch.manual_seed(settings.seed)
        self.settings, self.folder = settings, Path(settings.folder)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.workers = workers
        file = LlamaFile(base)
        shape = Shape.of(file.config())
        self.network = Network(dict(file.weights()), shape, self.device, compiles=compiles)
        self.adapter = Adapter(self.network.shape, settings).to(self.device)
        self.average = {k: v.clone() for k, v in self.adapter.state_dict().items()}
        self.adam = torch.optim.AdamW(
            self.adapter.parameters(), betas=(0.9, 0.98), weight_decay=0.0, fused=True
        )
        self.step, self.seconds = 0, 0.0
        if (self.folder / CHECKPOINT).exists():
            self.resume()
        self.spans = Spans(self.folder, "train", settings)
        self._encoded: Encoded | None = None

    def run(self, minutes: float, save_every: float = 240) -> None:
        """Train to the end, or for so many minutes; save every so many seconds."""
        begun = saved = time.monotonic()
        before = self.seconds
        # Steps on one encoded batch go together, so a resumed training begins with a new one.
        self.step -= self.step % self.settings.reuse
        steps = draws(self.spans, range(self.step, self.settings.total_steps), self.workers)
        for sequences, canvases in steps:
            if sequences is not None:
                self._encoded = self.encoded(sequences.to(self.device))
            found = self.train_step(canvases.to(self.device))
            self.seconds = before + time.monotonic() - begun
            if self.step % 10 == 0:
                self.record(found)
            if time.monotonic() - saved > save_every:
                saved = time.monotonic()
                self.save()
            if self.progress() >= 1 or time.monotonic() - begun > minutes * 60:
                break
        self.save()

    @torch.no_grad()
    def encoded(self, ids: Tensor) -> Encoded:
        """Let the base read sequences [B, N]."""
        return Encoded(ids, *self.network.encode(ids))

    def train_step(self, canvases: Canvases) -> Found:
        """Run one optimizer step; return the losses of its canvases."""
        if self._encoded is None:
            raise RuntimeError("no sequences are encoded")
        settings = self.settings
        random = torch.Generator().manual_seed(settings.seed + self.step)
        denoiser = Denoiser(self.network, self.adapter.change(), settings)
        found = denoiser.loss(self._encoded, canvases, random)
        torch.autograd.backward(found.mean)
        torch.nn.utils.clip_grad_norm_(self.adapter.parameters(), settings.clip)
        for group in self.adam.param_groups:
            group["lr"] = settings.learning_rate * self.schedule()
        self.adam.step()
        self.adam.zero_grad()
        self.step += 1
        share = min(settings.average, self.step / (self.step + 10))
        with torch.no_grad():
            for name, value in self.adapter.state_dict().items():
                self.average[name].lerp_(value, 1 - share)
        return found

    def progress(self) -> float:
        """Return how much of the training is done, by steps or by time, whichever is further."""
        s = self.settings
        timed = self.seconds / 60 / s.minutes if s.minutes else 0.0
        return max(self.step / s.total_steps, timed)

    def schedule(self) -> float:
        """Return the learning rate's factor: warm-up, flat, linear to zero."""
        s = self.settings
        left = max(0.0, (1 - self.progress()) / s.decay_share)
        return min(1.0, (self.step + 1) / s.warmup_steps, left)

    def record(self, found: Found) -> None:
        """Append a line to the log: mean losses by what the canvases were told."""
        line: dict[str, float] = {"step": self.step, "seconds": round(self.seconds)}
        for mode, name in enumerate(("pure", "drafted", "believed")):
            part = found.losses.detach()[found.modes == mode]
            if len(part):
                line[name] = round(part.mean().item(), 3)
        with (self.folder / LOG_FILE).open("a") as file:
            file.write(json.dumps(line) + "\n")

    def save(self) -> None:
        """Write weights, average, moments and counters; a kill in between leaves the old file."""
        tensors = {f"adapter.{k}": v for k, v in self.adapter.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.items()}
        for index, state in self.adam.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{name}": value for name, value in state.items()}
        part = self.folder / f"{CHECKPOINT}.part"
        save_file(tensors, part, {"step": str(self.step), "seconds": str(self.seconds)})
        part.replace(self.folder / CHECKPOINT)
        log.info("step %d, %.0f minutes", self.step, self.seconds / 60)

    def resume(self) -> None:
        """Go on from the checkpoint; without moments (a shipped adapter) with new ones."""
        tensors = load_file(self.folder / CHECKPOINT, str(self.device))

        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}

        self.adapter.load_state_dict(part("adapter."))
        self.average = part("average.")
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in part("adam.").items():
            number, _, leaf = name.partition(".")
            state.setdefault(int(number), {})[leaf] = tensor
        groups = self.adam.state_dict()["param_groups"]
        self.adam.load_state_dict({"state": state, "param_groups": groups})
        counters = read_counters(self.folder / CHECKPOINT)
        self.step, self.seconds = int(counters["step"]), float(counters["seconds"])
        log.info("resumed at step %d", self.step)


def read_counters(path: Path) -> dict[str, str]:
    """Return the metadata of a safetensors file."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    counters: dict[str, str] = header["__metadata__"]
    return counters


def main() -> None:
    """Run or resume the training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, default=base_file(), help="the base's GGUF file")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="do not compile")
    parser.add_argument("--settings", type=read_settings, help="others than this machine's, JSON")
    parser.add_argument("--workers", type=int, default=5 if torch.cuda.is_available() else 0)
    arguments = parser.parse_args()
    if arguments.base is None:
        parser.error(NO_BASE)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(arguments.threads)
    settings = arguments.settings or default_settings()
    trainer = Trainer(
        settings, arguments.base, compiles=not arguments.eager, workers=arguments.workers
    )
    trainer.run(arguments.minutes)


if __name__ == "__main__":
    main()
