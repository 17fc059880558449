"""What the chat does when somebody says "go on", "I don't get it", "show me the code", "quiz me", "in Chinese"."""

from __future__ import annotations

from bot.study.intents import Intent
from bot.study.shown import PagePlace, onward
from bot.terminal.answers import Answers
from bot.terminal.lessons import Lessons
from bot.terminal.lines import Voice
from bot.terminal.programs import Programs
from bot.terminal.talk import Talk
from bot.wording.foreign import printable
from knowledge.bank.models import MAIN_EXAMPLE, Lang, Topic


class Onward:
    """Goes on from what was shown last.

    Args:
        talk: what the conversation is about.
        voice: says what there is to say.
        answers: shows parts of pages.
        programs: shows and runs examples.
        lessons: asks quiz items.
    """

    def __init__(self, talk: Talk, voice: Voice, answers: Answers, programs: Programs, lessons: Lessons) -> None:
        self._talk = talk
        self._voice = voice
        self._answers = answers
        self._programs = programs
        self._lessons = lessons

    async def follow(self, wish: Intent) -> None:
        """Do what was asked for; with nothing under discussion, say what to ask first."""
        topic, lang = self._talk.topic, wish.shown_in(self._talk.lang)
        if topic is None:
            Voice(self._voice.out, wish.lang or self._voice.lang).say("talk.nothing")
            return
        self._talk.lang = lang
        match wish.kind:
            case "code":
                await self._programs.code([])
            case "run":
                await self._programs.run([])
            case "quiz":
                await self._lessons.one(topic.slug, lang)
            case "example":
                self._example(topic, lang)
            case _:
                self._page(wish, topic, lang)

    def _page(self, wish: Intent, topic: Topic, lang: Lang) -> None:
        """Show the next part of the page, or the last one again."""
        seen = self._talk.shown
        place = (
            seen if wish.kind == "again" and seen is not None else onward(topic, seen or PagePlace(topic.slug, lang))
        )
        if place is None or place.section is None:
            Voice(self._voice.out, lang).say("talk.end")
            self._answers.sources(topic, lang)
            return
        self._talk.show(topic, place.section, place.unit)
        self._answers.opened(topic, place.section, lang, place.unit)

    def _example(self, topic: Topic, lang: Lang) -> None:
        """Show what the example prints, and how to run it."""
        voice = Voice(self._voice.out, lang)
        example = next((each for each in topic.examples if each.name == MAIN_EXAMPLE), None)
        if example is None:
            voice.say("talk.no_example")
            return
        voice.say("talk.prints", "bold cyan", title=example.meta.title[lang])
        if example.transcript is not None:
            for line in printable(example.transcript.text).splitlines():
                voice.put(f"  {line}")
        voice.say("talk.run_chat", "dim", slug=topic.slug)
