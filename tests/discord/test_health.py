"""Health, figures and the log of the real `serve`, against the loopback Discord: over HTTP, and for systemd."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot import exits
from bot.discord.ask.service import AnswerService
from bot.discord.client import serve
from tests.bot.discord.ask.test_ask import scripted
from tests.discord.gateway import Socket
from tests.discord.served import LONG_S, REPLY, Served, served_in, settings_for
from tests.discord.server import TOKEN
from tests.discord.state import Interaction, Message
from tests.discord.wire import JsonObject

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

QUESTION = "why does mode collapse befall Zerubbabel"
NAME = "zerubbabel_the_learner"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    async with served_in(folder) as running:
        yield running
    assert {"STOPPING=1", "STATUS=stopping"} <= set(running.ended)
    state, said = running.discord.state, running.log.getvalue()
    tokens = [interaction.token for interaction in state.interactions]
    assert len(tokens) > 5, "there was something to give away"
    for own in (TOKEN, NAME, *tokens, *(person.id for person in state.people.values())):
        assert own not in said, own


async def test_a_bot_that_works_says_so_part_by_part(served: Served) -> None:
    assert await served.get("/healthz") == (200, "ok\n")
    assert await served.part("engine", "cold") == 200
    _, text = await served.get("/readyz")
    assert [line.split()[:2] for line in text.splitlines()] == [
        ["gateway", "ok"], ["database", "ok"], ["wall", "ok"], ["engine", "ok"]
    ]  # fmt: skip


async def test_the_service_manager_hears_that_it_is_ready(served: Served) -> None:
    heard = served.heard.all()
    assert "READY=1" in heard
    assert "STATUS=ready in 1 servers" in heard


async def test_figures_count_what_members_did_and_name_nobody(served: Served) -> None:
    discord = served.discord
    before = await served.figure('epoch_asks_total{outcome="answer"}')
    asked = await discord.slash("ask", {"question": "what is mode collapse"}, user=NAME)
    assert "GAN" in (await discord.answer_to(asked, timeout=LONG_S)).text
    refused = await discord.slash("ask", {"question": "!!!"}, user=NAME)
    await discord.answer_to(refused, timeout=LONG_S)
    assert await served.figure('epoch_asks_total{outcome="answer"}') == before + 1
    assert await served.figure('epoch_asks_total{outcome="refused"}') == 1
    assert await served.figure('epoch_ask_seconds_bucket{le="+Inf"}') >= 2
    run = await discord.slash("run", {"topic": "gan"}, user=NAME)
    await discord.answer_to(run, lambda m: "Again" in str(m.components), LONG_S)
    async with asyncio.timeout(LONG_S):  # it is counted once its folder is gone, a moment after its message says so
        while await served.figure('epoch_runs_total{outcome="ok"}') != 1:
            await asyncio.sleep(0.05)
    _, text = await served.get("/metrics")
    for name in ("epoch_runs_waiting 0", "epoch_rounds_live 0", "epoch_servers 1", 'epoch_part_up{part="database"} 1',
                 "epoch_build_info{", "process_resident_memory_bytes", "epoch_reviews_answered_total"):  # fmt: skip
        assert name in text, name
    people = [person.id for person in discord.state.people.values()]
    for own in (NAME, discord.state.guild_id, discord.state.channel["id"], *people):
        assert str(own) not in text
    _, openmetrics = await served.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert openmetrics.rstrip().endswith("# EOF")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_status_is_shown_to_those_who_manage_the_server_alone(served: Served, locale: str) -> None:
    discord = served.discord
    discord.state.user("boss", manager=True)
    shown, refused = [
        await discord.answer_to(await discord.slash("status", user=user, locale=locale), timeout=LONG_S)
        for user in ("boss", "visitor")
    ]
    assert shown.ephemeral
    assert refused.ephemeral
    wanted = {
        "en-US": ["**Connection to Discord**: connected", "**Database**: works", "**Today**: ", "**Runs waiting**: 0"],
        "zh-CN": ["**Discord 连接**：已连接", "**数据库**：正常", "**今天**：", "**排队的运行**：0"],
    }[locale]
    assert not [text for text in wanted if text not in shown.text], shown.text
    assert not [text for text in wanted if text in refused.text]
    assert {"en-US": "Only members who manage", "zh-CN": "只有管理服务器的成员"}[locale] in refused.text


async def test_the_log_has_nothing_of_members_and_the_id_that_they_are_shown(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    discord = served.discord

    async def fail(self: AnswerService, question: str, *_: object) -> None:
        raise ValueError(f"the secret cause: {question!r} of {NAME} ({discord.state.user(NAME).id})")

    await discord.mention(QUESTION, user=NAME)
    asked = await discord.slash("ask", {"question": QUESTION}, user=NAME)
    await discord.answer_to(asked, timeout=LONG_S)
    answer = await discord.answer_to(asked, timeout=LONG_S)
    assert answer.text
    with monkeypatch.context() as patch:
        patch.setattr(AnswerService, "reply", fail)
        broken = await discord.answer_to(await discord.slash("ask", {"question": QUESTION}, user=NAME), timeout=LONG_S)
    shown = re.search(r"`([0-9a-f]{8})`", broken.text)
    assert shown, broken.text
    lines = [json.loads(line) for line in served.log.getvalue().splitlines()]
    mine = [line for line in lines if line.get("request") == shown[1]]
    assert any(
        line["message"].startswith(f"error {shown[1]} in") and "the secret cause" in line["trace"] for line in mine
    )
    for own in (QUESTION, "Zerubbabel", NAME, str(discord.state.user(NAME).id)):
        assert own not in served.log.getvalue(), own


async def test_the_log_has_nothing_of_what_is_done_in_rounds_and_written_into_forms(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that fail, too; which members took part is looked for at the end, over all that was done."""
    discord, said = served.discord, "perspicacious quokka"
    before = len(served.log.getvalue())

    async def sent(asked: Interaction) -> Message:
        return await discord.answer_to(asked, timeout=LONG_S)

    rules: dict[str, object] = {"topics": "gan", "rounds": 1, "seconds": 120, "kinds": "choice"}
    lobby = await sent(await discord.slash("quiz start", rules, user=NAME))
    await sent(await discord.click(lobby, label="Join", user="bob_the_learner"))
    await sent(await discord.click(lobby, label="Start", user=NAME))
    question = await discord.wait_for_message(_asks, LONG_S)
    for player in (NAME, "bob_the_learner"):
        await sent(await discord.click(question, label="A", user=player))
    await sent(await discord.slash("daily", user=NAME))
    await sent(await discord.slash("suggest", {"question": f"what is a {said}?"}, user=NAME))

    answer = await sent(await discord.slash("ask", {"question": QUESTION}, user=NAME))
    ask = await sent(await discord.click(answer, label="👍👎", user=NAME))
    why = await discord.click(ask, label="It did not", user=NAME)
    await discord.acknowledged(await discord.submit_modal(why, {"why": f"no {said} in it"}))
    more = await discord.select(answer, "epoch:rest", ["epoch:ask:gan:en"], user=NAME)
    await sent(await discord.submit_modal(more, {"question": f"and the {said}?"}))

    async def fail(*_: object, **__: object) -> None:
        raise ValueError(f"the cause is {f'and the {said}?'!r}, and {NAME}")

    with monkeypatch.context() as patch:
        patch.setattr(AnswerService, "reply", fail)
        more = await discord.select(answer, "epoch:rest", ["epoch:ask:gan:en"], user=NAME)
        await sent(await discord.submit_modal(more, {"question": f"and the {said}?"}))
    await sent(await discord.slash("quiz stop", user=NAME))
    log = served.log.getvalue()[before:]
    assert "the cause is" in log, "what is looked for would be found"
    for own in (said, "quokka", NAME, "bob_the_learner"):
        assert own not in log, own


def _asks(message: Message) -> bool:
    return any(re.fullmatch(r"epoch:answer:\d+:1:A", str(each.get("custom_id"))) for each in message.components)


async def test_a_gateway_that_is_lost_is_seen_and_so_is_its_return(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    back, send = asyncio.Event(), Socket.send

    async def silent_until_back(self: Socket, frame: JsonObject) -> None:
        await back.wait()
        await send(self, frame)

    monkeypatch.setattr(Socket, "send", silent_until_back)
    await served.discord.drop_gateway()
    assert await served.part("gateway", "connecting") == 503
    assert (await served.get("/healthz"))[0] == 200
    assert "STATUS=the gateway is lost, connecting again" in served.heard.all()
    back.set()
    assert await served.part("gateway", "connected") == 200


async def test_an_address_that_is_taken_is_one_line_and_the_status_of_settings(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = served.origin.removeprefix("http://")
    assert await serve(settings_for(served.discord, tmp_path, metrics=taken), scripted(REPLY)) == exits.CONFIG
    assert capsys.readouterr().err == (
        f"epoch: EPOCH_METRICS={taken} cannot be used: Address already in use; choose another address, or end what "
        "listens there\n"
    )
