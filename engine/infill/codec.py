"""Text to tokens and back, exactly: every token is a byte string, text their sum in UTF-8."""

import codecs
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from engine.api import Form
from engine.errors import TokenizerError
from engine.forms.automata import automaton_of
from engine.forms.token_automaton import TokenAutomaton
from engine.infill.tokenizer_file import faithful, foreign, read_tokenizer
from engine.region.pins import WORD, kind_of
from engine.schema import shown

# A vocabulary is often padded to a round number with ids that no text has.
_MAX_PADDING = 128
# What a text falls into where a token would not give it back: lines, words, characters, bytes.
_FINER = tuple(re.compile(finer) for finer in (r"[^\n]*\n|[^\n]+", r"\s+|\S+", r"(?s:.)"))
# All that occur in UTF-8 of characters there are: planes 4 to 11 (F1, F2) are empty. Of control
# characters some published vocabularies lack a few; a text that has one is read with a question
# mark there, and what is to stay as it is (a pinned word) is refused.
_NO_TEXT = {*range(0x20), 0x7F, 0xC0, 0xC1, 0xF1, 0xF2} - {*b"\t\n\r"}
_BYTES = {bytes([byte]) for byte in range(0xF5) if byte not in _NO_TEXT}
# Of ordinary texts, which must need no such pieces.
_PROBE = "The  Café Cafe\u0301 ﬁ\tsays: 漢字 👩‍👩‍👧 \r\n\r\n  def f(x):  # 10\n "
_MOST_AUTOMATA = 24  # up to some ten megabytes each
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
# Gemma's vocabulary has thousands of ids that no text was ever made of.
_UNUSED = re.compile(r"<unused\d+>|<(?:image|audio|video)[^>]*>")


class TextCodec:
    """A checkpoint's tokenizer, seen as byte strings."""

    def __init__(self, tokenizer: Tokenizer, vocab_size: int) -> None:
        """Wrap a tokenizer for a model of `vocab_size` ids.

        Raises:
            TokenizerError: If the sizes do not match or the tokenizer cannot round-trip bytes.
        """
        size = tokenizer.get_vocab_size(with_added_tokens=True)
        if not vocab_size - _MAX_PADDING <= size <= vocab_size:
            raise TokenizerError(
                f"tokenizer.json has {size} tokens but the model knows {vocab_size}; they do not "
                "belong together. Download the model folder again."
            )
        _check_ids(tokenizer, vocab_size)
        # Only now: writing a tokenizer down again with an absurd id would take minutes.
        self._tokenizer = faithful(tokenizer)
        self.vocab_size = vocab_size
        self._bytes = self._table()
        self._byte_ids = {data: i for i, data in enumerate(self._bytes) if len(data) == 1}
        self._joining: dict[tuple[str, bool], Tensor] = {}
        self._word_beginnings: dict[bytes, bool] = {}
        self._automata: dict[tuple[Form, bytes], TokenAutomaton] = {}
        if not self._byte_ids.keys() >= _BYTES or not self._is_exact(_PROBE, self._raw(_PROBE)):
            raise TokenizerError(
                "tokenizer.json does not keep texts to the byte: it changes them, or has no token "
                "for some bytes. Choose another model."
            )

    @classmethod
    def from_folder(cls, folder: Path, vocab_size: int) -> "TextCodec":
        """Load `tokenizer.json` of a model folder.

        Raises:
            TokenizerError: If it is missing, unreadable or does not match.
        """
        return cls(read_tokenizer(folder / "tokenizer.json"), vocab_size)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of text; special tokens are never among them, and it decodes to text.

        A lone half of a surrogate pair, which no UTF-8 text can hold, is read as a question mark;
        so is each byte of a control character that the vocabulary has no token for.
        """
        return self._encode(text.encode(errors="replace").decode(), _FINER)

    def _encode(self, text: str, finer: Sequence[re.Pattern[str]]) -> list[int]:
        """Encode a text whole, or in ever finer pieces where that would not give it back."""
        ids = self._raw(text)
        # Looked at every time: tokenizers that keep nearly all texts lose some, and a document must
        # not be changed by that.
        if self._is_exact(text, ids):
            return ids
        if not finer:
            unknown = self._byte_ids[b"?"]
            return [self._byte_ids.get(bytes([byte]), unknown) for byte in text.encode()]
        pieces = finer[0].findall(text)
        return [token for piece in pieces for token in self._encode(piece, finer[1:])]

    def _raw(self, text: str) -> list[int]:
        with foreign("tokenizer.json fails on a text"):
            ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _is_exact(self, text: str, ids: list[int]) -> bool:
        return b"".join([self._bytes[token] for token in ids]) == text.encode()

    def token_id(self, content: str) -> int | None:
        """Return the id of a special token by its name."""
        found: int | None = self._tokenizer.token_to_id(content)
        return found

    def token_bytes(self, token: int) -> bytes:
        """Return what a token stands for; special and unused ids stand for nothing."""
        return self._bytes[token]

    def decode_pieces(self, ids: Iterable[int], errors: str = "replace") -> list[str]:
        """Return each token's share of the text; a character belongs to the token that ends it."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors=errors)
        pieces = [decoder.decode(self._bytes[token]) for token in ids]
        if pieces:
            pieces[-1] += decoder.decode(b"", final=True)
        return pieces

    def decode(self, ids: Sequence[int], errors: str = "replace") -> str:
        """Return the text of tokens."""
        return "".join(self.decode_pieces(ids, errors))

    def not_starting_with(self, prefix: bytes) -> Tensor:
        """Return [V] bool: the tokens whose bytes do not start with `prefix`."""
        if len(prefix) == 1:  # a space, most of the time
            return self.first_bytes != prefix[0]
        return torch.tensor([not token.startswith(prefix) for token in self._bytes])

    def begins_words(self, prefix: bytes) -> bool:
        """Whether a token holds `prefix` and the first letters of a word behind it.

        As a space's does in most vocabularies, and a line break's in none.
        """
        if prefix not in self._word_beginnings:  # kept, as it is a look at all of the vocabulary
            ends = (token[len(prefix) :] for token in self._bytes if token.startswith(prefix))
            letters = (end.decode(errors="ignore")[:1].isalnum() for end in ends)
            self._word_beginnings[prefix] = any(letters)
        return self._word_beginnings[prefix]

    def automaton(self, form: Form, prefix: bytes) -> TokenAutomaton:
        """Return what tokens do to texts of a form that stand behind bytes which are not theirs.

        Raises:
            BadRequestError: If the form cannot be used, or not with this vocabulary.
        """
        found = self._automata.pop((form, prefix), None)
        if found is None:
            found = TokenAutomaton.of(automaton_of(form), self._bytes, prefix)
        self._automata[form, prefix] = found  # the latest stands last
        while len(self._automata) > _MOST_AUTOMATA:
            del self._automata[next(iter(self._automata))]
        return found

    def joining(self, kind: str, *, is_behind: bool) -> Tensor:
        """Return [V] bool: the tokens that would lengthen a word, or a space, beside them.

        Tokens that stand for no text are among them: what stands beyond would do it.

        Args:
            kind: `SPACE` or `WORD`, of the characters beside them.
            is_behind: Whether the tokens stand behind those.
        """
        if (kind, is_behind) not in self._joining:
            # A NUL is dropped from every draft, so what stands behind it is what would touch the
            # word.
            shown = (data.decode(errors="replace").strip("\0") for data in self._bytes)
            edges = [text[:1] if is_behind else text[-1:] for text in shown]
            # A piece of a character may come to be a letter.
            never = {"", "\ufffd"} if kind == WORD else {""}
            # Kept, as it is a look at all of the vocabulary.
            found = torch.tensor([edge in never or kind_of(edge) == kind for edge in edges])
            self._joining[kind, is_behind] = found
        return self._joining[kind, is_behind]

    @cached_property
    def first_bytes(self) -> Tensor:
        """[V] int64: the byte that each token begins with, 256 where it stands for nothing."""
        return torch.tensor([data[0] if data else 256 for data in self._bytes])

    @cached_property
    def cell_borders(self) -> Tensor:
        """[V] bool: the tokens that hold the sign between a table's cells."""
        return torch.tensor([b"|" in data for data in self._bytes])

    @cached_property
    def line_breaks(self) -> Tensor:
        """[V] bool: the tokens that hold a line break."""
        return torch.tensor([breaks_line(data) for data in self._bytes])

    @cached_property
    def special_names(self) -> dict[str, int]:
        """The special tokens' ids by their names."""
        return {
            token.content: token_id
            for token_id, token in self._tokenizer.get_added_tokens_decoder().items()
            if token.special
        }

    @cached_property
    def textless(self) -> tuple[int, ...]:
        """The ids that stand for no text: special, unused, and padding of the vocabulary."""
        unused = {
            token_id
            for text, token_id in self._tokenizer.get_vocab(with_added_tokens=True).items()
            if _UNUSED.fullmatch(text)
        }
        return tuple(i for i, data in enumerate(self._bytes) if not data or i in unused)

    def _table(self) -> list[bytes]:
        specials = set(self.special_names.values())
        to_bytes = _byte_reader(self._tokenizer)
        table = [b""] * self.vocab_size
        for text, token_id in self._tokenizer.get_vocab(with_added_tokens=True).items():
            if token_id not in specials:
                table[token_id] = to_bytes(text)
        return table


def _check_ids(tokenizer: Tokenizer, vocab_size: int) -> None:
    """Check that each token has an id of its own among the model's.

    The first of all: to write a tokenizer with the id 10⁹ down again takes the library minutes.
    """
    added = tokenizer.get_added_tokens_decoder().items()
    specials = {token_id for token_id, token in added if token.special}
    seen: set[int] = set()
    for text, token_id in tokenizer.get_vocab(with_added_tokens=True).items():
        if token_id >= vocab_size:
            raise TokenizerError(
                f"tokenizer.json gives {shown(text)} the id {token_id}, but the model knows "
                f"{vocab_size} tokens. Download the model folder again."
            )
        if token_id in seen and token_id not in specials:
            raise TokenizerError(
                f"tokenizer.json gives two tokens the id {token_id}, {shown(text)} is one of "
                "them. Download the model folder again."
            )
        seen.add(token_id)


def breaks_line(data: bytes) -> bool:
    """Whether text holds a line break."""
    return b"\n" in data or b"\r" in data


class _ByteLevel:
    """GPT-2's scheme: every byte has a printable character of its own."""

    def __init__(self) -> None:
        printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
        others = [byte for byte in range(256) if byte not in printable]
        self._byte_of = {chr(byte): byte for byte in printable}
        self._byte_of |= {chr(256 + place): byte for place, byte in enumerate(others)}

    def __call__(self, token: str) -> bytes:
        if all(char in self._byte_of for char in token):
            return bytes(self._byte_of[char] for char in token)
        return token.encode()  # an added token, stored as it is written


def _sentencepiece_bytes(token: str) -> bytes:
    """Gemma's scheme: ▁ is a space, <0xNN> a byte."""
    if byte := _BYTE.fullmatch(token):
        return bytes([int(byte[1], 16)])
    return token.replace("▁", " ").encode()


def _byte_reader(tokenizer: Tokenizer) -> Callable[[str], bytes]:
    decoder = tokenizer.decoder.__getstate__() if tokenizer.decoder else b""
    if b'"ByteLevel"' in decoder:
        return _ByteLevel()
    if b'"ByteFallback"' in decoder:
        return _sentencepiece_bytes
    raise TokenizerError(
        "tokenizer.json has neither a byte-level nor a byte-fallback decoder, so text could not "
        "be kept to the byte. Choose another model."
    )
