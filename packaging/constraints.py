"""The versions Inlay is tested with: `constraints.py lock [--newest]` writes them, `check` checks.

One version of each package, for every system and Python; what it takes from the network it takes
through pip. `check` takes nothing: it reads what is installed.
"""

import argparse
import functools
import importlib.metadata
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
OWN = "inlay"
EXTRAS = ("test", "bundle")
# These keep their range, so that a build for this machine is taken; they bring their own libraries.
FREE = ("torch", "triton", "triton-windows")
OF_CARDS = ("cuda-", "nvidia-")
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = (  # sys_platform, platform_system, platform_machine
    ("linux", "Linux", "x86_64"),
    ("linux", "Linux", "aarch64"),
    ("win32", "Windows", "AMD64"),
    ("darwin", "Darwin", "arm64"),
)
GLIBC_MINORS = (39, 35, 34, 28, 27, 26, 24, 17, 12, 5)  # that wheels are tagged with
HEAD = """\
# The versions with which Inlay is tested: `pip install -c constraints.txt …`, and the same with uv.
# Written by `make lock`, compared with pyproject.toml by `make check`; not to be edited by hand.
# torch and Triton keep their range there, so that the build for a machine can be chosen.
# The tests have been run with these on Linux x86-64 and Python 3.11. For Linux aarch64, Windows and
# macOS on arm64, and for Python 3.12 and 3.13, wheels of all of them exist; no more is known.
"""


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of the file."""

    version: Version
    needed_by: frozenset[str]  # canonical names; OWN for what pyproject.toml asks for itself

    def line(self, name: str) -> str:
        """Write it."""
        return f"{name}=={self.version.public}  # via {', '.join(sorted(self.needed_by))}\n"


@dataclass(frozen=True, slots=True)
class Choice:
    """What pip chose for one package on this machine."""

    version: Version
    requires: tuple[Requirement, ...]
    file: str
    pythons: SpecifierSet


Requires = Callable[[str], Iterable[Requirement]]
Needs = dict[str, dict[str, SpecifierSet]]  # package: who needs it, and in which range


def environments() -> Iterable[dict[str, str]]:
    """Yield the markers of every Python on every system."""
    for python in PYTHONS:
        for platform, system, machine in SYSTEMS:
            yield {
                "implementation_name": "cpython",
                "implementation_version": f"{python}.0",
                "os_name": "nt" if platform == "win32" else "posix",
                "platform_machine": machine,
                "platform_python_implementation": "CPython",
                "platform_release": "",
                "platform_system": system,
                "platform_version": "",
                "python_full_version": f"{python}.0",
                "python_version": python,
                "sys_platform": platform,
            }


def read_project(root: Path) -> list[Requirement]:
    """Return what pyproject.toml asks for, the extras included."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = (project["optional-dependencies"][extra] for extra in EXTRAS)
    return [Requirement(text) for texts in (project["dependencies"], *extras) for text in texts]


def walk(
    roots: Iterable[Requirement],
    requires: Requires,
    where: Iterable[Mapping[str, str]] | None = None,
) -> Needs:
    """Return everything that is needed somewhere (None: anywhere), the free ones left out."""
    needs: Needs = {}
    requires = functools.cache(requires)
    for environment in environments() if where is None else where:
        todo = [(OWN, requirement, frozenset({""})) for requirement in roots]
        seen = set()
        while todo:
            who, requirement, extras = todo.pop()
            name = canonicalize_name(requirement.name)
            marker = requirement.marker
            if marker and not any(marker.evaluate({**environment, "extra": e}) for e in extras):
                continue
            if name.startswith(OF_CARDS):
                continue
            if name not in FREE:
                ranges = needs.setdefault(name, {})
                ranges[who] = ranges.get(who, SpecifierSet()) & requirement.specifier
            wanted = frozenset(requirement.extras) | {""}
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                todo += [(name, needed, wanted) for needed in requires(name)]
    return needs


def read_pins(text: str) -> tuple[dict[str, Pin], list[str]]:
    """Return the pins of a file, and what is wrong with its lines."""
    pins: dict[str, Pin] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        words, _, via = line.partition("#")
        name, equal, version = words.strip().partition("==")
        if not words.strip():
            continue
        if not equal or canonicalize_name(name) != name or set(version) & set(" ;@=*+"):
            wrong.append(f"line {number} is more, or less, than a name and a version: {line}")
            continue
        who = via.strip().removeprefix("via").split(",")
        pins[name] = Pin(Version(version), frozenset(part.strip() for part in who))
    return pins, wrong


def check(root: Path) -> list[str]:
    """Return what is wrong with the file, by pyproject.toml and what is installed here."""
    pins, wrong = read_pins((root / "constraints.txt").read_text("utf-8"))

    def requires(name: str) -> Iterable[Requirement]:
        found = None if name in FREE else _installed(name)
        if found is None:  # for another system, or another build of torch: as it was written
            return [Requirement(other) for other, pin in pins.items() if name in pin.needed_by]
        if name in pins and Version(found.version) != pins[name].version:
            wrong.append(f"{name} is pinned to {pins[name].version}, and {found.version} here")
        return [Requirement(text) for text in found.requires or ()]

    needs = walk(read_project(root), requires)
    wrong += [f"{name} has no pin" for name in sorted(needs.keys() - pins.keys())]
    wrong += [f"{name} is pinned and not needed" for name in sorted(pins.keys() - needs.keys())]
    for name in sorted(needs.keys() & pins.keys()):
        version = pins[name].version
        wrong += [
            f"{name} is pinned to {version}, and {who} needs {allowed}"
            for who, allowed in sorted(needs[name].items())
            if not allowed.contains(version, prereleases=True)
        ]
        if needs[name].keys() != pins[name].needed_by:
            wrong.append(f"{name} is needed by {', '.join(sorted(needs[name]))}")
    return wrong


def _installed(name: str) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def lock(root: Path, *, newest: bool) -> None:
    """Write the file: what is pinned stays while it may, the rest is the newest that pip finds."""
    file = root / "constraints.txt"
    roots = read_project(root)
    pins, _ = read_pins(file.read_text("utf-8") if file.exists() and not newest else "")
    asked: dict[str, SpecifierSet] = {
        canonicalize_name(each.name): each.specifier for each in roots
    }
    kept = [
        f"{name}=={pin.version}"
        for name, pin in pins.items()
        if asked.get(name, SpecifierSet()).contains(pin.version, prereleases=True)
    ]
    found = resolve([str(requirement) for requirement in roots], kept)
    while missing := {
        name: who for name, who in walk(roots, _requires(found)).items() if name not in found
    }:
        # For other systems: pip looks at the markers of this one only.
        ranges = [f"{name}{_together(who.values())}" for name, who in sorted(missing.items())]
        found |= resolve(ranges, kept, "--no-deps")
    needs = walk(roots, _requires(found))
    new = {name for name in needs if f"{name}=={found[name].version}" not in kept}
    look_for_wheels(roots, found, new)
    lines = [Pin(found[name].version, frozenset(needs[name])).line(name) for name in sorted(needs)]
    file.write_text(HEAD + "".join(lines), "utf-8", newline="\n")
    print(f"{len(lines)} packages, {len(new)} of them new, in {file.name}")


def _requires(found: Mapping[str, Choice]) -> Requires:
    return lambda name: found[name].requires if name in found else ()


def _together(ranges: Iterable[SpecifierSet]) -> SpecifierSet:
    together = SpecifierSet()
    for each in ranges:
        together &= each
    return together


def resolve(wanted: Iterable[str], kept: Iterable[str], *options: str) -> dict[str, Choice]:
    """Let pip choose."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "wanted.txt").write_text("\n".join(wanted), "utf-8")
        (folder / "kept.txt").write_text("\n".join(kept), "utf-8")
        report = folder / "report.json"
        run = _pip(
            "--requirement", folder / "wanted.txt", "--constraint", folder / "kept.txt",
            "--report", report, *options,
        )  # fmt: skip
        if run.returncode:
            sys.exit(f"{run.stderr}\nWhat is pinned now is given up by `make lock NEWEST=1`.")
        chosen = json.loads(report.read_text("utf-8"))["install"]
    return {
        canonicalize_name(each["metadata"]["name"]): Choice(
            Version(each["metadata"]["version"]),
            tuple(Requirement(text) for text in each["metadata"].get("requires_dist", ())),
            each["download_info"]["url"].rpartition("/")[2],
            SpecifierSet(each["metadata"].get("requires_python", "")),
        )
        for each in chosen
    }


def look_for_wheels(
    roots: Iterable[Requirement], found: Mapping[str, Choice], names: Collection[str]
) -> None:
    """Have pip look for wheels of some packages, for every Python on every system.

    What is published as source alone is taken to suit all.
    """
    for environment in environments():
        python, tags = environment["python_version"], _tags(environment)
        here = walk(roots, _requires(found), [environment]).keys() & names
        print(f"Python {python}, {tags[0]}: {len(here)} packages", flush=True)
        for name in here:
            if f"{python}.0" not in found[name].pythons:
                sys.exit(f"{name} {found[name].version} is not for Python {python}.")
        files = {name: found[name].file for name in here}
        wheels = [
            f"{name}=={found[name].version}"
            for name, file in files.items()
            if file.endswith(".whl") and not file.endswith("-none-any.whl")
        ]
        options = [f"--platform={tag}" for tag in tags]
        options += ["--only-binary=:all:", f"--python-version={python}", "--implementation=cp"]
        with tempfile.TemporaryDirectory() as nowhere:
            run = _pip("--no-deps", f"--target={nowhere}", *options, *wheels) if wheels else None
        if run and run.returncode:
            sys.exit(f"{run.stderr}\nNarrow the range in pyproject.toml, and lock again.")


def _tags(environment: Mapping[str, str]) -> list[str]:
    machine = environment["platform_machine"]
    if environment["sys_platform"] == "win32":
        return ["win_amd64"]
    if environment["sys_platform"] == "darwin":
        return [f"macosx_14_0_{machine}"]
    old = [f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"manylinux1_{machine}"]
    return [*(f"manylinux_2_{minor}_{machine}" for minor in GLIBC_MINORS), *old]


def _pip(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    command += map(str, arguments)
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("lock", "check"))
    parser.add_argument("--newest", action="store_true", help="keep nothing of what is pinned")
    options = parser.parse_args()
    if options.what == "lock":
        oldest = PYTHONS[0]
        if ".".join(map(str, sys.version_info[:2])) != oldest:
            sys.exit(f"What suits Python {oldest} suits all: make lock PYTHON=python{oldest}")
        lock(ROOT, newest=options.newest)
    elif wrong := check(ROOT):
        wrong.append("`make lock` writes it anew; `make setup` installs what it says.")
        sys.exit("constraints.txt is not what it should be:\n  " + "\n  ".join(wrong))


if __name__ == "__main__":
    main()
