"""Every line that a page tells its readers to type is known here, and what it names exists."""

import argparse
import re
from collections.abc import Iterator

import pytest

import app.main
import engine.commands
from tests.readme.pages import LINES, PAGES, ROOT, blocks, code

# Of pip, which the pages name beside ours.
FOREIGN = {"--constraint", "--editable", "--extra-index-url", "--no-deps", "--no-sync"}


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield a parser's options and those of its commands."""
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from options(command)


@pytest.mark.parametrize("page", PAGES)
def test_every_line_of_a_block_is_run_or_says_why_not(page: str) -> None:
    assert [line for block in blocks(page) for line in block if line not in LINES] == []


def test_every_line_that_is_known_still_stands_on_a_page() -> None:
    assert LINES.keys() == {line for page in PAGES for block in blocks(page) for line in block}


@pytest.mark.parametrize("page", [*PAGES, "ARCHITECTURE.md", "resources/model/README.md"])
def test_the_targets_of_make_that_a_page_names_exist(page: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"^make ([a-z][a-z-]*)", code(page), re.MULTILINE)
    assert set(named) - set(targets) == set()


def test_the_options_of_inlay_that_the_readme_names_exist() -> None:
    known = {*options(app.main._parser()), *options(engine.commands._parser())}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", code("README.md")))
    assert named - FOREIGN - known == set()


def test_the_options_of_the_installer_that_its_page_names_exist() -> None:
    setup = (ROOT / "packaging/install/__main__.py").read_text("utf-8")
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", code("packaging/INSTALL.md")))
    known = set(re.findall(r'"(--[a-z-]+)"', setup)) | set(options(app.main._parser()))
    assert named - known == set()


@pytest.mark.parametrize("page", ["README.md"])
def test_the_files_that_the_readme_names_exist(page: str) -> None:
    text = code(page).replace("\\", "/")
    named = re.findall(r"(?<![\w/.:-])(?:app|engine|kernels|packaging|resources)/[\w/.-]+", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
