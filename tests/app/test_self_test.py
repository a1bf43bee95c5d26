"""`inlay --self-test`: it passes here, writes nowhere, and names what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import self_test
from app.main import main
from engine.self_test import Check

GOOD, BAD = Check("sun", "shines", 0.1), Check("moon", "is gone", 0.2, is_ok=False)


@pytest.mark.slow
def test_it_passes_without_a_display_and_leaves_nothing_behind(tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    code = "from app.main import main; raise SystemExit(main(['--self-test', '--device', 'cpu']))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "FAILED" not in run.stdout
    assert run.stdout.count("fill: ") == 3
    assert "kernel: experts, NVFP4" in run.stdout
    assert run.stderr == ""
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    # That the better model's base was read whole and is as published, which takes a while.
    assert [path for path in left if path.parent.name != "checked"] == []


def run_with(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> int:
    monkeypatch.setattr(self_test, "_checks", lambda _device: iter(checks))
    return self_test.run("cpu")


def test_a_failed_check_is_named(monkeypatch, capfd) -> None:
    assert run_with(monkeypatch, GOOD, BAD) == 1
    out = capfd.readouterr().out
    assert "1 of 2 checks FAILED: moon." in out
    assert "is gone" in out


def test_passing_checks_are_counted(monkeypatch, capfd) -> None:
    assert run_with(monkeypatch, GOOD, GOOD) == 0
    assert "All 2 checks passed" in capfd.readouterr().out


@pytest.mark.usefixtures("qapp")
def test_a_text_that_is_not_drawn_is_found(monkeypatch) -> None:
    monkeypatch.setattr(self_test, "TEXT", "   ")
    with pytest.raises(self_test.Problem, match="no font can be used"):
        self_test.look_at_window()


@pytest.mark.usefixtures("qapp")
def test_a_missing_model_is_one_line_of_the_table(monkeypatch) -> None:
    def refuse(name: str) -> Path:
        raise FileNotFoundError(f"{name} is missing")

    monkeypatch.setattr(self_test, "resource_path", refuse)
    monkeypatch.setattr(self_test, "look_at_window", lambda: "")
    (failed,) = [check for check in self_test._checks("cpu") if not check.is_ok]
    assert (failed.name, failed.detail) == ("model", "model is missing")


@pytest.mark.parametrize("extra", [["a.txt"], ["--model", "."]])
def test_files_and_models_are_refused(extra, capsys) -> None:
    assert main(["--self-test", *extra]) == 2
    assert "leave files and --model out" in capsys.readouterr().err


def test_a_library_that_cannot_be_loaded_is_named(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "app.self_test", None)
    assert main(["--self-test"]) == 1
    assert "a part of the program cannot be loaded" in capsys.readouterr().err
