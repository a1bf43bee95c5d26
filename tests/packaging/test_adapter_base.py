"""The recipe of the adapter finds the base by itself, or says how it comes here."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOUND = Path("here/base.gguf")


class ReachedError(Exception):
    """The script has got as far as its base."""


def run(name: str, monkeypatch: pytest.MonkeyPatch, found: Path | None, *options: str) -> object:
    """Run a script up to where it opens its base, and return what it would open."""
    for folder in ("packaging/model", "packaging/adapter"):
        monkeypatch.syspath_prepend(str(ROOT / folder))
    for module in ("settings", "network", "recipe", "corpus", "spans", name):
        monkeypatch.delitem(sys.modules, module, raising=False)
    script = __import__(name)
    opened: list[object] = []

    def open_base(*arguments: object, **_: object) -> None:
        opened.extend(argument for argument in arguments if isinstance(argument, Path))
        raise ReachedError

    monkeypatch.setattr(script, "base_file", lambda: found)
    if name == "prepare":
        monkeypatch.setattr(script, "prepare", lambda *_: None)
        monkeypatch.setattr(script, "read_gguf_header", open_base)
    else:
        monkeypatch.setattr(script, "Trainer", open_base)
    monkeypatch.setattr(sys, "argv", [name, *options])
    with pytest.raises(ReachedError):
        script.main()
    return opened[-1]


SCRIPTS = pytest.mark.parametrize(
    ("name", "options"), [("prepare", ("--corpus", "texts")), ("train_adapter", ())]
)


@SCRIPTS
def test_the_base_is_found(
    name: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(name, monkeypatch, FOUND, *options) == FOUND


@SCRIPTS
def test_another_copy_can_be_named(
    name: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(name, monkeypatch, None, *options, "--base", "other.gguf") == Path("other.gguf")


@SCRIPTS
def test_without_one_it_says_how_it_comes_here(
    name: str,
    options: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run(name, monkeypatch, None, *options)
    assert "`make setup` brings it" in capsys.readouterr().err
