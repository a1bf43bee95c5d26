"""Which build of torch a card gets, and that the scripts are well formed."""

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from tree_sitter_language_pack import get_parser

PACKAGING = Path(__file__).parents[2] / "packaging"
NAMES = ("machine", "places")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The installer's module, which runs as a plain file."""
    monkeypatch.syspath_prepend(str(PACKAGING / "install"))
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module("machine")
    for name in NAMES:
        del sys.modules[name]


def smi(monkeypatch: pytest.MonkeyPatch, folder: Path, *lines: str, code: int = 0) -> None:
    """Put an nvidia-smi into the PATH that answers with lines."""
    program = folder / "nvidia-smi"
    answers = "\n".join(f"echo '{line}'" for line in lines)
    program.write_text(f"#!/bin/sh\n{answers}\nexit {code}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    ("line", "build", "says"),
    [
        ("NVIDIA GeForce RTX 4090, 580.95.05, 8.9, 24564", "cu130", "RTX 4090, 24 GiB"),
        ("NVIDIA GeForce RTX 5080, 591.10, 12.0, 16303", "cu130", "CUDA 13.0"),
        ("NVIDIA GeForce RTX 3060, 535.183.01, 8.6, 12288", "cu126", "CUDA 12.6"),
        ("NVIDIA GeForce GTX 1080 Ti, 580.95.05, 6.1, 11264", "cu126", "CUDA 12.6"),
        ("NVIDIA GeForce RTX 5080, 570.10, 12.0, 16303", "cpu", "Install driver 580 or newer"),
        ("NVIDIA GeForce RTX 2080, 470.10, 7.5, 8192", "cpu", "Install driver 580 or newer"),
        ("NVIDIA GeForce GTX 780, 470.10, 3.5, 3072", "cpu", "No build of torch knows"),
        ("NVIDIA-SMI has failed because", "cpu", "No NVIDIA card"),
        ("Odd, [N/A], [N/A], [N/A]", "cpu", "No NVIDIA card"),
    ],
)
def test_the_card_and_its_driver_choose_the_build(
    machine, monkeypatch, tmp_path, line, build, says
) -> None:
    smi(monkeypatch, tmp_path, line)
    chosen, why = machine.choose(machine.find_cards(), "auto")
    assert chosen.name == build
    assert says in why


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is a shell script")
def test_of_two_cards_the_stronger_counts(machine, monkeypatch, tmp_path) -> None:
    smi(monkeypatch, tmp_path, "Old, 580.1, 6.1, 11264", "New, 580.1, 8.9, 8188")
    assert [card.name for card in machine.find_cards()] == ["New", "Old"]


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is a shell script")
def test_a_driver_that_does_not_answer_is_no_card(machine, monkeypatch, tmp_path) -> None:
    smi(monkeypatch, tmp_path, "Card, 580.1, 8.9, 8188", code=9)
    assert machine.find_cards() == []


def test_without_a_card_torch_is_for_the_processor(machine, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.choose(machine.find_cards(), "auto")[0].name == "cpu"


def test_a_wish_is_followed_and_a_wrong_one_named(machine) -> None:
    assert machine.choose([], "cu126")[0].index.endswith("/whl/cu126")
    with pytest.raises(Exception, match="auto, cu130, cu126, cpu; not cu999"):
        machine.choose([], "cu999")


def test_a_folder_too_deep_for_windows_is_refused(machine, monkeypatch, tmp_path) -> None:
    places = sys.modules[machine.SetupError.__module__]
    monkeypatch.setattr(places, "IS_WINDOWS", True)
    with pytest.raises(machine.SetupError, match="too long for Windows"):
        places.Places(tmp_path / ("a" * 60)).claim()


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_shell_script_is_clean() -> None:
    subprocess.run(["shellcheck", PACKAGING / "install.sh"], check=True)


def test_the_powershell_script_parses() -> None:
    source = (PACKAGING / "install.ps1").read_bytes()
    assert not get_parser("powershell").parse(source).root_node.has_error
    broken = source.replace(b"function Stop-Setup(", b"function Stop-Setup((")
    assert get_parser("powershell").parse(broken).root_node.has_error
