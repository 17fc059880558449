"""One quiz item as the text of a message: asked, then with its answer. What is asked says nothing of the answer."""

from __future__ import annotations

from bot.discord.quiz.text import fitting, option_line
from bot.discord.ui.text import clip, neutralise
from bot.study.rounds.questions import Question
from bot.wording import say
from knowledge.bank.models import Lang, Topic

_PROMPT, _CODE, _WHY, _TITLE = 1_000, 1_500, 700, 200


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
