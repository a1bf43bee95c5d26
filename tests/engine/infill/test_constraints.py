"""Masks and patterns."""

import pytest
import regex
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import Constraints, Length, LengthMode
from engine.errors import BadRequestError
from engine.infill import TextCodec
from engine.infill.constraints import TokenMasks, fit
from engine.region.rules import compile_rule
from tests.tiny import VOCAB_SIZE, byte_tokenizer

CODEC = TextCodec(byte_tokenizer(), VOCAB_SIZE)
FILLER = 3


def rule_of(**constraints):
    """Compile constraints."""
    return compile_rule(Constraints(**constraints), Length())


def masks_of(**constraints) -> TokenMasks:
    """Return the tokens that constraints forbid."""
    return TokenMasks(rule=rule_of(**constraints), codec=CODEC)


def beliefs(slots: int, seed: int) -> torch.Tensor:
    """Return what a model without an opinion believes."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(slots, VOCAB_SIZE, generator=generator).mul(2).softmax(-1)


@settings(max_examples=40)
@given(
    st.sampled_from([r"[a-z]+", r"\d{2,4}", r"(foo|bar)+", r"[A-Z][a-z]* [a-z]+", r"'[^']*'"]),
    st.integers(4, 8),
    st.integers(0, 99),
    st.booleans(),
)
def test_what_is_fitted_matches(pattern, slots, seed, has_filler) -> None:
    rule = rule_of(pattern=pattern)
    ids = fit(beliefs(slots, seed), rule, CODEC, b"", FILLER if has_filler else None)
    if ids is not None:
        assert len(ids) == slots
        assert regex.fullmatch(pattern, CODEC.decode(ids))
    assert ids is not None or not has_filler


def test_the_likeliest_text_that_matches_is_chosen() -> None:
    probs = torch.full((2, VOCAB_SIZE), 1e-6)
    ids = {char: CODEC.encode(char)[0] for char in "ab1"}
    probs[0, ids["1"]], probs[0, ids["b"]] = 0.9, 0.05
    probs[1, ids["a"]] = 0.9
    fitted = fit(probs, rule_of(pattern="[a-z]+"), CODEC, b"", None)
    assert CODEC.decode(fitted) == "ba"


def test_healed_bytes_are_not_the_text_s() -> None:
    token = CODEC.encode("th")[0]
    probs = torch.full((1, VOCAB_SIZE), 1e-6)
    probs[0, token] = 0.9
    assert fit(probs, rule_of(pattern="h"), CODEC, b"t", None) == [token]


def test_what_cannot_match_is_none() -> None:
    assert fit(beliefs(2, 0), rule_of(pattern=r"\d{50}"), CODEC, b"", FILLER) is None


def test_words_and_lines_are_counted() -> None:
    words = compile_rule(Constraints(), Length(mode=LengthMode.WORDS, count=2))
    assert words.accepts("two words")
    assert not words.accepts("now three words")
    lines = compile_rule(Constraints(), Length(mode=LengthMode.LINES, count=2))
    assert lines.accepts("one\ntwo")
    assert not lines.accepts("one")
    one = compile_rule(Constraints(), Length(mode=LengthMode.LINES, count=1))
    assert one.is_single_line


def test_a_mask_forbids_each_token_with_a_wrong_character() -> None:
    forbidden = masks_of(is_single_line=True, characters="a-z").forbidden()
    allowed = [CODEC.token_bytes(token) for token in (~forbidden).nonzero().flatten().tolist()]
    assert b"th" in allowed
    assert all(regex.fullmatch(rb"[a-z]*", data) for data in allowed)
    assert masks_of().forbidden() is None


@pytest.mark.parametrize("constraints", [{"is_single_line": True}, {"characters": "a-z"}])
def test_a_mask_speaks_of_the_text_behind_healed_bytes(constraints) -> None:
    masks = masks_of(**constraints)
    for healed in (b" ", b"\n"):
        allowed = ~masks.forbidden(healed)
        begun = [CODEC.token_bytes(token) for token in allowed.nonzero().flatten().tolist()]
        behind = [data[len(healed) :] for data in begun if data.startswith(healed)]
        assert behind
        assert all(masks.rule.allows(data.decode()) for data in behind)


@pytest.mark.parametrize("constraints", [{"pattern": "("}, {"characters": "z-a"}])
def test_what_is_no_expression_is_refused(constraints) -> None:
    with pytest.raises(BadRequestError, match="cannot be used as a pattern"):
        rule_of(**constraints)
