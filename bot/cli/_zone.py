"""`--zone`: the time zone in which the days of the terminal's user begin."""

from __future__ import annotations

import time
from zoneinfo import available_timezones

from bot.cli._base import UsageProblem, interface_lang
from bot.cli._consoles import out
from bot.settings import Settings
from bot.store.location import open_store
from bot.wording import say


async def keep_zone(read: Settings, zone: str | None) -> None:
    """Keep the zone that was typed, if any; it goes before the system's from then on."""
    if zone is None:
        return
    if zone not in available_timezones():
        raise UsageProblem(f"there is no time zone {zone}; write it as Europe/Berlin")
    from bot.study.learning import TERMINAL

    async with await open_store(read) as store:
        await store.members.set_zone(TERMINAL, zone, time.time())
    out.print(say("studying.zone.set", interface_lang(read), zone=zone), markup=False)
