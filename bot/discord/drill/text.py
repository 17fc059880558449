"""The texts of a drill's messages, for a phone: what is to be written, what came of it, and the solution."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.discord.ui.text import clip, code_block, fitting, neutralise, one_line, tail, width
from bot.study.drills.attempts import Attempt
from bot.study.drills.models import CheckResult, Counterexample, Verdict
from bot.wording import entries, say
from bot.wording.phrases.runs import reason_words
from bot.wording.translation import in_lang
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import Lang

#: Characters of the parts of a message, and lines of code.
_TITLE, _STATEMENT, _CHECK, _TOLD = 200, 1_500, 80, 500
_CODE, _VALUE, _ERROR, _REASON = 1_000, 360, 500, 700
_PRINTED, _PRINTED_LINES = 400, 8
#: What of a solution, or of how it differs, stands in a message; the rest comes as a file.
SHOWN, SHOWN_LINES = 1_500, 45
#: Lines around each change.
_AROUND = 2


def heading(drill: Drill, topic: str, variant: Variant, lang: Lang) -> str:
    """Return what a drill is called, and how hard it is; `topic` is the title of its topic."""
    facts = say(
        "drilling.show.line", lang, topic=clip(topic, _TITLE), level=say(f"drilling.level.{drill.meta.level}", lang),
        minutes=drill.meta.minutes, variant=say(f"drilling.variant.{variant}", lang),
    )  # fmt: skip
    return f"### {clip(drill.meta.title[lang], _TITLE)}\n-# {facts}"


def statement_blocks(drill: Drill, topic: str, variant: Variant, lang: Lang, attempt: Attempt | None) -> list[str]:
    """Return what is to be written, what is checked, and how far the member came before."""
    checks = say("drilling.show.between", lang).join(clip(each[lang], _CHECK) for each in drill.meta.checks.values())
    blocks = [
        heading(drill, topic, variant, lang),
        clip(drill.meta.statement[lang].strip(), _STATEMENT),
        python(drill.variants[variant].start, _CODE),
        say("drilling.show.checked", lang, checks=checks),
    ]
    notes = [say("drilling.show.private", lang)]
    if attempt is not None and variant in attempt.codes:
        notes.append(say("drilling.show.kept", lang))
    if attempt is not None and attempt.passed is not None:
        notes.insert(0, say("drilling.show.passed", lang, at=int(attempt.passed)))
    return fitting([*blocks, "\n".join(f"-# {note}" for note in notes)])


def python(code: str, limit: int) -> str:
    """Return code as a block in colours."""
    return f"```py\n{clip(neutralise(code).strip(), limit)}\n```"


def verdict_blocks(drill: Drill, verdict: Verdict, attempt: Attempt, lang: Lang) -> list[str]:
    """Return what is wrong with an answer: the checks, the smallest input that fails, the mistake, the time."""
    title = clip(drill.meta.title[lang], _TITLE)
    tries = f" · {say('drilling.verdict.tries', lang, count=attempt.tries)}" if attempt.tries else ""
    head = f"### {'✅' if verdict.passed else '❌'} {title}"
    variant = say(f"drilling.variant.{attempt.variant}", lang)
    if verdict.refusal is not None:
        blocks = [f"{head}\n-# {variant}{tries}", *_refused(drill, verdict, lang)]
    else:
        right = sum(each.passed for each in verdict.checks)
        key = "passed" if verdict.passed else "failed"
        score = say(f"drilling.verdict.{key}", lang, right=right, all=len(verdict.checks))
        blocks = [f"{head}\n-# {variant}{tries}", f"{score}\n{_checks(drill, verdict, lang)}"]
        if verdict.mistake in drill.meta.mistakes:
            told = drill.meta.mistakes[verdict.mistake][lang]
            blocks.append(say("drilling.verdict.mistake", lang, text=clip(told.strip(), _TOLD)))
        first = next((each for each in verdict.checks if not each.passed), None)
        if first is not None:
            blocks.append(_failed(drill, first, lang))
    if verdict.printed.strip():
        shown, _ = tail(neutralise(verdict.printed).strip("\n"), _PRINTED, _PRINTED_LINES)
        blocks.append(f"{say('drilling.verdict.printed', lang)}\n{code_block(shown)}")
    if verdict.seconds is not None and verdict.refusal is None:
        blocks.append(f"-# {_times(verdict.seconds, verdict.reference_seconds, lang)}")
    return fitting(blocks)


def _checks(drill: Drill, verdict: Verdict, lang: Lang) -> str:
    lines = []
    for each in verdict.checks:
        title = drill.meta.checks[each.name][lang] if each.name in drill.meta.checks else one_line(each.name, _CHECK)
        lines.append(f"{'✅' if each.passed else '❌'} {clip(title, _CHECK)}")
    return "\n".join(lines)


def _refused(drill: Drill, verdict: Verdict, lang: Lang) -> list[str]:
    said = say(f"drilling.refusal.{verdict.refusal}", lang, function=drill.meta.function)
    reason = clip(neutralise(reason_words(verdict.reason, lang)).strip("\n"), _REASON)
    if verdict.refusal == "limit" and f"drilling.limit.{verdict.reason}" in entries():
        return [f"{said}\n{say(f'drilling.limit.{verdict.reason}', lang)}"]
    if verdict.refusal == "missing":  # it says no more than the line above it
        return [said]
    return [f"{said}\n{code_block(reason)}" if reason.strip() else said]


def _failed(drill: Drill, check: CheckResult, lang: Lang) -> str:
    title = drill.meta.checks[check.name][lang] if check.name in drill.meta.checks else one_line(check.name, _CHECK)
    lead = say("drilling.verdict.first", lang, check=clip(title, _CHECK))
    found = check.counterexample
    return lead if found is None else f"{lead}\n{code_block(_counterexample(found, lang))}"


def _counterexample(found: Counterexample, lang: Lang) -> str:
    """Return shapes first, then what went in, what came back and what should have."""
    parts = []
    given, expected = (neutralise(text).strip() for text in (found.given_shape, found.expected_shape))
    if given and expected and given != expected:
        parts.append(say("drilling.verdict.shapes", lang, given=clip(given, _CHECK), expected=clip(expected, _CHECK)))
    elif given and not expected:
        parts.append(say("drilling.verdict.shape", lang, given=clip(given, _CHECK)))
    parts.append(_labelled("arguments", found.arguments, _VALUE, lang))
    if found.error is not None:
        parts.append(_labelled("error", in_lang(found.error, lang), _ERROR, lang))
    else:
        parts.append(_labelled("given", found.given, _VALUE, lang))
    if found.expected is not None:
        parts.append(_labelled("expected", found.expected, _VALUE, lang))
    return "\n".join(parts)


def _labelled(name: str, value: str, limit: int, lang: Lang) -> str:
    text = clip(neutralise(value).strip("\n"), limit)
    return f"# {say(f'drilling.verdict.{name}', lang)}\n{text}"


def _times(own: float, reference: float | None, lang: Lang) -> str:
    if reference is None:
        return say("drilling.verdict.time_alone", lang, own=_seconds(own))
    return say("drilling.verdict.time", lang, own=_seconds(own), reference=_seconds(reference))


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def difference(own: str, solution: str) -> str:
    """Return the lines of one's own code and of the solution that differ, with some around them; empty if none does."""
    rows = difflib.unified_diff(_lines(own), _lines(solution), lineterm="", n=_AROUND)
    shown = [row for row in list(rows)[2:] if not row.startswith("@@")]
    return "\n".join(shown)


def _lines(code: str) -> list[str]:
    return [line.rstrip() for line in code.strip("\n").splitlines()]


def fits(text: str) -> bool:
    """Whether a message shows so much code."""
    return width(text) <= SHOWN and text.count("\n") < SHOWN_LINES


def hint_blocks(drill: Drill, hints: int, lang: Lang) -> list[str]:
    """Return the first so many hints, the newest last."""
    told: Sequence[str] = [each[lang] for each in drill.meta.hints[:hints]]
    leads = [say("drilling.hint.one", lang, number=n, count=len(drill.meta.hints)) for n in range(1, len(told) + 1)]
    title = f"### {clip(drill.meta.title[lang], _TITLE)}"
    return fitting([title, *(f"{lead}\n{text.strip()}" for lead, text in zip(leads, told, strict=True))])
