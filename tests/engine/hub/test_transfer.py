"""The library's real client against a hub that misbehaves."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from engine.hub import blob, local
from engine.hub.source import AccessError, DiskFullError, HubError, Source, Stage, StoppedError
from tests.engine.hub.stand_in import StandIn, etag
from tests.engine.hub.trial import REPO, SHARD_BYTES, SHARDS, SOURCE, Trial

FIRST, SECOND = "model-1-of-2.safetensors", "model-2-of-2.safetensors"


def check_complete(folder: Path) -> None:
    for name, data in SHARDS.items():
        assert (folder / name).read_bytes() == data


def test_a_model_arrives_where_all_tools_look_for_it(trial: Trial) -> None:
    from huggingface_hub import snapshot_download

    folder = trial.run()
    check_complete(folder)
    assert not (folder / "README.md").exists()
    found = snapshot_download(
        REPO, cache_dir=trial.cache, local_files_only=True, allow_patterns=list(SOURCE.patterns)
    )
    assert Path(found) == folder
    assert local.look(trial.cache, SOURCE).is_complete


def test_progress_ends_at_the_whole_and_never_goes_back(trial: Trial) -> None:
    trial.run()
    done = [progress.done_bytes for progress in trial.progress if progress.stage is Stage.FETCHING]
    assert done == sorted(done)
    assert done[-1] == trial.progress[-1].total_bytes > 2 * SHARD_BYTES


def test_nothing_is_fetched_twice(trial: Trial) -> None:
    trial.run()
    trial.run()
    assert trial.hub.fetched(FIRST) == [""]


def test_cut_connections_are_taken_up_where_they_broke(trial: Trial) -> None:
    trial.hub.faults.cuts = [300_000, 0, 200_000]
    check_complete(trial.run())
    assert trial.hub.fetched(FIRST)[0] == ""
    assert all(wanted.startswith("bytes=") for wanted in trial.hub.fetched(FIRST)[1:])
    assert Stage.WAITING in trial.stages()


def test_a_network_that_stays_away_ends_with_what_has_come_kept(trial: Trial) -> None:
    trial.hub.faults.cuts = [300_000, *[0] * 20]
    with pytest.raises(HubError, match="go on when the network is back"):
        trial.run()
    assert local.partial_bytes(trial.cache, REPO) > 0
    trial.hub.faults.cuts = []
    check_complete(trial.run())
    assert trial.hub.fetched(FIRST)[-1].startswith("bytes=")


def test_a_server_without_ranges_sends_everything_again(trial: Trial) -> None:
    trial.hub.faults.cuts = [300_000]
    trial.hub.faults.knows_ranges = False
    check_complete(trial.run())


@pytest.mark.parametrize("size", [SHARD_BYTES - 1, SHARD_BYTES + 5])
def test_a_wrong_size_is_an_error_that_names_the_file(trial: Trial, size: int) -> None:
    trial.hub.faults.claims[FIRST] = size
    with pytest.raises(HubError, match=f"{FIRST}.*700,000.*{size:,}"):
        trial.run()
    trial.hub.faults.claims.clear()
    check_complete(trial.run())


def test_damage_on_the_way_is_found_and_thrown_away(trial: Trial) -> None:
    trial.hub.faults.garbles = True
    with pytest.raises(HubError, match="damaged on its way"):
        trial.run()
    assert local.partial_bytes(trial.cache, REPO) == 0
    trial.hub.faults.garbles = False
    check_complete(trial.run())


def test_stopped_it_goes_on_at_the_byte_where_it_was(trial: Trial) -> None:
    trial.stops_at = 400_000
    with pytest.raises(StoppedError):
        trial.run()
    kept = local.partial_bytes(trial.cache, REPO)
    assert 0 < kept < SHARD_BYTES
    trial.stops_at = 1 << 60
    check_complete(trial.run())
    assert trial.hub.fetched(FIRST)[-1] == f"bytes={kept}-"


@pytest.mark.parametrize(
    ("place", "in_body"),
    [(f"/api/models/{REPO}", False), ("config.json", False), (FIRST, False), (FIRST, True)],
)
def test_stopped_while_nothing_comes_it_does_not_wait_for_the_network(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, place: str, in_body: bool
) -> None:
    monkeypatch.setattr(blob, "READ_TIMEOUT_S", 3600.0)
    hub = trial.hub
    hub.faults.stalls_at, hub.faults.stalls_in_body = place, in_body
    with monkeypatch.context() as patch:
        patch.setattr(trial, "_wait", lambda seconds: hub.is_stalled.is_set())
        with pytest.raises(StoppedError):
            trial.run()
    assert not hub.goes_on.is_set()
    hub.faults.stalls_at = ""
    check_complete(trial.run())


def test_a_repository_that_has_other_files_is_named_with_them(trial: Trial) -> None:
    with pytest.raises(HubError, match=rf"no \*Q4\*\.gguf any more; its weights are {FIRST}"):
        trial.run(source=Source(repo_id=REPO, patterns=("*Q4*.gguf",)))


def test_a_disk_too_small_is_told_before_anything_comes(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: _Usage(9))
    with pytest.raises(DiskFullError, match=r"cache lacks 0\.00 GiB"):
        trial.run()
    assert trial.hub.fetched(FIRST) == []


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


def test_a_disk_that_fills_up_keeps_what_has_come(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open
    limit = 300_000

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            room = limit - self.file.tell()
            self.file.write(data[:room])
            if room < len(data):
                raise OSError(errno.ENOSPC, "No space left on device")

    def open_full(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        file = opened(path, mode, *rest, **named)
        return Full(file) if "inlay" in path.name and mode in ("ab", "wb") else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_full)
        with pytest.raises(DiskFullError, match=r"lacks.*are to come.*Resume"):
            trial.run()
    assert local.partial_bytes(trial.cache, REPO) == limit
    check_complete(trial.run())
    assert trial.hub.fetched(FIRST)[-1] == f"bytes={limit}-"


def test_a_token_is_sent_and_a_refusal_says_what_to_do(trial: Trial) -> None:
    trial.hub.faults.status["/resolve/main/config.json"] = 403
    trial.hub.faults.error_code = "GatedRepo"
    with pytest.raises(AccessError, match="accept its terms"):
        trial.run(token="hf_secret")
    assert {authorization for *_, authorization in trial.hub.requests} == {"Bearer hf_secret"}


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, "RepoNotFound", "gone, or private"),
        (401, "", "access token"),
        (500, "", "answered 500"),
    ],
)
def test_a_hub_that_refuses_is_quoted(trial: Trial, status: int, code: str, words: str) -> None:
    trial.hub.faults.status["/api/models/some/model"] = status
    trial.hub.faults.error_code = code
    with pytest.raises(HubError, match=words):
        trial.run()


def test_files_that_are_not_there_any_more_are_named(trial: Trial) -> None:
    with pytest.raises(HubError, match=r"no \*\.gguf any more"):
        trial.run(source=Source(repo_id=REPO, patterns=("*.gguf",)))


def test_names_that_lead_out_of_the_folder_are_refused(trial: Trial) -> None:
    trial.hub.repos[REPO]["../../evil.json"] = b"{}"
    with pytest.raises(HubError, match="Nothing was fetched"):
        trial.run()


def test_another_program_at_the_same_file_is_waited_for_by_the_user(trial: Trial) -> None:
    import filelock

    locks = trial.cache / ".locks" / "models--some--model"
    locks.mkdir(parents=True)
    lock = locks / f"{etag(SHARDS[FIRST])}.lock"
    with filelock.FileLock(lock), pytest.raises(HubError, match="Another program"):
        trial.run()


def test_the_address_of_another_hub_is_taken_from_the_environment(
    hub: StandIn, tmp_path: Path
) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from engine.hub.transfer import Download; from engine.hub.source import Source\n"
        "print(*Download(sources=[Source(repo_id='some/model', patterns=('*.json',))],"
        " cache=Path(sys.argv[1]), report=lambda p: None, wait=lambda s: False).run())"
    )
    environment = {**os.environ, "HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "0"}
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert (Path(done.stdout.strip()) / "config.json").exists()


def test_another_host_gets_the_range_and_never_the_token(trial: Trial) -> None:
    trial.stops_at = 400_000
    with StandIn(some__model=trial.hub.repos[REPO]) as storage:
        trial.hub.faults.large_files_at = storage.address
        with pytest.raises(StoppedError):
            trial.run(token="hf_secret")
        trial.stops_at = 1 << 60
        check_complete(trial.run(token="hf_secret"))
        assert storage.fetched(FIRST)[-1].startswith("bytes=")
        assert {authorization for *_, authorization in storage.requests} == {""}
    assert {authorization for *_, authorization in trial.hub.requests} == {"Bearer hf_secret"}


def test_on_a_disk_without_links_nothing_lies_there_twice(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("engine.hub.transfer", "huggingface_hub.file_download"):
        monkeypatch.setattr(f"{module}.are_symlinks_supported", lambda *_: False)
    folder = trial.run()
    check_complete(folder)
    large = [
        path
        for path in trial.cache.rglob("*")
        if path.is_file() and path.stat().st_size >= SHARD_BYTES
    ]
    assert sorted(path.parent for path in large) == [folder, folder]


def test_a_machine_set_to_offline_is_told_so(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE forbids"):
        trial.run()
    assert trial.hub.requests == []


def test_without_a_network_one_plain_sentence_is_said(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system calls it says nothing to anybody: "[Errno -2] Name or service not known"."""

    def fail(*_: object, **__: object) -> None:
        raise httpx2.ConnectError("[Errno -2] Name or service not known")

    monkeypatch.setattr("engine.hub.transfer.HfApi.model_info", fail)
    with pytest.raises(HubError) as caught:
        trial.run()
    said = str(caught.value)
    assert said.endswith(
        " cannot be reached. Try again when the network is back; what has come is kept."
    )
    assert "Errno" not in said
