"""Make what a Linux desktop reads of a program: `share.py FOLDER`.

Icons in all sizes, the desktop entry, the AppStream metadata and the man page, in the folders of
`/usr/share`.
"""

import os
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

import icons  # noqa: E402
import man  # noqa: E402
from release import entries, identity  # noqa: E402

HERE = Path(__file__).resolve().parent


def releases() -> str:
    """Return the versions of the changelog as AppStream wants them; without a day: today."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    today = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)
    known = [
        (entry.version, entry.day or today.date().isoformat())
        for entry in entries((ROOT / "CHANGELOG.md").read_text("utf-8"))
        if entry.version != "Unreleased"
    ]
    if version("inlay") not in dict(known):
        sys.exit(f"CHANGELOG.md has no [{version('inlay')}]: write what changes for its users.")
    return "\n    ".join(f'<release version="{name}" date="{day}"/>' for name, day in known)


def main(folder: Path) -> None:
    """Write all of it."""
    who = identity()
    about = (HERE / "inlay.metainfo.xml.in").read_text("utf-8")
    facts = {
        "ID": who.id,
        "DEVELOPER": who.id.rpartition(".")[0],
        "HOMEPAGE": who.homepage,
        "RELEASES": releases(),
    }
    for mark, text in facts.items():
        about = about.replace(f"@{mark}@", text)
    texts = {
        "applications/inlay.desktop": (HERE / "inlay.desktop").read_text("utf-8"),
        f"metainfo/{who.id}.metainfo.xml": about,
        "man/man1/inlay.1": man.page(),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    icons.main(folder / "icons")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
