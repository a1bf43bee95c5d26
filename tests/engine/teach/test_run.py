"""From a folder to an adapter: what is asked, interrupted, killed, damaged, refused."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from safetensors.torch import load_file

from engine.adapters import (
    ASKED,
    CARD,
    CONFIG,
    TRAINING,
    WEIGHTS,
    Card,
    Condition,
    described,
    find_adapter,
    list_adapters,
    read_card,
    rename_adapter,
)
from engine.background import STOPPED, Control
from engine.commands import main
from engine.errors import BadRequestError, EngineError, StoppedError
from engine.teach import pupil
from engine.teach.asked import Teaching, asked_before
from engine.teach.checkpoint import FILE
from engine.teach.run import helps, teach
from engine.teach.small import SmallStudent
from tests.tiny_student import DRAWING, RANK, write_model, write_texts

ROOT = Path(__file__).parents[3]
KILLS = 20


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "texts")


@pytest.fixture(autouse=True)
def small_canvases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny student, by the one way there is to a student."""

    def tiny(folder: Path, device: object, *, seed: int) -> SmallStudent:
        return SmallStudent(folder, device, seed=seed, rank=RANK, drawing=DRAWING)

    monkeypatch.setattr(pupil, "SmallStudent", tiny)


def asked(model: Path, texts: Path, **other: object) -> Teaching:
    wanted = Teaching(name="mine", places=(str(texts),), steps=6, seed=3, model=str(model), gaps=0)
    return replace(wanted, **other)


def taught(wanted: Teaching, root: Path, control: Control | None = None) -> tuple[Card, list[dict]]:
    said: list[dict] = []
    return teach(wanted, control or Control(), said.append, root=root), said


class StopsAt(Control):
    """Stops when so many steps are done."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def wait_while_paused(self) -> bool:
        self.left -= 1
        if self.left < 0:
            self.stop()
        return super().wait_while_paused()


def test_what_comes_of_it_is_an_adapter_and_a_card_without_any_text(model, texts, tmp_path) -> None:
    card, said = taught(asked(model, texts), tmp_path / "store")
    folder = tmp_path / "store" / "mine"
    assert sorted(path.name for path in folder.iterdir()) == sorted([WEIGHTS, CONFIG, CARD])
    assert read_card(folder) == card
    assert card.steps == 6
    assert card.files == {str(path): len(path.read_text()) for path in sorted(texts.glob("*.md"))}
    assert card.loss_before is not None
    assert card.base == "Tiny"
    assert "lamp" not in (folder / CARD).read_text()
    assert [one["stage"] for one in said if "stage" in one] == ["reading", "training"]
    assert [one["step"] for one in said if "step" in one] == list(range(7))


def test_what_is_kept_apart_is_measured_before_and_after(model, texts, tmp_path) -> None:
    card, said = taught(asked(model, texts, gaps=2), tmp_path / "store")
    stages = [one["stage"] for one in said if "stage" in one]
    assert stages == ["reading", "measuring before", "training", "measuring after"]
    assert card.measured_before.keys() == card.measured_after.keys() != set()
    assert all(0 <= one["found"] <= one["tasks"] for one in card.measured_after.values())
    assert list_adapters(tmp_path / "store")[0].condition is Condition.READY


def test_a_short_text_is_not_learned_by_heart_however_long_there_is_time(
    model, texts, tmp_path
) -> None:
    card, _ = taught(asked(model, texts, steps=0, minutes=1440.0), tmp_path / "store")
    # Twice some ten of the twelve files, which have 540 words and 60 full stops each.
    assert 2 * 9 * 600 < card.steps * card.sequences * DRAWING.length < 2 * 11 * 800


def test_stopped_it_keeps_the_best_and_goes_on(model, texts, tmp_path) -> None:
    whole, _ = taught(asked(model, texts), tmp_path / "whole")
    root = tmp_path / "store"
    with pytest.raises(StoppedError, match="go on"):
        taught(asked(model, texts), root, StopsAt(0))
    assert described(root / "mine").condition is Condition.UNFINISHED
    part, _ = taught(asked_before("mine", root), root, StopsAt(4))
    assert part.steps == 4
    assert described(root / "mine").condition is Condition.READY
    assert described(root / "mine").goes_on
    last, _ = taught(asked_before("mine", root), root)
    assert not described(root / "mine").goes_on
    assert equal(root / "mine", tmp_path / "whole" / "mine")
    assert last.loss_after == whole.loss_after


def test_stopped_before_it_learns_it_ends_at_once(model, texts, tmp_path) -> None:
    control, said = Control(), []

    def tell(what: dict) -> None:
        said.append(what)
        if what.get("stage") == "measuring before":
            control.stop()

    with pytest.raises(StoppedError, match="go on"):
        teach(asked(model, texts, gaps=2), control, tell, root=tmp_path)
    assert [one["stage"] for one in said if "stage" in one] == ["reading", "measuring before"]
    assert described(tmp_path / "mine").condition is Condition.UNFINISHED


def test_before_its_first_step_it_takes_another_length(model, texts, tmp_path) -> None:
    with pytest.raises(StoppedError):
        taught(asked(model, texts), tmp_path, StopsAt(0))
    card, _ = taught(asked(model, texts, steps=2), tmp_path)
    assert card.steps == 2


def test_renamed_it_goes_on_under_its_new_name(model, texts, tmp_path) -> None:
    root = tmp_path / "store"
    taught(asked(model, texts), root, StopsAt(4))
    rename_adapter("mine", "yours", root)
    card, _ = taught(asked_before("yours", root), root)
    assert card.steps == 6
    assert [one.name for one in list_adapters(root)] == ["yours"]


def equal(one: Path, other: Path) -> bool:
    return (one / WEIGHTS).read_bytes() == (other / WEIGHTS).read_bytes()


def test_there_is_one_of_a_name_and_one_training_of_it(model, texts, tmp_path) -> None:
    root = tmp_path / "store"
    (root / "mine" / TRAINING).mkdir(parents=True)
    with FileLock(root / "mine" / TRAINING / "lock"), pytest.raises(BadRequestError, match="now"):
        taught(asked(model, texts), root)
    taught(asked(model, texts), root)
    with pytest.raises(BadRequestError, match="already"):
        taught(asked(model, texts), root)


def test_it_goes_on_with_the_texts_it_was_begun_with_whatever_is_written_meanwhile(
    model, texts, tmp_path
) -> None:
    root = tmp_path / "store"
    taught(asked(model, texts), tmp_path / "whole")
    taught(asked(model, texts), root, StopsAt(3))
    (texts / "00.md").write_text("Something else stands here now. " * 60)
    (texts / "01.md").unlink()
    taught(asked_before("mine", root), root)
    assert equal(root / "mine", tmp_path / "whole" / "mine")
    assert not (root / "mine" / TRAINING).exists()  # nor the texts


def test_what_is_asked_otherwise_does_not_go_on_with_a_training(model, texts, tmp_path) -> None:
    root, others = tmp_path / "store", tmp_path / "others"
    taught(asked(model, texts), root, StopsAt(3))
    kept = (root / "mine" / TRAINING / FILE).read_bytes()
    shutil.copytree(texts, others)
    (others / "00.md").write_text("Something else stands here. " * 60)
    with pytest.raises(BadRequestError, match="choose another name"):
        taught(asked(model, others), root)
    with pytest.raises(BadRequestError, match="for 6 steps was left off"):
        taught(asked(model, texts, steps=9), root)
    assert (root / "mine" / TRAINING / FILE).read_bytes() == kept


def test_too_little_text_leaves_nothing_behind(model, tmp_path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    (few / "a.md").write_text("Only a line.\n")
    with pytest.raises(BadRequestError, match="too little text"):
        taught(asked(model, few), tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_what_was_asked_damaged_says_so(model, texts, tmp_path) -> None:
    with pytest.raises(BadRequestError, match="Name folders"):
        asked_before("mine", tmp_path)
    taught(asked(model, texts), tmp_path, StopsAt(3))
    (tmp_path / "mine" / TRAINING / ASKED).write_text("{")
    with pytest.raises(BadRequestError, match="damaged"):
        asked_before("mine", tmp_path)


def test_an_adapter_helps_if_the_loss_falls_and_no_less_is_found() -> None:
    few, many = {"word": {"found": 3, "tasks": 9}}, {"word": {"found": 4, "tasks": 9}}
    assert helps(2.0, 1.9, {}, {})
    assert not helps(2.0, 1.995, {}, {})  # a quarter of a per cent
    assert not helps(2.0, 2.1, few, many)
    assert helps(2.0, 1.9, few, few)
    assert not helps(2.0, 1.9, many, few)
    like, unlike = ({"word": {"found": 3, "tasks": 9, "similarity": one}} for one in (0.6, 0.5))
    assert helps(2.0, 1.9, unlike, like)
    assert not helps(2.0, 1.9, like, unlike)
    assert helps(2.0, 1.9, like, {"word": {"found": 4, "tasks": 9, "similarity": 0.5}})


def test_a_training_goes_on_under_the_name_it_has_now(model, texts, tmp_path) -> None:
    root = tmp_path / "store"
    taught(asked(model, texts), root, StopsAt(3))
    rename_adapter("mine", "yours", root)
    card, said = taught(asked_before("yours", root), root)
    assert card.steps == 6
    assert min(one["step"] for one in said if "step" in one) == 3
    assert [one.name for one in list_adapters(root)] == ["yours"]


def test_before_and_after_are_of_the_same_gaps(model, texts, tmp_path) -> None:
    taught(asked(model, texts, gaps=2), tmp_path, StopsAt(9))
    card, said = taught(asked(model, texts, gaps=3), tmp_path)
    assert "measuring before" in [one.get("stage") for one in said]
    tasks = [{name: one["tasks"] for name, one in found.items()} for found in both(card)]
    assert tasks[0] == tasks[1]
    assert set(tasks[0].values()) == {3}


def both(card: Card) -> tuple[dict, dict]:
    return card.measured_before, card.measured_after


def test_texts_too_short_for_gaps_are_learned_all_the_same(model, tmp_path) -> None:
    folder = write_texts(tmp_path / "texts")
    for path in folder.iterdir():
        path.write_text(path.read_text()[-200:])
    card, _ = taught(asked(model, folder, gaps=2), tmp_path / "store")
    assert card.steps == 6
    assert both(card) == ({}, {})


def test_what_is_left_of_a_training_lets_no_other_take_its_place(model, texts, tmp_path) -> None:
    taught(asked(model, texts), tmp_path)
    made = (tmp_path / "mine" / WEIGHTS).read_bytes()
    # As where a file that is open cannot be deleted.
    (tmp_path / "mine" / TRAINING).mkdir()
    (tmp_path / "mine" / TRAINING / "lock").touch()
    with pytest.raises(BadRequestError, match="already"):
        taught(asked(model, texts, seed=4), tmp_path)
    assert (tmp_path / "mine" / WEIGHTS).read_bytes() == made


SCRIPT = """
import sys
import torch
from pathlib import Path
from engine.background import Control
from engine.teach import pupil, trainer
from engine.teach.asked import Teaching
from engine.teach.run import teach
from engine.teach.small import SmallStudent
from tests.tiny_student import DRAWING, RANK

torch.set_num_threads(1)
pupil.SmallStudent = lambda folder, device, *, seed: SmallStudent(
    folder, device, seed=seed, rank=RANK, drawing=DRAWING
)
trainer.SAVE_SECONDS = 0.0
model, texts, root = sys.argv[1:]
asked = Teaching(name="mine", places=(texts,), steps=40, seed=3, model=model, gaps=0)
teach(asked, Control(), lambda what: print(what.get("step", -1), flush=True), root=Path(root))
"""


@pytest.mark.slow
def test_killed_twenty_times_it_ends_as_if_it_had_not_been(model, texts, tmp_path) -> None:
    """Each time while it works, and most times while it writes, which it does after each step."""
    run = [sys.executable, "-c", SCRIPT, str(model), str(texts)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([*run, tmp_path / "whole"], env=environment, check=True, capture_output=True)
    rng, killed = random.Random(1), 0
    while killed < KILLS:
        with subprocess.Popen(
            [*run, tmp_path / "store"], env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            seen = [line for _, line in zip(range(3), process.stdout, strict=False)]
            assert len(seen) == 3, "it is done before it was killed often enough"
            time.sleep(rng.random() * 0.05)
            process.send_signal(signal.SIGKILL)
        killed += 1
        found = described(tmp_path / "store" / "mine")
        assert found.condition is Condition.UNFINISHED
    subprocess.run([*run, tmp_path / "store"], env=environment, check=True, capture_output=True)
    assert equal(tmp_path / "store" / "mine", tmp_path / "whole" / "mine")
    cards = [read_card(tmp_path / name / "mine") for name in ("store", "whole")]
    assert cards[0] is not None
    assert cards[1] is not None
    assert cards[0].loss_after == cards[1].loss_after


def test_the_command_teaches_and_fill_uses_it(model, texts, tmp_path, capsys) -> None:
    asked_for = ["--model", str(model), "--device", "cpu"]
    teaching = ["teach", str(texts), "--out", "My Words", "--steps", "20", "--gaps", "1"]
    assert main([*teaching, *asked_for]) == 0
    told = capsys.readouterr()
    assert "measuring before …" in told.err
    assert "step 20 of 20" in told.err
    assert "found before" in told.out
    (tmp_path / "in.jsonl").write_text(json.dumps({"before": "The red ", "after": " stands."}))
    files = ["--jsonl", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl")]
    assert main(["fill", *files, *asked_for, "--adapter", "My Words"]) == 0
    assert "text" in json.loads((tmp_path / "out.jsonl").read_text())
    assert main([*teaching, *asked_for]) == 1
    assert "already" in capsys.readouterr().err
    (tmp_path / "none").mkdir()
    nothing = ["teach", str(tmp_path / "none"), *teaching[2:]]
    assert main([*nothing, *asked_for, "--anew"]) == 1
    assert "too little text" in capsys.readouterr().err
    assert find_adapter("My Words")  # what there was is not lost for nothing
    assert main([*teaching, *asked_for, "--anew", "--steps", "1"]) == 0
    assert main(["fill", *files, *asked_for, "--adapter", "Yours"]) == 1
    said = capsys.readouterr().err
    assert "Yours is not there" in said
    assert "My Words" in said


def test_the_command_says_that_it_was_stopped_and_goes_on(
    model, texts, tmp_path, monkeypatch, capsys
) -> None:
    words = ["teach", str(texts), "--out", "stops", "--steps", "6", "--gaps", "0"]
    words += ["--model", str(model), "--device", "cpu"]
    with monkeypatch.context() as patch:
        patch.setattr("engine.teach.command.Control", lambda: StopsAt(0))
        assert main(words) == STOPPED
        assert "before anything was learned" in capsys.readouterr().err
        patch.setattr("engine.teach.command.Control", lambda: StopsAt(4))
        assert main(words) == STOPPED
        assert "stopped; the same command goes on" in capsys.readouterr().err
    assert main(words) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "../up"], "cannot be the name"),
        (["--out", "x", "--minutes", "0"], "--minutes"),
        (["--out", "x", "--steps", "-1"], "--steps"),
    ],
)
def test_the_command_refuses_what_cannot_be(texts, capsys, options, said) -> None:
    assert main(["teach", str(texts), *options]) == 1
    assert said in capsys.readouterr().err


def test_a_disk_that_is_full_at_the_end_loses_nothing(model, texts, tmp_path, monkeypatch) -> None:
    from engine.teach import training

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(training, "save_file", full)
        with pytest.raises(OSError, match="Make room"):
            taught(asked(model, texts), tmp_path)
    assert described(tmp_path / "mine").condition is Condition.UNFINISHED
    card, said = taught(asked(model, texts), tmp_path)
    assert card.steps == 6
    assert [one["step"] for one in said if "step" in one] == [6]
    assert load_file(tmp_path / "mine" / WEIGHTS)


def test_a_model_that_is_damaged_is_told(texts, tmp_path) -> None:
    folder = write_model(tmp_path / "model")
    (folder / "adapter.safetensors").write_bytes(b"nothing")
    with pytest.raises(EngineError, match=r"adapter\.safetensors"):
        taught(asked(folder, texts), tmp_path / "store")
