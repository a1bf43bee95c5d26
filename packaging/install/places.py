"""Where the installer keeps things, and what it remembers of them."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
IS_WINDOWS = sys.platform == "win32"
FORMAT = 1  # of the state file
# Windows takes paths of 259 characters; the longest in torch's wheel has 173, and 26 lie between.
MAX_ROOT_ON_WINDOWS = 60


class SetupError(Exception):
    """Something that was foreseen; the text says what to do next."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One package of an environment."""

    name: str
    version: str
    url: str
    sha256: str  # empty: the index gives none

    @property
    def title(self) -> str:
        """Name it for the user."""
        return f"{self.name} {self.version}"


@dataclass(slots=True, kw_only=True)
class Environment:
    """An environment that is in use, or being made."""

    name: str  # its folder
    source: str  # checksum of Inlay's own wheel
    build: str  # of torch: cpu, cu126, cu130; empty: as pip is configured
    wheels: list[Wheel] = field(default_factory=list)  # empty: not worked out yet
    records: dict[str, str] = field(default_factory=dict)  # checksum of each package's RECORD
    digests: dict[str, str] = field(default_factory=dict)  # of files whose RECORD was never right


@dataclass(slots=True, kw_only=True)
class State:
    """What the installer remembers from one run to the next."""

    current: Environment | None = None
    coming: Environment | None = None  # not finished yet
    old_defaults: dict[str, str] = field(default_factory=dict)  # of file kinds, to give back


@dataclass(frozen=True, slots=True)
class Places:
    """The program's folder; nothing of the user's is in it."""

    root: Path

    @property
    def wheels(self) -> Path:
        """Downloaded packages, until they are installed."""
        return self.root / "wheels"

    @property
    def setup(self) -> Path:
        """A copy of the installer and Inlay's own wheel, for repairs."""
        return self.root / "setup"

    @property
    def log(self) -> Path:
        """All that pip and the self-test have said."""
        return self.root / "setup.log"

    @property
    def state_file(self) -> Path:
        """The state, and the mark by which the folder is known as ours."""
        return self.root / "state.json"

    def environment(self, environment: Environment) -> Path:
        """Return an environment's folder."""
        return self.root / environment.name

    def claim(self) -> None:
        """Make the folder ours.

        Raises:
            SetupError: If it cannot be made, or holds something of somebody else's.
        """
        if IS_WINDOWS and len(str(self.root)) > MAX_ROOT_ON_WINDOWS:
            raise SetupError(
                f"The path {self.root} is too long for Windows: at most {MAX_ROOT_ON_WINDOWS} "
                r"characters. Choose another with --folder, such as C:\Inlay."
            )
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            known = {"state.json", "lock", "python", "uv"}
            if not self.state_file.exists() and {path.name for path in self.root.iterdir()} - known:
                raise SetupError(
                    f"{self.root} holds other files. Choose an empty folder with --folder."
                )
            if not self.state_file.exists():
                self.save(State())
        except OSError as error:
            raise SetupError(
                f"{self.root} cannot be used ({error.strerror}). Choose another with --folder."
            ) from error

    def load(self) -> State:
        """Return what is remembered.

        Raises:
            SetupError: If nothing is installed, or the file is damaged.
        """
        try:
            data = json.loads(self.state_file.read_text(encoding="utf-8"))
            return State(
                current=_environment(data["current"]),
                coming=_environment(data["coming"]),
                old_defaults=dict(data["old_defaults"]),
            )
        except FileNotFoundError as error:
            raise SetupError(f"Inlay is not installed in {self.root}.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SetupError(
                f"{self.state_file} is damaged ({error}). Delete {self.root} and install again; "
                "your documents, settings and models lie elsewhere."
            ) from error

    def save(self, state: State) -> None:
        """Remember, all at once or not at all."""
        partial = self.state_file.with_suffix(".part")
        partial.write_text(json.dumps({"format": FORMAT, **asdict(state)}, indent=1), "utf-8")
        partial.replace(self.state_file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out; the lock of a killed run is free when its last child has ended.

        Raises:
            SetupError: If another run holds it.
        """
        with (self.root / "lock").open("a+b") as file:
            try:
                if sys.platform == "win32":
                    import msvcrt

                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                else:
                    import fcntl

                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    # A pip that outlives its killed installer goes on holding the lock.
                    os.set_inheritable(file.fileno(), True)
            except OSError as error:
                raise SetupError(
                    "Another installer is at work here. Wait for it to end, then try again."
                ) from error
            yield


def default_root() -> Path:
    """Return the folder of the copy that runs, if it is an installed one, else the usual place."""
    if (HERE.parent.parent / "state.json").is_file():
        return HERE.parent.parent
    if IS_WINDOWS:
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "Inlay" / "program"


def python_of(folder: Path) -> Path:
    """Return an environment's interpreter."""
    return folder / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")


def _environment(data: dict[str, Any] | None) -> Environment | None:
    if data is None:
        return None
    return Environment(**{**data, "wheels": [Wheel(**wheel) for wheel in data["wheels"]]})
