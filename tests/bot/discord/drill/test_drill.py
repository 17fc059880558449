"""`/drill` on Discord: shown, written, judged, counted, given up; kept over restarts, and refused where it must be."""

from __future__ import annotations

from pathlib import Path

import pytest
import simcord
from sqlalchemy import update

from bot.discord.ui.items import mark_of
from bot.store.tables import duels
from bot.study.drills.attempts import Attempt
from bot.study.drills.duels import give_up
from bot.study.drills.errors import JudgeFailed, SandboxFailed
from bot.study.schedule import AGAIN, EASY, HARD
from bot.wording import say
from knowledge.bank.models import Lang
from runners.errors import WallRequired
from tests.bot.study.drills.doubles import KnownAnswers
from tests.bot.study.drills.samples import DRILL, SOLUTION, START, WRONG_AXIS
from tests.bot.world import World, controls_of, discord_world, make_bot, options_of, review, text_of

MARK = mark_of(DRILL.name)
WRITE, HINT = f"epoch:drillwrite:gan:{MARK}:numpy", f"epoch:drillhint:gan:{MARK}:numpy"
MENU = "Check as drill"
GIVE, TESTS = f"epoch:drillgive:gan:{MARK}:numpy", f"epoch:drilltest:gan:{MARK}:numpy"


async def shown(world: World, **options: str) -> simcord.ResponseMessage:
    result = await world.alice.slash(world.channel, "drill", **options)
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def written(world: World, message: simcord.ResponseMessage, code: str | None) -> simcord.ResponseMessage:
    """Press *Write*, type some code, or leave what stands there, and return the verdict."""
    opened = await world.alice.click(message, custom_id=WRITE)
    result = await world.alice.submit_modal(opened, {} if code is None else {"code": code})
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def log(world: World) -> list[tuple[str, str, int]]:
    return [entry[:3] for entry in await world.bot.services.store.reviews.log(world.alice.id)]


async def attempt(world: World) -> Attempt:
    found = await world.bot.services.store.drills.get(world.alice.id, "gan", DRILL.item)
    assert found is not None
    return found


async def free(world: World) -> None:
    await world.bot.services.servers.change(world.guild.id, run_cooldown_s=0)


async def test_a_drill_is_written_wrong_then_right_and_counts_once(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        await free(world)
        message = await shown(world, topic="softmax from scratch")
        assert "A stable softmax" in text_of(message)
        first = await written(world, message, WRONG_AXIS)
        assert "You normalise over axis 0." in text_of(first)
        assert await log(world) == []
        assert (await attempt(world)).codes == {"numpy": WRONG_AXIS}
        second = await written(world, first, SOLUTION)
        assert "All checks passed" in text_of(second)
        assert "Noted as" in text_of(second)
        assert await log(world) == [("gan", DRILL.item, 3)]
        third = await written(world, second, SOLUTION)
        assert "not due yet" in text_of(third)
        assert len(await log(world)) == 1
        assert [(drill.id, variant, owner) for drill, _, variant, owner in judge.asked] == [
            (DRILL.id, "numpy", str(world.alice.id))
        ] * 3


async def test_the_first_try_counts_as_easy_and_a_hint_makes_it_hard(tmp_path: Path) -> None:
    async with discord_world(tmp_path, judge=KnownAnswers()) as world:
        await free(world)
        message = await shown(world, topic="gan")
        await written(world, message, SOLUTION)
        assert await log(world) == [("gan", DRILL.item, EASY)]
        world.clock.now = world.clock() + 400 * 86_400.0
        hints = []
        for _ in range(3):
            told = await world.alice.click(message, custom_id=HINT)
            assert told.ephemeral
            hints.append(text_of(told.response))
        assert "Hint 1 of 2" in hints[0]
        assert "Hint 2 of 2" not in hints[0], "one at a time"
        assert "Subtract the maximum" in hints[1]
        assert hints[1] == hints[2]
        await written(world, message, SOLUTION)
        assert await log(world) == [("gan", DRILL.item, EASY), ("gan", DRILL.item, HARD)]


async def test_giving_up_is_asked_for_once_then_shows_the_solution_and_counts_as_again(tmp_path: Path) -> None:
    async with discord_world(tmp_path, judge=KnownAnswers()) as world:
        await free(world)
        message = await shown(world, topic="gan")
        wrong = await written(world, message, WRONG_AXIS)
        asked = (await world.alice.click(wrong, custom_id=GIVE)).response
        assert "Sure?" in text_of(asked)
        assert "exps.sum" not in text_of(asked)
        assert await log(world) == []
        assert asked is not None
        ended = await world.alice.click(asked, label="Give up and see it")
        assert "```diff" in text_of(ended.response)
        assert "+    return exps / exps.sum(axis=-1, keepdims=True)" in text_of(ended.response)
        assert await log(world) == [("gan", DRILL.item, AGAIN)]
        again = await world.alice.click(wrong, custom_id=GIVE)
        assert "```diff" in text_of(again.response), "what was given up is not asked again"
        assert len(await log(world)) == 1


async def test_the_form_has_the_last_try_and_a_restart_loses_nothing(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        await free(world)
        message = await shown(world, topic="gan")
        assert TESTS not in controls_of(message)
        opened = await world.alice.click(message, custom_id=WRITE)
        assert has(opened, START)
        judge.raises = RuntimeError("the machine is off")
        failed = await world.alice.submit_modal(opened, {"code": WRONG_AXIS})
        assert "Something went wrong" in text_of(failed.response or failed.followups[0])
        judge.raises = None
        world.bot = make_bot(tmp_path, clock=world.clock, judge=judge)
        await world.env.restart_bot(world.bot)
        assert has(await world.alice.click(message, custom_id=WRITE), WRONG_AXIS)
        kept = await shown(world, topic="gan")
        assert "last try is kept" in text_of(kept)
        verdict = await world.alice.click(kept, custom_id=TESTS)
        assert "You normalise over axis 0." in text_of(verdict.response)


def has(opened: simcord.InteractionResult, code: str) -> bool:
    """Return whether the form that was opened is filled with some code."""
    assert opened.modal is not None
    return repr(code)[1:-1] in str(opened.modal)


async def test_code_of_no_use_is_told_in_words_and_a_long_last_try_is_uploaded_again(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        await free(world)
        message = await shown(world, topic="gan")
        assert "There is no code" in text_of(await written_raw(world, message, "  \n "))
        broken = await written(world, message, "def softmax(:\n")
        assert "It does not compile" in text_of(broken)
        assert (await attempt(world)).tries == 0, "a slip is no try"
        long = SOLUTION + "#" * 4_100
        await world.bot.services.store.drills.move(
            world.alice.id, "gan", DRILL.item, lambda now: Attempt(world.alice.id, "gan", DRILL.item, 1.0,
                                                                   codes={"numpy": long})
        )  # fmt: skip
        refused = await world.alice.click(message, custom_id=WRITE)
        assert "4,000 characters" in text_of(refused.response)
        assert f"epoch:drillup:gan:{MARK}:numpy" in controls_of(refused.response)


async def written_raw(world: World, message: simcord.ResponseMessage, code: str) -> simcord.ResponseMessage | None:
    opened = await world.alice.click(message, custom_id=WRITE)
    result = await world.alice.submit_modal(opened, {"code": code})
    return result.response or result.followups[0]


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize(
    ("error", "key"),
    [(WallRequired(), "wall"), (JudgeFailed("gan/x", "it hung"), "judge"), (SandboxFailed("stopped"), "sandbox")],
)
async def test_where_nothing_can_be_judged_it_says_so_and_what_was_written_is_kept(
    tmp_path: Path, locale: str, error: Exception, key: str
) -> None:
    lang: Lang = "zh" if locale == "zh-CN" else "en"
    async with discord_world(tmp_path, locale=locale, judge=KnownAnswers(raises=error)) as world:
        told = await written_raw(world, await shown(world, topic="gan"), SOLUTION)
        assert text_of(told) == say(f"drilling.refused.{key}", lang)
        assert (await attempt(world)).codes == {"numpy": SOLUTION}
        assert await log(world) == []


async def test_the_rules_of_a_server_hold_for_drills_as_for_runs(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        message = await shown(world, topic="gan")
        servers = world.bot.services.servers
        await servers.change(world.guild.id, edited_code="nobody")
        assert "no code of members'" in text_of(await written_raw(world, message, SOLUTION))
        await servers.change(world.guild.id, edited_code="everyone", run_cooldown_s=600)
        await written(world, message, WRONG_AXIS)
        assert "too fast" in text_of(await written_raw(world, message, SOLUTION))
        run = await world.alice.slash(world.channel, "run", topic="gan")
        assert "too fast" in text_of(run.response or run.followups[0]), "one gate for both"
        assert len(judge.asked) == 1


async def test_the_list_offers_what_was_not_passed_and_names_find_drills(tmp_path: Path) -> None:
    async with discord_world(tmp_path, judge=KnownAnswers()) as world:
        await free(world)
        listed = await shown(world)
        assert "**Next**: A stable softmax" in text_of(listed)
        picked = await world.alice.select(listed, values=[f"gan:{MARK}"], custom_id="epoch:drillpick:basic")
        assert WRITE in controls_of(picked.response)
        for name in ("手撕 SOFTMAX", "stable-softmax", "gan/stable-softmax", "数值稳定的softmax", "生成对抗网络"):
            assert "def softmax" in text_of(await shown(world, topic=name)), name
        assert "has no drill yet" in text_of(await shown(world, topic="cnn"))
        unknown = await shown(world, topic="@everyone **x**")
        assert "No drill is called" in text_of(unknown)
        assert "epoch:drillpick:basic" in controls_of(unknown)


async def test_with_pytorch_it_is_another_last_try(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        await free(world)
        message = await shown(world, topic="gan")
        await written(world, message, WRONG_AXIS)
        turned = await world.alice.click(message, label="In PyTorch")
        assert "import torch" in text_of(turned.response)
        opened = await world.alice.click(turned.response, custom_id=f"epoch:drillwrite:gan:{MARK}:torch")
        assert has(opened, "import torch\n")
        await world.alice.submit_modal(opened, {"code": "import torch  # -1"})
        assert (await attempt(world)).codes == {"numpy": WRONG_AXIS, "torch": "import torch  # -1\n"}
        assert [asked[2] for asked in judge.asked] == ["numpy", "torch"]


async def test_code_in_a_message_is_checked_as_the_drill_whose_function_it_defines(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        await free(world)
        posted = await world.bob.send(world.channel, f"is this right?\n```py\n{WRONG_AXIS}```")
        told = await world.alice.context_menu(world.channel, MENU, posted)
        assert told.ephemeral
        assert "You normalise over axis 0." in text_of(told.response)
        other = await world.bob.send(world.channel, "```py\ndef soft(x):\n    return x  # axis=-1\n```")
        asked = await world.alice.context_menu(world.channel, MENU, other)
        assert "Which drill" in text_of(asked.response)
        (custom_id,) = [each for each in controls_of(asked.response) if each.startswith("epoch:drillcheck:")]
        assert options_of(asked.response) == {f"0:gan:{MARK}": "A stable softmax"}
        verdict = await world.alice.select(asked.response, values=[f"0:gan:{MARK}"], custom_id=custom_id)
        assert "All checks passed" in text_of(verdict.response)
        bare = await world.bob.send(world.channel, "no code here")
        nothing = await world.alice.context_menu(world.channel, MENU, bare)
        assert "no Python code" in text_of(nothing.response or nothing.followups[0])


async def test_a_drill_comes_up_in_review_at_its_date_and_reviewing_goes_on(tmp_path: Path) -> None:
    async with discord_world(tmp_path, judge=KnownAnswers()) as world:
        await free(world)
        learning = world.bot.services.learning
        for item in ("first", "second", "in-words"):
            await review(learning, world.alice.id, "gan", item, 4, f"before:{item}")
        before = await world.alice.slash(world.channel, "review")
        assert "A stable softmax" not in text_of(before.response), "a drill is nothing new to review"
        await written(world, await shown(world, topic="gan"), SOLUTION)
        world.clock.now = world.clock() + 400 * 86_400.0
        standing = await learning.standing(world.alice.id)
        assert standing.due == 4
        for item in ("first", "second", "in-words"):
            await review(learning, world.alice.id, "gan", item, 4, f"after:{item}")
        due = await world.alice.slash(world.channel, "review")
        assert "A drill is due" in text_of(due.response)
        assert due.response is not None
        opened = await world.alice.click(due.response, custom_id=f"epoch:drillwrite:gan:{MARK}")
        assert has(opened, SOLUTION)
        await world.alice.submit_modal(opened, {"code": SOLUTION})
        assert [entry for entry in await log(world) if entry[1] == DRILL.item] == [("gan", DRILL.item, EASY)] * 2
        gone_on = await world.alice.click(due.response, label="Skip for now")
        assert "A drill is due" not in text_of(gone_on.response)
        progress = await world.alice.slash(world.channel, "progress")
        assert progress.response is not None


async def test_what_is_asked_while_all_is_deleted_leaves_no_trace(tmp_path: Path) -> None:
    class Forgets(KnownAnswers):
        async def judge(self, *asked: object, **more: object) -> object:  # type: ignore[override]
            await services.forget_member(world.alice.id, services.clock() + 1)
            return await super().judge(*asked, **more)  # type: ignore[arg-type]

    async with discord_world(tmp_path, judge=Forgets()) as world:
        services = world.bot.services
        await free(world)
        message = await shown(world, topic="gan")
        told = await written(world, message, SOLUTION)
        assert "All checks passed" in text_of(told)
        assert await services.store.members.export(world.alice.id) == {}


async def duel(world: World, **options: object) -> simcord.ResponseMessage:
    """Let alice challenge bob."""
    result = await world.alice.slash(world.channel, "drill", duel=world.bob, **options)
    assert result.response is not None
    return result.response


async def hands_in(world: World, who: simcord.MemberActor, message: simcord.ResponseMessage, code: str) -> str:
    opened = await who.click(message, custom_id=f"epoch:drillwrite:gan:{MARK}")
    result = await who.submit_modal(opened, {"code": code})
    assert result.ephemeral
    return text_of(result.response or result.followups[0])


async def test_a_duel_is_accepted_followed_in_public_and_won_by_who_passes_first(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        await free(world)
        message = await duel(world)
        assert not message.ephemeral
        assert "**alice** challenges **bob**" in text_of(message)
        own = await world.alice.click(message, label="Accept")
        assert "not yours to answer" in text_of(own.followups[0])
        await world.bob.click(message, label="Accept")
        assert "alice: nothing handed in yet" in text_of(message)
        assert "You normalise over axis 0." in await hands_in(world, world.alice, message, WRONG_AXIS)
        assert "alice: 1/3 checks, 1 try" in text_of(message)
        assert "def softmax" not in text_of(message), "nobody sees the other's code"
        world.bot = make_bot(tmp_path, clock=world.clock, judge=judge)
        await world.env.restart_bot(world.bot)
        assert "All checks passed" in await hands_in(world, world.bob, message, SOLUTION)
        assert "🏆 **bob** wins" in text_of(message)
        assert controls_of(message) == {}
        log_of_bob = await world.bot.services.store.reviews.log(world.bob.id)
        assert [entry[:3] for entry in log_of_bob] == [("gan", DRILL.item, EASY)]


async def test_a_duel_may_be_declined_and_is_refused_where_it_would_not_be_fair(tmp_path: Path) -> None:
    async with discord_world(tmp_path, judge=KnownAnswers()) as world:
        await free(world)
        declined = await duel(world, topic="gan")
        busy = await world.alice.slash(world.channel, "drill", duel=world.bob)
        assert "duel going" in text_of(busy.response or busy.followups[0])
        await world.bob.click(declined, label="Decline")
        assert "There was no duel" in text_of(declined)
        self_ = await world.alice.slash(world.channel, "drill", duel=world.alice)
        assert "another member" in text_of(self_.response or self_.followups[0])
        unknown = await world.alice.slash(world.channel, "drill", duel=world.bob, topic="nothing")
        assert "No drill is called" in text_of(unknown.response or unknown.followups[0])
        await written(world, await shown(world, topic="gan"), SOLUTION)
        known = await world.bob.slash(world.channel, "drill", duel=world.alice)
        assert "new to both" in text_of(known.response or known.followups[0])


async def test_who_has_all_deleted_is_named_in_no_duel_any_more(tmp_path: Path) -> None:
    async with discord_world(tmp_path, judge=KnownAnswers()) as world:
        message = await duel(world)
        await world.bob.click(message, label="Accept")
        services = world.bot.services
        await services.forget_member(world.bob.id, services.clock())
        assert "One of the two has left" in text_of(message)
        assert "bob" not in text_of(message)
        assert controls_of(message) == {}


async def test_a_duel_nobody_wins_ends_in_time_also_over_a_restart_and_giving_up_loses_it(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        await free(world)
        message = await duel(world)
        await world.bob.click(message, label="Accept")
        world.clock.now = world.clock() + 3_600.0
        world.bot = make_bot(tmp_path, clock=world.clock, judge=judge)
        await world.env.restart_bot(world.bot)
        await world.bot.services.drills.take_up()
        assert "Time is over" in text_of(message)
        again = await duel(world)
        await world.bob.click(again, label="Accept")
        opened = await world.alice.click(again, label="Open the drill")
        sure = await world.alice.click(opened.response, custom_id=GIVE)
        await world.alice.click(sure.response, label="Give up and see it")
        assert "🏆 **bob** wins: the other saw the solution" in text_of(again)


async def starts_anew(world: World, tmp_path: Path, judge: KnownAnswers) -> None:
    """Let another process take over, a second later."""
    world.clock.now = world.clock() + 1.0
    world.bot = make_bot(tmp_path, clock=world.clock, judge=judge)
    await world.env.restart_bot(world.bot)
    await world.bot.services.drills.take_up()


async def test_an_end_that_no_process_came_to_show_is_shown_by_the_next_one(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        message = await duel(world)
        await world.bob.click(message, label="Accept")
        (going,) = await world.bot.services.store.duels.live()
        at = world.clock()
        await world.bot.services.store.duels.move(going.id, lambda before: give_up(before, world.alice.id, at))
        assert "alice: nothing handed in yet" in text_of(message), "as if it had been killed before the edit"
        await starts_anew(world, tmp_path, judge)
        assert "🏆 **bob** wins" in text_of(message)
        assert controls_of(message) == {}


@pytest.mark.parametrize("came_through", [True, False])
async def test_a_duel_cut_off_while_it_was_asked_for_goes_on_or_keeps_nobody_from_another(
    tmp_path: Path, came_through: bool
) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        message = await duel(world)
        async with world.bot.services.store.database.writing() as connection:  # as if killed before it was noted
            await connection.execute(update(duels).values(message_id=None))
        if not came_through:
            await world.bot.get_partial_messageable(world.channel.id).get_partial_message(message.id).delete()
        await starts_anew(world, tmp_path, judge)
        if not came_through:
            assert await world.bot.services.store.duels.live() == []
            message = await duel(world)
        await world.bob.click(message, label="Accept")
        assert "alice: nothing handed in yet" in text_of(message)


async def test_the_press_on_a_duel_tells_which_message_is_its_own(tmp_path: Path) -> None:
    judge = KnownAnswers()
    async with discord_world(tmp_path, judge=judge) as world:
        message = await duel(world)
        async with world.bot.services.store.database.writing() as connection:
            await connection.execute(update(duels).values(message_id=None))
        (asked,) = await world.bot.services.store.duels.live()
        assert asked.message_id is None
        await world.bob.click(message, label="Accept")  # nobody has looked for it yet
        assert "alice: nothing handed in yet" in text_of(message)
        (going,) = await world.bot.services.store.duels.live()
        assert going.message_id == message.id


async def test_a_duel_keeps_to_the_channels_of_the_host_and_a_drill_need_not(tmp_path: Path) -> None:
    async with discord_world(tmp_path, judge=KnownAnswers()) as world:
        other = world.guild.create_text_channel("bots")
        await world.bot.services.servers.change(world.guild.id, channels=(other.id,))
        refused = await duel(world)
        assert refused.ephemeral
        assert f"<#{other.id}>" in refused.content
        assert "def softmax" in text_of(await shown(world, topic="gan"))
