"""Train the denoising adapter: `python packaging/adapter/train_adapter.py`.

Run again to resume. The base is never changed. `--minutes` ends a run early; the next goes on.
"""

import argparse
import json
import logging
import time
from pathlib import Path

import torch
from network import Adapter, KeyValue, Network, Shape, windows
from safetensors.torch import load_file, save_file
from settings import NO_BASE, Settings, default_settings, read_settings
from spans import Canvases, Spans, draws
from torch import Tensor
from torch.nn import functional as F

from engine.checkpoints.gguf_llama import LlamaFile
from engine.hub.embedded import base_file

log = logging.getLogger("train")
CHECKPOINT = "checkpoint.safetensors"
LOG_FILE = "training_log.jsonl"


class Denoiser:
    """Network and adapter together, on batches of canvases."""

    def __init__(self, network: Network, adapter: Adapter, settings: Settings) -> None:
        """Join them."""
        self.network, self.adapter, self.settings = network, adapter, settings
        self.factors: list[list[Tensor]] = []
        self.refresh()

    def refresh(self) -> None:
        """Take over the adapter's weights as they are now."""
        layers, scale = range(self.network.shape.layers), self.settings.scale
        self.factors = [
            self.adapter.in_bfloat16(layer, self.network.shape, scale) for layer in layers
        ]

    def hidden(
        self, ids: Tensor, free: Tensor, told: Tensor, past: list[KeyValue], starts: Tensor
    ) -> Tensor:
        """Return hidden states [S, T, M] that predict rows 1..T of canvases.

        Args:
            ids: The canvases' tokens [S, 1 + T], with the context's last in front.
            free: Rows that are not known [S, T].
            told: What free rows are told of the step before [S, T, M]; zeros for nothing.
            past: Of `windows`.
            starts: The canvases' places [S].
        """
        known = F.embedding(ids, self.network.embedding)
        own = self.adapter.free.bfloat16() + F.linear(told, self.adapter.told.bfloat16())
        x = torch.cat([known[:, :1], torch.where(free[..., None], own, known[:, 1:])], 1)
        positions = starts[:, None] + torch.arange(ids.shape[1], device=ids.device)
        return self.network.denoise(x, self.factors, past, positions)[:, :-1]


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
        self.denoiser = Denoiser(self.network, self.adapter, settings)
        self.spans = Spans(self.folder, "train", settings)
        self._encoded: tuple[Tensor, Tensor, list[KeyValue]] | None = None

    def run(self, minutes: float, save_every: float = 240) -> None:
        """Train to the end, or for so many minutes; save every so many seconds."""
        begun = saved = time.monotonic()
        before = self.seconds
        # Steps on one encoded batch go together, so a resumed training begins with a new one.
        self.step -= self.step % self.settings.reuse
        steps = draws(self.spans, range(self.step, self.settings.total_steps), self.workers)
        for sequences, canvases in steps:
            if sequences is not None:
                ids = sequences.to(self.device)
                self._encoded = (ids, *self.network.encode(ids))
            losses, modes = self.train_step(canvases.to(self.device))
            self.seconds = before + time.monotonic() - begun
            if self.step % 10 == 0:
                self.record(losses, modes)
            if time.monotonic() - saved > save_every:
                saved = time.monotonic()
                self.save()
            if self.progress() >= 1 or time.monotonic() - begun > minutes * 60:
                break
        self.save()

    def train_step(self, canvases: Canvases) -> tuple[Tensor, Tensor]:
        """Run one optimizer step; return the loss of each free row and what its canvas was told.

        The latter as `told` numbers it.
        """
        if self._encoded is None:
            raise RuntimeError("no sequences are encoded")
        settings, (ids, states, cache) = self.settings, self._encoded
        rows = canvases.starts[:, None] + torch.arange(settings.canvas + 1, device=self.device)
        tokens = ids[canvases.sequence[:, None], rows]
        past = windows(cache, canvases.sequence, canvases.starts, canvases.window)
        random = torch.Generator().manual_seed(settings.seed + self.step)
        self.denoiser.refresh()
        told, guesses, modes = self.told(tokens, states, canvases, past, random)
        hidden = self.denoiser.hidden(tokens, canvases.free, told, past, canvases.starts)
        free = canvases.free
        targets = tokens[:, 1:][free]
        losses = F.cross_entropy(
            self.network.logits(hidden[free]).float(), targets, reduction="none"
        )
        weights = canvases.weights[free]
        weights = torch.where(guesses[free] == targets, settings.told_weight * weights, weights)
        torch.autograd.backward((losses * weights).sum() / weights.sum())
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
        return losses.detach(), modes[:, None].expand_as(free)[free]

    @torch.no_grad()
    def told(
        self,
        tokens: Tensor,
        states: Tensor,
        canvases: Canvases,
        past: list[KeyValue],
        random: torch.Generator,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Choose what free rows are told.

        Returns:
            Embeddings [S, T, M], the tokens told for sure [S, T] (-1: none), and the canvases'
            modes [S]: 0 nothing, 1 a draft, 2 the denoiser's own belief.
        """
        settings, count = self.settings, len(tokens)
        free, embedding = canvases.free, self.network.embedding
        draw = torch.rand(count, generator=random).to(self.device)
        is_drafted = draw < settings.drafted_share
        is_believed = ~is_drafted & (draw < settings.drafted_share + settings.believed_share)
        guesses = torch.full_like(tokens[:, 1:], -1)
        told = embedding.new_zeros(*free.shape, embedding.shape[1])
        rows = free & is_drafted[:, None]
        if rows.any():
            place = canvases.starts[:, None] + torch.arange(settings.canvas, device=self.device)
            drawn = self._drawn(states[canvases.sequence[:, None], place][rows], random)
            truth = tokens[:, 1:][rows]
            of_canvas = rows.nonzero()[:, 0]
            sure = torch.rand(count, generator=random).to(self.device)[of_canvas]
            silent = (torch.rand(count, generator=random) * 1.6 - 0.8).clamp_min(0)
            silent = silent.to(self.device)[of_canvas]
            is_true, is_silent = torch.rand(2, len(truth), generator=random).to(self.device)
            drawn = torch.where(is_true < sure, truth, drawn)
            drawn[is_silent < silent] = -1
            guesses[rows] = drawn
            told[rows] = F.embedding(drawn.clamp_min(0), embedding) * (drawn >= 0)[:, None]
        if is_believed.any():
            some = is_believed
            part = [(k[some], v[some]) for k, v in past]
            hidden = self.denoiser.hidden(
                tokens[some], free[some], told[some], part, canvases.starts[some]
            )
            beliefs = self.network.logits(hidden[free[some]]).float().softmax(-1)
            told[free & some[:, None]] = beliefs.bfloat16() @ embedding
        return told, guesses, is_drafted.int() + 2 * is_believed.int()

    def _drawn(self, states: Tensor, random: torch.Generator) -> Tensor:
        """Draw a token from the base's causal belief behind each state [R, M]."""
        logits = self.network.logits(states).float()
        shares = logits.div_(self.settings.draft_temperature).softmax(-1).cumsum(-1)
        wanted = torch.rand(len(shares), 1, generator=random).to(self.device) * shares[:, -1:]
        return torch.searchsorted(shares, wanted)[:, 0].clamp_max(shares.shape[1] - 1)

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

    def record(self, losses: Tensor, modes: Tensor) -> None:
        """Append a line to the log: mean losses by what the canvases were told."""
        line: dict[str, float] = {"step": self.step, "seconds": round(self.seconds)}
        for mode, name in enumerate(("pure", "drafted", "believed")):
            part = losses[modes == mode]
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
