"""Private answers that can still be reached: for 15 minutes, by the token of the interaction that made or changed them.

A press under a private answer may be acknowledged too late, and its own token is worth nothing then. The message itself
can still be edited, and more be said to its member alone, by the token of an earlier interaction. Tokens are kept in
memory only, and are written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.study.newest import Newest

#: How many messages are kept; the oldest goes first. One is an interaction of a few kilobytes.
MOST = 1_000
#: How long Discord takes a token, less the time that making an answer takes.
_VALID = timedelta(minutes=14, seconds=30)


@dataclass(frozen=True, slots=True)
class PrivateAnswer:
    """A private message, and the interaction by whose token it can be reached.

    Attributes:
        interaction: made the message, or changed it last.
        follow_up: the id of the message, where it is not the one that answers `interaction`.
    """

    interaction: discord.Interaction[Any]
    follow_up: int | None = None

    async def edit(self, **message: Any) -> Any:  # noqa: ANN401 - as `edit_original_response`
        """Replace the message."""
        if self.follow_up is None:
            return await self.interaction.edit_original_response(**message)
        return await self.interaction.followup.edit_message(self.follow_up, **message)

    async def add(self, **message: Any) -> Any:  # noqa: ANN401 - as the webhook of follow-ups
        """Tell the member who sees the message one thing more, privately."""
        return await self.interaction.followup.send(**message, ephemeral=True, wait=True)

    async def delete(self) -> None:
        """Delete the message."""
        if self.follow_up is None:
            await self.interaction.delete_original_response()
        else:
            await self.interaction.followup.delete_message(self.follow_up)


class PrivateAnswers:
    """The newest private answers, by the ids of their messages."""

    def __init__(self) -> None:
        self._kept: Newest[int, PrivateAnswer] = Newest(MOST)

    def __len__(self) -> int:
        return len(self._kept)

    def note(self, message_id: int, answer: PrivateAnswer) -> None:
        """Remember how a message can be reached, and let go of those that cannot be reached any more."""
        for key, kept in list(self._kept.items()):
            if not _over(kept, answer.interaction.created_at):
                break
            del self._kept[key]
        self._kept[message_id] = answer

    def find(self, message_id: int, now: datetime) -> PrivateAnswer | None:
        """Return how a message can be reached; None where it cannot.

        Args:
            message_id: of the message.
            now: the time, by Discord's clock.
        """
        answer = self._kept.get(message_id)
        return None if answer is None or _over(answer, now) else answer

    def forget(self, member_id: int) -> None:
        """Let go of the messages to a member."""
        for message_id in [key for key, kept in self._kept.items() if kept.interaction.user.id == member_id]:
            del self._kept[message_id]


def _over(answer: PrivateAnswer, now: datetime) -> bool:
    return now - answer.interaction.created_at > _VALID
