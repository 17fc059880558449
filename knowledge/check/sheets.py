"""Rules about what an item says to the person who answers it: its `why`, its code on a phone, what an open one asks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from knowledge.bank import markdown
from knowledge.bank.models import LANGS, InWords, Lang, Problem, Topic
from knowledge.check.texts import problem

#: So many columns of a fixed-width font fit a phone held upright.
MAX_COLUMNS = 46
#: Options are shown in an order drawn by chance, so no text may speak of the first one.
_PLACES: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(
        r"(?:第[一二三四1-4]|[前后][两三]|最后一)[个项条]?(?:选项|答案)|[上下]面(?:那|这)?[一两三]?个?选项"
        r"|选项\s*[A-D1-4一二三四甲乙丙丁](?![A-Za-z\d])|(?<![A-Za-z])[A-D]\s*选项|选\s*[A-D](?![A-Za-z\d])"
    ),
    "en": re.compile(
        r"\b(?:first|second|third|fourth|last|final|upper|lower|above|below|next|previous)(?: (?:one|two|three|wrong))?"
        r" (?:option|answer|choice)s?\b|\b(?:option|answer|choice)s? (?:[A-D]\b(?!')|[1-4]\b|above|below)",
        re.IGNORECASE,
    ),
}
#: Options of prose are told apart by nothing else, so there even a bare ordinal speaks of a position.
_BARE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"(?:^|[。；，])(?:第[一二三四]个|最后一个|前两个|后两个)(?=[，是错把漏混忘说只少多没])"),
    "en": re.compile(r"(?:^|[.;] )The (?:first|second|third|fourth|last)(?: one)? (?=is |was |says |mixes |confuses )"),
}
_ORDINARY = frozenset(
    """
    what which when where does with from that this them they have into your each tell explain interviewer answer much
    many cover give then than also their there must most more well good make used
    """.split()  # noqa: SIM905 - a page of quotation marks reads worse
)


def whys(topic: Topic) -> Iterator[Problem]:
    """Check that no explanation speaks of where an option stands."""
    for item in topic.quiz:
        if item.why is None:
            continue
        for lang in LANGS:
            found = _PLACES[lang].search(item.why[lang])
            if not found and not item.about.code_options:
                found = _BARE[lang].search(item.why[lang])
            if found:
                what = f"item '{item.id}': why.{lang} speaks of a position ('{found[0].strip('。；，.; ')}')"
                yield problem(f"{topic.slug}/quiz.toml", what, "say what the option says: their order is drawn anew")


def columns(text: str) -> int:
    """Return how wide a line is in a fixed-width font, where a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wide_lines(topic: Topic) -> Iterator[Problem]:
    """Check that no line of code or of a formula is wider than a phone, in the pages and in the items."""
    for lang in LANGS:
        for section, text in topic.sections[lang].items():
            for line in markdown.lines(text):
                if line.code and (width := columns(line.text)) > MAX_COLUMNS:
                    what = f"section '{section}' has a line of code {width} columns wide ('{line.text.strip()[:30]}…')"
                    yield problem(f"{topic.slug}/{lang}.md", what, f"break it: a phone shows {MAX_COLUMNS}")
    for item in topic.quiz:
        shown = item.sheet(topic, "en") if not isinstance(item, InWords) else None
        code = [] if shown is None else [shown.code or "", shown.fixed or ""]
        code += shown.options if shown is not None and item.about.code_options else ()
        for text in dict.fromkeys(line for part in code for line in part.splitlines()):
            if (width := columns(text)) > MAX_COLUMNS:
                what = f"item '{item.id}': has a line of code {width} columns wide ('{text.strip()[:30]}…')"
                yield problem(f"{topic.slug}/quiz.toml", what, f"break it: a phone shows {MAX_COLUMNS}")


def open_prompts(topic: Topic) -> Iterator[Problem]:
    """Check that each open question asks for every key point it is graded by.

    It does if it shares a word with the point, or with what people say who make it.
    """
    for item in topic.quiz:
        if not isinstance(item, InWords):
            continue
        asked = _content(item.prompt.en, item.prompt.zh)
        for index in item.points:
            if index < len(topic.meta.key_points):
                point = topic.meta.key_points[index]
                said = topic.wordings[index].said if topic.wordings else ()
                if not asked & _content(point.en, point.zh, *said):
                    what = f"item '{item.id}': its prompt does not ask for key point {index}"
                    yield problem(f"{topic.slug}/quiz.toml", what, "name what is graded in the prompt, or leave it out")


def _content(*texts: str) -> set[str]:
    """Return symbols, stems of the English words that carry content, and all pairs of Chinese characters."""
    whole = "\n".join(texts)
    words = (word.casefold() for word in re.findall(r"[A-Za-z]{4,}|\b[A-Z]{2,3}\b|\b[b-hj-z]\b", whole))
    runs = re.findall(r"[\u3400-\u9fff]+", whole)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return pairs | {word[:5] for word in words if word not in _ORDINARY}
