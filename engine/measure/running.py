"""A measurement at work: every subject fills every gap, and what is done stays done."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from engine.api import (
    CanvasUpdated,
    Connect,
    FailureKind,
    Finished,
    FinishReason,
    Generate,
    ModelInfo,
    RunSettings,
)
from engine.background import Control
from engine.conversation import AnswerError, Conversation
from engine.errors import BadRequestError
from engine.measure.lines import Lines
from engine.measure.measurement import Asked, Measurement, Work
from engine.measure.outcome import judge
from engine.measure.preparing import prepared
from engine.measure.store import begun, delete, finish, held, read_work, unfinished
from engine.measure.subject import KEY, Subject, files_learned
from engine.measure.tasks import Task
from engine.memory import forget_peak, peak_bytes
from engine.texts.document import Document, Documents

_ENOUGH: Final = 3  # failures, if nothing else has come of a subject
# After these no other gap can be filled.
_GONE: Final = (FailureKind.SERVER, FailureKind.NOT_READY, FailureKind.HUNG)

Tell = Callable[[Mapping[str, object]], None]


def found_in(
    documents: Sequence[Document],
    asked: Asked,
    control: Control,
    tell: Tell = lambda what: None,
    *,
    root: Path,
) -> dict[str, dict[str, float]] | None:
    """Measure the first subject on texts that are at hand, and keep no examples of them.

    Returns:
        For each sort of gaps how many there were ("tasks"), how many were found exactly ("found")
        and the mean likeness ("similarity"); None if it was stopped: asked the same again with the
        same `root`, a folder, it goes on.

    Raises:
        EngineError: If there is no text, the subject cannot be used, or nothing can be kept.
    """
    work = prepared(asked, Documents(documents=tuple(documents), left_out={}))
    folder = unfinished(asked, root)
    if folder is None or read_work(folder).documents != work.documents:
        folder = begun(work, root)
    done = go_on(folder, control, tell)
    if done is None:
        return None
    delete(folder, root)
    if done.subjects[0].failure:
        raise BadRequestError(done.subjects[0].failure)
    return {
        str(row.sort): {
            "tasks": row.tasks,
            "found": round(row.exact.value * row.tasks),
            "similarity": row.similarity.value,
        }
        for row in done.rows
        if row.subject == 0
    }


def go_on(folder: Path, control: Control, tell: Tell = lambda what: None) -> Measurement | None:
    """Carry on with a measurement where it was; None if it was stopped, and can go on later.

    A subject that cannot be used is noted, and the others go on.

    Raises:
        EngineError: If it is damaged, or there is no room to keep anything.
    """
    with held(folder):
        work = read_work(folder)
        run = _Run(folder, work, control, tell)
        for number in range(len(work.asked.subjects)):
            run.subject(number)
        if control.is_stopped:
            return None
        done = run.lines.measurement()
        finish(folder, done)
    return done


@dataclass(frozen=True, slots=True)
class _Filled:
    """What became of a gap."""

    text: str = ""
    first_ms: float = 0.0
    settled_ms: float = 0.0
    failure: str = ""


class _Run:
    """What is done and what is left."""

    def __init__(self, folder: Path, work: Work, control: Control, tell: Tell) -> None:
        self._folder, self._work, self._control, self._tell = folder, work, control, tell
        self.lines = Lines(folder, work)

    def subject(self, number: int) -> None:
        """Let a subject fill what it has not filled yet."""
        left, seen = self.lines.left(number), self.lines.seen.get(number)
        if self._control.is_stopped or (seen is not None and (seen.failure or not left)):
            return
        subject, failure = self._work.asked.subjects[number], ""
        model: ModelInfo | None = None
        self._told(number)
        forget_peak()
        with Conversation() as engine:
            self._control.on_stop(engine.cancel)
            try:
                model = self._opened(engine, subject)
                for place, task in left:
                    if not self._control.wait_while_paused():
                        break
                    self._fill(engine, number, place, task)
                    self._check(number)
            except AnswerError as error:
                failure = str(error)
            finally:
                self._control.on_stop(lambda: None)
        if not (failure and self._control.is_stopped):
            seen_now = _as_line(number, subject, model, failure)
            learned = files_learned(subject, self._work.about.files)
            self.lines.note({"seen": seen_now | {"taught_from": learned}})

    def _check(self, number: int) -> None:
        """Go no further with a subject that can do nothing.

        Raises:
            AnswerError: If all that it was asked has failed in the same way.
        """
        whys = self.lines.failures(number)
        if len(whys) == _ENOUGH and whys[0] and len(set(whys)) == 1:
            raise AnswerError(FailureKind.BAD_REQUEST, whys[0])

    def _opened(self, engine: Conversation, subject: Subject) -> ModelInfo:
        if subject.server:
            key = os.environ.get(KEY, "")
            return engine.connect(
                Connect(job_id=0, address=subject.server, model=subject.model, key=key)
            )
        return engine.load(Path(subject.model), self._work.asked.device)

    def _fill(self, engine: Conversation, number: int, place: int, task: Task) -> None:
        """Fill a gap as the editor would at a caret, and write down what came of it.

        Raises:
            AnswerError: If the subject is gone, so that no other gap can be filled either.
        """
        settings = RunSettings(
            seed=self._work.asked.seed + place, mode=self._work.asked.subjects[number].mode
        )
        request = Generate(
            job_id=0,
            revision=0,
            before=task.before,
            region="",
            after=task.after,
            language=task.language,
            adapter=self._work.asked.subjects[number].adapter,
            settings=settings,
        )
        try:
            filled = _filled(engine, request)
        except AnswerError as error:
            if self._control.is_stopped or error.kind in _GONE:
                raise
            filled = _Filled(failure=str(error))
        if filled is None:
            return  # stopped in its midst: it is filled when the run goes on
        judged = asdict(judge(task, filled.text))
        line = {"subject": number, "task": task.key, "sort": task.sort, "judged": judged}
        self.lines.note(line | asdict(filled))
        self._told(number)

    def _told(self, number: int) -> None:
        total = len(self.lines.tasks) * len(self._work.asked.subjects)
        self._tell(
            {"done": len(self.lines), "of": total, "subject": number, "folder": str(self._folder)}
        )


def _filled(engine: Conversation, request: Generate) -> "_Filled | None":
    """Fill a gap; None if it was stopped before its end."""
    start, first_ms = time.perf_counter(), 0.0
    for event in engine.ask(request):
        if isinstance(event, CanvasUpdated) and not first_ms:
            first_ms = _ms_since(start)
        if isinstance(event, Finished):
            if event.reason is FinishReason.CANCELLED:
                return None
            settled_ms = _ms_since(start)
            return _Filled(event.text, first_ms or settled_ms, settled_ms)
    raise AssertionError("the last event of a request that did not fail is its result")


def _as_line(
    number: int, subject: Subject, model: ModelInfo | None, failure: str
) -> dict[str, Any]:
    if model is None:
        return {"number": number, "name": "", "failure": failure}
    return {
        "number": number,
        "name": model.name,
        "device": model.device,
        "dtype": model.dtype,
        "weights_bytes": model.bytes,
        "peak_bytes": 0 if subject.server else peak_bytes(),
        "failure": failure,
    }


def _ms_since(start: float) -> float:
    return round((time.perf_counter() - start) * 1e3, 1)
