"""HTML's blocks → a line each: a page that was saved or copied out of an editor may be one line from end to end.

    <h3>What is a GAN?</h3><p>Two networks.</p>   →   <h3>What is a GAN?</h3>
                                                      Two networks.
    <li>…</li> → - …        <dt>…</dt> → **…**

Only lines that begin with a tag and close one are taken apart, none within a fence or `<pre>`, and none with `code`:
in a sentence `<p>` is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_BLOCKS = "h[1-6]|p|li|dt|dd|ol|ul|dl|div|section|article|main|html|head|body|blockquote|details"
_BEGINS = re.compile(rf"\s{{0,8}}<(?:{_BLOCKS}|!doctype|pre|b|strong)\b[^>]{{0,300}}>", re.IGNORECASE)
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>{_BLOCKS}|summary|br)\b[^>]{{0,300}}>", re.IGNORECASE)
_PRE = re.compile(r"(<pre\b.*?(?:</pre>|$))", re.IGNORECASE)
_END_PRE = re.compile(r".*?</pre>", re.IGNORECASE)
_ITEM = re.compile(r"(?P<indent>\s{0,8})<(?P<name>li|dt|dd)\b[^>]{0,300}>", re.IGNORECASE)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
#: Tags that say only that a line or a paragraph ends here.
_PARAGRAPHS = frozenset(["p", "div", "section", "article", "main", "html", "head", "body", "br"])
#: Tags around several blocks: they stand alone.
_AROUND = frozenset(["ol", "ul", "dl", "details", "blockquote"])
#: So many blocks in a line, and it is taken apart.
_SEVERAL = 2


def unrolled(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines with each block of HTML on its own, and the number (from 1) of the line in which it stood."""
    fence, preformatted = "", False
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if mark is not None:
            fence = mark[1] if not fence else "" if mark[1].startswith(fence) else fence
        if preformatted and (end := _END_PRE.match(line)) is not None:
            yield number, end[0]
            line, preformatted = line[end.end() :], False
            if not line.strip():
                continue
        is_html = "</" in line and "`" not in line and _BEGINS.match(line)
        taken = mark is None and not fence and not preformatted and is_html
        for part in _parts(line) if taken else [line]:
            yield number, part
        lower = line.lower()
        if "<pre" in lower or "</pre" in lower:
            preformatted = lower.rfind("<pre") > lower.rfind("</pre")


def _parts(line: str) -> list[str]:
    if len(_TAG.findall(_PRE.sub("", line))) - len(re.findall("</", line)) // 2 >= _SEVERAL or _PRE.search(line):
        pieces = _PRE.split(line)
        parts = [part for n, piece in enumerate(pieces) for part in ([piece] if n % 2 else _apart(piece))]
    else:
        parts = [line]
    return [_item(part) for part in parts]


def _apart(text: str) -> list[str]:
    """Return a text's blocks; below what may be a heading stays a line free, as a question has to stand alone."""
    return _TAG.sub(_broken, text).split("\n") if text.strip() else []


def _broken(found: re.Match[str]) -> str:
    name, tag, ends = found["name"].lower(), found[0], bool(found["end"])
    if name == "summary":
        return f"{tag}\n" if ends else tag
    if name in _PARAGRAPHS:
        return "\n" if name == "br" else "\n\n" if ends else "\n"
    if name in _AROUND:
        return f"\n{tag}\n"
    return f"{tag}\n" if ends else f"\n{tag}"


def _item(line: str) -> str:
    found = _ITEM.match(line)
    if found is None:
        return line
    name, text = found["name"].lower(), line[found.end() :].strip()
    if text.lower().endswith(f"</{name}>"):
        text = text[: -len(f"</{name}>")].strip()
    if not text:
        return line
    if name == "dt":
        return text if text.startswith("**") else f"**{text}**"
    return f"{found['indent']}- {text}" if name == "li" else text
