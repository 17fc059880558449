"""What a reviewer attaches to a draft: files of a topic, singly or in a .zip. All of it is validated.

Transcripts are left out: `output.txt` says that a run printed it, so only a run may write it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping

from bot.study.refusals import Refusal
from knowledge.bank.loader import EXPLANATIONS, PAIRS_FILE, POINTS_FILE, QUIZ_FILE, TOPIC_FILE
from knowledge.bank.models import LANGS, SECTIONS, Lang

#: Bytes of one upload, of one file in it, and of all files of a draft; the bank's longest topic has 120 kB.
UPLOAD_BYTES, FILE_BYTES, ALL_BYTES = 1_000_000, 100_000, 600_000
#: Entries of a .zip that are looked at.
_ENTRIES = 200
#: Examples. Evidence for claims of rank takes minutes to run: it is added once the topic is merged.
_EXAMPLE = re.compile(r"example(?:_[a-z][a-z0-9_]{0,40})?\.py")
_TRANSCRIPT = re.compile(r"output(?:_\w*)?\.txt")
#: What programs leave in a .zip that nobody put there.
_LEFT = re.compile(r"(?:^|/)(?:__MACOSX/|\.[^./]|Thumbs\.db|desktop\.ini|__pycache__/)", re.IGNORECASE)


def is_topic_file(name: str) -> bool:
    """Tell whether a draft may hold a file of this name, which a person writes."""
    named = {TOPIC_FILE, QUIZ_FILE, POINTS_FILE, PAIRS_FILE, *EXPLANATIONS.values()}
    return name in named or _EXAMPLE.fullmatch(name) is not None


def is_transcript(name: str) -> bool:
    """Tell whether a file of this name says what a run printed."""
    return _TRANSCRIPT.fullmatch(name) is not None


def read_uploads(uploads: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Return the files of a topic that the uploads hold, by name.

    Args:
        uploads: name and content of each: a .zip with files in it or in one folder, or one file. A page under another
            name, `vae.md`, is told by its headings.

    Raises:
        Refusal: something in them is no file of a topic, or is too large; then nothing of it is to be kept.
    """
    found: dict[str, str] = {}
    for name, data in uploads:
        if len(data) > UPLOAD_BYTES:
            raise Refusal("drafting.upload.large", name=name, kb=UPLOAD_BYTES // 1000)
        named = dict(_entries(name, data)) if name.lower().endswith(".zip") else {name: data}
        if not named:
            raise Refusal("drafting.upload.empty", name=name)
        found |= dict(_read(each, content) for each, content in named.items())
    if sum(len(text.encode()) for text in found.values()) > ALL_BYTES:
        raise Refusal("drafting.upload.large", name=", ".join(sorted(found))[:60], kb=ALL_BYTES // 1000)
    return found


def _entries(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a .zip without their folder; what is in it is unpacked up to its limit and no further."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir() and not _LEFT.search(each.filename)]
            if len(entries) > _ENTRIES:
                raise Refusal("drafting.upload.many", name=name, count=_ENTRIES)
            for entry in entries:
                *folders, file = entry.filename.split("/")
                if len(folders) > 1 or ".." in folders or not file or "\\" in entry.filename:
                    raise Refusal("drafting.upload.folders", name=entry.filename)
                if is_transcript(file):
                    continue
                with archive.open(entry) as opened:
                    yield file, opened.read(FILE_BYTES + 1)
    # Of an encrypted or an odd one zipfile raises these, too.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError, OSError):
        raise Refusal("drafting.upload.zip", name=name) from None


def _read(name: str, data: bytes) -> tuple[str, str]:
    if len(data) > FILE_BYTES:
        raise Refusal("drafting.upload.large", name=name, kb=FILE_BYTES // 1000)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("drafting.upload.encoding", name=name) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise Refusal("drafting.upload.encoding", name=name)
    if is_topic_file(name):
        return name, text
    if name.lower().endswith((".md", ".markdown")) and (lang := _page(text)) is not None:
        return EXPLANATIONS[lang], text
    raise Refusal("drafting.upload.stray", name=name)


def _page(text: str) -> Lang | None:
    """Return the language of a page by its headings; None where it has none of those of a page."""
    headings: Mapping[Lang, set[str]] = {lang: {f"## {title[lang]}" for title in SECTIONS.values()} for lang in LANGS}
    lines = {line.strip() for line in text.split("\n")}
    found = {lang: len(lines & headings[lang]) for lang in LANGS}
    best = max(LANGS, key=lambda lang: found[lang])
    return best if found[best] else None
