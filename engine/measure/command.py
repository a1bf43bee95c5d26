"""`inlay measure`: how well models fill your own texts, from the command line or for the window."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from engine.adapters import find_adapter
from engine.api import Mode
from engine.background import STOPPED, Control, Progress, lower_priority
from engine.errors import BadRequestError, StoppedError
from engine.hub.embedded import default_model
from engine.measure.measurement import Asked, Measurement, Work
from engine.measure.preparing import prepared
from engine.measure.report import compared, markdown, sentences
from engine.measure.running import Tell, go_on
from engine.measure.store import (
    begun,
    listed,
    named,
    read_measurement,
    read_work,
    unfinished,
)
from engine.measure.subject import KEY, Subject
from engine.texts.reading import read_documents


def measure(arguments: argparse.Namespace) -> int:
    """Measure how well models fill words, lines and sentences of your own texts.

    Gaps are cut out of the documents in folders, and filled again as the editor would. A run that
    was stopped goes on when it is asked for the same again. Nothing leaves this machine, but what
    a --server is asked.
    """
    if arguments.list:
        for one in listed():
            print(one.name + ("" if one.is_done else "  (not finished)"))
        return 0
    if arguments.show:
        found = [read_measurement(named(name)) for name in arguments.show]
        _put_out(markdown(found[0]) if len(found) == 1 else compared(found), arguments.out)
        return 0
    _check(arguments)
    lower_priority()
    with Control() as control:
        tell: Tell = _show
        folder: Path | None
        if arguments.progress:
            control.listen()
            tell = Progress(control).tell
        try:
            folder = _folder(arguments, control)
            _check_out(arguments.out, read_work(folder))
            done = go_on(folder, control, tell)
        except StoppedError:  # before there was anything to keep
            folder, done = None, None
    if folder is None or done is None:
        return _stopped(folder, tell if arguments.progress else None)
    if arguments.progress:
        tell({"finished": folder.name})
    else:
        print(file=sys.stderr)
        print("\n".join(sentences(done)) if arguments.out else markdown(done))
    if arguments.out:
        _put_out(_exported(done, folder, arguments.out), arguments.out)
    return 0 if arguments.progress or any(done.outcomes) else 1


def _check(arguments: argparse.Namespace) -> None:
    """Say at once what would be told only at the end, perhaps hours later.

    Raises:
        BadRequestError: If a model is not there, or the report has no place.
    """
    for folder in arguments.model:
        if not folder.is_dir():
            raise BadRequestError(f"--model: there is no folder {folder}.")
    if arguments.out and not arguments.out.absolute().parent.is_dir():
        raise BadRequestError(f"--out: there is no folder {arguments.out.absolute().parent}.")


def _check_out(out: Path | None, work: Work) -> None:
    """Let no report take the place of a text.

    Raises:
        BadRequestError: If it would.
    """
    files = (Path(one) for one in work.about.files)
    if out and out.exists() and any(one.exists() and out.samefile(one) for one in files):
        raise BadRequestError(f"--out: {out} is one of the texts. Choose another file.")


def _stopped(folder: Path | None, tell: Tell | None) -> int:
    """Say what is left of a run that was stopped."""
    if tell:
        tell({"stopped": folder.name if folder else ""})
        return 0
    left = f"; the same command goes on with it. ({folder})" if folder else ""
    print(f"inlay: stopped{left}", file=sys.stderr)
    return STOPPED


def _folder(arguments: argparse.Namespace, control: Control) -> Path:
    """Return the folder of what is to be measured, begun now or before.

    Raises:
        BadRequestError: If there is nothing to measure on.
    """
    if arguments.resume:
        return named(arguments.resume)
    if not arguments.places:
        raise BadRequestError("Name a folder or a file to measure on, or --list or --show.")
    asked = _asked(arguments)
    if folder := unfinished(asked):
        if not arguments.progress:
            print(f"inlay: goes on with {folder.name}", file=sys.stderr)
        return folder
    texts = read_documents(arguments.places, arguments.pattern, lambda: control.is_stopped)
    return begun(prepared(asked, texts))


def _asked(arguments: argparse.Namespace) -> Asked:
    """Return what is to be measured: each model and server in each way of writing.

    A model with an adapter stands beside the same without one.
    """
    taught = [str(find_adapter(name).absolute()) for name in arguments.adapter]
    models = [str(folder.absolute()) for folder in arguments.model]
    given = [Subject.from_json(text) for text in arguments.subject]
    if not models and (taught or not (arguments.server or given)):
        models = [str(default_model())]
    subjects = [
        Subject(model=model, adapter=adapter, mode=Mode(mode))
        for model in models
        for adapter in ("", *taught)
        for mode in arguments.mode or [Mode.BOTH]
    ]
    # A server writes in its own way.
    subjects += [*map(_server, arguments.server), *given]
    return Asked(
        places=tuple(str(place.absolute()) for place in arguments.places),
        patterns=tuple(arguments.pattern),
        count=arguments.tasks,
        seed=arguments.seed,
        subjects=tuple(subjects),
        device=arguments.device,
    )


def _server(text: str) -> Subject:
    address, _, model = text.partition("#")
    return Subject(server=address, model=model)


def _show(what: Mapping[str, object]) -> None:
    """Write how far it is, over and over on one line of a terminal."""
    if sys.stderr.isatty():
        print(f"\r{what['done']} of {what['of']} gaps", end="", file=sys.stderr, flush=True)


def _exported(done: Measurement, folder: Path, out: Path) -> str:
    if out.suffix == ".json":
        return (folder / "measurement.json").read_text(encoding="utf-8")
    return markdown(done)


def _put_out(text: str, out: Path | None) -> None:
    if out is None:
        print(text)
    else:
        out.write_text(text, encoding="utf-8")


def options(command: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add = command.add_argument
    add("places", nargs="*", type=Path, metavar="FOLDER", help="folders or files to measure on")
    names = "which files of the folders, as .gitignore names them; more than once for several"
    add("--pattern", action="append", default=[], metavar="PATTERN", help=names)
    add("--tasks", type=_count, default=30, metavar="N", help="gaps of each sort; 30 unless given")
    which = "a model's folder; more than once for several; without it, the embedded one"
    add("--model", action="append", type=Path, default=[], metavar="FOLDER", help=which)
    served = f"a server's address and, behind a #, its model; a key goes into ${KEY}"
    add("--server", action="append", default=[], metavar="URL[#MODEL]", help=served)
    learned = "what was taught with `inlay teach`, by its name; measured beside the model alone"
    add("--adapter", action="append", default=[], metavar="NAME", help=learned)
    ways = "how a model here writes: with drafts and denoising, from the left, denoising alone"
    add("--mode", action="append", choices=[mode.value for mode in Mode], default=[], help=ways)
    word = "a subject in JSON, as the window says it: model, adapter, server, mode"
    add("--subject", action="append", default=[], metavar="JSON", help=word)
    add("--seed", type=int, default=1, help="the same seed cuts the same gaps")
    where = "where models run; auto takes a card that suits"
    add("--device", choices=("auto", "cpu", "cuda"), default="auto", help=where)
    add("--out", type=Path, metavar="FILE", help="write the report there: .json, or Markdown")
    add("--list", action="store_true", help="list the measurements that are kept")
    side = "print a kept measurement by its name; several side by side"
    add("--show", nargs="+", default=[], metavar="NAME", help=side)
    add("--resume", metavar="NAME", help="go on with a measurement that was stopped")
    lines = "tell progress as JSON lines, and take pause, resume and stop on standard input"
    add("--progress", action="store_true", help=lines)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return number
