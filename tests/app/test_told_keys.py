"""Where a sentence names a key, it is the one that the command has now."""

import re
from pathlib import Path

from PySide6.QtGui import QKeySequence, QTextCursor
from PySide6.QtWidgets import QLabel

from app.window.welcome import KeyCap
from engine.api import CanvasUpdated, DraftSpan, Finished, FinishReason, Started
from tests.app.fakes import widgets_of
from tests.app.house import House


def key(text: str) -> list[QKeySequence]:
    return [QKeySequence(text)]


def draft(house: House) -> None:
    """Let the model draft a word for another."""
    tab = house.tab
    tab.editor.setPlainText("one two three")
    cursor = tab.editor.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(7, cursor.MoveMode.KeepAnchor)
    tab.editor.setTextCursor(cursor)
    tab.session.regenerate()
    job = tab.session.proposal.job_id
    spans = (DraftSpan(start=0, end=4, entropy=0.0, accepted=True, slot=0),)
    for event in (
        Started(job_id=job, num_slots=1, max_steps=4, encode_ms=1.0),
        CanvasUpdated(
            job_id=job, step=1, max_steps=4, text="zwei", spans=spans, mean_entropy=0, step_ms=1
        ),
        Finished(
            job_id=job,
            reason=FinishReason.CONVERGED,
            text="zwei",
            spans=spans,
            steps=1,
            tokens=1,
            ms=1.0,
        ),
    ):
        tab.session.handle(event)


def test_the_status_line_follows_a_key_at_once(house: House) -> None:
    line = house.window.status_line.proposal
    assert line.text() == "Select text and press Ctrl+Enter"
    house.window.shortcuts.set_keys("rewrite", key("F9"))
    assert line.text() == "Select text and press F9"


def test_a_command_without_a_key_is_told_by_its_words(house: House) -> None:
    house.window.shortcuts.set_keys("rewrite", [])
    expected = "Select text and press Rewrite Selection, or Fill In Here"
    assert house.window.status_line.proposal.text() == expected


def test_the_panel_and_the_line_of_a_draft_follow(house: House) -> None:
    draft(house)
    panel = widgets_of(house.tab.session).panel
    line = house.window.status_line.proposal
    assert line.text().endswith("Enter accepts · Esc rejects")
    for name, text in (("accept", "F7"), ("stop", "F8"), ("rewrite", "F9"), ("step_back", "F10")):
        house.window.shortcuts.set_keys(name, key(text))
    assert line.text().endswith("F7 accepts · F8 rejects")
    assert panel.accept_button.toolTip() == "Put the draft in (F7)"
    assert panel.retry_button.toolTip() == "One more version (F9)"
    assert "F10 and Alt+. go through it" in panel.timeline.toolTip()


def test_a_parked_draft_is_told_with_the_keys_of_now(house: House) -> None:
    draft(house)
    house.tab.editor.textCursor().insertText("!")
    house.window.shortcuts.set_keys("rewrite", key("F9"))
    expected = "Its text was changed. F9 here drafts it again, Esc removes it."
    line = house.window.status_line.proposal
    assert line.text() == expected
    house.tab.editor.moveCursor(QTextCursor.MoveOperation.Start)
    afar = "the text of a draft was changed · click it or press F8 to decide on it"
    assert line.text() == afar  # F9 would draft what is here
    house.tab.session.go_to(1)
    assert line.text() == expected


def test_the_first_page_shows_the_keys_of_now(house: House) -> None:
    welcome = house.window.welcome

    def caps() -> list[str]:
        shown = (welcome._steps[0]._caps.itemAt(i).widget() for i in range(3))
        return [cap.accessibleName() for cap in shown if isinstance(cap, KeyCap)]

    assert caps() == ["Ctrl", "Enter"]
    house.window.shortcuts.set_keys("rewrite", key("Alt++"))
    house.window.shortcuts.set_keys("stop", key("F8"))
    assert caps() == ["Alt", "+"]
    texts = [label.text() for label in welcome.findChildren(QLabel)]
    assert "Enter keeps it, as one step to undo. F8 takes it away without a trace." in texts


def test_no_sentence_has_a_key_of_the_table_in_it() -> None:
    """Each key a command comes with, and `Esc` alone, which a window's own parts have as well."""
    fixed = {"Close this page (Esc)", "Close the search (Esc)"}
    fixed |= {"Previous match (Shift+Enter)", "Next match (Enter)"}
    told = re.compile(r'(?:\btr|QT_TR_NOOP)\(\s*((?:"[^"]*"\s*)+)')
    named = re.compile(r"\b(Ctrl|Alt|Shift)\+(?!click)|\b(Esc|Enter|Space)\b")
    for path in Path("app").rglob("*.py"):
        if path.name in ("commands.py", "shortcuts.py"):
            continue
        for text in told.findall(path.read_text("utf-8")):
            sentence = "".join(re.findall(r'"([^"]*)"', text))
            assert sentence in fixed or not named.search(sentence), f"{path}: {sentence}"
