"""The torch side of the engine thread: the loaded model, and what the requests do with it."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.api import (
    CanvasUpdated,
    EventCallback,
    Finished,
    FinishReason,
    Generate,
    Load,
    Loading,
    ModelInfo,
    Ready,
    Started,
)
from engine.errors import ModelFolderError, NotReadyError, StoppedError
from engine.infill import InfillStep, Profile, TextCodec, infill, make_plan
from engine.infill.infill import encode_context
from engine.model import Checkpoint, load_checkpoint
from engine.model.checkpoint import read_json
from engine.sampler import Sampler

log = logging.getLogger(__name__)
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A checkpoint with its tokenizer and its infilling habits."""

    checkpoint: Checkpoint
    codec: TextCodec
    profile: Profile

    def info(self) -> ModelInfo:
        """Describe the model for the user."""
        model, config = self.checkpoint.model, self.checkpoint.config
        parameters = list(model.parameters())
        return ModelInfo(
            name=self.profile.name or self.checkpoint.folder.name,
            folder=str(self.checkpoint.folder),
            parameters=sum(p.numel() for p in parameters),
            bytes=sum(p.numel() * p.element_size() for p in parameters),
            device=str(model.device),
            dtype=str(model.dtype).removeprefix("torch."),
            canvas_length=config.canvas_length,
            max_denoising_steps=self.checkpoint.generation.max_denoising_steps,
        )


def load_model(
    folder: Path, device: str = "auto", progress: Callable[[float], None] = lambda fraction: None
) -> LoadedModel:
    """Load a model folder on a device: auto, cpu or cuda.

    Raises:
        EngineError: If the device or the folder cannot be used; it says why.
    """
    profile = Profile.from_json(read_json(folder, "inlay.json", required=False))
    target = resolve_device(device)
    checkpoint = load_checkpoint(folder, target, resolve_dtype(target), progress)
    config = checkpoint.config
    profile.check(config.vocab_size, config.canvas_length)
    codec = TextCodec.from_folder(folder, config.vocab_size)
    return LoadedModel(checkpoint=checkpoint, codec=codec, profile=profile)


def resolve_device(name: str) -> torch.device:
    """Turn auto, cpu or cuda into a device, and log what auto came to.

    Raises:
        ModelFolderError: If cuda is asked for and there is none.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
        log.info("device auto: %s", name)
    if name == "cuda" and not torch.cuda.is_available():
        raise ModelFolderError(
            "No CUDA device is available to torch. Start with --device cpu, or install a CUDA "
            "build of torch and a current driver."
        )
    return torch.device(name)


def resolve_dtype(device: torch.device) -> torch.dtype:
    """Return what the weights are computed in on a device; on a CPU what it multiplies faster."""
    if device.type != "cpu":
        return torch.bfloat16
    # Not every torch of the supported range can tell.
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    has_bfloat16 = bool(capabilities.get("avx512_bf16"))
    return torch.bfloat16 if has_bfloat16 else torch.float32


def leave_a_core() -> None:
    """Keep torch off one of the cores this process may use: the interface needs it.

    Where threads outnumber free cores, torch's wait for each other at every small operation, and a
    step takes many times as long.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    torch.set_num_threads(min(torch.get_num_threads(), max(1, (usable or 2) - 1)))


class Runtime:
    """Carries out requests one at a time; lives in the engine thread alone."""

    def __init__(self, emit: EventCallback) -> None:
        """Start without a model; `emit` takes the events."""
        self._emit = emit
        self._loaded: LoadedModel | None = None

    def load(self, request: Load, is_cancelled: IsCancelled) -> None:
        """Load a model; the old one stays if this fails.

        Raises:
            EngineError: If it cannot be loaded, or was cancelled.
        """

        def progress(fraction: float) -> None:
            if is_cancelled():
                raise StoppedError("Loading was stopped. Choose a model to load another.")
            stage = "Reading weights"
            self._emit(Loading(job_id=request.job_id, stage=stage, fraction=fraction))

        progress(0.0)
        leave_a_core()
        self._loaded = load_model(Path(request.folder), request.device, progress)
        self._emit(Ready(job_id=request.job_id, model=self._loaded.info()))

    def generate(self, request: Generate, is_cancelled: IsCancelled) -> None:
        """Run one generation to its `Finished`.

        Raises:
            EngineError: If there is no model or the request cannot be carried out.
        """
        if self._loaded is None:
            raise NotReadyError("No model is loaded. Choose a model folder first.")
        start = time.perf_counter()
        run = GenerateRun(self._loaded, request, is_cancelled)
        self._emit(
            Started(
                job_id=request.job_id,
                num_slots=run.plan.num_slots,
                max_steps=run.max_steps,
                encode_ms=(time.perf_counter() - start) * 1e3,
            )
        )
        last, reason = None, FinishReason.CANCELLED
        step_start = time.perf_counter()
        while not is_cancelled() and (step := next(run.steps, None)) is not None:
            last, now = step, time.perf_counter()
            self._emit(_canvas_updated(request, step, (now - step_start) * 1e3))
            step_start = now
            if step.is_last:
                converged = step.has_converged
                reason = FinishReason.CONVERGED if converged else FinishReason.MAX_STEPS
        total_ms = (time.perf_counter() - start) * 1e3
        self._emit(_finished(request, run, last, reason, total_ms))


class GenerateRun:
    """A request planned and its context encoded: the steps are ready to be drawn."""

    def __init__(
        self,
        loaded: LoadedModel,
        request: Generate,
        is_cancelled: IsCancelled = lambda: False,
    ) -> None:
        """Plan and encode; a cancel is looked at between pieces of the context.

        Raises:
            EngineError: If the request cannot be carried out.
        """
        checkpoint, profile = loaded.checkpoint, loaded.profile
        model, config = checkpoint.model, checkpoint.config
        room = config.max_position_embeddings - 2 * config.canvas_length
        self.plan = make_plan(
            loaded.codec,
            profile,
            config.canvas_length,
            before=request.before,
            region=request.region,
            after=request.after,
            instruction=request.instruction,
            num_slots=request.num_slots,
            max_context=max(1, min(profile.context_length or room, room)),
        )
        sampler = Sampler.from_config(checkpoint.generation.with_options(request.sampler))
        self.max_steps = sampler.max_steps * len(self.plan.blocks)
        generator = torch.Generator(model.device).manual_seed(request.seed % 2**63)
        cache = encode_context(model, self.plan, is_cancelled)
        self.steps = infill(model, loaded.codec, profile, self.plan, sampler, generator, cache)


def _canvas_updated(request: Generate, step: InfillStep, step_ms: float) -> CanvasUpdated:
    return CanvasUpdated(
        job_id=request.job_id,
        step=step.step,
        max_steps=step.max_steps,
        text=step.draft.text,
        spans=step.draft.spans,
        mean_entropy=step.mean_entropy,
        step_ms=step_ms,
    )


def _finished(
    request: Generate, run: GenerateRun, last: InfillStep | None, reason: FinishReason, ms: float
) -> Finished:
    # Stopped before the first step there is no draft: the region keeps its text.
    return Finished(
        job_id=request.job_id,
        reason=reason,
        text=request.region if last is None else last.draft.text,
        spans=() if last is None else last.draft.spans,
        steps=0 if last is None else last.step,
        tokens=run.plan.num_slots,
        ms=ms,
    )
