"""Quiz rounds: `/quiz start|leave|stop|pause|resume|skip|next`, and the buttons of a round."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.quiz.controls import (
    AloneButton,
    AnotherRoundButton,
    JoinButton,
    LeaveButton,
    OptionButton,
    RoundAgainButton,
    StartButton,
    TypeButton,
    TypeForm,
)
from bot.discord.quiz.lead_controls import LeadButton, StopRoundButton, moderates
from bot.discord.quiz.text import reply_text
from bot.discord.services import ServedClient
from bot.discord.ui.after_controls import ExplainItemButton, LaterButton
from bot.discord.ui.commands import in_both, wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import CHOICE_NAME, clip
from bot.study.rounds.machine import Command, Leave, RoundCommand
from bot.study.rounds.questions import PACK
from bot.wording import say
from knowledge.bank.kinds import KINDS, by_letter

_CHOICES = 25
_VALUE = 100
_OPTIONS = ("topics", "rounds", "seconds", "teams", "kinds", "plays", "pace", "until_right", "thread")
_COMMA = re.compile(r"\s*[,，、;；]\s*")


def _choice(kind: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=in_both(KINDS[kind].about.name), value=kind)


class QuizCog(commands.Cog):
    """Quiz rounds in channels."""

    quiz = app_commands.Group(
        name=wording("quiz.command.quiz.name"),
        description=wording("quiz.command.quiz.description"),
        # A round goes on for longer than any interaction: only where the bot is a member may it post by itself.
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        extras={"public": True},
    )

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot
        self._resumed = False

    async def cog_load(self) -> None:
        """Take up the rounds that a restart cut off."""
        await self.bot.services.rounds.load()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Let them go on, once members can answer."""
        if not self._resumed:
            self._resumed = True
            await self.bot.services.rounds.resume()

    @quiz.command(name=wording("quiz.command.start.name"), description=wording("quiz.command.start.description"))
    @app_commands.rename(**{name: wording(f"quiz.command.start.{name}") for name in _OPTIONS})
    @app_commands.describe(**{name: wording(f"quiz.command.start.{name}_description") for name in _OPTIONS})
    @app_commands.choices(
        kinds=[_choice(kind) for kind in by_letter()],
        pace=[
            app_commands.Choice(name=wording("quiz.command.start.pace_clock"), value="clock"),
            app_commands.Choice(name=wording("quiz.command.start.pace_host"), value="host"),
        ],
    )
    async def start(
        self,
        interaction: discord.Interaction[ServedClient],
        topics: str | None = None,
        rounds: app_commands.Range[int, 1, 30] = 10,
        seconds: app_commands.Range[int, 10, 120] = 30,
        teams: app_commands.Range[int, 2, 4] | None = None,
        kinds: str | None = None,
        plays: bool = True,
        pace: str = "clock",
        until_right: bool = False,
        thread: bool = False,
    ) -> None:
        """Open a lobby."""
        await interaction.response.defer(thinking=True)
        names = [name for name in _COMMA.split(topics or "") if name]
        await self.bot.services.rounds.open(
            interaction,
            topics=[
                self.bot.services.tutor_in(interaction.guild_id).topic(name).slug
                for name in names
                if not name.startswith(PACK)
            ],
            packs=[name.removeprefix(PACK).strip() for name in names if name.startswith(PACK)],
            kinds=[kinds] if kinds else [],
            count=rounds,
            seconds=float(seconds),
            teams=teams or 0,
            plays=plays,
            pace="host" if pace == "host" else "clock",
            until_right=until_right,
            thread=thread,
        )

    @start.autocomplete("topics")
    async def topics(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer topics and packs for the last name of the list."""
        *before, typed_ = _COMMA.split(current)
        lang = lang_of(interaction)
        chosen = {*before}
        offered = [
            (topic.title[lang], topic.slug)
            for topic in self.bot.services.tutor_in(interaction.guild_id).complete(typed_, lang, _CHOICES)
            if topic.slug not in chosen
        ]
        there = await self.bot.services.store.packs.names(interaction.guild_id)
        packs = [name for name in there if typed_.casefold() in f"{PACK}{name}"]
        offered += [(f"📦 {name}", f"{PACK}{name}") for name in packs]
        head = "".join(f"{name}, " for name in before)
        return [
            app_commands.Choice(name=clip(f"{head}{title}", CHOICE_NAME), value=f"{head}{value}")
            for title, value in offered
            if len(f"{head}{value}") <= _VALUE
        ][:_CHOICES]

    @quiz.command(name=wording("quiz.command.leave.name"), description=wording("quiz.command.leave.description"))
    async def leave(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Leave the round."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._tell(interaction, Leave(interaction.user.id))

    @quiz.command(name=wording("quiz.command.stop.name"), description=wording("quiz.command.stop.description"))
    async def stop(self, interaction: discord.Interaction[ServedClient]) -> None:
        """End the round."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._control(interaction, "stop")

    @quiz.command(name=wording("quiz.command.pause.name"), description=wording("quiz.command.pause.description"))
    async def pause(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Pause the round."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._control(interaction, "pause")

    @quiz.command(name=wording("quiz.command.resume.name"), description=wording("quiz.command.resume.description"))
    async def resume(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Go on with a paused round."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._control(interaction, "resume")

    @quiz.command(name=wording("quiz.command.skip.name"), description=wording("quiz.command.skip.description"))
    async def skip(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Skip the question."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._control(interaction, "skip")

    @quiz.command(name=wording("quiz.command.next.name"), description=wording("quiz.command.next.description"))
    async def next(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Go on to the next question."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._control(interaction, "next")

    async def _control(self, interaction: discord.Interaction[ServedClient], what: Command) -> None:
        at = interaction.created_at.timestamp()
        await self._tell(interaction, RoundCommand(what, interaction.user.id, moderates(interaction), at))

    async def _tell(self, interaction: discord.Interaction[ServedClient], event: RoundCommand | Leave) -> None:
        lang, rounds = lang_of(interaction), self.bot.services.rounds
        round_id = rounds.here(interaction.channel_id)
        if round_id is None:
            text = say("quiz.reply.none_here", lang)
        else:
            text = reply_text(await rounds.tell(round_id, event), lang)
        await interaction.edit_original_response(content=text)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(
        OptionButton, TypeButton, JoinButton, LeaveButton, StartButton, RoundAgainButton, AnotherRoundButton
    )
    bot.add_controls(AloneButton, LeadButton, StopRoundButton, ExplainItemButton, LaterButton)
    bot.add_forms(TypeForm)
    await bot.add_cog(QuizCog(bot))
