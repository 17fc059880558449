"""Pasted code that does not compile, mended where that is safe, line for line: tracebacks keep what was pasted.

What compiles is never touched, but for a session of IPython: `In [1]: x = 3` happens to compile. A repair is kept only
if the first error does not come earlier than before, and each one is told.

    text → does it compile? → no: repair → does it get further? → … → compiles, or nothing helps any more
"""

from __future__ import annotations

import _ast as ast  # without what the public module adds, which a cold start would wait for
import os
import re
import warnings

from runners.inside.characters import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Repair = Callable[["Mended", SyntaxError], "str | None"]

_FENCE = r"^\s*(?:```|~~~)"
_PROMPT = r"^\s*(?:>>>|\.\.\.)(?: |$)"
_IPYTHON = r"^\s*(?:In ?\[[\d ]*\]: ?|\.{3,}: ?)"
_BANNER = r'^(?:Python \d|Type "|IPython \d|\[(?:GCC|Clang|MSC))'
_MARK = r"^\s*> ?"
_NUMBER = r"^\s*(?P<number>\d{1,4})(?:[.:|)]?(?=\s)|[.:|)]?$|[:|](?=\S))"
_ENTITY = r"&(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34);"
#: Lines of a notebook or a shell: `!pip install x`, `%matplotlib inline`, `a = !ls`, `?print`, `print?`, `$ ls`.
_COMMAND = (
    r"^(?P<indent>\s*)(?:%{1,2}(?P<timed>time|timeit)\b(?:\s+-\w+\s*\d*)*\s*(?P<rest>.*)|!.*|%{1,2}[A-Za-z_].*"
    r"|[A-Za-z_]\w*\s*=\s*(?:![^=]|%[A-Za-z_]).*|\?{1,2}[\w.]+\s*|[\w.]+\?{1,2}\s*|\$\s.*|(?:pip3?|conda|python3?\s+-m\s+pip)\s+(?:install|uninstall|list|show)\b.*)$"
)
_MOST_REPAIRS = 300


class Mended:
    """What is to be run.

    Attributes:
        text: the source.
        kinds: what was mended, in order: `quotes`, `indent`, …
        skipped: lines of a notebook or a shell that are not run, each with its number.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds: dict[str, None] = {}
        self.skipped: list[str] = []


def tree(text: str, name: str = "<unknown>") -> ast.Module:
    """Return the syntax tree of a source."""
    made = compile(text, name, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(made, ast.Module)
    return made


def problem(text: str) -> SyntaxError | None:
    """Return the first error of a source, None where it parses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they come when it is compiled to run
        try:
            tree(text)
        except SyntaxError as error:
            return error
        except ValueError:  # a character zero
            return SyntaxError("null", ("", 1, 0, ""))
        except (RecursionError, MemoryError):
            return None  # too deep for a parser, and not for us to say
    return None


def mend(text: str) -> Mended:
    """Return `text` as it is, where it parses, or with all repairs that help."""
    mended = Mended(text)
    error = problem(text)
    if error is None and _is_session(text):
        mended.text = _typed(text, _IPYTHON)
        mended.kinds["prompts"] = None
        error = problem(mended.text)
    for _ in range(_MOST_REPAIRS):
        if error is None:
            break
        error, helped = _repair(mended, error)
        if not helped:
            break
    return mended


def _repair(mended: Mended, error: SyntaxError) -> tuple[SyntaxError | None, bool]:
    """Try one repair after the other; return the first error that is left, and whether one helped."""
    kinds, skipped = dict(mended.kinds), list(mended.skipped)
    for kind, repair, least in _REPAIRS:
        text = repair(mended, error)
        if text is not None and text != mended.text:
            left = problem(text)
            further = (left.lineno or 0) - (error.lineno or 0) if left else 1
            if least is None or further >= least:
                mended.text = text
                if kind:
                    mended.kinds[kind] = None
                return left, True
        mended.kinds, mended.skipped = dict(kinds), list(skipped)
    return error, False


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _command(mended: Mended, error: SyntaxError) -> str | None:
    """Leave out one line of a notebook or a shell; a timed statement runs untimed."""
    lines = _lines(mended.text)
    number = next((n for n in range(1, len(lines) + 1) if _is_command(lines, n, error)), 0)
    if not number or not (match := re.match(_COMMAND, lines[number - 1])):
        return None
    line = lines[number - 1].strip()
    if match["timed"] and match["rest"]:
        statement = match["rest"]
        mended.kinds["timed"] = None
    else:
        statement = f"pass  # {line}"
        mended.skipped.append(f"{number}: {line}")
    lines[number - 1] = match["indent"] + statement
    return "\n".join(lines)


def _is_command(lines: list[str], number: int, error: SyntaxError) -> bool:
    """Whether a line is a command, and no part of a string or an expression: all before it parses, it does not."""
    if not re.match(_COMMAND, lines[number - 1]):
        return False
    first = error if error.lineno == number else problem("\n".join(lines[:number]))
    return first is not None and first.lineno == number


def _characters(mended: Mended, error: SyntaxError) -> str:
    text, kinds = plain(mended.text)
    mended.kinds.update(dict.fromkeys(kinds))
    return text


def _entities(mended: Mended, error: SyntaxError) -> str:
    import html

    return re.sub(_ENTITY, lambda match: html.unescape(match[0]), mended.text)


def _fences(mended: Mended, error: SyntaxError) -> str | None:
    """Keep what stands between fences; where there is one fence only, all but that line."""
    lines = _lines(mended.text)
    fences = [at for at, line in enumerate(lines) if re.match(_FENCE, line)]
    if not fences:
        return None
    inside: set[int] = set()
    for start, end in zip(fences[::2], [*fences[1::2], len(lines)], strict=False):
        inside.update(range(start + 1, end))
    prose = [line for at, line in enumerate(lines) if at not in inside and at not in fences]
    if len(fences) == 1:
        inside, prose = set(range(len(lines))) - set(fences), []
    if any(quotes in line for line in prose for quotes in ('"""', "'''")):
        return None  # they stand in a docstring
    return "\n".join(line if at in inside else "" for at, line in enumerate(lines))


def _quoted(mended: Mended, error: SyntaxError) -> str | None:
    """Take off the marks of a quotation, where every line has one."""
    lines = _lines(mended.text)
    if any(line.strip() and not re.match(_MARK, line) or re.match(_PROMPT, line) for line in lines):
        return None
    return "\n".join(re.sub(_MARK, "", line, count=1) for line in lines)


def _prompts(mended: Mended, error: SyntaxError) -> str | None:
    """Keep what was typed at the prompts of an interactive session; or take the mark off a quotation of Discord's."""
    lines = _lines(mended.text)
    first = next((line for line in lines if line.strip() and not re.match(_BANNER, line)), "")
    pattern = next((each for each in (_PROMPT, _IPYTHON) if re.match(each, first)), None)
    if pattern is None:
        return None
    if sum(bool(re.match(pattern, line)) for line in lines) == 1:
        whole = "\n".join(re.sub(pattern, "", line, count=1) if line is first else line for line in lines)
        if _says_more(lines[lines.index(first) + 1 :]) and problem(whole) is None:
            return whole  # `>>> ` before the first line only quotes all of a message
    return _typed(mended.text, pattern)


def _is_session(text: str) -> bool:
    """Whether the first line stands at a prompt of IPython; as a program it could do nothing but fail."""
    first = next((line for line in _lines(text) if line.strip() and not re.match(_BANNER, line)), "")
    return re.match(r"\s*In ?\[\d+\]: ?\S", first) is not None


def _typed(text: str, prompt: str) -> str:
    """Keep what stands at prompts, line for line."""
    return "\n".join(re.sub(prompt, "", line, count=1) if re.match(prompt, line) else "" for line in _lines(text))


def _says_more(lines: list[str]) -> bool:
    """Whether lines are more than values that a session has shown."""
    text = "\n".join(lines)
    if problem(text):
        return True
    return not all(
        isinstance(each, ast.Expr) and not isinstance(each.value, ast.Call | ast.Await) for each in tree(text).body
    )


def _margin(mended: Mended, error: SyntaxError) -> str | None:
    """Take off the margin that all lines share, or all but the first, which lost it when it was copied."""
    lines = _lines(mended.text)
    filled = [at for at, line in enumerate(lines) if line.strip()]
    if not filled:
        return None
    code = [at for at in filled if not lines[at].lstrip().startswith("#")] or filled
    for those in (code, [at for at in code if at != code[0]]):
        margin = os.path.commonprefix([lines[at][: len(lines[at]) - len(lines[at].lstrip())] for at in those])
        if margin:
            return "\n".join(
                line.removeprefix(margin) if line.startswith(margin) or at in those else line.lstrip()
                for at, line in enumerate(lines)
            )
    return None


def _numbers(mended: Mended, error: SyntaxError) -> str | None:
    """Take off the numbers of lines, copied along from a page or a book, where they count all lines."""
    if "numbers" in mended.kinds:
        return None
    lines = _lines(mended.text)
    found = [re.match(_NUMBER, line) for line in lines if line.strip()]
    counted = [int(match["number"]) for match in found if match]
    if len(counted) < max(2, len(found)) or counted != list(range(counted[0], counted[0] + len(counted))):
        return None
    text = "\n".join(re.sub(_NUMBER, "", line, count=1) for line in lines)
    return _margin(Mended(text), error) or text


def _tabs(mended: Mended, error: SyntaxError) -> str | None:
    """Write tabs as spaces, if both usual widths that parse mean the same program."""
    if not isinstance(error, IndentationError):
        return None
    from ast import dump

    found = [text for text in _expanded(mended.text) if problem(text) is None]
    if not found or len({dump(tree(text)) for text in found}) > 1:
        return None
    return found[0]


def _expanded(text: str) -> Iterator[str]:
    for width in (4, 8):
        lines = []
        for line in _lines(text):
            code = line.lstrip(" \t")
            lines.append(line[: len(line) - len(code)].expandtabs(width) + code)
        yield "\n".join(lines)


#: What it is called, the repair, and by how many lines it has to get further. None: it is right in any case; and the
#: first error may come earlier than before, for Python tells of a wrong character before all that does not parse.
_REPAIRS: tuple[tuple[str, Repair, int | None], ...] = (
    ("", _command, None),
    ("", _characters, None),
    ("fences", _fences, 0),
    ("quoted", _quoted, 0),
    ("prompts", _prompts, 0),
    ("numbers", _numbers, 1),
    ("entities", _entities, 1),
    ("indent", _margin, 1),
    ("tabs", _tabs, 1),
)
