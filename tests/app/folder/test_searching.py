"""Words are found in the files of a folder, and what is left out is counted."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.find.search import Query
from app.folder.model import searching
from app.folder.model.searching import FileHits, FolderSearch, Tally, hits_in, search
from tests.app.folder.conftest import put


def found(root: Path, query: Query, **texts: str) -> tuple[list[FileHits], Tally]:
    tally = Tally()
    by_path = {str(root / name.replace("_", ".")): text for name, text in texts.items()}
    return list(search(str(root), query, by_path, tally, lambda: False)), tally


def test_a_hit_knows_its_place_in_units_and_its_line(root: Path) -> None:
    # Two units for the face, one for each line end, whatever it is in the file: 1+2+1 + 3.
    (root / "a.txt").write_bytes("x😀\r\nto find it\r\n".encode())
    ((group,), tally) = found(root, Query(pattern="find"))
    (hit,) = group.hits
    assert (hit.start, hit.end, hit.line) == (7, 11, 2)
    assert (hit.before, hit.text, hit.after) == ("to ", "find", " it")
    assert (hit.where, tally.files, tally.hits) == (str(root / "a.txt"), 1, 1)


def test_case_words_and_expressions_mean_what_they_mean_in_the_bar(root: Path) -> None:
    put(root, a_txt="Cat cat catalog")
    for query, count in (
        (Query(pattern="cat"), 3),
        (Query(pattern="cat", matches_case=True), 2),
        (Query(pattern="cat", whole_words=True), 2),
        (Query(pattern="c.t\\b", is_regex=True, matches_case=True), 1),
    ):
        assert found(root, query)[1].hits == count


def test_what_is_not_searched_is_counted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MAX_BYTES", 100)
    put(root, large_txt="find" * 26, small_txt="find")
    (root / "a.bin").write_bytes(b"find\0")
    (root / "b.txt").write_bytes("find ü".encode("utf-16"))  # which is text, with its mark
    groups, tally = found(root, Query(pattern="find"))
    assert [group.name for group in groups] == ["b.txt", "small.txt"]
    assert (tally.binary, tally.large, tally.files) == (1, 1, 2)


def test_a_text_that_is_not_saved_is_what_is_searched(root: Path) -> None:
    put(root, a_txt="old")
    assert found(root, Query(pattern="old"), a_txt="new")[1].hits == 0
    assert found(root, Query(pattern="new"), a_txt="new")[1].hits == 1
    assert found(root, Query(pattern="old"), a_txt="")[1].hits == 0


def test_an_expression_that_takes_too_long_for_a_file_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.find import search as find_search

    monkeypatch.setattr(find_search, "TIMEOUT_S", 0.01)
    put(root, a_txt="a" * 5000 + "!", b_txt="aaa")
    groups, tally = found(root, Query(pattern="(a+)+$", is_regex=True))
    assert tally.slow == ["a.txt"]
    assert [group.name for group in groups] == ["b.txt"]


def test_so_many_hits_that_only_the_first_are_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, hits = hits_in("a", "x" * 1000, Query(pattern="x"), 10_000)
    assert (count, len(hits)) == (1000, 200)
    monkeypatch.setattr(searching, "MOST", 3)
    put(root, a_txt="xx", b_txt="xx", c_txt="xx")
    groups, tally = found(root, Query(pattern="x"))
    assert [len(group.hits) for group in groups] == [2, 1]
    assert tally.is_cut


def test_it_works_in_a_thread_and_tells_on_the_way(
    root: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "TELL_S", 0.0)
    put(root, a_txt="find", b_txt="find", c_txt="no")
    threads: set[threading.Thread] = set()
    hits = hits_in

    def note(*args: object) -> object:
        threads.add(threading.current_thread())
        return hits(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(searching, "hits_in", note)
    work = FolderSearch()
    told: list[list[FileHits]] = []
    work.found.connect(lambda groups, _: told.append(groups))
    with qtbot.waitSignal(work.ended) as end:
        work.start(str(root), Query(pattern="find"), {})
    assert [group.name for groups in told for group in groups] == ["a.txt", "b.txt"]
    assert len(told) >= 2
    assert threads
    assert threading.main_thread() not in threads
    tally, is_stopped = end.args
    assert (tally.hits, tally.found_in, tally.files, is_stopped) == (2, 2, 3, False)


def test_it_can_be_stopped_and_says_so(root: Path, qtbot: QtBot) -> None:
    put(root, **{f"f{number}_txt": "find" for number in range(300)})
    work = FolderSearch()
    with qtbot.waitSignal(work.ended) as end:
        work.start(str(root), Query(pattern="find"), {})
        work.stop()
    tally, is_stopped = end.args
    assert is_stopped
    assert tally.files < 300
    assert not work.is_running


def test_what_is_no_expression_is_said(qtbot: QtBot, root: Path) -> None:
    work = FolderSearch()
    with qtbot.waitSignal(work.failed):
        work.start(str(root), Query(pattern="(", is_regex=True), {})
    assert not work.is_running
