"""What is kept apart is kept apart: all is there once, on one side, and the same every time."""

import random
from collections.abc import Sequence

import pytest

from engine.errors import BadRequestError
from engine.texts.document import Document, Kind
from engine.texts.duplicates import RELATED, resemblance, sketch
from engine.texts.splitting import Split, split


def prose(words: int, seed: int) -> str:
    rng = random.Random(seed)
    made = ["".join(rng.choices("abcdefghij", k=rng.randint(2, 9))) for _ in range(words)]
    return "\n\n".join(" ".join(made[at : at + 40]) for at in range(0, words, 40)) + "\n"


def document(name: str, text: str, kind: Kind = Kind.PROSE, start: int = 0) -> Document:
    return Document(path=f"/x/{name}", name=name, text=text, kind=kind, start=start)


def parts(found: Split) -> tuple[Sequence[Document], ...]:
    return found.train, found.curve, found.kept_apart


def test_a_tenth_of_the_files_and_a_twentieth_is_kept_apart() -> None:
    files = [document(f"{n:02}.txt", prose(200, n)) for n in range(40)]
    found = split(files, seed=1)
    assert [len(part) for part in parts(found)] == [34, 2, 4]
    assert sorted(one.name for part in parts(found) for one in part) == [one.name for one in files]


def test_the_parts_are_the_same_whatever_the_order_and_others_for_another_seed() -> None:
    files = [document(f"{n:02}.txt", prose(200, n)) for n in range(40)]
    assert split(files, seed=1) == split(files[::-1], seed=1)
    assert split(files, seed=1).kept_apart != split(files, seed=2).kept_apart


def test_all_pieces_of_a_file_are_on_one_side() -> None:
    files = [document(f"{n:02}.txt", prose(90, n), start=0) for n in range(20)]
    pieces = [document(one.name, prose(90, 50 + n), start=9999) for n, one in enumerate(files)]
    found = split(files + pieces, seed=3)
    for part in parts(found):
        names = [one.name for one in part]
        assert all(names.count(name) == 2 for name in names)


def test_near_copies_are_never_on_both_sides() -> None:
    files = []
    for n in range(30):
        text = prose(200, n)
        files += [document(f"{n}.txt", text), document(f"{n}b.txt", text + prose(120, 100 + n))]
    for seed in range(5):
        train, curve, apart = parts(split(files, seed))
        for one in apart:
            others = [other for other in [*train, *curve] if other.name.strip("b.tx") != one.name]
            shared = [resemblance(sketch(one.text), sketch(other.text)) for other in others]
            assert max(shared) < RELATED


def test_a_chapter_is_not_kept_apart_from_its_book() -> None:
    chapters = [document(f"chapter {n}.txt", prose(200, n)) for n in range(12)]
    book = document("book.txt", "\n".join(one.text for one in chapters))
    others = [document(f"other {n}.txt", prose(200, 50 + n)) for n in range(12)]
    for seed in range(6):
        found = split([*chapters, book, *others], seed)
        held = [one.name.split()[0] for one in [*found.curve, *found.kept_apart]]
        assert set(held) == {"other"}
        assert len(held) == 5  # a tenth and a twentieth of 25


def test_one_book_is_cut_at_blank_lines_into_parts_that_make_it_up() -> None:
    book = document("book.txt", prose(20_000, 1))
    found = split([book], seed=1)
    together = sorted((one for part in parts(found) for one in part), key=lambda one: one.start)
    assert "".join(one.text for one in together) == book.text
    assert all(one.text.endswith("\n\n") for one in together[:-1])
    sizes = [sum(len(one.text) for one in part) / len(book.text) for part in parts(found)]
    assert 0.07 < sizes[2] < 0.14
    assert 0.03 < sizes[1] < 0.09


def test_code_in_few_files_is_cut_before_lines_at_the_margin() -> None:
    functions = [
        f"def name_{n}(x):\n    y = x + {n}\n\n    return {prose(12, n).split()}\n"
        for n in range(60)
    ]
    code = document("one.py", "\n\n".join(functions), Kind.CODE)
    for part in parts(split([code], seed=1)):
        assert all(one.text.startswith("def name_") for one in part)


def test_where_one_file_is_most_of_it_passages_are_kept_apart() -> None:
    files = [document(f"{n:02}.txt", prose(40, n)) for n in range(12)]
    found = split([*files, document("book.txt", prose(20_000, 99))], seed=1)
    assert all(any(one.name == "book.txt" for one in part) for part in parts(found))


@pytest.mark.parametrize("text", ["", "One line.\n", "One.\n\nTwo.\n\nThree.\n"])
def test_too_little_text_is_told(text: str) -> None:
    with pytest.raises(BadRequestError, match="too little text"):
        split([document("a.txt", text)], seed=1)


def test_texts_that_are_all_alike_are_told() -> None:
    text = prose(300, 1)
    files = [document(f"{n}.txt", text + prose(20, n + 5)) for n in range(20)]
    with pytest.raises(BadRequestError, match="resemble each other too much"):
        split(files, seed=1)
