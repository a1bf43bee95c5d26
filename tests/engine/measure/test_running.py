"""A measurement is carried out, stopped, killed and gone on with, and says what went wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine.adapters import CARD, WEIGHTS, Card, write_card
from engine.api import Mode
from engine.background import Control
from engine.commands import main
from engine.errors import BadRequestError
from engine.measure import running, store
from engine.measure.lines import Lines
from engine.measure.measurement import Asked, Measurement
from engine.measure.preparing import prepared
from engine.measure.report import markdown
from engine.measure.running import found_in, go_on
from engine.measure.store import (
    DONE,
    LINES,
    WORK,
    begun,
    delete,
    listed,
    measurements_folder,
    named,
    read_measurement,
    read_work,
    unfinished,
)
from engine.measure.subject import KEY, Subject, files_learned
from engine.texts.document import Document, Documents, Kind
from engine.texts.reading import read_documents
from tests.engine.remote.stand_in import StandIn
from tests.tiny import write_folder

ROOT = Path(__file__).resolve().parents[3]
STORY = (
    "The ferry left at six. Nobody waited on the pier, and the gulls had the bread. "
    "It was cold for May. A dog barked behind the harbour wall. The nets hung there to dry.\n"
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("model"))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(
            "".join(f"Day {number} of week {week}. {STORY}" for week in range(4))
        )
    return folder


@pytest.fixture
def asked(texts: Path, model: Path) -> Asked:
    two = (Subject(model=str(model)), Subject(model=str(model), mode=Mode.DIFFUSION))
    return Asked(places=(str(texts),), count=2, subjects=two, device="cpu")


def begin(asked: Asked) -> Path:
    return begun(prepared(asked, read_documents([Path(place) for place in asked.places])))


def without_times(measurement: Measurement) -> Measurement:
    outcomes = tuple(
        tuple(replace(one, first_ms=0.0, settled_ms=0.0) for one in subject)
        for subject in measurement.outcomes
    )
    seen = tuple(replace(one, peak_bytes=0) for one in measurement.subjects)
    return replace(measurement, outcomes=outcomes, subjects=seen, made="")


class StopsAfter:
    """Hears how far a run is, and stops it there."""

    def __init__(self, control: Control, count: int) -> None:
        self._control, self._count = control, count

    def __call__(self, what: Mapping[str, object]) -> None:
        if what["done"] == self._count:
            self._control.stop()


def test_every_subject_fills_every_gap_and_what_is_kept_is_read_again(asked: Asked) -> None:
    told = []
    folder = begin(asked)
    done = go_on(folder, Control(), told.append)
    assert done is not None
    assert [len(outcomes) for outcomes in done.outcomes] == [6, 6]  # 2 of 3 sorts
    assert [(one["done"], one["of"]) for one in told][-1] == (12, 12)
    assert [len(one.found) for one in done.examples] == [2] * 6
    assert done.subjects[0].name == "tiny"
    assert all(one.settled_ms >= one.first_ms > 0 for one in done.outcomes[0])
    assert read_measurement(folder) == done
    assert sorted(path.name for path in folder.iterdir()) == [DONE]  # its texts are gone


def test_what_was_stopped_goes_on_and_ends_the_same(asked: Asked) -> None:
    whole = go_on(begin(asked), Control())
    folder = begin(asked)
    for count in (4, 9):
        control = Control()
        assert go_on(folder, control, StopsAfter(control, count)) is None
        assert unfinished(asked) == folder
    done = go_on(folder, Control())
    assert unfinished(asked) is None
    assert whole is not None
    assert done is not None
    assert without_times(done) == without_times(whole)


def test_a_line_that_a_kill_has_cut_is_filled_again(asked: Asked) -> None:
    folder, control = begin(asked), Control()
    go_on(folder, control, StopsAfter(control, 5))
    lines = (folder / LINES).read_bytes().rstrip()
    (folder / LINES).write_bytes(lines[:-20])
    done = go_on(folder, Control())
    assert done is not None
    assert [len(outcomes) for outcomes in done.outcomes] == [6, 6]


def test_lines_that_are_none_of_ours_are_passed_over(asked: Asked) -> None:
    folder = begin(asked)
    (folder / LINES).write_text(
        '[]\n{"task": "a"}\n{"subject": 9, "task": "a"}\n{"seen": 3}\n"x"\n'
    )
    lines = Lines(folder, read_work(folder))
    assert (len(lines), lines.seen) == (0, {})


def test_what_was_measured_of_an_adapter_that_was_taught_anew_does_not_count(
    asked: Asked, model: Path, tmp_path: Path
) -> None:
    (weights := tmp_path / WEIGHTS).write_bytes(b"as it was")
    taught = Subject(model=str(model), adapter=str(tmp_path))
    folder = begin(replace(asked, subjects=(Subject(model=str(model)), taught)))
    lines = Lines(folder, read_work(folder))
    for number in range(2):
        for task in lines.tasks[:4]:
            lines.note({"subject": number, "task": task.key})
    assert [len(Lines(folder, read_work(folder)).left(number)) for number in range(2)] == [2, 2]
    weights.write_bytes(b"as it is")
    assert [len(Lines(folder, read_work(folder)).left(number)) for number in range(2)] == [2, 6]


def test_what_has_become_of_the_files_is_no_matter_to_a_run_at_work(
    asked: Asked, texts: Path
) -> None:
    folder = begin(asked)
    for path in texts.iterdir():
        path.unlink()
    assert go_on(folder, Control()) is not None


def test_a_subject_that_cannot_be_used_is_told_and_the_others_go_on(
    asked: Asked, tmp_path: Path
) -> None:
    broken = Subject(model=str(tmp_path / "nowhere"))
    done = go_on(begin(replace(asked, subjects=(broken, asked.subjects[0]))), Control())
    assert done is not None
    assert "nowhere" in done.subjects[0].failure
    assert [len(outcomes) for outcomes in done.outcomes] == [0, 6]
    assert {row.subject for row in done.rows} == {1}


def test_a_subject_that_fails_at_everything_is_given_up(asked: Asked) -> None:
    # A model of this kind takes no adapter with a request.
    taught = replace(asked.subjects[0], adapter="/nowhere/taught")
    done = go_on(begin(replace(asked, subjects=(taught,))), Control())
    assert done is not None
    assert "takes no adapter" in done.subjects[0].failure
    assert len(done.outcomes[0]) == 3
    assert all(one.failure and not one.judged.exact for one in done.outcomes[0])


def test_what_teaching_asks_is_counted_and_leaves_nothing(
    asked: Asked, texts: Path, tmp_path: Path
) -> None:
    documents, root = read_documents([texts]).documents, tmp_path / "training"
    own = replace(asked, places=())
    control = Control()
    assert found_in(documents, own, control, StopsAfter(control, 3), root=root) is None
    figures = found_in(documents, own, Control(), root=root)
    assert figures is not None
    assert {sort: one["tasks"] for sort, one in figures.items()} == {
        "word": 2,
        "line end": 2,
        "sentence": 2,
    }
    assert list(root.iterdir()) == []


def test_what_a_subject_was_taught_from_is_noted(
    asked: Asked, texts: Path, model: Path, tmp_path: Path
) -> None:
    taught = Path(shutil.copytree(model, tmp_path / "taught"))
    files = [texts / "0.txt", texts / "2.txt", tmp_path / "elsewhere.txt"]
    write_card(taught, Card(files={str(path): 100 for path in files}))
    (taught / "odd").mkdir()
    (taught / "odd" / CARD).write_text("{")
    both = (Subject(model=str(model)), Subject(model=str(taught)))
    done = go_on(begin(replace(asked, count=1, subjects=both)), Control())
    assert done is not None
    assert [one.taught_from for one in done.subjects] == [0, 2]
    everything = [str(path) for path in files]
    assert files_learned(Subject(model="m", adapter=str(taught)), everything) == 3
    assert files_learned(Subject(model=str(taught), server="http://a"), everything) == 0
    assert files_learned(Subject(model=str(taught / "odd")), everything) == 0


def test_no_text_of_a_file_is_kept_but_the_examples(asked: Asked, texts: Path) -> None:
    folder = begin(asked)
    go_on(folder, Control())
    kept = json.loads((folder / DONE).read_text())
    del kept["examples"]
    assert "ferry" not in json.dumps(kept)


def test_a_full_disk_is_told_and_what_was_done_stays(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begin(asked)

    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(BadRequestError, match=r"No space left.*it goes on where it was"):
            go_on(folder, Control())
    assert len(list(store.read_lines(folder))) == 14  # 12 gaps and what is known of two subjects
    monkeypatch.setattr(running, "_filled", None)  # nothing is filled anew
    assert go_on(folder, Control()) is not None


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": 99}', '{"version": 1}', "\xff"])
def test_a_damaged_measurement_is_told(asked: Asked, damage: str) -> None:
    folder = begin(asked)
    (folder / WORK).write_bytes(damage.encode("latin-1"))
    with pytest.raises(BadRequestError, match="Delete it and measure again"):
        go_on(folder, Control())
    assert unfinished(asked) is None
    delete(folder)
    assert listed() == []


def test_measurements_are_found_by_their_names(asked: Asked) -> None:
    first, second = begin(asked), begin(asked)
    assert first != second
    assert {one.name for one in listed()} == {first.name, second.name}
    assert named(second.name) == second
    with pytest.raises(BadRequestError, match="no measurement"):
        named("nothing")
    with pytest.raises(BadRequestError, match="several"):
        named("20")
    with pytest.raises(BadRequestError, match="nothing was deleted"):
        delete(measurements_folder().parent)


def test_the_command_measures_lists_shows_and_exports(
    texts: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.md"
    measure = ["measure", str(texts), "--tasks", "2", "--model", str(model), "--device", "cpu"]
    assert main([*measure, "--out", str(out)]) == 0
    assert "On these 3 texts tiny finds" in capsys.readouterr().out
    assert "| words | tiny |" in out.read_text()
    assert main(["measure", "--list"]) == 0
    name = capsys.readouterr().out.strip()
    assert main(["measure", "--show", name]) == 0
    assert capsys.readouterr().out.strip() == out.read_text().strip()
    assert main(["measure", "--show", name, name]) == 0
    assert "cannot be told from 6 gaps" in capsys.readouterr().out


def test_what_cannot_be_measured_is_told(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["measure", str(tmp_path / "nowhere")]) == 1
    assert "There is no folder or file" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["measure", str(tmp_path / "empty"), "--model", str(model)]) == 1
    assert "There is no text to measure on" in capsys.readouterr().err
    assert main(["measure"]) == 1
    assert "Name a folder" in capsys.readouterr().err
    assert main(["measure", str(tmp_path), "--model", str(tmp_path / "nowhere")]) == 1
    assert "--model: there is no folder" in capsys.readouterr().err
    assert main(["measure", str(tmp_path), "--out", str(tmp_path / "nowhere/a.md")]) == 1
    assert "--out: there is no folder" in capsys.readouterr().err
    assert listed() == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
def test_killed_again_and_again_it_comes_to_its_end(asked: Asked, texts: Path, model: Path) -> None:
    call = [
        *(sys.executable, "-m", "app.main", "measure", str(texts), "--tasks", "2", "--progress"),
        *("--model", str(model), "--device", "cpu", "--mode", "both", "--mode", "diffusion"),
    ]
    kills = 0
    for done in (1, 4, 8):
        process = subprocess.Popen(
            call,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["done"] >= done:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
        process.communicate()
    assert kills == 3
    assert unfinished(asked) is not None
    assert main([word for word in call[3:] if word != "--progress"]) == 0
    (kept,) = listed()
    assert [len(one) for one in read_measurement(kept.folder).outcomes] == [6, 6]


def test_a_report_takes_no_texts_place(
    texts: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["measure", str(texts), "--tasks", "1", "--model", str(model), "--device", "cpu"]
    link, before = tmp_path / "link.md", (texts / "1.txt").read_bytes()
    link.symlink_to(texts / "1.txt")
    for out in (texts / "1.txt", link):
        assert main([*words, "--out", str(out)]) == 1
        assert "is one of the texts" in capsys.readouterr().err
    assert (texts / "1.txt").read_bytes() == before
    assert main([*words, "--out", str(texts / "report.md")]) == 0
    assert (texts / "report.md").read_text().startswith("# Measured on")


def test_only_the_first_documents_of_a_text_are_kept(model: Path) -> None:
    one = Document(path="/a", name="a", text=STORY * 3, kind=Kind.PROSE)
    other = replace(one, path="/b", name="b")
    asked = Asked(places=(), count=3, subjects=(Subject(model=str(model)),))
    work = prepared(asked, Documents(documents=(one, other), left_out={}))
    assert [task.document for task in work.tasks] == [STORY * 3] * len(work.places)


def test_one_process_at_a_time_measures(asked: Asked) -> None:
    folder = begin(asked)
    with (
        store.held(folder),
        pytest.raises(BadRequestError, match="at work already"),
    ):
        go_on(folder, Control())
    with store.held(folder), pytest.raises(BadRequestError, match="at work already"):
        delete(folder)
    with pytest.raises(BadRequestError, match="nothing was deleted"):
        delete(folder.with_name("gone"))
    assert go_on(folder, Control()) is not None


def test_what_is_not_finished_is_not_shown_as_damaged(
    asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = begin(asked)
    assert main(["measure", "--show", folder.name]) == 1
    assert "is not finished. Go on with it first" in capsys.readouterr().err


def test_what_is_finished_is_not_taken_for_damaged(asked: Asked) -> None:
    folder = begin(asked)
    go_on(folder, Control())
    with pytest.raises(BadRequestError, match="is finished") as error:
        go_on(folder, Control())
    assert "Delete" not in str(error.value)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there, all names are text")
def test_names_that_are_no_text_are_measured_and_told(
    asked: Asked, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / os.fsdecode(b"caf\xe9")
    place.mkdir()
    source = max(texts.iterdir(), key=lambda path: path.stat().st_size)
    (place / os.fsdecode(b"\xff.txt")).write_text(source.read_text())
    root, odd = tmp_path / "store", replace(asked, places=(str(place),))
    work = prepared(odd, read_documents([place]))
    folder = begun(work, root)
    assert read_work(folder) == work
    assert unfinished(odd, root) == folder
    done = go_on(folder, Control())
    assert done == read_measurement(folder)
    assert list(done.about.files) == [f"{tmp_path}/caf\\xe9/\\xff.txt"]
    assert "\\xff.txt" in markdown(done)
    markdown(done).encode()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX systems")
def test_nobody_else_reads_the_texts_of_a_run_at_work(asked: Asked) -> None:
    assert begin(asked).stat().st_mode & 0o077 == 0


def test_reading_is_stopped_too(
    texts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Control, "is_stopped", property(lambda self: True))
    assert main(["measure", str(texts)]) == 3
    assert capsys.readouterr().err == "inlay: stopped\n"
    assert listed() == []


@pytest.fixture
def server() -> Iterator[StandIn]:
    made = StandIn()
    yield made
    made.close()


def test_a_server_is_measured_with_a_key_that_is_kept_nowhere(
    asked: Asked, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.does.key, server.does.takes_canvas, server.does.text = "hush", False, "ferry"
    monkeypatch.setenv(KEY, "hush")
    served = Subject(server=server.address, model="toy-diffusion")
    folder = begin(replace(asked, subjects=(served,)))
    done = go_on(folder, Control())
    assert done is not None
    assert done.subjects[0].failure == ""
    assert done.subjects[0].name == "toy-diffusion"
    assert len(done.outcomes[0]) == 6
    assert {text for one in done.examples for text in one.found} <= {"ferry", " ferry", "ferry "}
    assert all("hush" not in path.read_text() for path in folder.iterdir())


def test_a_server_that_goes_away_ends_its_part_and_no_more(asked: Asked, server: StandIn) -> None:
    server.does.takes_canvas, server.does.only_after, server.does.status = False, 3, 503
    served = Subject(server=server.address, model="toy-diffusion")
    done = go_on(begin(replace(asked, subjects=(served, asked.subjects[0]))), Control())
    assert done is not None
    assert done.subjects[0].failure
    assert len(done.outcomes[0]) < 6
    assert not any(one.failure for one in done.outcomes[0])
    assert len(done.outcomes[1]) == 6
