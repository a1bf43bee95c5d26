"""Text to tokens and back, to the byte."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from engine.errors import TokenizerError
from engine.infill import TextCodec
from resources import resource_path
from tests.tiny import SPECIALS, VOCAB_SIZE, byte_tokenizer, gemma_like_tokenizer

CODEC = TextCodec(byte_tokenizer(), VOCAB_SIZE)
EMBEDDED = TextCodec.from_folder(resource_path("model"), 2048)
ODD = ["", "a\r\nb\tc", "👩‍👩‍👧 é é", "שלום عالم", "\x00\x7f", "<|pad|><|filler|>", "▁ <0x41>"]


@given(st.text())
def test_any_text_round_trips(text: str) -> None:
    for codec in (CODEC, EMBEDDED):
        assert codec.decode(codec.encode(text)) == text


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_round_trip(text: str) -> None:
    for codec in (CODEC, EMBEDDED):
        assert codec.decode(codec.encode(text)) == text


@given(st.lists(st.integers(0, VOCAB_SIZE - 1)))
def test_pieces_of_any_tokens_make_up_the_text(ids: list[int]) -> None:
    pieces = CODEC.decode_pieces(ids)
    assert len(pieces) == len(ids)
    assert "".join(pieces) == b"".join(map(CODEC.token_bytes, ids)).decode(errors="replace")


@given(st.lists(st.integers(0, VOCAB_SIZE - 1)))
def test_ignoring_errors_leaves_valid_text(ids: list[int]) -> None:
    text = CODEC.decode(ids, errors="ignore")
    assert "\ufffd" not in text
    assert text.encode().decode() == text


def test_special_tokens_stand_for_no_text_and_no_text_for_them() -> None:
    assert [CODEC.token_bytes(token) for token in range(len(SPECIALS))] == [b""] * len(SPECIALS)
    assert min(CODEC.encode("".join(SPECIALS))) >= len(SPECIALS)


def test_a_byte_fallback_tokenizer_is_read_as_well() -> None:
    codec = TextCodec(gemma_like_tokenizer(), 270)
    ids = [codec.token_id("▁the"), codec.token_id("<0xC3>"), codec.token_id("<0xA9>")]
    assert codec.decode(ids) == " theé"


def test_a_tokenizer_of_another_size_is_refused() -> None:
    with pytest.raises(TokenizerError, match=r"266 tokens but the model knows 4096"):
        TextCodec(byte_tokenizer(), 4096)


def test_a_tokenizer_without_bytes_is_refused() -> None:
    with pytest.raises(TokenizerError, match="byte"):
        TextCodec(Tokenizer(WordLevel({"a": 0}, unk_token="a")), 1).token_bytes(0)


@pytest.mark.parametrize("data", ["", "{", json.dumps({"no": "tokenizer"})])
def test_a_broken_tokenizer_file_is_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "tokenizer.json").write_text(data)
    with pytest.raises(TokenizerError, match="Download the model folder again"):
        TextCodec.from_folder(tmp_path, 1)


def test_a_missing_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match=r"tokenizer\.json"):
        TextCodec.from_folder(tmp_path, 1)
