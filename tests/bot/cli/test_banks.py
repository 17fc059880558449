"""Own banks in a terminal: made, checked, named in the doctor, and named under their answers."""

from __future__ import annotations

import io
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from rich.console import Console

from bot import factory
from bot.cli import _probes
from bot.cli._probes import probe_banks, probes
from bot.exports.notebook import notebook
from bot.factory import open_bank
from bot.settings import Settings
from bot.study.banks import LONGEST_SLUG
from bot.terminal.answers import Answers
from knowledge.bank.banks import joined
from knowledge.bank.errors import ScaffoldError
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Lang
from knowledge.check import check
from knowledge.check.scaffold import new, new_bank
from runners.local import LocalRunner
from tests.bot.cli.test_cli import epoch, one_line
from tests.knowledge.banks import small_bank
from tests.knowledge.second_bank import SLUGS, both_banks, write_second_bank
from tests.knowledge.tiny import edit


def settings(*banks: Path | str) -> Settings:
    return Settings(_env_file=None, banks=",".join(map(str, banks)))  # type: ignore[call-arg]


async def test_a_new_bank_breaks_no_rule_and_takes_a_topic(tmp_path: Path) -> None:
    made = new_bank(tmp_path / "mine", title='My "first" bank')
    bank = load_bank(made)
    assert bank.problems == ()
    assert [(origin.title.zh, origin.title.en) for origin in bank.origins] == [('My "first" bank',) * 2]
    assert (await check(made, run=False)).problems == ()
    assert new("my-topic", made) == made / "my-topic"
    report = await check(made, ["my-topic"], run=False)
    assert {problem.path.partition("/")[0] for problem in report.problems} == {"my-topic"}
    assert list(load_bank(made).topics) == list(bank.topics), "a draft never goes live"


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_each_proof_of_a_new_bank_and_of_the_second_one_holds(tmp_path: Path, needs_wall: None) -> None:
    runner = LocalRunner(warm=True)
    report = await check(write_second_bank(tmp_path / "basics"), runner=runner)
    await runner.close()
    assert report.problems == ()
    assert report.topics == len(SLUGS)


async def test_a_topic_of_the_packaged_bank_may_be_named_in_a_bank_but_not_made_anew(tmp_path: Path) -> None:
    made = write_second_bank(tmp_path / "basics")
    edit(made / "sql-joins" / "topic.toml", 'related = ["hash-tables"]', 'related = ["k-means", "no-topic"]')
    (made / "hash-tables").rename(made / "gan")
    said = [str(problem) for problem in (await check(made, run=False)).problems]
    assert "gan: has the slug of a topic of the packaged bank; give its folder another name" in said
    assert [line for line in said if "related names" in line and "sql-joins" in line] == [
        "sql-joins/topic.toml: related names 'no-topic', which is no topic; correct it or remove it"
    ]


def test_the_command_says_what_comes_next_and_overwrites_nothing(tmp_path: Path) -> None:
    there, env = tmp_path / "a bank", {"EPOCH_LANG": "zh"}
    made = epoch("new-bank", there, cwd=tmp_path, env=env)
    assert (made.returncode, made.stderr) == (0, "")
    assert f"新建主题：epoch new SLUG --root '{there}'；检查全部：epoch check --root '{there}'" in made.stdout
    assert f"设 EPOCH_BANKS='{there}' 就能用它回答" in made.stdout
    before = {file: file.read_bytes() for file in there.rglob("*") if file.is_file()}
    refused = epoch("new-bank", there, "--title", "x", cwd=tmp_path, env=env)
    assert refused.returncode == 1
    assert one_line(refused).startswith(f"epoch: {there} 已存在而且不是空的；")
    assert {file: file.read_bytes() for file in there.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("title", ["", " ", "x" * 61, "two\nlines", "bell\x07"])
def test_a_bad_title_makes_nothing(tmp_path: Path, title: str) -> None:
    with pytest.raises(ScaffoldError, match="is no title; give 1 to 60 characters"):
        new_bank(tmp_path / "mine", title)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few topics in place of all the packaged ones, which take a while to load."""
    monkeypatch.setattr(_probes, "load_bank", small_bank)
    monkeypatch.setattr(factory, "load_banks", partial(joined, small_bank()))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_doctor_and_the_log_name_what_is_left_out(
    tmp_path: Path, lang: Lang, caplog: pytest.LogCaptureFixture
) -> None:
    basics, missing = write_second_bank(tmp_path / "basics"), tmp_path / "missing"
    edit(basics / "sql-joins" / "en.md", "Think of", "TODO think of")
    read = settings(basics, missing)
    probe = probe_banks(read, lang)
    assert (probe.state, bool(probe.fix)) == ("warning", True)
    title = {"en": "Programming basics (basics): 2 topics", "zh": "编程基础 (basics)：2 个主题"}[lang]
    assert probe.detail.startswith(title)
    assert {"en": f"{missing}: is no folder", "zh": f"{missing}：不是文件夹"}[lang] in probe.detail
    assert "basics/sql-joins/en.md" in probe.detail
    assert SLUGS & set(open_bank(read).topics) == SLUGS - {"sql-joins"}
    logged = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(logged) == 2
    assert logged[0].startswith(
        "left out of the bank: basics/sql-joins/en.md: line 5 says 'TODO think of the result so:"
    )
    assert logged[1].startswith(f"left out of the bank: {missing}: is no folder; correct it")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_topic_whose_slug_no_button_could_carry_is_left_out_and_named(
    tmp_path: Path, lang: Lang, caplog: pytest.LogCaptureFixture
) -> None:
    basics = write_second_bank(tmp_path / "basics")
    fits, long = f"hash-{'t' * (LONGEST_SLUG - 5)}", f"sql-{'j' * (LONGEST_SLUG - 3)}"
    edit(basics / "sql-joins" / "topic.toml", 'related = ["hash-tables"]', "related = []")
    (basics / "hash-tables").rename(basics / fits)
    (basics / "sql-joins").rename(basics / long)
    read = settings(basics)
    found = open_bank(read).topics
    assert fits in found
    assert long not in found
    (said,) = [line for record in caplog.records if long in (line := record.getMessage())]
    assert said.endswith(
        "has a name of 45 characters; name its folder with at most 44: the ids of buttons hold no more"
    )
    told = {"en": "has a name of 45 characters", "zh": "名字有 45 个字符"}[lang]
    probe = probe_banks(read, lang)
    assert (probe.state, long in probe.detail, told in probe.detail) == ("warning", True, True)


@pytest.mark.usefixtures("small")
def test_the_doctor_speaks_of_banks_where_a_host_names_some(tmp_path: Path) -> None:
    with_one, without = settings(write_second_bank(tmp_path / "basics")), settings()
    looked = [[probe.name for probe in islice(probes(each), 3)] for each in (with_one, without)]
    assert looked == [["python", "bank", "banks"], ["python", "bank", "wall"]]


@pytest.mark.parametrize(("lang", "line"), [("en", "From the bank: "), ("zh", "题库：")])
def test_an_answer_names_its_bank_in_the_terminal_and_in_a_notebook(tmp_path: Path, lang: Lang, line: str) -> None:
    bank = both_banks(tmp_path / "basics")

    def shown(slug: str) -> str:
        text = io.StringIO()
        Answers(Console(file=text, width=200), bank).section(bank[slug], "answer", lang)
        return text.getvalue()

    title = bank["sql-joins"].origin
    assert title is not None
    assert f"{line}{title.title[lang]} · Epoch's tests · MIT\n" in shown("sql-joins")
    assert line not in shown("gan")
    assert title.title[lang] in notebook(bank["sql-joins"], lang).decode()


def test_a_foreign_example_runs_from_the_command_line(tmp_path: Path, needs_wall: None) -> None:
    basics = write_second_bank(tmp_path / "basics")
    done = epoch("run", "sql-joins", cwd=tmp_path, env={"EPOCH_BANKS": str(basics)})
    assert done.returncode == 0, done.stderr
    assert "Bo   None" in done.stdout
