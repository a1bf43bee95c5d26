"""The Hunspell dictionaries of this machine: the system's, LibreOffice's, Firefox's, our own."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QLocale

CODE = re.compile(r"[a-z]{2,3}([_-][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class DictionaryFile:
    """A dictionary that can be loaded."""

    code: str  # as in "en_GB"
    folder: Path
    stem: str  # of the two files

    @property
    def title(self) -> str:
        """Return the language's own name for itself, and the country's."""
        locale = QLocale(self.code)
        if locale.language() is QLocale.Language.C:
            return self.code
        language = locale.nativeLanguageName()
        has_country = "_" in self.code
        name = f"{language} ({locale.nativeTerritoryName()})" if has_country else language
        return name[:1].upper() + name[1:]


def find_dictionaries(folders: Iterable[Path] | None = None) -> list[DictionaryFile]:
    """Return one dictionary for each language, those of the first folders first."""
    found: dict[str, DictionaryFile] = {}
    for folder in places() if folders is None else folders:
        for path in sorted(_word_lists(folder)):
            code = path.stem.replace("-", "_")
            if CODE.fullmatch(path.stem) and code not in found:
                found[code] = DictionaryFile(code, path.parent, path.stem)
    return sorted(found.values(), key=lambda one: one.title.casefold())


def best(dictionaries: Iterable[DictionaryFile], wanted: str) -> DictionaryFile | None:
    """Return the dictionary of a language code, or one of the same language."""
    codes = {one.code: one for one in dictionaries}
    wanted = "en_US" if wanted == "C" else wanted  # a system without a language
    language = wanted.split("_")[0]
    near = (code for code in sorted(codes) if code.split("_")[0] == language)
    return next((codes[code] for code in (wanted, *near) if code in codes), None)


def places() -> Iterator[Path]:
    """Go through the folders that may hold dictionaries."""
    home = Path.home()
    if named := os.environ.get("DICPATH"):
        yield from map(Path, named.split(os.pathsep))
    for name in ("hunspell", "myspell", "myspell/dicts"):
        yield Path("/usr/share") / name
    yield from (home / "Library/Spelling", Path("/Library/Spelling"))
    programs = [Path("/usr/lib"), Path("/opt")]
    programs += [Path(os.environ[n]) for n in ("PROGRAMFILES", "PROGRAMW6432") if n in os.environ]
    for program in programs:
        yield from sorted(program.glob("[Ll]ibre[Oo]ffice*/share/extensions/dict-*"))
        yield from sorted(program.glob("[Ff]irefox*/dictionaries"))
        yield from sorted(program.glob("Mozilla Firefox*/dictionaries"))
    yield from sorted(home.glob(".config/libreoffice/*/user/uno_packages/cache/*/*/*"))
    # The library that reads them brings one along.
    spec = find_spec("hunspell")
    if spec is not None and spec.origin:
        yield Path(spec.origin).parent / "dictionaries"


def _word_lists(folder: Path) -> Iterator[Path]:
    try:
        names = {path.name: path for path in folder.iterdir()}
    except OSError:
        return
    for name, path in names.items():
        if name.endswith(".dic") and f"{path.stem}.aff" in names:
            yield path
