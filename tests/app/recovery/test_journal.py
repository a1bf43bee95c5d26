"""Whatever is unsaved is in the journal, and nothing else is."""

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.recovery import Journal, LostDocument, find_lost, journal_files, recorder
from app.recovery.journal_files import Header, base_path
from app.text.edits import text_of
from app.text.positions import to_utf16
from engine.api import Generate
from tests.app.fakes import FakeEngine
from tests.app.house import House


class Kept:
    """A house with a journal beside it."""

    def __init__(self, house: House, root: Path) -> None:
        self.house, self.root = house, root
        self.journal = Journal(root)
        self.journal.watch(house.tab.document, house.tab.editor)

    def lost(self) -> list[LostDocument]:
        """What a start would find if the program were killed after the next flush."""
        assert self.journal.flush_and_wait()
        self.journal._lock.unlock()
        documents = [d for session in find_lost(self.root) for d in session.documents]
        self.journal._lock.tryLock(0)
        return documents

    def text(self) -> str:
        (document,) = self.lost()
        return document.text


@pytest.fixture
def kept(house: House, tmp_path: Path) -> Kept:
    kept = Kept(house, tmp_path / "journal")
    yield kept
    kept.journal.close(keeps=False)
    assert find_lost(kept.root) == []


def test_a_change_is_written_without_being_asked(qtbot: QtBot, kept: Kept) -> None:
    with qtbot.waitSignal(kept.journal.written, timeout=2000):
        kept.house.type("precious")
    assert kept.text() == "precious"


def test_the_caret_comes_back_and_the_base_is_the_file(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"one\r\ntwo")
    kept.house.tab.load(path)
    kept.house.type("zero\n😀")
    (lost,) = kept.lost()
    assert (lost.base, lost.text) == ("one\r\ntwo", "zero\n😀one\ntwo")
    assert (lost.caret, lost.header.path, lost.header.codec) == (7, str(path), "utf-8")
    assert lost.header.stamp == (path.stat().st_mtime_ns, 8)


def test_what_is_saved_or_undone_is_gone_from_it(kept: Kept, tmp_path: Path) -> None:
    kept.house.type("text")
    assert kept.text() == "text"
    kept.house.tab.document.save(tmp_path / "a.txt")
    assert kept.lost() == []
    kept.house.type(" and more")
    assert kept.text() == "text and more"
    kept.house.tab.editor.undo()
    assert kept.lost() == []


def test_edits_before_and_after_a_save_within_one_flush(kept: Kept, tmp_path: Path) -> None:
    kept.house.type("one")
    kept.house.tab.document.save(tmp_path / "a.txt")
    kept.house.type(" two")
    (lost,) = kept.lost()
    assert (lost.base, lost.text) == ("one", "one two")


def test_a_closed_document_is_forgotten(kept: Kept) -> None:
    kept.house.type("text")
    kept.lost()
    kept.journal.forget(kept.house.tab.document)
    assert kept.lost() == []


def test_a_long_log_is_replaced_by_a_new_base(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MAX_LOG_CHARS", 10)
    for letter in "abc":
        kept.house.type(letter * 8)
        kept.lost()
    (lost,) = kept.lost()
    assert (lost.header.generation, lost.base) == (2, "aaaaaaaabbbbbbbbcccccccc")
    assert len(list(kept.journal.folder.glob("*.log"))) == 1


def test_a_very_long_insertion_is_written_as_a_base(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_LOG_CHARS", 10)
    kept.house.type("x" * 11)
    (lost,) = kept.lost()
    assert (lost.base, lost.text) == ("x" * 11, "x" * 11)


def test_a_running_draft_is_no_text(kept: Kept) -> None:
    engine, tab = FakeEngine(), kept.house.tab
    kept.house.type("one two three")
    before = kept.lost()
    session = engine.open_session(tab.editor)
    tab.editor.selectAll()
    session.regenerate()
    assert isinstance(engine.requests[0], Generate)
    engine.start()
    engine.frame("a draft that nobody has accepted")
    assert kept.lost() == before
    session.close()
    assert kept.lost() == before


def test_a_journal_in_use_is_left_alone(kept: Kept) -> None:
    kept.house.type("text")
    assert kept.journal.flush_and_wait()
    assert find_lost(kept.root) == []


@pytest.mark.expected_log("cannot be recovered")
def test_a_damaged_base_is_told_and_kept(kept: Kept) -> None:
    kept.house.type("text")
    kept.lost()
    path = base_path(kept.journal.folder, "doc-1")
    header = json.loads(path.read_bytes().splitlines()[0])
    path.write_bytes(json.dumps({**header, "crc": 1}).encode() + b"\nother")
    kept.journal._lock.unlock()
    (session,) = find_lost(kept.root)
    assert (session.documents, session.damaged) == ([], [path])
    session.lock.unlock()


@pytest.mark.expected_log("of the recovery journal failed")
def test_a_journal_that_cannot_be_written_is_told_once_and_tried_again(
    qtbot: QtBot, kept: Kept
) -> None:
    kept.house.type("one")
    kept.lost()
    log = next(kept.journal.folder.glob("*.log"))
    log.unlink()
    log.mkdir()
    with qtbot.waitSignal(kept.journal.failed):
        kept.house.type(" two")
    log.rmdir()
    (recorder,) = kept.journal._recorders.values()
    recorder.start_over()
    kept.journal._was_told = False
    assert kept.text() == "one two"


EDITS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.text("ab\n😀é\u2029", max_size=5)),
        st.sampled_from(["undo", "redo", "flush", "save"]),
    ),
    max_size=12,
)


@given(EDITS)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_the_journal_follows_any_edit(kept: Kept, tmp_path: Path, edits: list) -> None:
    tab = kept.house.tab
    for edit in edits:
        match edit:
            case "undo":
                tab.editor.undo()
            case "redo":
                tab.editor.redo()
            case "flush":
                kept.journal.flush()
            case "save":
                tab.document.save(tmp_path / "a.txt")
            case (start, end, text):
                cursor = tab.editor.textCursor()
                # No caret stands between the two halves of a character.
                whole = text_of(tab.editor.document())
                cursor.setPosition(to_utf16(whole, start))
                cursor.setPosition(to_utf16(whole, end), QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(text)
    lost = kept.lost()
    assert [document.text for document in lost] == (
        [text_of(tab.editor.document())] if tab.document.is_modified else []
    )


def test_a_base_is_encoded_in_pieces_that_come_to_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal_files, "PIECE", 3)
    header = Header(title="a", path=None, codec="utf-8", bom="", stamp=None)
    first, _, text = bytes(journal_files.encode_base(header, "größer 😀 \ud800 x")).partition(b"\n")
    # By hand: ö and ß take two bytes, the face four, half a character three.
    assert text == b"gr\xc3\xb6\xc3\x9fer \xf0\x9f\x98\x80 \xed\xa0\x80 x"
    assert json.loads(first)["crc"] == zlib.crc32(text)
