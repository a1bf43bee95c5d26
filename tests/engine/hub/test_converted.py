"""Converted copies: whole, unfinished and old ones are found, and only they are deleted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.checkpoints import Conversion, Residency, convert, open_reader
from engine.errors import StoppedError
from engine.hub.converted import (
    MANIFEST,
    delete_converted,
    delete_copies_of,
    list_converted,
)
from engine.hub.source import HubError
from tests.tiny import write_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "converted"


def copy(folder: Path, root: Path, parts: int = 1000) -> Path:
    """Convert a model, or so many parts of it."""
    left = iter(range(parts))
    reader = open_reader(folder)
    job = Conversion(
        reader=reader, residency=Residency(), is_cancelled=lambda: next(left, None) is None
    )
    return convert(job, root)


def test_the_copies_of_a_model_go_and_those_of_others_stay(tmp_path: Path, root: Path) -> None:
    for name in ("mine", "other"):
        # Of different shapes, because equal models share one copy.
        copy(write_folder(tmp_path / name, intermediate_size=32 * len(name)), root)
    assert delete_copies_of({"mine"}, root) == 1
    assert [one.source for one in list_converted(root)] == ["other"]
    assert delete_copies_of({"mine"}, root) == 0


def test_an_unfinished_copy_is_found_by_its_models_name_and_goes(
    tmp_path: Path, root: Path
) -> None:
    snapshot = write_folder(tmp_path / "models--some--tuned" / "snapshots" / "abc")
    with pytest.raises(StoppedError):
        copy(snapshot, root, parts=3)
    (one,) = list_converted(root)
    assert (one.is_complete, one.is_current, one.name, one.source) == (False, True, "tuned", "abc")
    assert one.formats == "int4-int8-int8"
    assert one.num_bytes > 0
    assert delete_copies_of({"abc"}, root) == 1
    assert list_converted(root) == []


def test_an_unfinished_copy_is_finished_by_the_next_conversion(tmp_path: Path, root: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    with pytest.raises(StoppedError):
        copy(folder, root, parts=3)
    copy(folder, root)
    (one,) = list_converted(root)
    assert one.is_complete


def test_a_copy_of_an_older_version_is_named_so(tmp_path: Path, root: Path) -> None:
    folder = copy(write_folder(tmp_path / "mine"), root)
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"version": 0}))
    (one,) = list_converted(root)
    assert (one.is_complete, one.is_current, one.name) == (True, False, "mine")


@pytest.mark.parametrize("text", ["", "[", "[]", "[" * 100_000, '{"name": 5}'])
def test_damaged_descriptions_still_leave_something_to_delete(
    tmp_path: Path, root: Path, text: str
) -> None:
    folder = copy(write_folder(tmp_path / "mine"), root)
    for name in (MANIFEST, "origin.json"):
        (folder / name).write_text(text)
    (one,) = list_converted(root)
    delete_converted(one.folder, root)
    assert list_converted(root) == []


def test_a_file_that_goes_while_one_looks_counts_as_nothing(tmp_path: Path, root: Path) -> None:
    folder = copy(write_folder(tmp_path / "mine"), root)
    before = list_converted(root)[0].num_bytes
    (folder / "gone").symlink_to(folder / "nowhere")
    assert list_converted(root)[0].num_bytes == before


def test_only_folders_of_the_cache_are_deleted(tmp_path: Path, root: Path) -> None:
    mine = write_folder(tmp_path / "mine")
    real = copy(mine, tmp_path / "elsewhere")
    root.mkdir()
    (root / "link").symlink_to(real)
    for folder in (mine, real, root, root / "link", root / ".." / "elsewhere" / real.name):
        with pytest.raises(HubError, match="nothing was deleted"):
            delete_converted(folder, root)
    assert real.is_dir()


def test_looking_needs_no_torch() -> None:
    code = (
        "import sys, engine.hub.converted as converted; converted.list_converted();"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
