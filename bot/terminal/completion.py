"""What Tab completes in the chat: commands, topics, their examples, the names of their values, drills and roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.study.drills import choosing
from bot.study.loops.roles import load_roles
from bot.study.tutor import Tutor
from bot.terminal.commands import ALIASES, COMMANDS, MINE, Takes
from bot.wording import say
from knowledge.bank import parameters
from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import LANGS, Lang

_OFFERED = 12


class ChatCompleter(Completer):
    """Completes commands; questions are not completed.

    Args:
        tutor: knows topics by half their names, in either language.
        lang: returns the language of the interface, which may change while the chat goes on.
        roles_dir: folder of the host's own roles.
    """

    def __init__(self, tutor: Tutor, lang: Callable[[], Lang], roles_dir: Path | None = None) -> None:
        self._tutor = tutor
        self._lang = lang
        self._roles_dir = roles_dir

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what the word before the cursor may become, best first."""
        typed = document.text_before_cursor.lstrip()
        if not typed.startswith(("/", "／")):
            return
        name, space, rest = typed[1:].partition(" ")
        if not space:
            yield from self._names(name.lower(), len(typed))
            return
        name = ALIASES.get(name.lower(), name.lower())
        takes = COMMANDS[name].takes if name in COMMANDS else "nothing"
        if takes == "language":
            yield from (Completion(each, -len(rest)) for each in LANGS if each.startswith(rest))
        elif takes == "deck":
            yield from (Completion(each, -len(rest)) for each in MINE if rest and each.startswith(rest.lower()))
            if not rest:
                yield Completion(MINE[0], 0, display_meta=say("agenda.decks.mine", self._lang()))
        elif takes == "role":
            yield from (Completion(each, -len(rest)) for each in self._roles() if each.startswith(rest.lower()))
        elif takes == "drill":
            yield from self._drills(rest.lstrip())
        elif takes not in ("nothing", "day", "text"):
            yield from self._words(takes, rest.lstrip())

    def _names(self, half: str, length: int) -> Iterator[Completion]:
        known = {name: name for name in COMMANDS} | (ALIASES if half and not half.isascii() else {})
        for name, command in known.items():
            if name.startswith(half):
                yield Completion(f"/{name}", -length, display_meta=say(f"console.chat.hint.{command}", self._lang()))

    def _words(self, takes: Takes, rest: str) -> Iterator[Completion]:
        *before, half = rest.split(" ")
        if takes != "topic" and (before := [word for word in before if word and "=" not in word]):
            within = list(self._within(takes, before, half))
            yield from within
            if within:
                return
        lang = self._lang()
        found = self._tutor.complete(rest, lang)
        # A slug that goes on with what is typed is meant before a name that only sounds like it: "g", gan.
        found.sort(key=lambda topic: len(topic.slug) if rest and topic.slug.startswith(rest.lower()) else 1_000)
        for topic in found[:_OFFERED]:
            title = topic.title[lang]
            # Who types Chinese goes on in Chinese; a slug is what all else can be told by.
            text = topic.slug if rest.isascii() else topic.title["zh"]
            yield Completion(text, -len(rest), display=text, display_meta=title if text != title else topic.slug)

    def _roles(self) -> Iterable[str]:
        return load_roles(self._tutor.bank, self._roles_dir, strict=False)

    def _drills(self, rest: str) -> Iterator[Completion]:
        lang = self._lang()
        for drill in choosing.complete(self._tutor.bank, rest, lang, _OFFERED):
            title = drill.meta.title[lang]
            text = drill.id if rest.isascii() else drill.meta.title["zh"]
            yield Completion(text, -len(rest), display=text, display_meta=title if text != title else drill.id)

    def _within(self, takes: Takes, before: list[str], half: str) -> Iterator[Completion]:
        """Yield what may follow the name of a topic; nothing where the words are none yet."""
        try:
            topic, chosen = self._tutor.named(before)
            example = topic.example(chosen)
            values = parameters.offered(example) if takes == "values" else ()
        except (KnowledgeError, KeyError):
            return
        lang = self._lang()
        if len(topic.examples) > 1 and chosen not in before:
            for each in topic.examples:
                if each.name.startswith(half.lower()):
                    yield Completion(each.name, -len(half), display_meta=each.meta.title[lang])
        for value in values:
            if value.name.startswith(half.upper()) and "=" not in half:
                yield Completion(f"{value.name}=", -len(half), display_meta=value.meaning(lang))
        if values and not half:
            yield Completion("?", 0, display_meta=say("console.chat.hint.values", lang))
