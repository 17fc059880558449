"""The text of a quiz item's message, before and after the answer. Before it, nothing gives the answer away."""

from __future__ import annotations

import math
from itertools import accumulate

from bot.discord.ui.text import clip, code_block, fitting, neutralise, one_line, tail
from bot.study.item_runs import ItemOutput
from bot.study.rounds.questions import PACK, Question
from bot.wording import say
from bot.wording.phrases import rounds
from knowledge.bank.models import Bank, Lang, Topic

_PROMPT, _CODE, _WHY, _TITLE = 1_000, 1_500, 700, 200
#: A phone shows so many columns of code, and so many rows of it beside the options; a longer program is cut to fewer.
_PHONE_COLUMNS, _PHONE_ROWS, _FOLDED_ROWS = 36, 14, 10
_PACK, _OPTION, _OUTPUT, _OUTPUT_LINES = 60, 150, 500, 15


def item_blocks(question: Question, topic: Topic, lang: Lang, chosen: str | None = None) -> list[str]:
    """Return the blocks of the message.

    Args:
        question: what is asked.
        topic: its topic.
        lang: language of the question.
        chosen: the letter that was pressed; then the answer stands below.
    """
    kind = question.about.name[lang]
    blocks = [f"### {clip(topic.title[lang], _TITLE)}\n-# {kind}", f"**{clip(question.prompt, _PROMPT)}**"]
    if question.code:
        blocks.append(f"```py\n{clip(neutralise(question.code), _CODE)}\n```")
    options = zip(question.letters, question.options, strict=True)
    marks = {letter: _mark(letter, question, chosen) for letter in question.letters}
    lines = [option_line(letter, text, marks[letter], code=question.about.code_options) for letter, text in options]
    blocks.append("\n".join(lines))
    if chosen is not None:
        verdict = "right" if chosen in question.right else "wrong"
        blocks.append(say(f"discord.item.{verdict}", lang, right=question.right[0]))
        if question.fixed:
            blocks.append(f"{say('quiz.reveal.fix', lang)}\n```py\n{neutralise(question.fixed)}\n```")
        if question.why:
            blocks.append(clip(question.why, _WHY))
    return fitting(blocks)


def _mark(letter: str, question: Question, chosen: str | None) -> str:
    if chosen is None or letter not in (*question.right, chosen):
        return ""
    return "✅ " if letter in question.right else "❌ "


def topic_title(slug: str, bank: Bank, lang: Lang) -> str:
    """Return what a question's topic is called."""
    return rounds.topic_title(slug, bank, lang, lambda name: one_line(name, _PACK))


def question_blocks(
    question: Question, title: str, lang: Lang, *, marked: str = "", counts: str = "", fold: bool = False
) -> list[str]:
    """Return a question: `marked` are the letters of right options, `counts` a letter for each answer that was given.

    Without these two it is a function of prompt, code and options alone. With `fold`, of a long program only the
    beginning is shown, so that the options stay on the screen of a phone.
    """
    kind = question.about.name[lang]
    foreign = question.topic.startswith(PACK)
    prompt = one_line(question.prompt, _PROMPT) if foreign else clip(question.prompt, _PROMPT)
    blocks = [f"### {clip(title, 200)}\n-# {kind}", f"**{prompt}**"]
    if question.code:
        code, hidden = folded(question.code) if fold else (question.code, 0)
        blocks.append(f"```py\n{clip(neutralise(code), _CODE)}\n```")
        if hidden:
            blocks[-1] += say("quiz.question.folded", lang, lines=hidden)
    if question.options:
        lines = [
            option_line(letter, text, "✅ " if letter in marked else "", counts, code=question.about.code_options)
            for letter, text in zip(question.letters, question.options, strict=True)
        ]
        blocks.append("\n".join(lines))
    return blocks


def told_blocks(question: Question, title: str, lang: Lang) -> list[str]:
    """Return a question of the bank with its answer, for one member alone: what is right, the fix of a bug, and why."""
    blocks = question_blocks(question, title, lang, marked="".join(question.right))
    blocks += fix_blocks(question, lang)
    if question.why:
        blocks.append(clip(question.why, _WHY))
    return fitting(blocks)


def folded(code: str) -> tuple[str, int]:
    """Return the beginning of a program that a phone shows beside its options, and how many lines are left out."""
    lines = code.splitlines()
    tall = [max(1, math.ceil(len(line) / _PHONE_COLUMNS)) for line in lines]
    if sum(tall) <= _PHONE_ROWS:
        return code, 0
    shown = sum(1 for height in accumulate(tall) if height <= _FOLDED_ROWS)
    return "\n".join(lines[:shown]), len(lines) - shown


def option_line(letter: str, text: str, mark: str = "", counts: str = "", *, code: bool) -> str:
    """Return one option, with a mark before it and how many chose it behind."""
    chosen = f" · {counts.count(letter)}" if counts.count(letter) else ""
    text = clip(neutralise(text), _OPTION)
    if not code:
        return f"{mark}**{letter}** {text}{chosen}"
    if "\n" in text or "`" in text:
        return f"{mark}**{letter}**{chosen}\n{code_block(text)}"
    return f"{mark}**{letter}** `{text}`{chosen}"


def program_blocks(question: Question, lang: Lang, printed: ItemOutput | None) -> list[str]:
    """Return what the program of a question really does: its output, or its broken line and the fix."""
    blocks = fix_blocks(question, lang)
    return [*blocks, *_output(lang, printed)] if question.runs else blocks


def fix_blocks(question: Question, lang: Lang) -> list[str]:
    """Return the broken line of a question's program and the fix; nothing where it has none."""
    if question.fixed is None:
        return []
    lines = (question.code or "").splitlines()
    wrong = "\n".join(lines[number - 1] for number in question.lines)
    return [f"{say('quiz.reveal.bug', lang)}\n```py\n{neutralise(wrong)}\n```"
            f"{say('quiz.reveal.fix', lang)}\n```py\n{neutralise(question.fixed)}\n```"]  # fmt: skip


def _output(lang: Lang, printed: ItemOutput | None) -> list[str]:
    if printed is None:
        return ["-# " + say("quiz.reveal.running", lang)]
    if printed.failed or printed.text is None:
        return ["-# " + say("quiz.reveal.output_failed", lang)]
    shown, _ = tail(neutralise(printed.text).strip("\n"), _OUTPUT, _OUTPUT_LINES)
    return [f"{say('quiz.reveal.output', lang, seconds=printed.seconds)}\n{code_block(shown)}"]
