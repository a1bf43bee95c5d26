"""Files whose names are no text: that very file is read, written, watched and remembered."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.documents.names import fits_qt, for_dialog, from_url, shown
from app.recovery import Journal, find_lost
from app.settings import Settings
from app.spelling.languages import Languages
from app.system import logs
from app.system.single_instance import SingleInstance
from app.widgets import dialogs
from app.window.file_drop import local_paths
from app.workspace.session_restore import SessionKeeper
from tests.app.house import House

RAW = b"caf\xe9 \xff.txt"
TWIN = "caf\ufffd \ufffd.txt"  # what Qt makes of it


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file, beside one of the name that a lossy string would lead to."""
    name = os.fsencode(tmp_path) + b"/" + RAW
    try:
        Path(os.fsdecode(name)).write_bytes(b"one\n")
    except (OSError, UnicodeError) as error:
        pytest.skip(f"this system has no such names: {error}")
    (tmp_path / TWIN).write_bytes(b"another file\n")
    return Path(os.fsdecode(name))


def contents(path: Path) -> dict[bytes, bytes]:
    return {os.fsencode(one.name): one.read_bytes() for one in path.parent.iterdir()}


def expected(text: bytes) -> dict[bytes, bytes]:
    return {RAW: text, TWIN.encode(): b"another file\n"}


def test_it_is_opened_edited_and_saved(house: House, path: Path) -> None:
    house.workspace.open_paths([path])
    house.type("zero ")
    house.choose("Save")
    assert contents(path) == expected(b"zero one\n")
    assert house.tab.document.title == "caf\ufffd \ufffd.txt"
    assert house.window.tabs.tabToolTip(0).endswith("/caf\ufffd \ufffd.txt")
    assert house.messages == []


def test_it_is_not_taken_for_its_twin(house: House, path: Path) -> None:
    house.workspace.open_paths([path, path.with_name(TWIN)])
    assert len(house.workspace.documents) == 2
    assert house.tab.document.text() == "another file\n"


def test_it_is_written_by_save_as(house: House, path: Path, answers: dict[str, object]) -> None:
    house.type("new")
    answers["ask_save_path"] = path
    house.choose("Save As")
    assert contents(path) == expected(b"new")
    answers["ask_save_path"] = path.parent / "plain.txt"
    house.choose("Save As")
    assert contents(path) == {**expected(b"new"), b"plain.txt": b"new"}


@pytest.mark.parametrize("is_replaced", [False, True])
def test_it_is_watched(qtbot: QtBot, house: House, path: Path, is_replaced: bool) -> None:
    house.workspace.open_paths([path])
    if is_replaced:
        path.with_name("other").write_bytes(b"theirs\n")
        path.with_name("other").replace(path)
    else:
        path.write_bytes(b"theirs\n")
    qtbot.waitUntil(lambda: house.tab.document.text() == "theirs\n")
    path.unlink()
    qtbot.waitUntil(lambda: house.tab.document.is_modified)
    assert "caf\ufffd \ufffd.txt was removed" in house.messages[-1]


def test_it_is_among_the_recent_files(house: House, path: Path) -> None:
    house.workspace.open_paths([path.with_name(TWIN), path])
    recent = Settings(house.settings.path).recent_files
    assert recent == [path, path.with_name(TWIN)]
    assert [os.fsencode(one.name) for one in recent] == [RAW, TWIN.encode()]


def test_it_comes_back_after_a_restart_and_after_a_kill(
    house: House, path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("journal")
    journal = Journal(root)
    keeper = SessionKeeper(house.workspace, journal, house.window.splits)
    house.workspace.open_paths([path])
    house.type("mine ")
    keeper.save_state()
    assert journal.flush_and_wait()
    names = [tab["path"] for tab in json.loads((root / "session.json").read_bytes())["tabs"]]
    assert [os.fsencode(name) for name in names] == [os.fsencode(path)]
    journal._lock.unlock()
    (session,) = find_lost(root)
    (lost,) = session.documents
    assert lost.header.path is not None
    assert (os.fsencode(lost.header.path), lost.text) == (os.fsencode(path), "mine one\n")
    session.lock.unlock()
    keeper.close(keeps=False)


@pytest.fixture
def instance(qtbot: QtBot, tmp_path: Path) -> SingleInstance:
    instance = SingleInstance(tmp_path)
    yield instance
    instance.close()


def test_it_is_handed_to_the_running_program(
    qtbot: QtBot, instance: SingleInstance, path: Path
) -> None:
    second = "import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication; "
    second += (
        "from app.system.single_instance import hand_over; application = QCoreApplication([]); "
    )
    second += "hand_over(Path(sys.argv[1]), [Path(sys.argv[2])])"
    with qtbot.waitSignal(instance.rung, timeout=20_000) as rung:
        command = [sys.executable, "-c", second, str(path.parent), os.fsencode(path)]
        process = subprocess.Popen(command)
    assert [os.fsencode(one) for one in rung.args[0]] == [os.fsencode(path)]
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)


def test_it_can_be_dropped(path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromEncoded(b"file:///tmp/caf%E9%20%FF.txt"), QUrl("https://x.org/a")])
    assert [os.fsencode(one) for one in local_paths(data)] == [b"/tmp/caf\xe9 \xff.txt"]


@pytest.mark.parametrize("name", ["/a b.txt", "/50%.txt", "/a%20b", "/é#?&", "/ü/😀"])
def test_usual_names_survive_an_address(name: str) -> None:
    assert from_url(QUrl.fromLocalFile(name)) == Path(name)


def test_a_dialog_gives_that_very_file(
    house: House, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = QUrl.fromEncoded(path.as_uri().encode())
    monkeypatch.setattr(QFileDialog, "getOpenFileUrls", lambda *_: ([url], ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileUrl", lambda *_: (url, ""))
    assert dialogs.ask_open_paths(house.window, path.parent) == [path]
    assert dialogs.ask_save_path(house.window, path) == path
    monkeypatch.setattr(QFileDialog, "getSaveFileUrl", lambda *_: (QUrl(), ""))
    assert dialogs.ask_save_path(house.window, path) is None


def test_a_dialog_proposes_a_name_that_it_can_spell(path: Path) -> None:
    assert not fits_qt(path)
    assert for_dialog(path, Path("/home")) == path.parent / "caf_ _.txt"
    assert for_dialog(path / "a.txt", Path("/home")) == Path("/home/a.txt")
    assert for_dialog(Path("/a/é.txt"), Path("/home")) == Path("/a/é.txt")
    assert shown(path.name) == TWIN


def test_the_language_of_its_document_is_remembered(house: House, path: Path) -> None:
    house.workspace.open_paths([path])
    folder = path.parent / "data"
    Languages(house.settings, folder).choose(house.tab.document, "en_GB")
    assert Languages(house.settings, folder).chosen(house.tab.document) == "en_GB"


def test_the_log_may_name_it(path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("log")
    handler = logs._make_handler(folder)
    handler.handle(logging.makeLogRecord({"msg": str(path), "levelno": logging.INFO}))
    handler.close()
    assert b"caf\\udce9" in (folder / "inlay.log").read_bytes()
