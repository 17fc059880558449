"""Drills on Discord: shows them, keeps what members write, has it judged, and counts how it ended.

code → kept → judged → counted as a review → told; so a restart at any point loses nothing that was written
"""

from __future__ import annotations

import logging
from typing import Any

import discord

from bot.discord.drill.controls import CODE, CodeForm, UploadButton, variant_of
from bot.discord.drill.duel_service import DuelService
from bot.discord.drill.message import (
    Message,
    check_view,
    drill_view,
    hint_view,
    list_view,
    passed_view,
    solution_message,
    sure_view,
    verdict_message,
)
from bot.discord.services import Interaction, SharedServices
from bot.discord.ui.base import layout, rows
from bot.discord.ui.colours import AMBER
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.drill_controls import marked
from bot.discord.ui.errors import Gone
from bot.discord.ui.items import mark_of
from bot.discord.ui.language import lang_of
from bot.discord.ui.message_code import code_in
from bot.discord.ui.names import member_name
from bot.discord.ui.text import clip, one_line, width
from bot.study.drills import attempts
from bot.study.drills.attempts import Attempt
from bot.study.drills.choosing import by_function, every, find
from bot.study.drills.errors import JudgeFailed, SandboxFailed
from bot.study.drills.models import AnswerJudge, Verdict
from bot.study.learning import GivenAnswer
from bot.study.refusals import Refusal
from bot.study.runs import RunRequest
from bot.study.schedule import GRADES
from bot.study.snippets import MOST_BYTES, Snippet, script
from bot.wording import say
from bot.wording.phrases.reviews import span
from knowledge.bank import names
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import Bank
from runners.errors import WallRequired

log = logging.getLogger(__name__)

_NAME = 60


class DrillService:
    """What members do at drills.

    Args:
        client: fetches uploaded files.
        shared: has the bank, the store, the reviews and the gate of everybody's code.
        judge: runs answers behind the wall and says what is wrong with them.
    """

    def __init__(self, client: discord.Client, shared: SharedServices, judge: AnswerJudge) -> None:
        self._client = client
        self._shared = shared
        self._judge = judge
        self._clock = shared.clock
        self._duels = DuelService(client, shared)

    async def close(self) -> None:
        """Let go of the duels, which stay as saved, and end the judge."""
        await self._duels.close()
        await self._judge.close()

    async def take_up(self) -> None:
        """Go on with the duels that an earlier process left behind."""
        await self._duels.load()

    async def forget_players(self) -> None:
        """End the duels that one of the two has left, and name them no more."""
        await self._duels.forget_players()

    async def challenge(self, interaction: Interaction, name: str, rival: discord.User | discord.Member) -> None:
        """Ask a member for a duel at a drill, for all to see in the answer that is awaited."""
        await self._duels.challenge(interaction, name, rival)

    async def answer_duel(self, interaction: Interaction, duel_id: int, *, accepted: bool) -> None:
        """Accept or decline a duel; its message shows what came of it."""
        await self._duels.answer(interaction, duel_id, accepted=accepted)

    def _bank(self, interaction: Interaction) -> Bank:
        return self._shared.tutor_in(interaction.guild_id).bank

    def find(self, interaction: Interaction, slug: str, mark: str) -> Drill:
        """Return the drill of a topic that a custom id means; `Gone` where it has left the bank."""
        topic = find_topic(self._bank(interaction), slug)
        for drill in topic.drills if topic is not None else ():
            if mark_of(drill.name) == mark:
                return drill
        raise Gone("drill")

    async def show(self, interaction: Interaction, drill: Drill, variant: Variant | None = None) -> None:
        """Show a drill in the answer that is awaited; without a variant with what it was tried last."""
        attempt = await self._attempt(interaction, drill)
        chosen = variant or _last(drill, attempt)
        topic, lang = self._bank(interaction)[drill.topic], lang_of(interaction)
        await _send(interaction, Message(drill_view(drill, topic.title[lang], chosen, lang, attempt)))

    async def open(self, interaction: Interaction, name: str) -> None:
        """Show the drill of a name, or of a topic's name that has one; else the drills there are."""
        bank, lang = self._bank(interaction), lang_of(interaction)
        if not name.strip():
            await self.offer(interaction)
            return
        found = find(bank, name)
        if len(found) == 1:
            await self.show(interaction, found[0])
        elif found:
            await self._list(interaction, found)
        else:
            topic = names.named(bank, name)
            said = say("drilling.list.unknown", lang, name=one_line(name, _NAME))
            if topic is not None:
                said = say("drilling.list.none_here", lang, topic=clip(topic.title[lang], _NAME))
            await self._list(interaction, every(bank), said)

    async def offer(self, interaction: Interaction) -> None:
        """Show the drills there are, with what the member has done of them."""
        await self._list(interaction, every(self._bank(interaction)))

    async def _list(self, interaction: Interaction, drills: list[Drill], said: str = "") -> None:
        done = await self._shared.store.drills.all(interaction.user.id)
        view = list_view(self._bank(interaction), drills, done, lang_of(interaction), said)
        await _send(interaction, Message(view))

    async def write(self, interaction: Interaction, slug: str, mark: str, variant: Variant | None) -> None:
        """Open the form for an answer, filled with the last try or the start; the acknowledgement of `interaction`."""
        drill, lang = self.find(interaction, slug, mark), lang_of(interaction)
        attempt = await self._attempt(interaction, drill)
        chosen = variant if variant in drill.variants else _last(drill, attempt)
        code = drill.variants[chosen].start if attempt is None else attempt.codes.get(chosen)
        code = drill.variants[chosen].start if code is None else code
        if width(code) > CODE:  # it would be saved without its end
            label = say("drilling.button.upload", lang)
            upload = UploadButton(*marked(drill), chosen, label=label, emoji="📎")
            view = layout(say("drilling.refused.too_long_to_edit", lang), *rows(upload), colour=AMBER)
            await interaction.response.send_message(view=view, ephemeral=True)
            return
        await interaction.response.send_modal(CodeForm.made(drill, chosen, code, lang))

    async def upload(self, interaction: Interaction, drill: Drill, variant: Variant, upload: str) -> None:
        """Judge a file that came with a form, by its id there.

        Raises:
            Refusal: it is no text, too large, or Discord has it no more.
        """
        data: Any = interaction.data or {}
        attachment = (data.get("resolved") or {}).get("attachments", {}).get(upload)
        if attachment is None:
            raise Gone("field")
        name = str(attachment["filename"])
        if not name.lower().endswith(".py"):
            raise Refusal("drilling.refused.no_python")
        if int(attachment["size"]) > MOST_BYTES:  # refused before it is fetched
            raise Refusal("drilling.refused.large")
        try:
            content = await self._client.http.get_from_cdn(attachment["url"])
        except UNSENT:
            raise Refusal("drilling.refused.lost") from None
        await self.hand_in(interaction, drill, variant, script(name, content).code)

    async def again(self, interaction: Interaction, drill: Drill, variant: Variant) -> None:
        """Judge the last try once more.

        Raises:
            Refusal: there is none.
        """
        attempt = await self._attempt(interaction, drill)
        code = attempt.codes.get(variant) if attempt is not None else None
        if code is None:
            raise Refusal("drilling.refused.no_try")
        await self.hand_in(interaction, drill, variant, code)

    async def hand_in(self, interaction: Interaction, drill: Drill, variant: Variant, code: str) -> None:
        """Keep an answer, have it judged, count it, and say what came of it in the answer that is awaited.

        Raises:
            Refusal: not now, not here, not by this member, or there is nothing to judge.
            runners.errors.RunnerError: it may not run here, or could not be run.
        """
        if not code.strip():
            raise Refusal("drilling.refused.empty")
        if variant not in drill.variants:
            raise Gone("drill")
        code, at, member = f"{code.rstrip()}\n", self._clock(), interaction.user.id
        await self._move(  # before anything can go wrong: what was written is not lost
            interaction, drill, lambda before: attempts.typed(attempts.going(before, member, drill, at), variant, code)
        )
        rules = self._shared.servers.of(interaction.guild_id)
        manages = interaction.permissions.manage_guild
        verdict: Verdict | None = None
        with self._shared.gate.admitted(member, RunRequest(code=code), rules, manages=manages):
            await self._duels.handed(member, drill, at)
            try:
                verdict = await self._judge.judge(drill, code, variant=variant, owner=str(member))
                # Before the duel hears of it: nobody wins in public by what a kill can still take away.
                attempt, counted = await self._ended_by(interaction, drill, verdict, at)
            except WallRequired:
                raise Refusal("drilling.refused.wall") from None
            except JudgeFailed as error:
                log.error("%s", error)  # the host's matter: the member reads only that it was not their code
                raise Refusal("drilling.refused.judge") from None
            except SandboxFailed as error:
                log.warning("the drill %s was not judged: %s", drill.id, error)
                raise Refusal("drilling.refused.sandbox") from None
            finally:
                await self._duels.judged(member, drill, at, verdict)
        if attempt is None:  # they had all deleted meanwhile, so nothing counts
            attempt = attempts.typed(attempts.going(None, member, drill, at), variant, code)
        await _send(interaction, verdict_message(drill, verdict, attempt, lang_of(interaction), counted))

    async def _ended_by(
        self, interaction: Interaction, drill: Drill, verdict: Verdict, at: float
    ) -> tuple[Attempt | None, str]:
        """Keep what an answer handed in `at` came to; return the go, and what it counts as where this ended it."""
        before = await self._attempt(interaction, drill)
        counted = ""
        if before is not None:
            counted = await self._count(interaction, before, attempts.judged(before, verdict, at), at)
        return await self._move(
            interaction, drill, lambda now: None if now is None else attempts.judged(now, verdict, at)
        ), counted

    async def _count(self, interaction: Interaction, before: Attempt, go: Attempt, at: float) -> str:
        """Count the end of a go as a review, and say so; nothing where it did not end now.

        It is recorded before the end is kept: a process that ends in between leaves a go that may end again, and
        counts once all the same, by its source.
        """
        if go.end is None or before.end is not None:
            return ""
        lang, learning = lang_of(interaction), self._shared.learning
        if not await learning.is_due(go.member_id, go.topic, go.item):
            return "-# " + say("drilling.end.practice", lang)
        grade = attempts.grade(go)
        given = GivenAnswer(go.member_id, go.topic, go.item, grade, go.source, at, interaction.guild_id)
        for card in await learning.record([given]):
            when = span(card.due - self._clock(), lang)
            return say("drilling.end.counted", lang, grade=say(f"member.grade.{GRADES[grade]}", lang), when=when)
        return ""

    async def hint(self, interaction: Interaction, drill: Drill, variant: Variant) -> None:
        """Tell the next hint, with those before it."""
        at, member, most = self._clock(), interaction.user.id, len(drill.meta.hints)
        attempt = await self._move(
            interaction, drill, lambda before: attempts.hinted(attempts.going(before, member, drill, at), most)
        )
        assert attempt is not None  # the step makes one
        await _send(interaction, Message(hint_view(drill, attempt.hints, variant, lang_of(interaction))))

    async def give_up(self, interaction: Interaction, drill: Drill, variant: Variant, *, sure: bool) -> None:
        """Show the solution, which gives a go up that has not ended: that is asked first, unless `sure`."""
        if variant not in drill.variants:
            raise Gone("drill")
        at, member, lang = self._clock(), interaction.user.id, lang_of(interaction)
        before = await self._attempt(interaction, drill)
        before = attempts.going(None, member, drill, at) if before is None else before
        if before.end is None and not sure:
            await _send(interaction, Message(sure_view(drill, variant, lang)))
            return
        counted = await self._count(interaction, before, attempts.given_up(before, at), at)
        attempt = await self._move(
            interaction, drill,
            lambda now: attempts.given_up(attempts.going(None, member, drill, at) if now is None else now, at),
        )  # fmt: skip
        assert attempt is not None  # the step makes one
        await self._duels.gave_up(member, drill)
        await _send(interaction, solution_message(drill, attempt, variant, lang, counted))

    async def share(self, interaction: Interaction, drill: Drill) -> None:
        """Tell all that the member has passed a drill, with the button that opens it for each of them alone.

        Raises:
            Refusal: they have not.
        """
        attempt = await self._attempt(interaction, drill)
        if attempt is None or attempt.passed is None:
            raise Refusal("onward.share.not_passed")
        topic, name = self._bank(interaction)[drill.topic], member_name(interaction.user.display_name)
        view = passed_view(drill, attempt, topic, name, lang_of(interaction))
        await interaction.edit_original_response(view=view)

    async def check(self, interaction: Interaction, message: discord.Message) -> None:
        """Judge the code in a message as an answer to the drill whose function it defines; else ask which it is.

        Raises:
            Refusal: there is no code in it.
        """
        pieces = await code_in(message)
        if not pieces:
            raise Refusal("run.refused.no_code")
        bank = self._bank(interaction)
        pairs = [(number, drill) for number, piece in enumerate(pieces) for drill in by_function(bank, piece.code)]
        if len(pairs) == 1:
            ((number, drill),) = pairs
            code = pieces[number].code
            await self.hand_in(interaction, drill, variant_of(drill, code), code)
            return
        pairs = pairs or [(_longest(pieces), drill) for drill in await self._by_last_tried(interaction)]
        lang = lang_of(interaction)
        if not pairs:
            await _send(interaction, Message(list_view(bank, (), {}, lang)))
            return
        run = await interaction.client.services.runs.keep_pieces(interaction, pieces, message.jump_url)
        await _send(interaction, Message(check_view(run, pairs, pieces, lang)))

    async def _by_last_tried(self, interaction: Interaction) -> list[Drill]:
        done = await self._shared.store.drills.all(interaction.user.id)
        drills = every(self._bank(interaction))

        def age(drill: Drill) -> float:
            attempt = done.get((drill.topic, drill.item))
            return -attempt.began if attempt is not None else 0.0

        return sorted(drills, key=age)

    async def _attempt(self, interaction: Interaction, drill: Drill) -> Attempt | None:
        return await self._shared.store.drills.get(interaction.user.id, drill.topic, drill.item)

    async def _move(self, interaction: Interaction, drill: Drill, step: attempts.AttemptStep) -> Attempt | None:
        return await self._shared.store.drills.move(interaction.user.id, drill.topic, drill.item, step)


def _last(drill: Drill, attempt: Attempt | None) -> Variant:
    """Return with what a drill was tried last; NumPy where that is not known, or not there any more."""
    return attempt.variant if attempt is not None and attempt.variant in drill.variants else "numpy"


def _longest(pieces: list[Snippet]) -> int:
    return max(range(len(pieces)), key=lambda number: len(pieces[number].code))


async def _send(interaction: Interaction, message: Message) -> None:
    await interaction.edit_original_response(view=message.view, attachments=list(message.files))
