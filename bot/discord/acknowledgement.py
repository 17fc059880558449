"""Acknowledging interactions: each is acknowledged exactly once, also over a bad network or on a busy machine.

    the connection is cut, or no response     it is sent once more
    40060 after that                          the first one had arrived: go on
    40060 at once, or the same id again       another process, or an earlier delivery, answers it: end in silence
    10062                                     the interaction expired: the command runs all the same, and its answer is
                                              sent to the channel where the bot may write, else nowhere

Neither 40060 nor 10062 is a mistake of anybody. Members are not told of them; the log has one line with a count.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from types import SimpleNamespace
from typing import Any, Literal, TypeVar

import aiohttp
import discord

from bot.study.cooldowns import Cooldowns

log = logging.getLogger(__name__)
T = TypeVar("T")

ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION = 40060, 10062
_UNKNOWN_MESSAGE = 10008
#: What sending raises when the connection is lost on the way: what was sent may or may not have arrived.
CUT = (aiohttp.ClientError, OSError, TimeoutError)
#: How long word of an acknowledgement is waited for; Discord itself waits 3 seconds for the acknowledgement.
_WORD_S = 5.0
#: An event comes again after a lost connection within minutes, if at all.
_AGAIN_S = 900.0
#: Seconds between two lines in the log on what Discord did not wait for.
_LINE_S = 60.0

Why = Literal["late", "elsewhere"]
_WHY: dict[Why, str] = {
    "late": "acknowledged too late (the machine was busy, or the process was stopped), though done",
    "elsewhere": "answered by another process with the same token, or delivered twice",
}
#: Where the task under way notes that a request got an answer that does not say whether it was carried out.
_doubts: ContextVar[list[bool] | None] = ContextVar("epoch_doubts", default=None)


class AnsweredElsewhere(asyncio.CancelledError):
    """Another process answers this interaction; it ends the task of this process as a cancellation does."""


class Arrivals:
    """Takes each message and interaction once, and counts those that could not be acknowledged.

    Args:
        clock: Unix time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen = Cooldowns(clock)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._missed: Counter[Why] = Counter()
        self._said = float("-inf")

    def first(self, event_id: int) -> bool:
        """Whether a message or an interaction comes for the first time: after a lost connection some come again."""
        if self._seen.spent(event_id):
            return False
        self._seen.take({event_id: _AGAIN_S})
        return True

    def under_way(self) -> None:
        """Note that the current task answers a member; `drain` waits for it."""
        if (task := asyncio.current_task()) is not None and task not in self._tasks:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Wait until everybody who asked for something is answered, so many seconds at most."""
        if waiting := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(waiting, timeout=seconds)
        self._tell()

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

    __slots__ = ("_begun",)
    _parent: EpochInteraction

    def __init__(self, parent: EpochInteraction) -> None:
        super().__init__(parent)
        self._begun = False

    async def defer(self, *, ephemeral: bool = False, thinking: bool = False) -> Any:  # noqa: ANN401 - as the library's
        """Tell Discord that an answer, or nothing to see, will come."""
        kinds, commanded = discord.InteractionResponseType, discord.InteractionType.application_command
        own_message = thinking or self._parent.type is commanded
        kind = kinds.deferred_channel_message if own_message else kinds.deferred_message_update
        give = partial(super().defer, ephemeral=ephemeral, thinking=thinking)
        return await self._give(give, kind, private=own_message and ephemeral)

    async def send_message(self, content: object = None, **message: Any) -> Any:  # noqa: ANN401
        """Answer with a message."""
        give = partial(super().send_message, content, **message)
        private = bool(message.pop("ephemeral", False))
        given = await self._give(give, discord.InteractionResponseType.channel_message, private=private)
        if self._parent.late is not None:
            await self._parent.late.show(content=content, **message)
        return given

    async def send_modal(self, modal: discord.ui.Modal, /) -> Any:  # noqa: ANN401
        """Answer with a form."""
        return await self._give(partial(super().send_modal, modal), discord.InteractionResponseType.modal, private=True)

    async def autocomplete(self, choices: Any) -> None:  # noqa: ANN401
        """Offer what could be typed; an offer that comes too late is none."""
        kind = discord.InteractionResponseType.autocomplete_result
        await self._give(partial(super().autocomplete, choices), kind, private=True)

    async def _give(
        self, give: Callable[[], Awaitable[T]], kind: discord.InteractionResponseType, *, private: bool
    ) -> T | None:
        """Give the acknowledgement, once more where nobody can say whether it arrived.

        Raises:
            AnsweredElsewhere: somebody else gave it.
            discord.HTTPException: Discord refused it for another reason.
        """
        parent, arrivals = self._parent, self._parent.client.arrivals
        if not self._begun and not arrivals.first(parent.id):
            self._leave()
        self._begun = True
        arrivals.under_way()
        doubts: list[bool] = []
        before = _doubts.set(doubts)
        try:
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


class Late:
    """Where the answer to an expired interaction goes: to the channel, or into the message whose control was pressed.

    An answer for one member alone is not shown: after the expiry nothing can reach that member privately.
    """

    def __init__(
        self, interaction: EpochInteraction, error: discord.HTTPException, kind: discord.InteractionResponseType, *,
        private: bool,
    ) -> None:  # fmt: skip
        self._interaction = interaction
        self._error = error
        pressed = interaction.message
        in_place = kind is discord.InteractionResponseType.deferred_message_update
        self._silent = private or in_place and (pressed is None or pressed.flags.ephemeral)
        #: What shows the answer, as soon as anything does.
        self._shown: discord.Message | discord.PartialMessage | None = None
        if in_place and pressed is not None and not self._silent:
            self._shown = self._channel().get_partial_message(pressed.id)

    def original(self) -> discord.Message | discord.PartialMessage:
        """Return the message that shows the answer; the refusal where there is none yet."""
        if self._shown is None:
            raise self._error
        return self._shown

    async def show(self, **message: Any) -> Any:  # noqa: ANN401 - as `edit_original_response`
        """Show the answer, or put this in its place."""
        if self._silent:
            return None
        if self._shown is None:
            self._shown = await self.add(**message)
            return self._shown
        message.setdefault("allowed_mentions", discord.AllowedMentions.none())
        return await self._shown.edit(**message)

    async def add(self, content: object = None, *, ephemeral: bool = False, **message: Any) -> Any:  # noqa: ANN401
        """Show one message more."""
        if self._silent or ephemeral:
            return None
        files = message.pop("attachments", ())
        if files:
            message["files"] = list(files)
        if content is not None:
            message["content"] = content
        if (pressed := self._interaction.message) is not None and not pressed.flags.ephemeral:
            message["reference"] = pressed.to_reference(fail_if_not_exists=False)
        return await self._channel().send(**message)

    send = add  # as the webhook of follow-ups has it

    async def delete(self) -> None:
        """Delete the message that shows the answer."""
        if not self._silent:
            await self.original().delete()

    def _channel(self) -> discord.PartialMessageable:
        asked = self._interaction
        if asked.channel_id is None:
            raise self._error
        channel: discord.PartialMessageable = asked.client.get_partial_messageable(
            asked.channel_id, guild_id=asked.guild_id
        )
        return channel


class EpochInteraction(discord.Interaction[Any]):
    """An interaction that is acknowledged once, and whose answer goes elsewhere when it has expired.

    Attributes:
        late: where answers go after the expiry; None before.
    """

    __slots__ = ("_acknowledgement", "late")

    def __init__(self, *, data: Any, state: Any) -> None:  # noqa: ANN401 - a library's own
        super().__init__(data=data, state=state)
        self.late: Late | None = None
        self._acknowledgement = Acknowledgement(self)

    @property
    def response(self) -> Acknowledgement:
        """The acknowledgement."""
        return self._acknowledgement

    @property
    def followup(self) -> Any:  # noqa: ANN401 - a webhook, or what sends as one
        """What more messages are sent by."""
        return super().followup if self.late is None else self.late

    async def original_response(self) -> Any:  # noqa: ANN401 - a message, whoever posted it
        """Return the message that answers."""
        return await super().original_response() if self.late is None else self.late.original()

    async def edit_original_response(self, **message: Any) -> Any:  # noqa: ANN401
        """Replace the message that answers.

        Once more where the connection was cut and nothing has to be uploaded anew; where the message that was pressed
        is gone (a private one is dismissed by a click), the member gets a private one of its own.
        """
        if self.late is not None:
            return await self.late.show(**message)
        try:
            return await super().edit_original_response(**message)
        except CUT as error:
            if message.get("attachments"):
                raise
            log.info("the connection was cut while an answer was sent, so it is sent once more: %s", error)
            return await super().edit_original_response(**message)
        except discord.NotFound as error:
            in_place = self.response.type is discord.InteractionResponseType.deferred_message_update
            if not in_place or error.code != _UNKNOWN_MESSAGE or "attachments" in message:
                raise
            return await self.followup.send(**message, ephemeral=True)

    async def delete_original_response(self) -> None:
        """Delete the message that answers."""
        await (super().delete_original_response() if self.late is None else self.late.delete())


def _made(*, data: Any, state: Any) -> discord.Interaction[Any]:  # noqa: ANN401 - a library's own
    ours = hasattr(state._get_client(), "arrivals")
    return EpochInteraction(data=data, state=state) if ours else discord.Interaction(data=data, state=state)


def install() -> None:
    """Let discord.py make interactions of this kind for clients with `arrivals`: it has no setting for that."""
    discord.state.Interaction = _made  # type: ignore[attr-defined,assignment]
