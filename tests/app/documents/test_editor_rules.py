"""A project's rules for indentation hold; what cannot be read is no rule."""

import os
import sys
from pathlib import Path

import pytest

from app.documents.editor_rules import indentation_rule
from app.text.indentation import Indentation


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("[*]\nindent_style = space\nindent_size = 2\n", Indentation(2)),
        ("[*.py]\nindent_style = tab\n", Indentation(uses_tabs=True)),
        ("[*]\nindent_style = tab\ntab_width = 8\n", Indentation(8, uses_tabs=True)),
        ("[*]\nindent_style = SPACE\nindent_size = tab\ntab_width = 3\n", Indentation(3)),
        ("[*.go]\nindent_style = tab\n", None),
        ("[*]\nindent_style = space\n", None),
        ("[*]\nindent_style = space\nindent_size = 0\n", None),
        ("[*]\nindent_style = space\nindent_size = 99999999\n", None),
        ("[*\nindent_style\n", None),
        ("[*]\nindent_style = tab\n\xff", None),
        ("[[*]\nindent_style = tab\n", None),
    ],
)
def test_rules(tmp_path: Path, rules: str, expected: Indentation | None) -> None:
    (tmp_path / ".editorconfig").write_bytes(b"root = true\n" + rules.encode("latin-1"))
    folder = tmp_path / "inner"
    folder.mkdir()
    assert indentation_rule(folder / "a.py") == expected


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    for place, size in ((tmp_path, 8), (folder, 2)):
        rule = f"[*]\nindent_style = space\nindent_size = {size}\n"
        (place / ".editorconfig").write_text(rule)
    assert indentation_rule(folder / "a.py") == Indentation(2)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".editorconfig")
    assert indentation_rule(tmp_path / "a.py") is None


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    rule = "[*]\nindent_style = space\nindent_size = 2\n"
    (tmp_path / ".editorconfig").write_text("root = true\n" + rule + "#" * 2**20)
    assert indentation_rule(tmp_path / "a.py") is None
