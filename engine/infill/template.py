"""Chat templates at a price: programs that came with a model, from whoever made it.

Jinja's sandbox keeps a template away from what is not its business, and lets it compute without
end. A process with limits of its own would end that, but a bundle has no interpreter to start one
with, Windows and macOS enforce no such limits, and killing it would tell nobody why. So the work is
counted in here: whatever a template makes it pays for by its size, and a body by its nodes each
time it is run, out of a budget of which real templates take a hundredth. What makes much of little
in one operation is looked at before or left out: there are only the filters and methods below.
Time and memory are bounded by the budget then, and the same template fails the same everywhere.
"""

from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from functools import partial, wraps
from itertools import islice
from typing import Any, Final, NoReturn, cast

from jinja2 import TemplateError, nodes, pass_context, pass_environment, pass_eval_context
from jinja2.environment import Environment, Template
from jinja2.ext import LoopControlExtension
from jinja2.filters import FILTERS, do_tojson, make_attrgetter
from jinja2.nodes import EvalContext, Node
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from engine.errors import outcome_of

MAX_SOURCE: Final = 64 << 10  # bytes; the longest known have half of it
_MAX_TOKENS: Final = 20_000
_MAX_NODES: Final = 8_000
_BUDGET: Final = 200_000  # about a microsecond each
_MAX_TEXT: Final = 1 << 18  # characters of one text
_MAX_BITS: Final = 256  # of a whole number
_CHARS: Final = 16  # that cost as much as one item
_MAX_INDENT: Final = 16

_FILTERS: Final = {
    "abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float",
    "int", "items", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
    "reverse", "safe", "select", "selectattr", "sort", "string", "title", "trim", "unique", "upper",
}  # fmt: skip
# What texts, lists and the like can be asked; all other attributes are refused.
_METHODS: Final[dict[type, set[str]]] = {
    str: {
        "capitalize", "count", "endswith", "find", "isalnum", "isalpha", "isdigit", "islower",
        "isspace", "isupper", "join", "lower", "lstrip", "removeprefix", "removesuffix", "replace",
        "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper",
    },
    dict: {"get", "items", "keys", "values"},
    list: {"count", "index"},
    tuple: {"count", "index"},
    int: set(),
    float: set(),
}  # fmt: skip


def render(source: str, **values: object) -> str:
    """Render a template.

    Raises:
        TemplateError: If it is no template, fails, asks for what is not there, or computes too
            much.
    """
    budget = _Budget()
    # One for each rendering: its filters and tests hold this budget.
    environment = _Environment(budget)
    found = outcome_of(lambda: _render(environment, source, values))
    # A template's faults are Python's: a division by zero, a missing key, too deep a recursion.
    if isinstance(found.error, Exception) and not isinstance(found.error, TemplateError):
        raise TemplateError(f"{type(found.error).__name__}: {found.error}") from found.error
    return found.needed()


def _render(environment: "_Environment", source: str, values: dict[str, Any]) -> str:
    if len(source) > MAX_SOURCE:
        raise TemplateError(f"it has {len(source)} characters; {MAX_SOURCE} are the limit")
    num_tokens = sum(1 for _ in environment.lex(source))
    tree = environment.parse(source) if num_tokens <= _MAX_TOKENS else None
    if tree is None or _weight([tree]) > _MAX_NODES:
        raise TemplateError("it is too long")
    code = environment.compile(_Pricing().visit(tree))
    template = Template.from_code(environment, code, environment.globals)
    return template.render(values)


class _Budget:
    """What a template may still compute."""

    def __init__(self) -> None:
        self.left = _BUDGET

    def spend(self, cost: int) -> None:
        """Take a cost off."""
        self.left -= cost
        if self.left < 0:
            raise TemplateError("it computes too much")

    def pay(self, value: Any) -> Any:  # noqa: ANN401 - a template's values may be anything
        """Pay for a value by its size, all that is in it included; what is lazy becomes a list."""
        # Walked here and at a price; a loop's own context would end the loop by that.
        if isinstance(value, Iterator | range) and not isinstance(value, LoopContext):
            value = list(islice(value, self.left + 1))
        elif isinstance(value, _VIEWS):
            value = list(value)
        stack = [value]
        while stack:
            item = stack.pop()
            self.spend(1)
            if isinstance(item, str):
                check_text(len(item))
                self.spend(len(item) // _CHARS)
            elif isinstance(item, int):
                check_bits(item.bit_length())
            elif isinstance(item, dict):
                self.spend(len(item))
                stack.extend(item)
                stack.extend(item.values())
            elif isinstance(item, list | tuple):
                self.spend(len(item))
                stack.extend(item)
        return value


_VIEWS = (KeysView, ValuesView, ItemsView)


def check_text(length: int) -> None:
    """Refuse a text before it is made."""
    if length > _MAX_TEXT:
        raise TemplateError(f"it makes a text of {length} characters; {_MAX_TEXT} are the limit")


def check_bits(bits: int) -> None:
    """Refuse a whole number before it is made."""
    if bits > _MAX_BITS:
        raise TemplateError("it makes too large a number")


class _Pricing(NodeTransformer):
    """Puts a price on what the environment does not see: bodies, literals, comparisons, slices."""

    def visit(self, node: Node, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as in Jinja
        if isinstance(node, _FILES):
            raise TemplateError("it asks for other files")
        if isinstance(node, nodes.TemplateData):
            # Only expressions go through `finalize`.
            return nodes.Const(node.data, lineno=node.lineno)
        weight = _weight([node]) if isinstance(node, _RUN_AGAIN) else 0
        if isinstance(node, nodes.For) and node.test is not None:
            node.test = _priced(cast(nodes.Expr, node.test), _weight([node.test]))
        self.generic_visit(node)
        match node:
            case nodes.For():
                node.iter = _priced(cast(nodes.Expr, node.iter))
            case nodes.Compare():
                node.expr = _priced(node.expr)
                for operand in node.ops:
                    operand.expr = _priced(operand.expr)
            case nodes.Concat():
                return _filtered(nodes.List(node.nodes), "concatenated")
        if isinstance(node, _RUN_AGAIN):
            price = _priced(nodes.Const("", lineno=node.lineno), weight)
            node.body = [nodes.Output([price], lineno=node.lineno), *node.body]
        return _priced(cast(nodes.Expr, node)) if _makes_a_value(node) else node


_FILES = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_RUN_AGAIN = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)


def _makes_a_value(node: Node) -> bool:
    if isinstance(node, nodes.Getitem):
        return isinstance(node.arg, nodes.Slice)
    if isinstance(node, nodes.Tuple):
        return node.ctx == "load"  # others are what is assigned to
    return isinstance(node, nodes.List | nodes.Dict)


def _weight(tree: Iterable[Node]) -> int:
    """Return the number of nodes, those within them included."""
    stack, count = list(tree), 0
    while stack:
        count += 1
        stack.extend(stack.pop().iter_child_nodes())
    return count


def _priced(node: nodes.Expr, weight: int = 0) -> nodes.Expr:
    if isinstance(node, nodes.Const) and not weight:
        return node
    return _filtered(node, "priced", nodes.Const(weight))


def _filtered(node: nodes.Expr, name: str, *args: nodes.Expr) -> nodes.Expr:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with a budget, and with what can be paid for alone."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, budget: _Budget) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            # Constants would be computed before anybody can look at them.
            optimized=False,
            finalize=pass_context(lambda context, value: budget.pay(value)),
            extensions=[LoopControlExtension],  # as in transformers
        )
        self.budget = budget
        self.globals = {
            "dict": dict,
            "namespace": _Namespace,
            "raise_exception": _raise,
            "range": self._range,
        }
        filters: dict[str, Any] = {name: FILTERS[name] for name in _FILTERS}
        filters |= {
            "concatenated": _joined_all,
            "join": _join,
            "replace": _replace,
            "tojson": _tojson,
        }
        self.filters = {name: self._paying(one) for name, one in filters.items()}
        self.filters["priced"] = self._priced
        tests: dict[str, Any] = dict(TESTS)
        self.tests = {name: self._paying(test) for name, test in tests.items()}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        for kind, names in _METHODS.items():
            # The first that fits decides, also for a subclass: what is not listed is refused.
            if isinstance(obj, kind):
                return attr in names
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        # `str.format` is no method of the above.
        return None

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - as in Jinja
        return self.budget.pay(super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - as in Jinja
        return self.budget.pay(super().getitem(obj, argument))

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        self.budget.pay((args, kwargs))
        text, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(text, str) and name == "replace":
            obj = partial(_replace, text)
        elif isinstance(text, str) and name == "join":
            obj = partial(_joined, text)
        return self.budget.pay(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        self.budget.pay((left, right))
        if operator == "*":
            _check_product(left, right)
            _check_product(right, left)
        # Before it is computed: the result of two small numbers may fill the memory.
        elif operator == "**" and isinstance(left, int) and isinstance(right, int):
            check_bits(left.bit_length() * right)
        # A width in the format makes a text of any length out of nothing.
        elif operator == "%" and isinstance(left, str):
            raise TemplateError("it formats a text with %")
        return self.budget.pay(super().call_binop(context, operator, left, right))

    def _paying(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def paid(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a template's values
            self.budget.pay((args, kwargs))
            return self.budget.pay(function(*args, **kwargs))

        return paid

    @pass_context
    def _priced(self, context: Context, value: Any, weight: int) -> Any:  # noqa: ANN401
        self.budget.spend(weight)
        return self.budget.pay(value)

    def _range(self, *args: int) -> list[int]:
        numbers = range(*args)
        self.budget.spend(len(numbers))
        return list(numbers)


class _Namespace(Namespace):
    """What templates keep their variables in; shown without what is in it, which nobody paid."""

    def __repr__(self) -> str:
        return "<namespace>"


def _check_product(value: object, count: object) -> None:
    if isinstance(value, str | list | tuple) and isinstance(count, int):
        check_text(len(value) * count)


def _replace(text: str, old: str, new: str, count: int = -1) -> str:
    """Replace in a text, as the filter and the method do."""
    text, old, new = str(text), str(old), str(new)
    check_text(len(text) + text.count(old) * len(new))
    return text.replace(old, new, -1 if count is None else count)


def _joined_all(parts: list[Any]) -> str:
    return _joined("", [str(part) for part in parts])


def _joined(text: str, parts: Iterable[str]) -> str:
    pieces = list(parts)
    check_text(len(text) * len(pieces) + sum(len(piece) for piece in pieces))
    return text.join(pieces)


@pass_environment
def _join(
    environment: Environment,
    value: Iterable[Any],
    d: str = "",
    attribute: str | int | None = None,
) -> str:
    parts = list(value)
    if attribute is not None:
        parts = [make_attrgetter(environment, attribute)(part) for part in parts]
    return _joined(str(d), map(str, parts))


@pass_eval_context
def _tojson(eval_ctx: EvalContext, value: Any, indent: int | None = None) -> str:  # noqa: ANN401
    if indent is not None and not 0 <= indent <= _MAX_INDENT:
        raise TemplateError(f"it indents by {indent}")
    return do_tojson(eval_ctx, value, indent)


def _raise(message: object) -> NoReturn:
    raise TemplateError(str(message))
