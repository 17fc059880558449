"""The messages of drills: texts and controls below each other."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.discord.drill import text
from bot.discord.drill.controls import (
    CheckSelect,
    DrillSelect,
    DrillShareButton,
    GiveUpButton,
    HintButton,
    SolutionButton,
    TestsButton,
    UploadButton,
    VariantButton,
    option_of,
)
from bot.discord.ui.base import OPTIONS, layout, rows
from bot.discord.ui.colours import AMBER, BLURPLE, GREEN, GREY, RED
from bot.discord.ui.drill_controls import DrillButton, DrillsButton, WriteButton, marked
from bot.discord.ui.text import OPTION_LABEL, clip, neutralise, one_line
from bot.study.drills.attempts import Attempt
from bot.study.drills.choosing import LEVELS, suggested
from bot.study.drills.models import Verdict
from bot.study.snippets import Snippet
from bot.wording import say
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import Bank, Lang, Topic

_NAME = 80


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: a view and the files that it refers to."""

    view: ui.LayoutView
    files: tuple[discord.File, ...] = ()


def drill_view(drill: Drill, topic: str, variant: Variant, lang: Lang, attempt: Attempt | None) -> ui.LayoutView:
    """Return a drill with all that can be done with it; `topic` is the title of its topic."""
    blocks = text.statement_blocks(drill, topic, variant, lang, attempt)
    tried = attempt is not None and variant in attempt.codes
    controls: list[ui.Item[Any]] = [
        WriteButton(*marked(drill), variant, say("drilling.button.write", lang)),
        _button(UploadButton, drill, variant, lang, "upload", "📎"),
        _button(HintButton, drill, variant, lang, "hint", "💡"),
        *([_button(TestsButton, drill, variant, lang, "again", "🔁")] if tried else []),
        _button(GiveUpButton, drill, variant, lang, "give_up", "🏳️"),
    ]
    others = [each for each in drill.variants if each != variant]
    controls += [_button(VariantButton, drill, each, lang, each, None) for each in others]
    return layout(*blocks, *rows(*controls), colour=BLURPLE)


def _button(
    kind: type[Any],
    drill: Drill,
    variant: Variant,
    lang: Lang,
    word: str,
    emoji: str | None,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> ui.Item[Any]:
    label = say(f"drilling.button.{word}", lang)
    made: ui.Item[Any] = kind(*marked(drill), variant, label=label, emoji=emoji, style=style)
    return made


def verdict_message(drill: Drill, verdict: Verdict, attempt: Attempt, lang: Lang, counted: str = "") -> Message:
    """Return what came of an answer; once it passes, the solution beside it, and `counted`: what it counts as."""
    variant, code = attempt.variant, attempt.codes.get(attempt.variant, "")
    blocks: list[str | ui.Item[Any]] = [*text.verdict_blocks(drill, verdict, attempt, lang)]
    if verdict.passed:
        solution, files = _solution(drill, variant, code, lang)
        again = WriteButton(*marked(drill), variant, say("drilling.button.rewrite", lang))
        share = DrillShareButton(*marked(drill), say("onward.share.button", lang))
        others = DrillsButton(say("drilling.button.others", lang))
        blocks += [*filter(None, [counted]), *solution, *rows(again, others, share)]
        return Message(layout(*blocks, colour=GREEN), files)
    return Message(layout(*blocks, *rows(*_onward(drill, variant, lang)), colour=AMBER if verdict.refusal else RED))


def _onward(drill: Drill, variant: Variant, lang: Lang) -> list[ui.Item[Any]]:
    return [
        WriteButton(*marked(drill), variant, say("drilling.button.rewrite", lang)),
        _button(HintButton, drill, variant, lang, "hint", "💡"),
        _button(TestsButton, drill, variant, lang, "again", "🔁"),
        _button(GiveUpButton, drill, variant, lang, "give_up", "🏳️"),
    ]


def _solution(
    drill: Drill, variant: Variant, code: str, lang: Lang
) -> tuple[list[str | ui.Item[Any]], tuple[discord.File, ...]]:
    """Return the solution: beside one's own code as the lines that differ, or by itself where there is none."""
    solution = drill.variants[variant].solution
    if not code.strip() or code.strip() == drill.variants[variant].start.strip():
        if text.fits(solution):
            return [f"{say('drilling.end.given_up', lang)}\n{text.python(solution, text.SHOWN)}"], ()
        return _attached(say("drilling.end.given_up", lang), solution, f"{drill.name}.py", lang)
    changed = neutralise(text.difference(code, solution))
    if not changed:
        return [say("drilling.end.same", lang)], ()
    if text.fits(changed):
        return [f"{say('drilling.end.diff', lang)}\n```diff\n{changed}\n```"], ()
    return _attached(say("drilling.end.diff", lang), changed, f"{drill.name}.diff", lang)


def _attached(
    lead: str, content: str, name: str, lang: Lang
) -> tuple[list[str | ui.Item[Any]], tuple[discord.File, ...]]:
    file = discord.File(io.BytesIO(f"{content}\n".encode()), filename=name)
    return [f"{lead}\n-# {say('drilling.end.attached', lang)}", ui.File[Any](file.uri)], (file,)


def solution_message(drill: Drill, attempt: Attempt, variant: Variant, lang: Lang, counted: str = "") -> Message:
    """Return the solution for who gave up, or has passed before; `counted`: what that counts as."""
    solution, files = _solution(drill, variant, attempt.codes.get(variant, ""), lang)
    again = WriteButton(*marked(drill), variant, say("drilling.button.rewrite", lang))
    blocks: list[str | ui.Item[Any]] = [f"### {clip(drill.meta.title[lang], _NAME)}", *solution]
    blocks += [*filter(None, [counted]), *rows(again, DrillsButton(say("drilling.button.others", lang)))]
    return Message(layout(*blocks, colour=GREY), files)


def passed_view(drill: Drill, attempt: Attempt, topic: Topic, name: str, lang: Lang) -> ui.LayoutView:
    """Return what all see of a member who passed and shared it; no line of their code.

    Args:
        drill: what was passed.
        attempt: of the member.
        topic: of the drill.
        name: of the member, made harmless.
        lang: of the texts.
    """
    told = say(
        "onward.share.passed", lang, name=name, title=clip(drill.meta.title[lang], _NAME),
        topic=clip(topic.title[lang], _NAME), level=say(f"drilling.level.{drill.meta.level}", lang),
        count=attempt.tries,
    )  # fmt: skip
    opening = DrillButton(*marked(drill), say("drilling.button.open", lang))
    return layout(told, *rows(opening), colour=GREEN)


def sure_view(drill: Drill, variant: Variant, lang: Lang) -> ui.LayoutView:
    """Return the question whether to give up."""
    yes = _button(SolutionButton, drill, variant, lang, "solution", None, discord.ButtonStyle.danger)
    hint = _button(HintButton, drill, variant, lang, "hint", "💡")
    title = f"### {clip(drill.meta.title[lang], _NAME)}"
    return layout(title, say("drilling.sure.text", lang), *rows(yes, hint), colour=AMBER)


def hint_view(drill: Drill, hints: int, variant: Variant, lang: Lang) -> ui.LayoutView:
    """Return the first so many hints."""
    controls: list[ui.Item[Any]] = [WriteButton(*marked(drill), variant, say("drilling.button.write", lang))]
    if hints < len(drill.meta.hints):
        controls.append(_button(HintButton, drill, variant, lang, "next_hint", "💡"))
    controls.append(_button(GiveUpButton, drill, variant, lang, "give_up", "🏳️"))
    return layout(*text.hint_blocks(drill, hints, lang), *rows(*controls), colour=BLURPLE)


def list_view(
    bank: Bank, drills: Sequence[Drill], done: Mapping[tuple[str, str], Attempt], lang: Lang, said: str = ""
) -> ui.LayoutView:
    """Return the list of drills, what comes next, and a select for each level; `said` stands above them."""
    title = f"### {say('drilling.list.title', lang)}"
    if not drills:
        return layout(*filter(None, [title, said, say("drilling.list.none", lang)]), colour=GREY)
    passed = sum((at := done.get((each.topic, each.item))) is not None and at.passed is not None for each in drills)
    lines = [say("drilling.list.count", lang, count=len(drills), passed=passed)]
    following = suggested(list(drills), done)
    controls: list[ui.Item[Any]] = []
    if following is None:
        lines.append(say("drilling.list.done", lang))
    else:
        name, level = following.meta.title[lang], say(f"drilling.level.{following.meta.level}", lang)
        lines.append(
            say("drilling.list.next", lang, title=clip(name, _NAME), level=level, minutes=following.meta.minutes)
        )
        controls.append(WriteButton(*marked(following), None, say("drilling.button.write", lang)))
    for level in LEVELS:
        options = [_option(bank, each, done, lang) for each in drills if each.meta.level == level]
        if options:
            placeholder = say("drilling.list.pick", lang, level=say(f"drilling.level.{level}", lang))
            controls.append(DrillSelect(level, options, placeholder))
    return layout(*filter(None, [title, said, "\n".join(lines)]), *rows(*controls), colour=BLURPLE)


def _option(bank: Bank, drill: Drill, done: Mapping[tuple[str, str], Attempt], lang: Lang) -> discord.SelectOption:
    attempt = done.get((drill.topic, drill.item))
    mark = "✅" if attempt is not None and attempt.passed is not None else "✍️" if attempt is not None else "⬜"
    about = say("drilling.list.option", lang, topic=bank[drill.topic].title[lang], minutes=drill.meta.minutes)
    return discord.SelectOption(
        label=clip(drill.meta.title[lang], OPTION_LABEL), value=option_of(drill), emoji=mark,
        description=clip(about, OPTION_LABEL),
    )  # fmt: skip


def check_view(run: str, pairs: Sequence[tuple[int, Drill]], pieces: Sequence[Snippet], lang: Lang) -> ui.LayoutView:
    """Return the question which drill a piece of code answers; `pairs` are numbers of pieces with their drills."""
    options = []
    for number, drill in pairs[:OPTIONS]:
        label = drill.meta.title[lang]
        if len(pieces) > 1:
            label = say("drilling.check.option", lang, number=number + 1, title=label)
        options.append((f"{number}:{option_of(drill)}", label))
    picking = CheckSelect(run, options, say("drilling.check.pick", lang))
    lead = say("drilling.check.lead", lang)
    shown = f"{lead}\n-# {one_line(pieces[pairs[0][0]].name, _NAME)}"
    return layout(shown, *rows(picking), colour=AMBER)
