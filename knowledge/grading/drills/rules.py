"""What an answer may use, read off its syntax tree before anything runs.

An answer is a computation: NumPy (PyTorch in its variant) and the modules of the standard library that compute. What
the drill forbids is refused by name: however it was imported, as an attribute of whatever, by `getattr`. So is what
leads out of the answer into the interpreter (frames, namespaces, other modules), by which it could be had all the same.
In the sandbox the forbidden names are removed besides (`inside`).
"""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

#: As `knowledge.bank.drills.Variant`: the judge's process, which reads answers by this module, loads no bank.
Variant = Literal["numpy", "torch"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMPUTING = _words(
    "__future__ abc bisect cmath collections copy dataclasses decimal enum fractions functools heapq "
    "itertools math numbers operator random re statistics string time typing unicodedata warnings"
)
#: Modules that an answer may import, with what lies in them.
MODULES: dict[Variant, frozenset[str]] = {
    "numpy": _COMPUTING | {"numpy"},
    "torch": _COMPUTING | {"numpy", "torch"},
}
#: Names of Python's own that no answer gets: they reach files, names by text, or the interpreter.
BUILTINS = _words(
    "open exec eval compile input breakpoint globals locals vars setattr delattr getattr help exit quit "
    "copyright credits license memoryview __import__ __loader__ __spec__"
)
#: Attributes that lead out of an answer: to modules that do more than compute, frames, and names by text.
ATTRIBUTES = _words(
    # modules that others carry along
    "os sys posix subprocess builtins importlib ctypes gc inspect pickle marshal signal socket threading "
    "multiprocessing mmap runpy types shutil tempfile pathlib io atexit faulthandler traceback linecache "
    # frames and what hangs on them
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await ag_frame ag_code tb_frame tb_next f_back "
    "f_globals f_locals f_builtins f_code co_code "
    # attributes by text, or code in text
    "attrgetter methodcaller update_wrapper wraps singledispatch singledispatchmethod get_type_hints "
    "ForwardRef Formatter make_dataclass evaluate_forward_ref "
    # of NumPy: files, memory, other programs
    "core testing f2py ctypeslib distutils npyio DataSource memmap load loads save savez savez_compressed "
    "savetxt loadtxt genfromtxt fromregex fromfile tofile dump dumps "
    # of PyTorch: files, compilers, every operation by its name
    "hub jit ops package compile library classes distributed fx export onnx cpp_extension"
)
#: Removed in every drill, whatever it forbids.
ABSENT: dict[Variant, tuple[str, ...]] = {
    "numpy": (
        *(f"numpy.{name}" for name in (
            "load", "save", "savez", "savez_compressed", "savetxt", "loadtxt", "genfromtxt", "fromregex", "fromfile",
            "memmap", "DataSource",
        )),
        *(f"numpy.{name}" for name in ("core", "testing", "f2py", "ctypeslib", "distutils", "lib.format", "lib.npyio")),
    ),
    "torch": (
        "numpy.load", "numpy.memmap", "numpy.core", "numpy.testing", "numpy.ctypeslib",
        *(f"torch.{name}" for name in ("load", "save", "compile")),
    ),
}  # fmt: skip
#: Of `ATTRIBUTES`, what a class of the answer's own may well have: behind NumPy's and PyTorch's names nothing is left.
_OWN = _words("core load loads save dump dumps compile package classes export library")
#: Methods with two underscores that an answer may name; all may be defined.
_DUNDERS = _words(
    "__init__ __new__ __name__ __doc__ __class__ __call__ __len__ __iter__ __next__ __getitem__ "
    "__setitem__ __contains__ __post_init__ __enter__ __exit__ __add__ __radd__ __sub__ __mul__ __rmul__ "
    "__truediv__ __floordiv__ __mod__ __pow__ __neg__ __matmul__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ "
    "__hash__ __repr__ __str__ __bool__ __float__ __int__ __abs__ __reversed__ __version__"
)
_DUNDER_NAMES = _words("__name__ __doc__ __slots__ __all__ __author__ __version__ __hash__ __class__ __debug__")
_PLAIN_TYPES = _words("bool bytearray bytes dict float frozenset int list set str tuple")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an answer is not run: it does not compile, or names what it may not use; and what to show with it."""

    kind: Literal["syntax", "forbidden"]
    reason: str


def refused(code: str, *, forbidden: Sequence[str] = (), variant: Variant = "numpy") -> Refused | None:
    """Return why an answer may not run; None where nothing is against it.

    Args:
        code: of the answer.
        forbidden: dotted names of the drill.
        variant: with what it is solved.
    """
    try:
        tree = ast.parse(code, "answer.py")
        compile(tree, "answer.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        return Refused("syntax", f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg))
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes; brackets without end
        return Refused("syntax", str(error) or type(error).__name__)
    try:
        found = next(_Reader(tree, forbidden, variant).violations(), None)
    except RecursionError as error:
        return Refused("syntax", str(error))
    return None if found is None else Refused("forbidden", found)


class _Reader:
    """Reads one syntax tree."""

    def __init__(self, tree: ast.Module, forbidden: Sequence[str], variant: Variant) -> None:
        self._tree = tree
        self._modules = MODULES[variant]
        self._forbidden = frozenset(forbidden)
        #: Last part of a forbidden name → the name, of those that can be had here.
        self._last = {name.rpartition(".")[2]: name for name in forbidden if name.partition(".")[0] in self._modules}
        self._bound = frozenset(_bound(tree))
        #: Whether `getattr` stands nowhere but before brackets, where what it is called with is looked at.
        self._getattr_is_called = _is_only_called(tree, "getattr")
        self._own = frozenset(_own_attributes(tree))
        self._paths = _paths(tree)
        self._stars = [
            node.module for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module and any(each.name == "*" for each in node.names)
        ]  # fmt: skip

    def violations(self) -> Iterator[str]:
        """Yield what may not be used, forbidden names of the drill first."""
        found = [each for node in ast.walk(self._tree) for each in self._of(node)]
        yield from (name for name in found if name in self._forbidden)
        yield from found

    def _of(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Import(names):
                for each in names:
                    yield from self._module(each.name)
            case ast.ImportFrom():
                yield from self._from(node)
            case ast.Attribute():
                yield from self._attribute(node)
            case ast.Name(id=name):
                yield from self._name(name)
            case ast.Call(func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str() as name), *_]):
                yield from self._attribute(ast.Attribute(owner, name))
            case ast.Call(func=ast.Name(id="getattr")) if "getattr" not in self._bound:
                yield "getattr"
            case ast.Call(func=ast.Name(id="type"), args=args, keywords=keywords) if len(args) != 1 or keywords:
                yield "type"
            case ast.MatchClass():
                yield from self._pattern(node)

    def _module(self, dotted: str) -> Iterator[str]:
        top, *rest = dotted.split(".")
        if forbidden := next((each for each in self._forbidden if dotted == each), None):
            yield forbidden
        elif top not in self._modules:
            yield dotted
        else:
            yield from (each for each in rest if self._leads_out(each))

    def _from(self, node: ast.ImportFrom) -> Iterator[str]:
        if node.level or not node.module:
            yield "." * node.level + (node.module or "")
            return
        for each in node.names:
            full = f"{node.module}.{each.name}"
            top = node.module.partition(".")[0]
            if full in self._forbidden:
                yield full
            elif (known := self._last.get(each.name)) and known.partition(".")[0] == top:
                yield known
            elif each.name != "*" and self._leads_out(each.name):
                yield full
        yield from self._module(node.module)

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        name = node.attr
        path = self._path(node)
        if path in self._forbidden:
            yield str(path)
        elif (known := self._last.get(name)) and name not in self._own and _same_library(path, known):
            yield known
        elif self._leads_out(name) and not (name in self._own and _may_be_own(name)):
            yield path or name
        elif path in _PATHS:
            yield str(path)

    def _leads_out(self, name: str) -> bool:
        if name.startswith("__") and name.endswith("__"):
            return name not in _DUNDERS
        return name.startswith("_") or name in ATTRIBUTES

    def _name(self, name: str) -> Iterator[str]:
        if name.startswith("__") and name.endswith("__"):
            if name not in _DUNDER_NAMES:
                yield name
        elif name not in self._bound:
            if name in BUILTINS and not (name == "getattr" and self._getattr_is_called):
                yield name
            for module in self._stars if not hasattr(builtins, name) else ():
                if (known := self._last.get(name)) and known.partition(".")[0] == module.partition(".")[0]:
                    yield known
                elif self._leads_out(name):
                    yield f"{module}.{name}"

    def _pattern(self, node: ast.MatchClass) -> Iterator[str]:
        for name in node.kwd_attrs:
            yield from self._attribute(ast.Attribute(node.cls, name))
        plain = isinstance(node.cls, ast.Name) and node.cls.id in _PLAIN_TYPES - self._bound
        if node.patterns and not plain:
            yield ast.unparse(node)[:80]

    def _path(self, node: ast.expr) -> str | None:
        """Return the dotted path that an expression names, as far as imports and plain assignments tell."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._paths:
            return None
        return ".".join([self._paths[node.id], *reversed(names)])


def _same_library(path: str | None, forbidden: str) -> bool:
    """Whether what is named may be of the library of a forbidden name: it is, or nothing tells what it is of."""
    return path is None or path.partition(".")[0] == forbidden.partition(".")[0]


def _may_be_own(name: str) -> bool:
    """Whether an attribute that the answer's own classes have is no name of what lies inside a library besides."""
    return name in _OWN or (name.startswith("_") and not name.startswith("__") and name not in _private_names())


@cache
def _private_names() -> frozenset[str]:
    """Return the private names of all modules that an answer may import; of PyTorch, which is not loaded here, some."""
    modules = [importlib.import_module(name) for name in sorted(MODULES["numpy"])]
    modules += [module for name, module in list(sys.modules.items()) if name.startswith("numpy.") and module]
    names = {name for module in modules for name in vars(module) if name.startswith("_")}
    return frozenset(names) | _words("_C _VF _ops _jit_internal _utils _dynamo _inductor _refs _prims")


#: What is refused under its whole name only, as the last part of it is an honest name elsewhere.
_PATHS = frozenset(("numpy.lib.format", "numpy.lib.introspect", "torch.utils", "torch.classes", "torch.testing"))


def _is_only_called(tree: ast.Module, name: str) -> bool:
    named = called = 0
    for node in ast.walk(tree):
        named += isinstance(node, ast.Name) and node.id == name
        called += isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    return named == called


def _bound(tree: ast.Module) -> Iterator[str]:
    """Yield every name that the code gives a value of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=asname) if name != "*":
                yield asname or name.partition(".")[0]


def _own_attributes(tree: ast.Module) -> Iterator[str]:
    """Yield the attributes that the code's own classes and objects have."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                yield name
            case ast.ClassDef(body=body):
                for each in body:
                    if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                        yield each.name
                    elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                        yield each.target.id
                    elif isinstance(each, ast.Assign):
                        yield from (target.id for target in each.targets if isinstance(target, ast.Name))


def _paths(tree: ast.Module) -> dict[str, str]:
    """Return what module or part of one each name stands for, where imports say so, and assignments of such."""
    paths: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                for each in names:
                    top = each.name.partition(".")[0]
                    paths[each.asname or top] = each.name if each.asname else top
            case ast.ImportFrom(module=str() as module, names=names):
                for each in names:
                    paths[each.asname or each.name] = f"{module}.{each.name}"
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=(ast.Attribute() | ast.Name()) as value):
                dotted = ast.unparse(value)
                top, _, rest = dotted.partition(".")
                if top in paths and all(part.isidentifier() for part in dotted.split(".")):
                    paths.setdefault(name, f"{paths[top]}.{rest}" if rest else paths[top])
    return paths
