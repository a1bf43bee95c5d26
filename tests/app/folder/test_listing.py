"""What is in a folder: as Git sees it, whatever else lies there."""

import os
import sys
from pathlib import Path

import pytest

from app.folder.model import listing
from app.folder.model.listing import Walk, list_folder
from engine.texts.ignoring import rules_of
from tests.app.folder.conftest import put

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and names of POSIX systems")


def walked(root: Path) -> list[str]:
    return list(Walk(str(root)))


def test_folders_come_first_then_files_by_letters(root: Path) -> None:
    put(root, B_txt="", a_txt="", Z__x="", m__x="")
    assert list_folder(str(root), str(root)) == ["m/", "Z/", "a.txt", "B.txt"]


def test_the_rules_of_inner_folders_come_over_those_around(root: Path) -> None:
    put(root, a_log="", in__a_log="", in__keep_log="", in__deep__keep_log="", out__x_o="")
    (root / ".gitignore").write_text("*.log\n/out/\n")
    (root / "in/.gitignore").write_text("!keep.log\n")
    (root / "in/deep/.gitignore").write_text("keep.log\n")
    assert walked(root) == [".gitignore", "in/.gitignore", "in/keep.log", "in/deep/.gitignore"]


def test_a_folder_in_a_project_has_the_projects_rules(root: Path) -> None:
    put(root, part__a_o="", part__a_c="", part__own_txt="")
    (root / ".git/info").mkdir(parents=True)
    (root / ".git/info/exclude").write_text("own.txt\n")
    (root / ".gitignore").write_text("/part/*.o\n")
    assert walked(root / "part") == ["a.c"]


def test_rules_above_what_is_no_project_do_not_count(root: Path) -> None:
    put(root, part__a_o="")
    (root / ".gitignore").write_text("*.o\n")
    assert walked(root / "part") == ["a.o"]


def test_what_is_no_pattern_and_no_text_is_passed_over(root: Path) -> None:
    put(root, a_o="", b_c="")
    (root / ".gitignore").write_bytes(b"!\n\xff\xfe[\n*.o\n")
    assert walked(root) == [".gitignore", "b.c"]
    assert not rules_of(str(root), str(root)).leaves_out(str(root / "b.c"), is_folder=False)


def test_rules_that_would_take_years_are_passed_over(root: Path) -> None:
    name, deep = "a" * 200, "/".join("a" * 60)
    put(root, cab_x="")
    (root / name).touch()
    (root / deep).mkdir(parents=True)
    (root / deep / "end").touch()
    (root / ".gitignore").write_text(f"{'*a' * 30}b\n{'**/a/' * 30}b\n*a*b*\n**/a/**/a/**/end\n")
    assert walked(root) == [".gitignore", name]


@posix
def test_links_that_go_round_in_a_circle_end(root: Path) -> None:
    put(root, in__a_txt="")
    (root / "in/back").symlink_to(root)
    (root / "lost").symlink_to(root / "nowhere")
    assert walked(root) == ["in/a.txt"]
    # One may open them in the tree, as far as one likes.
    assert "back/" in list_folder(str(root / "in"), str(root))


@posix
def test_neither_pipes_nor_folders_without_leave_stop_a_walk(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, a_txt="", shut__b_txt="", z__c_txt="")
    os.mkfifo(root / "pipe")
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    # The administrator, who may run this, has leave to look into all.
    monkeypatch.setattr(listing.os, "scandir", refuse)
    walk = Walk(str(root))
    assert list(walk) == ["a.txt", "z/c.txt"]
    assert walk.unreadable == [str(root / "shut")]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_names_that_are_no_text_are_names(root: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (root / name).write_text("x")
    assert walked(root) == [name]


def test_a_walk_that_is_stopped_reads_no_further_folder(root: Path) -> None:
    put(root, a_txt="", b__c_txt="")
    stops: list[bool] = []
    names = []
    for name in Walk(str(root), lambda: bool(stops)):
        names.append(name)
        stops.append(True)
    assert names == ["a.txt"]
