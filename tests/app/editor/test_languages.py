"""Files of many languages get colours."""

import pytest

from app.editor.fonts import is_prose
from app.editor.highlighter import lexer_for

NAMES = (
    *("a.py", "a.c", "a.cpp", "a.h", "a.cs", "a.java", "a.js", "a.ts", "a.tsx", "a.go", "a.rs"),
    *("a.swift", "a.kt", "a.scala", "a.rb", "a.php", "a.pl", "a.lua", "a.r", "a.jl", "a.hs"),
    *("a.ml", "a.clj", "a.ex", "a.erl", "a.sh", "a.ps1", "a.bat", "a.sql", "a.html", "a.css"),
    *("a.scss", "a.xml", "a.svg", "a.json", "a.yaml", "a.toml", "a.ini", "a.md", "a.rst"),
    *("a.tex", "a.diff", "Makefile", "Dockerfile", "CMakeLists.txt", "a.vue", "a.zig", "a.dart"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_language_has_a_lexer(name: str) -> None:
    lexer = lexer_for(name)
    assert lexer is not None
    assert lexer.get_tokens_unprocessed("x") is not None


@pytest.mark.parametrize("name", ["Makefile", "GNUmakefile", "Dockerfile", ".bashrc", "a.py"])
def test_a_file_that_a_language_knows_by_its_name_is_code(name: str) -> None:
    assert not is_prose(name)


@pytest.mark.parametrize("name", ["", "README", "LICENSE", "notes", "a.txt", "a.MD"])
def test_other_files_without_an_ending_are_prose(name: str) -> None:
    assert is_prose(name)
