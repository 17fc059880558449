"""Messages and forms of runs, whatever members and programs write: Discord takes them, and nobody is pinged."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import discord
import pytest
from discord import ui
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.discord.run.edit_controls import CODE, INPUTS, ValuesForm, pieces_view
from bot.discord.run.message import end_controls, heading, run_view
from bot.discord.run.own_text import SHOWN_LINES, difference
from bot.discord.run.text import RunText, final, live
from bot.discord.ui.rest import RestSelect
from bot.study.run_log import RunLog
from bot.study.runs import RunPlan, RunRequest
from bot.study.snippets import Snippet
from bot.wording.changes import allowed
from knowledge.bank import parameters
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang
from runners.models import Finished, Job, Output, Started
from tests.bot.world import bank
from tests.discord.validation import Refused, validate

GAN = bank()["gan"]
TUNED = GAN.example("tuned")
HOSTILE = "```\n@everyone <@123> <@&4> \x1b[31m\u202eevil " + "z" + "\u0301" * 300 + "\n# big\n-# [x](http://x.y)"
EMOJI = "👩‍👩‍👧‍👦" * 4_000
hostile = st.text(max_size=400) | st.sampled_from([HOSTILE, EMOJI, "`" * 50, "\n" * 500, "@here" * 99, ""])
langs = st.sampled_from(LANGS)


def sent(view: ui.LayoutView) -> dict[str, Any]:
    flags = discord.MessageFlags(components_v2=True).value
    body = {"components": view.to_components(), "flags": flags, "allowed_mentions": {"parse": []}}
    validate("POST", "/channels/1/messages", body)
    return body


def texts(value: Any) -> str:  # noqa: ANN401 - as Discord nests it
    if isinstance(value, dict):
        return "\n".join([str(value.get("content", "")), *(texts(each) for each in value.values())])
    return "\n".join(map(texts, value)) if isinstance(value, list) else ""


def made(asked: RunRequest, script: str) -> RunPlan:
    if not asked.topic:
        return RunPlan(asked, Job(script))
    return RunPlan(asked, Job(script), GAN, TUNED, changed=script != TUNED.source)


def harmless(body: dict[str, Any]) -> None:
    said = texts(body["components"])
    assert not re.search("[\x1b\u202e\u0301]{3}|\x1b|\u202e", said)
    assert not re.search(r"@(everyone|here)|<@[!&]?\d|<#\d", said)
    assert said.count("```") % 2 == 0


@settings(max_examples=40)
@given(hostile, hostile, hostile, langs, st.booleans(), st.booleans())
@example(HOSTILE, HOSTILE, HOSTILE, "zh", True, True)
@example(EMOJI, EMOJI, EMOJI, "en", True, False)
def test_a_members_own_version_is_taken_by_discord_and_harmless(
    code: str, output: str, name: str, ui_lang: Lang, of_a_topic: bool, counter: bool
) -> None:
    asked = (
        RunRequest("gan", "tuned", counter=counter, code=code)
        if of_a_topic
        else RunRequest(code=code, origin="https://x/1")
    )
    planned = made(asked, code)
    log = RunLog()
    log.add(Started("full", warm=True), 1_700_000_000.0)
    log.add(Output("stdout", output), 1_700_000_000.0)
    title, change = heading(planned, name, ui_lang)
    harmless(sent(run_view(live(log, title, ui_lang), change=change)))
    log.add(Finished("error", "memory", 1, 3.1, 2.0, 211.7, 0.2), 1_700_000_001.0)
    below = end_controls(planned, "00ff", 2**63, ui_lang)
    body = sent(run_view(final(log, title, ui_lang, [output] * 9, refused=True), *below, change=change))
    harmless(body)
    if planned.changed:
        assert "⚠️" in texts(body["components"]), "an own version without its label"


def test_a_message_that_discord_would_refuse_is_found_here() -> None:
    with pytest.raises(Refused):
        sent(run_view(replace(final_of("x"), output="x" * 4_001)))


def final_of(output: str) -> RunText:
    log = RunLog(chunks=[output], finished=Finished("ok", None, 0, 1.0, 1.0, 1.0, 0.1))
    return final(log, "t", "en")


@settings(max_examples=40)
@given(st.lists(hostile.filter(bool), min_size=2, max_size=40), langs)
def test_any_number_of_pieces_of_code_can_be_offered(names: list[str], ui_lang: Lang) -> None:
    pieces = [Snippet(name.strip() or "x", "x = 1\n") for name in names]
    sent(pieces_view("00ff", pieces, ui_lang))


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=600), st.text(max_size=600))
def test_a_difference_is_short_and_empty_only_for_the_same(tested: str, own: str) -> None:
    shown = difference(tested, own, "en")
    assert (shown == "") == (tested.splitlines() == own.splitlines())
    assert len(shown.splitlines()) <= SHOWN_LINES + 3
    assert shown.count("```") in (0, 2)


def test_a_difference_names_what_it_leaves_out() -> None:
    own = "".join(f"line {n}\n" for n in range(30))
    assert "More lines that differ: 20" in difference("", own, "en")
    assert difference("a = 1  # first\n", "a = 2  # first\n", "en") == "```diff\n-a = 1\n+a = 2\n```"
    assert difference("a = 1  # first\n", "a = 1  # new\n", "en") == "```diff\n-a = 1  # first\n+a = 1  # new\n```"
    assert difference("a = 1\nb = 2\n", "a = 1\nb = 3\n", "en") == "```diff\n-b = 2\n+b = 3\n```"


@pytest.mark.parametrize("ui_lang", LANGS)
def test_every_example_of_the_bank_opens_its_forms(ui_lang: Lang) -> None:
    for topic in load_bank().topics.values():
        for each in topic.examples:
            offered = parameters.parse(each.source)
            asked = RunRequest(topic.slug, each.name)
            form = ValuesForm.made(asked, offered[:INPUTS], ui_lang)
            validate("POST", "/interactions/1/token/callback", {"type": 9, "data": form.to_dict()})
            assert len(each.source) <= CODE
            assert all(allowed(parameter, ui_lang).strip() for parameter in offered)
            below = end_controls(RunPlan(asked, Job(each.source), topic, each), "f" * 8, 2**63, ui_lang)
            first, select = below
            assert len(first.children) <= 4
            (rest,) = (item.item for item in select.children if isinstance(item, RestSelect))
            ids = [*(str(item.custom_id) for item in first.children), *(each.value for each in rest.options)]
            assert len(set(ids)) == len(ids)
            assert max(map(len, ids)) <= 100


@given(st.dictionaries(st.sampled_from(["STEPS", "RATE"]), st.text(max_size=200)), langs)
def test_a_form_comes_back_with_whatever_was_typed(typed: dict[str, str], ui_lang: Lang) -> None:
    form = ValuesForm.made(RunRequest("gan", "tuned", changes=typed), parameters.parse(TUNED.source), ui_lang)
    validate("POST", "/interactions/1/token/callback", {"type": 9, "data": form.to_dict()})


@pytest.mark.parametrize("ui_lang", LANGS)
@pytest.mark.parametrize(
    ("literal", "zh", "en"),
    [
        ("5  # epochs, 1..20", " 1 到 20 之间的整数", "a whole number from 1 to 20"),
        ("5", "整数", "a whole number"),
        ("0.5  # rate, 0.1..2", " 0.1 到 2 之间的数", "a number from 0.1 to 2"),
        ("True", " True 或 False", "True or False"),
        ("'a'  # one of a, b", "其中之一：a、b", "one of a, b"),
        ("'a'", "不超过 200 个字符的文字", "a text of at most 200 characters"),
        ("(1, 2)  # 1..9", " 2 个 1 到 9 之间的整数，用逗号隔开", "2 whole numbers from 1 to 9, separated by commas"),
        ("(1.0, 2)", " 2 个数，用逗号隔开", "2 numbers, separated by commas"),
    ],
)
def test_what_a_value_may_be_is_said_in_words(ui_lang: Lang, literal: str, zh: str, en: str) -> None:
    (parameter,) = parameters.parse(f"VALUE = {literal}\n")
    assert allowed(parameter, ui_lang) == (zh if ui_lang == "zh" else en)
