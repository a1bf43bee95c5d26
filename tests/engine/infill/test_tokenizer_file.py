"""Whatever a `tokenizer.json` says about texts, they go through to the byte; damage is named."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from engine.errors import TokenizerError
from engine.infill import TextCodec
from tests.tiny import VOCAB_SIZE, byte_tokenizer

# "hello there" in the tiny vocabulary. "!" is its place 4, so h, e, l and r are 75, 72, 79 and 85;
# the merges are th, the, " the", in, ing and lo, from 260 on.
HELLO = [75, 72, 79, 265, 262, 85, 72]
CORPUS = ["the cat sat on the mat", "A Ⅷ  ﬁsh\tswims", "def f(x): return x\n"] * 4
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def trained_bpe() -> Tokenizer:
    """A byte-level BPE with every habit that changes a text."""
    tokenizer = Tokenizer(models.BPE(dropout=0.5))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip(),
        normalizers.Replace("a", "b"),
    ])  # fmt: skip
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.ByteLevel(add_prefix_space=True)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(initial_alphabet=alphabet, special_tokens=["<s>"])
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A $A", special_tokens=[("<s>", 0)]
    )
    return greedy(tokenizer)


def trained_unigram() -> Tokenizer:
    """A Unigram model with metaspaces, byte pieces among its words, and a space in front."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.train_from_iterator(CORPUS, trainers.UnigramTrainer(vocab_size=60, unk_token="<unk>"))
    values = json.loads(tokenizer.to_str())
    values["model"]["vocab"] += [[piece, -20.0] for piece in BYTES]
    values["model"]["byte_fallback"] = True
    tokenizer = Tokenizer.from_str(json.dumps(values))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Nmt(), normalizers.NFC()]
    )
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    return greedy(tokenizer)


def spaces_by_a_normalizer() -> Tokenizer:
    """A byte-fallback BPE as Llama 2 and Gemma have it."""
    pieces = ["<unk>", *BYTES, "▁", "t", "h", "e", "th", "the", "▁the"]
    merges = [("t", "h"), ("th", "e"), ("▁", "the")]
    vocab = {piece: place for place, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    return greedy(tokenizer)


def greedy(tokenizer: Tokenizer) -> Tokenizer:
    """Give it tokens that swallow what stands beside them, and let it cut and fill."""
    tokenizer.add_special_tokens([AddedToken("<|x|>", lstrip=True, rstrip=True)])
    tokenizer.add_tokens([
        AddedToken("the cat", lstrip=True, rstrip=True, normalized=True),
        AddedToken("  ", rstrip=True, normalized=False), "▁▁",
    ])  # fmt: skip
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=8, pad_token="e")
    return tokenizer


MAKERS = [trained_bpe, trained_unigram, spaces_by_a_normalizer]
CODECS = [TextCodec(made, made.get_vocab_size()) for made in (make() for make in MAKERS)]
SPELT = ["the cat", "  the cat  ", "<|x|>", " <|x|> ", "▁", "▁▁", "<0x41>", "<unk>", "<s>", "ﬁ Ⅷ É"]


@pytest.mark.parametrize("codec", CODECS, ids=["bpe", "unigram", "spaces"])
@given(st.text() | st.lists(st.sampled_from(SPELT) | st.text(max_size=3)).map("".join))
def test_any_text_goes_through_to_the_byte(codec: TextCodec, text: str) -> None:
    assert codec.decode(codec.encode(text)) == text


@pytest.mark.parametrize("make", MAKERS)
def test_a_file_of_the_library_goes_through_as_well(
    make: Callable[[], Tokenizer], tmp_path: Path
) -> None:
    made = make()
    made.save(str(tmp_path / "tokenizer.json"))
    codec = TextCodec.from_folder(tmp_path, made.get_vocab_size())
    for text in ["", " The cat \r\n", *SPELT, *CORPUS, "x" * 1000]:
        assert codec.decode(codec.encode(text)) == text


def test_a_text_has_the_tokens_it_has_without_the_habits() -> None:
    tokenizer = byte_tokenizer()
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=40)
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A $A", special_tokens=[])
    assert TextCodec(tokenizer, VOCAB_SIZE).encode("hello there") == HELLO


def test_a_word_piece_vocabulary_is_refused(tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(special_tokens=["[UNK]"]))
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(TokenizerError, match="to the byte"):
        TextCodec.from_folder(tmp_path, tokenizer.get_vocab_size())


def without_a_byte(values: dict[str, Any]) -> None:
    del values["model"]["vocab"]["Q"]


def with_spaces_removed(values: dict[str, Any]) -> None:
    values["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        {"type": "WhitespaceSplit"}, values["pre_tokenizer"],
    ]}  # fmt: skip


@pytest.mark.parametrize("change", [without_a_byte, with_spaces_removed])
def test_what_cannot_keep_a_text_is_refused(change: Callable, tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match="keep texts to the byte"):
        TextCodec.from_folder(changed(tmp_path, change), VOCAB_SIZE)


def changed(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Write the tiny tokenizer's file with a change."""
    values = json.loads(byte_tokenizer().to_str())
    change(values)
    (folder / "tokenizer.json").write_text(json.dumps(values))
    return folder


def in_vocabulary(**tokens: object) -> Callable[[dict[str, Any]], None]:
    return lambda values: values["model"]["vocab"].update(tokens)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (in_vocabulary(far=10**6), r"'far' the id 1000000.*320"),
        (in_vocabulary(far=10**9), r"'far' the id 1000000000.*320"),
        (in_vocabulary(first=320), r"'first' the id 320"),
        (in_vocabulary(below=-1), "-1"),
        (in_vocabulary(half=1.5), r"1\.5"),
        (in_vocabulary(twice=100), "two tokens the id 100"),
        (lambda values: values["model"]["merges"].append(["t", "nothing"]), "nothing"),
        (lambda values: values["model"]["merges"].append("t"), "no tokenizer"),
        (lambda values: values["model"].update(type="Other"), "no tokenizer"),
        # The library panics, which is no `Exception`.
        (
            lambda values: values.update(
                normalizer={"type": "Precompiled", "precompiled_charsmap": "AAAA"}
            ),
            "charsmap",
        ),
    ],
)
@pytest.mark.timeout(60)
def test_damage_is_named(change: Callable, named: str, tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match=named):
        TextCodec.from_folder(changed(tmp_path, change), VOCAB_SIZE)


def test_holes_in_the_ids_are_tokens_without_text(tmp_path: Path) -> None:
    codec = TextCodec.from_folder(changed(tmp_path, in_vocabulary(last=319)), VOCAB_SIZE)
    assert codec.token_bytes(319) == b"last"
    assert codec.token_bytes(300) == b""
    assert 300 in codec.textless


def test_a_file_of_brackets_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("[" * 200_000)
    with pytest.raises(TokenizerError, match=r"tokenizer\.json is no tokenizer"):
        TextCodec.from_folder(tmp_path, VOCAB_SIZE)


def test_a_byte_of_no_number_is_a_word(tmp_path: Path) -> None:
    tokenizer = spaces_by_a_normalizer()
    size = tokenizer.get_vocab_size()
    tokenizer.add_tokens(["<0xZZ>"])
    assert TextCodec(tokenizer, size + 1).token_bytes(size) == b"<0xZZ>"


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tokenizer.json")
    with pytest.raises(TokenizerError, match="no regular file"):
        TextCodec.from_folder(tmp_path, VOCAB_SIZE)


def test_a_pattern_that_searches_without_end_is_named() -> None:
    values = json.loads(byte_tokenizer().to_str())
    split = {"type": "Split", "behavior": "Isolated", "invert": False}
    values["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        split | {"pattern": {"Regex": "(a+)+b"}}, values["pre_tokenizer"],
    ]}  # fmt: skip
    codec = TextCodec(Tokenizer.from_str(json.dumps(values)), VOCAB_SIZE)
    assert codec.decode(codec.encode("aab")) == "aab"
    # The library gives up after ten million steps, with a panic.
    with pytest.raises(TokenizerError, match="retry-limit"):
        codec.encode("a" * 300)
