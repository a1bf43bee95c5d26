"""What is checked before a version is released, and what its bundle holds."""

import importlib.metadata
import importlib.util
import re
import struct
import sys
import tomllib
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


def load_bundle(name: str) -> ModuleType:
    """Load a script of packaging/bundle/, whose scripts import each other."""
    sys.path.insert(0, str(ROOT / "packaging" / "bundle"))
    try:
        return load(f"bundle/{name}.py")
    finally:
        del sys.path[0]


@pytest.fixture(scope="module")
def release() -> ModuleType:
    return load("release.py")


def somebody(release: ModuleType, **changes: str) -> object:
    known = {"id": "net.a.inlay", "maintainer": "A <a@a.net>", "homepage": "https://a.net/"}
    return release.Identity(**(known | changes))


def test_a_told_and_dated_version_may_be_released(release: ModuleType) -> None:
    assert release.problems("v0.2.0", "0.2.0", GOOD, somebody(release)) == []


@pytest.mark.parametrize("part", ["id", "maintainer", "homepage"])
def test_a_release_of_nobody_is_refused(release: ModuleType, part: str) -> None:
    nobody = release.identity()
    who = somebody(release, **{part: getattr(nobody, part)})
    (problem,) = release.problems("v0.2.0", "0.2.0", GOOD, who)
    assert "identity.toml" in problem


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
    found = release.problems(tag, version, changelog, somebody(release))
    assert any(said in problem for problem in found), found


def test_the_notes_are_those_of_the_version_alone(
    release: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(GOOD, "utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n', "utf-8")
    (tmp_path / "packaging").mkdir()
    who = 'id = "net.a.inlay"\nmaintainer = "A <a@a.net>"\nhomepage = "https://a.net/"\n'
    (tmp_path / "packaging" / "identity.toml").write_text(who, "utf-8")
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
    contents = load_bundle("contents")
    assert contents.is_wanted(name) is is_wanted


@pytest.mark.parametrize(
    ("name", "is_wanted"),
    [
        ("torch-2.13.0+cpu.dist-info/licenses/LICENSE", True),
        ("torch-2.13.0+cpu.dist-info\\licenses\\third_party\\a\\LICENSE", False),
        ("numpy-2.4.6.dist-info/licenses/numpy/ma/LICENSE", True),
        ("triton-3.7.1.dist-info/METADATA", False),
        ("resources/screenshots/editor.png", False),
        ("resources/icons/inlay.svg", True),
    ],
)
def test_the_bundle_has_no_paths_too_long_for_windows_and_no_leftovers(
    name: str, is_wanted: bool
) -> None:
    assert load_bundle("contents").wanted_data(name) is is_wanted


def test_every_grammar_of_the_bundle_is_in_the_language_pack() -> None:
    grammars = load_bundle("contents").GRAMMARS
    assert grammars <= set(get_args(SupportedLanguage))


def test_the_icon_of_windows_has_all_sizes() -> None:
    icon = (ROOT / "resources" / "icons" / "inlay.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", icon)
    assert kind == 1
    # One byte each, so that 256 pixels are written as 0.
    assert [icon[6 + 16 * index] for index in range(count)] == [16, 24, 32, 48, 64, 128, 0]


@pytest.mark.parametrize(
    ("licence", "texts"),
    [
        ("MIT", {"MIT"}),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", {"GPL-3.0", "GCC-exception-3.1"}),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", {"MIT", "Apache-2.0", "Unicode-3.0"}),
        ("LGPL-3.0-only", {"LGPL-3.0"}),
    ],
)
def test_an_expression_names_the_texts_it_stands_for(licence: str, texts: set[str]) -> None:
    assert load_bundle("licences").texts_of(licence) == texts


def test_every_licence_of_what_lies_inside_the_wheels_has_its_text() -> None:
    licences = load_bundle("licences")
    known = tomllib.loads((licences.OURS / "inside.toml").read_text("utf-8"))
    parts = [licences.Part(*part) for info in known.values() for part in info.get("parts", ())]
    named = {part.licence for part in parts} | {
        info["licence"] for info in known.values() if "licence" in info
    }
    here = {path.stem for path in (licences.OURS / "texts").iterdir()} | {"Apache-2.0"}
    assert {text for licence in named for text in licences.texts_of(licence)} - here == set()


def test_every_grammar_of_the_bundle_has_its_licence() -> None:
    known = tomllib.loads((load_bundle("licences").OURS / "inside.toml").read_text("utf-8"))
    told = {
        grammar
        for name, *_ in known["tree-sitter-language-pack"]["parts"]
        for grammar in name.removeprefix("grammar of ").split(", ")
    }
    assert told == load_bundle("contents").GRAMMARS


def test_a_wheel_nobody_has_looked_into_stops_the_build(monkeypatch, tmp_path: Path) -> None:
    licences = load_bundle("licences")
    (tmp_path / "licences").mkdir()
    (tmp_path / "licences" / "inside.toml").write_text("[other]\n", "utf-8")
    (tmp_path / "licences" / "texts").mkdir()
    monkeypatch.setattr(licences, "OURS", tmp_path / "licences")
    library = next(
        path.locate()
        for path in importlib.metadata.files("regex") or ()
        if path.name.startswith("_regex.") and path.suffix in {".so", ".pyd"}
    )
    with pytest.raises(SystemExit, match="look what regex has compiled in"):
        licences.add(tmp_path / "bundle", [Path(library)])
