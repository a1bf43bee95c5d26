"""The parts of the adapter's recipe: canvases, the network, figures, the judging of rewrites."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.checkpoints.gguf_llama import LlamaFile
from engine.loaders.llama_checkpoint import load_llama
from engine.model import KVCache
from engine.teach.denoising import Denoiser
from engine.teach.network import Network, Shape, windows
from tests.tiny_llama import HIDDEN, write_base, write_folder

PACKAGING = Path(__file__).parents[2] / "packaging"
CANVAS, CONTEXT = 24, 16
SCALE = 2.0


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the recipes' scripts be imported, as each of them imports the others."""
    for folder in ("model", "adapter"):
        monkeypatch.syspath_prepend(str(PACKAGING / folder))


@pytest.fixture
def spans(tmp_path: Path):
    """Canvases over tokens that count up: prose from 0, code from 1000."""
    from settings import read_settings
    from spans import Spans

    for kind, first in (("prose", 0), ("code", 1000)):
        np.save(tmp_path / f"train_{kind}.npy", np.arange(first, first + 500, dtype=np.uint16))
    return Spans(tmp_path, "train", read_settings('{"length": 320, "canvases": 40}'))


def test_sequences_are_prose_and_code_in_turns(spans) -> None:
    rows = spans.sequences(0, 4)
    assert rows.shape == (4, 320)
    assert (rows[:, 0] >= 1000).tolist() == [False, True, False, True]
    assert (rows.diff(dim=1) == 1).all()


def test_the_same_number_draws_the_same_canvases(spans) -> None:
    one, again, other = (spans.canvases(number, 2) for number in (5, 5, 6))
    assert torch.equal(one.free, again.free)
    assert torch.equal(one.starts, again.starts)
    assert not torch.equal(one.free, other.free)


def test_canvases_lie_behind_their_window_and_inside_their_sequence(spans) -> None:
    for number in range(5):
        drawn = spans.canvases(number, 2)
        assert drawn.window in spans.settings.windows
        assert int(drawn.starts.min()) >= drawn.window
        assert int(drawn.starts.max()) + 1 + spans.settings.canvas <= 320
        assert drawn.sequence.tolist() == [0] * 40 + [1] * 40


def test_every_row_of_a_gap_weighs_by_the_gaps_length(spans) -> None:
    drawn = spans.canvases(1, 2)
    assert drawn.free.any(1).all()
    assert (drawn.weights > 0).equal(drawn.free)
    found = {round(float(weight) ** -2) for weight in drawn.weights[drawn.free]}
    assert found <= set(range(1, 65))  # length ** -0.5
    row = drawn.weights[0]
    first = int(drawn.free[0].nonzero()[0])
    length = round(float(row[first]) ** -2)
    assert drawn.free[0, first : first + length].all()


def test_windows_are_the_rows_before_each_canvas() -> None:
    rows = torch.arange(2 * 10.0).view(2, 1, 10, 1)
    ((keys, values),) = windows(
        [(rows, -rows)], torch.tensor([0, 1, 1]), torch.tensor([3, 3, 9]), 2
    )
    assert keys[:, 0, :, 0].tolist() == [[1, 2], [11, 12], [17, 18]]
    assert values[2, 0, :, 0].tolist() == [-17, -18]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base; its tokenizer is not asked."""
    path = tmp_path_factory.mktemp("base") / "tiny.gguf"
    write_base(path, ["a few words are enough here"])
    return path


def test_the_training_takes_its_sizes_from_the_file(base: Path) -> None:
    found = Shape.of(LlamaFile(base).config())
    assert (found.layers, found.hidden, found.inner) == (2, 32, 48)
    assert (found.heads, found.kv_heads, found.head) == (4, 2, 8)
    assert (found.theta, found.eps) == (10_000.0, pytest.approx(1e-5))


@torch.inference_mode()
def test_the_training_network_denoises_as_the_engine_does(base: Path, tmp_path: Path) -> None:
    from adapter import Adapter
    from export_adapter import as_published
    from settings import read_settings

    file, settings = LlamaFile(base), read_settings(f'{{"rank": 4, "scale": {SCALE}}}')
    network = Network(
        dict(file.weights()), Shape.of(file.config()), torch.device("cpu"), compiles=False
    )
    torch.manual_seed(1)
    adapter = Adapter(network.shape, settings)
    for name, tensor in adapter.state_dict().items():
        # Fresh, it changes nothing.
        if name == "free" or name.endswith("_b"):
            tensor.normal_(std=0.1)
    write_folder(tmp_path, base, CANVAS)
    published = as_published({f"x.{k}": v for k, v in adapter.state_dict().items()}, "x.")
    save_file(published, tmp_path / "adapter.safetensors", {"scale": str(SCALE)})
    ids = torch.randint(3, 200, (1, CONTEXT + CANVAS))
    free = torch.rand(1, CANVAS) < 0.4
    told = 0.1 * torch.randn(1, CANVAS, HIDDEN).bfloat16()

    _, cache = network.encode(ids)
    start = torch.tensor([CONTEXT - 1])
    past = windows(cache, torch.tensor([0]), start, CONTEXT - 1)
    own = Denoiser(network, adapter.change(), settings)
    hidden = own.hidden(ids[:, CONTEXT - 1 :], free, told, past, start)
    bare = Denoiser(network, Adapter(network.shape, settings).change(), settings)
    unchanged = bare.hidden(ids[:, CONTEXT - 1 :], free, told, past, start)

    def by_the_engine(dtype: torch.dtype) -> torch.Tensor:
        _, engine = load_llama(tmp_path, dtype=dtype)
        context = KVCache(engine.config)
        engine.encode(ids[:, :CONTEXT], context)
        return engine.denoise(ids[:, CONTEXT:], told, context, free).float()

    found, exact = by_the_engine(torch.bfloat16), by_the_engine(torch.float32)
    others = [hidden, unchanged, exact]
    error, change, rounding = (((o - found).norm() / found.norm()).item() for o in others)
    # Both round to bfloat16, at other places: one is as far from the exact result as the other.
    assert error < 2 * rounding < 3e-2
    assert change > 0.2


def test_intervals_of_shares_are_wilsons() -> None:
    from engine.measure.intervals import share

    # Wilson (1927): 8 of 10 gives .49 to .94, 0 of 10 gives 0 to .28.
    assert share("x", [True] * 8 + [False] * 2) == {"x": 0.8, "x_95": [0.49, 0.943]}
    assert share("x", [False] * 10)["x_95"] == [0.0, 0.278]


def test_times_compares_task_by_task() -> None:
    from engine.measure.intervals import mean, times

    assert times("x", [1, 1, 1, 0], [1, 1, 1, 0]) == {"x": 1.0, "x_95": [1.0, 1.0]}
    assert times("x", [1, 1, 1, 1] * 20, [1, 0, 1, 0] * 20)["x"] == 2.0
    assert times("x", [1, 1], [0, 0]) == {}
    assert mean("x", [0.5] * 9) == {"x": 0.5, "x_95": [0.5, 0.5]}


def test_names_are_capitals_inside_a_sentence() -> None:
    from rewriting import names_in, numbers_in

    text = "Hi Marta, I met Mr. Okafor's son. He said: “Never.” Then we left for Ghent at 6:52."
    assert names_in(text) == {"marta", "okafor", "ghent"}
    assert numbers_in(text + " It cost 2,300 in 1912.") == {"6:52", "2,300", "1912"}


def test_the_passages_are_what_the_figures_speak_of() -> None:
    from rewriting import names_in, numbers_in, read_passages

    instructions, passages = read_passages()
    assert len(instructions) == 6
    assert len(set(passages)) == 60
    assert all(20 <= len(passage.split()) <= 90 for passage in passages)
    assert sum(bool(names_in(one) and numbers_in(one)) for one in passages) >= 40


@pytest.mark.parametrize(
    ("instruction", "words", "right"),
    [
        ("shorter", 9, True),
        ("shorter", 10, False),
        ("shorter", 0, False),
        ("longer", 11, True),
        ("longer", 10, False),
        ("simpler", 5, True),
        ("simpler", 15, True),
        ("simpler", 4, False),
        ("simpler", 16, False),
    ],
)
def test_length_moves_the_right_way(instruction: str, words: int, right: bool) -> None:
    from rewriting import Rewrite

    passage, text = " ".join("abcdefghij"), " ".join("x" * words)
    assert Rewrite(instruction, passage, text).is_right_length == right


def test_a_name_is_kept_in_any_case_and_a_small_number_in_a_word() -> None:
    from rewriting import Rewrite

    passage = "When Ilse came, 3 spoons from Riga were gone, 40 in all."
    rewrite = Rewrite("shorter", passage, "Three spoons were gone when ILSE's aunt came.")
    assert rewrite.wanted == {"ilse", "riga", "3", "40"}
    assert rewrite.kept == {"ilse", "3"}


@pytest.mark.parametrize(
    ("instruction", "text", "talks"),
    [
        ("simpler", "The lamp is green.", False),
        ("simpler", "Here is a simpler version: The lamp is green.", True),
        ("simpler", "Sure! The lamp is green.", True),
        ("simpler", "Rewritten text: The lamp is green.", True),
        ("simpler", "The shorter lamp is green.", False),
        ("simpler", "I'm sorry for the confusion. The lamp is green.", True),
        ("simpler", "As an AI assistant, I like the lamp.", True),
        ("simpler", "“The lamp is green.”", True),
        ("simpler", "The lamp is green.\n\nIt stands there.", True),
        ("longer", "The lamp is green.\n\nIt stands there.", False),
        ("longer", "The lamp is green.\n\nI made it longer.", True),
        ("longer", "The lamp is green.\n\nThis version adds detail.", True),
    ],
)
def test_talk_around_the_text_is_found(instruction: str, text: str, talks: bool) -> None:
    from rewriting import Rewrite

    assert Rewrite(instruction, "A green lamp is what stands there.", text).talks == talks


def test_what_the_passage_says_itself_is_no_talk() -> None:
    from rewriting import Rewrite

    assert not Rewrite("shorter", "Sure, I can come on Friday.", "Sure, I can.").talks
    assert not Rewrite("shorter", '"No" was all she said, or "yes"', '"No" or "yes"').talks


def test_infilling_results_are_counted_by_task(tmp_path: Path) -> None:
    from humaneval import figures

    tasks = [
        {
            "task_id": f"SingleLineInfilling/HumanEval/{number}/L0",
            "prompt": "def f(x):\n",
            "suffix": "    return y\n",
            "canonical_solution": "    y = x + 1\n",
        }
        for number in range(5)
    ]
    texts = ["    y = x + 1\n", "    y = x\n", "    y = (x\n"]
    results = [{"id": t["task_id"], "text": text} for t, text in zip(tasks, texts, strict=False)]
    results.append({"id": tasks[3]["task_id"], "error": "there is not enough memory"})
    for name, rows in (("tasks", tasks), ("results", results)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = figures(tmp_path / "tasks", tmp_path / "results")
    assert (found["tasks"], found["exact"], found["parses"]) == (4, 0.25, 0.5)
