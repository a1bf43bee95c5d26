"""The preview shows the text and the draft, and asks nobody for anything."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window.preview import Preview, SvgDrawing, text_with_draft
from tests.app.fakes import FakeEngine
from tests.app.house import House

EVIL = (
    '<h1>Title</h1><img src="http://example.org/a.png"><img src="file:///etc/passwd">'
    "<script>document.title = 1</script><link rel=stylesheet href='http://example.org/a.css'>"
)


@pytest.fixture
def preview(qtbot: QtBot, house: House) -> Preview:
    house.window.show()
    house.choose("Preview")
    return house.window.preview


def test_markdown_is_shown_as_it_will_look(
    qtbot: QtBot, house: House, preview: Preview, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("# Title\n\nsome **words**")
    house.workspace.open_paths([tmp_path / "a.md"])
    page = preview._page
    qtbot.waitUntil(lambda: page.toPlainText() == "Title\nsome words")
    house.type("# New\n\n")
    qtbot.waitUntil(lambda: page.toPlainText().startswith("New\n"))


def test_html_loads_nothing_and_runs_nothing(
    qtbot: QtBot,
    house: House,
    preview: Preview,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "a.html").write_text(EVIL)
    house.workspace.open_paths([tmp_path / "a.html"])
    page = preview._page
    qtbot.waitUntil(lambda: page.toPlainText().startswith("Title"))
    assert "document.title" not in page.toPlainText()
    assert page.loadResource(2, "http://example.org/a.png").isEmpty()


def test_a_drawing_that_cannot_be_read_leaves_the_last_one(qtbot: QtBot) -> None:
    drawing = SvgDrawing()
    qtbot.addWidget(drawing)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8"/></svg>'
    assert drawing.show_drawing(svg)
    assert drawing._renderer.defaultSize().width() == 8


def test_a_drawing_comes_into_focus_with_its_draft(
    qtbot: QtBot, house: House, preview: Preview, tmp_path: Path
) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect {} height="9"/></svg>'
    old = 'width="9" fill="#ff0000"'
    (tmp_path / "a.svg").write_text(svg.format(old))
    house.workspace.open_paths([tmp_path / "a.svg"])
    house.window.start_engine(Path("toy"), "cpu")
    engine, start = FakeEngine(), svg.index("{}")
    engine.session, engine.requests = house.tab.session, house.services[0].requests
    house.tab.show_place(start + len(old), start)
    house.choose("Rewrite Selection")
    engine.start()

    def shows(colour: str) -> bool:
        picture = preview.grab().toImage()
        return picture.pixelColor(picture.rect().center()).name() == colour

    qtbot.waitUntil(lambda: shows("#ff0000"))
    # A draft that is no drawing yet leaves the one before.
    for draft, colour in (
        ('width="9" fill="#00ff00"', "#00ff00"),
        ('width="9" fill="<<<', "#00ff00"),
        ('width="9" fill="#0000ff"', "#0000ff"),
    ):
        engine.frame(draft)
        qtbot.waitUntil(lambda draft=draft: draft in text_with_draft(house.tab))
        preview.refresh()
        assert shows(colour)
    house.tab.session.close()
    qtbot.waitUntil(lambda: shows("#ff0000"))
    assert house.tab.document.text() == svg.format(old)


def test_the_draft_stands_in_the_place_of_its_region(house: House) -> None:
    house.type("one 😀 two three")
    engine, tab = FakeEngine(), house.tab
    tab.session = engine.open_session(tab.editor)
    tab.show_place(10, 7)
    tab.session.regenerate()
    engine.start()
    engine.frame("2")
    assert text_with_draft(tab) == "one 😀 2 three"
    tab.session.close()
    assert text_with_draft(tab) == "one 😀 two three"
