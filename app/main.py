"""The command `inlay`: the editor, or one of the engine's commands without a window."""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# As early as Python lets us; where the system does not tell when a process began, this stands for
# it.
IMPORTED = time.monotonic()

COMMANDS = ("fill", "generate", "info", "measure", "teach")  # the engine's; no window, no Qt

USAGE = """\
%(prog)s [FILE…|FOLDER] [--model FOLDER] [--device auto|cpu|cuda]
       %(prog)s fill --jsonl IN --out OUT [--model FOLDER] [--device auto|cpu|cuda] [--seed N]
       %(prog)s generate --model FOLDER --ids FILE [--max-new-tokens N] [--seed S]
       %(prog)s teach FOLDER… --out NAME [--minutes N] [--seed S]
       %(prog)s info [--model FOLDER] [--plan [--vram GIB]] [--copies]
       %(prog)s measure FOLDER… [--pattern PATTERN] [--tasks N] [--model FOLDER]… [--out FILE]
       %(prog)s --self-test [--device auto|cpu|cuda]
       %(prog)s --version"""

EPILOG = """\
To open a file named like a command, write ./fill. `inlay fill --help` and the like explain the
commands. Exit status: 0: all is done. 1: it could not be done. 2: the command line is wrong.
3: some lines could not be filled, or a long run was stopped."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks for and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Imports stand in the branches: a command needs no Qt, and `--version` needs nothing.
    if arguments and arguments[0] in COMMANDS:
        from engine.commands import main as run_command

        return run_command(arguments)
    parsed = _parser().parse_args(arguments)
    if parsed.version:
        from importlib.metadata import version

        print(f"Inlay {version('inlay')}")
        return 0
    if parsed.self_test:
        return _self_test(parsed)
    if problem := _problem(parsed.model):
        print(f"inlay: {problem}", file=sys.stderr)
        return 2
    # Qt would end the process with a core dump where no window can be shown, so that is found out
    # first.
    from app.system.display import NoDisplayError, choose_platform, remedy_of

    try:
        platform = choose_platform()
        from app.application import Options, run
    except NoDisplayError as error:
        print(f"inlay: no window can be shown: {error}", file=sys.stderr)
        return 1
    except ImportError as error:
        if not (remedy := remedy_of(error)):
            raise
        print(f"inlay: no window can be shown: {error}{remedy}", file=sys.stderr)
        return 1
    options = Options(
        files=tuple(parsed.files),
        model=parsed.model,
        device=parsed.device,
        platform=platform,
        started=process_started(),
    )
    return run(options)


def _self_test(parsed: argparse.Namespace) -> int:
    if parsed.files or parsed.model:
        print(
            "inlay: --self-test checks the embedded model; leave files and --model out.",
            file=sys.stderr,
        )
        return 2
    try:
        from app.self_test import run
    except ImportError as error:
        from app.system.display import remedy_of

        remedy = remedy_of(error) or "\nInstall what it names, or install Inlay again."
        print(f"inlay: a part of the program cannot be loaded: {error}{remedy}", file=sys.stderr)
        return 1
    return run(parsed.device)


def process_started() -> float:
    """Return the `time.monotonic()` at which this process was created, as far as is known."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError, AttributeError, ValueError, IndexError):
            # The fields behind the command, which may itself contain spaces and brackets.
            stat = Path("/proc/self/stat").read_text("ascii", "replace")
            fields = stat.rpartition(")")[2].split()
            since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
            age = time.clock_gettime(time.CLOCK_BOOTTIME) - since_boot
            return time.monotonic() - age
    return IMPORTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inlay",
        usage=USAGE,
        description="An editor in which a text-diffusion model rewrites what you select.",
        epilog=EPILOG,
    )
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="file or folder to open"
    )
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="checkpoint folder")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="where the model runs"
    )
    parser.add_argument(
        "--self-test", action="store_true", help="check this installation; needs no display"
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    return parser


def _problem(model: Path | None) -> str | None:
    if model is not None and not model.is_dir():
        return f"--model: there is no folder {model}."
    if sys.platform == "linux" and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return "there is no display to show the editor on. `inlay fill` works without one."
    return None


if __name__ == "__main__":
    sys.exit(main())
