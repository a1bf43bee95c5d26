"""A folder taught through the real window: stopped, taken up, used, and put away."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.appearance import Appearance
from app.system.child import Child
from engine.adapters import Condition, list_adapters
from engine.hub.embedded import base_file, small_model
from tests.journeys.driver import Journey
from tests.tiny_student import write_texts

pytestmark = [pytest.mark.journey, pytest.mark.slow]
LOOKS = (Appearance.LIGHT, Appearance.DARK)
LONG_S = 280.0


@pytest.fixture
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a few steps and gaps, whatever is asked for; all else is as it is."""
    start = Child.start

    def short(self: Child, arguments: Sequence[str], environment: object = None) -> None:
        command, *rest = arguments
        start(self, [command, "--steps=3", "--gaps=1", "--device=cpu", *rest])

    monkeypatch.setattr(Child, "start", short)


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("qapp", "short_runs")
def test_a_folder_is_taught_killed_taken_up_and_used(tmp_path: Path) -> None:
    if base_file() is None:
        pytest.skip("the base is not installed")
    folder = write_texts(tmp_path / "notes")
    with Journey(small_model(), "A text.\n") as j:
        j.wait_ready()
        j.window.workspace.folder.open(folder)
        j.window.workspace.open_paths([folder / "00.md"])
        dialog = j.window.popups.show_teach()
        for look in LOOKS:
            j.look(look)
            j.picture(f"teach-asked-{look.value}", dialog)
        dialog.teach.run.start_button.click()
        teaching = dialog.teaching
        j.wait(lambda: bool(teaching.curve), LONG_S)
        for look in LOOKS:
            j.look(look)
            j.picture(f"teach-learning-{look.value}", dialog)
        process = teaching.child._process
        assert process is not None
        process.kill()
        j.wait(lambda: not teaching.child.is_running)
        assert "it goes on" in dialog.messages.messages[-1].text
        assert [one.condition for one in list_adapters()] == [Condition.UNFINISHED]
        j.picture("teach-killed", dialog)

        # The editor goes first: a draft holds the run up until it is there.
        dialog.messages.messages[-1].remedies[0].run()
        j.wait(lambda: teaching.pace.total > 0, LONG_S)
        j.editor.setFocus()
        j.put_caret("green")
        j.session.regenerate()
        j.wait(lambda: teaching.child._is_waiting)
        j.wait_done()
        j.wait(lambda: not teaching.child._is_waiting)

        j.wait(lambda: not teaching.child.is_running, LONG_S)
        (taught,) = list_adapters()
        assert taught.condition is Condition.READY
        assert taught.card is not None
        assert taught.card.steps == 3
        is_used = j.window.uses.name_for(folder / "00.md") == "notes"
        assert is_used == taught.card.helps
        if not is_used:
            dialog.adapters.for_folder.click()
        for look in LOOKS:
            j.look(look)
            j.picture(f"teach-taught-{look.value}", dialog)

        # And now a draft is written with it.
        j.session.stop_or_reject()
        j.put_caret("lamp")
        j.session.regenerate()
        j.wait_done()
        assert len(j.session.proposals) == 1
        assert not j.messages()
