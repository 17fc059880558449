"""How well interview answers are graded, on labelled ones: those the weights are fitted on, and those kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

from knowledge.bank.models import LANGS, Bank, Lang, Topic
from knowledge.grading import fit as grading_fit
from knowledge.grading.fit import Half
from knowledge.grading.grader import TREES, Grader, Scorer
from knowledge.search.encoder_choice import open_encoder


def rows(
    bank: Bank,
    model: str,
    cache_dir: Path | None,
    files: Mapping[Half, Path],
    turned: Path | None,
    progress: Callable[[str, int, int], None],
    *,
    fit: bool,
) -> Iterator[dict[str, Any]]:
    """Yield the figures of each half's file, then of `dev` by cross-validation over topics.

    Args:
        bank: the topics.
        model: the encoder.
        cache_dir: where its vectors are kept.
        files: labelled answers. A line belongs to the half its file is given for, whatever it says itself.
        turned: claims in few words and the same turned round: those that say `dev` join `dev`, the others are a half
            of their own, `turned`.
        progress: called with a label, how many answers are done, and how many there are.
        fit: whether the trees are fitted on `dev` and written first; nothing else is looked at then.
    """
    answers = [
        answer.model_copy(update={"half": half})
        for half, file in files.items()
        for answer in grading_fit.load(file, bank)
    ]
    for answer in grading_fit.load(turned, bank) if turned is not None else ():
        if answer.half == "dev" or not fit:
            answers.append(answer.model_copy(update={"half": "dev" if answer.half == "dev" else "turned"}))
    grader = Grader(bank, open_encoder(model, cache_dir))
    found = grading_fit.pairs(grader, bank, answers, lambda done, total: progress("", done, total))
    if fit:
        scorer = grading_fit.fit(found["dev"])
        TREES.write_text(scorer.as_json(), encoding="utf-8")
    else:
        scorer = Scorer.packaged()
    for half, pairs in found.items():
        yield {"half": half, **grading_fit.figures(scorer, pairs)}
    if "dev" in found:
        yield {"half": "dev, each topic judged without it", **grading_fit.crossed(found["dev"])}


def foreign_rows(
    bank: Bank,
    model: str,
    cache_dir: Path | None,
    sentences: int,
    progress: Callable[[str, int, int], None],
) -> Iterator[dict[str, Any]]:
    """Yield how often sentences of other topics' pages are credited with a key point, and the points that take most.

    Args:
        bank: the topics.
        model: the encoder.
        cache_dir: where its vectors are kept.
        sentences: how many each topic is graded on, in each language, drawn by a fixed chance.
        progress: called with a label, how many topics are done, and how many there are.
    """
    grader, topics = Grader(bank, open_encoder(model, cache_dir)), list(bank.topics.values())
    pages = {lang: {topic.slug: _sentences(topic, lang) for topic in topics} for lang in LANGS}
    of_lang: dict[Lang, list[bool]] = {lang: [] for lang in LANGS}
    points: dict[str, list[str]] = {}
    for done, topic in enumerate(topics, 1):
        for lang in LANGS:
            others = [line for slug, page in pages[lang].items() if slug != topic.slug for line in page]
            for sentence in Random(topic.slug).sample(others, min(sentences, len(others))):
                for grade in grader.grade(topic, sentence):
                    of_lang[lang].append(grade.covered)
                    if grade.covered:
                        points.setdefault(f"{topic.slug} {grade.index}", []).append(sentence)
        progress(topic.slug, done, len(topics))
    for lang, credited in of_lang.items():
        rate = round(sum(credited) / max(1, len(credited)), 4)
        yield {"sentences of other topics": lang, "graded": len(credited), "credited": sum(credited), "rate": rate}
    for point, found in sorted(points.items(), key=lambda pair: -len(pair[1]))[:10]:
        yield {"point": point, "credited": len(found), "for example": found[0][:100]}


def _sentences(topic: Topic, lang: Lang) -> list[str]:
    """Return the sentences of a page, without its code and its marks."""
    text = re.sub(r"(?s)```.*?```", "\n", "\n".join(topic.sections[lang].values()))
    found = re.split(r"(?<=[。！？])|(?<=[.!?])\s+|\n+", re.sub(r"[*`]|^\s*[-\d.]+\s", "", text, flags=re.MULTILINE))
    return [each.strip() for each in found if each and 12 <= len(each.strip()) <= 300]
