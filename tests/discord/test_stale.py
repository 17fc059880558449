"""Every control and every form that Epoch registers, with everything an old message may still name: each is answered in
words, and none as a fault of the bot's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from bot.discord.ui.items import mark_of
from knowledge.grading.grader import Grader
from knowledge.search.encoder_choice import open_encoder
from tests.bot.study.drills.samples import DRILL
from tests.bot.world import bank, make_tutor
from tests.discord.inside import bot_in
from tests.discord.people import COMPONENT, SUBMITTED
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

LONG_S = 60.0
BUTTON, STRING, ROLE, WHO, CHANNEL = 2, 3, 6, 7, 8
GONE, OPEN_ITEM, NO_ITEM = "gone-topic", mark_of("in-words"), "00000000"
#: What each part of a custom id may say: things that are there, and things that are not.
PARTS: dict[str, tuple[str, ...]] = {
    "slug": ("gan", GONE),
    "example": ("main", "broken", "gone"),
    "mark": (mark_of("first"), OPEN_ITEM, NO_ITEM),
    "round": ("999999999",),
    "daily": ("999999999",),
    "run": ("00ff",),
    "kept": ("00ff",),
    "owner": ("{me}", "1"),
    "number": ("0", "999"),
    "letter": ("D",),
    "item": (mark_of(DRILL.name), NO_ITEM),
    "variant": ("numpy", "torch"),
    "showing": ("l1", "mr6a4b3c2d", "p6a4b3c2d"),
    "deck": ("all", "mine", "plan"),
}
BUTTONS = [
    "run:{slug}:{example}", "topic:{slug}:zh", "stop:{run}", "answer:{round}:{number}:{letter}",
    "type:{round}:{number}", "join:{round}:4", "start:{round}",
    "leave:{round}", "again:{round}", "lead:{round}:{number}:next", "lead:{round}:{number}:stop", "endround:{round}",
    "alone:{round}:{number}:zh", "itemwhy:{slug}:{mark}:en", "later:{slug}:{mark}",
    "lang:{slug}:interview:en", "lang:{slug}:interview:en:{mark}",
    "part:{slug}:how:en", "part:{slug}:how:en:{mark}", "onward:{slug}:how:en:{mark}", "onward:{slug}:interview:en",
    "sources:{slug}:en", "source:{slug}:{example}:en", "judge:{slug}:how:en",
    "notebook:{slug}:zh", "ask:{slug}:en",
    "quizme:{slug}:en:{mark}", "quizme:{slug}:en", "guess:{slug}:{mark}:en:0a:{letter}", "vote:{slug}:how:en:good",
    "vote:{slug}:how:en:bad:{number}",
    "helper", "values:{slug}:{example}", "values:{slug}:{example}:{run}", "edit:{slug}:{example}:{run}",
    "edit:{slug}:{example}", "edit:-:-", "edit:-:-:{run}", "break:{slug}:{example}", "input:-:-:{run}",
    "rerun:{owner}:{run}", "pasted:{number}:{number}",
    "delete:{owner}:{run}", "settime", "daily:{daily}:{letter}", "forget",
    "recall:{slug}:{mark}:en:0a:{letter}:{showing}", "grade:{slug}:{mark}:en:0a:1:{showing}",
    "reviewbegin:{deck}:en", "plandate", "planforget", "remind", "remindstop",
    "recall:{slug}:{mark}:en:0a:{letter}", "recall:{slug}:{mark}:en:0a:S", "grade:{slug}:{mark}:en:0a:4",
    "interview:{slug}:{mark}:en:0a", "another:{slug}:{mark}:en", "explain:{slug}:zh", "retype:{kept}",
    "drillwrite:{slug}:{item}:{variant}", "drillwrite:{slug}:{item}", "drill:{slug}:{item}", "drills",
    "drillup:{slug}:{item}:{variant}", "drillhint:{slug}:{item}:{variant}", "drilltest:{slug}:{item}:{variant}",
    "drillgive:{slug}:{item}:{variant}", "drillend:{slug}:{item}:{variant}", "drillwith:{slug}:{item}:{variant}",
    "loopanswer:{round}:0", "loopguess:{round}:6:{letter}", "loopmove:{round}:1:skip", "loopmove:{round}:1:report",
    "loopanew:{round}:45:cv",
    "pair:{round}:accept", "pair:{round}:sheet", "pair:{round}:answer", "pair:{round}:report", "pair:{round}:share",
    "duelyes:{round}", "duelno:{round}", "reviewnext:{slug}:{item}:en",
    "reviewnext:{slug}:{item}:en:{showing}",
    "save:{slug}:how:en", "save:{slug}:how:en:{mark}", "share:{slug}:how:en:{mark}", "link:{slug}:how:en:{mark}",
    "covered", "tellhost:en:0123456789abcdef", "savedpage:0", "savedpage:99", "mock", "mock:{slug}",
    "dailyin:{daily}:zh", "newround:{round}",
    "dailyrole", "packs", "packup", "packup:gone", "packfile:gone", "packdrop:gone",
    "oneitem", "drillshare:{slug}:{item}",
    "setpage:daily", "setpage:gone",
    "gapdraft:en:0123456789abcdef", "draftedit:{slug}", "draftok:{slug}", "draftdrop:{slug}",
    "draftback:{slug}",
]  # fmt: skip
SELECTS = [
    "rest",
    "meant:en",
    "more:{slug}:en",
    "extra:{slug}:en",
    "pick:{slug}:{example}",
    "piece:{run}",
    "draftpart:{slug}",
    "drafts",
    "drillpick:basic",
    "looprole:45",
    "looppart:{round}",
    "pairpoints:{round}",
    "drillcheck:{run}",
    "coveredin:basic:0:en",
    "saved:open:0",
    "saved:remove:9",
    "pack",
]
SELECTS += [f"set:{name}" for name in ("language", "runs", "longest", "atonce", "edited", "roundtime", "dailythread")]
SELECTS += ["setbanks:banks"]
OF_DISCORD = {
    "setin:channels": CHANNEL,
    "setin:daily": CHANNEL,
    "setin:drafts": CHANNEL,
    "setrole": ROLE,
    "setrole:dailyrole": ROLE,
    "setwho:reviewer": WHO,
}
#: What an old select may send: nothing, or what no select of this version offers.
PICKED = ([], ["gone"], ["example:gone"], ["topic:gone"], ["999"], ["-1"], ["x" * 100])
FORMS = [
    "loopsaid:{round}:0",
    "pairsaid:{round}:answer",
    "pairsaid:{round}:comment",
    "followup:{slug}", "set:{slug}:{example}", "code:{slug}:{example}", "code:-:-", "stdin:{run}",
    "spoken:{slug}:{mark}:en:0a", "typed:{round}:{number}", "time",
    "why:{slug}:how:en:{number}", "draftform:{slug}", "drillcode:{slug}:{item}:{variant}",
    "drillfile:{slug}:{item}:{variant}", "planday", "remindat", "tellform", "packform",
]  # fmt: skip
#: The fields of all forms, and one that none has.
FIELDS = (
    "question", "note", "code", "stdin", "answer", "hour", "zone", "STEPS", "why", "reason", "zh", "en", "files",
    "file", "name", "text", "GONE", "day", "minutes",
)  # fmt: skip
FAULT = re.compile(r"Something went wrong|出错了")


def spelled(pattern: str, me: str) -> Iterator[str]:
    """Yield the custom ids that a pattern stands for."""
    names = re.findall(r"{(\w+)}", pattern)
    for values in product(*(PARTS[name] for name in names)):
        yield f"epoch:{pattern.format(**dict(zip(names, values, strict=True)))}".format(me=me)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=20.0) as server:
        server.state.user("learner", manager=True)
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(discord: LoopbackDiscord, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EpochBot]:
    tutor = make_tutor(grader=Grader(bank(), open_encoder()))
    async with bot_in(discord, tmp_path_factory.mktemp("bot"), tutor) as running:
        await running.services.servers.change(int(discord.state.guild_id), run_cooldown_s=0)
        yield running
    await tutor.close()


async def old_message(discord: LoopbackDiscord, custom_id: str, kind: int) -> Message:
    """A message of the bot's with one control, as an earlier version posted it."""
    part: dict[str, Any] = {"type": kind, "custom_id": custom_id, "id": 2}
    part |= {"style": 2, "label": "old"} if kind == BUTTON else {}
    part |= {"options": [{"label": "old", "value": "old"}]} if kind == STRING else {}
    body = {"flags": 1 << 15, "components": [{"type": 1, "id": 1, "components": [part]}]}
    return await discord.posting.post(discord.state.bot, discord.state.channel, body)


async def press(discord: LoopbackDiscord, custom_id: str, kind: int, values: list[str] | None = None) -> Interaction:
    message = await old_message(discord, custom_id, kind)
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind, "id": 2}
    if values is not None:
        data |= {"values": values, "resolved": {}}
    return await discord.interact(COMPONENT, data, "learner", "en-US", discord.state.channel, message)


async def submit(discord: LoopbackDiscord, custom_id: str, fields: dict[str, str]) -> Interaction:
    """Submit a form whose message is gone, for a member dismisses a private one while the form is open."""
    rows = [
        {"type": 18, "id": n, "component": {"type": 4, "id": 50 + n, "custom_id": name, "value": text}}
        for n, (name, text) in enumerate(fields.items(), 1)
    ]
    data = {"custom_id": custom_id, "components": rows}
    return await discord.interact(SUBMITTED, data, "learner", "en-US", discord.state.channel)


async def answered_in_words(discord: LoopbackDiscord, pressed: Interaction) -> None:
    """Wait for what a press brings: a message, a form, or the message being gone."""
    await discord.acknowledged(pressed, LONG_S)
    message = pressed.message
    if message is not None and ":delete:" in str(pressed.payload["data"]):
        await discord.until(lambda: message.deleted or any(m.text for m in pressed.replies), "an end", LONG_S)
        return
    if pressed.modal is None:
        told = await discord.answer_to(pressed, lambda message: bool(message.text), timeout=LONG_S)
        assert not FAULT.search(told.text), f"{pressed}: {told.text}"


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.getMessage() for record in caplog.records]
    return [line for line in said if re.search(r"error [0-9a-f]{8} in|Ignoring exception", line)]


async def test_nothing_that_is_registered_is_left_out(bot: EpochBot) -> None:
    spelt = [f"epoch:{pattern}" for pattern in (*BUTTONS, *SELECTS, *OF_DISCORD)]
    samples = [custom_id for pattern in spelt for custom_id in spelled(pattern.removeprefix("epoch:"), "1")]
    for control in bot.controls:
        assert any(control.template_of().fullmatch(each) for each in samples), f"{control.__name__} is not pressed here"
    submitted = [custom_id for pattern in FORMS for custom_id in spelled(pattern, "1")]
    for form in bot.forms:
        assert any(form.template.fullmatch(each) for each in submitted), f"{form.__name__} is not submitted here"


@pytest.mark.parametrize("pattern", BUTTONS)
async def test_a_button_that_names_what_is_gone_says_so(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, pattern: str
) -> None:
    for custom_id in spelled(pattern, discord.state.user("learner").id):
        await answered_in_words(discord, await press(discord, custom_id, BUTTON))
    assert faults(caplog) == []


@pytest.mark.parametrize("pattern", SELECTS)
async def test_a_select_that_sends_nothing_or_what_is_gone_says_so(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, pattern: str
) -> None:
    for custom_id in spelled(pattern, ""):
        for values in PICKED:
            await answered_in_words(discord, await press(discord, custom_id, STRING, values))
    assert faults(caplog) == []


@pytest.mark.parametrize(("custom_id", "kind"), OF_DISCORD.items())
async def test_a_select_of_channels_or_roles_may_be_emptied(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, custom_id: str, kind: int
) -> None:
    await answered_in_words(discord, await press(discord, f"epoch:{custom_id}", kind, []))
    assert faults(caplog) == []


@pytest.mark.parametrize("pattern", FORMS)
async def test_a_form_that_names_what_is_gone_or_lacks_a_field_says_so(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, pattern: str
) -> None:
    for custom_id in spelled(pattern, ""):
        for fields in ({}, dict.fromkeys(FIELDS, ""), dict.fromkeys(FIELDS, "what is a gan"), {"other": "x"}):
            await answered_in_words(discord, await submit(discord, custom_id, fields))
    assert faults(caplog) == []
