"""Rendering replies in a terminal: the part that answers, then how to read on."""

from __future__ import annotations

from rich.console import Console

from bot.terminal.lines import one_line, put
from bot.terminal.markdown import BankMarkdown
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases.replies import near, not_compared, not_covered, provenance
from knowledge.bank import sources
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
            self._answer(reply)
            return
        said = not_covered(reply, printable)
        if said is not None:
            put(self._console, said)
        for place in reply.below:
            self._console.print()
            self.section(self._bank[place.topic], place.section, lang, place.unit)
        nearest = [self._bank[slug] for slug in near(reply)]
        lead = f"console.{reply.outcome}.{'lead' if nearest else 'alone'}" if said is None else "console.decline.near"
        if nearest or said is None:
            put(self._console, say(lead, lang))
        for number, topic in enumerate(nearest, start=1):
            mark = "-" if self._once else f"{number}."  # a number can be typed only where somebody waits for it
            put(self._console, f"  {mark} {topic.title[lang]}  ({topic.slug})")
        way = "next" if nearest else "topics"
        slug = nearest[0].slug if nearest else "…"
        put(self._console, say(f"console.{reply.outcome}.{way}{self._once}", lang, slug=slug), "dim")

    def _answer(self, reply: Reply) -> None:
        """Print the unit that answers; where a comparison needs more than one, those below it."""
        assert reply.topic is not None
        topic = self._bank[reply.topic]
        if not reply.below:
            self.opened(topic, reply.section or "answer", reply.lang, reply.unit)
            return
        self.section(topic, reply.section or "answer", reply.lang, reply.unit)
        for place in reply.below:
            self._console.print()
            self.section(self._bank[place.topic], place.section, reply.lang, place.unit)
        put(self._console, not_compared(reply) or "", "dim")
        put(self._console, say(f"console.answer.more{self._once}", reply.lang, slug=topic.slug), "dim")

    def opened(self, topic: Topic, section: SectionId, lang: Lang, unit: str | None = None) -> None:
        """Print one section, or the unit of it that answers, and the way on from it."""
        self.section(topic, section, lang, unit)
        put(self._console, say(f"console.answer.more{self._once}", lang, slug=topic.slug), "dim")

    def section(self, topic: Topic, section: SectionId, lang: Lang, unit: str | None = None) -> None:
        """Print one section, or a unit of it, under the topic's title."""
        put(self._console, f"{topic.title[lang]} · {SECTIONS[section][lang]}", "bold cyan")
        self._console.print(BankMarkdown(topic.passage(section, lang, unit)))
        if (said := provenance(topic, lang, one_line)) is not None:
            put(self._console, said, "dim")

    def sources(self, topic: Topic, lang: Lang) -> None:
        """Print what a topic's page was checked against, each with its address below it; nothing where it says none."""
        if not topic.meta.sources:
            return
        month = topic.meta.checked
        checked = f" · {say('talk.checked', lang, month=month)}" if month else ""
        put(self._console, f"{topic.title[lang]} · {say('talk.sources', lang)}{checked}", "bold cyan")
        for number, source in enumerate(map(sources.parse, topic.meta.sources), start=1):
            put(self._console, f"{number}. {one_line(source.label)}")
            if source.url is not None:
                self._console.print(f"   {source.url}", style="dim", soft_wrap=True, markup=False, highlight=False)
