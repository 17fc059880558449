"""A host chooses among banks, and a member of that server meets no other; each answer says where it is from."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.discord.hosting.controls import settings_view
from bot.discord.ui.text import one_line
from bot.store.guilds import DailyTime, GuildSettings
from bot.study.rounds import choosing
from bot.study.tutor import Tutor
from knowledge.bank.banks import joined
from knowledge.bank.models import Bank
from knowledge.search.retriever import Retriever
from runners.local import LocalRunner
from tests.bot.discord.hosting.test_hosting import choose, host_of, panel_of
from tests.bot.world import bank, controls_of, discord_world, text_of
from tests.knowledge.banks import NEGATIVES
from tests.knowledge.second_bank import SLUGS, write_second_bank
from tests.knowledge.tiny import edit

QUESTION = "left join vs inner join"
TITLE = "**Basics** @everyone"
SELECT = "epoch:setbanks:banks"
_RETRIEVER: dict[str, Retriever] = {}


def tutor_of(banks: Bank) -> Tutor:
    if not _RETRIEVER:
        _RETRIEVER["it"] = Retriever.over(banks, None, negatives=NEGATIVES)
    return Tutor(banks, _RETRIEVER["it"], LocalRunner())


def both(folder: Path) -> Bank:
    basics = write_second_bank(folder / "basics")
    edit(basics / "bank.toml", 'en = "Programming basics"', f'en = "{TITLE}"')
    return joined(bank(), [str(basics)])


def test_with_one_bank_there_is_no_choice() -> None:
    def shown(**banks: str) -> str:
        return str(settings_view(GuildSettings(), "en", banks=banks).to_components())

    assert SELECT not in shown(epoch="Epoch's own")
    assert SELECT in shown(epoch="Epoch's own", basics="Basics")


async def test_a_bank_that_the_host_left_out_is_met_nowhere_in_that_server(tmp_path: Path) -> None:
    async with discord_world(tmp_path, tutor_of(both(tmp_path))) as world:
        host, before = host_of(world), await world.alice.slash(world.channel, "ask", question=QUESTION)
        assert "SQL joins" in text_of(before.response)
        (line,) = [line for line in text_of(before.response).splitlines() if "From the bank" in line]
        assert line == f"-# From the bank: {one_line(TITLE, 80)} · Epoch's tests · MIT"
        assert "**" not in line, "what a bank says of itself is foreign text"
        assert "@everyone" not in line
        panel = await panel_of(world, host, SELECT)
        await choose(host, panel, ["epoch"], SELECT)
        assert world.bot.services.servers.of(world.guild.id).banks == ("epoch",)
        after = await world.alice.slash(world.channel, "ask", question=QUESTION)
        assert "SQL" not in text_of(after.response)
        assert not any(slug in custom_id for slug in SLUGS for custom_id in controls_of(after.response))
        run = await world.alice.slash(world.channel, "run", topic="sql-joins")
        assert "sql-joins" in text_of(run.response)
        assert "epoch:topic:sql-joins:en" not in controls_of(run.response)
        old = await world.bob.select(before.response, ["epoch:sources:sql-joins:en"], custom_id="epoch:rest")
        assert "doi" not in text_of(old.response), "a button of before leads into a bank that is gone from here"
        question = await world.alice.slash(world.channel, "interview")
        assert "SQL" not in text_of(question.response)
        await choose(host, panel, ["epoch", "basics"], SELECT)
        assert world.bot.services.servers.of(world.guild.id).banks is None, "all of them, and those that come"


async def test_rounds_dailies_and_reviews_ask_from_the_banks_that_were_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with discord_world(tmp_path, tutor_of(both(tmp_path))) as world:
        services = world.bot.services
        await services.servers.change(world.guild.id, banks=["basics"])
        assert set(services.tutor_in(world.guild.id).bank.topics) == SLUGS
        assert len(services.tutor_in(None).bank) == len(SLUGS) + len(bank()), "in direct messages all of them are there"
        found = [await services.learning_in(world.guild.id).next(world.alice.id) for _ in range(8)]
        assert {topic.slug for topic, _ in filter(None, found)} <= SLUGS
        assert all(found)
        chosen: list[set[str]] = []
        monkeypatch.setattr(choosing, "choose", lambda bank, *_, **__: chosen.append(set(bank.topics)) or ())
        refused = await world.alice.slash(world.channel, "quiz start")
        assert "question" in text_of(refused.response)
        time = DailyTime(channel_id=world.channel.id, hour=0, zone="UTC", since=1.0)
        await services.servers.change(world.guild.id, daily=time.model_dump())
        await services.daily.look()  # type: ignore[attr-defined]
        assert chosen == [SLUGS, SLUGS]
