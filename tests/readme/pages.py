"""The lines that a page tells its readers to type, and what becomes of each in the tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "packaging/README.md", "packaging/INSTALL.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """Run in a clean clone, after the other lines of its block that run."""

    opens_editor: bool = False  # then it is ended as soon as the window is painted
    needs: str = ""  # a program that not everybody has
    on_windows: bool = False
    pytest_options: str = ""  # that keep it short


@dataclass(frozen=True, slots=True)
class NotHere:
    """Cannot be run in a clone, for a reason."""

    because: str


INSTALLER = NotHere(
    "it sets up a program for the user: tests/packaging does so in homes of its own"
)
RECIPE = NotHere("it takes hours and a corpus: tests/model_recipe runs each part on small data")
SYNOPSIS = NotHere("a synopsis: its options are compared with the parsers")

LINES: dict[str, Run | NotHere] = {
    # README.md
    "make run": Run(opens_editor=True),
    # The tests themselves run in the job beside the one that runs these lines.
    "make test": Run(pytest_options="--collect-only -q"),
    "sudo apt install make python3-venv libxcb-cursor0": NotHere("it changes the system"),
    r'py -m venv .venv; .venv\Scripts\pip install -c constraints.txt -e ".[test]"': Run(
        on_windows=True
    ),
    r".venv\Scripts\pip install --no-deps -r packaging\base.txt": Run(on_windows=True),
    r".venv\Scripts\inlay resources\samples\welcome.md": Run(opens_editor=True, on_windows=True),
    'uv venv; uv pip install -c constraints.txt -e ".[test]"': Run(needs="uv"),
    "uv pip install --no-deps -r packaging/base.txt": Run(needs="uv"),
    "uv run --no-sync inlay resources/samples/welcome.md": Run(opens_editor=True, needs="uv"),
    "inlay [FILE…|FOLDER] [--model FOLDER] [--device auto|cpu|cuda]": SYNOPSIS,
    "inlay fill --jsonl IN --out OUT [--model FOLDER] [--adapter NAME] [--seed N]": SYNOPSIS,
    "inlay generate --model FOLDER --ids FILE --max-new-tokens N --seed S": SYNOPSIS,
    "inlay measure FOLDER… [--pattern P] [--tasks N] [--model FOLDER]… [--adapter NAME]…": SYNOPSIS,
    "[--server URL[#MODEL]] [--mode both|causal|diffusion]… [--out FILE]": SYNOPSIS,
    "inlay teach FOLDER… --out NAME [--minutes N | --steps N] [--seed N] [--pattern P]": SYNOPSIS,
    "inlay info [--model FOLDER] [--plan --vram GIB [--teaching]] [--copies]": SYNOPSIS,
    "inlay --self-test": SYNOPSIS,
    # packaging/README.md
    "make bundle PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu": NotHere(
        "the workflow of a release runs it"
    ),
    "make bundle-test": NotHere("the workflow of a release runs what it runs"),
    "export PYTHONPATH=.:packaging/model": RECIPE,
    ".venv/bin/python packaging/adapter/prepare.py --corpus FOLDER": RECIPE,
    ".venv/bin/python packaging/adapter/train_adapter.py": RECIPE,
    ".venv/bin/python packaging/adapter/export_adapter.py": RECIPE,
    "make evaluate": RECIPE,
    # packaging/INSTALL.md
    "sh install.sh": INSTALLER,
    "inlay-setup verify": INSTALLER,
    "inlay-setup repair": INSTALLER,
    "inlay-setup uninstall": INSTALLER,
    "powershell -ExecutionPolicy Bypass -File install.ps1": INSTALLER,
}


def blocks(page: str) -> Iterator[list[str]]:
    """Yield the lines of each block of a page, without their comments."""
    for _, block in BLOCK.findall((ROOT / page).read_text("utf-8")):
        yield [re.sub(r"\s+# .*", "", line).strip() for line in block.splitlines() if line.strip()]


def code(page: str) -> str:
    """Return all that a page sets as code."""
    text = (ROOT / page).read_text("utf-8")
    inline = re.findall(r"`([^`]+)`", BLOCK.sub("", text))
    return "\n".join([*inline, *(line for block in blocks(page) for line in block)])
