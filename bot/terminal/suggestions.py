"""`/suggest` in the chat: a question that the bank should answer becomes a draft of a topic."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.study.refusals import Refusal
from bot.study.tutor import Tutor
from bot.terminal.lines import Voice, one_line
from bot.terminal.prompt import Lines
from bot.wording import say
from bot.wording.foreign import clip, printable

if TYPE_CHECKING:
    from bot.store.store import Store


class Suggestions:
    """Opens drafts.

    Args:
        tutor: knows which names are taken.
        voice: says where they are.
        lines: what the learner types.
        open_store: opens the database.
        folder: where drafts lie.
    """

    def __init__(
        self, tutor: Tutor, voice: Voice, lines: Lines, open_store: Callable[[], Awaitable[Store]], folder: Path
    ) -> None:
        self._tutor = tutor
        self._voice = voice
        self._lines = lines
        self._open_store = open_store
        self._folder = folder

    async def open(self, question: str) -> None:
        """Open a draft for a question, with what the learner adds to it where somebody types.

        Raises:
            Refusal: there is no question in it, or there are too many drafts.
        """
        from bot.study.drafts.folders import DraftFolders, slug_of_question
        from bot.study.drafts.models import NOTE, QUESTION, Draft
        from knowledge.search.reading import detect_lang

        plain = clip(one_line(question), QUESTION)
        if not any(character.isalnum() for character in plain):
            raise Refusal("drafting.console.which")
        note = ""
        if self._lines.interactive:
            note = await self._lines.read(say("drafting.console.note", self._voice.lang)) or ""
        lang, folders = detect_lang(plain), DraftFolders(self._folder)
        slug = await asyncio.to_thread(slug_of_question, plain)
        draft = Draft(
            slug, None, None, lang, {lang: (plain,)}, clip(printable(note).strip(), NOTE), "open", time.time()
        )
        async with await self._open_store() as store:
            draft, new = await store.drafts.begin(draft, self._tutor.bank.topics.__contains__)
        try:
            await asyncio.to_thread(folders.make, draft)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Refusal("drafting.console.unwritable", folder=self._folder, reason=reason) from error
        told = "drafting.console.made" if new else "drafting.console.known"
        self._voice.say(told, folder=folders.path(draft.slug), slug=draft.slug)
