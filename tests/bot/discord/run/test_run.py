from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.discord.run.service import RunService
from bot.study.tutor import Tutor
from knowledge.bank.models import Bank
from runners.folders import PREFIX
from runners.local import LocalRunner
from runners.models import Artifact
from tests.bot.discord.ask.test_ask import NEAREST, Scripted
from tests.bot.world import (
    LOOK_S,
    PNG,
    Outside,
    World,
    bank,
    controls_of,
    discord_world,
    make_bot,
    make_tutor,
    options_of,
    text_of,
)


@pytest.fixture
def rare_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.run.live_run.FIRST_LOOK_S", LOOK_S)
    monkeypatch.setattr("bot.discord.run.live_run.EDIT_EVERY_S", LOOK_S)


async def begin(world: World, example: str) -> None:
    """Start a run that does not end by itself and wait for its first output."""
    await world.alice.slash(world.channel, "run", topic="gan", example=example)
    for _ in range(30):
        await world.look()
        if "begun" in text_of(world.last):
            return
    pytest.fail("the program never began")


async def test_an_example_runs_to_its_picture(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "run", topic="gan")
        text = text_of(result.response)
        assert "```\nstep 0: loss 1.00\nstep 1: loss 0.50\nstep 2: loss 0.33\n```" in text
        assert re.search(r"\*\*✅ Finished\*\* · \d+\.\d s · \d+ MB · full sandbox", text)
        assert result.response is not None
        assert [file.filename for file in result.response.attachments] == ["loss.png"]
        (gallery,) = (c for c in result.response.components[0]["components"] if c["type"] == 12)
        assert [item["media"]["url"].rsplit("/", 1)[1] for item in gallery["items"]] == ["loss.png"]
        assert controls_of(result.response) == {
            "epoch:run:gan:main": "Again", "epoch:edit:gan:main": "Edit", "epoch:rest": "Break it, explain, delete…",
        }  # fmt: skip
        assert options_of(result.response) == {
            "epoch:break:gan:main": "Break it", "epoch:topic:gan:en": "Explain",
            f"epoch:delete:{world.alice.id}:0001": "Delete",
        }  # fmt: skip


async def test_the_message_of_a_run_is_in_the_language_of_the_member(tmp_path: Path) -> None:
    async with discord_world(tmp_path, locale="zh-TW") as world:
        result = await world.alice.slash(world.channel, "run", topic="生成对抗网络", example="broken")
        text = text_of(result.response)
        assert "生成对抗网络（GAN）" in text
        assert "❌ 程序出错退出（退出码 1）" in text
        assert "one is not more than two" in text


async def test_long_output_keeps_its_end_in_view_and_comes_whole_as_a_file(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "run", topic="gan", example="loud")
        assert result.response is not None
        text = text_of(result.response)
        assert "line 1999 of a long story\n```" in text
        assert "line 0 of" not in text
        assert "output.txt" in text
        (file,) = result.response.attachments
        whole = (await file.read()).decode()
        assert whole.splitlines() == [f"line {number} of a long story" for number in range(2000)]
        assert any(component["type"] == 13 for component in result.response.components[0]["components"])


async def test_what_a_program_prints_cannot_leave_its_block_or_ping(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "run", topic="gan", example="hostile")
        text = text_of(result.response)
        assert text.count("```") == 2
        assert "@everyone" not in text
        assert "<@123>" not in text
        assert "red" in text
        assert not re.search("[\x1b\u202e]", text)
        assert not re.search("\u0301{3}", text)


@pytest.mark.usefixtures("rare_looks")
async def test_output_shows_while_the_program_runs_and_stop_ends_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path, make_tutor(runner=Outside())) as world:
        await begin(world, "slow")
        assert "begun" in text_of(world.last)
        assert re.search(r"Running · started <t:\d+:R>", text_of(world.last))
        refused = await world.bob.click(world.last, label="Stop")
        assert "Only the member who started this run" in refused.followups[0].content
        assert refused.followups[0].ephemeral
        assert "Running" in text_of(world.last)
        await world.alice.click(world.last, label="Stop")
        assert "⏹️ Stopped" in text_of(world.last)
        assert "begun" in text_of(world.last)
        assert "epoch:run:gan:slow" in controls_of(world.last)


@pytest.mark.usefixtures("rare_looks")
async def test_a_picture_shows_as_soon_as_it_is_saved(tmp_path: Path) -> None:
    async with discord_world(tmp_path, make_tutor(runner=Outside())) as world:
        await begin(world, "slow")
        picture = tmp_path / "first.png"
        picture.write_bytes(PNG)
        (run,) = world.bot.services.runs.going
        run.log.add(Artifact("first.png", "image/png", len(PNG), picture), 0.0)  # as the warm engine sends it
        await world.look()
        assert [file.filename for file in world.last.attachments] == ["first.png"]
        run.log.chunks.append("more output")
        await world.look()
        assert "more output" in text_of(world.last)
        assert [file.filename for file in world.last.attachments] == ["first.png"], "an update costs no picture"
        await world.alice.click(world.last, label="Stop")
        assert "⏹️ Stopped" in text_of(world.last)


@pytest.mark.usefixtures("rare_looks")
async def test_stop_under_a_run_that_a_restart_ended_says_so(tmp_path: Path) -> None:
    async with discord_world(tmp_path, make_tutor(runner=Outside())) as world:
        await begin(world, "slow")
        stop = world.last
        services = world.bot.services  # as after a crash: no word to Discord
        world.bot.services = replace(services, runs=RunService(world.bot, services))
        pressed = await world.alice.click(stop, label="Stop")
        assert "already over" in pressed.followups[0].content


@pytest.mark.usefixtures("rare_looks")
async def test_closing_the_bot_kills_what_runs_and_says_so_in_its_message(tmp_path: Path) -> None:
    async with discord_world(tmp_path, make_tutor(runner=Outside())) as world:
        await begin(world, "slow")
        await world.bot.services.runs.stop_all()
        assert "⏹️ Stopped" in text_of(world.last)
        assert "Epoch is restarting: run it again in a moment." in text_of(world.last)
        assert await world.bot.services.store.runs.all() == [], "the next start has nothing to mark"
        assert not world.bot.services.runs.going


@pytest.mark.usefixtures("rare_looks")
async def test_a_deleted_message_ends_its_run(tmp_path: Path) -> None:
    async with discord_world(tmp_path, make_tutor(runner=Outside())) as world:
        await begin(world, "slow")
        await world.alice.send(world.channel, "bye")
        (going,) = world.bot.services.runs.going
        world.env.inject_error("PATCH", "*/messages/@original", status=404, code=10008, times=None)
        going.log.chunks.append("more output")
        await world.look()
        assert not world.bot.services.runs.going
        assert await world.bot.services.store.runs.all() == []


async def test_files_that_discord_refuses_do_not_cost_the_outcome(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        world.env.inject_error("PATCH", "*/messages/@original", status=413, code=40005, message="Request too large")
        result = await world.alice.slash(world.channel, "run", topic="gan")
        assert "✅ Finished" in text_of(result.response)
        assert "Discord did not take the attachments: loss.png" in text_of(result.response)


@pytest.mark.usefixtures("rare_looks")
async def test_a_run_that_outlives_its_interaction_goes_on_in_the_same_message(tmp_path: Path) -> None:
    async with discord_world(tmp_path, make_tutor(runner=Outside())) as world:
        await begin(world, "slow")
        message = world.last
        await world.env.advance_time(16 * 60)
        before = len(world.env.http_requests)
        await world.alice.click(message, label="Stop")
        edits = [r.path for r in world.env.http_requests[before:] if r.method == "PATCH"]
        assert edits == [f"/channels/{world.channel.id}/messages/{message.id}"]
        assert "⏹️ Stopped" in text_of(world.last)


async def test_another_example_is_chosen_by_its_title(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = (await world.alice.slash(world.channel, "ask", question="what is mode collapse")).response
        assert answer is not None
        ran = await world.bob.select(answer.message, ["epoch:run:gan:broken"], custom_id="epoch:rest")
        assert "❌ The program failed (exit status 1)" in text_of(ran.response)


async def test_run_again_runs_in_a_message_of_its_own(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        first = (await world.alice.slash(world.channel, "run", topic="gan", example="broken")).response
        assert first is not None
        again = await world.bob.click(first, label="Again")
        assert again.response is not None
        assert again.response.id != first.id
        assert "so far so good" in text_of(again.response)


async def test_an_unknown_topic_offers_the_nearest(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "run", topic="overfiting @everyone")
        assert "No topic is called “overfiting" in text_of(result.response)
        assert "@everyone" not in text_of(result.response)
        assert next(iter(controls_of(result.response))) == "epoch:topic:overfitting:en"


async def test_an_unknown_example_names_those_there_are(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "run", topic="gan", example="nope")
        assert "it has: main, slow, loud, hostile, broken, tuned, many" in text_of(result.response)


async def test_without_a_wall_an_untouched_example_runs_and_says_that_there_is_none(tmp_path: Path) -> None:
    async with discord_world(tmp_path, make_tutor("trusted")) as world:
        result = await world.alice.slash(world.channel, "run", topic="gan")
        assert "✅ Finished" in text_of(result.response)
        assert "no sandbox: unmodified bank examples only" in text_of(result.response)


async def test_without_a_wall_what_was_never_accepted_is_refused(tmp_path: Path) -> None:
    known = bank()
    unknown = known["gan"].examples[0].model_copy(update={"transcript": None})
    changed = Bank(topics={**known.topics, "gan": known["gan"].model_copy(update={"examples": (unknown,)})})
    tutor = Tutor(changed, Scripted(RuntimeError()), LocalRunner("trusted"))
    async with discord_world(tmp_path, tutor) as world:
        result = await world.alice.slash(world.channel, "run", topic="gan")
        assert "No sandbox works on this machine" in text_of(result.response)


@pytest.mark.parametrize(
    ("locale", "typed", "best"),
    [
        ("en-US", "mode", None),
        ("en-US", "gener", ("Generative adversarial networks (GAN)", "gan")),
        ("en-US", "过拟", ("Overfitting", "overfitting")),
        ("zh-CN", "GA", ("生成对抗网络（GAN）", "gan")),
        ("zh-CN", "激活", ("激活函数", "activation-functions")),
        ("zh-CN", "overfittin", ("过拟合", "overfitting")),
        ("zh-CN", "ovrefit", ("过拟合", "overfitting")),
        ("zh-CN", "guonihe", ("过拟合", "overfitting")),
        ("en-US", "gnh", ("Overfitting", "overfitting")),
    ],
)
async def test_topics_complete_in_both_languages(
    tmp_path: Path, locale: str, typed: str, best: tuple[str, str] | None
) -> None:
    async with discord_world(tmp_path, locale=locale) as world:
        choices = await world.alice.autocomplete(world.channel, "run", "topic", typed)
        if best is None:
            assert choices == []
        else:
            assert (choices[0]["name"], choices[0]["value"]) == best


async def test_examples_complete_for_the_topic_chosen_before(tmp_path: Path) -> None:
    async with discord_world(tmp_path, locale="zh-CN") as world:
        chosen = await world.alice.autocomplete(world.channel, "run", "example", "lo", topic="gan")
        assert [choice["value"] for choice in chosen] == ["slow", "loud"]
        assert chosen[0]["name"] == "示例 slow"
        assert await world.alice.autocomplete(world.channel, "run", "example", "", topic="nothing") == []


@pytest.mark.usefixtures("rare_looks")
async def test_an_update_that_discord_refuses_does_not_end_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_world(tmp_path, make_tutor(runner=Outside())) as world:
        world.env.inject_error("PATCH", "*/messages/@original", status=500, times=1)
        await begin(world, "slow")
        (run,) = world.bot.services.runs.going
        run.log.chunks.append("more output")
        await world.look()
        assert "more output" in text_of(world.last)
        assert "did not take an update" in caplog.text


async def test_runs_leave_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with discord_world(tmp_path) as world:
        await world.alice.slash(world.channel, "run", topic="gan")
        await world.alice.slash(world.channel, "run", topic="nothing like it")
    assert not list(tmp_path.glob(f"{PREFIX}*"))


async def test_after_a_restart_stop_and_run_again_are_the_new_bots(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        first = (await world.alice.slash(world.channel, "run", topic="gan")).response
        assert first is not None
        world.bot = make_bot(tmp_path, Tutor(bank(), Scripted(RuntimeError(str(NEAREST))), LocalRunner()))
        await world.env.restart_bot(world.bot)
        again = await world.alice.click(first, label="Again")
        assert "step 2" in text_of(again.response)
