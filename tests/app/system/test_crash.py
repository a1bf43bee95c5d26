"""After an unforeseen error the texts are safe, the log knows, and the user is told."""

import asyncio
import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.system.crash import CrashReporter, save_texts

pytestmark = pytest.mark.expected_log("unforeseen error")


def make_reporter(folder: Path, texts: list[tuple[str, str]]) -> CrashReporter:
    return CrashReporter(lambda: texts, folder)


def raise_into(reporter: CrashReporter, error: Exception) -> None:
    reporter.handle(type(error), error, error.__traceback__)


def test_unsaved_texts_are_rescued_and_the_user_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    reporter = make_reporter(tmp_path, [("notes & more.md", "précieux\r\n")])
    with qtbot.waitSignal(reporter.reported) as reported:
        raise_into(reporter, ValueError("odd"))
    (path,) = (tmp_path / "recovered").iterdir()
    assert path.read_bytes() == "précieux\r\n".encode()
    assert path.name.endswith("0-notes___more.md")
    assert "ValueError: odd" in reported.args[0]
    assert str(path.parent) in reported.args[0]


def test_a_report_is_kept_on_this_machine(qtbot: QtBot, tmp_path: Path) -> None:
    reporter = make_reporter(tmp_path, [("a", "precious")])
    try:
        raise ValueError("odd")
    except ValueError as error:
        with qtbot.waitSignal(reporter.reported) as reported:
            raise_into(reporter, error)
    (path,) = (tmp_path / "reports").iterdir()
    text = path.read_text("utf-8")
    assert "PyTorch" in text
    assert "test_a_report_is_kept_on_this_machine" in text
    assert "precious" not in text
    assert str(path) in reported.args[0]


def test_a_storm_of_errors_is_told_once(qtbot: QtBot, tmp_path: Path) -> None:
    reporter, told = make_reporter(tmp_path, [("a", "b")]), []
    reporter.reported.connect(told.append)
    for _ in range(50):
        raise_into(reporter, ValueError("odd"))
    assert len(told) == 1
    assert len(list((tmp_path / "recovered").iterdir())) == 1


def test_the_log_has_versions_and_traceback(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise ValueError("odd")
    except ValueError as error:
        raise_into(make_reporter(tmp_path, []), error)
    assert "PyTorch" in caplog.text
    assert "test_the_log_has_versions_and_traceback" in caplog.text


def test_an_error_in_another_thread_is_reported_in_the_main_one(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    reporter, threads = make_reporter(tmp_path, []), []
    reporter.reported.connect(lambda _: threads.append(threading.current_thread()))
    reporter.install()
    with qtbot.waitSignal(reporter.reported):
        threading.Thread(target=lambda: 1 / 0).start()
    assert threads == [threading.main_thread()]


@pytest.mark.expected_log("could not be saved")
def test_a_rescue_that_fails_is_told_too(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "recovered").write_text("a file in the way")
    reporter = make_reporter(tmp_path, [("a", "b")])
    with qtbot.waitSignal(reporter.reported) as reported:
        raise_into(reporter, ValueError("odd"))
    assert "save them now" in reported.args[0]


def test_an_error_in_a_coroutine_is_treated_alike(qtbot: QtBot, tmp_path: Path) -> None:
    reporter = make_reporter(tmp_path, [])
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _, context: reporter.handle_loop_error(context))
    with qtbot.waitSignal(reporter.reported):
        loop.call_exception_handler({"message": "m", "exception": ValueError("odd")})
    loop.close()


@pytest.mark.expected_log("unforeseen error|^never$")
def test_half_a_character_is_rescued_as_well(qtbot: QtBot, tmp_path: Path) -> None:
    raise_into(make_reporter(tmp_path, []), ValueError("odd"))
    (path,) = save_texts([("a", "x\ud800")], tmp_path)
    assert path.read_bytes() == b"x\xed\xa0\x80"
