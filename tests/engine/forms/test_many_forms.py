"""Thousands of forms nobody thought of: what comes out of slots matches, as `re` reads it."""

import random
import re
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from engine.errors import BadRequestError
from engine.forms.byte_automaton import ByteAutomaton
from engine.forms.chain import Chain
from engine.forms.token_automaton import TokenAutomaton, Walk
from engine.infill.codec import TextCodec
from resources import resource_path

MOST = 7  # slots
ATOMS = ["a", "b", "1", "-", " ", "é", "日", r"\.", "[a-c]", "[0-9]", "[^a]", ".", "the", "x"]


def pattern(rng: random.Random, depth: int = 3) -> str:
    """Return an expression that means the same to Python and to the automaton's library."""
    kind = rng.random()
    if depth == 0 or kind < 0.3:
        return rng.choice(ATOMS)
    if kind < 0.6:
        return pattern(rng, depth - 1) + pattern(rng, depth - 1)
    if kind < 0.8:
        return f"(?:{pattern(rng, depth - 1)}|{pattern(rng, depth - 1)})"
    return f"(?:{pattern(rng, depth - 1)})" + rng.choice(["*", "+", "?", "{2}", "{1,3}", "{0,2}?"])


def check(vocabulary: list[bytes], expression: str, rng: random.Random, prefix: bytes) -> bool:
    """Write texts of a form; whether there are any with few tokens."""
    try:
        automaton = TokenAutomaton.of(ByteAutomaton.of(expression), vocabulary, prefix)
    except BadRequestError:
        return False
    lengths = automaton.lengths(MOST)
    if not lengths:
        return False
    slots = rng.choice(lengths)
    generator = torch.Generator().manual_seed(rng.randrange(2**32))
    logs = 4 * torch.randn(slots, len(vocabulary), generator=generator)
    own = Chain.of(automaton, logs.log_softmax(dim=-1))
    assert own.is_possible
    uniform = torch.rand(slots, generator=generator)
    written = [own.likeliest().tolist(), own.drawn(uniform).tolist(), written_on(automaton, logs)]
    for ids in written:
        data = b"".join(vocabulary[token] for token in ids)
        assert data.startswith(prefix)
        text = data[len(prefix) :].decode()  # no half of a character
        assert re.fullmatch(expression, text, re.DOTALL), (expression, text)
    return True


def written_on(automaton: TokenAutomaton, logs: torch.Tensor) -> list[int]:
    """Write from the left, the likeliest of what is allowed."""
    walk, ids, is_whole = Walk(automaton, torch.device("cpu"), len(logs)), list[int](), False
    for length, believed in enumerate(logs, 1):
        own = believed.masked_fill(~walk.allowed(length)[0], -1e30)
        ids.append(int(own.argmax()))
        (is_whole,) = walk.go_on(torch.tensor([0]), torch.tensor(ids[-1:]))
        if is_whole:
            return ids
    raise AssertionError("no whole text, though there is one")


def vocabulary_of_the_tests() -> list[bytes]:
    """Return every byte, so that characters have borders of tokens in them, and pieces of texts."""
    pieces = ["the", "he", "th", "ab", "bc", "abc", "a1", "12", "- ", "-1", "é", "日本", "本"]
    pieces += [" a", " the", "..", "x-", "xa", "e日"]
    return [b"", *(bytes([byte]) for byte in range(1, 256)), *(one.encode() for one in pieces)]


def test_five_thousand_forms_are_kept() -> None:
    rng, vocabulary, done = random.Random(21), vocabulary_of_the_tests(), 0
    for number in range(8000):
        prefix = [b"", b"", b" ", b"a"][number % 4]
        done += check(vocabulary, pattern(rng), rng, prefix)
    assert done >= 5000


@pytest.mark.parametrize("count", [1500])
def test_so_are_forms_in_the_vocabulary_of_the_embedded_model(count: int) -> None:
    tokenizer = Tokenizer.from_file(str(Path(resource_path("model")) / "tokenizer.json"))
    codec = TextCodec(tokenizer, tokenizer.get_vocab_size())
    vocabulary = [codec.token_bytes(token) for token in range(codec.vocab_size)]
    rng = random.Random(22)
    done = sum(check(vocabulary, pattern(rng), rng, [b"", b" "][i % 2]) for i in range(2 * count))
    assert done >= count
