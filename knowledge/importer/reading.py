"""A file's bytes → text, or a `DocumentError` that says what kind of file it really is.

    bytes → byte-order mark → UTF-8 → UTF-16 without a mark → GB18030 → Big5 → Windows-1252 → refused

An encoding is taken only if what it makes of the bytes reads as text: wrong characters in a draft would be worse than a
file to be converted.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from knowledge.bank.errors import DocumentError
from knowledge.search.reading import HAN

#: Forty long questions take 60 kB; what is larger is no interview document, or has to be cut into several.
MAX_BYTES = 5_000_000
_MB = 1_000_000
_MARKS = {  # UTF-32's begin as UTF-16's do
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: Of the characters beyond ASCII, how many have to be everyday ones for an encoding to be believed.
_EVERYDAY = 0.7
_EVERYDAY_UTF16 = 0.9
_EVERYDAY_CHARACTER = re.compile("[\\t\\n\\r -~\u3000-\u3011\u4e00-\u9fff\uff01-\uff5e]")
_BIG5_EVERYDAY = re.compile(rb"[\xa1-\xa3\xa4-\xc6][\x40-\x7e\xa1-\xfe]")
_HIGH_PAIR = re.compile(rb"[\x80-\xff]{2}")


class DecodedText(NamedTuple):
    """A document's text, its lines ended by line feeds, and the encoding it was read in."""

    text: str
    encoding: str


def read(path: Path) -> str:
    r"""Return the text of a document, its lines ended by `\n`.

    Raises:
        OSError: the file cannot be read.
        knowledge.bank.errors.DocumentError: it is too large, empty, binary, or in an unknown encoding; names the line.
    """
    return read_text(path).text


def read_text(path: Path) -> DecodedText:
    """Return the text of a document and its encoding; raises as `read` does."""
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"{path} is larger than {MAX_BYTES // _MB} MB; split it into several documents")
    return _decoded(raw, str(path))


def decode(raw: bytes, name: str) -> str:
    """Return the bytes as text; `name` is what errors call them. Raises as `read` does."""
    return _decoded(raw, name).text


def _decoded(raw: bytes, name: str) -> DecodedText:
    encoding = _encoding(raw, name)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name} begins as {_called(encoding)} but is not; save it as UTF-8") from error
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise DocumentError(f"{name} has a NUL byte in line {line}; give a text file saved as UTF-8")
    if not text.strip():
        raise DocumentError(f"{name} is empty; give a document with numbered questions")
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), _called(encoding))


def _encoding(raw: bytes, name: str) -> str:
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return encoding
    if (found := _utf16(raw)) is not None:
        return found
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return _legacy(raw, error.start, name)
    return "utf-8"


def _utf16(raw: bytes) -> str | None:
    """Return which UTF-16 it is without a mark: the byte order in which the text is one of everyday characters."""
    if b"\0" not in raw or len(raw) % 2:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        if _decodes(raw, encoding):
            text = raw.decode(encoding)
            if len(_EVERYDAY_CHARACTER.findall(text)) > _EVERYDAY_UTF16 * len(text):
                return encoding
    return None


def _legacy(raw: bytes, at: int, name: str) -> str:
    """Return the encoding of what is not UTF-8 from the byte `at` on."""
    line = raw.count(b"\n", 0, at) + 1
    # GBK's bytes may read as UTF-8 for a while, but not as Chinese.
    if HAN.search(raw[:at].decode()):
        raise DocumentError(
            f"{name} is UTF-8 up to line {line} and something else from there on; save all of it as UTF-8"
        )
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.find(b"\0")) + 1
        raise DocumentError(f"{name} has a NUL byte in line {line}; give a text file saved as UTF-8")
    if _everyday_gbk(raw):
        return "gb18030"
    if _everyday_big5(raw):
        return "big5hkscs"
    if not _HIGH_PAIR.search(raw) and _decodes(raw, "cp1252"):
        return "cp1252"
    raise DocumentError(f"{name} is not UTF-8 text (line {line}), nor GBK; save it as UTF-8")


def _everyday_gbk(raw: bytes) -> bool:
    """Tell whether it is GB18030, and mostly characters of GB2312: bytes of other encodings make rare ones."""
    if not _decodes(raw, "gb18030"):
        return False
    beyond = [ch for ch in raw.decode("gb18030") if ch >= "\x80"]
    everyday = sum(1 for ch in beyond if _encodes(ch, "gb2312"))
    return bool(HAN.search("".join(beyond))) and everyday >= _EVERYDAY * len(beyond)


def _everyday_big5(raw: bytes) -> bool:
    if not _decodes(raw, "big5hkscs"):
        return False
    beyond = [ch for ch in raw.decode("big5hkscs") if ch >= "\x80"]
    return bool(HAN.search("".join(beyond))) and len(_BIG5_EVERYDAY.findall(raw)) >= _EVERYDAY * len(beyond)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _called(encoding: str) -> str:
    names = {"gb18030": "GB18030", "big5hkscs": "Big5", "cp1252": "Windows-1252"}
    return names.get(encoding, "UTF-8" if encoding.startswith("utf-8") else encoding[:6].upper())
