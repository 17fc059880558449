"""What may become of one statement or expression in a mutant: the slips of people who write numerical code from memory.

    operators    + ↔ −, × ↔ ÷, @ → ×, < → ≤ and ≥, and ↔ or …
    terms        one operand of a sum, product, condition left out; one value of what is returned
    numbers      one more, one less, the other sign, True ↔ False, a small one a thousand times larger
    calls        a keyword left out (axis, keepdims, ddof …), the last argument left out, two arguments exchanged,
                 max ↔ min, sum ↔ mean, zeros ↔ ones …; sqrt, exp, clip, copy, transpose and their like left out
    names        exchanged with the name bound just before it, or just after
    places       an index, a bound of a slice or of a range one more, one less, left out; .T left out
    steps        an assignment that rebinds, a call, a return in the middle, break, continue, raise left out
    conditions   turned round; a branch of an `if` expression alone

A drill compares values, so `dtype` stays. Where numbers count axes, so do their signs (−1 and 1 may be the same axis)
and the order of several.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

#: The kind of an edit, and what stands there then.
Edit = tuple[str, ast.AST]

_OPERATORS: dict[type[ast.AST], tuple[type[Any], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,), ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,), ast.MatMult: (ast.Mult,), ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,), ast.BitXor: (ast.BitOr,), ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,),
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip
_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
_SWAPS = {
    one: other
    for pair in (
        "max/min", "maximum/minimum", "amax/amin", "argmax/argmin", "nanmax/nanmin", "sum/mean", "floor/ceil",
        "zeros/ones", "zeros_like/ones_like", "any/all", "var/std", "sin/cos", "log/log1p", "exp/expm1", "inner/outer",
        "cumsum/cumprod", "triu/tril", "logical_and/logical_or", "hstack/vstack", "add/subtract", "pop/popleft",
    )
    for one, other in (pair.split("/"), pair.split("/")[::-1])
}  # fmt: skip
_BUILTINS = frozenset({"max", "min", "any", "all"})
#: A call of these gives way to one of its arguments, here by number.
_UNWRAPPED: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("copy", "abs", "fabs", "sqrt", "exp", "log", "tanh", "square"), (0,)),
    **dict.fromkeys(("sorted", "reversed", "flip", "sort", "unique", "clip", "transpose", "swapaxes"), (0,)),
    **dict.fromkeys(("maximum", "minimum", "max", "min"), (0, 1)), "where": (1, 2),
}  # fmt: skip
#: And a call of these methods to what they were called on.
_METHODS = frozenset(
    {"copy", "clone", "transpose", "swapaxes", "permute", "clip", "clamp", "sqrt", "exp", "log", "abs"}
)
#: Calls whose arguments may come in any order.
_SYMMETRIC = frozenset(
    {"maximum", "minimum", "max", "min", "add", "multiply", "logaddexp", "isinstance", "zip", "swapaxes"}
)
#: Calls whose arguments after the first (before a dot: all) count axes, or are lengths of which -1 is none.
_OF_AXES = frozenset((
    "swapaxes", "transpose", "permute", "moveaxis", "expand_dims", "squeeze", "unsqueeze", "concatenate", "stack",
    "cat", "sum", "mean", "max", "min", "var", "std", "prod", "any",
    "all", "argmax", "argmin", "argsort", "sort", "cumsum", "cumprod", "size", "unbind",
    "reshape", "view", "chunk", "flip", "repeat_interleave", "take_along_axis", "gather",
))  # fmt: skip
_MODULES = frozenset({"np", "numpy", "torch", "math", "F"})
_KEPT_KEYWORDS = frozenset({"dtype", "strict"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: in which field of what, which names are bound, and whether numbers have a sign."""

    parent: ast.AST
    field: str
    names: dict[str, int]
    signed: bool


def unsigned(node: ast.AST, field: str, index: int | None) -> bool:
    """Tell whether a number in this field of the node counts axes."""
    match node:
        case ast.keyword(arg="axis" | "dim" | "axes" | "dims"):
            return True
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return field == "slice"
        case ast.Call(func=ast.Attribute(value, name)) if name in _OF_AXES and field == "args":
            return not _is_module(value) or bool(index)
    return False


def of_statement(node: ast.stmt, names: dict[str, int], last: bool) -> Iterator[Edit]:
    """Yield what may stand instead of a statement as a whole; `last` where a function ends with it."""
    match node:
        case ast.Assign(targets=targets) if all(_rebinds(each, node, names) for each in targets):
            yield "dropped", ast.Pass()
        case ast.AnnAssign(target=target, value=ast.expr()) if _rebinds(target, node, names):
            yield "dropped", ast.Pass()
        case ast.AugAssign(target=target, value=value):
            yield from (("dropped", ast.Pass()), ("assigned", ast.Assign([target], value)))
            yield from (("operator", ast.AugAssign(target, other(), value)) for other in _OPERATORS[type(node.op)])
        case ast.Return(ast.Tuple(parts)) if len(parts) > 1:
            for number in range(len(parts)):
                yield "part", ast.Return(ast.Tuple(_without(parts, number), ast.Load()))
        case ast.Break():
            yield "jump", ast.Continue()
        case ast.Continue():
            yield "jump", ast.Break()
    if isinstance(node, ast.Expr | ast.Raise | ast.Break | ast.Continue) or (isinstance(node, ast.Return) and not last):
        yield "dropped", ast.Pass()


def _rebinds(target: ast.expr, node: ast.stmt, names: dict[str, int]) -> bool:
    """Tell whether all that is assigned to was there before."""
    if isinstance(target, ast.Tuple):
        return all(_rebinds(each, node, names) for each in target.elts)
    return not isinstance(target, ast.Name) or names.get(target.id, node.lineno) < node.lineno


def of_expression(node: ast.AST, place: Place) -> Iterator[Edit]:
    """Yield what may stand instead of an expression, or of a part of one, such as a slice."""
    if isinstance(getattr(node, "ctx", None), ast.Store) and not isinstance(node, ast.Subscript):
        return
    if (edits := _EDITS.get(type(node))) is not None:
        yield from edits(node, place)
    # A comparison is turned round by its operator, and what has a `not` already by losing it.
    if place.field == "test" and isinstance(node, ast.expr) and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield "not", ast.UnaryOp(ast.Not(), node)


def _constant(node: ast.Constant, place: Place) -> Iterator[Edit]:
    yield from (("constant", ast.Constant(each)) for each in _others(node.value, place.signed))


def _others(value: object, signed: bool) -> list[Any]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1, -value] if signed else [value + 1, value - 1]
        case float() if value == 0 or abs(value) >= 1e6:  # those stand for infinity
            return [1.0] if value == 0 else [1.0, -value]
        case float() if abs(value) < 1e-2:
            return [value * 1000]
        case float():
            return [value + 1, value - 1 if value == 1 else value / 2, -value]
        case "inf" | "-inf":
            return ["-inf" if value == "inf" else "inf"]
    return []


def _unary(node: ast.UnaryOp, place: Place) -> Iterator[Edit]:
    match node:
        case ast.UnaryOp(ast.USub(), ast.Constant(1)) if _called(place.parent) in ("reshape", "view"):
            pass  # it stands for the rest, and any other negative number would
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
            yield from (("constant", ast.Constant(each)) for each in _others(-value, place.signed))
        case _:
            yield "sign", node.operand


def _binary(node: ast.BinOp, place: Place) -> Iterator[Edit]:
    left, op, right = node.left, node.op, node.right
    yield from (("operator", ast.BinOp(left, other(), right)) for other in _OPERATORS[type(op)])
    yield from (("term", left), ("term", ast.UnaryOp(ast.USub(), right) if isinstance(op, ast.Sub) else right))
    if isinstance(op, _ORDERED) and not (isinstance(op, ast.Sub) and _squared(place.parent)):
        yield "order", ast.BinOp(right, op, left)


def _squared(node: ast.AST) -> bool:
    """Tell whether the sign of what stands in this node is lost."""
    power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant)
    return (power and node.right.value == 2) or _called(node) in ("abs", "square")  # type: ignore[attr-defined]


def _boolean(node: ast.BoolOp, place: Place) -> Iterator[Edit]:
    yield from (("operator", ast.BoolOp(other(), node.values)) for other in _OPERATORS[type(node.op)])
    for number in range(len(node.values)):
        rest = _without(node.values, number)
        yield "term", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _compare(node: ast.Compare, place: Place) -> Iterator[Edit]:
    for number, op in enumerate(node.ops):
        for other in _OPERATORS[type(op)]:
            ops = [*node.ops[:number], other(), *node.ops[number + 1 :]]
            yield "comparison", ast.Compare(node.left, ops, node.comparators)


def _branches(node: ast.IfExp, place: Place) -> Iterator[Edit]:
    yield from (("branch", node.body), ("branch", node.orelse), ("order", ast.IfExp(node.test, node.orelse, node.body)))


def _name(node: ast.Name, place: Place) -> Iterator[Edit]:
    if node.id not in place.names:
        if node.id in _BUILTINS:
            yield "function", ast.Name(_SWAPS[node.id], ast.Load())
    elif not (isinstance(place.parent, ast.Call) and place.field == "func"):
        there = [each for each, line in place.names.items() if line < node.lineno or each == node.id]
        at = there.index(node.id)
        for other in (*there[max(0, at - 1) : at], *there[at + 1 : at + 2]):
            yield "name", ast.Name(other, ast.Load())


def _attribute(node: ast.Attribute, place: Place) -> Iterator[Edit]:
    if node.attr in ("T", "mT"):
        yield "dropped", node.value
    elif node.attr == "inf":
        yield "sign", ast.UnaryOp(ast.USub(), node)
    elif node.attr in _SWAPS:
        yield "function", ast.Attribute(node.value, _SWAPS[node.attr], ast.Load())


def _call(node: ast.Call, place: Place) -> Iterator[Edit]:
    called, args, keywords = node.func, node.args, node.keywords
    name = _called(node)
    for number, each in enumerate(keywords):
        # An axis that this call has by default, it has from some version of NumPy on.
        if each.arg not in _KEPT_KEYWORDS and name != "take_along_axis":
            yield "keyword", ast.Call(called, args, _without(keywords, number))
    if len(args) > 1:
        yield "argument", ast.Call(called, args[:-1], keywords)
        for number in range(0 if name not in _SYMMETRIC else len(args), len(args) - 1):
            yield "order", ast.Call(called, _swapped(args, number), keywords)
    if isinstance(called, ast.Attribute) and not _is_module(called.value):
        yield from [("dropped", called.value)] if name in _METHODS else []
    else:
        yield from (("dropped", args[number]) for number in _UNWRAPPED.get(name, ()) if number < len(args))
    if name == "range":
        yield from _range(called, args)


def _range(called: ast.expr, args: list[ast.expr]) -> Iterator[Edit]:
    if len(args) == 1:
        yield "bound", ast.Call(called, [ast.Constant(1), *args], [])
    for number, bound in enumerate(args):
        for other in _moved(bound):
            yield "bound", ast.Call(called, [*args[:number], other, *args[number + 1 :]], [])


def _subscript(node: ast.Subscript, place: Place) -> Iterator[Edit]:
    if isinstance(node.slice, ast.Name):
        yield from (("index", ast.Subscript(node.value, other, node.ctx)) for other in _moved(node.slice))


def _slice(node: ast.Slice, place: Place) -> Iterator[Edit]:
    lower, upper, step = node.lower, node.upper, node.step
    for other in [] if lower is None else [None, *_moved(lower)]:
        yield "index", ast.Slice(other, upper, step)
    for other in [] if upper is None else [None, *_moved(upper)]:
        yield "index", ast.Slice(lower, other, step)
    if step is not None:
        yield "index", ast.Slice(lower, upper, None)


def _sequence(node: ast.Tuple | ast.List, place: Place) -> Iterator[Edit]:
    if place.signed:  # the order of axes to sum over means nothing
        yield from (("order", type(node)(_swapped(node.elts, at), ast.Load())) for at in range(len(node.elts) - 1))


def _comprehension(node: ast.comprehension, place: Place) -> Iterator[Edit]:
    for number in range(len(node.ifs)):
        yield "dropped", ast.comprehension(node.target, node.iter, _without(node.ifs, number), 0)


_EDITS: dict[type[ast.AST], Callable[[Any, Place], Iterator[Edit]]] = {
    ast.Constant: _constant, ast.UnaryOp: _unary, ast.BinOp: _binary, ast.BoolOp: _boolean, ast.Compare: _compare,
    ast.IfExp: _branches, ast.Name: _name, ast.Attribute: _attribute, ast.Call: _call, ast.Subscript: _subscript,
    ast.Slice: _slice, ast.Tuple: _sequence, ast.List: _sequence, ast.comprehension: _comprehension,
}  # fmt: skip


def _called(node: ast.AST) -> str:
    """Return the last part of the name that a call calls; empty for anything else."""
    called = node.func if isinstance(node, ast.Call) else None
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _MODULES


def _moved(bound: ast.expr) -> list[ast.expr]:
    """Return an expression one more and one less; nothing for a number, which has edits of its own."""
    if isinstance(bound, ast.Constant) or (isinstance(bound, ast.UnaryOp) and isinstance(bound.operand, ast.Constant)):
        return []
    return [ast.BinOp(bound, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub())]


def _without(items: list[Any], number: int) -> list[Any]:
    return [*items[:number], *items[number + 1 :]]


def _swapped(items: list[Any], number: int) -> list[Any]:
    return [*items[:number], items[number + 1], items[number], *items[number + 2 :]]
