"""Which lines of a document open its questions: decided over the whole document, not line by line.

    marks → runs, one a style → the run that explains the document best → what it leaves open, filled

Lists in answers look like questions, chapters look like questions, and tables of contents repeat them. But questions
recur: one style runs through the whole document, its numbers count on, most of its lines ask, each has a text of its
own below it, and an answer's label where the document has labels. Once a run is chosen, all of it is read as questions,
whatever a single line of it sounds like.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from knowledge.importer.counting import chain
from knowledge.importer.layout import Layout
from knowledge.importer.marks import Mark, Style
from knowledge.importer.mending import answers_apart, left_open, without_contents
from knowledge.importer.runs import QuestionStart, StyleRun, ends, repeated

#: What a run is worth: how much of the document it covers counts most, then labels, asking, texts, its markup.
_COVERS, _LABELS, _ASKS, _TEXTS, _COUNTS = 3.0, 4.0, 2.0, 1.0, 0.5
_ALONE = 1.5  # what recurs explains a document, one line seldom does
_MARKED = {"hash": 1.0, "label": 1.0, "summary": 0.8, "bold": 0.7, "number": 0.3, "bullet": 0.0, "plain": -0.3}
#: From this share of asking lines on, a run without any other sign is one of questions.
_MOSTLY = 0.5
_OF_QUESTIONS = re.compile(r"面试|面经|八股|题|问答|考点|interview|question|q&a|quiz|faq|flash ?cards?", re.IGNORECASE)


def starts(layout: Layout) -> list[QuestionStart]:
    """Return where the document's questions start, in order; empty if it has none."""
    runs = [run for run in _runs(layout) if run.starts]
    for run in runs:
        run.ends = ends(layout, run)
    admitted = [run for run in runs if _admissible(layout, run)] or _topics(layout, runs)
    if not admitted:
        return []
    best = max(admitted, key=lambda run: (_worth(layout, run), -run.starts[0]))
    best.starts = without_contents(layout, sorted({*best.starts, *left_open(layout, best)}))
    best.ends = ends(layout, best)
    apart = answers_apart(layout, best)
    return [
        QuestionStart(n, min(end, apart.head or end), layout.marks[n], apart.answers.get(n, range(0)))
        for n, end in zip(best.starts, best.ends, strict=True)
    ]


def _topics(layout: Layout, runs: Sequence[StyleRun]) -> list[StyleRun]:
    """Return the headings that name topics, each with its text, if the document's title says it is one of questions."""
    first = min(layout.headings, default=None)
    title = (layout.texts[first] or "") if first is not None else ""
    if not _OF_QUESTIONS.search(title):
        return []
    return [
        run
        for run in runs
        if run.level and len(run.starts) > 1 and first not in run.starts and _texts(layout, run) == 1
    ]


def _runs(layout: Layout) -> Iterator[StyleRun]:
    by_style: dict[Style, list[int]] = defaultdict(list)
    for n, mark in layout.marks.items():
        if not mark.links:
            by_style[mark.style].append(n)
    for style, lines in by_style.items():
        if style.kind == "hash":
            yield StyleRun(style, _headings(layout, lines))
        elif style.kind == "number" or (style.kind == "bold" and style.numbering):
            yield StyleRun(style, chain(layout, lines))
        else:
            yield StyleRun(style, lines)
    # Bold lines that count and bold lines that do not may be one run.
    bold = sorted(n for style, lines in by_style.items() if style.kind == "bold" for n in lines)
    asking = [n for n in bold if layout.marks[n].asks]
    if asking and len({layout.marks[n].style for n in asking}) > 1:
        yield StyleRun(Style("bold"), asking)


def _headings(layout: Layout, lines: Sequence[int]) -> list[int]:
    """Return the headings of one level that are questions: if most count, those that do or that end with `?`."""
    marks = layout.marks
    inner = repeated(layout)
    lines = [n for n in lines if not marks[n].matter and n not in inner]
    counting = [n for n in lines if marks[n].numbered and (marks[n].firm or marks[n].asks)]
    if 2 * len(counting) >= len(lines):
        return [n for n in lines if marks[n].numbered or marks[n].asks_outright]
    asking = [n for n in lines if marks[n].asks]
    return lines if len(asking) > _MOSTLY * len(lines) or layout.answers or not asking else asking


def _admissible(layout: Layout, run: StyleRun) -> bool:
    """Tell whether lines of this style can be questions at all."""
    marks = [layout.marks[n] for n in run.starts]
    if run.style.kind == "number" and len(marks) == 1 and not marks[0].asks_outright and not layout.answers:
        return False  # `1.5 is a number`
    if _share(marks, "asks") >= _MOSTLY or _labelled(layout, run) >= _MOSTLY:
        return (
            run.style.kind not in ("bullet", "plain")
            or _labelled(layout, run) > 0
            or _texts(layout, run) > 0
            or (run.style.kind == "bullet" and len(marks) > 1)
        )
    return run.style.kind in ("hash", "bold", "label", "summary") and _share(marks, "firm") >= _MOSTLY


def _worth(layout: Layout, run: StyleRun) -> float:
    marks = [layout.marks[n] for n in run.starts]
    sizes = layout.sizes
    covered = sum(sizes[end] - sizes[start] for start, end in zip(run.starts, run.ends, strict=True))
    return (
        -_ALONE * (len(marks) == 1)
        + _COVERS * covered / max(1, sizes[-1])
        + _LABELS * _labelled(layout, run)
        + _ASKS * _share(marks, "asks")
        + _TEXTS * _texts(layout, run)
        + _COUNTS * (_share(marks, "numbered") + math.log2(len(marks)))
        + _MARKED[run.style.kind]
    )


def _share(marks: Sequence[Mark], what: str) -> float:
    return sum(bool(getattr(mark, what)) for mark in marks) / len(marks)


def _texts(layout: Layout, run: StyleRun) -> float:
    """Return the share of questions that have a text of their own, before any section."""
    own = 0
    for n, end in zip(run.starts, run.ends, strict=True):
        below = layout.next_text(n)
        own += bool(layout.marks[n].rest) or (below is not None and below < end and below not in layout.headings)
    return own / len(run.starts)


def _labelled(layout: Layout, run: StyleRun) -> float:
    """Return the share of questions with one answer's label, or of labels that belong to one, whichever is less."""
    answers = layout.answers
    one = 0
    for n, end in zip(run.starts, run.ends, strict=True):
        one += bisect_left(answers, end) - bisect_right(answers, n) == 1
    return one / max(len(run.starts), len(answers)) if answers else 0.0
