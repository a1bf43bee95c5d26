"""What the dialog that measures hands to a run."""

import pytest

from app.measure.measure_dialog import MeasureDialog
from app.system.child import Child
from engine.measure.measurement import Asked
from engine.measure.preparing import prepared
from engine.measure.store import begun
from engine.measure.subject import KEY, Subject
from engine.texts.document import Document, Documents, Kind
from tests.app.house import House

HERE, OTHER = "http://here", "http://other"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str] | None]:
    """What was secret of the runs that would be started."""
    found: list[dict[str, str] | None] = []
    monkeypatch.setattr(Child, "start", lambda self, words, secrets: found.append(secrets))
    return found


@pytest.fixture
def dialog(house: House, monkeypatch: pytest.MonkeyPatch) -> MeasureDialog:
    server = house.window.server
    monkeypatch.setattr(server, "_keys", {HERE: "key of here", OTHER: "key of the other"})
    return house.window.popups.show_measure()


def stopped_on(*servers: str) -> str:
    """Write a measurement that was stopped; return its name."""
    text = "\n\n".join(
        f"The lamp {number} stands in the house at the street." for number in range(40)
    )
    document = Document(path="/a.txt", name="a.txt", text=text, kind=Kind.PROSE)
    subjects = tuple(Subject(server=one, model="m") for one in servers)
    asked = Asked(places=("/",), count=1, subjects=subjects)
    return begun(prepared(asked, Documents(documents=(document,), left_out={}))).name


@pytest.mark.parametrize(
    ("servers", "secrets"),
    [
        ((OTHER,), {KEY: "key of the other"}),
        ((HERE, HERE), {KEY: "key of here"}),
        ((HERE, OTHER), None),
        (("http://third",), None),
        ((), None),
    ],
)
def test_a_server_is_told_its_own_key_alone(
    house: House, dialog, started, servers, secrets
) -> None:
    house.settings.server_address = HERE
    dialog.results.go_on_wanted.emit(stopped_on(*servers))
    assert started == [secrets]


def test_what_cannot_go_on_says_why(dialog, started) -> None:
    dialog.results.go_on_wanted.emit("gone")
    assert started == []
    assert "no measurement" in dialog.messages.messages[-1].text
