"""The command line: what it takes, what it refuses, and what it leaves to the engine."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

import app.application
import engine.commands
from app import main as module
from app.application import Options
from app.main import main


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """Note what the editor would be started with."""
    runs: list[Options] = []
    monkeypatch.setattr(app.application, "run", lambda options: runs.append(options) or 0)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return runs


def test_without_arguments_the_editor_opens(runs: list[Options]) -> None:
    assert main([]) == 0
    assert (runs[0].files, runs[0].model, runs[0].device) == ((), None, "auto")


def test_files_model_and_device_are_handed_on(runs: list[Options], tmp_path: Path) -> None:
    assert main(["a.txt", "b.txt", "--model", str(tmp_path), "--device", "cpu"]) == 0
    assert runs[0].files == (Path("a.txt"), Path("b.txt"))
    assert (runs[0].model, runs[0].device) == (tmp_path, "cpu")


@pytest.mark.parametrize("command", ["fill", "generate", "info"])
def test_commands_go_to_the_engine(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(engine.commands, "main", lambda argv: calls.append(argv) or 3)
    assert main([command, "--x"]) == 3
    assert calls == [[command, "--x"]]


def test_a_missing_model_folder_is_named(
    runs: list[Options], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", "no/such/folder"]) == 2
    assert "no/such/folder" in capsys.readouterr().err.replace("\\", "/")
    assert runs == []


def test_an_unknown_device_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--device", "tpu"])
    assert "tpu" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="only there can the display be missing")
def test_a_missing_display_is_an_error_with_words(
    runs: list[Options], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    assert "no display" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Inlay 0.")


def test_the_version_is_told_without_loading_qt() -> None:
    code = "import sys; from app.main import main; main(['--version']); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "PySide6" not in run.stdout


def test_the_start_of_the_process_lies_before_now() -> None:
    assert 0 <= time.monotonic() - module.process_started() < 24 * 3600


def test_where_proc_is_missing_the_import_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> str:
        raise OSError

    monkeypatch.setattr(Path, "read_text", refuse)
    assert module.process_started() == module.IMPORTED


def test_the_help_names_every_command_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "fill --jsonl IN --out OUT [--model FOLDER] [--device auto|cpu|cuda] [--seed N]",
        "generate --model FOLDER --ids FILE [--max-new-tokens N] [--seed S]",
        "info [--model FOLDER] [--plan [--vram GIB]] [--copies]",
        "3: some lines could not be filled",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("module", "said"), [("app.main", "Inlay 0."), ("engine.commands", "usage: inlay")]
)
def test_a_module_that_is_run_does_what_the_command_does(module: str, said: str) -> None:
    asked = "--version" if module == "app.main" else "--help"
    command = [sys.executable, "-m", module, asked]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.startswith(said)
