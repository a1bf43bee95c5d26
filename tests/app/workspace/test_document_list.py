"""Which documents are open is a model that knows no widget."""

from pathlib import Path

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QPlainTextDocumentLayout

from app.documents import Document
from app.workspace.document_list import DocumentList

pytestmark = pytest.mark.usefixtures("qapp")


def make_document(documents: DocumentList) -> Document:
    text = QTextDocument(documents)
    text.setDocumentLayout(QPlainTextDocumentLayout(text))
    return Document(text, documents)


@pytest.fixture
def documents() -> DocumentList:
    documents = DocumentList()
    for _ in range(3):
        documents.add(make_document(documents))
    return documents


def test_it_needs_no_widget() -> None:
    before = set(QApplication.allWidgets())
    documents = DocumentList()
    documents.add(make_document(documents))
    assert len(documents) == 1
    assert set(QApplication.allWidgets()) <= before


def test_the_newest_is_in_front_and_is_told_after_it_is_there() -> None:
    documents = DocumentList()
    told: list[tuple[str, int]] = []
    documents.added.connect(lambda _, place: told.append(("added", place)))
    documents.front_changed.connect(lambda: told.append(("front", len(documents))))
    first, second = make_document(documents), make_document(documents)
    documents.add(first)
    documents.add(second)
    assert told == [("added", 0), ("front", 1), ("added", 1), ("front", 2)]
    assert documents.front is second


@pytest.mark.parametrize(
    ("closed", "left", "front"), [(0, [1, 2], 1), (1, [0, 2], 2), (2, [0, 1], 1)]
)
def test_the_right_neighbour_comes_to_the_front_or_the_last(
    documents: DocumentList, closed: int, left: list[int], front: int
) -> None:
    every = list(documents)
    documents.set_front(every[closed])
    documents.remove(every[closed])
    assert list(documents) == [every[index] for index in left]
    assert documents.front is every[front]


def test_nothing_is_in_front_of_nothing(documents: DocumentList) -> None:
    for document in documents:
        documents.remove(document)
    assert documents.front is None
    assert list(documents) == []


@pytest.mark.parametrize(
    ("paths", "folders"),
    [
        (["a/x.py", "b/y.py"], ["", ""]),
        (["utils/main.py", "tests/main.py", "tests/other.py"], ["utils", "tests", ""]),
        (["one/src/main.py", "two/src/main.py"], ["one/src", "two/src"]),
        (["src/main.py", "one/src/main.py", "lib/main.py"], ["{root}/src", "one/src", "lib"]),
        (["a/main.py", "a/main.py"], ["", ""]),  # of one file there is no more to tell
    ],
)
def test_files_of_one_name_are_told_apart_by_as_few_folders_as_can_be(
    tmp_path: Path, paths: list[str], folders: list[str]
) -> None:
    documents = DocumentList()
    for path in paths:
        documents.add(make_document(documents))
        assert documents.front is not None
        documents.front.name(tmp_path / path)
    told = [Path(folder.format(root=tmp_path.name)) for folder in folders]
    assert [Path(folder) for folder in documents.folders().values()] == told


def test_a_file_is_found_by_any_of_its_names(documents: DocumentList, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "notes.txt")
    first, *_ = documents
    first.name(tmp_path / "notes.txt")
    assert documents.of_path(tmp_path / "link.txt") == [first]
    assert documents.of_path(tmp_path / "other.txt") == []
