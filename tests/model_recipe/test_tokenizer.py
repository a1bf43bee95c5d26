"""The embedded model's tokenizer keeps every text exactly."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

TOKENIZER_PATH = Path(__file__).parents[2] / "resources" / "model" / "tokenizer.json"
SPECIAL_TOKENS = ["<|pad|>", "<|eos|>", "<|bos|>", "<|filler|>"]
TRICKY = [
    "",
    " ",
    "one\r\ntwo\r\n\r\nthree\rfour\n\r",
    "\tif x:\n\t\t  return\t\n",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽",
    "e\u0301a\u0308 \u0301 Z͑ͫ̓a",
    "שלום עולם، مرحبا \u202eabc\u202c",
    "nul\0nul\0\0",
    "<|pad|>",
    "a<|eos|>b <|bos|>\n<|filler|>",
    "\ufeffbom \u2028 \u2029 \x85 \u00a0 \ufffd",
    "“Don’t,” she said—‘never’…",
    "__init__ ___ _a_b__ x__y 1_000 trailing   ",
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Load the shipped tokenizer the way user text is encoded."""
    loaded = Tokenizer.from_file(str(TOKENIZER_PATH))
    loaded.encode_special_tokens = True
    return loaded


def round_trip(tokenizer: Tokenizer, text: str) -> str:
    ids = tokenizer.encode(text).ids
    assert all(token >= len(SPECIAL_TOKENS) for token in ids)
    return tokenizer.decode(ids, skip_special_tokens=False)


@given(text=st.text())
def test_any_text_round_trips(tokenizer: Tokenizer, text: str) -> None:
    assert round_trip(tokenizer, text) == text


@given(text=st.text(alphabet=" \n\r\t_'’.a1é#<|>", max_size=60))
def test_whitespace_and_punctuation_round_trip(tokenizer: Tokenizer, text: str) -> None:
    assert round_trip(tokenizer, text) == text


@pytest.mark.parametrize("text", TRICKY, ids=ascii)
def test_tricky_text_round_trips(tokenizer: Tokenizer, text: str) -> None:
    assert round_trip(tokenizer, text) == text


def test_ids_are_2048_without_gaps(tokenizer: Tokenizer) -> None:
    assert sorted(tokenizer.get_vocab().values()) == list(range(2048))


def test_special_tokens_come_first(tokenizer: Tokenizer) -> None:
    assert [tokenizer.id_to_token(token) for token in range(4)] == SPECIAL_TOKENS


def test_every_byte_has_an_id(tokenizer: Tokenizer) -> None:
    assert all(len(tokenizer.id_to_token(token) or "") == 1 for token in range(4, 260))


@pytest.mark.parametrize("width", [4, 8, 12, 16, 20])
def test_an_indentation_is_one_token(tokenizer: Tokenizer, width: int) -> None:
    pieces = tokenizer.encode(f"\n{' ' * width}return 10").ids
    text = [tokenizer.decode([piece]) for piece in pieces]
    assert text == ["\n", " " * width, "return", " 1", "0"]


def test_a_text_cut_at_a_line_keeps_its_tokens(tokenizer: Tokenizer) -> None:
    head, tail = "def f():\n\n", "    return __name__  # “it’s”\n"
    whole = tokenizer.encode(head + tail).ids
    assert whole == tokenizer.encode(head).ids + tokenizer.encode(tail).ids
