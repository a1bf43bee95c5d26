"""What a measurement at work has done so far: a line for each gap, read again after a kill."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from engine.measure.measurement import MOST_EXAMPLES, Example, Measurement, Work
from engine.measure.outcome import Judged, Outcome
from engine.measure.store import append_line, read_lines
from engine.measure.subject import Seen, taught_now
from engine.measure.tasks import Sort, Task

_SHOWN: Final = (160, 80)  # characters of an example before and behind its gap


class Lines:
    """The lines of one folder, in memory and on the disk."""

    def __init__(self, folder: Path, work: Work) -> None:
        self._folder, self._work = folder, work
        self.tasks = work.tasks
        self.seen: dict[int, Seen] = {}  # by the number of the subject
        self._lines: dict[tuple[int, str], dict[str, Any]] = {}
        self._taught = [taught_now(subject) for subject in work.asked.subjects]
        for line in read_lines(folder):
            with suppress(KeyError, IndexError, TypeError, AttributeError):  # no line of ours
                self._take(line)

    def __len__(self) -> int:
        """Return how many gaps are filled, by all subjects."""
        return len(self._lines)

    def left(self, number: int) -> list[tuple[int, Task]]:
        """Return the tasks that a subject has not done yet, and their places."""
        return [
            (place, task)
            for place, task in enumerate(self.tasks)
            if (number, task.key) not in self._lines
        ]

    def failures(self, number: int) -> list[str]:
        """Return why each gap of a subject was not filled; empty for those that were."""
        return [line["failure"] for (one, _), line in self._lines.items() if one == number]

    def note(self, line: dict[str, Any]) -> None:
        """Keep a line.

        Raises:
            BadRequestError: If there is no room for it.
        """
        line |= {"taught": self._taught[_subject_of(line)]}
        append_line(self._folder, line)
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        if line.get("taught", "") != self._taught[_subject_of(line)]:
            return  # it was taught anew under its name: what was measured is of another one
        if "seen" in line:
            fields = dict(line["seen"])
            number = fields.pop("number")
            self.seen[number] = Seen(subject=self._work.asked.subjects[number], **fields)
        elif "task" in line:
            self._lines[line["subject"], line["task"]] = line

    def measurement(self) -> Measurement:
        """Return what there is to keep."""
        subjects = self._work.asked.subjects
        return Measurement(
            asked=self._work.asked,
            about=self._work.about,
            made=self._work.made,
            subjects=tuple(self.seen[number] for number in range(len(subjects))),
            outcomes=tuple(tuple(self._outcomes(number)) for number in range(len(subjects))),
            examples=tuple(self._examples()),
        )

    def _outcomes(self, number: int) -> list[Outcome]:
        lines = (self._lines.get((number, task.key)) for task in self.tasks)
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
            for task in self.tasks[:MOST_EXAMPLES]
        ]


def _subject_of(line: dict[str, Any]) -> int:
    number: int = line["seen"]["number"] if "seen" in line else line["subject"]
    return number
