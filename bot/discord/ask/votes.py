"""The buttons 👍 and 👎 under an answer, and the one that calls a helper."""

from __future__ import annotations

from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, layout
from bot.discord.ui.ids import Slug, Spelling
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import one_line
from bot.wording import say
from knowledge.bank.models import Lang, SectionId

#: Seconds between two calls for a helper by one member, and between any two in one server.
MEMBER_CALLS_S = 600.0
SERVER_CALLS_S = 60.0
_NAME = 40
_Good = Annotated[bool, Spelling("good|bad", lambda good: "good" if good else "bad", lambda text: text == "good")]


class VoteButton(Control[ui.Button[Any]], prefix="epoch:vote"):
    """Counts a vote; of a member's votes on one message the last counts."""

    slug: Slug
    section: SectionId
    lang: Lang
    good: _Good
    replies = "private"

    def __init__(self, slug: str, section: SectionId, lang: Lang, good: bool) -> None:
        self.slug, self.section, self.lang, self.good = slug, section, lang, good
        super().__init__(ui.Button(emoji="👍" if good else "👎", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Save the vote and say that it counts."""
        bot = interaction.client
        assert interaction.message is not None  # a button is always on one
        await bot.services.store.feedback.vote(
            message_id=interaction.message.id, member_id=interaction.user.id, topic=self.slug, section=self.section,
            lang=self.lang, good=self.good, at=bot.services.clock(),
        )  # fmt: skip
        text = say(f"discord.vote.{'good' if self.good else 'bad'}", lang_of(interaction))
        await interaction.edit_original_response(view=layout(text))


class HelperButton(Control[ui.Button[Any]], prefix="epoch:helper"):
    """Pings the helpers' role that the host named: the only ping that Epoch sends, and only when it is pressed."""

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="🙋", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Call at once: all it takes is in memory, and only a new message pings, not one that was awaited."""
        bot, lang = interaction.client, lang_of(interaction)
        role = bot.services.servers.of(interaction.guild_id).helper_role
        if role is None or interaction.message is None:
            await interaction.response.send_message(say("discord.helper.nobody", lang), ephemeral=True)
            return
        member, server = ("member", interaction.guild_id, interaction.user.id), ("server", interaction.guild_id)
        message = ("message", interaction.message.id)
        if bot.services.helper_calls.spent(message):
            await interaction.response.send_message(say("discord.helper.called", lang), ephemeral=True)
        elif wait := max(bot.services.helper_calls.wait(member), bot.services.helper_calls.wait(server)):
            text = say("discord.helper.wait", lang, until=int(bot.services.clock() + wait) + 1)
            await interaction.response.send_message(text, ephemeral=True)
        else:
            bot.services.helper_calls.take({member: MEMBER_CALLS_S, server: SERVER_CALLS_S, message: float("inf")})
            name = one_line(interaction.user.display_name, _NAME)
            link = interaction.message.jump_url
            text = say("discord.helper.call", lang, role=f"<@&{role}>", name=name, link=link)
            only = discord.AllowedMentions(
                everyone=False, users=False, roles=[discord.Object(role)], replied_user=False
            )
            await interaction.response.send_message(view=layout(text), allowed_mentions=only)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Nothing more: it is said already."""
