"""Starts a new topic: a folder with every file, each TODO in it a thing to write; and a new bank, and a new drill.

The skeleton loads and its example runs; `epoch check` then lists every TODO and every rule not met yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from knowledge.bank.errors import ScaffoldError
from knowledge.bank.kinds import KINDS
from knowledge.bank.loader import BANK_FILE, DRILLS, EXPLANATIONS, QUIZ_FILE, TOPIC_FILE, example_file, topics_root
from knowledge.bank.models import LANGS, MAIN_EXAMPLE, SECTIONS, SLUG_PATTERN, Lang, SectionId
from knowledge.check.items import MIN_ITEMS

SLUG_LENGTH = TITLE_LENGTH = 60
#: Of the files of a bank's pattern; Python may leave others beside them.
_SUFFIXES = frozenset({".toml", ".md", ".py", ".txt"})

#: What stands for the wordings that are still to come.
_ASK: dict[Lang, str] = {"zh": "TODO 学习者会怎么问", "en": "TODO how learners ask"}
_TOPIC = """\
level = "basic"  # TODO basic, intermediate or advanced
aliases = ["TODO what people type after /run, in both languages"]
questions = []  # numbers of the source questions it answers, if any
related = []
requires = []  # slugs to study first; no circles
sources = ["TODO a paper with its arXiv id or DOI, a book's chapter, a library's own documentation: two at least"]
# TODO checked = "2026-11", the month in which you last read the page against its sources

[title]
zh = "TODO 标题"
en = "TODO title"

[question_titles]
# 7 = { zh = "…", en = "…" }: one for each number in questions

# For each unit of the page, by its id, what people type whom it answers: symptoms, metaphors, abbreviations, very
# short; mostly without its name. What stands before a section's first lead is the unit named like the section. At least
# 10 a language over all units.
[asks.answer]
zh = ["TODO 学习者会怎么问"]
en = ["TODO how learners ask"]

# 5 to 8: what a full interview answer covers, one fact each, as a sentence.
[[key_points]]
zh = "TODO 一个事实。"
en = "TODO one fact."

[examples.main]
title = { zh = "TODO 示例标题", en = "TODO the example's title" }
counter = "COUNT=0"  # TODO one change of a parameter under which the assertion fails
counter_why = { zh = "TODO 为什么会失败。", en = "TODO why it fails then." }
parameters = { COUNT = "TODO 它是什么" }  # in Chinese, what the comments in example.py say in English
"""

_EXAMPLE = '''\
"""TODO one line: the idea this example shows."""
# TODO at most 60 lines and 20 seconds; numpy, scipy, scikit-learn, matplotlib, tensorflow; no network.

COUNT = 3  # TODO what it is, 1..10

total = sum(range(COUNT))
print(f"total: {total}")
assert total > 0, "TODO what is wrong when this fails"
'''

_ADVICE: dict[SectionId, dict[Lang, str]] = {
    "answer": {"zh": "TODO 两三句能直接说出口的话。", "en": "TODO two or three sentences one can say aloud."},
    "how": {"zh": "TODO 原理；公式写成 `代码`。", "en": "TODO how it works; formulas as `code`."},
    "practice": {"zh": "TODO 实际怎么用。", "en": "TODO how it is used."},
    "pitfalls": {"zh": "TODO 人们真会犯的错，以及原因。", "en": "TODO mistakes people really make, and why."},
    "interview": {
        "zh": "**TODO 追问？** {#follow-up} 回答。",
        "en": "**TODO a follow-up question?** {#follow-up} Its answer.",
    },
}


def new(slug: str, root: Path | None = None) -> Path:
    """Make the folder of a new topic and return it.

    Args:
        slug: the topic's slug, which names the folder.
        root: the folder of topics; None is the package's own.

    Raises:
        knowledge.bank.errors.ScaffoldError: the slug is not one, or the folder exists already; nothing is overwritten.
    """
    if not re.fullmatch(SLUG_PATTERN, slug) or len(slug) > SLUG_LENGTH:
        raise ScaffoldError(f"{slug[:80]!r} is no slug; use lower-case words joined by hyphens, like 'batch-norm'")
    folder = (topics_root() if root is None else root) / slug
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise ScaffoldError(f"{folder} is there already; choose another slug or remove it first") from None
    except OSError as error:
        raise ScaffoldError(f"cannot make {folder} ({error.strerror}); choose a folder you may write to") from None
    for name, content in skeleton().items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return folder


def new_drill(slug: str, name: str, root: Path | None = None) -> Path:
    """Make the folder of a new drill, a small one that works, and return it.

    Args:
        slug: of its topic.
        name: of the drill, which names the folder.
        root: the folder of topics; None is the package's own.

    Raises:
        knowledge.bank.errors.ScaffoldError: the name is no slug, there is no such topic, or the folder exists already.
    """
    if not re.fullmatch(SLUG_PATTERN, name) or len(name) > SLUG_LENGTH:
        raise ScaffoldError(f"{name[:80]!r} is no slug; use lower-case words joined by hyphens, like 'batch-norm'")
    topic = (topics_root() if root is None else root) / slug
    if not re.fullmatch(SLUG_PATTERN, slug) or not (topic / TOPIC_FILE).is_file():
        raise ScaffoldError(f"{topic} is no topic; start it first with `epoch new {slug}`")
    folder = topic / DRILLS / name
    if folder.exists():
        raise ScaffoldError(f"{folder} is there already; choose another name or remove it first")
    try:
        for file, content in _pattern("first_drill"):
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ScaffoldError(f"cannot make {folder} ({error.strerror}); choose a folder you may write to") from None
    return folder


def _pattern(name: str) -> Iterator[tuple[Path, str]]:
    """Yield the files of a pattern, each with its path there and its text."""
    pattern = Path(str(files("knowledge.check") / name))
    for file in sorted(each for each in pattern.rglob("*") if each.suffix in _SUFFIXES):
        yield file.relative_to(pattern), file.read_text(encoding="utf-8")


def new_bank(folder: Path, title: str | None = None) -> Path:
    """Make a bank with one small topic, which breaks no rule and is there to be replaced; return its folder.

    Args:
        folder: the bank's folder; it may be there, if it is empty.
        title: what the bank is called, in both languages until somebody tells them apart.

    Raises:
        knowledge.bank.errors.ScaffoldError: something is there already, or the title is none; nothing is overwritten.
    """
    if title is not None and not (title.strip() and title.isprintable() and len(title) <= TITLE_LENGTH):
        raise ScaffoldError(f"{title[:80]!r} is no title; give 1 to {TITLE_LENGTH} characters on one line")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ScaffoldError(f"{folder} is there already and not empty; choose another folder")
        for file, content in _pattern("first_bank"):
            target, titled = folder / file, content
            if file.name == BANK_FILE and title is not None:
                titled = _titled(content, title.strip())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(titled, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ScaffoldError(f"cannot make {folder} ({error.strerror}); choose a folder you may write to") from None
    return folder


def _titled(content: str, title: str) -> str:
    """Return a `bank.toml` with the title in both languages; TOML quotes a text as JSON does."""
    quoted = json.dumps(title, ensure_ascii=False)
    return re.sub(r'^(zh|en) = ".*"$', lambda line: f"{line[1]} = {quoted}", content, flags=re.MULTILINE)


def skeleton(asks: Mapping[Lang, Sequence[str]] | None = None) -> dict[str, str]:
    """Return the content of every file of a new topic, by name.

    Args:
        asks: what was asked already, in its language: asks of the unit `answer`, before those still to come.
    """
    topic = _TOPIC
    for lang, wordings in (asks or {}).items():
        # A TOML basic string is a JSON string, once control characters are gone.
        filled = "".join(f"{json.dumps(wording, ensure_ascii=False)}, " for wording in wordings)
        todo = f'{lang} = ["{_ASK[lang]}"]'
        assert topic.count(todo) == 1, f"the skeleton has no {todo!r}"
        topic = topic.replace(todo, f'{lang} = [{filled}"{_ASK[lang]}"]')
    files = {TOPIC_FILE: topic, QUIZ_FILE: _quiz(), example_file(MAIN_EXAMPLE): _EXAMPLE}
    return files | {EXPLANATIONS[lang]: explanation(lang, {}) for lang in LANGS}


def _quiz() -> str:
    """Return a quiz with one item of each kind."""
    wanted = ", ".join(f"{kind.about.least} {name}" for name, kind in KINDS.items() if kind.about.least)
    head = f"# At least {MIN_ITEMS} items: {wanted}. Ids are stable and never reused.\n"
    return "\n[[item]]\n".join([head, *(kind.about.draft for kind in KINDS.values() if kind.about.draft)])


def explanation(lang: Lang, found: Mapping[SectionId, str]) -> str:
    """Return an explanation's file: in each section what to write there, and below it the text there is already."""
    sections = (
        f"## {titles[lang]}\n{_ADVICE[section][lang]}" + (f"\n\n{found[section]}" if section in found else "")
        for section, titles in SECTIONS.items()
    )
    return "\n\n".join(sections) + "\n"
