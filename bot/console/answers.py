"""Replies as a terminal shows them: the matching section first, and the way to the rest."""

from __future__ import annotations

from rich.console import Console

from bot.console.markdown import BankMarkdown
from bot.wording import say
from knowledge.models import SECTIONS, Bank, Lang, SectionId, Topic
from knowledge.retriever import Reply


class Answers:
    """Prints replies and sections of the bank."""

    def __init__(self, console: Console, bank: Bank) -> None:
        self._console = console
        self._bank = bank

    def show(self, reply: Reply) -> None:
        """Print a reply of any outcome, in the reply's language."""
        lang = reply.lang
        nearest = [self._bank[c.topic] for c in reply.candidates[:3]]
        self._console.print()
        if reply.outcome == "answer":
            assert reply.topic is not None
            topic = self._bank[reply.topic]
            self.section(topic, reply.section or "answer", lang)
            self._console.print(say("console.answer.more", lang, slug=topic.slug), style="dim", soft_wrap=True)
            return
        self._console.print(say(f"console.{reply.outcome}.lead", lang), soft_wrap=True)
        for number, topic in enumerate(nearest, start=1):
            self._console.print(f"  {number}. {topic.title[lang]}  ({topic.slug})", soft_wrap=True)
        self._console.print(say(f"console.{reply.outcome}.next", lang), style="dim", soft_wrap=True)

    def section(self, topic: Topic, section: SectionId, lang: Lang) -> None:
        """Print one section under the topic's title."""
        self._console.print(f"{topic.title[lang]} · {SECTIONS[section][lang]}", style="bold cyan", soft_wrap=True)
        self._console.print(BankMarkdown(topic.sections[lang][section]))
