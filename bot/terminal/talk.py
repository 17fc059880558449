"""The state of a conversation in the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from bot.study.shown import PagePlace
from bot.study.tutor import Planned
from knowledge.bank.models import Lang, SectionId, Topic


@dataclass(slots=True)
class Talk:
    """The state of one conversation.

    Attributes:
        lang: language of the last answer.
        topic: of the last answer or run; None before the first.
        offered: slugs of topics that a number opens now.
        ran: the last run of that topic.
        shown: the part of its page that was shown last; None where none was.
    """

    lang: Lang
    topic: Topic | None = None
    offered: tuple[str, ...] = ()
    ran: Planned | None = None
    shown: PagePlace | None = None

    def show(self, topic: Topic, section: SectionId, unit: str | None) -> None:
        """Go on with a topic from a part of its page."""
        self.open(topic)
        self.shown = PagePlace(topic.slug, self.lang, section, unit)

    def open(self, topic: Topic, ran: Planned | None = None) -> None:
        """Go on with a topic; what was run of another one is over."""
        if ran is not None or (self.ran is not None and self.ran.topic.slug != topic.slug):
            self.ran = ran
        if self.shown is not None and self.shown.topic != topic.slug:
            self.shown = None
        self.topic, self.offered = topic, ()
