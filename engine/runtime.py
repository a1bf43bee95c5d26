"""The torch side of the engine thread: the loaded model, and what the requests do with it."""

import gc
import logging
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.api import (
    AlternativesFound,
    Branch,
    CandidateFinished,
    CanvasUpdated,
    EventCallback,
    FindAlternatives,
    Finished,
    FinishReason,
    Generate,
    Load,
    Loading,
    ModelInfo,
    Ready,
    SamplerOptions,
    Started,
    Steer,
)
from engine.errors import BadRequestError, ModelFolderError, NotReadyError, StoppedError
from engine.infill import (
    CandidateDone,
    ContextCache,
    InfillEngine,
    InfillJob,
    InfillStep,
    Profile,
    Progress,
    TextCodec,
)
from engine.infill.job import FORGOTTEN
from engine.infill.prompt import ChatTemplate
from engine.kernel_step import use_kernels
from engine.model import Checkpoint, DiffusionGemma, load_checkpoint
from engine.model.checkpoint import read_json
from engine.model.fused import fuse
from engine.model.placing import load_placed
from engine.model.quantized import num_weights
from engine.sampler import QuickDraws, Sampler
from kernels.dispatch import twins_are_forced
from kernels.triton_guard import HAS_TRITON

log = logging.getLogger(__name__)
IsCancelled = Callable[[], bool]
Inbox = Callable[[], list[Steer | FindAlternatives]]

# By their shapes, 48 frames of a canvas of the 26B model hold 69 MB of soft embeddings.
_REMEMBERED_JOBS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A checkpoint with its tokenizer and its infilling habits."""

    checkpoint: Checkpoint
    codec: TextCodec
    profile: Profile
    template: ChatTemplate | None  # of checkpoints that take instructions
    parameters: int
    bytes: int  # of the weights, resident

    def engine(self, options: SamplerOptions) -> InfillEngine:
        """Return what a request's job works with."""
        config, profile = self.checkpoint.config, self.profile
        room = config.max_position_embeddings - 2 * config.canvas_length
        return InfillEngine(
            model=self.checkpoint.model,
            codec=self.codec,
            profile=profile,
            sampler=Sampler.from_config(
                self.checkpoint.generation.with_options(options), QuickDraws()
            ),
            canvas_length=config.canvas_length,
            max_context=max(1, min(profile.context_length or room, room)),
            template=self.template,
            end_ids=self._end_ids(),
        )

    def _end_ids(self) -> frozenset[int]:
        ends = {*self.checkpoint.generation.eos_token_ids}
        if self.profile.end_token_id is not None:
            ends.add(self.profile.end_token_id)
        return frozenset(ends)

    def info(self) -> ModelInfo:
        """Describe the model for the user."""
        model, config = self.checkpoint.model, self.checkpoint.config
        return ModelInfo(
            name=self.profile.name or name_of(self.checkpoint.folder),
            folder=str(self.checkpoint.folder),
            parameters=self.parameters,
            bytes=self.bytes,
            device=str(model.device),
            dtype=str(model.dtype).removeprefix("torch."),
            canvas_length=config.canvas_length,
            max_denoising_steps=self.checkpoint.generation.max_denoising_steps,
            takes_instructions=self.profile.takes_instructions,
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
    if target.type == "cuda":
        # What a model that is loaded holds is free as soon as this one takes its place.
        free = torch.cuda.mem_get_info()[0] + torch.cuda.memory_reserved()
        placed = load_placed(folder, target, free, progress)
        # It may have come from a converted copy, which the user knows nothing of.
        checkpoint = replace(placed, folder=folder)
    else:
        checkpoint = load_checkpoint(folder, target, resolve_dtype(target), progress)
    config = checkpoint.config
    profile.check(config.vocab_size, config.canvas_length)
    codec = TextCodec.from_folder(folder, config.vocab_size)
    parameters = num_weights(checkpoint.model)
    num_bytes = sum(tensor.nbytes for tensor in checkpoint.model.state_dict().values())
    choose_path(checkpoint.model)
    return LoadedModel(
        checkpoint=checkpoint,
        codec=codec,
        profile=profile,
        template=ChatTemplate.from_folder(folder) if profile.takes_instructions else None,
        parameters=parameters,
        bytes=num_bytes,
    )


def choose_path(model: DiffusionGemma) -> None:
    """Decide, once, what the model's passes and steps run on."""
    if twins_are_forced() or (model.device.type == "cuda" and HAS_TRITON):
        use_kernels(model)
    elif model.device.type == "cpu":
        fuse(model)
    else:
        log.warning(
            "Triton is not installed, so the card runs torch's own operations, which takes several "
            "times as long. Install the package triton (on Windows: triton-windows)."
        )


def name_of(folder: Path) -> str:
    """Return what to call a model by its folder; in the hub's cache that is called by a hash."""
    if folder.parent.name == "snapshots":
        return folder.parent.parent.name.rpartition("--")[2]
    return folder.name


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
    """Return what the weights are computed in on a device.

    float32 on a CPU: its products are within a factor of two of bfloat16's where the CPU has those,
    and four times as fast where it has not.
    """
    return torch.float32 if device.type == "cpu" else torch.bfloat16


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
        self._contexts = ContextCache()
        self._jobs: dict[int, InfillJob] = {}  # the latest, for branches and alternatives

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
        folder = Path(request.folder)
        try:
            loaded = load_model(folder, request.device, progress)
        except torch.OutOfMemoryError:
            if self._loaded is None:
                raise
            log.info("no room for two models: the old one goes first")
            self.unload()
            loaded = load_model(folder, request.device, progress)
        self._loaded = loaded
        self._contexts, self._jobs = ContextCache(), {}
        self._emit(Ready(job_id=request.job_id, model=self._loaded.info()))

    def unload(self) -> None:
        """Give the model's memory back, and all that was computed with it."""
        self._loaded = None
        self._contexts, self._jobs = ContextCache(), {}
        gc.collect()  # modules refer to each other in circles
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def generate(self, request: Generate, inbox: Inbox, is_cancelled: IsCancelled) -> None:
        """Run one generation to its `Finished`.

        Raises:
            EngineError: If there is no model or the request cannot be carried out.
        """
        if self._loaded is None:
            raise NotReadyError("No model is loaded. Choose a model folder first.")
        start = time.perf_counter()
        engine = self._loaded.engine(request.sampler)
        job = InfillJob.planned(engine, request, self._contexts, is_cancelled)
        self._run(job, start, inbox, is_cancelled)

    def branch(self, request: Branch, inbox: Inbox, is_cancelled: IsCancelled) -> None:
        """Go on from a frame of an earlier job to a `Finished`.

        Raises:
            EngineError: If the frame is not remembered.
        """
        start = time.perf_counter()
        parent = self._jobs.get(request.parent)
        if parent is None:
            raise BadRequestError(FORGOTTEN)
        self._run(parent.branch(request), start, inbox, is_cancelled)

    def find_alternatives(self, request: FindAlternatives) -> None:
        """Answer what else could stand in a slot; nothing, if the job is not remembered."""
        job = self._jobs.get(request.job_id)
        self._emit(
            AlternativesFound(
                job_id=request.job_id,
                candidate=request.candidate,
                step=request.step,
                slot=request.slot,
                options=job.alternatives(request) if job else (),
            )
        )

    def _run(self, job: InfillJob, start: float, inbox: Inbox, is_cancelled: IsCancelled) -> None:
        request = job.request
        self._remember(job)
        self._emit(
            Started(
                job_id=request.job_id,
                num_slots=job.num_slots,
                max_steps=job.max_steps,
                encode_ms=_ms_since(start),
                candidates=request.candidates,
                reused_tokens=job.reused,
                encoded_tokens=len(job.plan.prefix) - job.reused,
            )
        )
        report = _Report(job, self._emit)
        steps = job.run()
        while not is_cancelled():
            for message in inbox():
                if isinstance(message, Steer):
                    job.steer(message)
                else:
                    self.find_alternatives(message)
            step_start = time.perf_counter()
            item = next(steps, None)
            if item is None:
                break
            report.take(item, _ms_since(step_start))
        self._emit(report.finished(_ms_since(start)))

    def _remember(self, job: InfillJob) -> None:
        self._jobs[job.request.job_id] = job
        while len(self._jobs) > _REMEMBERED_JOBS:
            del self._jobs[next(iter(self._jobs))]


class _Report:
    """Turns what a job yields into events."""

    def __init__(self, job: InfillJob, emit: EventCallback) -> None:
        self._job, self._emit = job, emit
        self._last: dict[int, InfillStep] = {}  # of each candidate
        self._done: list[CandidateFinished] = []
        self._step_ms = 0.0
        self._step_of = (-1, -1)  # candidate and step of the last event

    def take(self, item: Progress, ms: float) -> None:
        """Report a step or a finished candidate that took `ms` to come."""
        if isinstance(item, InfillStep):
            # Candidates of one batch share a step: the first of them had to wait for it.
            is_next = item.candidate <= self._step_of[0] or item.step != self._step_of[1]
            self._step_ms = ms if is_next else self._step_ms
            self._step_of = (item.candidate, item.step)
            self._last[item.candidate] = item
            self._emit(_canvas_updated(self._job, item, self._step_ms))
        else:
            self._done.append(_candidate_finished(self._job, item))
            self._emit(self._done[-1])

    def finished(self, ms: float) -> Finished:
        """Return the job's last event; stopped before it had a draft, the region keeps its text."""
        request, plan = self._job.request, self._job.plan
        is_complete = len(self._done) == request.candidates
        candidates = [*self._done, *self._stopped()]
        ranked = sorted(candidates, key=_rank, reverse=True)
        best = ranked[0] if ranked else None
        unique = {candidate.text: candidate for candidate in reversed(ranked)}
        return Finished(
            job_id=request.job_id,
            reason=best.reason if best and is_complete else FinishReason.CANCELLED,
            text=best.text if best else plan.soft_before + request.region + plan.soft_after,
            spans=best.spans if best else (),
            steps=best.steps if best else 0,
            tokens=self._job.num_slots,
            ms=ms,
            candidates=tuple(reversed(unique.values())),
            soft_before=len(plan.soft_before),
            soft_after=len(plan.soft_after),
        )

    def _stopped(self) -> list[CandidateFinished]:
        """Return the drafts of candidates that were stopped."""
        done = {candidate.candidate for candidate in self._done}
        return [
            CandidateFinished(
                job_id=self._job.request.job_id,
                candidate=number,
                reason=FinishReason.CANCELLED,
                text=step.draft.text,
                spans=step.draft.spans,
                steps=step.step,
                seed=self._job.request.seed + number,
            )
            for number, step in self._last.items()
            if number not in done
        ]


def _rank(candidate: CandidateFinished) -> float:
    return candidate.score.total if candidate.score else -math.inf


def _canvas_updated(job: InfillJob, step: InfillStep, step_ms: float) -> CanvasUpdated:
    return CanvasUpdated(
        job_id=job.request.job_id,
        candidate=step.candidate,
        step=step.step,
        max_steps=max(job.max_steps, step.step),
        text=step.draft.text,
        spans=step.draft.spans,
        mean_entropy=step.mean_entropy,
        step_ms=step_ms,
        raw=step.raw,
    )


def _candidate_finished(job: InfillJob, done: CandidateDone) -> CandidateFinished:
    converged = FinishReason.CONVERGED if done.has_converged else FinishReason.MAX_STEPS
    return CandidateFinished(
        job_id=job.request.job_id,
        candidate=done.candidate,
        reason=converged,
        text=done.draft.text,
        spans=done.draft.spans,
        steps=done.steps,
        seed=done.seed,
        score=done.score,
    )


def _ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1e3
