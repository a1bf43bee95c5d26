"""Other words for a place: whole ones, from a table of probabilities worked out by hand."""

from types import SimpleNamespace

import pytest
import torch

from engine.api import Changes, SlotChoice
from engine.denoise_step import CanvasState, Clamp
from engine.infill.frame import Frame, Words
from engine.infill.hypothesis import Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.steering import Steering
from engine.infill.words import find_words

TOKENS = ["", " la", "mp", "rge", " cat", " so", "fa", ".", " lam", "p", "the"]
FILLER, LA, MP, RGE, CAT, SO, FA, DOT, LAM, P, THE = range(len(TOKENS))
# Behind each token; what is not said is as good as impossible.
BEHIND = {
    THE: {LA: 0.4, CAT: 0.2, SO: 0.1, LAM: 0.1, MP: 0.1, DOT: 0.1},
    LA: {MP: 0.5, RGE: 0.3, CAT: 0.2},
    CAT: {FILLER: 0.9, DOT: 0.1},
    SO: {CAT: 0.4, FA: 0.6},
    LAM: {P: 0.8, FILLER: 0.2},
}


class Codec:
    vocab_size = len(TOKENS)

    def token_bytes(self, token: int) -> bytes:
        return TOKENS[token].encode()

    def decode_pieces(self, ids, errors=""):
        return [TOKENS[token] for token in ids]


class Model:
    """Believes of a slot what stands in the table behind the token before it."""

    device = torch.device("cpu")
    config = SimpleNamespace(vocab_size=len(TOKENS))

    def __init__(self) -> None:
        self.passes = 0

    def embed(self, ids):
        return torch.zeros(*ids.shape, 1)

    def denoise(self, canvas, soft, cache, free):
        self.passes += 1
        before = canvas.roll(1, dims=1)
        return before[..., None].float()

    def logits(self, hidden):
        rows = [BEHIND.get(int(token), {FILLER: 1.0}) for token in hidden[:, 0]]
        table = torch.full((len(rows), len(TOKENS)), -1e30)
        for row, shares in zip(table, rows, strict=True):
            for token, share in shares.items():
                row[token] = torch.tensor(share).log()
        return table


def found(draft: list[int], slot: int, filler: int | None = FILLER) -> tuple[Words, Model]:
    model = Model()
    profile = SimpleNamespace(filler_token_id=filler)
    engine = SimpleNamespace(model=model, codec=Codec(), profile=profile, end_ids=frozenset())
    words = find_words(engine, hypothesis_of(draft), frame_of(draft), slot)
    assert words is not None
    return words, model


def frame_of(draft: list[int]) -> Frame:
    known = torch.tensor([[*draft, THE]])
    clamp = Clamp(
        known=known, slots=torch.arange(len(draft)), free=torch.ones(1, len(draft)).bool()
    )
    state = CanvasState(canvas=known, soft_embeddings=None)
    return Frame(
        number=1,
        block=0,
        cache=None,
        clamp=clamp,
        before=state,
        after=state,
        draft=draft,
        tokens=draft,
        entropy=[0.0] * len(draft),
        num_free=len(draft),
        committed=0,
    )


def hypothesis_of(draft: list[int]) -> Hypothesis:
    plan = InfillPlan(prefix=(), old=(), suffix=(), canvas_length=9, blocks=(len(draft),))
    return Hypothesis.blank(plan, torch.Generator())


def test_each_beginning_is_completed_and_the_same_word_counts_once() -> None:
    """Lamp 0.4 × 0.5 and 0.1 × 0.8, cat 0.2 × 0.9, sofa 0.1 × 0.6: of 0.52 in all."""
    words, model = found([THE, LA, MP, DOT], slot=2)
    assert [(one.text, one.rank) for one in words.options] == [("lamp", 0), ("cat", 1), ("sofa", 2)]
    shares = [one.probability for one in words.options]
    assert shares == pytest.approx([0.28 / 0.52, 0.18 / 0.52, 0.06 / 0.52])
    assert words.slots == range(1, 3)
    assert words.tokens == {0: (LA, MP), 1: (CAT, FILLER), 2: (SO, FA)}
    assert model.passes == 2


def test_the_word_of_the_draft_is_there_however_unlikely() -> None:
    """Large is 0.4 × 0.3 beside 0.52 for the others."""
    words, _ = found([THE, LA, RGE, DOT], slot=1)
    shares = {one.text: one.probability for one in words.options}
    assert [one.text for one in words.options] == ["lamp", "cat", "large", "sofa"]
    assert shares["large"] == pytest.approx(0.12 / 0.64)
    assert {one.text: one.rank for one in words.options}["large"] == 0


def test_without_an_empty_slot_a_word_takes_as_many_tokens() -> None:
    """So a cat is none: lamp 0.28, sofa 0.06."""
    words, _ = found([THE, LA, MP, DOT], slot=1, filler=None)
    assert [one.text for one in words.options] == ["lamp", "sofa"]
    assert words.options[0].probability == pytest.approx(0.28 / 0.34)


def test_what_a_shorter_word_leaves_empty_is_there_for_a_longer_one() -> None:
    words, _ = found([THE, CAT, FILLER, DOT], slot=1)
    assert [(one.text, one.rank) for one in words.options] == [("lamp", 1), ("cat", 0), ("sofa", 2)]


def test_a_chosen_word_is_put_into_all_of_its_slots() -> None:
    held: dict[int, int] = {}
    draft = [THE, LA, MP, DOT]
    engine = SimpleNamespace(
        model=Model(),
        codec=Codec(),
        profile=SimpleNamespace(filler_token_id=FILLER),
        end_ids=frozenset(),
    )
    denoising = SimpleNamespace(
        free=lambda *_: None,
        renoise=lambda *_: None,
        hold=lambda row, tokens, model: held.update(tokens),
    )
    hypothesis = hypothesis_of(draft)
    changes = Changes(pin=(SlotChoice(slot=1, rank=1),))
    Steering(hypothesis=hypothesis, frame=frame_of(draft), changes=changes).apply(
        engine, denoising, 0
    )
    assert held == {1: CAT, 2: FILLER}
    assert hypothesis.pinned == {1, 2}
