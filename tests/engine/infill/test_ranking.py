"""Scores of candidates: the causal likelihood, the syntax."""

import pytest
import torch
from torch.nn import functional as F

from engine.infill.ranking import FOLLOWING, OWN_WEIGHT, Likelihood, likelihoods
from engine.model import KVCache, ModelConfig
from engine.region.syntax import is_python, new_errors
from tests.tiny import config_json, random_model

CONFIG = ModelConfig.from_json(config_json())
MODEL = random_model(CONFIG)


@torch.inference_mode()
def test_the_score_is_the_mean_log_likelihood_of_candidate_and_following_text() -> None:
    context, following = [5, 6, 7], [40, 41]
    cache = KVCache(CONFIG)
    MODEL.encode(torch.tensor([context[:-1]]), cache)
    candidates = [[10, 11, 12], [13]]
    found = likelihoods(MODEL, cache, context[-1], candidates, following)
    for ids, one in zip(candidates, found, strict=True):
        whole = torch.tensor([[*context, *ids, *following]])
        logits = MODEL.logits(MODEL.encode(whole, KVCache(CONFIG))[0])
        losses = F.cross_entropy(logits[2:-1], whole[0, 3:], reduction="none")
        assert one.mean == pytest.approx(-losses.mean().item(), rel=1e-4)
        assert one.own == pytest.approx((-losses[: len(ids)]).tolist(), rel=1e-4)
        assert one.following == pytest.approx((-losses[len(ids) :]).tolist(), rel=1e-4)
        together = sum(one.following) + OWN_WEIGHT * sum(one.own)
        assert one.fit == pytest.approx(together / FOLLOWING)
    assert cache.length == 2


@torch.inference_mode()
def test_all_candidates_are_judged_together_in_bounded_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows: list[int] = []
    plain = MODEL.logits

    def counted(hidden: torch.Tensor) -> torch.Tensor:
        rows.append(len(hidden))
        return plain(hidden)

    monkeypatch.setattr(MODEL, "logits", counted)
    candidates, following = [[10, 11, 12], [], [13]], [40, 41]
    together = likelihoods(MODEL, KVCache(CONFIG), None, candidates, following)
    monkeypatch.setattr("engine.infill.ranking._AT_ONCE", 3)
    in_pieces = likelihoods(MODEL, KVCache(CONFIG), None, candidates, following)
    # Without a context the first token is free: 4 + 1 + 2 are judged, of which 2 + 0 + 0 are own.
    assert rows == [7, 3, 3, 1]
    for found in (together, in_pieces):
        assert [(len(one.own), len(one.following)) for one in found] == [(2, 2), (0, 1), (0, 2)]
    for one, other in zip(together, in_pieces, strict=True):
        assert one.mean == pytest.approx(other.mean, rel=1e-5)


@torch.inference_mode()
def test_no_row_is_read_that_nothing_is_asked_of(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[int]] = []
    plain = MODEL.encode

    def noted(ids: torch.Tensor, cache: KVCache) -> torch.Tensor:
        read.extend(ids.tolist())
        return plain(ids, cache)

    monkeypatch.setattr(MODEL, "encode", noted)
    likelihoods(MODEL, KVCache(CONFIG), 7, [[10, 11], [12]], [40, 41])
    assert read == [[7, 10, 11, 40], [7, 12, 40, 41]]  # the shorter one has padding behind


@torch.inference_mode()
def test_nothing_to_judge_scores_nothing() -> None:
    nothing = Likelihood((), ())
    assert likelihoods(MODEL, KVCache(CONFIG), None, [[9]], []) == [nothing]
    assert nothing.mean == nothing.fit == 0


def test_where_nothing_follows_a_longer_candidate_is_not_worse_for_its_length() -> None:
    assert Likelihood((-1.0,), ()).fit == Likelihood((-1.0, -1.0, -1.0), ()).fit


@pytest.mark.parametrize(
    ("before", "region", "text", "after", "language", "errors"),
    [
        ("x = ", "1", "2", "\n", "python", 0),
        ("x = ", "1", "(", "\n", "python", 1),
        ("x = ", "(", "1", "\n", "python", -1),
        ("int main() { return ", "0", "0", "; }", "c", 0),
        ("int main() { return ", "0", "}}(", "; }", "c", 1),
        # In a block of Markdown: the prose around it is no program, and hides nothing.
        ("It's so:\n\n```python\nx = ", "1", "2", "\n```\n\nIt is (\n", "python", 0),
        ("It's so:\n\n```python\nx = ", "1", "(", "\n```\n\nIt is )\n", "python", 1),
        ("(\n```python\nx = ", "(", "1", "\n```\nend", "python", -1),
        # A fence in a docstring, of shell lines or of no language, is a part of the program.
        (
            'def f():\n    """Run.\n\n    ```\n    $ ',
            "a b",
            "a (b",
            ' c\n    ```\n    """\n',
            "python",
            0,
        ),
        (
            'def f():\n    """Run.\n\n    ```sh\n    $ ',
            "a",
            "a )",
            ' c\n    ```\n    """\n',
            "python",
            0,
        ),
        ("It (is:\n\n```py\nx = ", "1", "2", "\n```\n", "python", 0),
        ("words ", "a", "b", " more", "", None),
        ("words ", "a", "b", " more", "no such language", None),
    ],
)
def test_syntax(before, region, text, after, language, errors) -> None:
    found = new_errors(before, region, text, after, language)
    sign = found if found is None else (found > 0) - (found < 0)
    assert sign == errors


def test_a_window_of_python_is_judged_by_its_error_nodes() -> None:
    """Cut out of a file, neither the old nor the new text is a program."""
    before, after = "        return a\n    def f(self):\n        return ", "\n\n    def g("
    assert not is_python(before + "b" + after)
    assert new_errors(before, "b", "c", after, "python") == 0
    assert new_errors(before, "b", "c ) (", after, "python") > 0


def test_source_that_breaks_the_parser_is_only_no_python() -> None:
    assert not is_python("x = \0")
    assert not is_python("(" * 5000)
    assert is_python("x = '\\d'")
