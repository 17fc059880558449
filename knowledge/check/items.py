"""Rules about quiz items that need no run: how many, which kinds, and whether the options give the answer away."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from knowledge.bank.models import LANGS, Choice, FindBug, Item, Open, Predict, Problem, Topic
from knowledge.check.scripts import has_assertion
from knowledge.check.texts import key, problem

MIN_ITEMS = 8
MIN_KINDS = {"choice": 3, "predict": 2, "find_bug": 2, "open": 1}
MAX_CODE_LINES = {"predict": 15, "find_bug": 25}
#: A right option this many times longer than the others can be guessed without reading.
LONGER = 1.6


def items(topic: Topic) -> Iterator[Problem]:
    """Check a topic's quiz."""
    path = f"{topic.slug}/quiz.toml"
    if len(topic.quiz) < MIN_ITEMS:
        yield problem(path, f"has {len(topic.quiz)} items", f"write at least {MIN_ITEMS}")
    kinds: Counter[str] = Counter(item.kind for item in topic.quiz)
    for kind, least in MIN_KINDS.items():
        if kinds[kind] < least:
            yield problem(path, f"has {kinds[kind]} items of kind '{kind}'", f"write at least {least}")
    answers = [item.answer for item in topic.quiz if isinstance(item, Choice)]
    position, times = Counter(answers).most_common(1)[0] if answers else (0, 0)
    if len(answers) >= 4 and times > len(answers) / 2:
        fix = "spread the right options over 0 to 3"
        yield problem(path, f"{times} of {len(answers)} choice items have answer = {position}", fix)
    for item in topic.quiz:
        for what, fix in _item(item, topic):
            yield problem(path, f"item '{item.id}': {what}", fix)


def _item(item: Item, topic: Topic) -> Iterator[tuple[str, str]]:
    match item:
        case Choice():
            for lang in LANGS:
                options = [option[lang] for option in item.options]
                yield from _options([key(option) or option for option in options], f"options.{lang}")
                yield from _lengths(options, item.answer, f"options.{lang}")
        case Predict():
            yield from _options([option.strip() for option in item.options], "options")
            yield from _code(item.code, "code", MAX_CODE_LINES["predict"])
        case FindBug():
            yield from _code(item.broken, "broken", MAX_CODE_LINES["find_bug"], asserts=True)
            yield from _code(item.fixed, "fixed", MAX_CODE_LINES["find_bug"], asserts=True)
            yield from _difference(item)
        case Open():
            missing = sorted(point for point in set(item.points) if point >= len(topic.meta.key_points))
            if missing:
                yield f"points names {missing}", f"topic.toml has key_points 0 to {len(topic.meta.key_points) - 1}"
            if len(set(item.points)) < len(item.points):
                yield "points names a key point twice", "name each once"


def _options(options: Sequence[str], name: str) -> Iterator[tuple[str, str]]:
    if len(set(options)) < len(options):
        yield f"{name} holds the same option twice", "make all four different"


def _lengths(options: list[str], answer: int, name: str) -> Iterator[tuple[str, str]]:
    others = [len(option) for index, option in enumerate(options) if index != answer]
    mean = sum(others) / len(others)
    # Short options differ by a word, which gives nothing away.
    if len(options[answer]) > max(LONGER * mean, mean + 8):
        yield f"{name}: the right one is much longer than the others", "make all four of like length"


def _code(code: str, name: str, limit: int, *, asserts: bool = False) -> Iterator[tuple[str, str]]:
    if (lines := len(code.splitlines())) > limit:
        yield f"{name} has {lines} lines", f"cut it to {limit}"
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two: nested too deeply
        yield f"{name} is not Python ({error})", "mend it"
        return
    if asserts and not has_assertion(tree):
        yield f"{name} asserts nothing", "assert what the right program does"


def _difference(item: FindBug) -> Iterator[tuple[str, str]]:
    broken, fixed = item.broken.splitlines(), item.fixed.splitlines()
    if len(broken) != len(fixed):
        yield f"broken has {len(broken)} lines, fixed has {len(fixed)}", "give both the same number of lines"
        return
    differing = [number for number, pair in enumerate(zip(broken, fixed, strict=True), 1) if pair[0] != pair[1]]
    named = sorted(item.answer_lines)
    if differing != named:
        yield f"broken and fixed differ in lines {differing}, answer_lines names {named}", "make them agree"
