"""Which servers are a process's, and what of EPOCH_SHARDS makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.shards import ALL, Shards
from tests.bot.cli.test_cli import epoch, one_line


def test_every_server_and_every_direct_message_is_exactly_one_process_s() -> None:
    processes = [Shards.read(written) for written in ("0,1/4", "2/4", " 3 / 4 ")]
    for guild_id in [None, *((n << 22) + 5 for n in range(9))]:
        assert sum(shards.have(guild_id) for shards in processes) == 1
        assert ALL.have(guild_id)
    assert [str(shards) for shards in (*processes, ALL)] == ["0,1/4", "2/4", "3/4", "all"]
    assert processes[0].have(None)
    assert processes[1].have((6 << 22) + 1)


def test_it_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(_env_file=None).shards == ALL  # type: ignore[call-arg]
    monkeypatch.setenv("EPOCH_SHARDS", "1,0/4")
    assert Settings(_env_file=None).shards == Shards((0, 1), 4)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("4", "like 0,1/4"), ("0-1/4", "like 0,1/4"), ("0,/4", "like 0,1/4"), ("/4", "like 0,1/4"),
        ("0/0", "not 0"), ("0/20000", "not 20000"), ("1,4/4", "no shard 4"), ("1,1/4", "named twice"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_few_words(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Shards.read(written)


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "EPOCH_SHARDS is not usable: of 4 shards the last is 3"), ("zh", "最后一个分片是 3")]
)
def test_a_bad_value_is_one_line_in_the_language_of_the_interface(tmp_path: Path, lang: str, says: str) -> None:
    result = epoch("doctor", cwd=tmp_path, env={"EPOCH_SHARDS": "1,4/4", "LC_ALL": f"{lang}_US.UTF-8"})
    assert result.returncode == 2
    assert says in one_line(result)
