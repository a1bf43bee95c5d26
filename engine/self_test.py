"""What `inlay --self-test` asks of the engine: known fills, and the kernels of this machine."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api import Generate, ModelInfo
from engine.conversation import AnswerError, Conversation
from engine.errors import outcome_of, words_of
from engine.hub.embedded import base_file, small_model
from engine.known_fills import (
    KNOWN_FILE,
    REGIONS,
    REINSTALL,
    TIMEOUT_S,
    WEIGHTS_FILE,
    Filled,
    Problem,
    difference,
    fill,
    read_known,
)
from engine.small_files import sha256_of

if TYPE_CHECKING:
    from kernels.self_test import Case, Maker

__all__ = ["Check", "Problem", "checked", "engine_checks", "kernel_checks"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table."""

    name: str
    detail: str
    seconds: float
    is_ok: bool = True


def checked(name: str, run: Callable[[], str]) -> Check:
    """Run a check that returns its detail, and time it; whatever goes wrong becomes the detail."""
    start = time.perf_counter()
    found = outcome_of(run)  # the next check may still say more
    seconds, error = time.perf_counter() - start, found.error
    if error is None or isinstance(error, KeyboardInterrupt):
        return Check(name, found.needed(), seconds)
    detail = str(error) if isinstance(error, Problem | AnswerError) else words_of(error)
    return Check(name, detail, seconds, is_ok=False)


def engine_checks(folder: Path, device: str) -> Iterator[Check]:
    """Check a model folder with known results, on a device: auto, cpu or cuda."""
    yield checked("weights", lambda: _check_weights(folder))
    with Conversation(TIMEOUT_S) as engine:
        models: list[ModelInfo] = []

        def load() -> str:
            models.append(engine.load(folder, device))
            return f"{models[0].name} on {models[0].device}, {models[0].dtype}"

        yield checked("model", load)
        for name, request in REGIONS.items() if models else ():
            check = partial(_check_fill, engine, models[0], name, request)
            yield checked(f"fill: {name}", check)
        yield checked("better model", lambda: _check_better(engine, device))


def _check_weights(folder: Path) -> str:
    if sha256_of(folder / WEIGHTS_FILE) != read_known(folder)["weights_sha256"]:
        raise Problem(
            f"{WEIGHTS_FILE} is not the file that {KNOWN_FILE} was made with. {REINSTALL}"
        )
    return "as they were shipped"


def _check_better(engine: Conversation, device: str) -> str:
    """Load the better embedded model, which checks its base against the hash, and fill a region."""
    if base_file() is None:
        return "what it is built on is not here: Inlay works with its smallest model"
    model = engine.load(small_model(), device)
    found = fill(engine, next(iter(REGIONS.values())))
    return f"{model.name} on {model.device}, {model.dtype}: “{found.text}”"


def _check_fill(engine: Conversation, model: ModelInfo, name: str, request: Generate) -> str:
    known = Filled(**read_known(Path(model.folder))["fills"][name])
    found = fill(engine, request, known.text)
    if problem := difference(known, found, model):
        raise Problem(problem)
    is_same = (found.text, found.steps) == (known.text, known.steps)
    also = "as known" if is_same else f"as good as the known “{known.text}” in {known.steps}"
    return f"“{found.text}” in {found.steps} steps, {also}"


def kernel_checks(device: str) -> Iterator[Check]:
    """Check each operation the editor may run on a device against its definition."""
    # torch is imported here, so that a broken one is a line of the table and no traceback.
    found: list[tuple[Maker, list[Case]]] = []

    def prepare() -> str:
        from engine.loaders.architectures import plain_dtype  # noqa: PLC0415
        from engine.loading import resolve_device  # noqa: PLC0415
        from kernels.self_test import Maker, cases  # noqa: PLC0415

        target = resolve_device(device)
        maker = Maker(target, plain_dtype(target))
        found.append((maker, list(cases(target))))
        return maker.description

    yield checked("device", prepare)
    for maker, cases in found:
        for case in cases:
            yield checked(f"kernel: {case.name}", partial(_check_kernel, case, maker))


def _check_kernel(case: "Case", maker: "Maker") -> str:
    comparison = case.compare(maker)
    if comparison.problem:
        raise Problem(comparison.problem)
    return comparison.detail
