from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot import discord as features
from bot.discord.client import INTENTS, PERMISSIONS, EpochBot
from bot.discord.ui.base import Control, layout
from bot.discord.ui.commands import WordingTranslator
from bot.discord.ui.language import lang_of
from tests.bot.discord.ui.test_ids import OPENED, WRITTEN
from tests.bot.world import discord_world, make_bot, text_of

ROOT = Path(__file__).parents[3]


def test_no_privileged_intent_is_asked_for() -> None:
    assert not INTENTS.message_content
    assert not INTENTS.members
    assert not INTENTS.presences
    assert INTENTS.guilds
    assert INTENTS.guild_messages
    assert INTENTS.dm_messages


def test_the_hosts_guide_invites_with_exactly_the_permissions_the_bot_uses() -> None:
    guide = (ROOT / "docs" / "host" / "start.md").read_text(encoding="utf-8")
    assert f"permissions={PERMISSIONS.value}" in guide
    assert "scope=bot+applications.commands" in guide
    assert "integration_type" not in guide


async def test_the_cog_of_every_feature_is_loaded(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        folders = Path(features.__file__).parent.iterdir()
        modules = {f"bot.discord.{folder.name}.cog" for folder in folders if (folder / "cog.py").exists()}
        assert {"bot.discord.ask.cog", "bot.discord.run.cog"} <= modules
        assert set(world.bot.extensions) == modules


async def test_a_feature_that_does_not_load_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "features" / "broken"
    broken.mkdir(parents=True)
    (broken / "__init__.py").touch()
    (broken / "cog.py").write_text("async def setup(bot):\n    raise RuntimeError('no')\n")
    monkeypatch.setattr(features, "__path__", [*features.__path__, str(broken.parent)])
    with pytest.raises(commands.ExtensionFailed, match="broken"):
        async with discord_world(tmp_path):
            pytest.fail("the bot started without a feature")


def loaded(bot: EpochBot) -> Iterator[app_commands.Command[Any, ..., Any]]:
    for command in bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command


def callbacks(bot: EpochBot) -> Iterator[tuple[str, Callable[..., Any]]]:
    yield from ((command.qualified_name, command.callback) for command in loaded(bot))
    for menu in bot.tree.walk_commands(type=discord.AppCommandType.message):
        yield menu.qualified_name, menu.callback


def named_parts(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield command
    yield from command.get("choices", ())
    for option in command.get("options", ()):
        yield from named_parts(option)


CHINESE = ("zh-CN", "zh-TW")


def unlocalised(command: dict[str, Any]) -> list[str]:
    """Return what is wrong with the languages of a command and all that is named in it."""
    wrong = []
    for thing in named_parts(command):
        most = 100 if "value" in thing else 32  # a choice may be a sentence
        for key, limit in (("name", most), ("description", 100)):
            if not thing.get(key):  # a context menu and a choice have no description
                continue
            translated = thing.get(f"{key}_localizations") or {}
            if set(translated) != set(CHINESE):  # all other locales read English
                wrong.append(f"{thing['name']}: its {key} is in {sorted(translated)}")
            wrong += [f"{thing['name']}: {text!r} is not Chinese" for text in translated.values()
                      if not any("\u4e00" <= char <= "\u9fff" for char in text)]  # fmt: skip
            wrong += [f"{thing['name']}: {text!r} is too long" for text in (thing[key], *translated.values())
                      if len(text) > limit]  # fmt: skip
    return wrong


async def test_every_command_option_and_choice_is_localised_within_limits(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        (sent,) = world.sent("PUT", "/commands")
        assert {"ask", "run", "quiz"} <= {command["name"] for command in sent}
        assert [line for command in sent for line in unlocalised(command)] == []
        choices = [part for command in sent for part in named_parts(command) if "value" in part]
        assert choices, "the control: there are choices to look at"
        for part in (choices[0], sent[0], next(iter(sent[0]["options"]))):
            kept = part.pop("name_localizations")
            assert [line for command in sent for line in unlocalised(command)], "the control: a missing one is seen"
            part["name_localizations"] = kept


IN_SERVERS, IN_DMS, ANYWHERE = 0, 1, 2
BY_SERVERS, BY_USERS = 0, 1
#: Who manages a server does so in it; a round needs a bot that may post by itself.
PLACES = {
    "settings": ({IN_SERVERS}, {BY_SERVERS}),
    "gaps": ({IN_SERVERS}, {BY_SERVERS}),
    "quiz": ({IN_SERVERS, IN_DMS}, {BY_SERVERS}),
}
MANAGE_SERVER = 1 << 5


async def test_every_command_is_offered_where_it_can_work_and_nowhere_else(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        (sent,) = world.sent("PUT", "/commands")
        for command in sent:
            there = set(command["contexts"]), set(command["integration_types"])
            everywhere = {IN_SERVERS, IN_DMS, ANYWHERE}, {BY_SERVERS, BY_USERS}
            either = [everywhere, ({IN_SERVERS}, {BY_SERVERS})]
            expected = [PLACES[command["name"]]] if command["name"] in PLACES else either
            assert there in expected, f"/{command['name']} is offered in {there}"
            needs = int(command["default_member_permissions"] or 0)
            if needs:
                assert there == ({IN_SERVERS}, {BY_SERVERS}), f"/{command['name']} needs a right that only servers give"
            assert command["name"] not in ("settings", "gaps") or needs == MANAGE_SERVER


def first_statement(function: Callable[..., Any]) -> str:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    body = next(node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)).body
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return ast.unparse(body[1] if documented else body[0])


async def test_every_command_is_acknowledged_before_anything_else(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        found = dict(callbacks(world.bot))
        assert {"ask", "Ask Epoch about this"} <= set(found)
        for name, callback in found.items():
            assert first_statement(callback).startswith("await interaction.response.defer("), name


def controls(kind: type[Control[Any]]) -> Iterator[type[Control[Any]]]:
    for each in kind.__subclasses__():
        yield each
        yield from controls(each)


def test_every_control_is_acknowledged_before_anything_else() -> None:
    assert "await self.acknowledge(interaction)" in first_statement(Control.callback).split("\n")[1]
    for control in controls(Control):
        assert "callback" not in vars(control), f"{control.__name__} goes around the acknowledgement"


async def test_commands_are_registered_again_only_when_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with discord_world(tmp_path) as world:
        assert len(world.sent("PUT", "/commands")) == 1
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        assert len(world.sent("PUT", "/commands")) == 1
        await world.alice.slash(world.channel, "ask", question="gan")

        async def other(*_: object) -> str:
            return "changed"

        monkeypatch.setattr(WordingTranslator, "translate", other)
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        assert len(world.sent("PUT", "/commands")) == 2
        monkeypatch.undo()


async def test_a_cache_that_cannot_be_written_does_not_stop_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    async with discord_world(tmp_path) as world:
        assert world.sent("PUT", "/commands")
    assert "registered again at the next start" in caplog.text


async def test_a_button_that_no_version_knows_any_more_says_so(tmp_path: Path) -> None:
    async with discord_world(tmp_path, locale="zh-CN") as world:
        old: discord.ui.Button[Any] = discord.ui.Button(label="Old", custom_id="epoch:gone:1")
        channel = world.bot.get_channel(world.channel.id)
        assert isinstance(channel, discord.TextChannel)
        message = await channel.send(view=layout("old", discord.ui.ActionRow(old)))
        world.bot._connection._view_store._views.clear()
        pressed = await world.alice.click(message, label="Old")
        assert "这个按钮来自旧版本" in text_of(pressed.response)
        assert pressed.ephemeral


async def test_a_command_that_is_gone_is_answered_too(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        world.bot.tree.remove_command("run")
        result = await world.alice.slash(world.channel, "run", topic="gan")
        assert "restart Discord" in text_of(result.response)
        world.bugs_expected = True


async def test_an_error_whose_telling_fails_is_still_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_world(tmp_path) as world:
        world.env.inject_error("POST", "/webhooks/*", status=500)
        await world.alice.slash(world.channel, "run", topic="nothing")
    assert "could not tell a member" in caplog.text


async def test_nothing_is_kept_of_messages_and_members(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        await world.alice.slash(world.channel, "ask", question="what is mode collapse")
        assert len(world.bot.cached_messages) == 0
        assert not world.bot._connection._view_store._synced_message_views, "views would pile up for ever"


def test_every_chinese_locale_reads_chinese_and_every_other_english() -> None:
    assert {locale for locale in discord.Locale if lang_of(locale) == "zh"} == {
        discord.Locale.chinese, discord.Locale.taiwan_chinese,
    }  # fmt: skip
    assert lang_of(None) == "en"


def test_ids_of_errors_differ() -> None:
    new_id = inspect.signature(EpochBot).parameters["new_id"].default
    assert new_id() != new_id()


async def test_every_control_and_form_that_is_written_is_registered_once(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert Counter(world.bot.controls) == Counter([*WRITTEN])
        assert Counter(world.bot.forms) == Counter([*OPENED])
