"""The store of adapters: what lies there, told, renamed, deleted, taken in."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from engine.adapters import (
    ASKED,
    CARD,
    CONFIG,
    TRAINING,
    WEIGHTS,
    Card,
    Condition,
    checked_name,
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
WHOLE = len(HEADER).to_bytes(8, "little") + HEADER + b"\0" * 4
ADAPTER = Card(model="small", files={"/a/b.md": 10}, loss_before=2.0, helps=True)


def write(root: Path, name: str, weights: bytes = WHOLE, config: str = "{}") -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / CONFIG).write_text(config)
    write_card(folder, ADAPTER)
    return folder


def begin(root: Path, name: str) -> Path:
    training = root / name / TRAINING
    training.mkdir(parents=True)
    (training / ASKED).write_text("{}")
    return training


def test_all_there_are_are_listed_by_name_with_what_can_be_done(tmp_path) -> None:
    write(tmp_path, "beta")
    write(tmp_path, "Alpha")
    begin(tmp_path, "gamma")
    write(tmp_path, "delta", weights=WHOLE[:-1])
    (tmp_path / ".part").mkdir()
    (tmp_path / "not begun" / TRAINING).mkdir(parents=True)
    (tmp_path / "a file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "beta")
    found = {one.name: one.condition for one in list_adapters(tmp_path)}
    assert found == {
        "Alpha": Condition.READY,
        "beta": Condition.READY,
        "delta": Condition.DAMAGED,
        "gamma": Condition.UNFINISHED,
    }
    assert list(found) == ["Alpha", "beta", "delta", "gamma"]
    assert list_adapters(tmp_path / "nowhere") == []


def test_a_card_is_read_as_it_was_written(tmp_path) -> None:
    folder = write(tmp_path, "a")
    assert read_card(folder) == ADAPTER
    assert described(folder).card == ADAPTER
    (folder / CARD).unlink()
    assert read_card(folder) is None
    assert described(folder).condition is Condition.READY


@pytest.mark.parametrize(
    "damage",
    [
        {"weights": b""},
        {"weights": b"\xff" * 40},
        {"weights": WHOLE[:-1]},
        {"weights": WHOLE + b"more"},
        {"weights": (2).to_bytes(8, "little") + b"[]"},
        {"weights": (2).to_bytes(8, "little") + b"{}"},
        {"config": "{"},
        {"config": "[]"},
    ],
)
def test_a_damaged_one_is_listed_and_says_what_to_do(tmp_path, damage) -> None:
    folder = write(tmp_path, "a", **damage)
    found = described(folder)
    assert found.condition is Condition.DAMAGED
    assert "Delete it and teach it again" in found.problem
    with pytest.raises(BadRequestError, match="Delete it"):
        find_adapter("a", tmp_path)


def test_one_that_is_gone_says_where_it_was(tmp_path) -> None:
    found = described(tmp_path / "a")
    assert found.condition is Condition.DAMAGED
    assert str(tmp_path / "a") in found.problem


def test_what_is_damaged_is_named(tmp_path) -> None:
    problem = described(write(tmp_path, "a", weights=WHOLE[:-1])).problem
    assert f"({WEIGHTS}: it is cut off)" in problem


@pytest.mark.parametrize(
    "change", [{"seed": "x"}, {"files": []}, {"helps": 1}, {"minutes": "1"}, {"steps": True}]
)
def test_a_card_with_other_values_is_damaged(tmp_path, change) -> None:
    folder = write(tmp_path, "a")
    values = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(values | change))
    assert described(folder).condition is Condition.DAMAGED


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
    folder = write(tmp_path, "odd")
    (folder / CARD).write_text(card)
    found = described(folder)
    assert found.condition is Condition.DAMAGED
    assert "Delete it" in found.problem


def test_a_card_of_another_version_is_read_as_far_as_it_is_known(tmp_path) -> None:
    folder = write(tmp_path, "new")
    (folder / CARD).write_text('{"step": 4, "minutes": 2, "mood": [{}]}')
    assert read_card(folder) == Card(step=4, minutes=2)


@pytest.mark.parametrize(
    "header", [b"[" * 100_000, b'{"a":3}', b'{"a":{"data_offsets":[0,5]}}', b'{"a":{}}']
)
def test_weights_with_an_odd_header_are_damaged(tmp_path, header) -> None:
    weights = len(header).to_bytes(8, "little") + header + b"\0" * 4
    assert described(write(tmp_path, "odd", weights=weights)).condition is Condition.DAMAGED


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there, all names are text")
def test_paths_that_are_no_text_come_back_as_they_were(tmp_path) -> None:
    path = os.fsdecode(b"/notes/caf\xe9.md")
    write_card(tmp_path, Card(files={path: 3}))
    card = read_card(tmp_path)
    assert card is not None
    assert card.files == {path: 3}


def test_until_its_card_is_there_a_training_is_not_finished(tmp_path) -> None:
    folder = write(tmp_path, "mine")
    begin(tmp_path, "mine")
    (folder / CARD).unlink()
    assert described(folder).condition is Condition.UNFINISHED
    with pytest.raises(BadRequestError, match="not finished"):
        find_adapter("mine", tmp_path)


def test_one_is_found_by_name_and_by_path(tmp_path) -> None:
    folder = write(tmp_path, "a")
    assert find_adapter("a", tmp_path) == folder
    assert find_adapter(str(folder), tmp_path / "elsewhere") == folder
    begin(tmp_path, "b")
    with pytest.raises(BadRequestError, match=r"b is not finished\. There are: a"):
        find_adapter("b", tmp_path)
    with pytest.raises(BadRequestError, match=r"c is not there\. There is none yet"):
        find_adapter("c", tmp_path / "elsewhere")


@pytest.mark.parametrize("name", ["notes", " notes ", "Über 2 (alt)", "a", "a.b-c_d+e"])
def test_names_that_can_be(name) -> None:
    assert checked_name(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    ["", " ", "a/b", "a\\b", "..", ".a", "a.", "-a", "nul", "COM1.x", "a" * 61, "a\nb", "a*"],
)
def test_names_that_cannot_be(name) -> None:
    with pytest.raises(BadRequestError, match="cannot be the name"):
        checked_name(name)


def test_a_new_name_is_a_free_one(tmp_path) -> None:
    write(tmp_path, "a")
    write(tmp_path, "b")
    with pytest.raises(BadRequestError, match="already"):
        rename_adapter("a", "b", tmp_path)
    assert rename_adapter("a", "c", tmp_path) == tmp_path / "c"
    assert [one.name for one in list_adapters(tmp_path)] == ["b", "c"]
    for free_or_not in ("d", "b"):
        with pytest.raises(BadRequestError, match="cannot be renamed"):
            rename_adapter("a", free_or_not, tmp_path)


def test_deleting_takes_the_training_along_and_nothing_else(tmp_path) -> None:
    write(tmp_path, "a")
    begin(tmp_path, "a")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    for name in ("link", "..", "b", ""):
        with pytest.raises(BadRequestError, match="nothing was deleted"):
            delete_adapter(name, tmp_path)
    delete_adapter("a", tmp_path)
    assert not (tmp_path / "a").exists()


def test_one_that_is_being_taught_is_neither_renamed_nor_deleted(tmp_path) -> None:
    training = begin(tmp_path, "a")
    with FileLock(training / "lock"):
        for act in (
            lambda: rename_adapter("a", "b", tmp_path),
            lambda: delete_adapter("a", tmp_path),
        ):
            with pytest.raises(BadRequestError, match="right now"):
                act()
    assert training.is_dir()


def test_one_from_elsewhere_is_copied_with_its_card_and_no_more(tmp_path) -> None:
    source = write(tmp_path / "elsewhere", "x")
    (source / "optimizer.bin").write_bytes(b"large")
    folder = import_adapter(source, "mine", tmp_path / "store")
    assert sorted(path.name for path in folder.iterdir()) == sorted([WEIGHTS, CONFIG, CARD])
    with pytest.raises(BadRequestError, match="already"):
        import_adapter(source, "mine", tmp_path / "store")
    (source / WEIGHTS).unlink()
    with pytest.raises(BadRequestError, match="holds no adapter"):
        import_adapter(source, "other", tmp_path / "store")
    assert [one.name for one in list_adapters(tmp_path / "store")] == ["mine"]


def test_a_copy_that_breaks_off_leaves_nothing(tmp_path, monkeypatch) -> None:
    source = write(tmp_path / "elsewhere", "x")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(BadRequestError, match="No space left"):
        import_adapter(source, "mine", tmp_path / "store")
    assert list((tmp_path / "store").iterdir()) == []


def test_a_card_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch) -> None:
    folder = write(tmp_path, "a")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_card(folder, replace(ADAPTER, seed=3))
    assert read_card(folder) == ADAPTER
    assert sorted(path.name for path in folder.iterdir()) == sorted([WEIGHTS, CONFIG, CARD])
