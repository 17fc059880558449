"""What a topic's page was checked against, read from a line of `topic.toml`: who and what, and where it can be read.

    "Goodfellow et al. 2014, Generative adversarial nets, arXiv:1406.2661"
        → Source("Goodfellow et al. 2014, Generative adversarial nets", "https://arxiv.org/abs/1406.2661")

An address is made of an arXiv id, a DOI (`doi:10.…`) or a URL; the first one in the line counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

#: arXiv's two forms of ids (since April 2007, and before), a DOI, a URL. None ends in what closes a sentence.
_ADDRESS = re.compile(
    r"\barxiv:\s*(?P<arxiv>\d{4}\.\d{4,5}(?:v\d+)?|[a-z]+(?:-[a-z]+)*(?:\.[a-z]{2})?/\d{7}(?:v\d+)?)"
    r"|\bdoi:\s*(?P<doi>10\.\d{4,9}/\S*[^\s.,;:])"
    r"|(?P<url>https?://\S*[^\s.,;:])",
    re.IGNORECASE | re.ASCII,
)
#: What separates an address from the words before it, and from those behind it.
_BEFORE, _BEHIND = " ,;:([（【，；：", " ,;:.)]）】，；：。"


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a page.

    Attributes:
        label: what people read; the address itself where the line says nothing else.
        url: where it is, as a link may have it; None where the line has no address.
    """

    label: str
    url: str | None


def parse(line: str) -> Source:
    """Return the source that a line of `sources` names."""
    text = " ".join(line.split())
    match = _ADDRESS.search(text)
    if match is None:
        return Source(text, None)
    address = _balanced(match[0])
    before = text[: match.start()].rstrip(_BEFORE)
    after = text[match.start() + len(address) :].lstrip(_BEHIND)
    label = ", ".join(part for part in (before, after) if part)
    return Source(label or address, _url(match, address))


def _url(match: re.Match[str], address: str) -> str:
    kind = match.lastgroup
    if kind == "url":
        # What is quoted already stays so; a bracket would end the link in Markdown.
        return quote(address, safe="/:?#@!$&'*+,;=%~-._")
    value = address.partition(":")[2].strip()
    if kind == "arxiv":
        return f"https://arxiv.org/abs/{value}"
    return f"https://doi.org/{quote(value, safe='/:;.-_')}"


def _balanced(address: str) -> str:
    """Return an address without a bracket at its end that was opened before it: `(see https://…)`."""
    while address.endswith((")", "]")) and address.count("(") + address.count("[") < address.count(")") + address.count(
        "]"
    ):
        address = address[:-1]
    return address
