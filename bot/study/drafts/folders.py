"""The folders of drafts, `drafts/<slug>/` in the data folder: files of a topic, each written whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from bot.study.drafts.models import Draft
from bot.study.drafts.uploads import ALL_BYTES, FILE_BYTES, is_topic_file
from bot.study.refusals import Refusal
from knowledge.bank.loader import EXPLANATIONS
from knowledge.bank.markdown import Malformed, lines
from knowledge.bank.models import SECTIONS, SLUG_PATTERN, Lang, SectionId
from knowledge.files import write_whole

#: Where drafts lie in the data folder, and where they are checked in that.
FOLDER, CHECKS = "drafts", ".checks"
#: What stands above a member's own words: raw material, for the bank's text has to be its author's.
_SAID: dict[Lang, str] = {
    "zh": "TODO 用自己的话重写，并核对；提问的人写道：",
    "en": "TODO rewrite in your own words, and check; whoever asked says:",
}
_SECTION: SectionId = "answer"


class DraftFolders:
    """The folders of all drafts.

    What this does takes the disk's time: call it in a thread.

    Args:
        root: where they lie; made when it is needed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, slug: str) -> Path:
        """Return a draft's folder, there or not.

        Raises:
            ValueError: no slug, which could lead out of the folder.
        """
        if not re.fullmatch(SLUG_PATTERN, slug):
            raise ValueError(f"{slug!r} is no slug")
        return self.root / slug

    def make(self, draft: Draft) -> None:
        """Make a draft's folder as `epoch new` does, with what was asked filled in; one that is there stays as it is.

        It is made beside its place and renamed, so that it is there whole or not at all.
        """
        from knowledge.check.scaffold import explanation, skeleton

        folder = self.path(draft.slug)
        if folder.is_dir():
            return
        content = skeleton(draft.asks)
        if draft.note:
            said = "\n".join(f"> {line}" for line in draft.note.split("\n"))  # a quotation, so no heading is one
            content[EXPLANATIONS[draft.lang]] = explanation(draft.lang, {_SECTION: f"{_SAID[draft.lang]}\n\n{said}"})
        beside = self.root / f".{draft.slug}.{os.getpid()}"
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        try:
            for name, text in content.items():
                (beside / name).write_text(text, encoding="utf-8", newline="\n")
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)  # gone already, unless something went wrong

    def files(self, slug: str) -> dict[str, str]:
        """Return the files of a draft that a person writes, by name; what is no text, or too large, is left out."""
        found = {}
        folder = self.path(slug)
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if is_topic_file(file.name) and file.is_file() and file.stat().st_size <= FILE_BYTES:
                try:
                    found[file.name] = file.read_bytes().decode()
                except UnicodeDecodeError:
                    continue
        return found

    def put(self, slug: str, files: Mapping[str, str]) -> None:
        """Write files of a draft; the others stay.

        Raises:
            Refusal: the draft would become too large.
        """
        after = {**self.files(slug), **files}
        if sum(len(text.encode()) for text in after.values()) > ALL_BYTES:
            raise Refusal("drafting.upload.large", name=slug, kb=ALL_BYTES // 1000)
        for name, text in files.items():
            assert is_topic_file(name), name
            write_whole(self.path(slug) / name, text.encode())

    def remove(self, slug: str) -> None:
        """Remove a draft's folder."""
        shutil.rmtree(self.path(slug), ignore_errors=True)


def answer_of(page: str, lang: Lang) -> str:
    """Return the text of a page's first section, the answer; empty where the page has no such section."""
    found = _span(page, lang)
    return "" if found is None else "\n".join(page.split("\n")[found[0] : found[1]]).strip()


def with_answer(page: str, lang: Lang, text: str) -> str:
    """Return a page with another text in its first section; one that has no such section gets it on top."""
    rows = page.split("\n")
    first, end = _span(page, lang) or (0, 0)
    head = rows[:first] if first else [f"## {SECTIONS[_SECTION][lang]}"]
    return "\n".join([*head, text.strip(), "", *rows[end:]])


def _span(page: str, lang: Lang) -> tuple[int, int] | None:
    """Return the lines of a page between the heading of its answer and the next, numbered from 0."""
    try:
        headings = [(line.number, line.heading) for line in lines(page) if line.heading and line.heading[0] == 2]
    except Malformed:
        return None
    if not headings:
        return None
    ends = [number - 1 for number, _ in headings[1:]] + [len(page.split("\n"))]
    wanted = SECTIONS[_SECTION][lang]
    return next((
        (number, end) for (number, heading), end in zip(headings, ends, strict=True) if heading[1] == wanted
    ), None)  # fmt: skip


def slug_of_question(question: str) -> str:
    """Return a question as a slug, without the words that only ask; `topic` where no slug can be made of it."""
    from knowledge.importer import slug_of, subject

    return slug_of(subject(question)) or slug_of(question) or "topic"
