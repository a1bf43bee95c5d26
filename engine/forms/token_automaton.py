"""What an automaton over bytes does with the tokens of a vocabulary.

Tokens that lead from every state to the same states are of one class; there are few of these, and
all that is worked out over states is worked out for classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.forms.byte_automaton import DEAD, ByteAutomaton
from engine.patterns import PatternError

MAX_STEPS: Final = 1 << 28  # states times tokens: a few seconds
MAX_EDGES: Final = 1 << 24
_SEED = 20_252_611  # of numbers that tell classes apart; any will do


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The ways from state to state, as lists of equal length E."""

    source: Tensor  # [E] int64
    label: Tensor  # [E] int64, the class of tokens
    target: Tensor  # [E] int64


@dataclass(frozen=True, slots=True, eq=False)
class TokenAutomaton:
    """A deterministic automaton over tokens, K classes of them."""

    num_states: int
    start: int
    is_final: Tensor  # [S] bool
    class_of: Tensor  # [V] int64; class 0: tokens that may stand nowhere
    tokens: Tensor  # [N] int64, those of the other classes, ascending: often few of V
    classes: Tensor  # [N] int64, of those tokens
    edges: Edges
    next: Tensor  # [S, K] int64; state 0 is dead
    distances: Tensor  # [S] int64, the fewest tokens from each state to a whole text

    @classmethod
    def of(
        cls, automaton: ByteAutomaton, vocabulary: Sequence[bytes], prefix: bytes = b""
    ) -> "TokenAutomaton":
        """Work out what tokens do, of texts that stand behind a prefix.

        Args:
            automaton: Of the texts.
            vocabulary: The bytes of each token, V of them; a token without any stands nowhere.
            prefix: Bytes that a first token begins with and that are not the text's; no token ends
                within them.

        Raises:
            PatternError: If it is too large for this vocabulary.
        """
        whole = automaton.behind(prefix)
        states = len(whole.table)
        if states * len(vocabulary) > MAX_STEPS:
            reason = f"it takes {states:,} states, which are too many for this model's vocabulary"
            raise PatternError("", reason)
        tokens = _Tokens.of(vocabulary)
        keys = _keys(whole, tokens, len(prefix))
        # Class 0 is that of tokens which lead nowhere: their key is a sum of nothing.
        unique, places, classes = np.unique(keys, return_index=True, return_inverse=True, axis=0)
        order = np.argsort(~(unique == 0).all(axis=1), kind="stable")
        if not (unique[order[0]] == 0).all():  # every token may stand somewhere
            order, places = np.concatenate(([len(order)], order)), np.append(places, -1)
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        nexts = _nexts(whole, [vocabulary[place] for place in places[order[1:]]], len(prefix))
        if nexts.size > MAX_EDGES:
            raise PatternError("", "it has too many ways through this model's vocabulary")
        source, label = (torch.from_numpy(found) for found in np.nonzero(nexts))
        following = torch.from_numpy(nexts)
        edges = Edges(source, label, following[source, label])
        is_final = torch.from_numpy(whole.is_final.copy())
        class_of = torch.from_numpy(rank[classes.reshape(-1)])
        used = class_of.nonzero().flatten()
        return cls(
            num_states=states,
            start=whole.start,
            is_final=is_final,
            class_of=class_of,
            tokens=used,
            classes=class_of[used],
            edges=edges,
            next=following,
            distances=_distances(edges, is_final),
        )

    def allowed(self, states: Tensor, left: int) -> Tensor:
        """Return [N, V] bool: the tokens after which a text may be whole within `left` slots.

        Args:
            states: [N] int64, where the texts stand.
            left: Slots behind the token.
        """
        ahead = self.next[states]  # [N, K]
        return (self.distances[ahead] <= left)[:, self.class_of]

    def after(self, states: Tensor, tokens: Tensor) -> Tensor:
        """Return where texts stand after a token each, [N] int64."""
        return self.next[states, self.class_of[tokens]]

    def lengths(self, most: int) -> list[int]:
        """Return the numbers of tokens, up to `most`, that a whole text may have."""
        reached = torch.zeros(self.num_states, dtype=torch.bool)
        reached[self.start] = True
        found = []
        for length in range(1, most + 1):
            ahead = torch.zeros_like(reached)
            ahead[self.edges.target[reached[self.edges.source]]] = True
            reached = ahead
            if (reached & self.is_final).any():
                found.append(length)
        return found


def _distances(edges: Edges, is_final: Tensor) -> Tensor:
    """Return the fewest ways from each state to a final one, [S] int64; very many: there is none.

    Bellman and Ford's, all ways at once.
    """
    far = torch.iinfo(torch.int64).max // 2
    found = torch.where(is_final, 0, far)
    while True:
        longer = found[edges.target] + 1
        least = found.scatter_reduce(0, edges.source, longer, "amin").clamp_max(far)
        if torch.equal(least, found):
            return found
        found = least


class Walk:
    """Texts that are written from the left, and where their form's automaton stands."""

    def __init__(self, automaton: TokenAutomaton, device: torch.device, longest: int) -> None:
        """Begin with one text of at most `longest` tokens; masks are wanted on a device."""
        self._automaton, self._device, self._longest = automaton, device, longest
        self._states = torch.tensor([automaton.start])

    def allowed(self, length: int) -> Tensor:
        """Return [N, V] bool: the tokens that each text may have as its `length`-th."""
        mask = self._automaton.allowed(self._states, self._longest - length)
        return mask.to(self._device)

    def go_on(self, parents: Tensor, tokens: Tensor) -> list[bool]:
        """Go on with texts made of those there were and a token each; whether each is whole."""
        states = self._states[parents.cpu()]
        self._states = self._automaton.after(states, tokens.cpu())
        found: list[bool] = self._automaton.is_final[self._states].tolist()
        return found


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A vocabulary's bytes as a table, the shorter ones filled up."""

    data: NDArray[np.uint8]  # [V, longest]
    lengths: NDArray[np.int64]  # [V]

    @classmethod
    def of(cls, vocabulary: Sequence[bytes]) -> "_Tokens":
        lengths = np.array([len(token) for token in vocabulary], dtype=np.int64)
        width = int(lengths.max(initial=1)) or 1
        padded = b"".join(token.ljust(width, b"\0") for token in vocabulary)
        return cls(np.frombuffer(padded, dtype=np.uint8).reshape(-1, width), lengths)

    def walked(self, automaton: ByteAutomaton, state: int) -> NDArray[np.int32]:
        """Return [V]: the state that each token leads to from one."""
        states = np.where(self.lengths > 0, automaton.table[state][self.data[:, 0]], DEAD)
        going = np.nonzero((states != DEAD) & (self.lengths > 1))[0]
        for place in range(1, self.data.shape[1]):
            if not len(going):
                break
            states[going] = automaton.table[states[going], self.data[going, place]]
            going = going[(states[going] != DEAD) & (self.lengths[going] > place + 1)]
        return states


def _walked(
    automaton: ByteAutomaton, tokens: _Tokens, state: int, prefix: int
) -> NDArray[np.int32]:
    if prefix and state > len(automaton.table) - prefix:  # within the prefix, where no token ends
        return np.zeros(len(tokens.lengths), dtype=np.int32)
    found = tokens.walked(automaton, state)
    if prefix and state == automaton.start:
        found[tokens.lengths < prefix] = DEAD
    return found


def _keys(automaton: ByteAutomaton, tokens: _Tokens, prefix: int) -> NDArray[np.uint64]:
    """Return [V, 2]: two sums over all states by which tokens of one class are known.

    That two classes have both sums in common happens once in 10²⁸ vocabularies.
    """
    random = np.random.Generator(np.random.PCG64(_SEED))
    shape = (len(automaton.table), 2)
    weights = random.integers(1, 2**64, size=shape, dtype=np.uint64, endpoint=False)
    keys = np.zeros((len(tokens.lengths), 2), dtype=np.uint64)
    for state in range(1, len(automaton.table)):
        walked = _walked(automaton, tokens, state, prefix)
        # Mixed, so that sums of several states cannot make up for each other.
        keys += weights[state] * (walked.astype(np.uint64)[:, None] * weights[walked])
    return keys


def _nexts(
    automaton: ByteAutomaton, representatives: Sequence[bytes], prefix: int
) -> NDArray[np.int64]:
    """Return [S, K]: the state that each class leads to from each, class 0 nowhere."""
    found = np.zeros((len(automaton.table), len(representatives) + 1), dtype=np.int64)
    if representatives:
        tokens = _Tokens.of(representatives)
        for state in range(1, len(automaton.table)):
            found[state, 1:] = _walked(automaton, tokens, state, prefix)
    return found
