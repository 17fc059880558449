from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from bot.settings import Settings
from knowledge.bank.loader import load_bank
from tests.bench import serve as bench
from tests.discord.server import LoopbackDiscord


def figures(start_s: float = 2.0, rest: float = 600.0, slope: float = 0.2) -> dict[str, object]:
    at_rest = {"rest_pss_mb": rest, "slope_mb_a_thousand_asks": slope, "asks": 1000}
    starts = [bench.Took(seconds, 3.0) for seconds in (start_s, start_s, 99.0)]
    return bench.summary(starts, [bench.Took(1.0, 2.0)] * 3, at_rest)


def test_a_start_is_the_ratio_of_medians_and_comes_first() -> None:
    found = figures()
    assert next(iter(found.items())) == ("start_to_reference", 2.0)
    assert found["held"]
    assert found["start_cpu_to_reference"] == 1.5
    assert found["asks"] == 1000


@pytest.mark.parametrize("missed", [{"start_s": 2.6}, {"rest": 701.0}, {"slope": 1.1}], ids=str)
def test_one_of_the_three_missed_is_missed(missed: dict[str, float]) -> None:
    assert not figures(**missed)["held"]


def test_no_question_of_the_soak_comes_twice_in_a_thousand() -> None:
    asked = list(islice(bench.questions(load_bank(), random.Random(1)), 1000))
    assert len(set(asked)) == 1000


async def test_a_bot_in_many_servers_is_told_of_all_of_them(tmp_path: Path) -> None:
    from tests.bench.scale import populate
    from tests.bot.world import make_tutor
    from tests.discord.inside import bot_in

    tutor = make_tutor()
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        servers = populate(discord, 40)
        async with bot_in(discord, tmp_path, tutor) as bot:
            assert {guild_id for guild_id, _ in servers} < {guild.id for guild in bot.guilds}
    await tutor.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_of_it_is_measured(tmp_path: Path) -> None:
    read = Settings(_env_file=None, cache_dir=tmp_path)  # type: ignore[call-arg]
    found = bench.measure(read, load_bank(), rounds=1, asks=40)
    assert found["starts"] == 1
    assert found["start_s"] > found["reference_s"] > 0
    assert {"bot", "epoch-zygote"} <= set(found["rest_pss_mb_by_process"])
