"""A measurement at work: every subject fills every gap, and what is done stays done."""

import datetime
import os
import time
from collections import Counter
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
from engine.measure.measurement import (
    MOST_EXAMPLES,
    About,
    Asked,
    Example,
    Measurement,
    Place,
    Work,
)
from engine.measure.outcome import Judged, Outcome, judge
from engine.measure.store import (
    append_line,
    begun,
    delete,
    finish,
    held,
    read_lines,
    read_work,
    unfinished,
)
from engine.measure.subject import KEY, Seen, Subject
from engine.measure.tasks import Sort, Task, make_tasks
from engine.memory import forget_peak, peak_bytes
from engine.texts.document import Document, Documents, Kind

_SHOWN: Final = (160, 80)  # characters of an example before and behind its gap

_ENOUGH: Final = 3  # failures, if nothing else has come of a subject
# After these no other gap can be filled.
_GONE: Final = (FailureKind.SERVER, FailureKind.NOT_READY, FailureKind.HUNG)

Tell = Callable[[Mapping[str, object]], None]


def prepared(asked: Asked, documents: Documents) -> Work:
    """Return a measurement that can begin: its gaps are cut.

    Raises:
        BadRequestError: If there is no text to measure on.
    """
    tasks = make_tasks(documents.documents, asked.count, asked.seed)
    by_text = {one.text: one for one in documents.documents}
    used = {task.document: number for number, task in enumerate(_first_uses(tasks))}
    kinds = {one.path: (one.kind, one.language) for one in documents.documents}
    return Work(
        asked=asked,
        about=About(
            files=documents.files,
            kinds=dict(Counter(kind for kind, _ in kinds.values())),
            languages=dict(Counter(name for kind, name in kinds.values() if kind is Kind.CODE)),
            left_out=documents.left_out,
            cut_lines=documents.cut_lines,
        ),
        made=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        documents=tuple(by_text[text] for text in used),
        places=tuple(
            Place(document=used[one.document], start=one.start, end=one.end, sort=one.sort)
            for one in tasks
        ),
    )


def _first_uses(tasks: Sequence[Task]) -> list[Task]:
    return list({task.document: task for task in tasks}.values())


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
    folder = unfinished(asked, root)
    if folder is None:
        texts = Documents(documents=tuple(documents), left_out={})
        folder = begun(prepared(asked, texts), root)
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
        done = run.measurement()
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
        self._tasks = work.tasks
        self._lines: dict[tuple[int, str], dict[str, Any]] = {}
        self._seen: dict[int, Seen] = {}
        for line in read_lines(folder):
            self._take(line)

    def subject(self, number: int) -> None:
        """Let a subject fill what it has not filled yet."""
        left = [
            (place, task)
            for place, task in enumerate(self._tasks)
            if (number, task.key) not in self._lines
        ]
        if self._control.is_stopped or (
            number in self._seen and (not left or self._gave_up(number))
        ):
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
            self._note({"seen": _as_line(number, subject, model, failure)})

    def _check(self, number: int) -> None:
        """Go no further with a subject that can do nothing.

        Raises:
            AnswerError: If all that it was asked has failed in the same way.
        """
        whys = [line["failure"] for (one, _), line in self._lines.items() if one == number]
        if len(whys) == _ENOUGH and whys[0] and len(set(whys)) == 1:
            raise AnswerError(FailureKind.BAD_REQUEST, whys[0])

    def _gave_up(self, number: int) -> bool:
        return bool(self._seen[number].failure)

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
        self._note(line | asdict(filled))
        self._told(number)

    def _note(self, line: dict[str, Any]) -> None:
        append_line(self._folder, line)
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        if "seen" in line:
            fields = dict(line["seen"])
            number = fields.pop("number")
            self._seen[number] = Seen(subject=self._work.asked.subjects[number], **fields)
        elif "task" in line:
            self._lines[line["subject"], line["task"]] = line

    def _told(self, number: int) -> None:
        total = len(self._tasks) * len(self._work.asked.subjects)
        self._tell(
            {"done": len(self._lines), "of": total, "subject": number, "folder": str(self._folder)}
        )

    def measurement(self) -> Measurement:
        """Return what there is to keep."""
        subjects = self._work.asked.subjects
        return Measurement(
            asked=self._work.asked,
            about=self._work.about,
            made=self._work.made,
            subjects=tuple(self._seen[number] for number in range(len(subjects))),
            outcomes=tuple(tuple(self._outcomes(number)) for number in range(len(subjects))),
            examples=tuple(self._examples()),
        )

    def _outcomes(self, number: int) -> list[Outcome]:
        lines = (self._lines.get((number, task.key)) for task in self._tasks)
        return [
            Outcome(
                task=line["task"],
                sort=Sort(line["sort"]),
                judged=Judged(**line["judged"]),
                first_ms=line["first_ms"],
                settled_ms=line["settled_ms"],
                failure=line["failure"],
            )
            for line in lines
            if line
        ]

    def _examples(self) -> list[Example]:
        """Return the first tasks, the sorts in turns: chosen by nobody."""
        before, after = _SHOWN
        return [
            Example(
                sort=task.sort,
                name=task.name,
                before=task.before[-before:],
                wanted=task.region,
                after=task.after[:after],
                found=tuple(
                    str(self._lines.get((number, task.key), {}).get("text", ""))
                    for number in range(len(self._work.asked.subjects))
                ),
            )
            for task in self._tasks[:MOST_EXAMPLES]
        ]


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
