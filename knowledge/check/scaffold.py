"""Starts a new topic: a folder with every file, each TODO in it a thing to write.

The skeleton loads and its example runs; `epoch check` then lists every TODO and every rule not met yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from knowledge.bank.errors import ScaffoldError
from knowledge.bank.kinds import KINDS
from knowledge.bank.loader import EXPLANATIONS, QUIZ_FILE, TOPIC_FILE, example_file, topics_root
from knowledge.bank.models import LANGS, MAIN_EXAMPLE, SECTIONS, SLUG_PATTERN, Lang, SectionId
from knowledge.check.items import MIN_ITEMS

SLUG_LENGTH = 60

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


def skeleton() -> dict[str, str]:
    """Return the content of every file of a new topic, by name."""
    files = {TOPIC_FILE: _TOPIC, QUIZ_FILE: _quiz(), example_file(MAIN_EXAMPLE): _EXAMPLE}
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
