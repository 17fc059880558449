"""Rendering replies in a terminal: the part that answers, then how to read on."""

from __future__ import annotations

from rich.console import Console

from bot.terminal.lines import put
from bot.terminal.markdown import BankMarkdown
from bot.wording import say
from knowledge.bank.models import SECTIONS, Bank, Lang, SectionId, Topic
from knowledge.search.retriever import Reply


class Answers:
    """Prints replies and sections of the bank.

    Args:
        console: where.
        bank: what they are from.
        once: whether the program ends with the answer, so that it goes on with commands of the shell, not of the chat.
    """

    def __init__(self, console: Console, bank: Bank, *, once: bool = False) -> None:
        self._console = console
        self._bank = bank
        self._once = "_once" if once else ""

    def show(self, reply: Reply) -> None:
        """Print a reply of any outcome, in the reply's language."""
        lang = reply.lang
        self._console.print()
        if reply.outcome == "answer":
            assert reply.topic is not None
            self.opened(self._bank[reply.topic], reply.section or "answer", lang, reply.unit)
            return
        put(self._console, say(f"console.{reply.outcome}.lead", lang))
        nearest = [self._bank[c.topic] for c in reply.candidates[:3]]
        for number, topic in enumerate(nearest, start=1):
            mark = "-" if self._once else f"{number}."  # a number can be typed only where somebody waits for it
            put(self._console, f"  {mark} {topic.title[lang]}  ({topic.slug})")
        slug = nearest[0].slug if nearest else "…"
        put(self._console, say(f"console.{reply.outcome}.next{self._once}", lang, slug=slug), "dim")

    def opened(self, topic: Topic, section: SectionId, lang: Lang, unit: str | None = None) -> None:
        """Print one section, or the unit of it that answers, and the way on from it."""
        self.section(topic, section, lang, unit)
        put(self._console, say(f"console.answer.more{self._once}", lang, slug=topic.slug), "dim")

    def section(self, topic: Topic, section: SectionId, lang: Lang, unit: str | None = None) -> None:
        """Print one section, or a unit of it, under the topic's title."""
        put(self._console, f"{topic.title[lang]} · {SECTIONS[section][lang]}", "bold cyan")
        self._console.print(BankMarkdown(topic.passage(section, lang, unit)))
