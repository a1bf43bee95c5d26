"""Check that a release may be made, and print what CHANGELOG.md says of it: `release.py v0.2.0`.

The version has one source, `pyproject.toml`; everything else reads it from the installed package.
"""

import re
import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOBODY = ("example.org", "org.example")  # reserved by RFC 2606
HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\S+))?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the changelog says of one version."""

    version: str
    day: str  # as it stands there, empty if it does not
    text: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who publishes Inlay, as packages and software centres are told."""

    id: str
    maintainer: str
    homepage: str


def identity() -> Identity:
    """Return what stands in identity.toml."""
    return Identity(**tomllib.loads((ROOT / "packaging" / "identity.toml").read_text("utf-8")))


def entries(changelog: str) -> list[Entry]:
    """Return the changelog's versions, the newest first; "Unreleased" is one of them."""
    found = list(HEADING.finditer(changelog))
    ends = [*(match.start() for match in found[1:]), len(changelog)][: len(found)]
    return [
        Entry(match["version"], match["date"] or "", changelog[match.end() : end].strip())
        for match, end in zip(found, ends, strict=True)
    ]


def problems(tag: str, version: str, changelog: str, who: Identity) -> list[str]:
    """Return what stands in the way of releasing `version` under `tag`, each with its remedy."""
    found = []
    if any(name in text for name in NOBODY for text in (who.id, who.maintainer, who.homepage)):
        found.append("packaging/identity.toml names nobody: write there who publishes Inlay.")
    if tag != f"v{version}":
        found.append(f"The tag is {tag}, but pyproject.toml says {version}: tag it v{version}.")
    known = {entry.version: entry for entry in entries(changelog)}
    if known.get("Unreleased", Entry("", "", "")).text:
        found.append(f"CHANGELOG.md keeps changes under [Unreleased]: move them under [{version}].")
    entry = known.get(version)
    if entry is None or not entry.text:
        found.append(f"CHANGELOG.md says nothing of {version}: write what changes for its users.")
    elif not _is_day(entry.day):
        found.append(
            f"CHANGELOG.md has no date for {version}: write `## [{version}] - 2026-01-31`."
        )
    return found


def project_version() -> str:
    """Return the version that stands in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def main(tag: str) -> int:
    """Print the notes of the release, or what stands in its way."""
    version, changelog = project_version(), (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = problems(tag, version, changelog, identity())
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        return 1
    print(next(entry.text for entry in entries(changelog) if entry.version == version))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
