"""The document model, over the text document of a real editor widget."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from app.documents import Document, TextFileError
from app.documents.encoding import UTF_8

ODD = st.text(
    st.sampled_from(
        "a\n\r \t\x01\x0b\x0c\x1c\x85\xa0\u2028\u2029\ufdd0\ufdd1\ufeff\ufffc\uffffé中😀"
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(ODD.map(str.encode), st.binary()))
@example(b"no-break\xc2\xa0space \r\n mixed\n lone\r end")
def test_an_untouched_file_is_saved_byte_for_byte(
    document: Document, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(data)
    try:
        document.load(path)
    except TextFileError:
        return
    assert not document.is_modified
    path.unlink()
    document.save()
    assert path.read_bytes() == data


def test_an_edit_changes_only_its_own_bytes(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "mixed.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\nthree\xc2\xa0\rfour")
    document.load(path)
    cursor = QTextCursor(text_of(document))
    cursor.setPosition(5)
    cursor.insertText("X\nY")
    assert document.is_modified
    document.save()
    assert path.read_bytes() == b"\xef\xbb\xbfone\r\ntX\nYwo\nthree\xc2\xa0\rfour"
    assert not document.is_modified


def text_of(document: Document) -> QTextDocument:
    return document._text_document


def test_a_loaded_file_cannot_be_undone_away(document: Document, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    document.load(tmp_path / "a.txt")
    assert not text_of(document).isUndoAvailable()


def test_the_label_tells_the_line_ends(document: Document, tmp_path: Path) -> None:
    labels = []
    for data in (b"a\nb", b"a\r\nb", b"a\rb", b"a\r\nb\n"):
        (tmp_path / "a.txt").write_bytes(data)
        document.load(tmp_path / "a.txt")
        labels.append(document.line_ends_label)
    assert labels == ["LF", "CRLF", "CR", "mixed"]


def test_a_failed_save_leaves_the_document_modified(document: Document, tmp_path: Path) -> None:
    QTextCursor(text_of(document)).insertText("precious")
    with pytest.raises(TextFileError):
        document.save(tmp_path / "no such folder" / "a.txt")
    assert document.is_modified
    assert document.path is None
    assert document.text() == "precious"


def test_saving_in_another_encoding_keeps_it(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Übermäßige Größe führt zu Ärger, sagte der Müller.\n".encode("cp1252") * 5)
    document.load(path)
    assert not document.encoding.is_unicode
    document.save(encoding=UTF_8)
    assert document.encoding == UTF_8
    assert path.read_text("utf-8").startswith("Übermäßige")


def test_a_change_behind_our_back_is_noticed(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    document.load(path)
    assert not document.is_changed_on_disk()
    path.write_text("other")
    assert document.is_changed_on_disk()
    document.save()
    assert not document.is_changed_on_disk()


def test_a_text_that_is_shown_has_no_file_to_be_overwritten(document: Document) -> None:
    document.show_text("Welcome", "Welcome.md")
    assert (document.path, document.title, document.text()) == (None, "Welcome.md", "Welcome")
    assert not document.is_modified
    assert not document.is_pristine


def test_only_an_untouched_empty_document_is_pristine(document: Document) -> None:
    assert document.is_pristine
    QTextCursor(text_of(document)).insertText("a")
    assert not document.is_pristine
