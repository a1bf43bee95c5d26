"""A file that is written takes the other's place whole, or not at all."""

from pathlib import Path

import pytest

from engine.small_files import in_place_of


def test_what_is_written_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    with in_place_of(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("written", ["half", None])
def test_what_breaks_off_leaves_what_was_there(tmp_path: Path, written: str | None) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")

    def break_off() -> None:
        with in_place_of(path) as part:
            if written is not None:
                part.write_text(written)
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        break_off()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
