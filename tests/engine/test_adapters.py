"""The store of what was taught: what others put there, what is renamed, deleted, taken in."""

import json
import os
import sys
from pathlib import Path

import pytest

from engine.adapters import (
    ASKED,
    CARD,
    CONFIG,
    TRAINING,
    WEIGHTS,
    Card,
    Condition,
    delete_adapter,
    described,
    find_adapter,
    import_adapter,
    list_adapters,
    read_card,
    rename_adapter,
    write_card,
)
from engine.errors import BadRequestError

HEADER = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'


def write_adapter(folder: Path, card: str = "{}", header: bytes = HEADER) -> Path:
    folder.mkdir(parents=True)
    data = len(header).to_bytes(8, "little") + header + b"\0" * 4
    (folder / WEIGHTS).write_bytes(data)
    (folder / CONFIG).write_text("{}")
    (folder / CARD).write_text(card)
    return folder


@pytest.mark.parametrize(
    "card",
    [
        '{"minutes": NaN}',
        '{"minutes": null}',
        '{"loss_before": Infinity}',
        '{"loss_after": ' + "9" * 400 + "}",
        '{"files": {"a.md": "many"}}',
        '{"left_out": {"binary": [1]}}',
        '{"folders": [7]}',
        '{"patterns": "*.md"}',
        '{"measured_before": {"word": 3}}',
        '{"measured_after": {"word": {"found": 3}}}',
        '{"measured_after": {"word": {"found": "3", "tasks": 4}}}',
        '{"helps": 1}',
        '{"steps": 1.5}',
        "[" * 100_000,
        '"helps"',
        "{",
    ],
)
def test_a_card_that_says_what_cannot_be_is_damaged(tmp_path, card) -> None:
    found = described(write_adapter(tmp_path / "odd", card))
    assert found.condition is Condition.DAMAGED
    assert "Delete it" in found.problem


def test_a_card_of_another_version_is_read_as_far_as_it_is_known(tmp_path) -> None:
    card = read_card(write_adapter(tmp_path / "new", '{"step": 4, "minutes": 2, "mood": [{}]}'))
    assert card == Card(step=4, minutes=2)


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 100_000,
        b"{}",
        b'{"a":3}',
        b'{"a":{"data_offsets":[0,5]}}',
        b'{"a":{"data_offsets":[]}}',
        b"\xff{}",
    ],
)
def test_weights_that_are_none_are_damaged(tmp_path, header) -> None:
    assert described(write_adapter(tmp_path / "odd", header=header)).condition is Condition.DAMAGED


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there, all names are text")
def test_paths_that_are_no_text_come_back_as_they_were(tmp_path) -> None:
    path = os.fsdecode(b"/notes/caf\xe9.md")
    write_card(tmp_path, Card(files={path: 3}))
    card = read_card(tmp_path)
    assert card is not None
    assert card.files == {path: 3}


def test_until_its_card_is_there_a_training_is_not_finished(tmp_path) -> None:
    folder = write_adapter(tmp_path / "mine")
    (folder / CARD).unlink()
    assert described(folder).condition is Condition.READY  # it came from elsewhere
    (folder / TRAINING).mkdir()
    (folder / TRAINING / ASKED).write_text("{}")
    assert described(folder).condition is Condition.UNFINISHED
    with pytest.raises(BadRequestError, match="not finished"):
        find_adapter("mine", tmp_path)


def test_a_name_is_taken_once(tmp_path) -> None:
    write_adapter(tmp_path / "one", '{"step": 1}')
    write_adapter(tmp_path / "two", '{"step": 2}')
    with pytest.raises(BadRequestError, match="already"):
        rename_adapter("one", "two", tmp_path)
    with pytest.raises(BadRequestError, match="cannot be renamed"):
        rename_adapter("gone", "two", tmp_path)
    assert rename_adapter("one", " three ", tmp_path) == tmp_path / "three"
    steps = {one.name: one.card.step for one in list_adapters(tmp_path) if one.card}
    assert steps == {"three": 1, "two": 2}


@pytest.mark.parametrize("name", ["..", "../up", "", ".hidden", "a/b", "nul", "x" * 61, "a."])
def test_what_is_no_name_leads_nowhere(tmp_path, name) -> None:
    root = tmp_path / "store"
    write_adapter(root / "mine")
    (tmp_path / "up").mkdir()
    for refused in (
        lambda: rename_adapter("mine", name, root),
        lambda: delete_adapter(name, root),
        lambda: import_adapter(root / "mine", name, root),
    ):
        with pytest.raises(BadRequestError):
            refused()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "up"]
    assert [one.name for one in list_adapters(root)] == ["mine"]


def test_a_link_is_not_deleted_nor_what_it_leads_to(tmp_path) -> None:
    other = write_adapter(tmp_path / "elsewhere")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "link").symlink_to(other)
    with pytest.raises(BadRequestError, match="nothing was deleted"):
        delete_adapter("link", tmp_path / "store")
    assert (other / WEIGHTS).exists()


def test_importing_takes_what_an_adapter_is_and_nothing_beside_it(tmp_path) -> None:
    source = write_adapter(tmp_path / "source", json.dumps({"step": 3}))
    (source / "diary.md").write_text("Nobody else's.")
    folder = import_adapter(source, "mine", tmp_path / "store")
    assert sorted(path.name for path in folder.iterdir()) == sorted([WEIGHTS, CONFIG, CARD])
    with pytest.raises(BadRequestError, match="holds no adapter"):
        import_adapter(tmp_path, "all", tmp_path / "store")
