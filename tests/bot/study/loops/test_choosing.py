"""What is asked: of a role, of a member, and after an answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.study.loops import machine
from bot.study.loops.choosing import OPEN, follow_up, parts_of_role
from bot.study.loops.machine import Part
from bot.study.loops.report import report, shown
from bot.study.loops.roles import Role, RoleError, find_role, load_roles, matching
from bot.wording.translation import in_lang
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank, InWords, Text
from knowledge.search.terms import UnitRef
from tests.bot.study.loops.samples import NOW, loop

BANK = load_bank()
ROLES = load_roles(BANK)
TITLE = 'title = { zh = "甲", en = "A" }\n'


@pytest.mark.parametrize("name", ["cv", "ds", "llm", "mle"])
@pytest.mark.parametrize("seed", range(5))
def test_every_role_gives_three_questions_of_three_topics_a_bug_and_a_drill(name: str, seed: int) -> None:
    parts = parts_of_role(ROLES[name], BANK, "en", Random(seed), limit_s=2_700, recalled={})
    kinds = [part.kind for part, _ in parts]
    assert kinds == ["open", "follow_up"] * OPEN + ["bug", "drill"]
    assert len({part.topic for part, _ in parts if part.kind == "open"}) == OPEN
    assert {part.topic for part, _ in parts} <= set(ROLES[name].topics)
    assert all(minutes > 0 for _, minutes in parts)


def test_the_packaged_roles_name_only_topics_of_the_bank() -> None:
    for file in (Path(__file__).parents[4] / "bot" / "study" / "roles").glob("*.toml"):
        topics = file.read_text(encoding="utf-8").split("[topics]\n")[1].splitlines()
        assert {line.split(" =")[0] for line in topics} == set(ROLES[file.stem].topics)


def test_what_was_asked_last_time_is_left_for_another_time() -> None:
    first = [part for part, _ in parts_of_role(ROLES["cv"], BANK, "en", Random(1), limit_s=2_700, recalled={})]
    last = replace(loop("en"), parts=tuple(first))
    asked = {(part.topic, part.item) for part in first if part.item}
    for seed in range(5):
        then = parts_of_role(ROLES["cv"], BANK, "en", Random(seed), limit_s=2_700, recalled={}, last=last)
        assert not asked & {(part.topic, part.item) for part, _ in then if part.item}


def test_a_topic_that_is_forgotten_is_drawn_more_often_than_one_that_is_known() -> None:
    role = Role("two", Text(zh="二", en="two"), {"gan": 1, "vae": 1})
    drawn = [
        parts_of_role(role, BANK, "en", Random(seed), limit_s=2_700, recalled={"gan": 1.0})[0][0].topic
        for seed in range(200)
    ]
    assert drawn.count("vae") > 2 * drawn.count("gan") > 0


def test_a_drill_that_passed_comes_only_where_there_is_no_other_and_a_short_clock_has_a_short_one() -> None:
    role = Role("two", Text(zh="二", en="two"), {"decoding-sampling": 1})
    names = [drill.item for drill in BANK["decoding-sampling"].drills]
    passed = {("decoding-sampling", names[0])}
    for seed in range(5):
        *_, (drill, _) = parts_of_role(role, BANK, "en", Random(seed), limit_s=7_200, recalled={}, passed=passed)
        assert drill.item == names[1]
    for seed in range(20):
        *_, (drill, minutes) = parts_of_role(ROLES["cv"], BANK, "en", Random(seed), limit_s=1_200, recalled={})
        assert drill.kind == "drill"
        assert minutes <= 10


def test_a_bank_with_nothing_of_the_role_gives_no_parts() -> None:
    assert parts_of_role(ROLES["cv"], Bank(topics={}), "en", Random(1), limit_s=900, recalled={}) == []


def test_the_follow_up_asks_for_a_point_that_was_not_made_by_the_unit_that_answers_it() -> None:
    topic = BANK["gan"]
    asked = next(item for item in topic.quiz if isinstance(item, InWords))
    asking = next(unit for unit in topic.units["en"] if unit.lead.endswith("?"))
    silent = next(unit for unit in topic.units["en"] if unit.lead and not unit.lead.endswith("?"))
    part = Part("open", "gan", asked.id, points=tuple(asked.points))
    first, second, third = asked.points[:3]
    there, other = UnitRef("gan", asking.section, asking.id), UnitRef("gan", silent.section, silent.id)
    found = follow_up(topic, "en", part, {first}, {second: other, third: there})
    assert found == Part("follow_up", "gan", unit=asking.id, points=(third,))
    fallen_back = follow_up(topic, "en", part, {first}, {second: other, third: other})
    assert fallen_back is not None
    assert fallen_back.item not in ("", asked.id)
    assert not set(fallen_back.points) <= set(asked.points)
    all_made = follow_up(topic, "en", part, set(asked.points), {6: there})
    assert all_made is not None
    assert all_made.item == fallen_back.item, "nothing was missed: it goes on to the rest of the topic"


def test_without_another_item_a_question_of_the_page_is_asked_and_without_any_there_is_no_follow_up() -> None:
    topic = BANK["gan"]
    asked = next(item for item in topic.quiz if isinstance(item, InWords))
    part = Part("open", "gan", asked.id, points=tuple(asked.points))
    alone = topic.model_copy(update={"quiz": (asked,)})
    found = follow_up(alone, "zh", part, set(asked.points), {})
    assert found is not None
    assert (found.item, found.points) == ("", ())
    unit = next(unit for unit in topic.units["zh"] if unit.id == found.unit)
    assert unit.section == "interview"
    bare = alone.model_copy(update={"units": {"zh": (), "en": ()}})
    assert follow_up(bare, "zh", part, set(asked.points), {}) is None


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("Bad Name.toml", TITLE + "[topics]\ngan = 1\n", "has a name that no one can type"),
        ("a.toml", "title = ", "cannot be read"),
        ("a.toml", TITLE + "[topics]\n", "is wrong at topics"),
        ("a.toml", TITLE + "[topics]\ngan = 0\n", "is wrong at topics.gan"),
        ("a.toml", TITLE + "minutes = 3\n[topics]\ngan = 1\n", "is wrong at minutes"),
        ("a.toml", 'title = { zh = "甲" }\n[topics]\ngan = 1\n', "is wrong at title.en"),
        ("a.toml", TITLE + "[topics]\ncooking = 1\n", "names cooking, which is no topic"),
    ],
)
def test_a_role_of_the_hosts_that_cannot_be_used_is_told_and_served_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, content: str, told: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(RoleError, match=told) as raised:
        load_roles(BANK, tmp_path)
    assert in_lang(str(raised.value), "zh") != str(raised.value)
    assert load_roles(BANK, tmp_path, strict=False) == ROLES
    assert told in caplog.text


def test_a_role_of_the_hosts_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    (tmp_path / "cv.toml").write_text(TITLE + "[topics]\ngan = 1\n", encoding="utf-8")
    roles = load_roles(BANK, tmp_path)
    assert roles["cv"].topics == {"gan": 1}
    assert find_role(roles, "甲") == find_role(roles, "CV") == roles["cv"]
    assert [role.name for role in matching(roles, "nlp", "zh")] == ["llm"]
    with pytest.raises(RoleError, match="no role is called 'x'; there are cv, ds, llm, mle"):
        find_role(roles, "x")
    assert load_roles(BANK, tmp_path / "not there") == ROLES


def test_the_report_counts_what_was_asked_and_tells_what_changed() -> None:
    then, now = loop("en", 1), loop("en", 2, better=True)
    first = report(then)
    assert (first.before, first.mended, first.again) == (None, (), ())
    assert (first.now.made, first.now.unsure, first.now.asked) == (6, 1, 13)
    assert (first.now.bug, first.now.drill) == (True, False)
    assert first.missed == (("transformer", 2),), "what a follow-up made good, or perhaps did, is not missed"
    worst = ["transformer", "data-tensor-pipeline-parallel", "positional-encoding-rope"]
    assert [topic for topic, _ in first.study] == worst
    second = report(now, then)
    assert second.mended == (("transformer", 2),)
    assert second.before == first.now
    assert second.now.share > first.now.share
    assert sum(map(shown, now.parts)) == 7, "the follow-up that there was none of is no row"


def test_an_interview_without_any_answer_has_a_report_all_the_same() -> None:
    empty = machine.finish(machine.begin(1, "cv", "en", 900, [(Part("open", "gan", "a", points=(0, 1)), 5)], NOW), NOW)
    found = report(empty, empty)
    assert (found.now.share, found.missed, found.study) == (0.0, (), (("gan", 2),))
