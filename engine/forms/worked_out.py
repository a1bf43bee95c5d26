"""A user's expression worked out beside this process: it may take for ever, and all memory."""

import io
import os
import subprocess
import sys
from typing import Final

import numpy as np

from engine.forms.byte_automaton import ByteAutomaton
from engine.patterns import PatternError

WORKED_OUT_S: Final = 5.0
ARGUMENT: Final = "--work-out-a-form"  # by which a bundle, which has no Python, is told to do it
_TOO_MUCH = "it takes too long or too much memory; choose a simpler one"
_REFUSED = 3  # exit status


def worked_out(pattern: str) -> ByteAutomaton:
    """Return the automaton of an expression.

    Raises:
        PatternError: If there is none, or not in a few seconds.
    """
    is_bundle = getattr(sys, "frozen", False)
    command = [sys.executable, *([ARGUMENT] if is_bundle else ["-m", "engine.forms.worked_out"])]
    try:
        done = subprocess.run(
            command,
            input=pattern.encode(errors="replace"),
            capture_output=True,
            check=False,
            timeout=WORKED_OUT_S,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (subprocess.TimeoutExpired, MemoryError) as error:
        raise PatternError(pattern, _TOO_MUCH) from error
    if done.returncode:
        is_told = done.returncode == _REFUSED
        raise PatternError(pattern, done.stdout.decode() if is_told else _TOO_MUCH)
    with np.load(io.BytesIO(done.stdout)) as found:
        return ByteAutomaton(found["table"], int(found["start"]), found["is_final"])


def main() -> None:
    """Read an expression and write its automaton, or the reason why there is none."""
    try:
        found = ByteAutomaton.of(sys.stdin.buffer.read().decode())
    except PatternError as error:
        sys.stdout.buffer.write(error.reason.encode())
        sys.exit(_REFUSED)
    buffer = io.BytesIO()
    np.savez(buffer, table=found.table, start=found.start, is_final=found.is_final)
    sys.stdout.buffer.write(buffer.getvalue())


if __name__ == "__main__":
    main()
