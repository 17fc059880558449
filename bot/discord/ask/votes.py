"""The votes 👍 and 👎 on an answer, and the one that calls a helper."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, layout, rows, typed_in
from bot.discord.ui.confirmed import CONFIRM_S
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Id, Snowflake, Spelling, TopicSlug
from bot.discord.ui.language import lang_of
from bot.discord.ui.names import member_name
from bot.discord.ui.text import nameless
from bot.store.feedback import REASONS, WHY
from bot.wording import say
from knowledge.bank.models import Lang, SectionId

#: Seconds between two calls for a helper by one member, and between any two in one server.
MEMBER_CALLS_S = 600.0
SERVER_CALLS_S = 60.0
_Good = Annotated[bool, Spelling("good|bad", lambda good: "good" if good else "bad", lambda text: text == "good")]


class JudgeButton(Control[ui.Button[Any]], prefix="epoch:judge"):
    """Opens the two votes, for the member who pressed.

    One button that opens both, and not one of them: a vote that is nearer than the other is given more often, and the
    host reads the difference of the two.
    """

    slug: TopicSlug
    section: SectionId
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, section: SectionId, lang: Lang) -> None:
        self.slug, self.section, self.lang = slug, section, lang
        super().__init__(ui.Button(label="👍👎", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask how the answer was."""
        assert interaction.message is not None  # a button is always on one
        lang = lang_of(interaction)
        votes = vote_buttons(self.slug, self.section, self.lang, interaction.message.id, lang)
        await interaction.edit_original_response(view=layout(say("discord.vote.ask", lang), *rows(*votes)))


class VoteButton(Control[ui.Button[Any]], prefix="epoch:vote"):
    """Counts a vote; of a member's votes on one message the last counts. A 👎 is asked why, once it counts.

    It is on the answer in `message`; on the one it stands under where the id names none, as under old answers.
    """

    slug: TopicSlug
    section: SectionId
    lang: Lang
    good: _Good
    message: Snowflake | None
    replies = "page"
    _saving: asyncio.Task[None] | None

    def __init__(
        self,
        slug: str,
        section: SectionId,
        lang: Lang,
        good: bool,
        message: int | None = None,
        label: str | None = None,
    ) -> None:
        self.slug, self.section, self.lang, self.good, self.message = slug, section, lang, good, message
        super().__init__(ui.Button(label=label, emoji="👍" if good else "👎", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Save a 👎, then open the form that asks why: dismissing that takes no vote back.

        Discord takes a form only at once; when saving takes long there is none, and the next press asks.
        """
        self._saving = None
        if not self.good:
            self._saving = asyncio.create_task(self._save(interaction))
            await asyncio.wait({self._saving}, timeout=CONFIRM_S)
            if self._saving.done():
                self._saving.result()  # what was not kept is told, and not asked about
                named = WhyId(self.slug, self.section, self.lang, self._message(interaction))
                await interaction.response.send_modal(WhyForm(named, lang_of(interaction)))
                return
        await super().acknowledge(interaction)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Save a 👍; say that the vote counts, and leave the other one to change it."""
        await (self._save(interaction) if self._saving is None else self._saving)
        if interaction.response.type is not discord.InteractionResponseType.modal:
            await _confirm(interaction, self.slug, self.section, self.lang, self._message(interaction), self.good)

    def _message(self, interaction: discord.Interaction[ServedClient]) -> int:
        assert interaction.message is not None  # a button is always on one
        return interaction.message.id if self.message is None else self.message

    async def _save(self, interaction: discord.Interaction[ServedClient]) -> None:
        services = interaction.client.services
        await services.store.feedback.vote(
            message_id=self._message(interaction), member_id=interaction.user.id, topic=self.slug,
            section=self.section, lang=self.lang, good=self.good, at=services.clock(),
        )  # fmt: skip


@dataclass(frozen=True)
class WhyId(Id, prefix="epoch:why"):
    """The custom id of the form: the explanation, and the message that shows it."""

    slug: TopicSlug
    section: SectionId
    lang: Lang
    message: Snowflake


class WhyForm(Form[WhyId]):
    """Asks what is wrong with an answer; nothing has to be filled in."""

    replies = "page"

    def __init__(self, named: WhyId, ui_lang: Lang) -> None:
        super().__init__(named, say("discord.vote.why_title", ui_lang))
        offered = [discord.SelectOption(label=say(f"discord.vote.{each}", ui_lang), value=each) for each in REASONS]
        reasons: ui.Select[Any] = ui.Select(
            custom_id="reason", options=offered, required=False, placeholder=say("discord.vote.reason_pick", ui_lang)
        )
        words: ui.TextInput[Any] = ui.TextInput(
            custom_id="why", style=discord.TextStyle.paragraph, required=False, max_length=WHY
        )
        self.add_item(ui.TextDisplay[Any](say("discord.vote.counted", ui_lang)))
        self.add_item(ui.Label[Any](text=say("discord.vote.reason", ui_lang), component=reasons))
        hint = say("discord.vote.words_hint", ui_lang)
        self.add_item(ui.Label[Any](text=say("discord.vote.words", ui_lang), description=hint, component=words))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: WhyId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form."""
        return cls(named, lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: WhyId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Keep what was said beside the vote, for the host."""
        chosen = [reason for reason in REASONS if reason in filled.get("reason", ())]
        words = nameless(typed_in(filled, "why"), WHY)
        if chosen or words:
            kept = await interaction.client.services.store.feedback.explain(
                message_id=named.message, member_id=interaction.user.id, reason=next(iter(chosen), None), why=words,
                guild_id=interaction.guild_id,
            )  # fmt: skip
            if not kept:
                raise Gone("vote")
        await _confirm(interaction, named.slug, named.section, named.lang, named.message, False)


async def _confirm(
    interaction: discord.Interaction[ServedClient],
    slug: str,
    section: SectionId,
    lang: Lang,
    message: int,
    good: bool,
) -> None:
    ui_lang = lang_of(interaction)
    votes = vote_buttons(slug, section, lang, message, ui_lang)
    text = say(f"discord.vote.{'good' if good else 'bad'}", ui_lang)
    await interaction.edit_original_response(view=layout(text, *rows(*votes)))


def vote_buttons(slug: str, section: SectionId, lang: Lang, message: int, ui_lang: Lang) -> list[VoteButton]:
    """Return the two votes on the answer in a message."""
    labels = {True: say("discord.vote.yes", ui_lang), False: say("discord.vote.no", ui_lang)}
    return [VoteButton(slug, section, lang, good, message, label) for good, label in labels.items()]


class HelperButton(Control[ui.Button[Any]], prefix="epoch:helper"):
    """Pings the helpers' role that the host named: a ping that is only sent when it is pressed."""

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
            name = member_name(interaction.user.display_name)
            link = interaction.message.jump_url
            text = say("discord.helper.call", lang, role=f"<@&{role}>", name=name, link=link)
            only = discord.AllowedMentions(
                everyone=False, users=False, roles=[discord.Object(role)], replied_user=False
            )
            await interaction.response.send_message(view=layout(text), allowed_mentions=only)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Nothing more: it is said already."""
