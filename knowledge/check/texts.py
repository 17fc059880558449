"""Rules about single texts: the language they are in, what Discord cannot render, what was left undone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.bank import markdown
from knowledge.bank.models import LANGS, Lang, Problem, SectionId, Text, Topic

#: One section must fit one Discord message (4,000 characters) together with its heading.
SECTION_LIMIT = 3600
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_LATEX = re.compile(
    r"\\(?:frac|partial|sum|prod|sqrt|sigma|alpha|beta|theta|mu|epsilon|nabla|mathbb|mathbf|mathcal|cdot|times|log|exp)"
    r"(?![A-Za-z])"
)
_DOLLARS = re.compile(r"\$\$|\$[^$\n]*[\\_^={}][^$\n]*\$")
_TABLE = re.compile(r"^\s*\|?\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)+\|?\s*$")
_LINK = re.compile(r"https?://|!\[")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")
#: A comma after a Chinese character is a full-width one; between digits or Latin words it may be either.
_HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?!]")


def problem(path: str, what: str, fix: str) -> Problem:
    """Return a `Problem`; short, because every rule needs it."""
    return Problem(path=path, problem=what, fix=fix)


def explanation(topic: Topic) -> Iterator[Problem]:
    """Check both explanations, and that they say the same amount."""
    for lang in LANGS:
        path = f"{topic.slug}/{lang}.md"
        for section, text in topic.sections[lang].items():
            yield from _section(path, section, text, lang)
    for section, zh in topic.sections["zh"].items():
        yield from _parity(topic.slug, section, zh, topic.sections["en"][section])


def _section(path: str, section: SectionId, text: str, lang: Lang) -> Iterator[Problem]:
    name = f"section '{section}'"
    if len(text) > SECTION_LIMIT:
        yield problem(path, f"{name} has {len(text)} characters", f"cut it to {SECTION_LIMIT}: it is one message")
    yield from rendered(path, name, text, lang)


def rendered(path: str, name: str, text: str, lang: Lang) -> Iterator[Problem]:
    """Check that Discord shows a text as it is meant, and that it is in its language; `name` says which text it is."""
    for line in markdown.lines(text):
        if line.heading:
            yield problem(path, f"{name} has the heading '{line.text.strip()}'", "use **bold** instead")
        elif not line.code and _TABLE.match(line.text):
            yield problem(path, f"{name} has a table", "write a list: Discord renders no tables")
    prose = _prose(text)
    if found := _LATEX.search(text) or _DOLLARS.search(prose):
        yield problem(path, f"{name} has LaTeX ('{found[0]}')", "write the formula in Unicode or as code")
    if found := _LINK.search(prose):
        yield problem(path, f"{name} has a link or an image ('{found[0]}')", "cite by author and year instead")
    for block in re.split(r"\n\s*\n", _outside_fences(text)):
        if block.count("`") % 2 or _INLINE_CODE.sub("", block).count("**") % 2:
            start = block.strip()[:30].replace("\n", " ")
            yield problem(path, f"{name} has a ` or ** without its partner near '{start}'", "close it")
    yield from _language(path, name, prose, lang)


def _language(path: str, name: str, prose: str, lang: Lang) -> Iterator[Problem]:
    share = han_share(prose)
    if lang == "zh" and share < 0.4:
        yield problem(path, f"{name} is not in Chinese", "write it in Chinese")
    if lang == "en" and share > 0.05:
        yield problem(path, f"{name} is not in English", "write it in English")
    if lang == "zh" and (found := _HALF_WIDTH.search(prose)):
        yield problem(path, f"{name} has half-width punctuation ('{found[0]}')", "use ，；：？！ after Chinese")


def _parity(slug: str, section: SectionId, zh: str, en: str) -> Iterator[Problem]:
    """Report where the two languages differ so much that one must lack something."""
    counts = {
        "code fences": tuple(sum(line.opens for line in markdown.lines(text)) for text in (zh, en)),
        "bullets": tuple(_bullets(text) for text in (zh, en)),
        "questions in bold": tuple(_questions(text) if section == "interview" else 0 for text in (zh, en)),
    }
    for what, (in_zh, in_en) in counts.items():
        # Two authors may cut a list differently; a code fence or a question is there or it is not.
        slack = max(2, 0.4 * max(in_zh, in_en)) if what == "bullets" else 0
        if abs(in_zh - in_en) > slack:
            fix = "say the same in both languages"
            yield problem(f"{slug}/en.md", f"section '{section}' has {in_en} {what}, zh.md has {in_zh}", fix)
    # One Chinese character carries about as much as three English ones.
    ratio = len(_prose(en)) / max(1, len(_prose(zh)))
    if len(en) > 200 and not 1.0 <= ratio <= 7.0:
        shorter = "zh.md" if ratio > 7.0 else "en.md"
        yield problem(f"{slug}/{shorter}", f"section '{section}' is far shorter than its twin", "say the same in both")


def texts(topic: Topic) -> Iterator[Problem]:
    """Check that every bilingual text of the two TOML files holds its own language on either side."""
    path, meta = f"{topic.slug}/topic.toml", topic.meta
    sentences: list[tuple[str, str, Text]] = [
        *((path, f"key_points[{n}]", point) for n, point in enumerate(meta.key_points)),
        *((path, f"question_titles.{number}", title) for number, title in meta.question_titles.items()),
        *((path, f"examples.{name}.counter_why", example.counter_why) for name, example in meta.examples.items()),
    ]
    for item in topic.quiz:
        sentences.append((f"{topic.slug}/quiz.toml", f"item '{item.id}': prompt", item.prompt))
        if item.why is not None:
            sentences.append((f"{topic.slug}/quiz.toml", f"item '{item.id}': why", item.why))
    for file, name, text in sentences:
        if not _HAN.search(text.zh):
            yield problem(file, f"{name}.zh is not in Chinese", "write it in Chinese")
    names: list[tuple[str, str, Text]] = [(path, "title", meta.title)]
    names += [(path, f"examples.{name}.title", example.title) for name, example in meta.examples.items()]
    for file, name, text in [*names, *sentences]:
        if _HAN.search(text.en):
            yield problem(file, f"{name}.en is not in English", "write it in English")


def han_share(text: str) -> float:
    """Return the share of Chinese characters among Chinese characters and Latin words (0 if there are neither)."""
    han, latin = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
    return han / (han + latin) if han + latin else 0.0


def _outside_fences(text: str) -> str:
    return "\n".join("" if line.code else line.text for line in markdown.lines(text))


def _prose(text: str) -> str:
    """Return `text` without fenced and inline code."""
    return _INLINE_CODE.sub(" ", _outside_fences(text))


def _bullets(text: str) -> int:
    return sum(1 for line in markdown.lines(text) if not line.code and _BULLET.match(line.text))


def _questions(text: str) -> int:
    """Return how many lines begin in bold, behind a bullet or not: the follow-up questions."""
    return sum(1 for line in markdown.lines(text) if not line.code and _BULLET.sub("", line.text).startswith("**"))
