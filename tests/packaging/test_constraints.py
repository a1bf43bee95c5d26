"""The pins: one version of each package, whatever the system; what `make check` finds wrong."""

import importlib.metadata
import importlib.util
import re
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = """\
[project]
dependencies = ["torch>=2", "pluggy>=1", "colorama>=0.4; sys_platform == 'win32'"]
[project.optional-dependencies]
test = ["jinja2>=3"]
bundle = []
"""
# jinja2 is installed here, and needs markupsafe; colorama is for another system.
PINS = """\
# a comment
colorama==0.4.6  # via inlay
jinja2=={jinja2}  # via inlay, torch
markupsafe=={markupsafe}  # via jinja2
pluggy=={pluggy}  # via inlay
sympy=={sympy}  # via torch
mpmath=={mpmath}  # via sympy
"""


@pytest.fixture(scope="module")
def constraints() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pins", ROOT / "packaging/constraints.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project whose pins are right."""
    names = ("jinja2", "markupsafe", "pluggy", "sympy", "mpmath")
    here = {name: importlib.metadata.version(name) for name in names}
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    (tmp_path / "constraints.txt").write_text(PINS.format(**here), "utf-8")
    return tmp_path


def change(house: Path, file: str, old: str, new: str) -> None:
    path = house / file
    path.write_text(re.sub(old, new, path.read_text("utf-8")), "utf-8")


def test_right_pins_are_right(constraints: ModuleType, house: Path) -> None:
    assert constraints.check(house) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong"),
    [
        ("constraints.txt", "pluggy.*\n", "", "pluggy has no pin"),
        ("constraints.txt", "markupsafe.*\n", "", "markupsafe has no pin"),
        ("constraints.txt", "$", "old==1.0  # via inlay\n", "old is pinned and not needed"),
        ("pyproject.toml", ', "colorama[^"]*"', "", "colorama is pinned and not needed"),
        (
            "pyproject.toml",
            "colorama>=0.4",
            "colorama>=0.5",
            "colorama is pinned to 0.4.6, and inlay needs >=0.5",
        ),
        (
            "pyproject.toml",
            '"jinja2>=3"',
            '"jinja2>=3", "sympy"',
            "sympy is needed by inlay, torch",
        ),
    ],
)
def test_wrong_pins_are_named(
    constraints: ModuleType, house: Path, file: str, old: str, new: str, wrong: str
) -> None:
    change(house, file, old, new)
    assert wrong in constraints.check(house)


@pytest.mark.parametrize(
    "line",
    [
        "pluggy @ https://example.org/pluggy.whl",
        "pluggy==1.6.0 --hash=sha256:00",
        "pluggy>=1.5",
        "--index-url https://example.org",
        "pluggy==1.*",
    ],
)
def test_more_than_a_version_is_refused(constraints: ModuleType, line: str) -> None:
    assert len(constraints.read_pins(f"colorama==0.4.6  # via x\n{line}\n")[1]) == 1


def test_what_another_version_is_installed_of_is_named(
    constraints: ModuleType, house: Path
) -> None:
    change(house, "constraints.txt", "pluggy==.*", "pluggy==1.0.1  # via inlay")
    (wrong,) = constraints.check(house)
    assert wrong.startswith("pluggy is pinned to 1.0.1, and ")


def test_every_system_counts_and_torch_brings_its_own(constraints: ModuleType) -> None:
    graph = {
        "torch": ["nvidia-cublas==13.1; sys_platform == 'linux'", "sympy>=1.13"],
        "a": ["b; sys_platform == 'win32'", "c[more]; python_version < '3.12'", "d; extra == 'x'"],
        "b": ["e; sys_platform == 'linux'"],
        "c": ["f>=2; extra == 'more'", "g; python_version >= '3.12'"],
    }
    needs = constraints.walk(
        [Requirement("torch>=2"), Requirement("a")],
        lambda name: [Requirement(text) for text in graph.get(name, ())],
    )
    # `e` for a `b` that is not on Linux, and `g` for a `c` that is not with 3.12, are never there.
    told = {name: {who: str(need) for who, need in who.items()} for name, who in needs.items()}
    assert told == {
        "a": {"inlay": ""},
        "b": {"a": ""},
        "c": {"a": ""},
        "f": {"c": ">=2"},
        "sympy": {"torch": ">=1.13"},
    }


def test_the_file_holds_versions_only(constraints: ModuleType) -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    pins, wrong = constraints.read_pins(text)
    assert wrong == []
    assert not pins.keys() & {"torch", "triton", "triton-windows"}
    assert "://" not in text


@pytest.mark.parametrize(
    "file",
    [
        "Makefile",
        "README.md",
        "packaging/README.md",
        ".github/workflows/tests.yml",
        ".github/workflows/release.yml",
    ],
)
def test_whatever_installs_inlay_takes_the_pins(file: str) -> None:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    installs = [line for line in lines if re.search(r"\bpip install .*\.\[", line)]
    assert installs
    free = [line for line in installs if not re.search("constraints.txt|CONSTRAINTS", line)]
    # Which tries what is newer than the pins.
    assert all("NEWEST" in line for line in free)


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "packaging/README.md",
        ".github/workflows/tests.yml",
        ".github/workflows/release.yml",
    ],
)
def test_whoever_installs_inlay_by_hand_installs_its_base_as_well(file: str) -> None:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    after = [
        following for line, following in pairwise(lines) if re.search(r"\bpip install .*\.\[", line)
    ]
    assert after
    assert [line for line in after if not re.search(r"--no-deps .*packaging.base\.txt", line)] == []


@pytest.mark.parametrize("target", ["$(STAMP)", "test-newest", "bundle"])
def test_what_make_sets_up_has_the_base(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = makefile.partition(f"\n{target}:")[2].partition("\n\n")[0]
    assert re.search(r"--no-deps --require-hashes --requirement \$\(BASE\)$", recipe, re.MULTILINE)


def test_the_installers_archive_brings_the_pins() -> None:
    recipe = (
        (ROOT / "Makefile").read_text("utf-8").partition("\ninstaller:")[2].partition("\n\n")[0]
    )
    assert re.search(r"cp .*\$\(CONSTRAINTS\) \$\(BASE\) \$\(SETUP\)$", recipe, re.MULTILINE)
