"""Other one-line mends of a broken program: what a reader may rightly choose who is told that another line is wrong.

    broken, fixed → mutants() → one program that tries them all and prints those that pass

Each mutant changes one line that is not among the wrong ones, by what stands in the two programs: names and operators
swapped, ±1, signs, axes, a factor. Lines that only hold data are left alone: with other data any assertion may pass.
"""

from __future__ import annotations

import ast
import builtins
import copy
import io
import json
import keyword
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence

#: Mutants of one item, and seconds of CPU time for one of them; what does not fit the time for all is not tried.
MOST, SECONDS_EACH = 600, 1.0
_ARITHMETIC = ("+", "-", "*", "/", "//", "**", "@", "%")
_COMPARED = ("<", "<=", ">", ">=", "==", "!=")
_ASSIGNED = ("=", "+=", "-=", "*=", "/=")
#: Names that a line of data may have.
_MAKERS = frozenset({"np", "tf", "rng", "float"})
_REDUCES = re.compile(r"\b(?:sum|mean|max|min|std|var|argmax|argmin|prod|norm)\(")
#: Bytes that the changed programs may take on top of what the job takes.
_ROOM = 512 << 20
#: What stands before the answer of the program that tries.
_MARK = "mended by: "
#: What runs the mutants: each in a namespace of its own, cut off when it takes too long. With a loose assertion a
#: mutant may pass and be wrong; a mend also prints what the program without the bug prints, and asserts of the same
#: values. A child runs them and tells which it tries: one that brings it down mends nothing, and another child goes on
#: with the next.
_TRIES = """\
import ast, contextlib, io, json, os, resource, signal, time, warnings

warnings.simplefilter("ignore")
try:
    import numpy  # before the clock runs
except ImportError:
    numpy = None
broken, fixed, mutants = json.loads({programs!r})
lines = broken.splitlines()
asserted = {{
    node.id
    for test in ast.walk(ast.parse(fixed)) if isinstance(test, ast.Assert)
    for node in ast.walk(test) if isinstance(node, ast.Name)
}}

class TooLong(BaseException):
    pass

def late(*_):
    raise TooLong

def run(source):
    space, printed = {{"__name__": "__main__"}}, io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(source, "mutant.py", "exec"), space)
    return printed.getvalue(), {{name: space[name] for name in asserted if name in space}}

def same(one, other):
    if callable(one) or isinstance(one, type(ast)):
        return True
    if numpy is None:
        return one == other
    try:
        return bool(numpy.allclose(one, other, equal_nan=True)) and numpy.shape(one) == numpy.shape(other)
    except (TypeError, ValueError):
        return repr(one) == repr(other)

def search(first, seconds, tell):
    wanted, values = run(fixed)  # if it fails, its run by itself says so
    signal.signal(signal.SIGPROF, late)
    begun = time.process_time()
    for at in range(first, len(mutants)):
        if time.process_time() - begun > seconds:
            break
        number, text = mutants[at]
        tell("tries", at)
        signal.setitimer(signal.ITIMER_PROF, {each})
        try:
            printed, found = run("\\n".join([*lines[: number - 1], text, *lines[number:]]))
            mends = printed == wanted and all(same(values[name], found.get(name)) for name in values)
        except BaseException:
            mends = False
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if mends:
            tell("mends", at)

def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

def bounded(room):  # a loop without end would fill what this job has, and end it
    try:
        with open("/proc/self/statm") as file:
            held = int(file.read().split()[5]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_DATA, (held + room, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    except (OSError, ValueError):
        pass  # then the job's own bound holds

def child(first, seconds):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        bounded({room})
        try:
            search(first, seconds, lambda *what: os.write(write, (json.dumps(what) + "\\n").encode()))
            status = 0
        finally:
            os._exit(status)  # nothing of the parent's may run in it
    os.close(write)
    with open(read) as told:
        heard = [json.loads(line) for line in told]
    return heard, os.waitpid(pid, 0)[1]

passed, first, ended = [], 0, 1
while ended and first < len(mutants) and spent() < {seconds}:
    heard, ended = child(first, {seconds} - spent())
    passed += [mutants[at] for what, at in heard if what == "mends"]
    if not heard:
        break
    first = heard[-1][1] + 1
print("\\n{mark}" + json.dumps(passed))
"""


def program(broken: str, fixed: str, wrong: Sequence[int], offered: Iterable[int], seconds: float) -> str | None:
    """Return a program that prints the other lines that mend `broken`, as JSON; None where nothing can be tried.

    Args:
        broken: the program with the bug.
        fixed: the same without.
        wrong: numbers of its wrong lines, which are not tried.
        offered: numbers of the lines that a reader can choose.
        seconds: of CPU time, for all of them.
    """
    tried = list(mutants(broken, fixed, [number for number in offered if number not in wrong]))
    return (
        _TRIES.format(
            programs=json.dumps([broken, fixed, tried]), seconds=seconds, each=SECONDS_EACH, room=_ROOM, mark=_MARK
        )
        if tried
        else None
    )


def passed(printed: str) -> list[tuple[int, str]]:
    """Return the lines that `program` printed, each as its number and what it was changed to."""
    # A changed program may get round what keeps its own output apart: nothing but the line with the mark is read.
    _, mark, told = printed.rpartition(_MARK)
    return [(int(number), str(text)) for number, text in json.loads(told.splitlines()[0])] if mark else []


def mutants(broken: str, fixed: str, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield changed lines: a number and the new text. Those nearest to the front of each line's list come first."""
    lines, seen = broken.splitlines(), _Seen(broken + "\n" + fixed)
    of_line = [[(n, text) for text in _of_line(lines[n - 1], seen.above(lines, n))] for n in numbers]
    of_line = [found for found in of_line if found]
    share = MOST // max(1, len(of_line))
    for found in of_line:
        yield from found[:share]


class _Seen:
    """What stands in an item's programs, and so may stand in a mend."""

    def __init__(self, source: str) -> None:
        names, attributes, numbers = dict[str, None](), dict[str, None](), dict[str, None]()
        for at, token in enumerate(tokens := list(_tokens(source))):
            before = tokens[at - 1].string if at else ""
            if token.type == tokenize.NUMBER:
                numbers[token.string] = None
            elif token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                if before == ".":
                    attributes[token.string] = None
                elif not hasattr(builtins, token.string):
                    names[token.string] = None
        imports = re.findall(r"^(?:import|from) .*", source, re.MULTILINE)
        modules = {word for line in imports for word in re.findall(r"\w+", line)}
        numbered = re.findall(r"^\s*(\w+(?:, \w+)*) = -?[\d.]", source, re.MULTILINE)
        parameters = re.findall(r"^\s*def \w+\((.*)\):", source, re.MULTILINE)
        scalars = {word for text in (*numbered, *parameters) for word in re.findall(r"[A-Za-z_]\w*", text)}
        self.names = [name for name in names if name not in modules]
        self.scalars = [name for name in self.names if name in scalars]
        self.attributes, self.numbers = list(attributes), list(numbers)

    def above(self, lines: Sequence[str], number: int) -> _Seen:
        """Leave out what is computed further down: to return what the assertion compares with is no mend."""
        heads = (re.match(r"(\w+(?:, \w+)*) = ", line) for line in lines[number:])
        below = {name for head in heads if head for name in head[1].split(", ")} - set(self.scalars)
        seen = copy.copy(self)
        seen.names = [
            name for name in self.names if name not in below or re.search(rf"\b{name}\b", "\n".join(lines[:number]))
        ]
        return seen


def _of_line(line: str, seen: _Seen) -> Iterator[str]:
    code = line.split("#")[0].rstrip()
    if _only_data(code):
        return
    found: dict[str, None] = {}
    for text in [*_whole(code, seen), *_parts(code, seen)]:
        if text != code and _parses(text):
            found[text] = None
    yield from found


def _whole(code: str, seen: _Seen) -> Iterator[str]:
    """Yield changes of all that a line assigns or returns: its sign, a factor."""
    match = re.fullmatch(r"(?P<head>\s*(?:return\s|[^=()]+?[-+*/]?=(?!=))\s*)(?P<value>.+)", code)
    if match is None:
        return
    head, value = match["head"], match["value"]
    yield f"{head}-({value})"
    for other in (*seen.scalars, *(number for number in seen.numbers if number not in ("0", "1"))):
        yield f"{head}({value}) * {other}"
        yield f"{head}({value}) / {other}"
    for what in (".T", "[::-1]", ".copy()"):
        yield f"{head}({value}){what}"
    yield f"{head}({value}) + 1"
    yield f"{head}({value}) - 1"


def _parts(code: str, seen: _Seen) -> Iterator[str]:
    """Yield changes of one token, and of a call's arguments."""
    try:
        tokens = list(_tokens(code.lstrip()))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return
    indent = code[: len(code) - len(code.lstrip())]
    body = code.lstrip()
    head = re.match(r"(?:for .*? in )|(?:[^=()\[\]]*=(?!=))", body)
    targets = head.end() if head else 0
    for at, token in enumerate(tokens):
        start, end = token.start[1], token.end[1]
        before = tokens[at - 1].string if at else ""
        after = tokens[at + 1].string if at + 1 < len(tokens) else ""
        if token.type == tokenize.NAME and start < targets:
            continue  # what a line sets: under another name it would be missing where it is read
        for new in _instead(token, before, after, seen):
            # A loop that never runs mends nothing, so its head is changed by one or to another number alone.
            if not body.startswith("for ") or re.fullmatch(r"\(\w+ [+-] 1\)|0*[1-9][\d.]*", new):
                yield f"{indent}{body[:start]}{new}{body[end:]}"
    for match in _REDUCES.finditer(body):
        close = _closing(body, match.end() - 1)
        inside = body[match.end() : close]
        for more in ("axis=0", "axis=1", "axis=-1", "keepdims=True", "axis=0, keepdims=True", "axis=-1, keepdims=True"):
            if more.split("=")[0] not in inside:
                joint = ", " if inside.strip() else ""
                yield f"{indent}{body[:close]}{joint}{more}{body[close:]}"


def _instead(token: tokenize.TokenInfo, before: str, after: str, seen: _Seen) -> Iterator[str]:
    text = token.string
    if token.type == tokenize.NUMBER:
        yield from (f"({text} + 1)", f"({text} - 1)", f"(-{text})", *seen.numbers, *seen.names)
    elif token.type == tokenize.OP:
        for family in (_ARITHMETIC, _COMPARED, _ASSIGNED):
            if text in family:
                yield from (other for other in family if other != text)
    elif text in ("True", "False"):
        yield str(text == "False")
    elif token.type == tokenize.NAME and not keyword.iskeyword(text):
        if before == ".":
            yield from (other for other in seen.attributes if other != text)
        elif after == "=" and before in ("(", ","):
            return  # the name of an argument
        elif text in seen.names:
            yield from (f"({text} + 1)", f"({text} - 1)", f"(-{text})", f"(1 - {text})")
            yield from (other for other in seen.names if other != text)


def _only_data(code: str) -> bool:
    """Tell whether a line makes inputs and computes nothing: numbers, texts, what is drawn by chance, imports."""
    try:
        tree = ast.parse(code.strip())
    except SyntaxError:
        return False  # the head of a loop or of a function
    if not tree.body or not isinstance(tree.body[0], ast.Assign):
        return not tree.body
    for node in ast.walk(tree.body[0].value):
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and node.id not in ("np", "tf", "rng", "float")
        ):
            return False
    return True


def _parses(text: str) -> bool:
    stripped = text.strip()
    try:
        ast.parse(stripped + "\n    pass" if stripped.endswith(":") else re.sub(r"^return\b\s*", "", stripped) or "0")
    except (SyntaxError, ValueError):
        return False
    return True


def _closing(text: str, opened: int) -> int:
    depth = 0
    for at in range(opened, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return at
    return len(text)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.OP):
            yield token
