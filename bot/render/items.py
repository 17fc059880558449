"""One quiz item as the text of a message: asked, then with its answer. What is asked says nothing of the answer."""

from __future__ import annotations

from bot.render.text import clip, code_block, neutralise, width
from bot.rounds.questions import Question
from bot.wording import say
from knowledge.models import Lang, Topic

_PROMPT, _CODE, _OPTION, _WHY, _TITLE = 1_000, 1_500, 150, 700, 200
_ALL = 3_900


def item_blocks(question: Question, topic: Topic, lang: Lang, chosen: str | None = None) -> list[str]:
    """Return the blocks of the message.

    Args:
        question: what is asked.
        topic: its topic.
        lang: language of the question.
        chosen: the letter that was pressed; then the answer stands below.
    """
    kind = say(f"quiz.kind.{question.kind}", lang)
    blocks = [f"### {clip(topic.title[lang], _TITLE)}\n-# {kind}", f"**{clip(question.prompt, _PROMPT)}**"]
    if question.code:
        blocks.append(f"```py\n{clip(neutralise(question.code), _CODE)}\n```")
    options = zip(question.letters, question.options, strict=True)
    blocks.append("\n".join(_option(letter, text, question, chosen) for letter, text in options))
    if chosen is not None:
        verdict = "right" if chosen in question.right else "wrong"
        blocks.append(say(f"discord.item.{verdict}", lang, right=question.right[0]))
        if question.fixed:
            blocks.append(f"{say('quiz.reveal.fix', lang)}\n```py\n{neutralise(question.fixed)}\n```")
        if question.why:
            blocks.append(clip(question.why, _WHY))
    return _fitting(blocks)


def _option(letter: str, text: str, question: Question, chosen: str | None) -> str:
    mark = ""
    if chosen is not None and letter in (*question.right, chosen):
        mark = "✅ " if letter in question.right else "❌ "
    text = clip(neutralise(text), _OPTION)
    if question.kind == "choice":
        return f"{mark}**{letter}** {text}"
    if "\n" in text or "`" in text:
        return f"{mark}**{letter}**\n{code_block(text)}"
    return f"{mark}**{letter}** `{text}`"


def _fitting(blocks: list[str]) -> list[str]:
    """Cut the longest block down until all of them fit one message."""
    while (excess := sum(map(width, blocks)) - _ALL) > 0:
        longest = max(range(len(blocks)), key=lambda index: width(blocks[index]))
        blocks[longest] = clip(blocks[longest], max(20, width(blocks[longest]) - excess - 1))
    return blocks
