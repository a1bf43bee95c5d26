"""What no server is told."""

from pathlib import Path

import pytest

from app.measure.private_files import without_private
from engine.texts.reading import read_documents

TEXT = "Nobody but the one who wrote this is to read it, and so it stays where it is.\n" * 4


@pytest.mark.parametrize("name", ["diary.md", "a [1]!.md", "#x *?.md", "!secret.md", "b .md"])
def test_a_private_file_of_a_folder_is_not_read_and_all_others_are(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "sub").mkdir()
    private = tmp_path / "sub" / name
    private.write_text(f"Private. {TEXT}")
    for number, other in enumerate((tmp_path / "open.md", tmp_path / "sub" / "other.md")):
        other.write_text(f"{number} Some other text. {TEXT.upper()}" if number else TEXT.lower())
    places, patterns = without_private([tmp_path], [str(private), "/elsewhere/x.md"])
    read = {document.name for document in read_documents(places, patterns).documents}
    assert read == {"open.md", "sub/other.md"}


def test_a_private_file_that_is_chosen_itself_is_no_place(tmp_path: Path) -> None:
    private, other = tmp_path / "diary.md", tmp_path / "other.md"
    assert without_private([private, other], [str(private)]) == ((other,), ())
