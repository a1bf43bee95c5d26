"""`inlay teach`: its options, and how it goes said on a terminal or in lines of JSON."""

import argparse
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.adapters import Card, adapters_folder, checked_name
from engine.background import STOPPED, Control, Progress, lower_priority
from engine.errors import BadRequestError, StoppedError

if TYPE_CHECKING:
    from engine.teach.asked import Teaching

MINUTES = 15.0
GAPS = 20  # see `engine.teach.asked.Teaching`


def teach(arguments: argparse.Namespace) -> int:
    """Teach the model the texts in folders; keep what it learned under a name.

    A tenth of the texts is kept apart, to see before and after whether it helped. What was
    interrupted goes on when the same name is asked for again, without folders too.
    """
    lower_priority()  # before torch has threads
    from engine.teach.run import teach as run

    asked = _asked(arguments)
    with Control() as control:
        if arguments.progress:
            control.listen()
            tell = Progress(control).tell
        else:
            tell = _Terminal().tell
        try:
            anew = arguments.anew and bool(arguments.places)
            card = run(asked, control, tell, anew=anew)
        except StoppedError as error:
            print(f"inlay: {error}", file=sys.stderr)
            return STOPPED
        tell({"stage": "done", "helps": card.helps})
    if arguments.progress:
        return 0
    print(said(asked.name, card))
    if not control.is_stopped:
        return 0
    print("inlay: stopped; the same command goes on with it", file=sys.stderr)
    return STOPPED


def options(command: argparse.ArgumentParser) -> None:
    """Take what `teach` takes."""
    texts = "folders and files to learn from; none: go on with what was left off"
    command.add_argument("places", nargs="*", type=Path, metavar="FOLDER", help=texts)
    name = "what to call what is learned"
    command.add_argument("--out", required=True, metavar="NAME", help=name)
    which = "only files like this, as .gitignore has it; may be given several times"
    command.add_argument("--pattern", action="append", default=[], metavar="PATTERN", help=which)
    minutes = f"about how long to train, if there is so much to read; {MINUTES:.0f}, if not given"
    command.add_argument("--minutes", type=float, default=MINUTES, metavar="N", help=minutes)
    steps = "exactly how many steps to train instead: with the same seed, it ends the same"
    command.add_argument("--steps", type=int, default=0, metavar="N", help=steps)
    command.add_argument("--seed", type=int, default=0, help="decides all that is drawn")
    gaps = "gaps of each sort to fill before and after in text kept apart; 0: none, sooner done"
    command.add_argument("--gaps", type=int, default=GAPS, metavar="N", help=gaps)
    anew = "delete what was taught, or left off, under this name before"
    command.add_argument("--anew", action="store_true", help=anew)
    lines = "tell how it goes in lines of JSON, and take pause, resume and stop in lines"
    command.add_argument("--progress", action="store_true", help=lines)


def said(name: str, card: Card) -> str:
    """Return what came of a training, for people."""
    lines = [
        f"{name}: {card.steps} steps in {card.minutes:.0f} minutes; the best are those of step "
        f"{card.step}. The loss of text held out went from {card.loss_before:.3f} to "
        f"{card.loss_after:.3f} nats."
    ]
    for sort, one in card.measured_before.items():
        if after := card.measured_after.get(sort):
            lines.append(
                f"{sort}: {one['found']} of {one['tasks']} found before, {after['found']} after"
            )
    use = f"use it with --adapter {name!r}" if " " in name else f"use it with --adapter {name}"
    if card.opens_as_model:
        use = f"use it with --model {shlex.quote(str(adapters_folder() / name))}"
    lines.append(f"It helps: {use}." if card.helps else "It does not help; better use none.")
    return "\n".join(lines)


def _asked(arguments: argparse.Namespace) -> "Teaching":
    from engine.loading import resolve_device
    from engine.teach.asked import Teaching, asked_before

    name = checked_name(arguments.out)
    if not arguments.places:
        return asked_before(name)
    if not 0.1 <= arguments.minutes <= 60 * 24:
        raise BadRequestError("--minutes must be between 0.1 and 1440")
    if not 0 <= arguments.steps <= 1_000_000:
        raise BadRequestError("--steps must be between 1 and 1000000")
    return Teaching(
        name=name,
        places=tuple(str(place.absolute()) for place in arguments.places),
        patterns=tuple(arguments.pattern),
        minutes=arguments.minutes,
        steps=arguments.steps,
        seed=arguments.seed % 2**63,
        gaps=max(0, arguments.gaps),
        model=str(arguments.model.absolute()),
        device=str(resolve_device(arguments.device)),
    )


class _Terminal:
    """Says how a training goes, a line for each stage and each look at the loss."""

    def __init__(self) -> None:
        self._points = 0

    def tell(self, what: Mapping[str, object]) -> None:
        """Say what is new."""
        curve, stage = what.get("curve"), what.get("stage")
        if stage and stage != "done":
            print(f"{stage} …", file=sys.stderr)
        if isinstance(curve, list) and len(curve) > self._points:
            self._points = len(curve)
            step, loss = curve[-1]
            total = what["steps"]
            print(f"step {step} of {total}: loss of text held out {loss:.3f}", file=sys.stderr)
