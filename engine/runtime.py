"""The torch side of the engine thread: the loaded model, and what the requests do with it."""

import gc
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from engine.api import (
    Branch,
    EventCallback,
    FindAlternatives,
    Generate,
    Load,
    Loading,
    Ready,
    Started,
    Steer,
    Tightened,
    TokenOption,
    Unloaded,
)
from engine.errors import (
    BadRequestError,
    NotReadyError,
    OutOfRoomError,
    StoppedError,
    is_out_of_memory,
)
from engine.infill import ContextCache, Job, plan_job
from engine.infill.progress import FORGOTTEN
from engine.loading import (
    LoadedModel,
    leave_a_core,
    load_fitting,
    load_model,
    resolve_device,
)
from engine.memory import give_back
from engine.model.architectures import place_model
from engine.model.placing import Placement, free_bytes
from engine.report import Report

log = logging.getLogger(__name__)
IsCancelled = Callable[[], bool]
Inbox = Callable[[], list[Steer]]

# By their shapes, 48 frames of a canvas of the 26B model hold 69 MB of soft embeddings.
_REMEMBERED_JOBS = 6
NO_ROOM = (
    "There is not enough memory for this. Select less text, ask for fewer candidates, close other "
    "programs that use the memory, or choose a smaller model."
)
NOT_BRANCHED = (
    "There was not enough memory to go on from this step, and the steps before are not remembered "
    "any more. Accept the draft, or draft the region anew."
)


class Runtime:
    """Carries out requests one at a time; lives in the engine thread alone."""

    def __init__(self, emit: EventCallback) -> None:
        """Start without a model; `emit` takes the events."""
        self._emit = emit
        self._loaded: LoadedModel | None = None
        self._contexts = ContextCache()
        self._jobs: dict[int, Job] = {}  # the latest, for branches and alternatives
        self._tight: Placement | None = None  # where a card ran out of memory in this run

    def load(self, request: Load, is_cancelled: IsCancelled) -> None:
        """Load a model; the old one stays if this fails.

        Raises:
            EngineError: If it cannot be loaded, or was cancelled.
        """
        progress = self._progress(request.job_id, is_cancelled)
        progress(0.0)
        leave_a_core()
        folder, device = Path(request.folder), resolve_device(request.device)
        placement = self._place(folder, device)
        loaded = None
        if self._loaded is not None:
            try:
                loaded = load_model(folder, str(device), progress, placement)
            except torch.OutOfMemoryError:
                log.info("no room for two models: the old one goes first")
                self.unload()
        self._loaded = loaded or load_fitting(folder, device, progress, placement)
        if self._loaded.placement != placement:
            self._tight = self._loaded.placement  # the plan's estimate was too low
        self._contexts, self._jobs = ContextCache(), {}
        give_back()
        self._emit(Ready(job_id=request.job_id, model=self._loaded.info()))

    def unload(self) -> None:
        """Give the model's memory back, and all that was computed with it."""
        self._loaded = None
        self._forget()

    def generate(self, request: Generate, inbox: Inbox, is_cancelled: IsCancelled) -> None:
        """Run one generation to its `Finished`; once more in less memory, if the card runs out.

        Raises:
            EngineError: If there is no model or the request cannot be carried out.
        """
        if self._loaded is None:
            raise NotReadyError("No model is loaded. Choose a model folder first.")

        def run() -> None:
            assert self._loaded is not None
            start = time.perf_counter()
            engine = self._loaded.engine(request.sampler)
            job = plan_job(engine, request, self._contexts, is_cancelled)
            self._run(job, start, inbox, is_cancelled)

        if not self._has_room(run):
            used = len(self._loaded.codec.encode(request.before))
            self._step_down(request.job_id, used, is_cancelled)
            if not self._has_room(run):
                raise OutOfRoomError(NO_ROOM)

    def branch(self, request: Branch, inbox: Inbox, is_cancelled: IsCancelled) -> None:
        """Go on from a frame of an earlier job to a `Finished`.

        Raises:
            EngineError: If the frame is not remembered, or the card has no room for the job.
        """
        parent = self._jobs.get(request.parent)
        if parent is None:
            raise BadRequestError(FORGOTTEN)
        used, parents = len(parent.engine.codec.encode(parent.request.before)), [parent]
        del parent  # it holds the model, which may have to go

        def run() -> None:
            start = time.perf_counter()
            self._run(parents.pop().branch(request), start, inbox, is_cancelled)

        if not self._has_room(run):
            self._step_down(request.job_id, used, is_cancelled)
            raise OutOfRoomError(NOT_BRANCHED)

    def alternatives(self, question: FindAlternatives) -> tuple[TokenOption, ...]:
        """Return what else could stand in a slot; nothing, if the job is not remembered."""
        job = self._jobs.get(question.job_id)
        return job.alternatives(question) if job else ()

    def _run(self, job: Job, start: float, inbox: Inbox, is_cancelled: IsCancelled) -> None:
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
                soft_before=len(job.plan.soft_before),
                soft_after=len(job.plan.soft_after),
            )
        )
        report = Report(job, self._emit)
        steps = job.run()
        while not is_cancelled():
            for message in inbox():
                job.steer(message)
            step_start = time.perf_counter()
            item = next(steps, None)
            if item is None:
                break
            report.take(item, _ms_since(step_start))
        self._emit(report.finished(_ms_since(start)))
        give_back()

    def _remember(self, job: Job) -> None:
        self._jobs[job.request.job_id] = job
        while len(self._jobs) > _REMEMBERED_JOBS:
            del self._jobs[next(iter(self._jobs))]

    def _place(self, folder: Path, device: torch.device) -> Placement | None:
        """Choose a model's layout; no better one than that in which it fitted before."""
        found, tight = place_model(folder, device), self._tight
        if found is None or tight is None or tight.folder != folder:
            return found
        return min(found, tight, key=lambda one: one.plan.device_bytes)

    def _progress(self, job_id: int, is_cancelled: IsCancelled) -> Callable[[float], None]:
        def progress(fraction: float) -> None:
            if is_cancelled():
                raise StoppedError("Loading was stopped. Choose a model to load another.")
            self._emit(Loading(job_id=job_id, stage="Reading weights", fraction=fraction))

        return progress

    def _has_room(self, run: Callable[[], None]) -> bool:
        """Run; where memory does not suffice, give back what can be computed again."""
        try:
            run()
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            log.info("out of memory: %s", error)
        else:
            return True
        # Not in the handler: the error holds all that the job had in memory.
        self._forget()
        return False

    def _step_down(self, job_id: int, used: int, is_cancelled: IsCancelled) -> None:
        """Lay the model out in less of the card's memory, for a job with so many tokens before it.

        Raises:
            EngineError: If there is no tighter layout, or it cannot be loaded; no model is then.
        """
        assert self._loaded is not None
        device, placement = self._loaded.checkpoint.model.device, self._loaded.placement
        tighter = placement.tighter(free_bytes(device), used) if placement else None
        if placement is None or tighter is None:
            raise OutOfRoomError(NO_ROOM)
        self._tight = tighter
        message = f"Until Inlay is started again: {tighter}."
        self._emit(Tightened(job_id=job_id, message=message))
        if placement.needs_reload(tighter):
            self.unload()
            self._loaded = self._load_again(job_id, tighter, device, is_cancelled)
        else:
            self._loaded = replace(self._loaded, placement=tighter)
        self._emit(Ready(job_id=job_id, model=self._loaded.info()))

    def _load_again(
        self, job_id: int, placement: Placement, device: torch.device, is_cancelled: IsCancelled
    ) -> LoadedModel:
        """Load a model for a job that has begun; say so if that fails."""
        loaded: LoadedModel | None = None
        try:
            progress = self._progress(job_id, is_cancelled)
            loaded = load_fitting(placement.folder, device, progress, placement)
            self._tight = loaded.placement  # maybe one that is tighter still
        finally:
            if loaded is None:
                self._emit(Unloaded(job_id=job_id))
        return loaded

    def _forget(self) -> None:
        """Give back the memory of what was computed."""
        stepper = self._loaded.checkpoint.model.stepper if self._loaded else None
        if stepper is not None:
            stepper.forget()
        self._contexts, self._jobs = ContextCache(), {}
        gc.unfreeze()  # the application keeps a loaded model out of collections
        gc.collect()  # modules refer to each other in circles
        give_back()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1e3
