"""One quiz round that is going on. One task takes in events, saves and replies; another one posts and edits messages.

Events that arrive while a save is going on are saved together by the next one: two hundred answers cost a few commits.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import discord

from bot.discord.quiz.controls import lobby_view, podium_view, question_view, reveal_view
from bot.discord.quiz.podium import PLACES, Stand, podium_png
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.text import beginning
from bot.store import rounds as saved
from bot.store.errors import StoreError
from bot.store.store import Store
from bot.study.item_runs import ItemOutput, run_question
from bot.study.learning import Learning
from bot.study.rounds.counting import given_answers
from bot.study.rounds.machine import Effect, Forget, Opened, Restarted, RoundCommand, RoundEvent, RoundReply, Tick, step
from bot.study.rounds.questions import Question
from bot.study.rounds.state import MemberAnswer, Player, Press, State, dump, load
from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)

Mail = tuple[RoundEvent, "asyncio.Future[RoundReply | None]"]

#: A lobby that many people join at once is drawn anew this often at most.
_REDRAW_S = 1.5
#: How many have answered is drawn anew this often at most: Discord takes some five edits in five seconds of a channel.
_TALLY_S = 3.0
_RETRY_S = 1.0
#: What Discord did not take is tried again after twice as long each time, but at least so often.
_SELDOM_S = 30.0
#: A timer that fires this late was held up with all else: what members did meanwhile has yet to be read.
_STALLED_S = 0.25
#: A countdown that is off by more is drawn anew.
_OFF_S = 1.0
#: How long a message that is being sent may hold up the end of the program.
CLOSE_S = 1.5
_PICTURE = "podium.png"


@dataclass(frozen=True, slots=True)
class RoundContext:
    """What a round needs from outside.

    Attributes:
        tutor: has the bank, and runs programs.
        store: where rounds are kept.
        learning: where answers count as reviews.
        clock: Unix time, for what is stored.
        steady: a monotonic clock, by which rounds measure durations.
        channel: returns the channel of an id, in the server of an id, to post in.
        ended: called with the number of a round that is over.
    """

    tutor: Tutor
    store: Store
    learning: Learning
    clock: Callable[[], float]
    steady: Callable[[], float]
    channel: Callable[[int, int | None], discord.PartialMessageable]
    ended: Callable[[int], None]


class LiveRound:
    """One round that is going on in one channel."""

    def __init__(
        self, context: RoundContext, round_id: int, state: State, channel_id: int, guild_id: int | None, lang: Lang,
        parent_id: int | None = None,
    ) -> None:  # fmt: skip
        self.id = round_id
        self.state = state
        self.channel_id, self.guild_id = channel_id, guild_id
        #: The channel of the lobby, where the round has a thread of its own.
        self.parent_id = parent_id
        self.resumed = False
        self._context = context
        self.lang: Lang = lang
        self._lobby: int | None = None
        self._channel = context.channel(channel_id, guild_id)
        self._lobby_channel = context.channel(parent_id or channel_id, guild_id)
        self._mail: asyncio.Queue[Mail] = asyncio.Queue()
        self._screen: asyncio.Queue[tuple[Effect, State] | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._running: dict[int, asyncio.Task[ItemOutput]] = {}
        self._drawn = 0.0
        self._drawing = False
        self._tallied = 0.0
        self._tallying = False
        #: The answer that was drawn last with the buttons that lead the round, which go when it goes on.
        self._led: State | None = None
        self._closing = False
        self._leaving = asyncio.Event()
        #: While an answer that came late is read, by the host's clock: the next question waits for that.
        self._read_until = 0.0

    @classmethod
    def of(cls, context: RoundContext, round_: saved.SavedRound) -> LiveRound:
        """Return the round as it was saved; `ValueError` if that cannot be read."""
        try:
            questions = tuple(Question.from_json(question.content) for question in round_.questions)
        except (KeyError, TypeError) as error:
            raise ValueError(f"its questions cannot be read: {error!r}") from None
        players = {player.member_id: Player(player.name, player.team, player.away) for player in round_.players}
        answers = {(given.number, given.member_id): _loaded(given) for given in round_.answers}
        state = load(round_.state, questions, round_.owner_id, players, answers)
        # What ended while nobody could answer has not ended: members get the time that a restart leaves them.
        state = step(state, Restarted(), context.steady()).state
        live = cls(context, round_.id, state, round_.channel_id, round_.guild_id, round_.lang, round_.parent_id)
        live._lobby, live.resumed = round_.message_id, True
        return live

    def begin(self) -> None:
        """Start the two tasks."""
        self._tasks = [
            asyncio.create_task(self._work(), name=f"round-{self.id}-events"),
            asyncio.create_task(self._show(), name=f"round-{self.id}-messages"),
        ]

    @property
    def idle(self) -> bool:
        """Whether every event so far was taken in."""
        return self._mail.empty()

    async def lobby_is(self, message_id: int) -> None:
        """Keep which message the lobby is."""
        self._lobby = message_id
        await self._context.store.rounds.move(self.id, message_id)

    async def into_thread(self, name: str) -> None:
        """Open a thread under the lobby, in which the round goes on; its channel is free for another round then.

        Raises:
            discord.HTTPException: Discord opened none.
        """
        assert self._lobby is not None
        lobby = self._lobby_channel.get_partial_message(self._lobby)
        thread = await lobby.create_thread(name=name)
        await self._context.store.rounds.into_thread(self.id, thread.id, self.channel_id)
        self.channel_id, self.parent_id = thread.id, self.channel_id
        self._channel = self._context.channel(thread.id, self.guild_id)

    def show_lobby(self) -> None:
        """Draw the lobby as it is now."""
        self._screen.put_nowait(("lobby", self.state))

    async def tell(self, event: RoundEvent) -> RoundReply | None:
        """Take in an event; returns when what came of it is saved."""
        if self._closing or (self.state.phase == "over" and not isinstance(event, Restarted | Forget)):
            return "over"
        told: asyncio.Future[RoundReply | None] = asyncio.get_running_loop().create_future()
        self._mail.put_nowait((event, told))
        return await told

    def note(self, event: RoundEvent) -> None:
        """Take in an event that nobody waits for, before all that is told later."""
        if not self._closing:
            self._mail.put_nowait(_unasked(event))

    async def abandon(self, seconds: float = CLOSE_S) -> None:
        """End the tasks, each after what it is about or so many seconds, and leave the round as it is saved."""
        self._close()
        for running in self._running.values():
            running.cancel()
        done, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._running.values(), return_exceptions=True)

    def _close(self) -> None:
        self._closing = True
        self._leaving.set()
        self._mail.put_nowait(_unasked(Tick()))
        self._screen.put_nowait(None)

    async def _work(self) -> None:
        while not self._closing:
            await self._take(await self._next_mail())
        while not self._mail.empty():
            _reply(self._mail.get_nowait()[1], "over")

    async def _take(self, mail: list[Mail]) -> None:
        """Take in events, save what came of all of them at once, and only then reply."""
        state, replies, effects, now = self.state, [], list[tuple[Effect, State]](), self._context.steady()
        for event, _ in mail:
            result = step(state, event, now)
            state = result.state
            replies.append(result.reply)
            effects += [(effect, state) for effect in result.effects]
        try:
            if state is not self.state:
                await self._save(state)
        except Exception as error:  # the outermost edge of this task: whoever waits is told, and the round goes on
            log.error("round %s: not saved: %s", self.id, error, exc_info=not isinstance(error, StoreError))
            for _, told in mail:
                if not told.done():
                    told.set_exception(error)
                    told.exception()  # nobody may be waiting for it
            await asyncio.sleep(_RETRY_S)
            return
        self.state = state
        for effect in effects:
            self._screen.put_nowait(effect)
        for (_, told), reply in zip(mail, replies, strict=True):
            _reply(told, reply)

    async def _next_mail(self) -> list[Mail]:
        """Wait for events, or until the round has something to do by itself; return all that have come by then."""
        due, mail = self.state.due, list[Mail]()
        wait = None if due is None else max(0.0, due - self._context.steady())
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                mail.append(await self._mail.get())
        if due is not None and self._context.steady() - due > _STALLED_S:
            await self._pause(self.state.rules.grace_s)
        while not self._mail.empty():
            mail.append(self._mail.get_nowait())
        if due is not None and self._context.steady() >= due:
            mail.append(_unasked(Tick()))  # last: whoever was heard before the end of the question was in time for it
        return mail

    async def _pause(self, seconds: float) -> bool:
        """Wait, but not while the program ends; return whether it does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._leaving.wait()
        return self._closing

    async def _save(self, state: State) -> None:
        before = self.state
        joined = {m: p for m, p in state.players.items() if before.players.get(m) is not p}
        gone = [member for member in before.players if member not in state.players]
        given = {key: answer for key, answer in state.answers.items() if before.answers.get(key) is not answer}
        await self._context.store.rounds.save(
            self.id, dump(state), players=players_of(state, joined), given=[_row(key, given[key]) for key in given],
            gone=gone, questions=stored(state.questions, len(before.questions)),
        )  # fmt: skip

    async def _show(self) -> None:
        """Show what came of events, one after the other; no answer ever waits for that."""
        while (due := await self._screen.get()) is not None:
            effect, state = due
            if effect == "ask" or (effect == "finish" and state.end == "done"):
                await self._pause(self._read_until - self._context.steady())
            if await self._leaving_unshown(effect, state):
                return  # the next start shows it
            if effect == "finish":
                await self._finished()
                return

    async def _leaving_unshown(self, effect: Effect, state: State) -> bool:
        """Show it. What Discord does not take for the moment is tried again, and what comes after it waits."""
        wait, until = _RETRY_S, self._context.steady() + state.rules.unposted_s
        while await self._is_to_be_tried_again(effect, state) and self._context.steady() < until:
            if effect in ("lobby", "redraw"):  # it shows what is the case by then, and nothing has to wait for it
                asyncio.get_running_loop().call_later(wait, self._screen.put_nowait, (effect, self.state))
                break
            if effect == "tally":
                break  # the next one shows it, too
            if await self._pause(wait):
                return True
            wait = min(2 * wait, _SELDOM_S)
        return False

    async def _is_to_be_tried_again(self, effect: Effect, state: State) -> bool:
        try:
            await self._perform(effect, state)
        except discord.NotFound:
            log.info("round %s: its channel or lobby is gone, so it is stopped", self.id)
            self.stop()
        except discord.Forbidden:
            log.warning("round %s: the bot may not post in channel %s, so it is stopped", self.id, self.channel_id)
            self.stop()
        except UNSENT as error:
            log.warning("round %s: Discord did not take %s: %s", self.id, effect, error)
            return _passing(error)
        except StoreError as error:
            log.error("round %s: %s", self.id, error)
        except Exception:  # the outermost edge of this task: what cannot be shown must not end the round
            log.exception("round %s: %s failed", self.id, effect)
        return False

    def stop(self) -> None:
        """End the round: there is no place left for it."""
        if self.state.phase != "over":
            self._mail.put_nowait(_unasked(RoundCommand("stop", 0, True)))

    async def _perform(self, effect: Effect, then: State) -> None:
        """Show what an event brought about; `then` is the state it led to, which may have gone on since."""
        match effect:
            case "lobby":
                await self._draw_lobby()
            case "ask":
                await self._ask(then)
            case "tally":
                await self._tally()
            case "reveal":
                await self._reveal(then)
            case "redraw":
                await self._redraw()
            case "finish":
                await self._finish()

    async def _draw_lobby(self) -> None:
        """Draw the lobby, but of many changes in a moment only the last, which shows them all."""
        loop = asyncio.get_running_loop()
        wait = self._drawn + _REDRAW_S - loop.time()
        if self.state.phase == "lobby" and wait > 0:
            if not self._drawing:
                self._drawing = True
                loop.call_later(wait, self._screen.put_nowait, ("lobby", self.state))
            return
        self._drawn, self._drawing = loop.time(), False
        if self._lobby is not None:
            thread = None if self.parent_id is None else self.channel_id
            view = lobby_view(self.id, self.state, self._context.tutor.bank, self.lang, thread)
            await self._edit(self._lobby, view, self._lobby_channel)

    async def _tally(self) -> None:
        """Draw how many have answered, with restraint: of many answers in a moment the last shows them all."""
        loop = asyncio.get_running_loop()
        wait = self._tallied + _TALLY_S - loop.time()
        if wait > 0:
            if not self._tallying:
                self._tallying = True
                loop.call_later(wait, self._tally_now)
            return
        if self.state.phase == "question" and self.state.awaits is None:
            await self._redraw()

    def _tally_now(self) -> None:
        self._tallied, self._tallying = 0.0, False
        self._screen.put_nowait(("tally", self.state))

    async def _ask(self, then: State) -> None:
        """Post the question, or take its message up again; its time begins when it is there."""
        state = self.state
        if state.phase != "question" or state.number != then.number:
            return
        self._begin_run(state)
        shown = self._beginning(state)
        view = question_view(self.id, shown, self._context.tutor.bank, self.lang)
        message_id, seen = state.message, None
        if message_id is None:
            message_id = (await self._post(f"{state.number}", view)).id
        if state.message is not None or state.awaits == "again":
            edited = (await self._edit(message_id, view)).edited_at
            seen = edited.timestamp() if edited is not None else self._discord_time()
        self._tallied = asyncio.get_running_loop().time()
        await self._surely(Opened(state.number, _time_of(message_id), message_id, seen))
        await self._take_leads_away()
        now = self.state
        if now.phase == "question" and now.number == state.number and abs(now.until - shown.until) > _OFF_S:
            await self._redraw()

    def _discord_time(self) -> float:
        return self._context.steady() + self.state.ahead

    def _beginning(self, state: State) -> State:
        """Return the question as it will be if its message is there at once: for a countdown that fits."""
        if state.awaits is None:
            return state
        lasts = state.rules.seconds if state.awaits == "post" else state.rules.restart_s
        return replace(state, until=max(state.until, self._discord_time() + lasts))

    async def _surely(self, event: RoundEvent) -> None:
        """Take in what has happened, however long it cannot be saved."""
        while not self._closing:
            try:
                await self.tell(event)
                return
            except StoreError as error:
                log.error("round %s: %s", self.id, error)
                await self._pause(_RETRY_S)

    async def _reveal(self, then: State) -> None:
        now = self._discord_time()
        timed = then.phase == "reveal" and then.paused_at is None and then.rules.pace == "clock"
        if timed and now > then.until - then.reveal_s / 2:  # late
            then = replace(then, until=now + then.reveal_s)
            self._read_until = self._context.steady() + then.reveal_s
        await self._draw_reveal(self._now(then), self._printed(then))
        await self._count(then)
        if self._printed(then) is None and then.question.runs:
            running = self._begin_run(then)
            await asyncio.wait({running}, timeout=max(1.0, then.until - self._discord_time()))
            if running.done():
                await self._draw_reveal(self._now(then), self._printed(then))

    def _now(self, then: State) -> State:
        """Return the present state while it is at the same answer, else that one: it is shown all the same."""
        now = self.state
        if now.phase == "reveal" and now.number == then.number:
            return now if now.paused_at is not None else replace(now, until=max(now.until, then.until))
        return replace(then, message=then.message or (now.message if now.number == then.number else None))

    async def _draw_reveal(self, state: State, printed: ItemOutput | None) -> None:
        over = self.state.phase != "reveal" or self.state.number != state.number
        view = reveal_view(self.id, state, self._context.tutor.bank, self.lang, printed, over=over)
        self._led = None if over else state
        try:
            if state.message is not None:
                await self._edit(state.message, view)
                return
        except discord.NotFound:
            log.info("round %s: the message of question %s is gone; its answer is posted anew", self.id, state.number)
        posted = await self._post(f"{state.number}r", view)
        self._led = self._led and replace(self._led, message=posted.id)

    async def _take_leads_away(self) -> None:
        """Draw the answer of before without the buttons that lead the round: it has gone on."""
        led, self._led = self._led, None
        if led is None or led.message is None:
            return
        printed = self._printed(led) or ItemOutput(failed=True)
        view = reveal_view(self.id, led, self._context.tutor.bank, self.lang, printed, over=True)
        try:
            await self._edit(led.message, view)
        except UNSENT as error:  # the buttons then say that the round has gone on
            log.info("round %s: the answer to question %s keeps its buttons: %s", self.id, led.number, error)

    async def _redraw(self) -> None:
        self._tallied = asyncio.get_running_loop().time()
        if self.state.phase == "question":
            if self.state.message is not None:
                view = question_view(self.id, self.state, self._context.tutor.bank, self.lang)
                await self._edit(self.state.message, view)
        elif self.state.phase == "reveal":
            await self._draw_reveal(self.state, self._printed(self.state))

    async def _finish(self) -> None:
        state, store = self.state, self._context.store
        if state.number == 0:
            await self._draw_lobby()
            return
        if state.end == "stopped" and state.message is not None:  # its question may still be open to the eye
            await self._draw_reveal(state, self._printed(state) or ItemOutput(failed=True))
        missed = bool(await store.rounds.missed(self.id))
        stands = self._stands(state)
        files = []
        if stands:
            png = await asyncio.to_thread(podium_png, stands, say("quiz.podium.title", self.lang))
            files = [discord.File(io.BytesIO(png), filename=_PICTURE)]
        await self._let_count()
        view = podium_view(self.id, state, self.lang, files[0] if files else None, missed=missed)
        await self._post("end", view, files)
        await self._take_leads_away()

    async def _let_count(self) -> None:
        """Let the scores count before they are shown: a leaderboard that is asked for right after has them."""
        state = self.state  # without whoever had themselves forgotten since it ended
        try:
            await self._context.store.scores.add(
                f"round:{self.id}", self.guild_id, _results(state), self._context.clock()
            )
        except StoreError as error:
            log.error("round %s: its scores count when it is ended: %s", self.id, error)

    def _stands(self, state: State) -> list[Stand]:
        return [
            Stand(
                row.place, state.players[row.member_id].name, say("quiz.podium.player", self.lang, place=row.place),
                say("quiz.podium.points", self.lang, points=row.points),
            )
            for row in state.standings()
            if row.points and row.place <= PLACES
        ]  # fmt: skip

    async def _finished(self) -> None:
        """Let the scores count and end the round; without that it would be taken up again at the next start."""
        while True:
            state = self.state  # without whoever had themselves forgotten since it ended
            try:
                await self._context.store.rounds.finish(self.id, dump(state), _results(state), self._context.clock())
                break
            except StoreError as error:
                log.error("round %s: %s", self.id, error)
                await asyncio.sleep(_RETRY_S)
        self._context.ended(self.id)
        for running in self._running.values():
            running.cancel()
        self._close()

    async def _count(self, state: State) -> None:
        """Tell of the answers to the question that was just closed."""
        if answers := given_answers(state, f"round:{self.id}", self.guild_id):
            await self._context.learning.record(answers)

    def _begin_run(self, state: State) -> asyncio.Task[ItemOutput]:
        """Begin to run the code of a question, so that its real output is there when the answer is shown."""
        number = state.number
        if number not in self._running:
            name = f"round-{self.id}-run-{number}"
            program = run_question(self._context.tutor, state.question)
            self._running[number] = asyncio.create_task(program, name=name)
        return self._running[number]

    def _printed(self, state: State) -> ItemOutput | None:
        running = self._running.get(state.number)
        return running.result() if running is not None and running.done() and not running.cancelled() else None

    async def _post(
        self, what: str, view: discord.ui.LayoutView, files: Sequence[discord.File] = ()
    ) -> discord.Message:
        """Post a message once: told to again after a restart, Discord knows by the nonce that it has it already."""
        return await self._channel.send(view=view, files=files, nonce=f"quiz-{self.id}-{what}")

    async def _edit(
        self, message_id: int, view: discord.ui.LayoutView, channel: discord.PartialMessageable | None = None
    ) -> discord.Message:
        message = (channel or self._channel).get_partial_message(message_id)
        # Unlike all others, an edit of a partial message does not take the client's default.
        return await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())


def _passing(error: BaseException) -> bool:
    """Whether it may well work a little later: trouble of Discord's own, or of the way there."""
    return not isinstance(error, discord.HTTPException) or error.status >= 500 or error.status == 429


def _time_of(snowflake: int) -> float:
    return discord.utils.snowflake_time(snowflake).timestamp()


def _unasked(event: RoundEvent) -> Mail:
    """Return an event that nobody waits for."""
    return event, asyncio.get_running_loop().create_future()


def _reply(told: asyncio.Future[RoundReply | None], reply: RoundReply | None) -> None:
    if not told.done():
        told.set_result(reply)


def players_of(state: State, members: Iterable[int]) -> list[saved.StoredPlayer]:
    """Return players as they are saved."""
    players = [(member, state.players[member]) for member in members]
    return [
        saved.StoredPlayer(member, beginning(player.name, 100), player.team, player.away) for member, player in players
    ]


def stored(questions: Sequence[Question], after: int = 0) -> list[saved.StoredQuestion]:
    """Return the questions from the one after so many on as they are saved."""
    return [saved.StoredQuestion(n, q.topic, q.item, q.as_json()) for n, q in enumerate(questions, 1) if n > after]


def _results(state: State) -> list[saved.Score]:
    counted = {number for number, _ in state.answers if number not in state.skipped}
    took_part = {member for _, member in state.answers}
    return [
        saved.Score(row.member_id, row.points, row.correct, len(counted))
        for row in state.standings()
        if row.member_id in took_part
    ]


def _row(key: tuple[int, int], answer: MemberAnswer) -> saved.StoredAnswer:
    number, member = key
    return saved.StoredAnswer(
        number, member, answer.first.text, answer.first.id, answer.final.text, answer.final.id, answer.correct,
        answer.points,
    )  # fmt: skip


def _loaded(given: saved.StoredAnswer) -> MemberAnswer:
    first, final = _press(given.first_id, given.first), _press(given.final_id, given.final)
    return MemberAnswer.of(first, final, given.correct, given.points)


def _press(press_id: int, text: str) -> Press:
    return Press(press_id, _time_of(press_id), text)
