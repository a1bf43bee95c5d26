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
    MemoryReduced,
    Ready,
    Unloaded,
    WordOption,
)
from engine.backend import Control, LatestJobs
from engine.errors import (
    BadRequestError,
    NotReadyError,
    OutOfRoomError,
    StoppedError,
    is_out_of_memory,
)
from engine.infill import ContextCache, Job, plan_job
from engine.loaders.architectures import place_model
from engine.loaders.placing import Placement, free_bytes
from engine.loading import (
    LoadedModel,
    leave_a_core,
    load_fitting,
    load_model,
    resolve_device,
)
from engine.memory import give_back
from engine.region.progress import FORGOTTEN, DraftStep, Progress
from engine.region.report import Report, Reported

log = logging.getLogger(__name__)
IsCancelled = Callable[[], bool]

NO_ROOM = (
    "There is not enough memory for this. Select less text, ask for fewer candidates, close other "
    "programs that use the memory, or choose a smaller model."
)
NOT_BRANCHED = (
    "There was not enough memory to go on from this step, and the steps before are not remembered "
    "any more. Accept the draft, or draft the region anew."
)


class LocalBackend:
    """Carries out requests one at a time; lives in the engine thread alone."""

    def __init__(self, emit: EventCallback) -> None:
        """Start without a model; `emit` takes the events."""
        self._emit = emit
        self._loaded: LoadedModel | None = None
        self._contexts = ContextCache()
        self._jobs: LatestJobs[Job] = LatestJobs()
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
        # Two models at once keep the old one usable until the new one is there; where there is no
        # room for that, a failed load costs both.
        if self._loaded is not None:
            try:
                loaded = load_model(folder, str(device), progress, placement)
            except torch.OutOfMemoryError:
                log.info("no room for two models: the old one goes first")
                self.unload()
        self._loaded = loaded or load_fitting(folder, device, progress, placement)
        if self._loaded.placement != placement:
            self._tight = self._loaded.placement  # the plan's estimate was too low
        self._contexts, self._jobs = ContextCache(), LatestJobs()
        give_back()
        self._emit(Ready(job_id=request.job_id, model=self._loaded.info()))

    def unload(self) -> None:
        """Give the model's memory back, and all that was computed with it."""
        self._loaded = None
        self._forget()

    def generate(self, request: Generate, control: Control) -> None:
        """Run one generation to its `Finished`; once more in less memory, if the card runs out.

        Raises:
            EngineError: If there is no model or the request cannot be carried out.
        """
        if self._loaded is None:
            raise NotReadyError("No model is loaded. Choose a model folder first.")

        def run() -> None:
            assert self._loaded is not None
            start = time.perf_counter()
            engine = self._loaded.engine(request.settings.sampler, request.adapter)
            job = plan_job(engine, request, self._contexts, control.is_cancelled)
            self._run(job, start, control)

        # A card that runs out costs the job one more try, and the session a tighter layout; whoever
        # fails twice is told.
        if not self._has_room(run):
            used = len(self._loaded.codec.encode(request.before))
            self._step_down(request.job_id, used, control.is_cancelled)
            if not self._has_room(run):
                raise OutOfRoomError(NO_ROOM)

    def branch(self, request: Branch, control: Control) -> None:
        """Go on from a frame of an earlier job to a `Finished`.

        Raises:
            EngineError: If the frame is not remembered, or the card has no room for the job.
        """
        parent = self._jobs.get(request.parent)
        if parent is None:
            raise BadRequestError(FORGOTTEN)
        # In a list, out of which `run` takes the only reference: the old model must be gone before
        # it is laid out tighter.
        used, parents = len(parent.task.engine.codec.encode(parent.task.request.before)), [parent]
        del parent  # it holds the model, which may have to go

        def run() -> None:
            start = time.perf_counter()
            self._run(parents.pop().branch(request), start, control)

        if not self._has_room(run):
            self._step_down(request.job_id, used, control.is_cancelled)
            raise OutOfRoomError(NOT_BRANCHED)

    def alternatives(self, question: FindAlternatives) -> tuple[WordOption, ...]:
        """Return the words that could stand in a place; none, if the job is not remembered."""
        job = self._jobs.get(question.job_id)
        return job.alternatives(question) if job else ()

    def _run(self, job: Job, start: float, control: Control) -> None:
        self._jobs.remember(job.task.request.job_id, job)
        report = Report(_reported(job), self._emit)
        task = job.task
        report.started(_ms_since(start), reused=task.reused, encoded=task.num_encoded)
        steps, is_stopped, clock = job.run(), True, _StepClock()
        while not control.is_cancelled():
            # Before the step and not after it, so that a pin is in the very next frame.
            for message in control.inbox():
                job.steer(message)
            step_start = time.perf_counter()
            item = next(steps, None)
            if item is None:
                # A job ends of itself too where it hears of a cancel in the middle of a step.
                is_stopped = control.is_cancelled()
                break
            report.take(item, clock.ms_of(item, _ms_since(step_start)))
        report.finished(_ms_since(start), is_cancelled=is_stopped)
        give_back()

    def _place(self, folder: Path, device: torch.device) -> Placement | None:
        """Choose a model's layout; no better one than that in which it fitted before."""
        found, tight = place_model(folder, device), self._tight
        if found is None or tight is None or tight.folder != folder:
            return found
        # The estimate said once that there was room, and there was none.
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
        self._emit(MemoryReduced(job_id=job_id, message=message))
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
        if self._loaded is not None:
            self._loaded.stepper.forget()
        self._contexts, self._jobs = ContextCache(), LatestJobs()
        gc.unfreeze()  # the application keeps a loaded model out of collections
        gc.collect()  # modules refer to each other in circles
        give_back()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


class _StepClock:
    """How long each step took; candidates of one batch share a step, the first waited for it."""

    def __init__(self) -> None:
        self._ms, self._last = 0.0, (-1, -1)  # candidate and step

    def ms_of(self, item: Progress, ms: float) -> float:
        """Return the time of the step that `item` came of, `ms` after the item before it."""
        if isinstance(item, DraftStep):
            is_next = item.candidate <= self._last[0] or item.step != self._last[1]
            self._ms = ms if is_next else self._ms
            self._last = (item.candidate, item.step)
        return self._ms


def _reported(job: Job) -> Reported:
    request, plan = job.task.request, job.task.plan
    return Reported(
        job_id=request.job_id,
        seed=request.seed,
        text=job.task.old_text,
        candidates=request.settings.candidates,
        num_slots=job.num_slots,
        max_steps=job.max_steps,
        soft_before=len(plan.soft_before),
        soft_after=len(plan.soft_after),
    )


def _ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1e3
