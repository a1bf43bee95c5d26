"""A model that is deleted takes its converted copies along, and no others."""

from pathlib import Path

from engine.checkpoints import Job, Residency, convert, list_caches, open_reader
from engine.hub.converted import delete_converted
from tests.tiny import write_folder


def test_the_copies_of_a_model_go_and_those_of_others_stay(tmp_path: Path) -> None:
    root = tmp_path / "converted"
    for name in ("mine", "other"):
        # Of different shapes, because equal models share one copy.
        folder = write_folder(tmp_path / name, intermediate_size=32 * len(name))
        convert(Job(reader=open_reader(folder), residency=Residency()), root)
    assert delete_converted({"mine"}, root) == 1
    assert [info.source for info in list_caches(root)] == ["other"]
    assert delete_converted({"mine"}, root) == 0
