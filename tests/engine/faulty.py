"""A backend that fails in every way that code which is not ours can fail in."""

import json
import threading
from collections.abc import Callable

from tokenizers import Tokenizer

from engine.api import (
    Branch,
    EventCallback,
    FindAlternatives,
    Finished,
    FinishReason,
    Generate,
    Load,
    Loading,
    ModelInfo,
    Ready,
    Started,
    WordOption,
)
from engine.backend import Control
from tests.tiny import byte_tokenizer

MODEL = ModelInfo(
    name="faulty",
    folder="",
    parameters=0,
    bytes=0,
    device="cpu",
    dtype="float32",
    canvas_length=8,
    max_denoising_steps=3,
)
released = threading.Event()  # lets everything go on that hangs


def panic() -> None:
    """Have a library in Rust panic: it is no `Exception` that comes of that."""
    values = json.loads(byte_tokenizer().to_str())
    values["truncation"] = {
        "direction": "Right",
        "max_length": 2,
        "strategy": "LongestFirst",
        "stride": 3,  # more than the length
    }
    Tokenizer.from_str(json.dumps(values)).encode("a longer text")


def recurse(depth: int = 0) -> int:
    """Go deeper than Python allows."""
    return recurse(depth + 1) + 1


def raising(error: type[BaseException]) -> Callable[[], None]:
    """Return what raises an error."""

    def fail() -> None:
        raise error("on purpose")

    return fail


class UnspeakableError(Exception):
    """Fails once more where its text is asked for."""

    def __str__(self) -> str:
        raise ValueError("no words")


def hang() -> None:
    """Not come back."""
    released.wait()


FAULTS: dict[str, Callable[[], object]] = {
    "": lambda: None,
    "error": raising(KeyError),
    "unspeakable": raising(UnspeakableError),
    "memory": raising(MemoryError),
    "exit": raising(SystemExit),
    "interrupt": raising(KeyboardInterrupt),
    "generator": raising(GeneratorExit),
    "recursion": recurse,
    "panic": panic,
}
NAMES = (*FAULTS, "hang", "silent", "twice", "late")


class FaultyBackend:
    """Does as its requests say: `folder`, `instruction`, seed and slot name what goes wrong."""

    def __init__(self, emit: EventCallback) -> None:
        self._emit = emit

    def load(self, request: Load, is_cancelled: Callable[[], bool]) -> None:
        self._emit(Loading(job_id=request.job_id, stage="", fraction=0.0))
        ready = Ready(job_id=request.job_id, model=MODEL)
        self._end(request.folder, ready)

    def unload(self) -> None:
        """Forget nothing."""

    def generate(
        self,
        request: Generate,
        control: Control,
    ) -> None:
        self._emit(Started(job_id=request.job_id, num_slots=1, max_steps=3, encode_ms=0.0))
        for _ in range(3):
            if control.is_cancelled():
                break
            control.inbox()
        self._end(request.settings.instruction, finished(request.job_id))

    def branch(
        self,
        request: Branch,
        control: Control,
    ) -> None:
        control.inbox()
        self._end(NAMES[request.seed], finished(request.job_id))

    def alternatives(self, question: FindAlternatives) -> tuple[WordOption, ...]:
        name = NAMES[question.slot]
        (hang if name == "hang" else FAULTS.get(name, FAULTS[""]))()
        return (WordOption(text="word", probability=1.0),)

    def _end(self, fault: str, end: Ready | Finished) -> None:
        match fault:
            case "silent":
                return
            case "hang":
                hang()
            case "twice" | "late":
                self._emit(end)
        FAULTS["error" if fault == "late" else fault if fault in FAULTS else ""]()
        self._emit(end)


def finished(job_id: int) -> Finished:
    """Return a result."""
    return Finished(
        job_id=job_id,
        reason=FinishReason.CONVERGED,
        text="",
        spans=(),
        steps=3,
        tokens=1,
        ms=0.0,
    )
