"""Rules about parts of a quiz item that hold for several kinds; none of them runs anything."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Sequence

from knowledge.bank.programs import Wrong

#: A right option this many times longer than the others can be guessed without reading.
LONGER = 1.6
#: And so is one that is this many times longer than every other.
LONGEST = 1.25


def key(text: str) -> str:
    """Return `text` without what does not tell two phrases apart: case, width, spaces, punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def different(options: Sequence[str], name: str) -> Iterator[Wrong]:
    """Want no option twice."""
    if len(set(options)) < len(options):
        yield f"{name} holds the same option twice", "make all four different"


def of_like_length(options: Sequence[str], answer: int, name: str) -> Iterator[Wrong]:
    """Want a right option that its length does not give away."""
    others = [len(option) for index, option in enumerate(options) if index != answer]
    mean = sum(others) / len(others)
    # Short options differ by a word, which gives nothing away.
    most = max(others)
    if len(options[answer]) > max(LONGER * mean, mean + 8) or len(options[answer]) > max(LONGEST * most, most + 8):
        yield f"{name}: the right one is much longer than the others", "make all four of like length"


def program(code: str, name: str, limit: int, *, asserts: bool = False) -> Iterator[Wrong]:
    """Want a Python program of at most `limit` lines, which `asserts` something."""
    if (lines := len(code.splitlines())) > limit:
        yield f"{name} has {lines} lines", f"cut it to {limit}"
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two: nested too deeply
        yield f"{name} is not Python ({error})", "mend it"
        return
    if asserts and not has_assertion(tree):
        yield f"{name} asserts nothing", "assert what the right program does"


def has_assertion(tree: ast.Module) -> bool:
    """Tell whether a program asserts anything, by the statement or by one of NumPy's functions for it."""
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree)) or any(
        word.startswith("assert_") for word in words(tree)
    )


def words(tree: ast.Module) -> set[str]:
    """Return every name, attribute, keyword and imported name in the source."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.keyword(arg=str(word)) | ast.alias(name=word):
                found.add(word)
    return found
