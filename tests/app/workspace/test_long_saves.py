"""A long document is saved while the user goes on with it."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.documents import Document, text_file
from app.widgets.dialogs import SaveChoice
from tests.app.house import House
from tests.app.recovery.test_journal import Kept

TEXT = "line of a long document\n" * 50


@pytest.fixture(autouse=True)
def short_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "LARGE", 100)


@pytest.fixture
def path(house: House, tmp_path: Path, qtbot: QtBot) -> Path:
    """The file that is open."""
    path = tmp_path / "long.txt"
    path.write_text(TEXT)
    house.workspace.open_paths([path])
    qtbot.waitUntil(lambda: not house.tab.document.is_loading)
    return path


def test_the_file_is_written_in_a_thread_and_all_at_once_nothing_is_done(
    house: House, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers: list[threading.Thread] = []
    write = text_file.write

    def note(*args: object, **options: object) -> None:
        writers.append(threading.current_thread())
        write(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(text_file, "write", note)
    monkeypatch.setattr(Document, "text", lambda _: pytest.fail("all of the text at once"))
    house.type("new ")
    house.workspace.save()
    assert "saving…" in house.window.status_line.format.text()
    qtbot.waitUntil(lambda: not house.tab.document.is_modified)
    assert path.read_text() == f"new {TEXT}"
    assert writers
    assert threading.main_thread() not in writers
    assert "saving…" not in house.window.status_line.format.text()


def test_what_is_typed_meanwhile_stays_unsaved(house: House, path: Path, qtbot: QtBot) -> None:
    document = house.tab.document
    house.type("one ")
    with qtbot.waitSignal(document.text_taken):
        house.workspace.save()
    house.type("two ")
    qtbot.waitUntil(lambda: not document.is_saving)
    assert (path.read_text(), document.is_modified) == (f"one {TEXT}", True)
    assert document.original == f"one {TEXT}"
    assert not document.is_changed_on_disk()


def test_asked_twice_the_second_text_is_in_the_file(house: House, path: Path, qtbot: QtBot) -> None:
    document = house.tab.document
    house.type("one ")
    with qtbot.waitSignal(document.text_taken):
        house.workspace.save()
    house.type("two ")
    house.workspace.save()
    qtbot.waitUntil(lambda: not document.is_modified)
    assert path.read_text() == f"one two {TEXT}"


def test_a_window_that_closes_waits_for_the_file(
    house: House, path: Path, qtbot: QtBot, answers: dict[str, object]
) -> None:
    answers["ask_save_changes"] = SaveChoice.SAVE
    house.type("new ")
    assert house.workspace.may_close_all()
    assert path.read_text() == f"new {TEXT}"


def test_a_save_that_fails_says_so_and_keeps_the_window_open(
    house: House, path: Path, qtbot: QtBot, answers: dict[str, object], tmp_path: Path
) -> None:
    answers["ask_save_changes"] = SaveChoice.SAVE
    house.type("new ")
    path.unlink()
    path.mkdir()
    answers["ask_overwrite"] = True
    assert not house.workspace.may_close_all()
    assert "was not saved" in house.messages[-1]
    assert house.tab.document.is_modified


def test_the_journal_goes_on_from_what_was_saved(
    house: House, path: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(house, tmp_path / "journal")
    monkeypatch.setattr(Document, "text", lambda _: pytest.fail("all of the text at once"))
    document = house.tab.document
    house.type("one ")
    kept.journal.flush()
    with qtbot.waitSignal(document.text_taken):
        house.workspace.save()
    house.type("two ")
    kept.journal.flush()  # still to the old base
    qtbot.waitUntil(lambda: not document.is_saving)
    house.type("three ")
    (lost,) = kept.lost()
    assert (lost.base, lost.text) == (f"one {TEXT}", f"one two three {TEXT}")
    kept.journal.close(keeps=False)


def test_a_save_elsewhere_that_waits_is_made_whatever_comes_after_it(
    house: House, path: Path, qtbot: QtBot
) -> None:
    document, other = house.tab.document, path.with_name("other.txt")
    house.type("one ")
    house.workspace.save()
    house.workspace._write(house.tab, other)
    house.workspace.save()  # of nothing new, and it replaces nothing
    qtbot.waitUntil(lambda: document.path == other and not document.is_saving)
    assert other.read_text() == f"one {TEXT}"


def test_a_line_end_chosen_meanwhile_is_unsaved_and_stays(
    house: House, path: Path, qtbot: QtBot
) -> None:
    document = house.tab.document
    house.type("one ")
    house.workspace.save()
    document.set_line_end("\r\n")
    qtbot.waitUntil(lambda: not document.is_saving)
    assert (document.is_modified, document.chosen_end) == (True, "\r\n")
    house.workspace.save()
    qtbot.waitUntil(lambda: not document.is_saving)
    assert path.read_bytes() == f"one {TEXT}".replace("\n", "\r\n").encode()


def test_what_another_program_writes_meanwhile_is_not_overwritten(
    house: House, path: Path, qtbot: QtBot
) -> None:
    document = house.tab.document
    house.type("one ")
    document.text_taken.connect(lambda: path.write_text("of another program"))
    house.workspace.save()
    qtbot.waitUntil(lambda: not document.is_saving)
    assert path.read_text() == "of another program"
    assert document.is_modified
    assert "Another program has changed long.txt" in house.window.message_bar.messages[-1].text


def test_whatever_goes_wrong_the_document_can_be_saved_again(
    house: House,
    path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = house.tab.document
    house.type("one ")
    with monkeypatch.context() as broken, qtbot.capture_exceptions() as told:
        broken.setattr(text_file, "write", lambda *_, **__: 1 / 0)
        house.workspace.save()
        qtbot.waitUntil(lambda: not document.is_saving)
    assert [kind for kind, *_ in told] == [ZeroDivisionError]
    assert document.is_modified
    house.workspace.save()
    qtbot.waitUntil(lambda: not document.is_modified)
    assert path.read_text() == f"one {TEXT}"
