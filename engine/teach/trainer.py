"""The training itself: gradients, steps, the held-out loss, and the best of it kept.

Everything hangs on the plan and the number of the step, nothing on the time: what was interrupted
goes on as if it had not been, to the last bit.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import torch
from torch import Tensor

from engine.background import Control
from engine.errors import BadRequestError
from engine.teach.checkpoint import Checkpoint, Plan, State
from engine.teach.rows import Rows
from engine.teach.student import Student

log = logging.getLogger(__name__)
Value = TypeVar("Value")
Tell = Callable[[Mapping[str, object]], None]

SAVE_SECONDS: Final = 60.0
_BETAS: Final = (0.9, 0.98)
# Of the halves, from step to step: what is looked at and kept. Single ones are noisy, and a run may
# be stopped at any of them.
_AVERAGE: Final = 0.97
_CLIP: Final = 1.0  # the gradient's length
_TRIED: Final = 2  # steps, to see how long one takes
_STEP, _LOOK = 1, 2  # what a generator is for, beside the seed


class Trainer:
    """A student at work on texts."""

    def __init__(
        self, student: Student, rows: Rows, held_out: Sequence[Tensor], *, lanes: int
    ) -> None:
        """Put them together.

        Args:
            student: What is trained.
            rows: What it learns from.
            held_out: Rows that it never sees, for the curve.
            lanes: How many parts of a step are worked out at the same time; 0: all sequences are
                one part, as a card wants them.
        """
        self._student, self._rows, self._held_out = student, rows, held_out
        self._names = list(student.trained)
        self._pool = ThreadPoolExecutor(lanes, "teach") if lanes else None

    def close(self) -> None:
        """End the threads."""
        if self._pool:
            self._pool.shutdown()

    def begin(self, plan: Plan, source: str) -> Checkpoint:
        """Return a training before its first step."""
        halves = {name: half.detach().clone() for name, half in self._student.trained.items()}
        still = {name: torch.zeros_like(half) for name, half in halves.items()}
        tensors = {
            "trained": halves,
            "average": {name: half.clone() for name, half in halves.items()},
            "best": {name: half.clone() for name, half in halves.items()},
            "first": still,
            "second": {name: half.clone() for name, half in still.items()},
        }
        return Checkpoint(State(plan=plan, source=source), tensors)

    def seconds_of(self, plan: Plan) -> tuple[float, float]:
        """Measure how long a step and a look at the held-out loss take; nothing is changed."""
        took = []
        for number in range(_TRIED):
            start = time.monotonic()
            self._gradients(plan, number)
            took.append(time.monotonic() - start)
        start = time.monotonic()
        self.held_out_loss(plan)
        # The first step finds nothing in the caches.
        return min(took), time.monotonic() - start

    def run(self, kept: Checkpoint, folder: Path, control: Control, tell: Tell) -> None:
        """Carry a plan out, from where the checkpoint has come to, to the end or until stopped.

        Args:
            kept: Where it goes on from; afterwards, where it has come to.
            folder: Where it is kept meanwhile.
            control: What is asked of it.
            tell: Hears of every step.

        Raises:
            BadRequestError: If the loss is no number any more.
        """
        plan, saved = kept.state.plan, time.monotonic()
        kept.move_to(next(iter(self._student.trained.values())).device)
        self._take(kept, "trained")
        while True:
            state, start = kept.state, time.monotonic()
            if state.step == 0 or _looks_now(plan, state.step):
                self._look(kept)
            tell(_told(kept.state))
            control.wait_while_paused()
            if control.is_stopped or state.step >= plan.steps:
                break
            start = time.monotonic() if state.step == 0 else start
            self._step(kept)
            seconds = kept.state.seconds + time.monotonic() - start
            kept.state = kept.state.model_copy(update={"seconds": seconds})
            if time.monotonic() - saved > SAVE_SECONDS:
                self._save(kept, folder)
                saved = time.monotonic()
        self._save(kept, folder)

    @torch.no_grad()
    def held_out_loss(self, plan: Plan) -> float:
        """Return the mean loss of the rows that are held out, drawn the same way each time."""

        def loss(number: int) -> float:
            with torch.no_grad():  # which holds for a thread
                random = _generator(plan.seed, _LOOK, number)
                return float(self._student.loss(self._held_out[number][None], random))

        return float(np.mean(self._mapped(loss, range(len(self._held_out)))))

    def _look(self, kept: Checkpoint) -> None:
        """Add a point to the curve, and keep the halves if they are the best so far."""
        state = kept.state
        if state.curve and state.curve[-1][0] == state.step:
            return  # it was stopped here
        self._take(kept, "average")
        loss = self.held_out_loss(state.plan)
        self._take(kept, "trained")
        if not np.isfinite(loss):
            raise BadRequestError(
                "The training went astray: its loss is no number. Begin it anew with another seed."
            )
        best = min((one for _, one in state.curve), default=np.inf)
        update: dict[str, object] = {"curve": [*state.curve, (state.step, loss)]}
        if loss < best:
            update["best"] = state.step
            kept.tensors["best"] = {n: t.clone() for n, t in kept.tensors["average"].items()}
        kept.state = state.model_copy(update=update)

    def _step(self, kept: Checkpoint) -> None:
        """Take one step of AdamW (arXiv 1711.05101, without decay of the weights)."""
        state, plan = kept.state, kept.state.plan
        gradients = self._gradients(plan, state.step)
        length = float(torch.stack([one.norm() for one in gradients]).norm())
        scale = min(1.0, _CLIP / max(length, 1e-12))
        number = state.step + 1
        rate = plan.learning_rate * _schedule(plan, state.step)
        share = 1 - min(_AVERAGE, number / (number + 10))
        first_share, second_share = (1 - beta**number for beta in _BETAS)
        with torch.no_grad():
            for name, gradient in zip(self._names, gradients, strict=True):
                first, second = (kept.tensors[group][name] for group in ("first", "second"))
                gradient.mul_(scale)
                first.lerp_(gradient, 1 - _BETAS[0])
                second.mul_(_BETAS[1]).addcmul_(gradient, gradient, value=1 - _BETAS[1])
                spread = (second / second_share).sqrt_().add_(1e-8)
                kept.tensors["trained"][name].addcdiv_(first, spread, value=-rate / first_share)
                kept.tensors["average"][name].lerp_(kept.tensors["trained"][name], share)
        self._take(kept, "trained")
        kept.state = state.model_copy(update={"step": number})

    def _gradients(self, plan: Plan, step: int) -> list[Tensor]:
        """Return the mean gradient of each half over the step's sequences.

        Parts are worked out side by side, each by one thread, and added in their order: the sum is
        the same whoever is done first.
        """
        # A card takes them all at once.
        parts = plan.sequences if self._pool else 1
        size = plan.sequences // parts

        def part(number: int) -> tuple[Tensor, ...]:
            first = step * plan.sequences + number * size
            ids = torch.stack([self._rows[first + row] for row in range(size)])
            loss = self._student.loss(ids, _generator(plan.seed, _STEP, step, number))
            return torch.autograd.grad(loss, list(self._student.trained.values()))

        first, *others = self._mapped(part, range(parts))
        sums = [one.clone() for one in first]
        for gradients in others:
            for total, one in zip(sums, gradients, strict=True):
                total.add_(one)
        return [total.div_(parts) for total in sums]

    def _mapped(self, call: Callable[[int], Value], numbers: range) -> list[Value]:
        return list(self._pool.map(call, numbers) if self._pool else map(call, numbers))

    def _take(self, kept: Checkpoint, group: str) -> None:
        """Let the student have the checkpoint's halves, as they are or on average."""
        with torch.no_grad():
            for name, half in self._student.trained.items():
                half.copy_(kept.tensors[group][name])

    def _save(self, kept: Checkpoint, folder: Path) -> None:
        """Write the checkpoint; where the disk takes none, the training goes on without."""
        try:
            kept.write(folder)
        except OSError as error:
            log.warning("the training is not kept meanwhile: %s", error)


def _told(state: State) -> dict[str, object]:
    return {"step": state.step, "steps": state.plan.steps, "curve": state.curve}


def _looks_now(plan: Plan, step: int) -> bool:
    """Whether the held-out loss is looked at after so many steps; after the last one it is."""
    return step * plan.looks // plan.steps != (step - 1) * plan.looks // plan.steps


def _schedule(plan: Plan, step: int) -> float:
    """Return the learning rate's factor: warm-up, flat, linear to zero."""
    left = (plan.steps - step) / max(1.0, plan.decay_share * plan.steps)
    return min(1.0, (step + 1) / max(1, plan.warmup), left)


def _generator(*numbers: int) -> torch.Generator:
    seed = np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(seed))
