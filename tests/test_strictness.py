"""The alarms of conftest.py ring: sample tests run in a pytest of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

SAMPLES = """
import logging, threading, warnings
import pytest

def test_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, args=(4,), name="slow").start()

def test_leaves_an_engine_thread():
    threading.Thread(target=threading.Event().wait, name="inlay-engine", daemon=True).start()

def test_joins_its_thread():
    thread = threading.Thread(target=int); thread.start(); thread.join()

def test_logs_a_warning():
    logging.getLogger("some").warning("odd")

@pytest.mark.expected_log("odd")
def test_logs_an_expected_warning():
    logging.getLogger("some").warning("odd")

@pytest.mark.expected_log("odd")
def test_misses_an_expected_warning():
    pass

@pytest.fixture
def a_machine_like_that():
    pytest.skip("not here")

@pytest.mark.expected_log("odd")
def test_is_skipped_before_it_logs(a_machine_like_that):
    logging.getLogger("some").warning("odd")

def test_warns():
    warnings.warn("odd")

def test_calls_what_a_library_gives_up():
    warnings.warn("`old` is deprecated", DeprecationWarning)

def test_calls_what_a_library_gives_up_in_other_words():
    warnings.warn("old: use new", FutureWarning)

def test_calls_what_a_library_gives_up_as_a_user():
    warnings.warn("This is Deprecated", UserWarning)

def test_hears_of_it_by_a_log():
    logging.getLogger("some.library").warning("`old` is deprecated. Use `new` instead.")

def test_logs_it_itself():
    logging.getLogger("engine.some").warning("this folder's layout is deprecated")

@pytest.mark.checkpoint
def test_needs_a_checkpoint():
    pass

@pytest.mark.interpreter
def test_needs_the_interpreter():
    pass

def test_qt_warns():
    from PySide6.QtCore import qWarning
    qWarning("odd")
"""


FOREIGN = [
    "calls_what_a_library_gives_up",
    "calls_what_a_library_gives_up_in_other_words",
    "calls_what_a_library_gives_up_as_a_user",
    "hears_of_it_by_a_log",
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run_samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def report_of_the_newest(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run_samples(tmp_path_factory.mktemp("newest"), "--newest")


def run_samples(folder: Path, *arguments: str) -> str:
    (folder / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text("utf-8"), "utf-8")
    (folder / "test_samples.py").write_text(SAMPLES, "utf-8")
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-rA", "--color=no"]
    unset = ("INLAY_CHECKPOINT", "TRITON_INTERPRET", "PYTEST_ADDOPTS")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *options,
            "-p",
            "no:cacheprovider",
            *arguments,
            str(folder),
        ],
        env={name: value for name, value in os.environ.items() if name not in unset},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("leaves_a_thread", "ERROR"),
        ("leaves_an_engine_thread", "ERROR"),
        ("logs_a_warning", "ERROR"),
        ("misses_an_expected_warning", "ERROR"),
        ("warns", "FAILED"),
        ("qt_warns", "FAILED"),
    ],
)
def test_a_careless_test_does_not_pass(report: str, name: str, outcome: str) -> None:
    assert f"{outcome} test_samples.py::test_{name}" in report


@pytest.mark.parametrize("name", ["joins_its_thread", "logs_an_expected_warning"])
def test_a_careful_test_passes(report: str, name: str) -> None:
    assert f"PASSED test_samples.py::test_{name}" in report
    assert f"ERROR test_samples.py::test_{name}" not in report


@pytest.mark.parametrize("name", FOREIGN)
def test_what_a_library_will_change_one_day_fails_only_with_the_newest(
    report: str, report_of_the_newest: str, name: str
) -> None:
    line = f"test_samples.py::test_{name}"
    assert f"PASSED {line}" in report.splitlines()
    assert f"ERROR {line} " not in report
    assert any(f"{bad} {line} " in report_of_the_newest for bad in ("FAILED", "ERROR"))


def test_what_inlay_logs_itself_is_always_judged(report: str) -> None:
    assert "ERROR test_samples.py::test_logs_it_itself" in report


def test_a_test_that_is_skipped_owes_no_log(report: str) -> None:
    assert "ERROR test_samples.py::test_is_skipped_before_it_logs" not in report


@pytest.mark.parametrize("reason", ["INLAY_CHECKPOINT", "TRITON_INTERPRET=1"])
def test_a_skipped_test_says_why(report: str, reason: str) -> None:
    assert any(line.startswith("SKIPPED") and reason in line for line in report.splitlines())
