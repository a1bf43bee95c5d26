"""A few letters find the file that is meant."""

import pytest

from app.folder.model.matching import best

NAMES = [
    "app/window/main_window.py",
    "app/main.py",
    "app/workspace/workspace.py",
    "app/documents/document.py",
    "docs/manual/window/notes.txt",
    "tests/app/window/test_main_window.py",
    "README.md",
    "src/QuickOpen.cpp",
    "src/aquarium/open.cpp",
]


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("main", "app/main.py"),  # the whole name before a part of a longer one
        ("mainw", "app/window/main_window.py"),
        ("mw", "app/window/main_window.py"),  # the starts of words
        ("tmw", "tests/app/window/test_main_window.py"),
        ("qo", "src/QuickOpen.cpp"),  # capitals begin words
        ("doc", "app/documents/document.py"),  # in the name before in the folder
        ("read me", "README.md"),  # spaces and capitals do not matter
        ("apdoc", "app/documents/document.py"),  # letters of the folder
    ],
)
def test_the_likeliest_comes_first(letters: str, first: str) -> None:
    assert best(letters, NAMES)[0] == first


def test_letters_that_are_not_there_in_their_order_find_nothing() -> None:
    assert best("niam", ["main.py"]) == []
    assert best("x(", NAMES) == []


def test_a_search_that_nobody_waits_for_ends() -> None:
    looked: list[str] = []

    def names() -> object:
        for name in NAMES:
            looked.append(name)
            yield name

    assert best("main", names(), lambda: len(looked) > 2) == []  # type: ignore[arg-type]
    assert len(looked) == 3
