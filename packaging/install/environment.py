"""A private environment: made, filled, checked file by file, and mended."""

import base64
import csv
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pip_runner import pip, run
from places import IS_WINDOWS, Environment, Places, SetupError, Wheel, python_of
from talk import Talk
from wheels import fetch

START = "from app.main import main; raise SystemExit(main())"
_PIP = "pip"


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with one package."""

    package: str
    what: str


def make(folder: Path, places: Places) -> None:
    """Make an empty environment with a pip that goes on after a broken connection.

    Raises:
        SetupError: If this Python cannot.
    """
    code, last = run([sys.executable, "-I", "-m", "venv", "--clear", str(folder)], places)
    if code:
        raise SetupError(
            "This Python makes no environment:\n  " + "\n  ".join(last[-3:]) + "\n"
            "On Debian and Ubuntu: sudo apt install python3-venv, then run this again."
        )
    try:
        pip(folder, places, "install", "--upgrade", "--quiet", "pip>=25.1")
    except SetupError:
        return  # without an index, say: the old one does as well


def fill(folder: Path, wheels: list[Path], places: Places) -> None:
    """Install wheels that were resolved together; what a stopped run has left goes first."""
    mark = folder / "not-finished"
    if mark.exists():
        make(folder, places)
    mark.touch()
    _put(folder, wheels, places)
    mark.unlink()


def add(wheel: Wheel, environment: Environment, places: Places, talk: Talk) -> None:
    """Install a wheel beside those that are there, all of them unharmed."""
    folder = places.environment(environment)
    _put(folder, fetch([wheel], folder, places, talk), places)
    environment.wheels.append(wheel)
    seal(environment, folder)
    shutil.rmtree(places.wheels, ignore_errors=True)


def _put(folder: Path, wheels: list[Path], places: Places) -> None:
    pip(folder, places, "install", "--no-index", "--no-deps", *wheels)


def seal(environment: Environment, folder: Path) -> None:
    """Note what was installed: the checksum of each list of files, and where a list is wrong."""
    environment.records, environment.digests = {}, {}
    for record in _site(folder).glob("*.dist-info/RECORD"):
        content = record.read_bytes()
        environment.records[_package(record)] = hashlib.sha256(content).hexdigest()
        for path, expected in _listed(content):
            digest = _digest(_site(folder) / path)
            if digest != expected:
                environment.digests[path] = digest


def damages(folder: Path, environment: Environment) -> list[Damage]:
    """Check an environment's every file; the interpreter first."""
    if not runs(folder):
        return [Damage(_PIP, f"{python_of(folder)} does not run")]
    found = {_package(record): record for record in _site(folder).glob("*.dist-info/RECORD")}
    missing = [
        Damage(name, "is missing") for name in sorted(environment.records.keys() - found.keys())
    ]
    with ThreadPoolExecutor() as pool:
        packages = environment.records.keys() & found.keys()
        checks = pool.map(lambda name: _damage(name, found[name], environment), sorted(packages))
        return missing + [damage for damage in checks if damage]


def _damage(name: str, record: Path, environment: Environment) -> Damage | None:
    content = record.read_bytes()
    if hashlib.sha256(content).hexdigest() != environment.records[name]:
        return Damage(name, "its list of files is damaged")
    for path, expected in _listed(content):
        if _digest(record.parent.parent / path) != environment.digests.get(path, expected):
            return Damage(name, f"{path} is damaged or missing")
    return None


def _listed(record: bytes) -> Iterator[tuple[str, str]]:
    """Yield the files of a list and their checksums; Python writes compiled ones as it likes."""
    for path, digest, _size in csv.reader(record.decode("utf-8").splitlines()):
        if digest and not path.endswith(".pyc"):
            yield path, digest


def _digest(path: Path) -> str:
    """Return a file's checksum as lists of files have it; "" if it cannot be read."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return ""
    return "sha256=" + base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def mend(environment: Environment, found: list[Damage], places: Places, talk: Talk) -> None:
    """Install damaged packages again; all of them, if pip or the interpreter is damaged."""
    folder = places.environment(environment)
    names = {damage.package for damage in found}
    wheels = [wheel for wheel in environment.wheels if _normal(wheel.name) in names]
    if len(wheels) < len(names):
        talk.say("      the environment is made anew")
        make(folder, places)
        wheels = environment.wheels
    paths = fetch(wheels, folder, places, talk)
    for wheel in wheels:
        # Without its list of files pip could not remove a package; it writes over what is there.
        for info in _site(folder).glob("*.dist-info"):
            if _normal(info.name.split("-")[0]) == _normal(wheel.name):
                shutil.rmtree(info)
    _put(folder, paths, places)
    seal(environment, folder)
    shutil.rmtree(places.wheels, ignore_errors=True)


def self_test(folder: Path, places: Places, talk: Talk) -> bool:
    """Let the program check itself on this machine; show its table."""
    command = [str(python_of(folder)), "-I", "-c", START, "--self-test"]
    code, _ = run(command, places, show=lambda line: talk.say(f"      {line}"))
    return code == 0


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def site_file(folder: Path, name: str) -> Path:
    """Return the path of an installed file."""
    return _site(folder) / name


def runs(folder: Path) -> bool:
    """Return True if an environment's interpreter starts and finds its pip."""
    try:
        command = [str(python_of(folder)), "-I", "-c", "import pip, encodings"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _site(folder: Path) -> Path:
    if IS_WINDOWS:
        return folder / "Lib" / "site-packages"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = sorted(folder.glob("lib/python3*/site-packages"))
    return found[0] if found else folder / "lib" / version / "site-packages"


def _package(record: Path) -> str:
    return _normal(record.parent.name.split("-")[0])


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
