"""What is believed of slots in a row, given that their text has a form.

Slots are found in no order, and what one may become hangs on what all others may. With the slots'
probabilities as weights, the tokens of a row that make a whole text are the paths of a hidden
Markov chain whose states are the automaton's: the forward-backward algorithm (Rabiner 1989) gives
each slot's distribution over all such texts, exactly, Viterbi's the likeliest of them, and going
forward with draws one at random.

Dimensions: F slots in a row, V vocabulary, N tokens of it that may stand somewhere, S states, K
classes of tokens.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.forms.token_automaton import TokenAutomaton

NEVER = -1e30  # the logarithm of nothing; finite, so that zero times it is zero
_HARDLY = NEVER / 2  # what is less is nothing


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A row of slots and a form: what each slot may become, and how likely."""

    automaton: TokenAutomaton
    logs: Tensor  # [F, N] float32, of the model's probabilities, up to a constant each
    _classes: Tensor  # [F, K] float64, the same of all of a class
    _behind: Tensor  # [F + 1, S] float64, of all ways from a state on to a whole text

    @classmethod
    def of(cls, automaton: TokenAutomaton, logs: Tensor) -> "Chain":
        """Look at a row of slots, backwards.

        Args:
            automaton: Of the form.
            logs: Logarithms of the model's probabilities [F, V], up to a constant for each slot.
        """
        # Before they leave the device: often few of very many.
        logs = logs[:, automaton.tokens.to(logs.device)].float().cpu()
        classes = _by_class(automaton, logs)
        behind = [torch.where(automaton.is_final, 0.0, NEVER).double()]
        for own in classes.flip(0):
            behind.append(_backward(automaton, own, behind[-1]))
        return cls(automaton, logs, classes, torch.stack(behind[::-1]))

    @property
    def is_possible(self) -> bool:
        """Whether any text of so many tokens has the form."""
        return bool(self._behind[0, self.automaton.start] > _HARDLY)

    def beliefs(self) -> Tensor:
        """Return [F, V] float32: each slot's logits over all whole texts, −1e30 for none."""
        automaton, edges = self.automaton, self.automaton.edges
        ahead = torch.full((automaton.num_states,), NEVER, dtype=torch.float64)
        ahead[automaton.start] = 0.0
        found = []
        for slot, own in enumerate(self._classes):
            ways = ahead[edges.source] + self._behind[slot + 1][edges.target]
            by_class = _summed(ways, edges.label, own.shape[0])
            found.append(self._added(slot, by_class))
            ahead = _summed(ahead[edges.source] + own[edges.label], edges.target, len(ahead))
            # Only what states have of each other matters, and it is to stay near zero.
            ahead = torch.where(ahead > _HARDLY, ahead - ahead.max(), NEVER)
        beliefs = torch.full((len(found), len(automaton.class_of)), NEVER)
        beliefs[:, automaton.tokens] = torch.stack(found)
        return beliefs

    def likeliest(self) -> Tensor:
        """Return [F] int64: the likeliest whole text."""
        automaton, edges = self.automaton, self.automaton.edges
        best = _best_of_class(automaton, self.logs)
        worth = [torch.where(automaton.is_final, 0.0, NEVER).double()]
        for own in best.flip(0):
            ways = own[edges.label] + worth[-1][edges.target]
            worth.append(_greatest(ways, edges.source, automaton.num_states))
        state, places = automaton.start, list[int]()
        for slot, behind in enumerate(worth[-2::-1]):
            ahead = behind[automaton.next[state]][automaton.classes]
            places.append(int((self.logs[slot].double() + ahead).argmax()))
            state = int(automaton.next[state, automaton.classes[places[-1]]])
        return automaton.tokens[places]

    def drawn(self, uniform: Tensor) -> Tensor:
        """Return [F] int64: a whole text at random, as likely as it is believed.

        Args:
            uniform: [F] float32 in [0, 1), a number for each slot.
        """
        automaton, state, places = self.automaton, self.automaton.start, list[int]()
        for slot, number in enumerate(uniform.tolist()):
            by_class = self._behind[slot + 1][automaton.next[state]]
            logits = self._added(slot, by_class)
            running = logits.double().softmax(dim=-1).cumsum(dim=-1)
            # Never beyond the last that has a share, however the sum was rounded.
            place = int(torch.searchsorted(running, number * running[-1], right=True))
            last = int((logits > _HARDLY).nonzero()[-1])
            places.append(min(place, last))
            state = int(automaton.next[state, automaton.classes[places[-1]]])
        return automaton.tokens[places]

    def _added(self, slot: int, by_class: Tensor) -> Tensor:
        """Return a slot's logits [N] with what is said of each class [K] on them."""
        greatest = by_class[1:].max()
        shifted = torch.where(by_class > _HARDLY, by_class - greatest, NEVER)
        shifted[0] = NEVER
        return (self.logs[slot] + shifted.float()[self.automaton.classes]).clamp_min(NEVER)


def _by_class(automaton: TokenAutomaton, logs: Tensor) -> Tensor:
    """Return the logarithms of the classes' sums, [F, K] float64."""
    greatest = _best_of_class(automaton, logs)
    rest = (logs - greatest.float()[:, automaton.classes]).exp()
    sums = torch.zeros_like(greatest).index_add(1, automaton.classes, rest.double())
    return greatest + sums.clamp_min(1.0).log()


def _best_of_class(automaton: TokenAutomaton, logs: Tensor) -> Tensor:
    """Return each class's greatest logarithm, [F, K] float64; nothing for the class of none."""
    shape = len(logs), automaton.next.shape[1]
    found = torch.full(shape, NEVER, dtype=logs.dtype)
    found.scatter_reduce_(1, automaton.classes.expand(len(logs), -1), logs, "amax")
    return found.double()


def _backward(automaton: TokenAutomaton, own: Tensor, behind: Tensor) -> Tensor:
    edges = automaton.edges
    return _summed(own[edges.label] + behind[edges.target], edges.source, automaton.num_states)


def _greatest(values: Tensor, places: Tensor, size: int) -> Tensor:
    """Return the greatest of the values [E] for each place, [size]; nothing where there is none."""
    found = torch.full((size,), NEVER, dtype=values.dtype)
    return found.scatter_reduce(0, places, values, "amax").clamp_min(NEVER)


def _summed(values: Tensor, places: Tensor, size: int) -> Tensor:
    """Return the logarithm of the sum of e^value for each place, [size]."""
    greatest = _greatest(values, places, size)
    sums = torch.zeros_like(greatest).index_add(0, places, (values - greatest[places]).exp())
    return torch.where(greatest > _HARDLY, greatest + sums.clamp_min(1.0).log(), NEVER)
