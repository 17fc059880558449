"""A server setting is one field: its control, what a press saves and what an old press does follow from it.

Each toy setting here is added in one line, and in the wording; no line of the bot knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import pytest
import simcord
from pydantic import BaseModel, Field

from bot.discord.hosting.controls import settings_view
from bot.discord.server_settings import Servers
from bot.store.guilds import DailyTime, Guilds, GuildSettings
from bot.store.setting_fields import Channels, OneNumber, OneOf, OneRole, Schedule, Toggle, fields_of
from bot.wording import entries
from knowledge.bank.models import LANGS
from tests.bot.discord.hosting.test_hosting import choose, host_of, panel_of
from tests.bot.world import World, controls_of, discord_world, text_of


class Greets(GuildSettings):
    greeting: Annotated[bool, Toggle()] = True


class Speaks(GuildSettings):
    tone: Annotated[Literal["plain", "warm"] | None, OneOf()] = None


class Waits(GuildSettings):
    wait_s: Annotated[float, OneNumber("wait", some=(0, 5, 50))] = Field(5, ge=0, le=50)


class Welcomes(GuildSettings):
    door: Annotated[int | None, Channels(most=1)] = None


class Mentors(GuildSettings):
    mentor: Annotated[int | None, OneRole()] = None


class Digests(GuildSettings):
    digest: Annotated[DailyTime | None, Schedule()] = None


#: Components of every page beside its settings.
FRAME_AND_HEAD = 2

#: A model each, with the texts that its setting needs.
TOYS: dict[type[GuildSettings], set[str]] = {
    Greets: {"greeting", "greeting_on", "greeting_off"},
    Speaks: {"tone", "tone_auto", "tone_plain", "tone_warm"},
    Waits: {"wait", "wait_value"},
    Welcomes: {"door", "door_none"},
    Mentors: {"mentor", "mentor_none"},
    Digests: {"digest", "digest_none", "digest_title"},
}


def missing(model: type[GuildSettings]) -> set[str]:
    """Texts that a panel of a model needs and the wording has not."""
    needed = [keys for setting in fields_of(model).values() for keys in setting.texts()]
    return {keys[-1] for keys in needed if not any(f"discord.settings.{key}" in entries() for key in keys)}


def bare(model: type[GuildSettings]) -> set[str]:
    """Fields of a model that nobody can set."""
    settings = fields_of(model).values()
    return set(model.model_fields) - {s.field for s in settings} - {name for s in settings for name in s.kind.owns}


def test_every_setting_has_its_texts_a_name_of_its_own_and_a_control() -> None:
    assert missing(GuildSettings) == set()
    assert bare(GuildSettings) == set()
    names = [kind.name or field for field, info in GuildSettings.model_fields.items() for kind in info.metadata
             if hasattr(kind, "heading")]  # fmt: skip
    assert len(names) == len(set(names)) == len(fields_of(GuildSettings))


@pytest.mark.parametrize(("model", "texts"), TOYS.items(), ids=[toy.__name__ for toy in TOYS])
def test_a_setting_without_wording_is_noticed_and_cannot_be_shown(model: type[GuildSettings], texts: set[str]) -> None:
    assert missing(model) == texts
    with pytest.raises(KeyError):
        settings_view(model(), "en")


def test_a_field_that_nobody_can_set_is_noticed() -> None:
    class Bare(GuildSettings):
        forgotten: bool = True

    assert bare(Bare) == {"forgotten"}


@pytest.fixture
def wording(monkeypatch: pytest.MonkeyPatch) -> None:
    for texts in TOYS.values():
        for key in texts:
            text = {lang: f"{lang} {key}" + (" {value}" if key.endswith("_value") else "") for lang in LANGS}
            monkeypatch.setitem(entries(), f"discord.settings.{key}", text)


async def use(world: World, model: type[GuildSettings]) -> None:
    """Have the bot know the settings of a model, as one that starts with it does."""
    services = world.bot.services
    servers = await Servers.load(Guilds(services.store.database, model), services.clock)
    world.bot.services = replace(services, servers=servers)


async def saved(world: World, model: type[GuildSettings], field: str) -> Any:  # noqa: ANN401 - whatever it is
    """What is set, by the bot and by its next start."""
    now = getattr(world.bot.services.servers.of(world.guild.id), field)
    kept = await Guilds(world.bot.services.store.database, model).get(world.guild.id)
    assert getattr(kept, field) == now
    return now


@pytest.mark.parametrize(
    ("model", "name", "field", "picked", "value", "label"),
    [
        (Greets, "greeting", "greeting", "off", False, "en greeting_off"),
        (Speaks, "tone", "tone", "warm", "warm", "en tone_warm"),
        (Waits, "wait", "wait_s", "50", 50.0, "en wait_value 50"),
    ],
)
@pytest.mark.usefixtures("wording")
async def test_a_value_is_shown_saved_and_of_an_old_panel_refused(
    tmp_path: Path, model: type[GuildSettings], name: str, field: str, picked: str, value: object, label: str
) -> None:
    async with discord_world(tmp_path) as world:
        await use(world, model)
        host, custom_id = host_of(world), f"epoch:set:{name}"
        panel = await panel_of(world, host, custom_id)
        assert f"en {name}" in text_of(panel)
        shown = selects(panel)[custom_id]
        assert label in {option["label"] for option in shown}
        await choose(host, panel, [picked], custom_id)
        assert await saved(world, model, field) == value
        assert [o["label"] for o in selects(panel)[custom_id] if o.get("default")] == [label], "the panel is drawn anew"

        await use(world, GuildSettings)  # a version without that setting, and its panel still open
        before = world.bot.services.servers.of(world.guild.id)
        pressed = await choose(host, panel, [picked], custom_id)
        assert "no such setting any more" in text_of(pressed.followups[-1])
        assert world.bot.services.servers.of(world.guild.id) == before


@pytest.mark.usefixtures("wording")
def test_settings_stand_on_as_few_pages_as_discord_allows_and_each_once() -> None:
    class Many(Greets, Speaks, Waits, Digests, Mentors):
        pass

    class Few(BaseModel):
        greeting: Annotated[bool, Toggle()] = True

    settings = Many(daily=DailyTime(channel_id=1, hour=8, zone="UTC", since=0.0))
    first = settings_view(settings, "en")
    pages: list[list[dict[str, Any]]] = []
    leads: set[str] = set()
    for beside in fields_of(Many):
        page = list(walked(settings_view(settings, "en", beside=beside).to_components()))
        if page not in pages:
            pages.append(page)
    seen, sizes = [], []
    for page in pages:
        assert len(page) <= 40
        ids = {each["custom_id"] for each in page if "custom_id" in each}
        to_others = {each for each in ids if each.startswith("epoch:setpage:")}
        leads |= to_others
        seen += ids - to_others
        sizes.append(len(page) - FRAME_AND_HEAD - len(to_others) - 1)
    assert len(leads) == len(pages) > 1
    assert all(one + next_one > 40 - FRAME_AND_HEAD - 4 for one, next_one in pairwise(sizes)), "no page too many"
    assert len(seen) == len(set(seen)), "no control on two pages"
    assert "epoch:set:wait" in seen
    assert str(first.to_components()) == str(settings_view(settings, "en", beside="gone").to_components())
    alone = settings_view(cast("GuildSettings", Few()), "en").to_components()
    assert "epoch:setpage:" not in str(alone), "the control: these fit into one"


def walked(parts: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield part
        yield from walked(part.get("components", ()))


def selects(panel: simcord.ResponseMessage) -> dict[str, list[dict[str, Any]]]:
    """The options of each select."""
    found: dict[str, list[dict[str, Any]]] = {}
    waiting: list[Any] = [component.to_dict() for component in panel.message.components]
    while waiting:
        part = waiting.pop()
        waiting += part.get("components", ())
        if "options" in part:
            found[part["custom_id"]] = part["options"]
    return found


@pytest.mark.usefixtures("wording")
async def test_a_number_out_of_bounds_and_a_value_that_is_gone_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Once(GuildSettings):
        wait_s: Annotated[float, OneNumber("wait", some=(0, 5, 99))] = Field(5, ge=0, le=99)
        tone: Annotated[Literal["plain", "loud"], OneOf()] = "plain"

    class Now(Waits, Speaks):
        pass

    monkeypatch.setitem(entries(), "discord.settings.tone_loud", dict.fromkeys(LANGS, "loud"))
    async with discord_world(tmp_path) as world:
        await use(world, Once)
        host = host_of(world)
        assert "epoch:set:wait" not in controls_of(await panel_of(world, host)), "they are too many for one message"
        old = {name: await panel_of(world, host, f"epoch:set:{name}") for name in ("wait", "tone")}
        await use(world, Now)
        for name, picked in (("wait", "99"), ("tone", "loud")):
            pressed = await choose(host, old[name], [picked], f"epoch:set:{name}")
            assert "no such setting any more" in text_of(pressed.followups[-1])
        assert world.bot.services.servers.of(world.guild.id) == Now()
        await choose(host, old["wait"], ["5"], "epoch:set:wait")
        assert await saved(world, Now, "wait_s") == 5.0, "what still fits holds"


@pytest.mark.usefixtures("wording")
async def test_a_channel_and_a_role_are_saved_and_taken_back(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        host = host_of(world)
        await use(world, Welcomes)
        panel = await panel_of(world, host)
        await choose(host, panel, [world.channel], "epoch:setin:door")
        assert await saved(world, Welcomes, "door") == world.channel.id
        await choose(host, panel, [], "epoch:setin:door")
        assert await saved(world, Welcomes, "door") is None

        await use(world, Mentors)
        role, helpers = world.guild.create_role("mentors"), world.guild.create_role("helpers")
        panel = await panel_of(world, host)
        await choose(host, panel, [helpers], "epoch:setrole")
        await choose(host, panel, [role], "epoch:setrole:mentor")
        assert await saved(world, Mentors, "mentor") == role.id
        assert await saved(world, Mentors, "helper_role") == helpers.id, "the first role keeps its old custom id"
        await use(world, GuildSettings)
        pressed = await choose(host, panel, [role], "epoch:setrole:mentor")
        assert "no such setting any more" in text_of(pressed.followups[-1])


@pytest.mark.usefixtures("wording")
async def test_a_time_is_set_in_its_own_form_and_leaves_that_of_the_daily_question(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        await use(world, Digests)
        host = host_of(world)
        panel = await panel_of(world, host)
        await choose(host, panel, [world.channel], "epoch:setin:digest")
        opened = await host.click(panel, custom_id="epoch:settime:digest")
        assert opened.modal is not None
        assert opened.modal["title"] == "en digest_title"
        await host.submit_modal(opened, {"hour": "7", "zone": "Europe/Berlin"})
        digest = await saved(world, Digests, "digest")
        assert (digest.channel_id, digest.hour, digest.zone) == (world.channel.id, 7, "Europe/Berlin")
        assert await saved(world, Digests, "daily") is None
        assert controls_of(panel)["epoch:settime:digest"] == "7:00 · Europe/Berlin"
        opened = await host.click(panel, custom_id="epoch:settime:digest")
        bad = await host.submit_modal(opened, {"hour": "25", "zone": "UTC"})
        assert "is no time I can use" in text_of(bad.followups[-1])
        assert await saved(world, Digests, "digest") == digest
        opened = await host.click(panel, custom_id="epoch:settime:digest")
        await use(world, GuildSettings)
        late = await host.submit_modal(opened, {"hour": "8", "zone": "UTC"})
        assert "no such setting any more" in text_of(late.followups[-1])
        pressed = await host.click(panel, custom_id="epoch:settime:digest")
        assert "no such setting any more" in text_of(pressed.response)


def test_a_number_without_values_offers_its_bounds_and_what_was_set_otherwise_is_among_them() -> None:
    class Counts(GuildSettings):
        seats: Annotated[int, OneNumber()] = Field(3, ge=2, le=5)
        pause_s: Annotated[float | None, OneNumber("pause", some=(10, 60), switch="paused")] = Field(None, ge=0)
        paused: bool = True

    seats, pause = fields_of(Counts)["seats"], fields_of(Counts)["pause"]
    assert isinstance(seats.kind, OneNumber)
    assert isinstance(pause.kind, OneNumber)
    assert seats.kind.values(seats.info, 3) == ["2", "3", "4", "5"]
    assert pause.kind.values(pause.info, None) == ["off", "auto", "10", "60"]
    assert pause.kind.values(pause.info, 12.5) == ["off", "auto", "10", "12.5", "60"]
    assert bare(Counts) == set()
    for settings, value in (
        (Counts(), "auto"),
        (Counts(pause_s=60), "60"),
        (Counts(pause_s=60, paused=False), "off"),
    ):
        assert pause.kind.value("pause_s", settings) == value
    assert pause.kind.changes("pause_s", "off") == {"paused": False}
    assert pause.kind.changes("pause_s", "auto") == {"paused": True, "pause_s": None}
    with pytest.raises(ValueError, match="could not convert"):
        seats.kind.changes("seats", "many")
    with pytest.raises(ValueError, match="neither on nor off"):
        Toggle().changes("greeting", "perhaps")
