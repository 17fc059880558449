"""Every kind of message Epoch sends, drawn from its real views, to be looked at.

    python -m tests.discord.gallery pictures            # all of them: dark and light, Chinese and English
    python -m tests.discord.gallery pictures answer settings --theme dark --lang zh

A development aid. To add a message, write a function that returns it and mark it with `@drawn("name")`.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import get_args

import discord
from discord import ui

from bot.discord.ask.controls import answer_views, explained_view, reply_views
from bot.discord.ask.covered import covered_view
from bot.discord.ask.drills import drills_view
from bot.discord.ask.followups import AskMoreForm
from bot.discord.ask.parts import notebook_view
from bot.discord.ask.suggesting import SuggestForm, SuggestId
from bot.discord.ask.text import sources_text
from bot.discord.ask.votes import vote_buttons
from bot.discord.daily.controls import closed_view, daily_view, own_view, results_view
from bot.discord.daily.text import daily_reply
from bot.discord.drill.message import passed_view
from bot.discord.hosting.controls import TimeForm, gaps_view, settings_view
from bot.discord.hosting.gaps_text import gaps_text
from bot.discord.leaderboard.text import board_blocks
from bot.discord.packs.controls import PackForm, PackId, pack_view, packs_view
from bot.discord.packs.text import problem_blocks
from bot.discord.pair.controls import SaidForm, WritingId, hub_view, report_view, sheet_view
from bot.discord.privacy.controls import cards_message, export_file, export_view, forget_view
from bot.discord.progress.controls import progress_view
from bot.discord.progress.text import progress_png
from bot.discord.review.controls import nothing_view
from bot.discord.saved.controls import saved_view
from bot.discord.ui.base import layout, rows
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.error_text import explain
from bot.discord.ui.items import asked_view, told_view
from bot.discord.ui.names import member_name
from bot.discord.ui.practice_controls import OneItemButton, practise, ways
from bot.discord.ui.rest import RestSelect
from bot.discord.ui.retyping import RetypeButton
from bot.exports.notebook import notebook
from bot.store.daily import DailyAnswer
from bot.store.feedback import FeedbackNote, Tally
from bot.store.guilds import DailyTime, GuildSettings
from bot.store.packs import GuildPack
from bot.store.saved import SavedPlace
from bot.store.scores import LeaderboardRow
from bot.study.drills import choosing
from bot.study.drills.asking import drill_wish
from bot.study.drills.attempts import Attempt
from bot.study.gaps import Gap
from bot.study.interviews import of_item
from bot.study.item_runs import ItemOutput
from bot.study.learning import FORECAST_DAYS, Mastery, Progress, ReviewStatus
from bot.study.pairs import Pair, Side
from bot.study.rounds.packs import check_pack
from bot.study.rounds.questions import Pack, Question, present
from bot.study.shown import PagePlace
from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank.errors import UnknownTopic
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Bank, InWords, Lang
from knowledge.search.clusters import Cluster
from knowledge.search.retriever import Candidate, Reply
from tests.discord import drill_gallery, member_gallery, round_gallery, run_gallery
from tests.discord.picture import DESKTOP, PHONE, Shown, Theme, page, shoot

Draw = Callable[[Bank, Lang], Sequence[Shown]]
DRAWN: dict[str, Draw] = {}

ASKS: Mapping[Lang, str] = {
    "zh": "为什么网络一深，前几层就几乎不更新？",
    "en": "why do the first layers of a deep net stop learning?",
}
UNKNOWN: Mapping[Lang, str] = {"zh": "LoRA 微调是什么原理", "en": "how does LoRA fine-tuning work"}
NEAREST = tuple(Candidate(slug, 0.3) for slug in ("transfer-learning", "optimizers", "regularization"))


def drawn(name: str) -> Callable[[Draw], Draw]:
    """Mark a function as one that draws messages."""

    def mark(draw: Draw) -> Draw:
        assert name not in DRAWN, f"two messages are called {name!r}"
        DRAWN[name] = draw
        return draw

    return mark


def shown(view: ui.LayoutView, *, private: bool = False, files: Mapping[str, bytes] | None = None) -> Shown:
    """Return a view as the body it is sent as."""
    return Shown({"components": view.to_components()}, files or {}, private=private)


def said(text: str, author: str = "lin") -> Shown:
    """Return a member's message."""
    return Shown({"content": text}, author=author)


def modal(form: ui.Modal) -> Shown:
    """Return a modal."""
    return Shown(form.to_dict())


@drawn("answer")
def _answer(bank: Bank, lang: Lang) -> Sequence[Shown]:
    topic = bank["vanishing-exploding-gradients"]
    views = answer_views(topic, "how", lang, lang, question=ASKS[lang], bank=bank, unit="vanishing")
    return [shown(view) for view in views]


@drawn("answer-select")
def _answer_select(bank: Bank, lang: Lang) -> Sequence[Shown]:
    """Draw what the select of an answer holds, a line each, as it opens on a phone."""
    topic = bank["vanishing-exploding-gradients"]
    *_, last = answer_views(topic, "how", lang, lang, bank=bank, unit="vanishing")
    (rest,) = (item for item in last.walk_children() if isinstance(item, RestSelect))
    lines = [
        f"{each.emoji} {each.label}" + (f"\n-# {each.description}" if each.description else "")
        for each in rest.item.options
    ]
    return [Shown({"content": "\n".join(lines)})]


@drawn("section")
def _section(bank: Bank, lang: Lang) -> Sequence[Shown]:
    views = answer_views(bank["gan"], "how", lang, lang, private=True, bank=bank)
    return [shown(view, private=True) for view in views]


@drawn("sources")
def _sources(bank: Bank, lang: Lang) -> Sequence[Shown]:
    return [shown(layout(sources_text(bank["backpropagation"], lang), colour=BLURPLE), private=True)]


@drawn("notebook")
def _notebook(bank: Bank, lang: Lang) -> Sequence[Shown]:
    content = notebook(bank["gan"], lang)
    view = notebook_view(bank["gan"], lang, lang, discord.File(io.BytesIO(content), "gan.ipynb"))
    return [shown(view, private=True, files={"gan.ipynb": content})]


@drawn("follow-up")
def _follow_up(bank: Bank, lang: Lang) -> Sequence[Shown]:
    form = AskMoreForm("gan", bank["gan"].title[lang], lang)
    text = "那怎么解决呢？" if lang == "zh" else "and its drawbacks?"
    views = answer_views(bank["gan"], "pitfalls", lang, lang, question=text, bank=bank)
    return [modal(form), *map(shown, views)]


@drawn("did-you-mean")
def _clarify(bank: Bank, lang: Lang) -> Sequence[Shown]:
    reply = Reply("clarify", None, None, 0.4, lang, NEAREST)
    return [shown(view) for view in reply_views(reply, bank, lang, question=ASKS[lang])]


@drawn("decline")
def _decline(bank: Bank, lang: Lang) -> Sequence[Shown]:
    reply = Reply("decline", None, None, 0.1, lang, NEAREST)
    call = say("discord.helper.call", lang, role="<@&12>", name="Lin", link="https://discord.com/channels/1/2/3")
    views = reply_views(reply, bank, lang, question=UNKNOWN[lang], helper=True, missing="0" * 16)
    return [*map(shown, views), shown(layout(call))]


@drawn("covered")
def _covered(bank: Bank, lang: Lang) -> Sequence[Shown]:
    return [shown(covered_view(bank, lang), private=True), modal(SuggestForm(SuggestId(), lang, UNKNOWN[lang]))]


@drawn("drill-asked")
def _drill_asked(bank: Bank, lang: Lang) -> Sequence[Shown]:
    named = partial(choosing.find, bank)
    typed = {"zh": ("手撕 softmax", "手撕代码题", "手撕量子纠缠"), "en": (
        "write softmax by hand", "a coding drill", "a coding drill on flux capacitors",
    )}[lang]  # fmt: skip
    wishes = [(text, drill_wish(text, named)) for text in typed]
    return [shown(drills_view(wish, bank, lang, question=text)) for text, wish in wishes if wish is not None]


@drawn("saved")
def _saved(bank: Bank, lang: Lang) -> Sequence[Shown]:
    places = [PagePlace(t.slug, lang, u.section, u.id) for t in bank.topics.values() for u in t.units[lang][:1]]
    found = [SavedPlace(place, _UNTIL - 9_000 * n) for n, place in enumerate(places)]
    found[2] = SavedPlace(PagePlace("gone-topic", lang, "how", "x"), _UNTIL)
    said = [say(f"onward.save.{key}", lang, count=200) for key in ("done", "already", "full")]
    return [
        *(shown(layout(text), private=True) for text in said),
        shown(saved_view(found, 1, bank, lang), private=True), shown(saved_view([], 0, bank, lang), private=True),
    ]  # fmt: skip


@drawn("shared")
def _shared(bank: Bank, lang: Lang) -> Sequence[Shown]:
    by = say("onward.share.by", lang, name=member_name("مريم"))
    private = answer_views(bank["gan"], "how", lang, lang, bank=bank, unit="wasserstein", private=True, shares=True)
    public = answer_views(bank["gan"], "how", lang, lang, bank=bank, unit="wasserstein", above=by)
    drill = next(drill for topic in bank.topics.values() for drill in topic.drills)
    attempt = Attempt(1, drill.topic, drill.item, 0.0, tries=3, passed=1.0)
    passed = passed_view(drill, attempt, bank[drill.topic], member_name("小林"), lang)
    link = layout(f"{say('onward.link.text', lang)}\n```\ngan#wasserstein\n```\n-# {say('onward.link.mention', lang)}",
                  say("onward.link.message", lang, link=_URL))  # fmt: skip
    return [*(shown(view, private=True) for view in private), *map(shown, public), shown(passed),
            shown(link, private=True)]  # fmt: skip


@drawn("packs")
def _packs(bank: Bank, lang: Lang) -> Sequence[Shown]:
    questions = (
        ("Which function squashes to (0, 1)?", ("sigmoid", "logistic")),
        ("谁提出了反向传播？", ("Rumelhart",)),
    )
    pack = GuildPack(Pack("ml-basics", "Lin", "0" * 64, questions), "source", _UNTIL)
    wrong = check_pack("ml.yaml", "ml", b"No list?: yes\nGood?: [yes]\nEmpty?: ['']\n'': [a]\n")[1]
    again = RetypeButton("00ff", say("discord.retype.button", lang))
    failed = layout(*problem_blocks("ml.yaml", wrong, lang), say("packs.correct_here", lang), *rows(again))
    return [
        shown(packs_view({}, [], lang), private=True),
        shown(packs_view({"ml-basics": 2, "course-week-1": 40}, ["ml"], lang), private=True),
        shown(pack_view(pack, lang), private=True), modal(PackForm(PackId(), lang)), shown(failed, private=True),
    ]  # fmt: skip


@drawn("ways-on")
def _ways_on(bank: Bank, lang: Lang) -> Sequence[Shown]:
    below = ways(practise(bank["optimizers"], lang), lang)
    now = rows(OneItemButton(say("onward.one_now", lang)))
    return [
        shown(nothing_view(lang, "", _UNTIL, "all", *below), private=True),
        shown(layout(say("daily.state.none", lang), *now), private=True),
        *(shown(layout(say(f"daily.role.{key}", lang)), private=True) for key in ("on", "off", "powers", "forbidden")),
        shown(
            cards_message("csv_bank", [bank["gan"]], b"x", lang)[0], private=True,
            files={f"epoch-bank-{lang}.csv": b"x"},
        ),
    ]  # fmt: skip


@drawn("vote")
def _vote(bank: Bank, lang: Lang) -> Sequence[Shown]:
    votes = vote_buttons("gan", "how", lang, 1, lang)
    return [shown(layout(say(f"discord.vote.{k}", lang), *rows(*votes)), private=True) for k in ("ask", "good", "bad")]


@drawn("quiz-me")
def _quiz_me(bank: Bank, lang: Lang) -> Sequence[Shown]:
    found = []
    for kind in ("choice", "predict", "find_bug"):
        topic, item = next((t, i) for t in bank.topics.values() for i in t.quiz if i.kind == kind)
        question = present(topic, item, lang, Random(3))
        found.append(shown(asked_view(topic, question, lang, "00ff"), private=True))
        found.append(shown(told_view(topic, question, lang, lang, "B"), private=True))
    return found


@drawn("question")
def _question(bank: Bank, lang: Lang) -> Sequence[Shown]:
    question = Tutor.question(_Only(bank), "31", lang)  # type: ignore[arg-type]
    views = answer_views(question.topic, "how", lang, lang, question=question.line(lang), bank=bank)
    return [shown(view) for view in views]


class _Only:
    """A tutor with a bank and nothing else."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank


@drawn("settings")
def _settings(bank: Bank, lang: Lang) -> Sequence[Shown]:
    daily = DailyTime(channel_id=2, hour=9, zone="Asia/Shanghai")
    some = GuildSettings(lang=lang, channels=(1, 2), helper_role=3, daily=daily)
    views = [
        settings_view(GuildSettings(), lang),
        settings_view(some, lang, helper_reachable=False, daily_at=1_800_000_000.0),
        settings_view(some, lang, daily_at=1_800_000_000.0, daily_postable=False),
    ]
    bad = layout(say("discord.settings.bad_time", lang, given="25 Mars"))
    return [*(shown(view, private=True) for view in views), modal(TimeForm(daily, lang)), shown(bad, private=True)]


@drawn("gaps")
def _gaps(bank: Bank, lang: Lang) -> Sequence[Shown]:
    nearest = tuple(candidate.topic for candidate in NEAREST)
    found = [
        Cluster("LoRA 微调是什么原理", 7, {"zh": 5, "en": 2}, nearest, ("how does LoRA fine-tuning work", "讲讲 LoRA")),
        Cluster("how to prune a decision tree", 4, {"en": 4}, ("overfitting",), ()),
        Cluster("k-means 怎么选 k", 2, {"zh": 2}, ("cross-validation",), ("how to choose k in k-means",)),
    ]
    tallies = [Tally("gan", "how", "zh", 1, 4, {"wrong": 2, "old": 1}), Tally("vae", "answer", "en", 0, 2)]
    here, everywhere = (say(f"discord.gaps.{scope}", lang) for scope in ("here", "everywhere"))
    noted = [Gap(each.question, lang, (), 1, 0.0, 0.0) for each in found]
    full = gaps_text(
        found, tallies, bank, lang, everywhere, [FeedbackNote("gan", "how", "zh", "第三句 WGAN 的说法反了")]
    )
    return [shown(gaps_view(full, found, noted, lang), private=True),
            shown(gaps_view(gaps_text([], [], bank, lang, here), [], [], lang), private=True)]  # fmt: skip


@drawn("errors")
def _errors(bank: Bank, lang: Lang) -> Sequence[Shown]:
    explained = explain(UnknownTopic("overfitin", ("overfitting", "regularization")), lang)
    assert explained is not None
    texts = [
        say("discord.error.unexpected", lang, id="1a2b3c4d"), say("discord.error.elsewhere", lang, channels="<#12>"),
        say("discord.error.stale", lang), say("discord.helper.called", lang),
    ]  # fmt: skip
    return [shown(explained_view(explained, bank, lang)), *(Shown({"content": text}, private=True) for text in texts)]


_URL, _UNTIL = "https://discord.com/channels/1/2/3", 1_800_000_000.0


def _daily(bank: Bank, lang: Lang, kind: str) -> tuple[Question, list[DailyAnswer]]:
    topic, item = next((t, i) for t in bank.topics.values() for i in t.quiz if i.kind == kind)
    question = present(topic, item, lang, Random(3))
    right = question.right[0]
    given = enumerate([right, right, "A" if right != "A" else "B"], 1)
    return question, [DailyAnswer(member, letter, member, letter, member, letter == right) for member, letter in given]


@drawn("daily")
def _daily_question(bank: Bank, lang: Lang) -> Sequence[Shown]:
    day, names = date(2026, 11, 24), {1: "小林" if lang == "zh" else "Lin", 2: "Ada"}
    found: list[Shown] = []
    for kind in ("choice", "predict", "find_bug"):
        question, answers = _daily(bank, lang, kind)
        printed = ItemOutput(question.options["ABCD".index(question.right[0])], 0.4, failed=kind != "predict")
        found.append(shown(daily_view(1, question, day, _UNTIL, bank, lang, 5 if kind == "choice" else None)))
        found.append(shown(results_view(1, question, day, answers, names, printed, _URL, bank, lang)))
    return found


@drawn("daily-states")
def _daily_states(bank: Bank, lang: Lang) -> Sequence[Shown]:
    day, (question, answers) = date(2026, 11, 24), _daily(bank, lang, "choice")
    own = own_view(
        1, question, day, _UNTIL, len(answers), next((a for a in answers if a.member_id == 2), None), bank, lang, lang
    )
    replies = [
        daily_reply("counted", lang, "B", _UNTIL), daily_reply("changed", lang, "C", _UNTIL),
        daily_reply("closed", lang),
    ]  # fmt: skip
    at = int(_UNTIL)
    states = [
        layout(say("daily.state.next", lang, at=at, channel="<#2>"), say("daily.state.blocked", lang)),
        layout(say("daily.state.none", lang)), layout(say("daily.state.direct", lang)),
    ]  # fmt: skip
    told = layout(say("daily.blocked", lang, server="Study group", channel="<#2>"))
    return [
        shown(closed_view(question, day, _URL, bank, lang)), shown(own, private=True),
        *(Shown({"content": text}, private=True) for text in replies),
        *(shown(view, private=True) for view in states), shown(told),
    ]  # fmt: skip


@drawn("leaderboard")
def _leaderboard(bank: Bank, lang: Lang) -> Sequence[Shown]:
    people = ("小林", "مريم", "阿明", "Grace", "小雨") if lang == "zh" else ("Lin", "مريم", "Ming", "Grace", "Noor")
    names = dict(enumerate(people, 1))
    points = (12_350, 9_800, 9_800, 7_100, 900)
    places = (1, 2, 2, 4, 23)
    found = [
        LeaderboardRow(place, n, won, won // 900, 20)
        for n, (place, won) in enumerate(zip(places, points, strict=True), 1)
    ]
    return [shown(layout(*board_blocks(found[1:3], found, names, 5, 1_700_000_000.0, lang), colour=0xF0B232)),
            shown(layout(*board_blocks([], found[:2], names, 2, 1_700_000_000.0, lang), colour=0xF0B232)),
            shown(layout(say("leaderboard.direct", lang)))]  # fmt: skip


@drawn("privacy")
def _privacy(bank: Bank, lang: Lang) -> Sequence[Shown]:
    file = export_file(1, {"members": [{"member_id": 1, "zone": "Asia/Shanghai"}]}, 1_700_000_000.0)
    views = [
        forget_view(lang), layout(say("privacy.forget.done", lang, count=412)),
        layout(say("privacy.forget.nothing", lang)), export_view(412, file, lang), export_view(0, None, lang),
    ]  # fmt: skip
    return [shown(view, private=True, files={file.filename: b"{}"}) for view in views]


@drawn("hello")
def _hello(bank: Bank, lang: Lang) -> Sequence[Shown]:
    return [said("@Epoch"), shown(layout(say("discord.hello.text", lang)))]


def _run(name: str) -> Draw:
    return lambda bank, lang: run_gallery.messages(bank, lang)[name]


for _name in run_gallery.NAMES:
    drawn(_name)(_run(_name))


def _member(name: str) -> Draw:
    return lambda bank, lang: member_gallery.messages(bank, lang)[name]


for _name in member_gallery.NAMES:
    drawn(_name)(_member(_name))


def _round(name: str) -> Draw:
    return lambda bank, lang: round_gallery.messages(bank, lang)[name]


for _name in round_gallery.NAMES:
    drawn(_name)(_round(_name))


def _drill(name: str) -> Draw:
    return lambda bank, lang: drill_gallery.messages(bank, lang)[name]


for _name in drill_gallery.NAMES:
    drawn(_name)(_drill(_name))


@drawn("progress")
def _progress(bank: Bank, lang: Lang) -> Sequence[Shown]:
    chance = Random(4)
    found = []
    for begun, most in ((len(bank), 12), (3, 3), (0, 0)):
        topics = [topic for topic in bank.topics.values() if topic.quiz][:begun]
        seen = [chance.randint(1, len(topic.quiz)) for topic in topics]
        shares = [(topic, count, len(topic.quiz)) for topic, count in zip(topics, seen, strict=True)]
        known = [Mastery(t, count / items * chance.uniform(0.5, 1), count, items) for t, count, items in shares]
        known.sort(key=lambda each: -each.recalled)
        forecast = tuple(chance.randint(0, most) for _ in range(FORECAST_DAYS))
        standing = ReviewStatus(forecast[0], 200, 7, 12) if begun else ReviewStatus(0, 290, 0, 0)
        progress = Progress(standing, tuple(known), len(bank), date(2026, 11, 24), forecast)
        picture = progress_png(progress, lang) if begun else b""
        files = [discord.File(io.BytesIO(picture), "progress.png")] if begun else []
        found.append(shown(progress_view(progress, lang, *files), private=True, files={"progress.png": picture}))
    return found


@drawn("pair")
def _pair(bank: Bank, lang: Lang) -> Sequence[Shown]:
    """Draw a pair interview: offered, going on, the interviewer's sheet, the form, both kinds of report."""
    topic = bank["gan"]
    item = next(each for each in topic.quiz if isinstance(each, InWords))
    asked, points = of_item(topic, item, lang), tuple(item.points)
    offered = Pair(7, lang, topic.slug, item.id, 0.0, Side(1), Side(2))
    going = replace(
        offered, phase="going", begun=True,
        interviewer=Side(1, "@everyone **slow**, but clear", points[:1]),
        candidate=Side(2, topic.meta.key_points[points[0]][lang], points[1:], points[-1:]),
    )  # fmt: skip
    over = replace(going, phase="over", ended=9.0)
    aloud = replace(over, candidate=Side(2))
    return [
        shown(hub_view(offered)), shown(hub_view(going)), shown(sheet_view(going, asked), private=True),
        modal(SaidForm(WritingId(7, "answer"), offered, asked)), shown(hub_view(over)),
        shown(report_view(over, asked, may_share=True), private=True),
        shown(report_view(aloud, asked), private=True),
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw messages into a folder, a picture for each name, language and look."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(DRAWN))
    parser.add_argument("--theme", choices=get_args(Theme), action="append")
    parser.add_argument("--lang", choices=LANGS, action="append")
    parser.add_argument("--desktop", action="store_true", help="as wide as a window instead of a phone")
    given = parser.parse_args(arguments)
    width = DESKTOP if given.desktop else PHONE
    bank = load_bank()
    given.folder.mkdir(parents=True, exist_ok=True)
    for lang in given.lang or LANGS:
        for name in given.names or DRAWN:
            messages = DRAWN[name](bank, lang)
            for theme in given.theme or get_args(Theme):
                target = given.folder / f"{name}-{lang}-{theme}.png"
                shoot(page(messages, theme=theme, width=width), target, width)


if __name__ == "__main__":
    main()
