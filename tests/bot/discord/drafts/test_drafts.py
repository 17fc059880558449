"""From a gap to a draft: why a 👎 is one, what members suggest, and who may see to it."""

from __future__ import annotations

from pathlib import Path

import discord
import simcord

from bot.study.drafts.folders import answer_of
from bot.study.drafts.models import MEMBER_MOST, Draft
from tests.bot.discord.ask.test_controls import answered
from tests.bot.discord.hosting.test_hosting import choose, host_of, panel_of
from tests.bot.study.drafts.test_drafts import zipped
from tests.bot.world import World, controls_of, discord_world, make_bot, options_of, text_of
from tests.knowledge.tiny import FILES

WHY = "the second sentence @everyone <@123> is `wrong`\n\u202e\x1b[31m"


async def voted(world: World, member: simcord.MemberActor, message: object) -> simcord.InteractionResult:
    asked = await member.click(message, label="👍👎")
    assert asked.response is not None
    return await member.click(asked.response, label="It did not")


async def test_a_vote_counts_before_it_is_asked_why_and_whether_or_not_that_is_told(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        await voted(world, world.bob, answer)  # and closes the form
        pressed = await voted(world, world.alice, answer)
        feedback = world.bot.services.store.feedback
        (tally,) = await feedback.tallies()
        assert (tally.bad, tally.reasons) == (2, {})
        assert pressed.modal is not None
        assert "counts already" in str(pressed.modal)
        sent = await world.alice.submit_modal(pressed, {"reason": ["unclear"], "why": WHY})
        assert not sent.followups
        (tally,) = await feedback.tallies()
        assert (tally.bad, tally.reasons) == (2, {"unclear": 1})
        assert [said.why for said in await feedback.said(world.guild.id)] == [
            "the second sentence @everyone is `wrong`"
        ]
        assert await feedback.said(world.guild.id + 1) == [], "what members of another server say is not this host's"

        seen = text_of((await host_of(world).slash(world.channel, "gaps")).response)
        assert "It is unclear 1" in seen
        assert "the second sentence" in seen
        assert "@everyone" not in seen
        asked = await world.alice.click(answer, label="👍👎")
        await world.alice.click(asked.response, label="It did")
        assert await feedback.said() == [], "what was said of a 👎 goes with it"

        pressed = await voted(world, world.alice, answer)
        await world.bot.services.store.members.forget(world.alice.id)
        sent = await world.alice.submit_modal(pressed, {"reason": ["wrong"], "why": ""})
        assert "is gone" in text_of(sent.followups[-1]), "a vote that was forgotten has no reason"
        assert [tally.bad for tally in await feedback.tallies()] == [1]


async def draft_of(world: World) -> Draft:
    (draft,) = await world.bot.services.store.drafts.all()
    return draft


def folder(tmp_path: Path, draft: Draft) -> Path:
    return tmp_path / "data" / "drafts" / draft.slug


async def test_a_suggestion_becomes_a_draft_that_is_posted_for_reviewers_and_a_member_makes_so_many_an_hour(
    tmp_path: Path,
) -> None:
    async with discord_world(tmp_path) as world:
        told = await world.alice.slash(
            world.channel, "suggest", question="what is @everyone <@9> LoRA?", answer="see\n# arXiv:2106.09685"
        )
        assert told.ephemeral
        assert "Until then it is not searched" in text_of(told.response)
        assert not world.sent("POST", "/messages"), "no channel is named for drafts"
        draft = await draft_of(world)
        assert draft.asks == {"en": ("what is @everyone LoRA?",)}
        assert (draft.owner_id, draft.guild_id, draft.state) == (world.alice.id, world.guild.id, "open")
        assert "> # arXiv:2106.09685" in (folder(tmp_path, draft) / "en.md").read_text()
        assert draft.slug not in world.bot.services.tutor.bank.topics

        reviews = world.guild.create_text_channel("reviews")
        await world.bot.services.servers.change(world.guild.id, drafts_channel=reviews.id)
        again = await world.bob.slash(world.channel, "suggest", question="What is @everyone LoRA")
        assert "Somebody has suggested that" in text_of(again.response)
        assert await draft_of(world) == (await world.bot.services.store.drafts.get(draft.slug))
        assert reviews.last_message is not None
        shown = text_of(reviews.last_message)
        assert "LoRA" in shown
        assert "@everyone" not in shown
        assert "epoch:draftok:" + draft.slug in controls_of(reviews.last_message)

        for number in range(1, MEMBER_MOST):
            await world.alice.slash(world.channel, "suggest", question=f"what is model number {number}?")
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        refused = await world.alice.slash(world.channel, "suggest", question="and one more?")
        assert "several just now" in text_of(refused.response), "a restart forgets nothing"
        allowed = await world.bob.slash(world.channel, "suggest", question="and one more?")
        assert "Thanks" in text_of(allowed.response), "the control"
        empty = await world.bob.slash(world.channel, "suggest", question="<@1> 😀")
        assert "There is no question in that" in text_of(empty.response)
        assert len(await world.bot.services.store.drafts.all()) == MEMBER_MOST + 1


async def test_a_host_opens_a_draft_of_a_gap_and_names_who_sees_to_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        gaps = world.bot.services.store.gaps
        for question, lang, times in (
            ("how to prune a decision tree", "en", 3), ("prune decision trees how", "en", 1),
            ("决策树怎么剪枝", "zh", 1), ("红烧肉怎么做", "zh", 1),
        ):  # fmt: skip
            for _ in range(times):
                await gaps.note(question, lang, [], 1.0, guild_id=world.guild.id)  # type: ignore[arg-type]
        host = host_of(world)
        shown = (await host.slash(world.channel, "gaps")).response
        button = next(key for key in controls_of(shown) if key.startswith("epoch:gapdraft:en:"))
        pressed = await host.click(shown, custom_id=button)
        assert pressed.ephemeral
        draft = await draft_of(world)
        assert {*draft.asks["en"]} == {"how to prune a decision tree", "prune decision trees how"}
        assert draft.owner_id is None
        written = (folder(tmp_path, draft) / "topic.toml").read_text()
        assert '"how to prune a decision tree", ' in written
        assert draft.message_id == world.last.id, "posted where the host is"
        if "zh" in draft.asks:  # as the groups are made without an encoder
            assert draft.asks["zh"] == ("决策树怎么剪枝",)
        await gaps.close("how to prune a decision tree", "en")
        gone = await host.click(shown, custom_id=button)
        assert "no longer among the gaps" in text_of(gone.response)

        role, panel = world.guild.create_role("reviewers"), await panel_of(world, host)
        for chosen, kind in ((role, "role"), (world.bob, "member")):
            await choose(host, panel, [chosen], "epoch:setwho:reviewer")
            kept = world.bot.services.servers.of(world.guild.id).reviewer
            assert kept is not None
            assert (kept.kind, kept.id) == (kind, chosen.id)
        await choose(host, panel, [], "epoch:setwho:reviewer")
        assert world.bot.services.servers.of(world.guild.id).reviewer is None


async def reviewed(world: World, tmp_path: Path) -> tuple[simcord.MemberActor, discord.Message, Draft]:
    """A draft in its channel, and a reviewer by role."""
    role = world.guild.create_role("reviewers")
    reviewer = world.guild.add_member(world.env.create_user("rita"), roles=[role])
    who = {"kind": "role", "id": role.id}
    await world.bot.services.servers.change(world.guild.id, reviewer=who, drafts_channel=world.channel.id)
    await world.alice.slash(world.channel, "suggest", question="what is a mean?")
    return reviewer, world.last, await draft_of(world)


async def test_a_reviewer_and_nobody_else_writes_attaches_drops_and_takes_up_again(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        reviewer, message, draft = await reviewed(world, tmp_path)
        for act in ("draftedit", "draftok", "draftdrop"):
            refused = await world.alice.click(message, custom_id=f"epoch:{act}:{draft.slug}")
            assert "Only the reviewers" in text_of(refused.followups[-1] if refused.followups else refused.response), (
                act
            )
        part = await world.alice.select(message, ["en.md"], custom_id=f"epoch:draftpart:{draft.slug}")
        assert "Only the reviewers" in text_of(part.response), "what is not reviewed is no answer"
        assert "Only the reviewers" in text_of((await world.alice.slash(world.channel, "drafts")).response)
        assert await draft_of(world) == draft
        place = folder(tmp_path, draft)
        opened = await reviewer.click(message, custom_id=f"epoch:draftedit:{draft.slug}")
        sent = await reviewer.submit_modal(opened, {"zh": "", "en": "The sum over the count.\r\n@everyone"})
        assert not sent.followups
        assert answer_of((place / "en.md").read_text(), "en") == "The sum over the count.\n@everyone"
        before = (place / "zh.md").read_text()
        opened = await reviewer.click(message, custom_id=f"epoch:draftedit:{draft.slug}")
        refused = await reviewer.submit_modal(
            opened, {"zh": "改了", "en": "changed", "files": [("t.zip", zipped({"evil.sh": "x"}))]}
        )
        assert "is no file of a topic" in text_of(refused.followups[-1])
        assert (place / "zh.md").read_text() == before, "nothing was changed"
        opened = await reviewer.click(message, custom_id=f"epoch:draftedit:{draft.slug}")
        fields = {"zh": answer_of(before, "zh"), "en": "Another first section.", "files": [("t.zip", zipped(FILES))]}
        await reviewer.submit_modal(opened, fields)
        assert (place / "zh.md").read_text() == FILES["zh.md"], "what was left as it was overwrites no file"
        assert answer_of((place / "en.md").read_text(), "en") == "Another first section."
        part = await reviewer.select(message, ["en.md"], custom_id=f"epoch:draftpart:{draft.slug}")
        assert part.ephemeral
        assert "Another first section." in text_of(part.response)

        for who in (None, {"kind": "member", "id": world.bob.id}):
            await world.bot.services.servers.change(world.guild.id, reviewer=who)
            lost = await reviewer.click(message, custom_id=f"epoch:draftdrop:{draft.slug}")
            assert "Only the reviewers" in text_of(lost.followups[-1])
        listed = await world.bob.slash(world.channel, "drafts")
        assert draft.slug in options_of(listed.response)
        opened = await world.bob.select(listed.response, [draft.slug], custom_id="epoch:drafts")
        assert not opened.ephemeral
        assert (await draft_of(world)).message_id == world.last.id, "posted anew"
        await world.bob.click(world.last, custom_id=f"epoch:draftdrop:{draft.slug}")
        assert (await draft_of(world)).state == "dropped"
        await world.bob.click(world.last, custom_id=f"epoch:draftback:{draft.slug}")
        assert (await draft_of(world)).state == "open"
        await world.bot.services.servers.forget_member(world.bob.id)
        assert world.bot.services.servers.of(world.guild.id).reviewer is None

        assert await world.bot.services.store.drafts.move(draft.slug, ("open",), "checking", 2.0)
        await world.bot.services.servers.change(world.guild.id, lang="zh")
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        assert (await draft_of(world)).state == "open"
        assert "重启打断了检查" in text_of(world.last)
        assert f"epoch:draftok:{draft.slug}" in controls_of(world.last)
