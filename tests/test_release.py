"""What is checked before a version is released, and what its bundle holds."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from tree_sitter_language_pack import SupportedLanguage

ROOT = Path(__file__).resolve().parent.parent
GOOD = (
    "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n- New.\n\n## [0.1.0]\n\n- Old.\n"
)


def load(name: str) -> ModuleType:
    """Load a script of packaging/, which is no package."""
    path = ROOT / "packaging" / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def release() -> ModuleType:
    return load("release.py")


def test_a_told_and_dated_version_may_be_released(release: ModuleType) -> None:
    assert release.problems("v0.2.0", "0.2.0", GOOD) == []


@pytest.mark.parametrize(
    ("tag", "version", "changelog", "said"),
    [
        ("v0.3.0", "0.2.0", GOOD, "pyproject.toml says 0.2.0"),
        ("0.2.0", "0.2.0", GOOD, "tag it v0.2.0"),
        ("v0.3.0", "0.3.0", GOOD, "says nothing of 0.3.0"),
        ("v0.1.0", "0.1.0", GOOD, "no date for 0.1.0"),
        ("v0.2.0", "0.2.0", GOOD.replace("- New.", ""), "says nothing of 0.2.0"),
        ("v0.2.0", "0.2.0", GOOD.replace("2026-12-01", "soon"), "no date for 0.2.0"),
        ("v0.2.0", "0.2.0", GOOD.replace("2026-12-01", "20261201"), "no date for 0.2.0"),
        ("v0.2.0", "0.2.0", GOOD.replace("released]", "released]\n\n- Left."), "[Unreleased]"),
        ("v0.2.0", "0.2.0", "", "says nothing of 0.2.0"),
    ],
)
def test_what_stands_in_the_way_is_named(
    release: ModuleType, tag: str, version: str, changelog: str, said: str
) -> None:
    found = release.problems(tag, version, changelog)
    assert any(said in problem for problem in found), found


def test_the_notes_are_those_of_the_version_alone(
    release: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(GOOD, "utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n', "utf-8")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    assert release.main("v0.2.0") == 0
    assert capsys.readouterr().out == "- New.\n"
    assert release.main("v9.0.0") == 1
    assert "v0.2.0" in capsys.readouterr().err


def test_the_project_s_own_changelog_is_read(release: ModuleType) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert release.project_version() in [entry.version for entry in release.entries(changelog)]


def test_every_action_of_the_workflows_is_pinned_by_its_commit() -> None:
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    used = [
        line.split("uses:")[1].strip()
        for path in workflows
        for line in path.read_text("utf-8").splitlines()
        if "uses:" in line
    ]
    assert used
    assert [
        name for name in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", name)
    ] == []


@pytest.mark.parametrize(
    ("name", "is_wanted"),
    [
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/iconengines/libqsvgicon.so", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6\\plugins\\sqldrivers\\qsqlite.dll", False),
        ("tree_sitter_language_pack/bindings/python.abi3.so", True),
        ("tree_sitter_language_pack\\bindings\\python.pyd", True),
        ("tree_sitter_language_pack/bindings/cobol.abi3.so", False),
        ("libgtk-3.so.0", False),
        ("libpng16.so.16", True),
    ],
)
def test_the_bundle_leaves_out_what_no_window_of_ours_loads(name: str, is_wanted: bool) -> None:
    contents = load("bundle/contents.py")
    assert contents.is_wanted(name) is is_wanted


def test_every_grammar_of_the_bundle_is_in_the_language_pack() -> None:
    grammars = load("bundle/contents.py").GRAMMARS
    assert grammars <= set(get_args(SupportedLanguage))
