"""A folder with files to try things on."""

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty folder, apart from whatever else a test needs."""
    made = tmp_path / "root"
    made.mkdir()
    return made


def put(root: Path, **files: str) -> None:
    """Write files; a double underscore in a name is a folder, a single one a dot."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
