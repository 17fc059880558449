"""Changed values, edited code, counters, code from messages: what a member may do with a run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import discord
import pytest
import simcord

from bot.study.snippets import MOST_BYTES
from bot.study.tutor import Tutor
from tests.bot.world import TUNED, World, controls_of, discord_world, make_bot, make_tutor, options_of, text_of
from tests.runners.test_artifacts import png

PNG = png(2, 2)


@asynccontextmanager
async def patient_world(tmp_path: Path, tutor: Tutor | None = None, locale: str = "en-US") -> AsyncIterator[World]:
    """A server without a cooldown."""
    async with discord_world(tmp_path, tutor, locale) as world:
        await world.bot.services.servers.change(world.guild.id, run_cooldown_s=0)
        yield world


async def ran(world: World, example: str = "tuned") -> simcord.InteractionResult:
    result = await world.alice.slash(world.channel, "run", topic="gan", example=example)
    assert result.response is not None
    return result


async def pressed(
    world: World,
    on: simcord.ResponseMessage | discord.Message | None,
    label: str,
    who: simcord.MemberActor | None = None,
) -> simcord.InteractionResult:
    """Press a button, or pick what is called so from the select below the buttons."""
    assert on is not None
    options = {called: value for value, called in options_of(on).items()}
    if label in options:
        return await (who or world.alice).select(on, [options[label]], custom_id="epoch:rest")
    return await (who or world.alice).click(on, label=label)


async def test_values_are_changed_in_a_form_that_names_their_ranges(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        form = await pressed(world, (await ran(world)).response, "Values")
        assert form.modal is not None
        fields = {part["label"]: part["description"] for part in form.modal["components"]}
        assert fields == {
            "STEPS": "a whole number from 1 to 9 · how many steps", "RATE": "a number from 0.1 to 2 · length of a step",
        }  # fmt: skip
        done = await world.alice.submit_modal(form, {"STEPS": "5", "RATE": "0.5"})
        text = text_of(done.response)
        assert "steps 5 rate 0.5" in text
        assert "alice's own version: the bank has not checked this output" in text
        assert "-STEPS = 3\n+STEPS = 5\n" in text
        assert "RATE = " not in text, "what is the same is no difference"


async def test_a_chinese_member_reads_in_chinese_what_a_value_is(tmp_path: Path) -> None:
    async with patient_world(tmp_path, locale="zh-CN") as world:
        form = await world.alice.click((await ran(world)).response, custom_id="epoch:values:gan:tuned")
        assert form.modal is not None
        fields = {part["label"]: part["description"] for part in form.modal["components"]}
        assert fields == {"STEPS": "1 到 9 之间的整数 · 走几步", "RATE": "0.1 到 2 之间的数 · 一步的长度"}


async def test_a_claim_that_holds_where_it_should_break_is_said_to_be_unexpected(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        gan = world.bot.services.tutor.bank.topics["gan"]
        harmless = tuple(
            example.model_copy(update={"meta": example.meta.model_copy(update={"counter": "RATE=2.0"})})
            for example in gan.examples
        )
        world.bot.services.tutor.bank.topics["gan"] = gan.model_copy(update={"examples": harmless})
        done = await pressed(world, (await ran(world)).response, "Break it")
        assert "Unexpected: this change should break the claim" in text_of(done.response)


async def test_an_unchanged_form_runs_the_tested_example_itself(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        form = await pressed(world, (await ran(world)).response, "Values")
        done = await world.alice.submit_modal(form, {"STEPS": "3", "RATE": "0.50"})
        assert "own version" not in text_of(done.response)
        assert "epoch:run:gan:tuned" in controls_of(done.response)


@pytest.mark.parametrize(
    ("locale", "said", "again"),
    [("en-US", "cannot be “90”: give a whole number from 1 to 9.", "Correct it"),
     ("zh-CN", "不能是“90”，请填 1 到 9 之间的整数。", "修改后再试")],
)  # fmt: skip
async def test_a_bad_value_is_refused_in_words_and_can_be_corrected(
    tmp_path: Path, locale: str, said: str, again: str
) -> None:
    async with patient_world(tmp_path, locale=locale) as world:
        form = await world.alice.click((await ran(world)).response, custom_id="epoch:values:gan:tuned")
        refused = await world.alice.submit_modal(form, {"STEPS": "90", "RATE": "1.5"})
        assert refused.ephemeral
        assert said in text_of(refused.response)
        world.bot = make_bot(tmp_path)  # what was typed outlives a restart
        await world.env.restart_bot(world.bot)
        form = await world.alice.click(refused.response, label=again)
        assert form.modal is not None
        assert [part["component"]["value"] for part in form.modal["components"]] == ["90", "1.5"]
        done = await world.alice.submit_modal(form, {"STEPS": "9", "RATE": "1.5"})
        assert "steps 9 rate 1.5" in text_of(done.response)


async def test_of_many_values_five_are_picked_first(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        offer = await pressed(world, (await ran(world, "many")).response, "Values")
        assert offer.ephemeral
        assert "7 values to change, at most 5" in text_of(offer.response)
        form = await world.alice.select(offer.response, ["P1", "P7"], custom_id="epoch:pick:gan:many")
        done = await world.alice.submit_modal(form, {"P1": "2", "P7": "3"})
        assert "```\n5\n```" in text_of(done.response)


async def test_code_is_edited_in_a_form_and_what_differs_is_shown(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        form = await pressed(world, (await ran(world)).response, "Edit")
        assert form.modal is not None
        assert form.modal["components"][0]["component"]["value"] == TUNED
        done = await world.alice.submit_modal(form, {"code": TUNED.replace('"steps"', '"@everyone ```"').strip()})
        text = text_of(done.response)
        assert "@everyone" not in text
        assert text.count("```") == 4, "one block for the difference, one for the output"
        assert "alice's own version" in text
        again = await pressed(world, done.response, "Edit")
        assert again.modal is not None
        assert "@everyone" in again.modal["components"][0]["component"]["value"], "one goes on from one's own version"
        assert "Original" in options_of(done.response).values()


async def test_break_it_runs_the_counter_and_says_why_it_fails(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        done = await pressed(world, (await ran(world)).response, "Break it", world.bob)
        text = text_of(done.response)
        assert "**Broken on purpose:** `RATE=100.0`\nThe step is too long, so it walks away." in text
        assert "-RATE = 0.5\n+RATE = 100.0\n" in text
        assert "the rate must stay small" in text
        assert "💥 The claim fails, as it should" in text
        assert "bob's own version" in text


async def test_own_versions_are_repeated_and_deleted_by_who_asked_alone(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        done = await pressed(world, (await ran(world)).response, "Break it")
        for label in ("Again", "Delete"):
            refused = await pressed(world, done.response, label, world.bob)
            assert refused.ephemeral
            assert "Only the member who asked" in text_of(refused.response)
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        again = await pressed(world, done.response, "Again")
        assert "Broken on purpose" in text_of(again.response)
        assert again.response is not None
        before = len(world.channel.history())
        await pressed(world, again.response, "Delete")
        assert len(world.channel.history()) == before - 1
        assert await world.bot.services.store.runs.get("0001") is None, "what was run is forgotten with its message"


async def test_code_in_a_message_is_run_and_never_taken_for_the_banks(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        said = await world.bob.send(world.channel, "why?\n```py\nprint(6 * 7)\n```\nand\n```js\nalert(1)\n```")
        done = await world.alice.context_menu(world.channel, "Run this code", said)
        text = text_of(done.response)
        assert "```\n42\n```" in text
        assert "Code run by alice, not an example of the bank" in text
        assert said.jump_url in text
        assert not done.ephemeral


async def test_of_several_pieces_one_is_picked(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        said = await world.bob.send(world.channel, "```py\nprint('one')\n```\n```\nprint('two')\n```")
        offer = await world.alice.context_menu(world.channel, "Run this code", said)
        assert offer.ephemeral
        (custom_id,) = controls_of(offer.response)
        done = await world.alice.select(offer.response, ["1"], custom_id=custom_id)
        assert "```\ntwo\n```" in text_of(done.response)


async def test_a_program_gets_its_input_from_a_form(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        said = await world.bob.send(world.channel, "```py\nprint('hello', input(), input())\n```")
        first = await world.alice.context_menu(world.channel, "Run this code", said)
        assert "EOFError" in text_of(first.response)
        form = await pressed(world, first.response, "Input")
        done = await world.alice.submit_modal(form, {"stdin": "Ada\nLovelace"})
        assert "hello Ada Lovelace" in text_of(done.response)
        assert "run with input" in text_of(done.response)


async def test_an_attached_script_is_run(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        file = ("try.py", b"\xef\xbb\xbfprint('from a file')\n")
        said = await world.bob.send(world.channel, "look", attachments=[file])
        done = await world.alice.context_menu(world.channel, "Run this code", said)
        assert "from a file" in text_of(done.response)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"x = 1\n" * MOST_BYTES, "too much code"), (b"print('\xff')", "not text in UTF-8"), (b" \n", "no Python code")],
    ids=["long", "latin", "empty"],
)
async def test_a_file_that_is_no_script_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    async with patient_world(tmp_path) as world:
        message = await world.bob.send(world.channel, "look", attachments=[("try.py", content)])
        done = await world.alice.context_menu(world.channel, "Run this code", message)
        assert said in text_of(done.response)


async def test_a_message_without_code_says_what_it_takes(tmp_path: Path) -> None:
    async with patient_world(tmp_path, locale="zh-CN") as world:
        said = await world.bob.send(world.channel, "no code here, `print(1)`")
        done = await world.alice.context_menu(world.channel, "Run this code", said)
        assert done.ephemeral
        assert "没有 Python 代码" in text_of(done.response)


async def test_own_code_needs_a_wall(tmp_path: Path) -> None:
    async with patient_world(tmp_path, tutor=make_tutor("trusted")) as world:
        said = await world.bob.send(world.channel, "```py\nprint(6 * 7)\n```")
        done = await world.alice.context_menu(world.channel, "Run this code", said)
        assert "No sandbox works on this machine" in text_of(done.response)
        form = await pressed(world, (await ran(world)).response, "Edit")
        done = await world.alice.submit_modal(form, {"code": "print(1)"})
        assert "No sandbox works on this machine" in text_of(done.response)
        assert "42" not in text_of(done.response)


async def test_the_host_decides_who_runs_what(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        first = await ran(world)
        for who, said in (("nobody", "no code of members'"), ("managers", "only those who manage it")):
            await world.bot.services.servers.change(world.guild.id, edited_code=who)
            form = await pressed(world, first.response, "Edit")
            assert said in text_of((await world.alice.submit_modal(form, {"code": "print(1)"})).response)
        await world.bot.services.servers.change(world.guild.id, runs=False)
        refused = await world.alice.slash(world.channel, "run", topic="gan")
        assert "switched off in this server" in text_of(refused.response)


async def test_a_second_run_at_once_is_too_soon_and_says_when(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        await ran(world)
        refused = await world.alice.slash(world.channel, "run", topic="gan")
        assert "you can run again <t:" in text_of(refused.response)
        other = await world.bob.slash(world.channel, "run", topic="gan")
        assert "✅ Finished" in text_of(other.response), "one member's haste costs no other anything"


async def test_what_was_kept_for_a_button_is_forgotten_in_time(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        done = await pressed(world, (await ran(world)).response, "Break it")
        await world.bot.services.store.runs.prune(float("inf"))
        late = await pressed(world, done.response, "Again")
        assert "no longer kept" in text_of(late.response)


async def test_what_a_restart_cut_off_is_marked_once_and_can_be_run_again(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        done = await pressed(world, (await ran(world)).response, "Break it")
        assert done.response is not None
        runs = world.bot.services.store.runs
        kept = await runs.get("0002")
        assert kept is not None
        left = replace(kept, id="00aa", over=False, message_id=done.response.message.id)
        await runs.begin(left)  # as a crash leaves it
        before = len(world.env.http_requests)
        for _ in range(2):
            await world.bot.services.runs.mark_cut_off()
        assert [r.method for r in world.env.http_requests[before:]] == ["PATCH"]
        assert "Cut off by a restart" in text_of(world.last)
        again = await pressed(world, world.last, "Run again")
        assert "Broken on purpose" in text_of(again.response)


async def test_values_and_code_under_a_broken_run_start_from_that_run(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        broken = (await pressed(world, (await ran(world)).response, "Break it")).response
        edit = await pressed(world, broken, "Edit")
        assert edit.modal is not None
        assert "RATE = 100.0" in edit.modal["components"][0]["component"]["value"]
        form = await pressed(world, broken, "Values")
        assert form.modal is not None
        shown = {part["component"]["custom_id"]: part["component"]["value"] for part in form.modal["components"]}
        assert shown == {"STEPS": "3", "RATE": "100.0"}
        more = await world.alice.submit_modal(form, {"STEPS": "7", "RATE": "100.0"})
        assert "steps 7 rate 100.0" in text_of(more.response), "the counter's own value is allowed"
        again = await pressed(world, more.response, "Values")
        assert again.modal is not None
        shown = {part["component"]["custom_id"]: part["component"]["value"] for part in again.modal["components"]}
        assert shown == {"STEPS": "7", "RATE": "100.0"}
        mended = await world.alice.submit_modal(again, {"STEPS": "7", "RATE": "0.5"})
        assert "steps 7 rate 0.5" in text_of(mended.response)
        code = await pressed(world, mended.response, "Edit")
        assert code.modal is not None
        assert "STEPS = 7" in code.modal["components"][0]["component"]["value"]


async def test_code_in_a_mention_is_offered_to_run_beside_the_answer(tmp_path: Path) -> None:
    async with patient_world(tmp_path) as world:
        me = world.bot.user
        assert me is not None
        await world.alice.send(world.channel, f"<@{me.id}> what is mode collapse?\n```py\nprint(6 * 7)\n```")
        replied = world.last
        assert "Generative adversarial networks" in text_of(replied)
        (button,) = [custom_id for custom_id in controls_of(replied) if custom_id.startswith("epoch:pasted:")]
        world.bot = make_bot(tmp_path)  # the button outlives a restart
        await world.env.restart_bot(world.bot)
        done = await world.bob.click(replied, custom_id=button)
        assert "```\n42\n```" in text_of(done.response)
        assert "Code run by bob, not an example of the bank" in text_of(done.response)


async def test_a_mention_that_is_nothing_but_code_is_no_question(tmp_path: Path) -> None:
    async with patient_world(tmp_path, locale="zh-CN") as world:
        me = world.bot.user
        assert me is not None
        said = await world.alice.send(world.channel, f"<@{me.id}> print(6 * 7)")
        assert "There is code in your message. Run it?" in text_of(world.last)
        assert not await world.bot.services.store.gaps.all()
        offered = world.last
        await world.alice.delete(said)
        (button,) = controls_of(offered)
        gone = await world.alice.click(offered, custom_id=button)
        assert "已经删除" in text_of(gone.response)


async def test_a_picture_with_a_chinese_name_is_shown_and_called_by_its_name(tmp_path: Path) -> None:
    code = "open('损失曲线.png', 'wb').write(bytes.fromhex('" + PNG.hex() + "'))\nopen('数据.csv', 'w').write('a')"
    async with patient_world(tmp_path) as world:
        said = await world.bob.send(world.channel, f"```py\n{code}\n```")
        done = await world.alice.context_menu(world.channel, "Run this code", said)
        assert done.response is not None
        assert [each.filename for each in done.response.attachments] == ["figure.png", "file.csv"]
        shown = str(done.response.components)
        assert "attachment://figure.png" in shown or "figure.png" in shown
        assert "figure.png is 损失曲线.png" in text_of(done.response)
        assert "file.csv is 数据.csv" in text_of(done.response)


async def test_pasted_code_is_mended_and_what_it_lacks_is_told_in_the_members_language(tmp_path: Path) -> None:
    async with patient_world(tmp_path, locale="zh-CN") as world:
        said = await world.bob.send(world.channel, "```py\n    print（“你好”）\n    input()\n```")
        done = await world.alice.context_menu(world.channel, "Run this code", said)
        assert "你好" in text_of(done.response)
        assert "已修正：全角标点、弯引号、多余的缩进" in text_of(done.response)
        assert "点“输入”" in text_of(done.response)


async def test_an_attached_notebook_is_run_cell_by_cell(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": ["!pip install x\n", "x = 6"]}, {"cell_type": "code", "source": "x * 7"}]
    file = json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}).encode()
    async with patient_world(tmp_path) as world:
        said = await world.bob.send(world.channel, "look", attachments=[("try.ipynb", file)])
        done = await world.alice.context_menu(world.channel, "Run this code", said)
        assert "```\n42\n```" in text_of(done.response)
        assert "Not run, being commands of a notebook or a shell: 2: !pip install x" in text_of(done.response)
