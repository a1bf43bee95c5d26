"""Saving unsaved texts where nothing else went wrong."""

from pathlib import Path

from app.system.crash import save_texts


def test_a_long_title_does_not_keep_a_text_from_being_saved(tmp_path: Path) -> None:
    texts = [("é" * 250, "one"), ("b", "two")]
    paths = save_texts(texts, tmp_path / "recovered")
    assert [path.read_text() for path in paths] == ["one", "two"]
