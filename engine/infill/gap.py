"""What a causal pass goes on from, and what it has to lead up to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from torch import Tensor

from engine.forms.token_automaton import TokenAutomaton
from engine.model import KVCache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gap:
    """A place in a text that is to be written from the left."""

    context: KVCache  # of one sequence without its last token; it is not changed
    last: int  # that token
    following: Sequence[int]  # tokens behind the gap
    lengths: Collection[int]  # in tokens; a text has one of them
    forbidden: Tensor | None = None  # [F, V] or [1, V] bool, what each slot may not become
    form: TokenAutomaton | None = None  # of the text; None: any
