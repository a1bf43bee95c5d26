"""What holds for the repository as a whole."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", ".venv-newest", "build", "dist", "__pycache__"}
MODEL_LIMIT = 24 * 1024 * 1024  # bytes

# A folder of the machine something was written on; the tokenizer's vocabulary may hold anything.
MACHINE_PATH = re.compile(rb"(?<![\w.:])/(?:root|work)/")
VOCABULARY = "resources/model/"

# Tell what they will change one day; `make test-newest` fails by it when pytest imports them.
LIBRARIES_MAY = [
    part
    for kind in ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning")
    for part in ("-W", f"default::{kind}")
]


def modules_after(statement: str) -> set[str]:
    """Run a statement in a fresh interpreter and return the top-level modules it has loaded."""
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-W", "error", *LIBRARIES_MAY, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def shipped_files() -> list[Path]:
    """Return the files git knows or would take in; outside a checkout, all that are not built."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walk())
    names = {os.fsdecode(name) for name in run.stdout.split(b"\0") if name}
    return sorted(path for name in names if (path := ROOT / name).is_file())


def _walk() -> Iterator[Path]:
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [
            name
            for name in subfolders
            if name not in NOT_OURS and not name.endswith((".egg-info", "_cache"))
        ]
        yield from (Path(folder, name) for name in names)


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("module", ["kernels", "engine.api", "resources"])
def test_importing_the_contract_loads_neither_torch_nor_triton_nor_qt(module: str) -> None:
    assert not modules_after(f"import {module}") & {"torch", "triton", "PySide6", "transformers"}


@pytest.mark.parametrize(
    "statement", ["from app.main import main", "from engine.service import EngineService"]
)
def test_the_window_does_not_wait_for_torch(statement: str) -> None:
    assert not modules_after(statement) & {"torch", "triton", "transformers"}


def test_the_engine_loads_no_qt() -> None:
    assert not modules_after("import engine.service, engine.commands") & {"PySide6", "qasync"}


def test_the_packaging_folder_does_not_hide_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert "packaging" in modules_after("import packaging.version")


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in shipped_files()
        if not path.relative_to(ROOT).as_posix().startswith(VOCABULARY)
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert named == []


def test_the_walk_finds_what_git_finds() -> None:
    assert set(shipped_files()) <= set(_walk())


def test_the_embedded_model_stays_small() -> None:
    files = [path for path in shipped_files() if (ROOT / VOCABULARY) in path.parents]
    assert sum(path.stat().st_size for path in files) <= MODEL_LIMIT


def test_the_installed_version_and_the_changelog_agree(project: dict[str, object]) -> None:
    version = project["version"]
    assert importlib.metadata.version("inlay") == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_version_keeps_transformers_from_taking_kernels_for_its_own(
    project: dict[str, object],
) -> None:
    major, minor = map(int, str(project["version"]).split(".")[:2])
    assert (major, minor) < (0, 18)


def test_the_readme_names_only_pictures_that_exist() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
