"""`/drill [topic]`: a function to write, for the member alone; *Check as drill* on a message."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.drill.controls import (
    CheckSelect,
    CodeForm,
    DrillSelect,
    DrillShareButton,
    GiveUpButton,
    HintButton,
    SolutionButton,
    TestsButton,
    UploadButton,
    UploadForm,
    VariantButton,
)
from bot.discord.drill.duel_message import AcceptButton, DeclineButton
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS
from bot.discord.ui.commands import wording
from bot.discord.ui.drill_controls import DrillButton, DrillsButton, WriteButton
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import CHOICE_NAME, clip
from bot.store.errors import StoreError
from bot.study.drills.choosing import complete
from bot.wording import say

log = logging.getLogger(__name__)


class DrillCog(commands.Cog):
    """Functions that members write themselves."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Go on with the duels that an earlier process left behind."""
        try:
            await self.bot.services.drills.take_up()
        except StoreError as error:
            log.warning("duels that were going on are left as they are: %s", error)

    @app_commands.command(name=wording("drilling.command.name"), description=wording("drilling.command.description"))
    @app_commands.rename(topic=wording("drilling.command.topic"), duel=wording("drilling.command.duel"))
    @app_commands.describe(
        topic=wording("drilling.command.topic_description"), duel=wording("drilling.command.duel_description")
    )
    async def drill(
        self, interaction: discord.Interaction[ServedClient], topic: str | None = None, duel: discord.User | None = None
    ) -> None:
        """Show a drill, or the drills there are, to the member alone; or ask another member for a duel."""
        await interaction.response.defer(thinking=True, ephemeral=duel is None or self._elsewhere(interaction) != "")
        if duel is None:
            await self.bot.services.drills.open(interaction, topic or "")
        elif where := self._elsewhere(interaction):
            text = say("discord.error.elsewhere", lang_of(interaction), channels=where)
            await interaction.edit_original_response(content=text)
        else:
            await self.bot.services.drills.challenge(interaction, topic or "", duel)

    def _elsewhere(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Return the channels that the host chose instead of this one; a duel, which all can see, is for those."""
        return self.bot.services.servers.instead_of(interaction)

    @drill.autocomplete("topic")
    async def topics(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer drills by what is typed so far: their names, or the topics they belong to."""
        lang, bank = lang_of(interaction), self.bot.services.tutor_in(interaction.guild_id).bank
        return [
            app_commands.Choice(name=clip(f"{each.meta.title[lang]} · {bank[each.topic].title[lang]}", CHOICE_NAME),
                                value=clip(each.id, CHOICE_NAME))
            for each in complete(bank, current, lang, OPTIONS)
        ]  # fmt: skip


@app_commands.context_menu(name=wording("drilling.command.menu"))
async def check_as_drill(interaction: discord.Interaction[ServedClient], message: discord.Message) -> None:
    """Judge the code in a message as an answer to a drill, for the member alone."""
    await interaction.response.defer(thinking=True, ephemeral=True)
    await interaction.client.services.drills.check(interaction, message)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(WriteButton, DrillButton, UploadButton, HintButton, TestsButton, GiveUpButton, SolutionButton)
    bot.add_controls(VariantButton, DrillsButton, DrillShareButton, DrillSelect, CheckSelect)
    bot.add_controls(AcceptButton, DeclineButton)
    bot.add_forms(CodeForm, UploadForm)
    bot.tree.add_command(check_as_drill)
    await bot.add_cog(DrillCog(bot))
