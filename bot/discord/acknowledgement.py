"""Acknowledging interactions: each is acknowledged exactly once, also over a bad network or on a busy machine.

    the connection is cut, or no response     it is sent once more
    40060 after that                          the first one had arrived: go on
    40060 at once, or the same id again       another process, or an earlier delivery, answers it: end in silence
    10062                                     the interaction expired: the command runs all the same, and its answer is
                                              sent to the channel where the bot may write, or under a private message
                                              by the token of an earlier interaction (`PrivateAnswers`), else nowhere

Neither 40060 nor 10062 is a mistake of anybody. Members are not told of them; the log has one line with a count.

When the program is about to end (`Arrivals.leaving`), what arrives is told to ask again in place of an acknowledgement;
what was acknowledged before is finished, or told so in the answer that it awaits.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from types import SimpleNamespace
from typing import Any, Literal, Protocol, TypeVar

import aiohttp
import discord

from bot.discord.private_answers import PrivateAnswer
from bot.study.cooldowns import Cooldowns

log = logging.getLogger(__name__)
T = TypeVar("T")

ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION = 40060, 10062
_UNKNOWN_MESSAGE = 10008
#: What Discord says of a message that is no longer there, and of a token that is no longer valid (two of these).
_OUT_OF_REACH = (_UNKNOWN_MESSAGE, 10015, 50027)
#: What sending raises when the connection is lost on the way: what was sent may or may not have arrived.
CUT = (aiohttp.ClientError, OSError, TimeoutError)
#: How long word of an acknowledgement is waited for; Discord itself waits 3 seconds for the acknowledgement.
_WORD_S = 5.0
#: An event comes again after a lost connection within minutes, if at all.
_AGAIN_S = 900.0
#: How long tasks that were cancelled may take to end.
_CANCELLED_S = 0.5
#: How long answering may wait for acknowledgements that are on their way: nobody should notice it.
_SETTLE_S = 0.25
#: Seconds without a message or an interaction after which it is quiet: who reads an answer asks on sooner than that.
_QUIET_S = 10.0
#: Seconds between two lines in the log on what Discord did not wait for.
_LINE_S = 60.0

_DEFERRED = (
    discord.InteractionResponseType.deferred_channel_message, discord.InteractionResponseType.deferred_message_update,
)  # fmt: skip
Why = Literal["late", "elsewhere"]
_WHY: dict[Why, str] = {
    "late": "acknowledged too late (the machine was busy, or the process was stopped), though done",
    "elsewhere": "answered by another process with the same token, or delivered twice",
}
#: Where the task under way notes that a request got an answer that does not say whether it was carried out.
_doubts: ContextVar[list[bool] | None] = ContextVar("epoch_doubts", default=None)


class AnsweredElsewhere(asyncio.CancelledError):
    """Another process answers this interaction; it ends the task of this process as a cancellation does."""


class TurnedAway(asyncio.CancelledError):
    """The program is about to end, and told so instead of doing what was asked; it ends the task as above."""


class Asked(Protocol):
    """What a member asked, as far as the end of the program goes."""

    @property
    def waits(self) -> bool:
        """Whether the member sees nothing of an answer yet, and none is on its way."""

    async def excuse(self) -> None:
        """Tell the member to ask again; what Discord does not take is left."""


class AskedMessage:
    """A message that is to be answered.

    Args:
        message: the message.
        text: what tells its author to ask again.
    """

    def __init__(self, message: discord.Message, text: str) -> None:
        self._message = message
        self._text = text
        self.waits = True

    async def excuse(self) -> None:
        """Reply that it is to be asked again."""
        with suppress(discord.HTTPException, *CUT):
            await self._message.channel.send(self._text, reference=self._message.to_reference(fail_if_not_exists=False))


class Arrivals:
    """Takes each message and interaction once, and counts those that could not be acknowledged.

    Args:
        clock: Unix time.
        held: whether this process may act at all; what arrives while it may not is another's.
        farewell: returns what tells a member to ask again, as the program is about to end.

    Attributes:
        leaving: whether the program is about to end, and takes nothing in any more.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        held: Callable[[], bool] = lambda: True,
        farewell: Callable[[discord.Interaction[Any]], str] = lambda _: "",
    ) -> None:
        self.leaving = False
        self.farewell = farewell
        self._clock = clock
        self._held = held
        self._seen = Cooldowns(clock)
        self._tasks: dict[asyncio.Task[Any], Asked] = {}
        self._missed: Counter[Why] = Counter()
        self._said = float("-inf")
        self._came = float("-inf")
        self._giving = 0
        self._settled = asyncio.Event()
        self._settled.set()

    def first(self, event_id: int) -> bool:
        """Whether a message or an interaction is this process's, and comes for the first time.

        After a lost connection some come again.
        """
        self._came = self._clock()
        if not self._held() or self._seen.spent(event_id):
            return False
        self._seen.take({event_id: _AGAIN_S})
        return True

    @property
    def quiet(self) -> bool:
        """Whether nothing has come for a while, so that a pause of the whole process would keep nobody waiting."""
        return self._clock() - self._came >= _QUIET_S

    @contextmanager
    def acknowledging(self) -> Iterator[None]:
        """An acknowledgement is on its way meanwhile."""
        self._giving += 1
        self._settled.clear()
        try:
            yield
        finally:
            self._giving -= 1
            if not self._giving:
                self._settled.set()

    async def settled(self) -> None:
        """Wait until no acknowledgement is on its way, a quarter of a second at most.

        A search takes the interpreter away from the event loop again and again. One that begins for the first of many
        who ask at once would have the rest of them wait for their acknowledgements; and it would answer one question,
        where a moment later all of them are answered together.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE_S):
                await self._settled.wait()

    def under_way(self, asked: Asked) -> None:
        """Note that the current task answers a member; `drain` waits for it, and `part` ends it."""
        if (task := asyncio.current_task()) is not None and task not in self._tasks:
            self._tasks[task] = asked
            task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def drain(self, seconds: float) -> None:
        """Wait until everybody who asked for something is answered, so many seconds at most."""
        if waiting := self._tasks.keys() - {asyncio.current_task()}:
            await asyncio.wait(waiting, timeout=seconds)
        self._tell()

    async def part(self, seconds: float) -> None:
        """End what is still under way, so many seconds at most; who waits for an answer is told to ask again.

        An answer that is on its way already is left to arrive: nothing comes in its place.
        """
        left = {task: asked for task, asked in self._tasks.items() if task is not asyncio.current_task()}
        if not left:
            return
        log.info("%d interaction(s) and message(s) could not be finished before the end", len(left))
        ends = [asyncio.create_task(_ended(task, asked)) for task, asked in left.items()]
        await asyncio.wait(ends, timeout=seconds)
        for each in (*ends, *left):
            each.cancel()
        await asyncio.wait([*ends, *left], timeout=_CANCELLED_S)

    def missed(self, why: Why) -> None:
        """Count an interaction that could not be acknowledged; the log gets a line a minute at most."""
        self._missed[why] += 1
        if self._clock() - self._said >= _LINE_S:
            self._tell()

    def _tell(self) -> None:
        for why, count in self._missed.items():
            log.warning("%d interaction(s) %s; members were told nothing of it", count, _WHY[why])
        self._said = self._clock() if self._missed else self._said
        self._missed.clear()


async def _ended(task: asyncio.Task[Any], asked: Asked) -> None:
    if asked.waits:
        task.cancel()
    await asyncio.wait({task})
    if task.cancelled():
        await asked.excuse()


def refusal_of(error: BaseException) -> bool:
    """Whether Discord says by this error only that it did not wait, or that somebody else was first."""
    return isinstance(error, discord.HTTPException) and error.code in (ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION)


def trace() -> aiohttp.TraceConfig:
    """Return what tells `Acknowledgement` of a 5xx: discord.py tries again by itself after one that was carried out."""

    async def ended(_: object, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        doubts = _doubts.get()
        if doubts is not None and params.response.status >= 500:
            doubts.append(True)

    config = aiohttp.TraceConfig()
    config.on_request_end.append(ended)
    return config


class Acknowledgement(discord.InteractionResponse[Any]):
    """The one acknowledgement of an interaction."""

    __slots__ = ("_begun", "kind")
    _parent: EpochInteraction

    def __init__(self, parent: EpochInteraction) -> None:
        super().__init__(parent)
        self._begun = False
        #: What it is, or is about to be; None before. (`type` is None until Discord has taken it.)
        self.kind: discord.InteractionResponseType | None = None

    async def defer(self, *, ephemeral: bool = False, thinking: bool = False) -> Any:  # noqa: ANN401 - as the library's
        """Tell Discord that an answer, or nothing to see, will come."""
        kinds, commanded = discord.InteractionResponseType, discord.InteractionType.application_command
        own_message = thinking or self._parent.type is commanded
        kind = kinds.deferred_channel_message if own_message else kinds.deferred_message_update
        give = partial(super().defer, ephemeral=ephemeral, thinking=thinking)
        return await self.give(give, kind, private=own_message and ephemeral)

    async def send_message(self, content: object = None, **message: Any) -> Any:  # noqa: ANN401
        """Answer with a message."""
        give = partial(super().send_message, content, **message)
        private = bool(message.pop("ephemeral", False))
        given = await self.give(give, discord.InteractionResponseType.channel_message, private=private)
        if self._parent.late is not None:
            await self._parent.late.show(content=content, **message)
        elif private and given is not None and given.message_id is not None:
            self._parent.note_private(given.message_id)
        return given

    async def send_modal(self, modal: discord.ui.Modal, /) -> Any:  # noqa: ANN401
        """Answer with a form."""
        return await self.give(partial(super().send_modal, modal), discord.InteractionResponseType.modal, private=True)

    async def autocomplete(self, choices: Any) -> None:  # noqa: ANN401
        """Offer what could be typed; an offer that comes too late is none."""
        kind = discord.InteractionResponseType.autocomplete_result
        await self.give(partial(super().autocomplete, choices), kind, private=True)

    async def give(
        self, give: Callable[[], Awaitable[T]], kind: discord.InteractionResponseType, *, private: bool
    ) -> T | None:
        """Give the acknowledgement, once more where nobody can say whether it arrived.

        Raises:
            AnsweredElsewhere: somebody else gave it.
            TurnedAway: the program is about to end, so this was told instead.
            discord.HTTPException: Discord refused it for another reason.
        """
        parent, arrivals = self._parent, self._parent.client.arrivals
        if not self._begun and not arrivals.first(parent.id):
            self._leave()
        if not self._begun and arrivals.leaving:
            await self._turn_away(kind)
        self._begun, self.kind = True, kind
        arrivals.under_way(parent)
        doubts: list[bool] = []
        before = _doubts.set(doubts)
        try:
            with arrivals.acknowledging():
                return await self._tried(give, doubts)
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED and not doubts:
                self._leave()
            if not refusal_of(error):
                raise
            if error.code == UNKNOWN_INTERACTION:
                arrivals.missed("late")
                parent.late = Late(parent, error, kind, private=private)
            self._response_type = kind
            return None
        finally:
            _doubts.reset(before)

    async def _tried(self, give: Callable[[], Awaitable[T]], doubts: list[bool]) -> T:
        try:
            async with asyncio.timeout(_WORD_S):
                return await give()
        except CUT as error:
            log.info("no word of an acknowledgement, so it is given once more: %s", error or type(error).__name__)
            doubts.append(True)
        async with asyncio.timeout(_WORD_S):
            return await give()

    def _leave(self) -> None:
        self._parent.client.arrivals.missed("elsewhere")
        raise AnsweredElsewhere

    async def _turn_away(self, kind: discord.InteractionResponseType) -> None:
        """Tell the member to ask again, as the program is about to end; while they type nothing is offered."""
        self._parent.client.arrivals.under_way(self._parent)
        with suppress(discord.HTTPException, RuntimeError, *CUT):  # RuntimeError: the connection is closed already
            if kind is discord.InteractionResponseType.autocomplete_result:
                await super().autocomplete(())
            else:
                await super().send_message(self._parent.client.arrivals.farewell(self._parent), ephemeral=True)
        raise TurnedAway


class Late:
    """Where the answer to an expired interaction goes: to the channel, or into the message whose control was pressed.

    An answer for one member alone is shown where the pressed message is private and can still be reached by the token
    of an earlier interaction. Elsewhere it is not shown: nothing else reaches that member privately.
    """

    def __init__(
        self, interaction: EpochInteraction, error: discord.HTTPException, kind: discord.InteractionResponseType, *,
        private: bool,
    ) -> None:  # fmt: skip
        self._interaction = interaction
        self._error = error
        pressed = interaction.message
        self._in_place = kind is discord.InteractionResponseType.deferred_message_update
        hidden = pressed is not None and pressed.flags.ephemeral
        self._private = private or self._in_place and (pressed is None or hidden)
        #: By what the pressed message can still be reached, if it is a private one.
        self._earlier: PrivateAnswer | None = None
        if pressed is not None and hidden:
            self._earlier = interaction.client.services.private_answers.find(pressed.id, interaction.created_at)
        #: What shows the answer, as soon as anything does.
        self._shown: discord.Message | discord.PartialMessage | None = None
        if self._in_place and pressed is not None and not self._private:
            self._shown = self._channel().get_partial_message(pressed.id)

    def original(self) -> discord.Message | discord.PartialMessage:
        """Return the message that shows the answer; the refusal where there is none yet."""
        if self._shown is None:
            raise self._error
        return self._shown

    async def show(self, **message: Any) -> Any:  # noqa: ANN401 - as `edit_original_response`
        """Show the answer, or put this in its place."""
        if self._private and self._in_place:
            return await self._reach(lambda earlier: earlier.edit(**message))
        if self._shown is None:
            self._shown = await self.add(**message)
            return self._shown
        message.setdefault("allowed_mentions", discord.AllowedMentions.none())
        shown = self._shown
        return await (self._reach(lambda _: shown.edit(**message)) if self._private else shown.edit(**message))

    async def add(self, content: object = None, *, ephemeral: bool = False, **message: Any) -> Any:  # noqa: ANN401
        """Show one message more."""
        files = message.pop("attachments", ())
        if files:
            message["files"] = list(files)
        if content is not None:
            message["content"] = content
        if self._private or ephemeral:
            return await self._reach(lambda earlier: earlier.add(**message))
        if (pressed := self._interaction.message) is not None and not pressed.flags.ephemeral:
            message["reference"] = pressed.to_reference(fail_if_not_exists=False)
        return await self._channel().send(**message)

    send = add  # as the webhook of follow-ups has it

    async def delete(self) -> None:
        """Delete the message that shows the answer."""
        if self._private and self._in_place:
            await self._reach(lambda earlier: earlier.delete())
        elif self._shown is not None or not self._private:
            await self.original().delete()

    async def _reach(self, do: Callable[[PrivateAnswer], Awaitable[T]]) -> T | None:
        """Do something by the earlier token; nothing where there is none, or where it turns out to be of no use."""
        if self._earlier is None:
            return None
        try:
            return await do(self._earlier)
        except discord.HTTPException as error:
            if error.code not in _OUT_OF_REACH:
                raise
            log.info("a private answer came too late and cannot be shown any more: %s", error)
            self._earlier = None
            return None

    def _channel(self) -> discord.PartialMessageable:
        asked = self._interaction
        if asked.channel_id is None:
            raise self._error
        channel: discord.PartialMessageable = asked.client.get_partial_messageable(
            asked.channel_id, guild_id=asked.guild_id
        )
        return channel


class FollowUps:
    """What sends and changes the messages that follow an answer; the private ones are noted."""

    def __init__(self, interaction: EpochInteraction, webhook: discord.Webhook) -> None:
        self._interaction = interaction
        self.edit_message, self.delete_message = webhook.edit_message, webhook.delete_message
        self._send = webhook.send

    async def send(self, *content: Any, **message: Any) -> discord.WebhookMessage:  # noqa: ANN401 - as the webhook
        """Send one message more."""
        sent: discord.WebhookMessage = await self._send(*content, **{**message, "wait": True})
        if sent.flags.ephemeral:
            self._interaction.note_private(sent.id, follow_up=True)
        return sent


class EpochInteraction(discord.Interaction[Any]):
    """An interaction that is acknowledged once, and whose answer goes elsewhere when it has expired.

    Attributes:
        late: where answers go after the expiry; None before.
    """

    __slots__ = ("_acknowledgement", "_answering", "late")

    def __init__(self, *, data: Any, state: Any) -> None:  # noqa: ANN401 - a library's own
        super().__init__(data=data, state=state)
        self.late: Late | None = None
        self._answering = False
        self._acknowledgement = Acknowledgement(self)

    @property
    def response(self) -> Acknowledgement:
        """The acknowledgement."""
        return self._acknowledgement

    @property
    def waits(self) -> bool:
        """Whether the member sees nothing of an answer yet, and none is on its way."""
        return self.late is None and not self._answering and self._acknowledgement.kind in _DEFERRED

    async def excuse(self) -> None:
        """Tell the member to ask again: in the answer that is awaited, or privately where none is."""
        if not self.waits:
            return
        text = self.client.arrivals.farewell(self)
        with suppress(discord.HTTPException, *CUT):
            if self._acknowledgement.kind is discord.InteractionResponseType.deferred_channel_message:
                await super().edit_original_response(content=text)
            else:
                await super().followup.send(text, ephemeral=True)

    @property
    def followup(self) -> Any:  # noqa: ANN401 - a webhook, or what sends as one
        """What more messages are sent by."""
        self._answering = True
        return FollowUps(self, super().followup) if self.late is None else self.late

    def note_private(self, message_id: int, *, follow_up: bool = False) -> None:
        """Note that a private message can be reached by the token of this interaction."""
        answer = PrivateAnswer(self, message_id if follow_up else None)
        self.client.services.private_answers.note(message_id, answer)

    async def original_response(self) -> Any:  # noqa: ANN401 - a message, whoever posted it
        """Return the message that answers."""
        return await super().original_response() if self.late is None else self.late.original()

    async def edit_original_response(self, **message: Any) -> Any:  # noqa: ANN401
        """Replace the message that answers.

        Once more where the connection was cut and nothing has to be uploaded anew; where the message that was pressed
        is gone (a private one is dismissed by a click), the member gets a private one of its own.
        """
        self._answering = True
        if self.late is not None:
            return await self.late.show(**message)
        try:
            return self._noted(await super().edit_original_response(**message))
        except CUT as error:
            if message.get("attachments"):
                raise
            log.info("the connection was cut while an answer was sent, so it is sent once more: %s", error)
            return self._noted(await super().edit_original_response(**message))
        except discord.NotFound as error:
            in_place = self.response.type is discord.InteractionResponseType.deferred_message_update
            if not in_place or error.code != _UNKNOWN_MESSAGE or "attachments" in message:
                raise
            return await self.followup.send(**message, ephemeral=True)

    def _noted(self, shown: discord.InteractionMessage) -> discord.InteractionMessage:
        if shown.flags.ephemeral:
            self.note_private(shown.id)
        return shown

    async def delete_original_response(self) -> None:
        """Delete the message that answers."""
        self._answering = True
        await (super().delete_original_response() if self.late is None else self.late.delete())


def _made(*, data: Any, state: Any) -> discord.Interaction[Any]:  # noqa: ANN401 - a library's own
    ours = hasattr(state._get_client(), "arrivals")
    return EpochInteraction(data=data, state=state) if ours else discord.Interaction(data=data, state=state)


def install() -> None:
    """Let discord.py make interactions of this kind for clients with `arrivals`: it has no setting for that."""
    discord.state.Interaction = _made  # type: ignore[attr-defined,assignment]
