"""`epoch chat`: reads lines and answers each, until `/quit` or the end of input."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot import exits
from bot.store.errors import StoreError
from bot.study.drills.asking import drill_wish, said_of_drill
from bot.study.drills.models import AnswerJudge
from bot.study.intents import Intent, said
from bot.study.refusals import Refusal
from bot.study.shown import last, unknown_part
from bot.study.smalltalk import SmallTalk
from bot.study.snippets import blocks
from bot.study.tutor import Tutor, UnknownExample
from bot.terminal.answers import Answers
from bot.terminal.commands import COMMANDS, QUIT, bound, read_command
from bot.terminal.drill_chat import Drills
from bot.terminal.lessons import Lessons
from bot.terminal.lines import Voice, one_line
from bot.terminal.onward import Onward
from bot.terminal.pager import page
from bot.terminal.programs import Programs
from bot.terminal.prompt import Interrupted, Lines, at_terminal
from bot.terminal.suggestions import Suggestions
from bot.terminal.talk import Talk
from bot.wording import say
from bot.wording.changes import refused
from bot.wording.foreign import printable
from bot.wording.phrases.replies import near
from bot.wording.translation import in_lang
from knowledge.bank.errors import KnowledgeError, ParameterError, QueryError, UnknownTopic
from knowledge.bank.models import LANGS, SECTIONS, Lang
from runners.errors import RunnerError

if TYPE_CHECKING:
    from bot.store.store import Store

_PROMPT, _MORE_PROMPT = "epoch> ", "  ...> "
#: How much is repeated of a value that cannot be taken.
_TYPED = 60


class Chat:
    """One conversation in a terminal, or over a pipe.

    Args:
        tutor: what answers and runs.
        out: where answers and program output go.
        err: where status lines go.
        lang: language of the interface; answers come in the language of their question, to a Latin term in this one.
        run_dir: folder under which each run's files are saved.
        open_store: opens the database, which only lessons and suggestions need.
        drafts_dir: folder under which drafts of topics lie.
        drill_dir: folder under which answers to drills lie.
        judge: makes what judges them, when the first is given.
        history_dir: folder in which what is typed is kept; None to keep nothing.
        begun: tells whether there is a database, which is opened then for a greeting: what is due, the streak.
        roles_dir: folder of the host's own roles; None for those of the package.
    """

    def __init__(
        self, tutor: Tutor, out: Console, err: Console, *, lang: Lang, run_dir: Path,
        open_store: Callable[[], Awaitable[Store]], drafts_dir: Path, drill_dir: Path,
        judge: Callable[[], AnswerJudge], history_dir: Path | None = None, begun: Callable[[], bool] = lambda: False,
        roles_dir: Path | None = None,
    ) -> None:  # fmt: skip
        self._tutor = tutor
        self._err = err
        self._begun = begun
        self._voice = Voice(out, lang)
        self._talk = Talk(lang)
        self._answers = Answers(out, tutor.bank)
        self._lines = self._open_lines(history_dir, roles_dir)
        self._suggestions = Suggestions(tutor, self._voice, self._lines, open_store, drafts_dir)
        self._unanswered = ""
        programs = Programs(tutor, self._voice, err, self._talk, run_dir)
        self._drills = Drills(
            tutor.bank, self._voice, err, self._talk, interactive=self._lines.interactive, open_store=open_store,
            judge=judge, root=drill_dir,
        )  # fmt: skip
        self._lessons = Lessons(tutor, self._voice, self._lines, open_store, self._within, self._drills, roles_dir)
        self._onward = Onward(self._talk, self._voice, self._answers, programs, self._lessons)
        self._commands: dict[str, Callable[[list[str]], Awaitable[None]]] = bound(
            {
                "run": programs.run,
                "break": programs.break_,
                "code": programs.code,
                "more": self._more,
                "sources": self._sources,
                "interview": self._lessons.interview,
                "loop": self._lessons.loop,
                "quiz": self._lessons.quiz,
                "drill": self._drills.drill,
                "hint": self._drills.hint,
                "solution": self._drills.solution,
                "review": self._lessons.review,
                "plan": self._lessons.plan,
                "progress": self._lessons.progress,
                "topics": self._topics,
                "suggest": self._suggest,
                "lang": self._switch,
                "help": self._help,
            }
        )

    def _open_lines(self, history_dir: Path | None, roles_dir: Path | None) -> Lines:
        if not at_terminal():
            return Lines(interactive=False)
        # Imported only where somebody types.
        from bot.terminal.completion import ChatCompleter
        from bot.terminal.history import open_history

        completer = ChatCompleter(self._tutor, lambda: self._voice.lang, roles_dir)
        return Lines(completer=completer, history=open_history(history_dir) if history_dir is not None else None)

    async def loop(self) -> int:
        """Read and answer lines until `/quit`, the end of input, or Ctrl-C at an empty line; return the exit status."""
        interactive = self._lines.interactive
        if interactive:
            self._voice.say("console.chat.welcome", count=len(self._tutor.bank))
            if self._begun():
                await self._told_of_errors(self._lessons.greet())
        try:
            while (line := await self._lines.read(_PROMPT)) is not None:
                command = read_command(line)
                if command is not None and command[0] == QUIT or _leaves(line):
                    break
                if command is not None:
                    await self._obey(*command)
                elif (code := await self._pasted(line)) is not None:
                    await self._told_of_errors(self._drills.code(code))
                elif line.strip():
                    await self._told_of_errors(self._take(line.strip()))
        except Interrupted:
            return exits.INTERRUPTED
        finally:
            await self._drills.close()
            await self._tutor.close()
        if interactive:
            self._voice.say("console.chat.bye")
        return 0

    async def _pasted(self, line: str) -> str | None:
        """Return the code that begins with a line, read up to the end of its block; None where it begins none.

        At a terminal a paste comes as one line, line ends and all.
        """
        mark = line.lstrip()[:3]
        whole = line
        if mark in ("```", "~~~"):
            while mark not in whole.lstrip()[3:] and (more := await self._lines.read(_MORE_PROMPT)) is not None:
                whole = f"{whole}\n{more}"
        elif "\n" not in line.strip():
            return None
        return next((piece.code for piece in blocks([whole])), None)

    async def _within(self, name: str, words: list[str]) -> None:
        """Do what is asked for in the middle of a lesson."""
        if name in COMMANDS and COMMANDS[name].lesson:
            self._voice.say("console.interview.busy")
        else:
            await self._obey(name, words)

    async def _obey(self, name: str, words: list[str]) -> None:
        if not name:
            self._voice.say("console.error.no_command")
        elif (command := self._commands.get(name)) is None:
            self._voice.say("console.error.unknown_command", name=printable(name))
        else:
            await self._told_of_errors(command(words))

    async def _told_of_errors(self, work: Awaitable[None]) -> None:
        voice = self._voice
        try:
            await work
        except UnknownTopic as error:
            nearest = ", ".join(error.nearest)
            voice.say("console.error.unknown_topic", name=printable(error.name), nearest=nearest)
        except UnknownExample as error:
            available = ", ".join(error.available)
            voice.say("console.error.unknown_example", name=printable(error.name), available=available)
        except QueryError as error:
            voice.say(f"console.error.query_{error.reason}")
        except ParameterError as error:
            if error.parameter is not None:
                text = refused(error.parameter, error.typed, voice.lang, lambda typed: one_line(typed, _TYPED))
                voice.put(text.replace("**", ""), "yellow")
            else:
                voice.put(printable(in_lang(str(error), voice.lang)), "yellow")
        except Refusal as error:
            voice.say(error.key, "yellow", **error.values)
        except (KnowledgeError, RunnerError, StoreError) as error:
            voice.put(printable(in_lang(str(error), voice.lang)), "yellow")

    async def _take(self, line: str) -> None:
        offered = self._talk.offered
        if line.isdecimal() and 1 <= int(line) <= len(offered):
            topic = self._tutor.bank[offered[int(line) - 1]]
            self._talk.show(topic, "answer", None)
            self._answers.opened(topic, "answer", self._talk.lang)
            return
        if self._drills.current is not None and (word := said_of_drill(line)) is not None:
            await self._commands[word]([])
            return
        if (wish := drill_wish(line, self._drills.named)) is not None:
            await self._drills.wished(wish)
            return
        told = said(line, self._voice.lang)
        if told is None:
            await self._ask(line)
        elif isinstance(told, Intent):
            await self._onward.follow(told)
        else:
            self._reply(told)

    def _reply(self, told: SmallTalk) -> None:
        lang = told.lang or self._voice.lang
        Voice(self._voice.out, lang).say("console.chat.help" if told.kind == "help" else f"small.{told.kind}")

    async def _ask(self, question: str) -> None:
        about = self._talk.topic
        with self._err.status(say("console.chat.thinking", self._voice.lang)):
            reply = await self._tutor.ask(question, about=about.slug if about else None, interface=self._voice.lang)
        if (part := unknown_part(self._tutor.bank, question, reply.lang)) is not None:
            self._voice.say("talk.no_part", part=part)
        self._answers.show(reply)
        self._talk.lang = reply.lang
        if reply.topic is not None:
            self._talk.show(self._tutor.bank[reply.topic], reply.section or "answer", reply.unit)
        else:
            for place in reply.below:
                self._talk.show(self._tutor.bank[place.topic], place.section, place.unit)
            self._talk.offered = near(reply)
        self._unanswered = question if reply.outcome == "decline" else ""

    async def _suggest(self, words: list[str]) -> None:
        """`/suggest [QUESTION]`: the last question, where that had no answer and no other is given."""
        await self._suggestions.open(" ".join(words) or self._unanswered)

    async def _help(self, _: list[str]) -> None:
        self._voice.say("console.chat.help")

    async def _topics(self, _: list[str]) -> None:
        for topic in self._tutor.bank.topics.values():
            self._voice.put(f"  {topic.slug:32} {topic.title[self._voice.lang]}")

    async def _more(self, words: list[str]) -> None:
        topic = self._tutor.topic(" ".join(words)) if words else self._talk.topic
        if topic is None:
            self._voice.say("console.error.no_topic_yet")
            return
        self._talk.open(topic)
        self._talk.shown = last(topic, self._talk.lang)

        def all_of_it() -> None:
            for section in SECTIONS:
                self._answers.section(topic, section, self._talk.lang)
            self._answers.sources(topic, self._talk.lang)

        page(self._voice.out, all_of_it)

    async def _sources(self, words: list[str]) -> None:
        topic = self._tutor.topic(" ".join(words)) if words else self._talk.topic
        if topic is None:
            self._voice.say("console.error.no_topic_yet")
        elif topic.meta.sources:
            self._answers.sources(topic, self._talk.lang)
        else:
            self._voice.say("talk.no_sources")

    async def _switch(self, words: list[str]) -> None:
        chosen = next((lang for lang in LANGS if words == [lang]), None)
        if chosen is None:
            self._voice.say("console.error.lang")
            return
        self._voice.lang = self._talk.lang = chosen
        self._voice.say("console.chat.lang")


def _leaves(line: str) -> bool:
    told = said(line)
    return isinstance(told, Intent) and told.kind == "quit"
