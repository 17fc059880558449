"""A file's bytes → text, or a `DocumentError` that says what kind of file it really is.

Only UTF-8 is read, with or without a byte-order mark: guessing an encoding would put wrong characters into drafts.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.query import HAN

#: Forty long questions take 60 kB; what is larger is no interview document, or has to be cut into several.
MAX_BYTES = 5_000_000
_MB = 1_000_000
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(path: Path) -> str:
    r"""Return the text of a document, its lines ended by `\n`.

    Raises:
        OSError: the file cannot be read.
        knowledge.errors.DocumentError: it is too large, empty, binary, or not UTF-8; names the line.
    """
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"{path} is larger than {MAX_BYTES // _MB} MB; split it into several documents")
    return decode(raw, str(path))


def decode(raw: bytes, name: str) -> str:
    """Return the bytes as text; `name` is what errors call them. Raises as `read` does."""
    if raw.startswith(_UTF16_MARKS):
        raise DocumentError(f"{name} is UTF-16; {_convert('UTF-16')}")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if (at := raw.find(b"\0")) >= 0:
        raise DocumentError(f"{name} has a NUL byte in line {_line(raw, at)}; give a text file saved as UTF-8")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise DocumentError(_not_utf8(raw, error.start, name)) from None
    if not text.strip():
        raise DocumentError(f"{name} is empty; give a document with numbered questions")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(raw: bytes, at: int, name: str) -> str:
    line = _line(raw, at)
    # GBK's bytes may read as UTF-8 for a while, but not as Chinese.
    if HAN.search(raw[:at].decode()):
        return f"{name} is UTF-8 up to line {line} and something else from there on; save all of it as UTF-8"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return f"{name} is not UTF-8 text (line {line}); save it as UTF-8"
    return f"{name} is not UTF-8 (line {line}) but looks like GBK; {_convert('GB18030')}"


def _convert(encoding: str) -> str:
    return f"save it as UTF-8, for example with: iconv -f {encoding} -t UTF-8"


def _line(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1
