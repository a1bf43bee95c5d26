"""Results are shown, compared, written down, and said to be damaged where they are."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.measure.result_page import ResultPage
from engine.measure.measurement import Measurement
from engine.measure.store import DONE, WORK, finish, measurements_folder
from tests.app.measure.conftest import outcomes


@pytest.fixture
def page(qtbot: QtBot) -> ResultPage:
    made = ResultPage()
    qtbot.addWidget(made)
    made.show()
    return made


def keep(measurement: Measurement, name: str) -> Path:
    folder = measurements_folder() / name
    finish(folder, measurement)
    return folder


def test_there_may_be_nothing_yet(page: ResultPage) -> None:
    page.look()
    assert page.said.text() == "Nothing was measured yet."
    assert not page.export_button.isEnabled()
    assert not page.delete_button.isEnabled()


def test_figures_and_examples_stand_below_the_sentence(
    page: ResultPage, measurement: Measurement
) -> None:
    keep(measurement, "first")
    page.look()
    said = page.said.text().split("\n")
    assert said[0] == "On this text Small finds 4 of 10 words."
    assert said[1] == "Small (from the left only) finds 1 of 10 words."
    assert said[2].startswith("Whether Small or Small (from the left only) finds more cannot be")
    cells = [page.figures.item(row, 2).text() for row in range(2)]
    assert [cell.split(" %")[0] for cell in cells] == ["40", "10"]
    texts = [page.examples.item(0, column).text() for column in range(4)]
    assert texts == ["a.txt\nThe ▁▁▁ barked.", "dog", "dog", "cat"]
    is_bold = [page.examples.item(0, column).font().bold() for column in (2, 3)]
    assert is_bold == [True, False]


def test_tables_are_as_wide_as_their_place_and_a_column_as_wide_as_it_is_drawn(
    page: ResultPage, measurement: Measurement, qtbot: QtBot
) -> None:
    keep(measurement, "first")
    page.resize(1500, 700)
    page.look()
    header = page.examples.horizontalHeader()
    qtbot.waitUntil(lambda: header.length() == page.examples.viewport().width())
    header.resizeSection(0, 400)
    assert header.sectionSize(0) == 400


def test_two_are_compared_by_the_gaps_they_share(
    page: ResultPage, measurement: Measurement
) -> None:
    keep(measurement, "first")
    later = replace(
        measurement,
        made="2026-12-01T06:00:00+00:00",
        outcomes=(outcomes("xxxxxxxxxx"), measurement.outcomes[1]),
    )
    keep(later, "second")
    page.look("second")
    page.beside.setCurrentIndex(2)
    assert page.figures.rowCount() == 4
    last = page.said.text().split("\n")[-1]
    assert last.startswith(
        "That Small, 2026-12-01 06:00 finds more than Small, 2026-11-30 06:00 is hardly chance: 60"
    )
    made = [one["made"][:10] for one in json.loads(page.report(Path("a.json")))]
    assert made == ["2026-11-30", "2026-12-01"]
    written = page.report(Path("a.md"))
    assert last in written
    assert written.count("# Measured on this text") == 2


def test_one_is_not_compared_with_itself(page: ResultPage, measurement: Measurement) -> None:
    keep(measurement, "only")
    page.look("only")
    alone = page.said.text()
    page.beside.setCurrentIndex(1)
    assert page.said.text() == alone
    assert page.figures.rowCount() == 2


def test_what_was_stopped_can_go_on(page: ResultPage, qtbot: QtBot) -> None:
    folder = measurements_folder() / "stopped"
    folder.mkdir(parents=True)
    (folder / WORK).write_text("{}")
    page.look()
    assert page.which.currentText() == "stopped (not finished)"
    with qtbot.waitSignal(page.go_on_wanted) as wanted:
        page.go_on_button.click()
    assert wanted.args == ["stopped"]


def test_a_damaged_one_is_told_and_can_be_deleted(page: ResultPage, qtbot: QtBot) -> None:
    folder = measurements_folder() / "damaged"
    folder.mkdir(parents=True)
    (folder / DONE).write_text("{")
    page.look()
    assert "Delete it and measure again" in page.said.text()
    assert not page.export_button.isEnabled()
    with qtbot.waitSignal(page.delete_wanted) as wanted:
        page.delete_button.click()
    assert wanted.args == [folder]


def test_what_is_written_down_is_json_or_markdown(
    page: ResultPage, measurement: Measurement
) -> None:
    keep(measurement, "first")
    page.look()
    assert json.loads(page.report(Path("a.JSON")))["made"] == measurement.made
    assert page.report(Path("a.md")).startswith("# Measured on this text\n")
