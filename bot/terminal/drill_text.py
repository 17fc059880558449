"""A drill and a verdict on an answer, as lines for a terminal: pure, so that every command shows the same.

Drill → statement_lines · Verdict → verdict_lines · one's own code and the solution → difference
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from bot.study.drills.attempts import Attempt
from bot.study.drills.models import Counterexample, Verdict
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases.runs import reason_words
from bot.wording.translation import in_lang
from knowledge.bank.drills import Drill
from knowledge.bank.models import Lang

#: What a program printed is told in so many lines.
_PRINTED_LINES = 12
#: Lines of one value: an array of a few rows, not the whole of a large one.
_VALUE_LINES = 12
_PASSED, _FAILED = "green", "red"


class StyledLine(NamedTuple):
    """One line to print, neutralised; `style` is Rich's."""

    text: str
    style: str = ""


def head_lines(drill: Drill, lang: Lang) -> list[StyledLine]:
    """Return what stands around a statement: title, level and time above it."""
    meta = drill.meta
    told = say("practice.head.line", lang, level=level_words(drill, lang), minutes=meta.minutes, function=meta.function)
    if "torch" in drill.variants:
        told = f"{told} · {say('practice.head.torch', lang)}"
    return [StyledLine(f"{printable(meta.title[lang])}  ({drill.id})", "bold cyan"), StyledLine(told, "dim")]


def foot_lines(drill: Drill, lang: Lang) -> list[StyledLine]:
    """Return what is checked and what is not allowed, to stand below a statement."""
    titles = " · ".join(printable(title[lang]) for title in drill.meta.checks.values())
    found = [StyledLine(say("practice.head.checks", lang, titles=titles), "dim")]
    if drill.meta.forbidden:
        # One function goes by the same name in several libraries, which says enough.
        names = dict.fromkeys(name.rpartition(".")[2].lower() for name in drill.meta.forbidden)
        told = say("practice.head.between", lang).join(names)
        found.append(StyledLine(say("practice.head.forbidden", lang, names=told), "dim"))
    return found


def list_lines(drills: Sequence[Drill], lang: Lang, done: Mapping[tuple[str, str], Attempt]) -> list[StyledLine]:
    """Return drills, a line each: what to type, title, level and time; a tick before those that have passed."""
    room = max((cell_len(drill.id) for drill in drills), default=0)
    found = []
    for drill in drills:
        attempt = done.get((drill.topic, drill.item))
        passed = attempt is not None and attempt.passed is not None
        values = {"level": level_words(drill, lang), "minutes": drill.meta.minutes}
        row = say("practice.chat.row", lang, title=printable(drill.meta.title[lang]), **values)
        found.append(StyledLine(f"{'✓' if passed else ' '} {drill.id:{room}}  {row}", _PASSED if passed else ""))
    return found


def level_words(drill: Drill, lang: Lang) -> str:
    """Return how hard a drill is, in words."""
    return say(f"practice.level.{drill.meta.level}", lang)


def verdict_lines(verdict: Verdict, drill: Drill, lang: Lang, *, seed: bool = False) -> list[StyledLine]:
    """Return what an answer's verdict says; with the seed of its inputs, where they can be asked for again.

    In this order: each check and, below one that failed, its counterexample; the mistake in words; what the answer
    printed; the sum and the times. Where there was nothing to judge, one line says why.
    """
    found = list(_refusal(verdict, drill, lang) if verdict.refusal is not None else _checks(verdict, drill, lang))
    if verdict.mistake is not None and (told := drill.meta.mistakes.get(verdict.mistake)) is not None:
        found.append(StyledLine(f"→ {printable(told[lang])}", "bold yellow"))
    found += _printed(verdict, lang)
    if verdict.refusal is None:
        right, count = sum(each.passed for each in verdict.checks), len(verdict.checks)
        key = "passed" if verdict.passed else "failed"
        style = f"bold {_PASSED if verdict.passed else _FAILED}"
        found.append(StyledLine(say(f"practice.verdict.{key}", lang, right=right, count=count), style))
        if (told_time := _time(verdict, lang)) is not None:
            found.append(StyledLine(told_time, "dim"))
        if seed and not verdict.passed:
            found.append(StyledLine(say("practice.verdict.seed", lang, seed=verdict.seed), "dim"))
    return found


def difference(own: str, solution: str) -> list[StyledLine]:
    """Return one's own code and the solution as a whole: lines of both, those of one alone marked `-` and `+`.

    Trailing spaces and the number of line ends at the end are no difference. Nothing where there is none.
    """
    before, after = _lines(own), _lines(solution)
    if before == after:
        return []
    styles = {"-": _FAILED, "+": _PASSED}
    rows = difflib.ndiff(before, after, charjunk=None)
    return [StyledLine(row.rstrip(), styles.get(row[0], "")) for row in rows if not row.startswith("?")]


def span(seconds: float) -> str:
    """Return a time of computing in the unit that suits it: `0.8 ms`, `1.2 s`."""
    if seconds < 1:
        milliseconds = seconds * 1000
        return f"{milliseconds:.0f} ms" if milliseconds >= 9.95 else f"{milliseconds:.1f} ms"
    return f"{seconds:.1f} s"


def _lines(code: str) -> list[str]:
    return [line.rstrip() for line in printable(code).rstrip().split("\n")]


def _refusal(verdict: Verdict, drill: Drill, lang: Lang) -> Iterator[StyledLine]:
    reason = " ".join(printable(reason_words(verdict.reason, lang)).split())
    told = say(f"practice.refusal.{verdict.refusal}", lang, reason=reason, function=drill.meta.function)
    yield StyledLine(f"✗ {told.strip()}", f"bold {_FAILED}")


def _checks(verdict: Verdict, drill: Drill, lang: Lang) -> Iterator[StyledLine]:
    told: set[str] = set()
    for check in verdict.checks:
        title = drill.meta.checks.get(check.name)
        name = printable(title[lang]) if title is not None else check.name
        if check.passed:
            yield StyledLine(f"✓ {name}", _PASSED)
            continue
        error = check.counterexample.error if check.counterexample is not None else None
        if error is not None and error in told:  # told in full by another check
            yield StyledLine(f"✗ {name} · {say('practice.verdict.same_error', lang)}", _FAILED)
            continue
        yield StyledLine(f"✗ {name}", _FAILED)
        if error is not None:
            told.add(error)
        if check.counterexample is not None:
            yield from _why(check.counterexample, lang)


def _why(example: Counterexample, lang: Lang) -> Iterator[StyledLine]:
    rows = list(_rows(example, lang))
    room = max(cell_len(label) for label, _ in rows)
    for label, value in rows:
        first, *more = _shown(value)
        yield StyledLine(f"    {label}{' ' * (room - cell_len(label))}  {first}")
        yield from (StyledLine(f"    {' ' * room}  {line}") for line in more)


def _rows(example: Counterexample, lang: Lang) -> Iterator[tuple[str, str]]:
    """Yield labels and values: shapes before values, where they differ."""

    def label(name: str) -> str:
        return say(f"practice.verdict.{name}", lang)

    yield label("input"), example.arguments
    if example.error is not None:
        yield label("error"), in_lang(example.error, lang)
        if example.expected is not None:
            yield label("expected"), example.expected
        return
    shapes = [example.given_shape, example.expected_shape]
    if all(shapes) and shapes[0] != shapes[1]:
        given, expected = (say("practice.verdict.shape", lang, shape=shape) for shape in shapes)
        yield label("given"), f"{given}\n{example.given}"
        yield label("expected"), f"{expected}\n{example.expected or ''}"
        return
    yield label("given"), example.given
    yield label("expected"), label("property") if example.expected is None else example.expected


def _shown(value: str) -> list[str]:
    rows = [row.rstrip() for row in printable(value).strip("\n").split("\n")]
    return rows if len(rows) <= _VALUE_LINES else [*rows[: _VALUE_LINES - 1], "…"]


def _printed(verdict: Verdict, lang: Lang) -> Iterator[StyledLine]:
    printed = printable(verdict.printed).rstrip()
    if not printed:
        return
    yield StyledLine(say("practice.verdict.printed", lang), "dim")
    rows = printed.split("\n")
    yield from (StyledLine(f"    {row}", "dim") for row in rows[:_PRINTED_LINES])
    if len(rows) > _PRINTED_LINES:
        yield StyledLine("    …", "dim")


def _time(verdict: Verdict, lang: Lang) -> str | None:
    errors = any(each.counterexample is not None and each.counterexample.error is not None for each in verdict.checks)
    if verdict.seconds is None or errors:  # an answer that did not come to its end is no fast one
        return None
    given = span(verdict.seconds)
    if verdict.reference_seconds is None:
        return say("practice.verdict.time_alone", lang, given=given)
    return say("practice.verdict.time", lang, given=given, reference=span(verdict.reference_seconds))
