"""What is on disk is seen without any connection, and deleted without touching the rest."""

import json
from pathlib import Path

import pytest

from engine.hub import local
from engine.hub.source import HubError, Progress, Source, StoppedError
from engine.hub.verify import verify
from tests.engine.hub.trial import REPO, SHARD_BYTES, SOURCE, Trial

FIRST = "model-1-of-2.safetensors"
GGUF = Source(repo_id=REPO, patterns=("*Q4*.gguf",))


def ignore(progress: Progress) -> None:
    pass


def never() -> bool:
    return False


def test_an_empty_cache_holds_nothing(tmp_path: Path) -> None:
    found = local.look(tmp_path / "none", SOURCE)
    assert (found.folder, found.num_bytes, found.is_complete) == (None, 0, False)
    assert local.model_folders(tmp_path / "none") == {}


def test_a_stopped_download_is_seen_as_begun(trial: Trial) -> None:
    trial.stops_at = 400_000
    with pytest.raises(StoppedError):
        trial.run()
    found = local.look(trial.cache, SOURCE)
    assert not found.is_complete
    assert 0 < found.num_bytes < SHARD_BYTES


def test_a_lost_shard_makes_a_model_incomplete(trial: Trial) -> None:
    folder = trial.run()
    assert local.model_folders(trial.cache) == {REPO: folder}
    (folder / FIRST).unlink()
    assert not local.look(trial.cache, SOURCE).is_complete
    assert local.model_folders(trial.cache) == {}


def test_an_index_that_is_no_index_is_no_model(trial: Trial) -> None:
    folder = trial.run()
    (folder / local.INDEX).unlink()
    (folder / local.INDEX).write_text("[1]")
    assert local.missing_weights(folder) == (local.INDEX,)


def test_deleting_leaves_nothing_of_a_repository(trial: Trial) -> None:
    trial.run()
    local.delete(trial.cache, SOURCE)
    assert not (trial.cache / "models--some--model").exists()
    assert local.look(trial.cache, SOURCE).num_bytes == 0


def test_deleting_one_form_leaves_the_other_files_of_its_repository(trial: Trial) -> None:
    trial.hub.repos[REPO]["model-Q4_K_M.gguf"] = b"GGUF" * 1000
    trial.run()
    trial.run(source=GGUF)
    assert local.look(trial.cache, GGUF).is_complete
    local.delete(trial.cache, GGUF)
    assert not local.look(trial.cache, GGUF).is_complete
    assert local.look(trial.cache, SOURCE).is_complete


def test_what_cannot_be_deleted_is_named(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.run()

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(HubError, match=r"cannot be deleted \(Permission denied\)"):
        local.delete(trial.cache, SOURCE)


def test_a_whole_model_has_the_right_hashes(trial: Trial) -> None:
    verdict = verify(trial.run(), ignore, never)
    assert (verdict.num_checked, verdict.damaged, verdict.num_unknown) == (5, (), 0)


@pytest.mark.parametrize("name", [FIRST, "config.json"])
def test_one_changed_byte_is_found(trial: Trial, name: str) -> None:
    folder = trial.run()
    blob = (folder / name).resolve()
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(data)
    assert verify(folder, ignore, never).damaged == (name,)


def test_a_copy_without_links_has_no_hashes_to_compare_with(trial: Trial, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(trial.run(), tmp_path / "copy")
    verdict = verify(copy, ignore, never)
    assert (verdict.num_checked, verdict.num_unknown) == (0, 5)


def test_a_check_can_be_stopped(trial: Trial) -> None:
    folder = trial.run()
    with pytest.raises(StoppedError):
        verify(folder, ignore, lambda: True)


def test_a_folder_of_another_architecture_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"x")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    assert not local.is_model(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": local.MODEL_TYPE}))
    assert local.is_model(tmp_path)


def test_the_disk_of_a_cache_that_is_not_there_yet_is_its_parents(tmp_path: Path) -> None:
    assert local.free_bytes(tmp_path / "a" / "b") > 0
