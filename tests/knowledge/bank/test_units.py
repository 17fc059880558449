"""Pages of units: what is read from them, and each rule broken once."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from knowledge.bank.loader import load_topic
from knowledge.bank.models import LANGS
from knowledge.bank.units import misplaced, parse, shown
from knowledge.check import check
from tests.knowledge.tiny import TOPIC, accept_by_hand, edit, write_topic

PAGE = """\
What stands before the first lead.

**Why so?** {#why} Because.
```
**no lead** {#no}
```
And so on.

- **A bullet** {#bullet} of its own.
1. **A number:** {#number} too.
"""
IDS = {"answer": "answer", "how": "how", "practice": "practice", "pitfalls": "pitfalls", "interview": "median"}
LEADS = {"zh": ("**什么时候用中位数？** ", "**什么时候用中位数？** {#median} "),
         "en": ("**When would you take the median?** ", "**When would you take the median?** {#median} ")}  # fmt: skip
ASKS = """\
[asks.answer]
zh = ["怎么求平均", "平均数怎么算"]
en = ["how to average", "what is a sample mean"]
[asks.how]
zh = ["标准误怎么算", "样本要多少才够"]
en = ["how does the standard error fall", "how many samples are enough"]
[asks.practice]
zh = ["报告均值要附什么", "先看分布吗"]
en = ["what to report beside a mean", "look at the distribution first?"]
[asks.pitfalls]
zh = ["平均会被极端值带偏吗", "离群点怎么影响均值"]
en = ["outliers ruin my average", "one extreme value"]
[asks.median]
zh = ["什么时候用中位数", "长尾分布取什么"]
en = ["when to use the median", "long tail: mean or median"]
"""


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    """A sound topic made of units."""
    return write_units(tmp_path / "topics")


def write_units(root: Path) -> Path:
    """Write a sound topic made of units, with its transcript, and return its folder."""
    folder = write_topic(root)
    for lang in LANGS:
        edit(folder / f"{lang}.md", *LEADS[lang])
    start, end = TOPIC.index("[asks]"), TOPIC.index("[[key_points]]")
    edit(folder / "topic.toml", TOPIC[start:end], ASKS)
    accept_by_hand(folder)
    return folder


def found(folder: Path) -> list[str]:
    return [
        str(problem) for problem in asyncio.run(check(folder.parent, (), run=False, today=date(2026, 11, 29))).problems
    ]


def test_a_section_is_read_as_its_units() -> None:
    units = parse("how", PAGE)
    assert [(unit.id, unit.lead) for unit in units] == [
        ("how", ""), ("why", "Why so?"), ("bullet", "A bullet"), ("number", "A number:"),
    ]  # fmt: skip
    assert units[1].text == "**Why so?** Because.\n```\n**no lead** {#no}\n```\nAnd so on."
    assert units[2].text == "- **A bullet** of its own."


def test_people_read_no_ids() -> None:
    assert "{#why}" not in shown(PAGE)
    assert "{#no}" in shown(PAGE), "code stays as it is"
    assert [unit.lead for unit in parse("how", "**Bold** and no id.")] == [""]


def test_an_id_that_belongs_to_no_lead_is_found() -> None:
    assert misplaced("some text {#x}\n\n**Lead** {#y} text\n\ntext **Lead** {#z}") == [1, 5]
    assert misplaced(PAGE) == []


def test_a_topic_of_units_is_sound_and_its_asks_are_those_of_all_units(topic: Path) -> None:
    assert found(topic) == []
    loaded, _ = load_topic(topic)
    assert loaded is not None
    assert [unit.id for unit in loaded.units["zh"]] == list(IDS.values())
    assert loaded.meta.asks.zh[:3] == ("怎么求平均", "平均数怎么算", "标准误怎么算")
    assert set(loaded.meta.unit_asks) == set(IDS.values())
    assert "{#" not in "".join(loaded.sections["en"].values())


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("en.md", " {#median}", "", "unit 1 is none, in zh.md it is 'answer' of answer"),
        ("en.md", "{#median}", "{#middle}", "unit 5 is 'middle' of interview, in zh.md it is 'median'"),
        ("zh.md", "附上标准误。", "附上标准误。 {#stray}", "line 13 has an id that belongs to no lead"),
        ("en.md", "When the distribution", "When " + "the distribution " * 90, "unit 'median' has 1"),
        ("zh.md", "分布有长尾", "分布有长尾" * 70, "unit 'median' has 3"),
        ("topic.toml", "[asks.median]", "[asks.midst]", "[asks.midst] has no unit"),
        ("topic.toml", "[asks.median]", "[asks.midst]", "unit 'median' has no asks in zh; add [asks.median]"),
        ("topic.toml", '"when to use the median"', '"the wasserstein median"', "asks for wasserstein, which the unit"),
        (
            "topic.toml",
            '"when to use the median"',
            '"label smoothing by the median"',
            "asks for label smoothing, which the",
        ),
        ("topic.toml", '"when to use the median"', '"median and the L0 norm"', "asks for l0, which the unit"),
        ("topic.toml", '"when to use the median"', '"option A for the median"', "asks for option a, which the unit"),
        ("topic.toml", '"什么时候用中位数"', '"反向传播怎么用中位数"', "asks for 反向传播, which the unit"),
    ],
)
def test_each_rule_of_units_can_fail(topic: Path, file: str, old: str, new: str, says: str) -> None:
    edit(topic / file, old, new)
    assert any(says in problem for problem in found(topic)), found(topic)
