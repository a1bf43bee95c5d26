"""What a key costs does not grow with the document: counted, as no clock is the same twice."""

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.documents import Document
from app.editor import lexing
from app.editor.line_layout import LineLayout
from app.recovery import Journal, writer
from app.recovery.writer import Append, Begin
from app.system.turns import Turns
from tests.app.house import House

BLOCK = 'def name(value):  # a comment\n    return value + 1, "text"\n\n'
KEYS = "xyz ab"


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each was done."""
    made: Counter[str] = Counter()
    rect, read = LineLayout.text_rect, lexing.LineLexer.read

    def counted_rect(self: LineLayout, block: object) -> object:
        made["lines measured"] += 1
        return rect(self, block)  # type: ignore[arg-type]

    def counted_read(
        self: lexing.LineLexer, piece: lexing.LexerInput, turns: Turns | None = None
    ) -> object:
        for line in read(self, piece, turns):
            made["lines read"] += 1
            yield line

    carry_out = writer.JournalWriter._carry_out

    def counted_task(self: writer.JournalWriter, task: writer.WriterTask) -> None:
        if isinstance(task, Append):
            made["journal bytes"] += len(writer.encode_batch(task.batch))
            made["journal batches"] += 1
        made["bases"] += isinstance(task, Begin)
        carry_out(self, task)

    monkeypatch.setattr(LineLayout, "text_rect", counted_rect)
    monkeypatch.setattr(lexing.LineLexer, "read", counted_read)
    monkeypatch.setattr(writer.JournalWriter, "_carry_out", counted_task)
    monkeypatch.setattr(Document, "text", lambda _: pytest.fail("all of the text"))
    return made


def work_of_keys(
    house: House, path: Path, counts: Counter[str], qtbot: QtBot, journal: Journal
) -> Counter[str]:
    """Type in the middle of a file whose colours are all there, and return what was done."""
    house.workspace.open_paths([path])
    editor = house.tab.editor
    journal.watch(house.tab.document, editor)
    qtbot.waitUntil(lambda: not house.tab.document.is_loading)
    middle = editor.document().findBlockByNumber(editor.blockCount() // 6 * 3).position()
    house.tab.show_place(middle, middle)
    QTest.keyClicks(editor, "first")  # the base of the journal, and the colours around
    editor.viewport().repaint()
    qtbot.waitUntil(lambda: editor.highlighter.is_settled, timeout=60_000)
    assert journal.flush_and_wait()
    counts.clear()
    for key in KEYS:
        QTest.keyClick(editor, key)
        editor.viewport().repaint()
        qtbot.waitUntil(lambda: editor.highlighter.is_settled)
        assert journal.flush_and_wait()
    QTest.keyClick(editor, Qt.Key.Key_Return)
    editor.viewport().repaint()
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    assert journal.flush_and_wait()  # else only a slow machine would count this key's bytes
    return Counter(counts)


def test_a_key_costs_as_much_in_a_file_ten_times_as_long(
    house: House, tmp_path: Path, counts: Counter[str], qtbot: QtBot
) -> None:
    house.window.show()
    journal = Journal(tmp_path / "journal")
    work = []
    for size in (800, 8000):  # what is read anew on either side of an edit fits into both
        path = tmp_path / f"{size}.py"
        path.write_text(BLOCK * size)
        work.append(work_of_keys(house, path, counts, qtbot, journal))
    short, long = work
    assert short["lines read"] > 0
    assert short["journal bytes"] > 0
    assert long["bases"] == 0
    # A place is written with one digit more, twice a key; and what was typed may have been
    # written in more batches, each as long as another.
    extra = max(0, long["journal batches"] - short["journal batches"])
    a_batch = short["journal bytes"] // short["journal batches"] + 1
    keys = len(KEYS) + 1
    assert long["journal bytes"] <= short["journal bytes"] + 5 * 2 * keys + extra * 2 * a_batch
    assert long["lines read"] <= 1.2 * short["lines read"] + 5
    assert long["lines measured"] <= 1.2 * short["lines measured"] + 50
    journal.close(keeps=False)
