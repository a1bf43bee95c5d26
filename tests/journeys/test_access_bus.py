"""What a screen reader finds of the real window on the real accessibility bus."""

import pytest

from tests.journeys.bus import watch

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    home = tmp_path_factory.mktemp("home")
    nodes: list[dict[str, str]] | None = watch("bus_reader.py", "The quiet road.\n", home, 150)
    assert nodes is not None, "the editor never came to the bus"
    return nodes


def test_the_text_can_be_read_under_the_name_of_its_file(found: list[dict[str, str]]) -> None:
    texts = [node for node in found if node["text"].startswith("The quiet road.")]
    assert [node["name"] for node in texts] == ["story.md"]


def test_everything_that_takes_the_focus_has_a_name_and_a_role(found: list[dict[str, str]]) -> None:
    # A filler is a container that hands the focus on to what is in it.
    own = [node for node in found if node["role"] != "filler"]
    assert len(own) > 1
    assert [node for node in own if not node["name"].strip() or node["role"] == "unknown"] == []
