"""Groups of questions → draft folders, each with what the document gives and a TODO for what it does not.

    group → slug → files (on `knowledge.check.scaffold`'s skeleton) → a folder, whole or not at all

What the document says is copied as raw material under a TODO: the bank's text has to be the author's own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.bank.errors import ScaffoldError
from knowledge.bank.loader import EXPLANATIONS, TOPIC_FILE, example_file
from knowledge.bank.markdown import lines
from knowledge.bank.models import LANGS, MAIN_EXAMPLE, Lang, SectionId
from knowledge.check.scaffold import SLUG_LENGTH, explanation, skeleton
from knowledge.importer.code import together
from knowledge.importer.document import DocumentQuestion, DocumentSnippet
from knowledge.importer.grouping import QuestionGroup
from knowledge.importer.lines import AnswerPart, hashes
from knowledge.search.glossary import Glossary
from knowledge.search.reading import HAN, normalise

_SLUG_WORDS = 6
#: With more of the Chinese than this unknown to the glossary, what it makes of the rest says something else.
_UNKNOWN = 0.3
_SECTIONS: dict[AnswerPart, SectionId] = {
    "question": "answer",
    "answer": "answer",
    "explanation": "how",
    "example": "practice",
}
_SOURCE: dict[Lang, str] = {
    "zh": "TODO 用自己的话重写；第 {} 题原文：",
    "en": "TODO rewrite in your own words; question {} says:",
}
_NOT_PLACED: dict[Lang, str] = {
    "zh": "TODO 未归入任何部分（not placed），取用或删去；第 {} 题前后：",
    "en": "TODO not placed in any part, use it or drop it; beside question {}:",
}
_TITLE: dict[Lang, str] = {"zh": "TODO 标题", "en": "TODO title"}
_ASK: dict[Lang, str] = {"zh": "TODO 学习者会怎么问", "en": "TODO how learners ask"}
_EXAMPLE = '''\
"""TODO one line: the idea this example shows."""
# TODO the code of question {number} as it stands there: make it run, print a short result, assert what it claims
# TODO at the top: COUNT = 3  # what it is, 1..10

'''
_EXAMPLE_ENTRY = """
[examples.{name}]
title = {{ zh = "TODO 示例标题", en = "TODO the example's title" }}
counter = "COUNT=0"  # TODO one change of a parameter under which the assertion fails
counter_why = {{ zh = "TODO 为什么会失败。", en = "TODO why it fails then." }}
"""


@dataclass(frozen=True, slots=True)
class DraftFolder:
    """One draft folder; `new` is False where something of that name was there and was left as it was."""

    folder: Path
    group: QuestionGroup
    new: bool


def write(groups: Sequence[QuestionGroup], root: Path) -> list[DraftFolder]:
    """Write a draft folder for each group under `root`, which is made when needed; nothing is ever overwritten.

    Each folder is written beside its place and then renamed, so that it is there whole or not at all.

    Raises:
        knowledge.bank.errors.ScaffoldError: `root` is a file, or cannot be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        return [
            DraftFolder(root / slug, group, _place(files(group), root / slug))
            for slug, group in zip(slugs(groups), groups, strict=True)
        ]
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ScaffoldError(f"cannot write drafts to {root} ({reason}); give a folder you may write to") from None


def slugs(groups: Sequence[QuestionGroup]) -> list[str]:
    """Return a slug for each group: its subject in English words, or else in pinyin; equal ones are numbered.

    Whatever the titles hold, a slug is made of a-z, 0-9 and single hyphens alone, so none leads out of a folder.
    """
    taken: set[str] = set()
    found = []
    for group in groups:
        stem = _stem(group)
        slug, n = stem, 1
        while slug in taken:
            n += 1
            slug = f"{stem}-{n}"
        taken.add(slug)
        found.append(slug)
    return found


def files(group: QuestionGroup) -> dict[str, str]:
    """Return the content of every file of a draft, by name; it loads, and `epoch check` names what is left to do."""
    content = skeleton()
    snippets = _named_snippets(group)
    content[TOPIC_FILE] = _topic(content[TOPIC_FILE], group, [name for name, _, _ in snippets[1:]])
    for lang in LANGS:
        if asked := [question for question in group.questions if question.lang == lang]:
            content[EXPLANATIONS[lang]] = explanation(lang, _material(asked, lang))
    for name, number, snippet in snippets:
        content[example_file(name)] = _EXAMPLE.format(number=number) + snippet.code
    return content


def _place(content: dict[str, str], folder: Path) -> bool:
    """Make the folder with all its files at once; return False if something of that name is there already."""
    if os.path.lexists(folder):
        return False
    beside = folder.parent / f".{folder.name}.{os.getpid()}"
    try:
        beside.mkdir()
        for name, text in content.items():
            (beside / name).write_text(text, encoding="utf-8", newline="\n")
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)  # gone already, unless something went wrong
    return True


def _stem(group: QuestionGroup) -> str:
    return slug_of(group.subject, group.abbreviation) or f"question-{group.numbers[0]}"


def slug_of(subject: str, abbreviation: str | None = None) -> str:
    """Return a subject as a slug: its English words, or else its pinyin; empty where it has no letters of either.

    It is ten characters shorter than a slug may be, so that equal ones can be numbered.
    """
    text = normalise(subject)
    if HAN.search(text):
        reading = Glossary.packaged().translate(text)
        text = reading.replaced if reading.unknown <= _UNKNOWN else _pinyin(text)
    words = re.findall(r"[a-z0-9]+", text) or re.findall(r"[a-z0-9]+", (abbreviation or "").lower())
    slug = "-".join(words[:_SLUG_WORDS])[: SLUG_LENGTH - 10].strip("-")
    return slug if not slug or slug[0].isalpha() else f"q-{slug}"


def _pinyin(text: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text))


def _named_snippets(group: QuestionGroup) -> list[tuple[str, int, DocumentSnippet]]:
    """Return the group's snippets, none twice, behind those it builds on: example's name, question's number, code."""
    found: dict[str, tuple[str, int, DocumentSnippet]] = {}
    names: set[str] = set()
    for question in group.questions:
        codes = together([snippet.code for snippet in question.snippets])
        for code, alone in zip(codes, question.snippets, strict=True):
            snippet = DocumentSnippet(code, alone.line)
            if snippet.code in found:
                continue
            name, n = MAIN_EXAMPLE if not found else f"q{question.number}", 1
            while name in names:
                n += 1
                name = f"q{question.number}_{n}"
            names.add(name)
            found[snippet.code] = (name, question.number, snippet)
    return list(found.values())


def _topic(template: str, group: QuestionGroup, examples: Sequence[str]) -> str:
    """Fill the skeleton's `topic.toml` with what the document tells."""
    first: dict[int, DocumentQuestion] = {}
    for question in group.questions:
        first.setdefault(question.number, question)
    lang = group.questions[0].lang
    titles = "\n".join(
        f"{number} = {{ {_pair(question.lang, question.title)} }}" for number, question in sorted(first.items())
    )
    asked = {lang: _asks([question for question in group.questions if question.lang == lang]) for lang in LANGS}
    filled = {
        'aliases = ["TODO what people': f'aliases = [{_quote(group.abbreviation)}, "TODO what people'
        if group.abbreviation
        else 'aliases = ["TODO what people',
        "questions = []  #": f"questions = {list(first)}  #",
        f'{lang} = "{_TITLE[lang]}"': f"{lang} = {_quote(group.subject)}",
        "# 7 = {": f"{titles}\n# TODO in your own words; 7 = {{",
        **{f'{lang} = ["{_ASK[lang]}"]': f"{lang} = [{asked[lang]}{_quote(_ASK[lang])}]" for lang in LANGS},
    }
    for old, new in filled.items():
        assert template.count(old) == 1, f"the skeleton has no {old!r}"
        template = template.replace(old, new)
    return template + "".join(_EXAMPLE_ENTRY.format(name=name) for name in examples)


def _pair(lang: Lang, title: str) -> str:
    return ", ".join(f"{each} = {_quote(title if each == lang else _TITLE[each])}" for each in LANGS)


def _asks(questions: Sequence[DocumentQuestion]) -> str:
    """Return the wordings of the questions, each once, ready to stand before others in a list."""
    wordings = [" ".join(question.parts.get("question", question.title).split())[:300] for question in questions]
    return "".join(f"{_quote(wording)}, " for wording in dict.fromkeys(wordings))


def _quote(text: str | None) -> str:
    # A TOML basic string is a JSON string, once control characters are gone, and they are.
    return json.dumps(text, ensure_ascii=False)


def _material(questions: Sequence[DocumentQuestion], lang: Lang) -> dict[SectionId, str]:
    """Return the document's own text for each section that it has something for; what no part took comes last."""
    found: dict[SectionId, list[str]] = {}
    numbers: set[int] = set()
    for question in questions:
        given: dict[SectionId, list[str]] = {}
        if question.number in numbers:  # topic.toml has the first title of a number
            given["answer"] = [f"**{question.title}**"]
        numbers.add(question.number)
        for part, section in _SECTIONS.items():
            # The title stands in topic.toml.
            if (text := question.parts.get(part)) and text != question.title:
                given.setdefault(section, []).append(_unheaded(text))
        for section, texts in given.items():
            found.setdefault(section, []).append("\n\n".join([_SOURCE[lang].format(question.number), *texts]))
        if question.left:
            left = f"{_NOT_PLACED[lang].format(question.number)}\n\n{_unheaded(question.left)}"
            found.setdefault("interview", []).append(left)
    return {section: "\n\n".join(texts) for section, texts in found.items()}


def _unheaded(text: str) -> str:
    """Return Markdown with its headings in bold: a draft's own headings are its five sections."""
    return "\n".join(
        f"**{line.text.strip().strip('# ')}**" if not line.code and hashes(line.text) else line.text
        for line in lines(text)
    )
