"""Code in a message: fenced, quoted, indented, copied from a prompt or bare; and Python files attached to it.

message text → fences → or else: quotes and prompts taken off → indented blocks, a whole message that is a program
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.study.refusals import Refusal

#: A script longer than this is no snippet to be shown and tried in a chat.
MOST_BYTES = 64 * 1024
#: A fence ends with its like, or where the message does: people forget to close the last one.
_BLOCK = re.compile(
    r"(?P<fence>```+|~~~+)(?:(?P<language>[\w+#.-]*)[ \t]*\r?\n)?(?P<code>.*?)(?:(?P=fence)|\Z)", re.DOTALL
)
#: What a block of Python may call itself.
_PYTHON = ("", "py", "python", "python3", "py3", "pycon", "ipython", "ipython3", "python-repl", "jupyter")
_QUOTE = re.compile(r"^ {0,3}>(?!>) ?", re.MULTILINE)
#: Discord quotes all that follows it.
_ALL_QUOTED = re.compile(r"^>>> ")
_PROMPT = re.compile(r"^\s*(?:>>>|In \[\d*\]:)(?: |$)")
_MORE = re.compile(r"^\s*(?:\.\.\.:?)(?: |$)")
_INLINE = re.compile(r"(`{1,2})(?!`)(?P<code>[^`\n]+)\1(?!`)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of code and what to call it."""

    name: str
    code: str


def blocks(texts: Iterable[str]) -> Iterator[Snippet]:
    """Yield the pieces of code in texts, each named by its first line.

    A fenced block counts if it is Python or says nothing else of itself. Without fences, indented lines, what was
    copied from a prompt, and a text that is a program from its first line to its last.
    """
    for text in texts:
        yield from (Snippet(_first_line(code), f"{code}\n") for code in _pieces(text))


def without_code(text: str) -> str:
    """Return what a text says around its code."""
    fenced = _BLOCK.sub(" ", text)
    if fenced != text:
        return fenced.strip()
    for piece in blocks([text]):
        lines = {line.strip() for line in piece.code.splitlines()}
        kept = [line for line in text.splitlines() if _bare(line) not in lines]
        text = "\n".join(kept)
    return text.strip()


def _pieces(text: str) -> Iterator[str]:
    fenced = list(_BLOCK.finditer(text))
    if not fenced and _QUOTE.search(text):
        unquoted = "\n".join(_QUOTE.sub("", line) for line in text.splitlines() if _QUOTE.match(line))
        fenced = list(_BLOCK.finditer(unquoted))
        text = text if not fenced and _is_program(text) else unquoted
    for match in fenced:
        # Whatever else is wrong with it (a margin, curly quotes) the runner mends, and says so.
        code = _QUOTE.sub("", match["code"]) if _all_quoted(match["code"]) else match["code"]
        code = code.replace("\r\n", "\n").strip("\n")
        if (match["language"] or "").lower() in _PYTHON and code.strip():
            yield _typed(code) if _PROMPT.search(code.lstrip().splitlines()[0]) else code
    if not fenced:
        yield from _unfenced(text)


def _unfenced(text: str) -> Iterator[str]:
    lines = text.splitlines()
    if _ALL_QUOTED.match(text) and _is_program(code := _ALL_QUOTED.sub("", text)):
        first, _, rest = code.partition("\n")
        if not _is_program(first) or _is_program(rest):  # else what follows is what a prompt printed
            yield _dedented(code)
            return
    if any(_PROMPT.match(line) for line in lines):
        yield _typed(text)
        return
    if _is_program(text):
        yield _dedented(text)
        return
    yield from filter(_is_program, _indented(lines))
    inline = _INLINE.fullmatch(text.strip())
    if inline and _is_program(inline["code"]):
        yield inline["code"].strip()


def _typed(text: str) -> str:
    """Return what was typed at the prompts of an interactive session; what it printed is left out."""
    kept: list[str] = []
    for line in text.splitlines():
        prompt = _PROMPT.match(line) or (_MORE.match(line) if kept else None)
        if prompt is not None:
            kept.append(line[prompt.end() :])
    return "\n".join(kept).strip("\n")


def _indented(lines: list[str]) -> Iterator[str]:
    """Yield blocks that stand indented by four spaces or a tab below a line of prose, as Markdown has code."""
    block: list[str] = []
    for line in [*lines, "end"]:
        if line.startswith(("    ", "\t")) or (block and not line.strip()):
            block.append(line)
        elif block:
            yield _dedented("\n".join(block))
            block = []


def _is_program(text: str) -> bool:
    """Whether a text is Python and no prose: `hello` and `a and b` parse, too, so it has to do something."""
    try:
        with warnings.catch_warnings(action="ignore"):  # `"a" is 1` is no matter of the bot's log
            body = ast.parse(_dedented(text)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(map(_does_something, body))


def _does_something(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Expr):
        return not isinstance(node, ast.AnnAssign) or node.value is not None  # `note: text` is prose
    value = node.value.value if isinstance(node.value, ast.Await) else node.value
    return isinstance(value, ast.Call | ast.ListComp | ast.GeneratorExp | ast.DictComp)


def _dedented(text: str) -> str:
    return textwrap.dedent(text.replace("\r\n", "\n")).strip("\n")


def _all_quoted(code: str) -> bool:
    lines = [line for line in code.splitlines() if line.strip()]
    return bool(lines) and all(_QUOTE.match(line) for line in lines)


def _bare(line: str) -> str:
    line = _QUOTE.sub("", line)
    prompt = _PROMPT.match(line) or _MORE.match(line)
    return (line[prompt.end() :] if prompt else line).strip().strip("`").strip()


def _first_line(code: str) -> str:
    return next(line for line in code.splitlines() if line.strip()).strip()


def script(name: str, content: bytes) -> Snippet:
    """Return the script in an attached file.

    Raises:
        Refusal: it is too long, or not text in UTF-8.
    """
    if len(content) > MOST_BYTES:
        raise Refusal("run.refused.too_long")
    try:
        code = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("run.refused.not_utf8") from None
    if not code.strip() or "\x00" in code:
        raise Refusal("run.refused.no_code")
    return Snippet(name, code)
