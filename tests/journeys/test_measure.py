"""Models are measured on the user's own texts through the real window, beside a draft."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.appearance import Appearance
from app.measure.measure_dialog import MeasureDialog
from app.widgets import dialogs
from engine.api import Mode
from engine.hub.embedded import smallest_model
from engine.measure.measurement import Measurement
from engine.measure.store import measurements_folder, read_measurement
from resources import resource_path
from tests.journeys.driver import Journey

pytestmark = pytest.mark.journey
LOOKS = (Appearance.LIGHT, Appearance.DARK)
STORY = (
    "The ferry left at six. Nobody waited on the pier, and the gulls had the bread. "
    "It was cold for May. A dog barked behind the harbour wall. The nets hung there to dry.\n\n"
)


def texts(folder: Path) -> Path:
    folder.mkdir()
    for number in range(4):
        days = [f"On day {day} of voyage {number} the boat was late. {STORY}" for day in range(5)]
        (folder / f"{number}.txt").write_text("".join(days))
    return folder


def choose_tiny(dialog: MeasureDialog) -> None:
    """Check the smallest model, as it is and from the left only."""
    for row in range(dialog.setup.models.count()):
        item = dialog.setup.models.item(row)
        subject = item.data(Qt.ItemDataRole.UserRole).subject
        is_meant = subject.model == str(smallest_model()) and subject.mode is not Mode.DIFFUSION
        item.setCheckState(Qt.CheckState.Checked if is_meant else Qt.CheckState.Unchecked)


def pictures(j: Journey, name: str, dialog: MeasureDialog) -> None:
    for look in LOOKS:
        j.look(look)
        j.picture(f"{name}-{look.value}", dialog)


@pytest.mark.usefixtures("qapp")
def test_a_measurement_runs_beside_the_editor_and_says_what_to_decide_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journey(resource_path("model"), "She sat at the window.\n") as j:
        j.wait_ready()
        dialog = j.window.popups.show_measure()
        j.wait(lambda: dialog.setup.models.count() > 0)
        assert not dialog.measuring.child.is_running
        dialog.setup.texts.add_folder(texts(tmp_path / "logbook"))
        dialog.setup.count.setValue(4)
        choose_tiny(dialog)
        pictures(j, "measure-asked", dialog)

        dialog.setup.run.start_button.click()
        j.wait(lambda: dialog.measuring.pace.done >= 2)
        dialog.setup.run.pause_button.click()
        assert dialog.setup.run.pause_button.text() == "&Resume"
        pictures(j, "measure-paused", dialog)
        # What is measured waits; what is typed and drafted does not.
        j.select("sat")
        j.window.activateWindow()
        j.session.regenerate()
        j.wait_done()
        dialog.setup.run.pause_button.click()
        j.wait(lambda: not dialog.measuring.child.is_running, timeout_s=200)

        assert dialog.pages.currentWidget() is dialog.results
        said = dialog.results.said.text()
        assert said.startswith("On these 4 texts inlay-tiny finds ")
        assert "inlay-tiny (from the left only) finds " in said
        assert dialog.results.figures.rowCount() == 6  # three sorts and two ways of writing
        pictures(j, "measure-result", dialog)

        (kept,) = measurements_folder().iterdir()
        measurement: Measurement = read_measurement(kept)
        assert [len(one) for one in measurement.outcomes] == [12, 12]
        out = tmp_path / "report.json"
        monkeypatch.setattr(dialogs, "ask_save_path", lambda *_: out)
        dialog.results.export_button.click()
        assert json.loads(out.read_text())["about"]["kinds"] == {"prose": 4}


@pytest.mark.usefixtures("qapp")
def test_a_window_that_closes_leaves_a_measurement_that_goes_on(tmp_path: Path) -> None:
    folder = texts(tmp_path / "logbook")
    with Journey(resource_path("model"), "A text.\n") as j:
        j.wait_ready()
        dialog = j.window.popups.show_measure()
        j.wait(lambda: dialog.setup.models.count() > 0)
        dialog.setup.texts.add_folder(folder)
        dialog.setup.count.setValue(4)
        choose_tiny(dialog)
        dialog.setup.run.start_button.click()
        j.wait(lambda: dialog.measuring.pace.done >= 2)
    with Journey(resource_path("model"), "A text.\n") as j:
        j.wait_ready()
        dialog = j.window.popups.show_measure()
        dialog.pages.setCurrentWidget(dialog.results)
        assert dialog.results.go_on_button.isVisible()
        j.picture("measure-left", dialog)
        dialog.results.go_on_button.click()
        j.wait(lambda: dialog.measuring.pace.total > 0)
        assert dialog.measuring.pace.done >= 2  # nothing is filled twice
        j.wait(lambda: not dialog.measuring.child.is_running, timeout_s=200)
        assert "finds" in dialog.results.said.text()
